package desk_test

import (
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

func TestPostAsVisitor_TheFirstMessageMakesEverythingOnce(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	v := w.Visitor()
	_, err := w.Desk.VisitorOf(t.Context(), v.Caller)
	wantKind(t, "before the first message", err, chat.Missing)
	in := desk.VisitorMessage{Key: "k", Text: "hello", Name: " Mia\n", Email: "Mia@Example.com",
		Arrival: chat.Arrival{Site: "s_forged", URL: "https://shop.example/cart?item=1#secret", Title: "Cart", Referrer: "https://search.example/",
			Language: "de", Country: "DE", Device: "Firefox", Visits: 3, Data: map[string]string{"plan": "gold"}}}
	done := must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), v.Caller, in))
	if done.Again || kinds(done.Events) != "message" || done.Events[0].Seq != 1 || done.Events[0].Thread != "" {
		t.Errorf("answered %+v", done)
	}
	got := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
	now := chat.Micros(w.Clock.Now())
	want := chat.Visitor{ID: got.ID, Conversation: got.Conversation, Site: w.Site.ID, Name: "Mia", Email: "mia@example.com", Language: "de", Country: "DE",
		Device: "Firefox", Page: "https://shop.example/cart?item=1", Title: "Cart", Visits: 3, Data: map[string]string{"plan": "gold"}, Since: now, Seen: now}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("visitor (-want +got):\n%s", diff)
	}
	log := w.Log(got.Conversation)
	if kinds(log) != "thread.started message" {
		t.Errorf("the log holds %q", kinds(log))
	}
	started, err := chat.Decode[chat.Started](log[0])
	wantArrival := in.Arrival
	wantArrival.Site, wantArrival.URL = w.Site.ID, "https://shop.example/cart?item=1"
	if err != nil || started.Group != w.Group.ID {
		t.Errorf("started %+v, %v", started, err)
	}
	if diff := cmp.Diff(&wantArrival, started.Arrival); diff != "" {
		t.Errorf("arrival (-want +got):\n%s", diff)
	}
	again := must[desk.VisitorDone](t)(w.Restart().PostAsVisitor(t.Context(), v.Caller, in))
	if diff := cmp.Diff(done.Events, again.Events); !again.Again || diff != "" || again.Visitor.ID != done.Visitor.ID {
		t.Errorf("the retry answers %+v\n%s", again, diff)
	}
	other := in
	other.Text = "something else"
	_, err = w.Desk.PostAsVisitor(t.Context(), v.Caller, other)
	wantKind(t, "the key with another text", err, chat.Conflict)
}

func TestPostAsVisitor_ManyFirstMessagesOfOneTokenMakeOneVisitor(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	v := w.Visitor()
	var mu sync.Mutex
	var wg sync.WaitGroup
	ids := map[chat.VisitorID]int{}
	first := 0
	for i := range 20 {
		key := "same"
		if i >= 10 {
			key = w.Key()
		}
		wg.Go(func() {
			done, err := w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: key, Text: "hello"})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			ids[done.Visitor.ID]++
			if !done.Again {
				first++
			}
		})
	}
	wg.Wait()
	if len(ids) != 1 || first != 11 {
		t.Errorf("visitors %v, %d new messages; want one visitor and 11", ids, first)
	}
	if in := must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), w.Owner, desk.ListAll)); len(in.Page.Rows) != 1 || in.Counts.Queue != 1 {
		t.Errorf("%d conversations, %d queued; want 1", len(in.Page.Rows), in.Counts.Queue)
	}
}

