package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

var mia = chat.Identity{Sub: "42", Name: "Mia", Email: "mia@home.example", Data: map[string]string{"plan": "gold"}}

// signIn is a new browser that is signed in; former is what it held before.
func signIn(t *testing.T, w *desktest.World, who chat.Identity, former string) desktest.Visitor {
	t.Helper()
	v := w.Visitor()
	must[desk.VisitorSignIn](t)(w.Desk.SignInVisitor(t.Context(), v.Caller, w.Identity(who, time.Hour), former))
	return v
}

// reads is what a browser shows.
func reads(t *testing.T, w *desktest.World, v desktest.Visitor) (chat.Visitor, string) {
	t.Helper()
	who := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
	return who, asText(t, must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), who, 0)))
}

func TestSignIn_OneIdentityOnTwoDevicesIsOneVisitor(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	phone, laptop := signIn(t, w, mia, ""), signIn(t, w, mia, "")
	_, err := w.Desk.VisitorOf(t.Context(), phone.Caller)
	wantKind(t, "before the first message", err, chat.Missing)
	one, two := phone.Says("from the phone"), laptop.Says("from the laptop")
	if one.Visitor.ID != two.Visitor.ID || one.Visitor.Conversation != two.Visitor.Conversation || one.Visitor.Name != "Mia" {
		t.Errorf("two devices are %+v and %+v", one.Visitor, two.Visitor)
	}
	who, text := reads(t, w, laptop)
	if !strings.Contains(text, "from the phone") || !strings.Contains(text, "from the laptop") {
		t.Errorf("the laptop shows %s", text)
	}
	if strings.Contains(text, "gold") || strings.Contains(text, `"sub"`) {
		t.Errorf("the visitor is told what was signed: %s", text)
	}
	if who.Signed == nil || who.Signed.Sub != "42" || who.Email != "mia@home.example" {
		t.Errorf("the team reads %+v", who)
	}
	eve := signIn(t, w, chat.Identity{Sub: "43"}, "")
	eve.Says("from Eve")
	if who, text := reads(t, w, eve); who.ID == one.Visitor.ID || strings.Contains(text, "phone") {
		t.Errorf("Eve is %+v and reads %s", who, text)
	}
}

func TestSignIn_WhatIsTypedNeverReplacesWhatIsSigned(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	v := signIn(t, w, mia, "")
	must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Text: "hi", Name: "Boss", Email: "boss@home.example",
		Arrival: chat.Arrival{Data: map[string]string{"plan": "free", "page": "yes"}}}))
	who := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
	if who.Name != "Mia" || who.Email != "mia@home.example" || who.Signed.Data["plan"] != "gold" {
		t.Errorf("after typing he is %+v %+v", who, who.Signed)
	}
	started := must[chat.Started](t)(chat.Decode[chat.Started](w.Log(who.Conversation)[0]))
	if data := started.Arrival.Data; data["plan"] != "gold" || data["page"] != "yes" {
		t.Errorf("rules go by %v", data)
	}
	renamed := mia
	renamed.Name = "Mia M."
	must[desk.VisitorSignIn](t)(w.Desk.SignInVisitor(t.Context(), v.Caller, w.Identity(renamed, time.Hour), ""))
	log := w.Log(who.Conversation)
	if last := log[len(log)-1]; last.Kind != chat.KindVisitor || !strings.Contains(string(last.Body), "Mia M.") {
		t.Errorf("a new name is told as %s %s", last.Kind, last.Body)
	}
}

func TestSignIn_TakesItsBrowsersAnonymousChatAlong(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	before, c := w.Arrives("written before")
	v := signIn(t, w, mia, before.Token)
	who, text := reads(t, w, v)
	if who.Conversation != c || who.Beside || !strings.Contains(text, "written before") {
		t.Errorf("signed in he is %+v and reads %s", who, text)
	}
	_, err := w.Desk.VisitorOf(t.Context(), before.Caller)
	wantKind(t, "the token from before", err, chat.Gone)
	_, err = w.Desk.PostAsVisitor(t.Context(), before.Caller, desk.VisitorMessage{Key: w.Key(), Text: "with the old token"})
	wantKind(t, "writing with the token from before", err, chat.Gone)
	log := w.Log(c)
	if got := kinds(log[len(log)-2:]); got != "visitor.signed visitor.changed" || log[len(log)-2].Audience != chat.ForAgents {
		t.Errorf("the team is told %q", got)
	}
	// Another one who signs in on this browser with what it held before gets nothing of it.
	eve := signIn(t, w, chat.Identity{Sub: "43"}, before.Token)
	if _, err := w.Desk.VisitorOf(t.Context(), eve.Caller); !chat.IsKind(err, chat.Missing) {
		t.Errorf("Eve with Mia's former token: %v", err)
	}
}