func TestPostAsVisitor_RefusesForeignTokensAndSites(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	other := must[chat.Site](t)(w.Desk.SaveSite(t.Context(), w.Owner, chat.Site{Name: "Blog", Origins: []string{"https://blog.example"}}))
	v, c := w.Arrives("hello")
	post := func(by desk.Caller) error {
		_, err := w.Desk.PostAsVisitor(t.Context(), by, desk.VisitorMessage{Key: w.Key(), Text: "hello"})
		return err
	}
	for what, token := range map[string]string{"none": "", "short": strings.Repeat("a", 42), "long": strings.Repeat("a", 129),
		"not base64url": strings.Repeat("a", 42) + "/", "blank": strings.Repeat(" ", 43), "not ASCII": strings.Repeat("é", 43)} {
		wantKind(t, "token: "+what, post(desk.Caller{Token: token, Site: w.Site.Key}), chat.Invalid)
	}
	wantKind(t, "an unknown site", post(desk.Caller{Token: v.Token, Site: "unknown"}), chat.Denied)
	wantKind(t, "a token on another site", post(desk.Caller{Token: v.Token, Site: other.Key}), chat.Denied)
	_, err := w.Desk.VisitorOf(t.Context(), desk.Caller{Token: v.Token, Site: other.Key})
	wantKind(t, "a visitor on another site", err, chat.Denied)
	if n := len(w.Log(c)); n != 2 {
		t.Errorf("the log holds %d events, want 2", n)
	}
}

func TestPostAsVisitor_ATypedAddressOpensNobodysHistory(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	mia, eve := w.Visitor(), w.Visitor()
	say := func(v desktest.Visitor, text string) desk.VisitorDone {
		t.Helper()
		return must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Text: text, Email: "mia@example.com"}))
	}
	first, second := say(mia, "canary-of-mia"), say(eve, "hello")
	if first.Visitor.ID == second.Visitor.ID || first.Visitor.Conversation == second.Visitor.Conversation {
		t.Fatal("the same address made the same visitor")
	}
	view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), eve.Caller)), 0))
	if strings.Contains(asText(t, view), "canary") {
		t.Error("a typed address shows another visitor's words")
	}
	_, err := w.Desk.PostAsVisitor(t.Context(), eve.Caller, desk.VisitorMessage{Key: w.Key(), Text: "hello", Email: "Mia <mia@example.com>"})
	wantKind(t, "no bare address", err, chat.Invalid)
}

func TestPostAsVisitor_TellsTheTeamWhatChangedAboutHim(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	v, c := w.Arrives("hello")
	v.Says("nothing changed")
	in := desk.VisitorMessage{Key: w.Key(), Text: "I am Mia", Name: "Mia", Email: "mia@example.com"}
	done := must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), v.Caller, in))
	log := w.Log(c)
	if got := kinds(log); got != "thread.started message message message visitor.changed" {
		t.Fatalf("the log holds %q", got)
	}
	told, err := chat.Decode[chat.Visitor](log[4])
	if err != nil || told.Name != "Mia" || told.Email != "mia@example.com" || told.Page != "https://shop.example/cart" {
		t.Errorf("the team is told %+v, %v", told, err)
	}
	if log[3].Actor.Name != "Mia" || kinds(done.Events) != "message" || strings.Contains(asText(t, done), "mia@") {
		t.Errorf("the visitor is answered %s", asText(t, done))
	}
}