// TestSignIn_AChatThatIsOpenGoesOnBesideTheIdentitysOwn is a customer who is asked, in
// the middle of a chat, to sign in.
func TestSignIn_AChatThatIsOpenGoesOnBesideTheIdentitysOwn(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, ctx := w.Agent("Ada", chat.Member), t.Context()
	w.Connect(ada)
	phone := signIn(t, w, mia, "")
	own := phone.Says("last year").Visitor.Conversation
	must[desk.Done](t)(w.Desk.Take(ctx, ada, own, desk.Taking{Key: w.Key()}))
	must[desk.Done](t)(w.Desk.Close(ctx, ada, own, w.Key()))
	before, beside := w.Taken(ada)
	v := signIn(t, w, mia, before.Token)
	for name, device := range map[string]desktest.Visitor{"this browser": v, "the phone": phone} {
		if who, text := reads(t, w, device); who.Conversation != beside || !who.Beside || strings.Contains(text, "last year") {
			t.Errorf("%s goes on as %+v", name, who)
		}
	}
	message := desk.VisitorMessage{Key: "the-same-key", Text: "I am signed in now"}
	must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(ctx, v.Caller, message))
	p := personOf(t, w, ada, beside)
	if len(p.Known) != 1 || p.Known[0].Visitor.Conversation != own || len(p.Links) != 1 || p.Links[0].By != "" || p.Links[0].MayUndo {
		t.Errorf("the team knows him as %+v", p)
	}
	must[desk.Done](t)(w.Desk.Close(ctx, ada, beside, w.Key()))
	if who, text := reads(t, w, v); who.Conversation != own || !strings.Contains(text, "last year") || strings.Contains(text, "signed in now") {
		t.Errorf("after the chat he is %+v and reads %s", who, text)
	}
	// A message whose answer was lost comes again after that: it is not stored twice.
	if again := must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(ctx, v.Caller, message)); !again.Again || len(again.Events) != 0 {
		t.Errorf("the same message again: %+v", again)
	}
	if log := w.Log(own); strings.Contains(asText(t, log), "signed in now") {
		t.Errorf("it was stored a second time: %s", kinds(log))
	}
}

func TestSignIn_LinksNobodyWhoIsSignedAsAnother(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, ctx := w.Agent("Ada", chat.Member), t.Context()
	own := signIn(t, w, mia, "").Says("Mia's own").Visitor.Conversation
	eves := signIn(t, w, chat.Identity{Sub: "43", Email: "mia@home.example"}, "").Says("Eve's own").Visitor.Conversation
	if p := personOf(t, w, ada, own); len(p.Maybe) != 1 || p.Maybe[0].MayLink {
		t.Errorf("an agent may link different identities: %+v", p.Maybe)
	}
	if p := personOf(t, w, w.Owner, own); len(p.Maybe) != 1 || !p.Maybe[0].MayLink {
		t.Errorf("the owner may not: %+v", p.Maybe)
	}
	_, err := w.Desk.LinkPerson(ctx, ada, own, w.Key(), eves)
	wantKind(t, "linking two identities", err, chat.Denied)
	before, c := w.Arrives("who is this")
	must[desk.Done](t)(w.Desk.LinkPerson(ctx, ada, c, w.Key(), eves))
	_, err = w.Desk.LinkPerson(ctx, ada, c, w.Key(), own)
	wantKind(t, "linking two identities by way of a third visitor", err, chat.Denied)
	signIn(t, w, mia, before.Token)
	if p := personOf(t, w, w.Owner, own); len(p.Known) != 0 {
		t.Errorf("signing in has made Mia and Eve one: %+v", p.Known)
	}
	must[desk.Done](t)(w.Desk.LinkPerson(ctx, w.Owner, c, w.Key(), own))
}

func TestSignIn_IsOverWithItsTokenAndIsProlonged(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	v := signIn(t, w, mia, "")
	v.Says("hello")
	w.Clock.Advance(time.Hour + 59*time.Second)
	reads(t, w, v)
	w.Clock.Advance(time.Second)
	_, err := w.Desk.VisitorOf(t.Context(), v.Caller)
	wantKind(t, "a minute after exp", err, chat.Gone)
	_, err = w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Text: "late"})
	wantKind(t, "writing after that", err, chat.Gone)
	must[desk.VisitorSignIn](t)(w.Desk.SignInVisitor(t.Context(), v.Caller, w.Identity(mia, time.Hour), ""))
	reads(t, w, v)
	if _, err := w.Desk.SignInVisitor(t.Context(), v.Caller, w.Identity(chat.Identity{Sub: "43"}, time.Hour), ""); !chat.IsKind(err, chat.Denied) {
		t.Errorf("the same browser token for another identity: %v", err)
	}
	anonymous, _ := w.Arrives("anonymous")
	if _, err := w.Desk.SignInVisitor(t.Context(), anonymous.Caller, w.Identity(mia, time.Hour), ""); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a resume token as a sign-in: %v", err)
	}
}