func TestVisitorView_CarriesNothingOfTheTeams(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	v, c := w.Taken(ada)
	other, _ := w.Arrives("canary-of-another-visitor")
	other.Says("canary-again")
	must[desk.Done](t)(w.Desk.AddNote(t.Context(), ada, c, says(w, "canary-note")))
	sent := must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, says(w, "canary-former")))
	must[desk.Done](t)(w.Desk.EditMessage(t.Context(), ada, c, w.Key(), sent.Events[0].Seq, "hello Mia"))
	must[desk.Done](t)(w.Desk.Join(t.Context(), w.Owner, c, w.Key()))
	must[desk.Done](t)(w.Desk.Leave(t.Context(), w.Owner, c, w.Key()))
	if err := w.Desk.MarkRead(t.Context(), ada, c, 99); err != nil {
		t.Fatal(err)
	}
	done := must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Text: "thanks", Email: "mia@example.com"}))
	view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller)), 0))
	for _, text := range []string{asText(t, view), asText(t, done)} {
		for _, canary := range []string{"canary", "team.example", "mia@example.com", "thread", "alive_at", "access", "typing_ms", `"t_`} {
			if strings.Contains(text, canary) {
				t.Errorf("a visitor receives %q in %s", canary, text)
			}
		}
	}
	if got, want := kinds(view.Events), "message assign message edit join leave seen message"; got != want {
		t.Errorf("the visitor sees %q, want %q", got, want)
	}
	for i, e := range view.Events {
		if e.Seq != int64(i+1) {
			t.Errorf("event %d has the number %d: a gap tells of what is hidden", i+1, e.Seq)
		}
	}
	if !view.Open || view.Lead != "Ada" || view.VSeq != int64(len(view.Events)) || view.More {
		t.Errorf("view %+v", view)
	}
}

func TestViewAsVisitor_PagesBackwards(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	v, _ := w.Arrives("1")
	for range 119 {
		v.Says("more")
	}
	me := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
	var all []int64
	before := int64(0)
	for page := 1; ; page++ {
		view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), me, before))
		for i := len(view.Events) - 1; i >= 0; i-- {
			all = append(all, view.Events[i].Seq)
		}
		before = view.Events[0].Seq
		if view.More != (page < 3) {
			t.Fatalf("page %d says more: %v", page, view.More)
		}
		if !view.More {
			break
		}
	}
	for i, seq := range all {
		if seq != int64(120-i) {
			t.Fatalf("the %d. event backwards is %d", i+1, seq)
		}
	}
	if len(all) != 120 {
		t.Errorf("%d events, want 120", len(all))
	}
}

func TestEndAsVisitor_ClosesAndKillsTheToken(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	v, c := w.Arrives("hello")
	if err := w.Desk.EndAsVisitor(t.Context(), v.Caller); err != nil {
		t.Fatal(err)
	}
	if s := w.State(c); s.Thread.State != chat.IsClosed || s.Thread.Reason != chat.Ended {
		t.Errorf("the thread is %+v", s.Thread)
	}
	_, err := w.Desk.VisitorOf(t.Context(), v.Caller)
	wantKind(t, "the ended token", err, chat.Gone)
	_, err = w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Text: "hello"})
	wantKind(t, "a message of the ended token", err, chat.Gone)
	_, err = w.Desk.AddFileAsVisitor(t.Context(), v.Caller, "a.png", picture())
	wantKind(t, "a file of the ended token", err, chat.Gone)
	if err := w.Desk.EndAsVisitor(t.Context(), v.Caller); err != nil {
		t.Errorf("ended twice: %v", err)
	}
	if err := w.Desk.EndAsVisitor(t.Context(), w.Visitor().Caller); err != nil {
		t.Errorf("ended before it began: %v", err)
	}
}

func TestSweep_AbandonsWhoLeftAndKeepsHisPlaceForTenMinutes(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.Clock.Advance(time.Hour)
	w.Connect(w.Owner)
	gone, c := w.Arrives("hello")
	stays, d := w.Arrives("hello")
	queued := w.State(c).Thread.QueuedAt
	visitor := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), stays.Caller))
	step := func(by time.Duration) {
		t.Helper()
		w.Clock.Advance(by)
		if err := w.Desk.RenewPresence(t.Context(), []desk.Present{{Visitor: visitor.ID}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Desk.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	step(50 * time.Second)
	if w.State(c).OpenThread() == nil {
		t.Fatal("abandoned after 50 s")
	}
	step(11 * time.Second)
	s := w.State(c)
	if s.Thread.Reason != chat.Abandoned || w.State(d).OpenThread() == nil {
		t.Fatalf("who left is %+v, who stays %+v", s.Thread, w.State(d).Thread)
	}
	log := w.Log(c)
	if body, err := chat.Decode[chat.Closed](log[len(log)-1]); err != nil || body.AliveAt != queued {
		t.Errorf("last sign of life %d, want %d", body.AliveAt, queued)
	}
	step(time.Second)
	if n := len(w.Log(c)); n != len(log) {
		t.Errorf("a second sweep added %d events", n-len(log))
	}
	w.Clock.Advance(9 * time.Minute)
	gone.Says("back again")
	if s := w.State(c); s.Thread.Number != 1 || s.Thread.State != chat.Queued || s.Thread.QueuedAt != queued {
		t.Errorf("back in time: %+v, want the place of %d", s.Thread, queued)
	}
	step(2 * time.Minute)
	w.Clock.Advance(11 * time.Minute)
	gone.Says("back late")
	if s := w.State(c); s.Thread.Number != 2 || s.Thread.QueuedAt == queued {
		t.Errorf("back late: %+v, want a new thread", s.Thread)
	}
}

func TestSweep_AfterAStartVisitorsHaveTimeToComeBack(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.Connect(w.Owner)
	_, c := w.Arrives("hello")
	w.Clock.Advance(2 * time.Hour)
	d := w.Restart()
	w.Clock.Advance(59 * time.Second)
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.State(c).OpenThread() == nil {
		t.Error("abandoned while the server was down")
	}
	w.Clock.Advance(time.Second)
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.State(c).OpenThread() != nil {
		t.Error("not abandoned a minute after the start")
	}
}

func TestCountPageViews_CountsPathsAndNothingElse(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	views := []desk.PageView{
		{Site: w.Site.ID, Path: "/cart?session=secret#top", Referrer: "Search.example", Language: "de"},
		{Site: w.Site.ID, Path: "/cart", Referrer: "https://search.example/q", Language: "deutsch bitte sehr"},
		{Site: w.Site.ID, Path: "javascript:alert(1)"},
		{Path: "/cart"},
	}
	if err := w.Desk.CountPageViews(t.Context(), views); err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.CountPageViews(t.Context(), views[:1]); err != nil {
		t.Fatal(err)
	}
	got := counted(t, w)
	want := map[string]int{"/cart  ": 1, "/cart search.example de": 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
}

// counted are the counters of the world's site, and of none.
func counted(t *testing.T, w *desktest.World) map[string]int {
	t.Helper()
	got := map[string]int{}
	w.Read(func(tx *store.Tx) error {
		all, err := tx.PageViews(w.Site.ID, 0, math.MaxInt64)
		none, errNone := tx.PageViews("", 0, math.MaxInt64)
		for _, v := range append(all, none...) {
			got[v.Path+" "+v.Referrer+" "+v.Language] = int(v.Views)
		}
		return errors.Join(err, errNone)
	})
	return got
}

// What rules will be tried on later must be stored now.
func TestPostAsVisitor_TheArrivalIsStoredAsRulesWillSeeIt(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	said := chat.Arrival{URL: "https://shop.example/cart", Title: "Cart", Referrer: "https://search.example/", Language: "de", Country: "DE", Device: "Firefox, Linux",
		Visits: 3, Data: map[string]string{"plan": "gold"}, Group: w.Group.ID}
	for chosen, want := range map[chat.GroupID]chat.GroupID{w.Group.ID: w.Group.ID, "g_none": "", "": ""} {
		said.Group = chosen
		done := must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), w.Visitor().Caller, desk.VisitorMessage{Key: w.Key(), Text: "hello", Arrival: said}))
		started := must[chat.Started](t)(chat.Decode[chat.Started](w.Log(done.Visitor.Conversation)[0]))
		stored := said
		stored.Site, stored.Group = w.Site.ID, want
		if diff := cmp.Diff(&stored, started.Arrival); diff != "" {
			t.Errorf("chosen %q (-said +stored):\n%s", chosen, diff)
		}
	}
}