func TestSignOut_EndsThisBrowserAlone(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	phone, laptop := signIn(t, w, mia, ""), signIn(t, w, mia, "")
	c := phone.Says("hello").Visitor.Conversation
	for range 2 {
		if err := w.Desk.SignOutVisitor(t.Context(), phone.Caller); err != nil {
			t.Error(err)
		}
	}
	_, err := w.Desk.VisitorOf(t.Context(), phone.Caller)
	wantKind(t, "signed out", err, chat.Gone)
	reads(t, w, laptop)
	if err := w.Desk.EndAsVisitor(t.Context(), laptop.Caller); err != nil {
		t.Fatal(err)
	}
	if who, text := reads(t, w, laptop); w.State(c).OpenThread() != nil || !strings.Contains(text, "hello") || who.Conversation != c {
		t.Errorf("who ends his chat stays signed in, and reads %s", text)
	}
	stranger, _ := w.Arrives("anonymous")
	if err := w.Desk.SignOutVisitor(t.Context(), stranger.Caller); err != nil {
		t.Error(err)
	}
	reads(t, w, stranger)
}

func TestSiteSecret_ItsEndSignsOutWhoIsSignedInByIt(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ctx := t.Context()
	old := signIn(t, w, mia, "")
	old.Says("hello")
	must[desk.SiteSecret](t)(w.Desk.NewSiteSecret(ctx, w.Owner, w.Site.ID))
	fresh := signIn(t, w, mia, "")
	reads(t, w, old)
	must[desk.SiteSecret](t)(w.Desk.EndFormerSecret(ctx, w.Owner, w.Site.ID))
	_, err := w.Desk.VisitorOf(ctx, old.Caller)
	wantKind(t, "signed in by the secret that ended", err, chat.Gone)
	reads(t, w, fresh)
}

func TestSignIn_FilesFollowTheIdentity(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	phone, laptop, eve := signIn(t, w, mia, ""), signIn(t, w, mia, ""), signIn(t, w, chat.Identity{Sub: "43"}, "")
	f := must[chat.FileRef](t)(w.Desk.AddFileAsVisitor(t.Context(), phone.Caller, "bill.txt", strings.NewReader("a bill")))
	must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), phone.Caller, desk.VisitorMessage{Key: w.Key(), Text: "my bill", Files: []chat.FileID{f.ID}}))
	eve.Says("hello")
	for v, want := range map[desktest.Visitor]bool{phone: true, laptop: true, eve: false} {
		who := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
		o, err := w.Desk.OpenFile(t.Context(), who.Viewer(), f.ID, false)
		if (err == nil) != want {
			t.Errorf("%s opens Mia's bill: %v, want %v", who.Signed.Sub, err, want)
		}
		if err == nil {
			_ = o.Content.Close()
		}
	}
}

// TestSignIn_TwoDevicesAtOnceAreOneVisitor runs where writes run at the same time: each
// device looks for the visitor, finds none and makes one.
func TestSignIn_TwoDevicesAtOnceAreOneVisitor(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, w *desktest.World) {
		for round := range 5 {
			who := chat.Identity{Sub: string(rune('a' + round))}
			const devices = 6
			done := make(chan desk.VisitorDone, devices)
			for i := range devices {
				former := ""
				if i%2 == 0 {
					before, _ := w.Arrives("anonymous")
					former = before.Token
				}
				v, token := w.Visitor(), w.Identity(who, time.Hour)
				go func() {
					var out desk.VisitorDone
					if _, err := w.Desk.SignInVisitor(t.Context(), v.Caller, token, former); err != nil {
						t.Error(err)
					}
					out, err := w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: v.Token, Text: "hello"})
					if err != nil && !chat.IsKind(err, chat.Unavailable) {
						t.Error(err)
					}
					done <- out
				}()
			}
			for range devices {
				<-done
			}
			w.Read(func(tx *store.Tx) error {
				all, err := tx.VisitorsSigned(w.Site.ID, who.Sub)
				own := slices.DeleteFunc(slices.Clone(all), func(v chat.Visitor) bool { return v.Beside })
				if len(own) != 1 || len(all) > 1+devices/2 {
					t.Errorf("round %d: %d visitors of one identity, %d of them its own", round, len(all), len(own))
				}
				return err
			})
		}
	})
}
