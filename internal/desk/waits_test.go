package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// heard collects the queue signals that the bus has carried, by conversation.
func heard(t *testing.T, signals <-chan chat.Signal) map[chat.ConversationID]chat.Signal {
	t.Helper()
	last := map[chat.ConversationID]chat.Signal{}
	for {
		select {
		case s := <-signals:
			if s.Kind == chat.SignalQueue {
				last[s.Conversation] = s
			}
		default:
			return last
		}
	}
}

func TestQueue_TheVisitorIsToldHisPlaceLive(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	w.Connect(ada)
	sub, end := w.Bus.Subscribe()
	defer end()
	_, first := w.Arrives("hello")
	w.Clock.Advance(time.Second)
	v, second := w.Arrives("hello")
	w.Clock.Advance(3 * time.Second)
	w.Route()
	got := heard(t, sub.Signals)
	if a, b := got[first], got[second]; !a.On || a.Data.Position != 1 || b.Data.Position != 2 || a.Data.Wait != (chat.Minutes{}) || b.Data.Group != "" {
		t.Errorf("told %+v and %+v", a, b)
	}
	for _, s := range got {
		if chat.Hears(s, chat.Access{Policy: chat.PolicyOpen}, ada.Viewer()) {
			t.Error("an agent hears what a visitor is told")
		}
	}
	visitor := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
	if view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), visitor, 0)); view.Queue == nil || view.Queue.Position != 2 {
		t.Errorf("the snapshot says %+v", view.Queue)
	}
	must[desk.Done](t)(w.Desk.Take(t.Context(), ada, first, desk.Taking{Key: w.Key()}))
	w.Clock.Advance(3 * time.Second)
	w.Route()
	got = heard(t, sub.Signals)
	if a, b := got[first], got[second]; a.On || b.Data.Position != 1 {
		t.Errorf("after the first was taken: %+v and %+v", a, b)
	}
	must[desk.Done](t)(w.Desk.Take(t.Context(), ada, second, desk.Taking{Key: w.Key()}))
	if view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), visitor, 0)); view.Queue != nil {
		t.Errorf("he waits no more, and is told %+v", view.Queue)
	}
}

// TestQueue_NamesTheGroupWhereThereAreSeveral: a private and a deleted one are none
// that he could be in.
func TestQueue_NamesTheGroupWhereThereAreSeveral(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		other chat.Group
		want  string
	}{
		"another":   {chat.Group{}, "Sales"},
		"private":   {chat.Group{Private: true}, ""},
		"a deleted": {chat.Group{Deleted: true}, ""},
	} {
		w := desktest.New(t)
		w.Connect(w.Agent("Ada", chat.Member))
		w.Group.Name, c.other.ID, c.other.Name, c.other.Policy = "Sales", "g_other", "Other", chat.PolicyOpen
		w.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveGroup(w.Group), tx.SaveGroup(c.other)) })
		v, _ := w.Arrives("hello")
		visitor := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
		if view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), visitor, 0)); view.Queue == nil || view.Queue.Group != c.want {
			t.Errorf("%s: told %+v, want %q", name, view.Queue, c.want)
		}
	}
}

// TestQueue_NamesTheGroupAsItsVisitorsKnowIt: in their language, and a private one
// not at all.
func TestQueue_NamesTheGroupAsItsVisitorsKnowIt(t *testing.T) {
	t.Parallel()
	for private, want := range map[bool]string{false: "Service", true: ""} {
		w := desktest.New(t)
		other := chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyOpen}
		w.Write(func(tx *store.Tx) error { return tx.SaveGroup(other) })
		w.Connect(w.Agent("Ada", chat.Member))
		w.Group.Name, w.Group.Names, w.Group.Private = "Fraud suspects", map[string]string{"en": "Service", "de": "Dienst"}, private
		w.Group.Rules = routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}}.Raw()
		w.Write(func(tx *store.Tx) error { return tx.SaveGroup(w.Group) })
		sub, end := w.Bus.Subscribe()
		defer end()
		v, c := w.Arrives("hello")
		w.Route()
		if s := heard(t, sub.Signals)[c]; s.Data == nil || s.Data.Position != 1 || s.Data.Group != want {
			t.Errorf("private %v: told %+v", private, s.Data)
		}
		visitor := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
		if view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), visitor, 0)); view.Queue == nil || view.Queue.Group != want {
			t.Errorf("private %v: the snapshot says %+v", private, view.Queue)
		}
	}
}

// TestMove_NamesTheGroupAsItsVisitorKnowsIt: the team reads its own name.
func TestMove_NamesTheGroupAsItsVisitorKnowsIt(t *testing.T) {
	t.Parallel()
	for private, want := range map[bool]string{false: `{"public_name":"Service"}`, true: `{}`} {
		w := desktest.New(t)
		vip := chat.Group{ID: "g_vip", Name: "Fraud suspects", Names: map[string]string{"en": "Service"}, Private: private, Policy: chat.PolicyGroup}
		w.Write(func(tx *store.Tx) error { return tx.SaveGroup(vip) })
		ada := w.Agent("Ada", chat.Member)
		w.Connect(ada)
		v, c := w.Taken(ada)
		must[desk.Done](t)(w.Desk.Move(t.Context(), ada, c, desk.Moving{Key: w.Key(), Group: vip.ID, Reason: "x"}))
		if b := last[chat.Moved](t, w, c, chat.KindMoved); b.GroupName != vip.Name {
			t.Errorf("the team reads %+v", b)
		}
		visitor := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
		view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), visitor, 0))
		i := slices.IndexFunc(view.Events, func(e chat.Event) bool { return e.Kind == chat.KindMoved })
		if i < 0 || string(view.Events[i].Body) != want {
			t.Errorf("private %v: the visitor receives %+v", private, view.Events)
		}
	}
}

// TestMail_TheOfferComesAndTheWordIsKept walks the ways to an answer by e-mail.
func TestMail_TheOfferComesAndTheWordIsKept(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	ctx := t.Context()

	left, c := w.Arrives("is anybody there?") // nobody is
	w.Route()
	if b := last[chat.MailOffered](t, w, c, chat.KindMailOffered); b.Cause != chat.MailClosed || w.State(c).Thread.Mode != chat.Mail {
		t.Errorf("when nobody is there: %+v, %+v", b, w.State(c).Thread.Turn)
	}
	_, err := w.Desk.AnswerMail(ctx, left.Caller, desk.MailAnswer{Accept: true})
	wantKind(t, "yes without an address", err, chat.Invalid)
	_, err = w.Desk.AnswerMail(ctx, left.Caller, desk.MailAnswer{Accept: true, Email: "not an address"})
	wantKind(t, "yes with something else", err, chat.Invalid)
	done := must[desk.VisitorDone](t)(w.Desk.AnswerMail(ctx, left.Caller, desk.MailAnswer{Accept: true, Email: "mia@home.example"}))
	if len(done.Events) != 1 || string(done.Events[0].Body) != `{"accepted":true}` {
		t.Errorf("the visitor receives %+v", done.Events)
	}
	if again := must[desk.VisitorDone](t)(w.Desk.AnswerMail(ctx, left.Caller, desk.MailAnswer{Accept: true})); !again.Again {
		t.Errorf("the same again: %+v", again)
	}
	w.Clock.Advance(time.Hour)
	if err := w.Desk.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if w.State(c).OpenThread() == nil {
		t.Error("a message that was left behind was abandoned")
	}

	w.Connect(ada)
	v, live := w.Arrives("hello")
	for range 10 {
		later(w, time.Minute, ada)
	}
	if b := last[chat.MailOffered](t, w, live, chat.KindMailOffered); b.Cause != chat.MailMaxWait {
		t.Errorf("after ten minutes: %+v", b)
	}
	must[desk.VisitorDone](t)(w.Desk.AnswerMail(ctx, v.Caller, desk.MailAnswer{}))
	if th := w.State(live).Thread; th.Mode == chat.Mail || !th.MailDone {
		t.Errorf("who goes on waiting: %+v", th.Turn)
	}
	n := len(w.Log(live))
	later(w, 20*time.Minute, ada)
	if got := w.Log(live); len(got) != n {
		t.Errorf("asked again: %s", kinds(got))
	}
}

func TestQueueFull_TakesMessagesAndOpensAgain(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}, Queue: routing.QueueRule{Max: 2}})
	ada := w.Agent("Ada", chat.Member)
	w.Connect(ada)
	var waiting []chat.ConversationID
	for range 2 {
		_, c := w.Arrives("hello")
		waiting = append(waiting, c)
		w.Route()
	}
	site := must[desk.SiteStandings](t)(w.Desk.SiteStandings(t.Context(), w.Site, desk.Coming{Language: "en"}))
	if site.Reached.State != routing.QueueFull {
		t.Errorf("two of two wait, and visitors are told %+v", site.Reached)
	}
	_, c := w.Arrives("me too")
	w.Route()
	if b := last[chat.MailOffered](t, w, c, chat.KindMailOffered); b.Cause != chat.MailFull || w.State(c).Thread.Mode != chat.Mail {
		t.Errorf("at a full queue: %+v, %+v", b, w.State(c).Thread.Turn)
	}
	for _, c := range append(waiting, c) {
		must[desk.Done](t)(w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: w.Key()}))
	}
	w.Route()
	if site := must[desk.SiteStandings](t)(w.Desk.SiteStandings(t.Context(), w.Site, desk.Coming{Language: "en"})); site.Reached.State != routing.Online {
		t.Errorf("when they are taken: %+v", site.Reached)
	}
}

func TestPlace_ChosenButOfflineAsksAndNothingIsStored(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	w.Connect(ada)
	quiet := chat.Group{ID: "g_quiet", Name: "Quiet", Names: map[string]string{"de": "Still"}, Policy: chat.PolicyOpen}
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(quiet) })
	v := w.Visitor()
	m := desk.VisitorMessage{Key: w.Key(), Text: "hello", Arrival: chat.Arrival{Language: "de-AT", Chosen: quiet.ID}}
	_, err := w.Desk.PostAsVisitor(t.Context(), v.Caller, m)
	wantKind(t, "a group where nobody is", err, chat.Conflict)
	ask, ok := err.(*chat.Error).Detail.(desk.Ask)
	if !ok || ask.Ask.Chosen.Name != "Still" || ask.Ask.Chosen.State != routing.NotOnline || len(ask.Ask.Others) != 1 || ask.Ask.Others[0].Group != w.Group.ID {
		t.Errorf("asked %+v", err)
	}
	if _, err := w.Desk.VisitorOf(t.Context(), v.Caller); !chat.IsKind(err, chat.Missing) {
		t.Errorf("the refused message made a visitor: %v", err)
	}
	m.Leave = true
	done := must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), v.Caller, m))
	s := w.State(done.Visitor.Conversation)
	if s.Thread.Group != quiet.ID || s.Thread.Mode != chat.Mail {
		t.Errorf("left for %s: %+v", quiet.ID, s.Thread)
	}
	started := last[chat.Started](t, w, done.Visitor.Conversation, chat.KindStarted)
	if started.Placement == nil || started.Placement.Cause != "visitor" || started.Placement.Why == "" {
		t.Errorf("placed %+v", started.Placement)
	}
	m.Key, m.Leave, m.Arrival.Chosen = w.Key(), false, w.Group.ID
	other := w.Visitor()
	done = must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), other.Caller, m))
	if s := w.State(done.Visitor.Conversation); s.Thread.Group != w.Group.ID || s.Thread.Mode == chat.Mail {
		t.Errorf("talks to the other: %+v", s.Thread)
	}
}

// crowd makes so many visitors wait, past the desk.
func crowd(w *desktest.World, n int) {
	w.Write(func(tx *store.Tx) error {
		for i := range n {
			id := fmt.Sprintf("crowd%04d", i)
			v := chat.Visitor{ID: chat.VisitorID("v_" + id), Site: w.Site.ID, Conversation: chat.ConversationID("c_" + id), Seen: chat.Micros(w.Clock.Now().Add(time.Hour))}
			s := chat.State{Conversation: chat.Conversation{ID: v.Conversation, Kind: chat.FormCustomer, Site: w.Site.ID, Visitor: v.ID}}
			events, err := chat.Post(s, v.Actor(), chat.NewMessage{Text: "hello", Begin: chat.Beginning{Group: w.Group, Order: chat.Order{Aging: time.Minute}}}, w.Clock.Now())
			if err != nil {
				return err
			}
			for j := range events {
				events[j].ID = chat.EventID(fmt.Sprintf("e_%s_%d", id, j))
			}
			events = s.Add(chat.ThreadID("t_"+id), events)
			if err := errors.Join(tx.SaveVisitor(v), tx.NewConversation(s.Conversation), tx.Append(s, events)); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestQueue_ALongOneLeavesRoomForOtherSignals: whoever is slow to take signals
// finds all of them, and everybody is told before his word expires.
func TestQueue_ALongOneLeavesRoomForOtherSignals(t *testing.T) {
	t.Parallel()
	const n = 1500
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}, Queue: routing.QueueRule{Max: 10000}})
	w.Connect(w.Agent("Ada", chat.Member))
	crowd(w, n)
	sub, end := w.Bus.Subscribe()
	defer end()
	told, began := map[chat.ConversationID]time.Time{}, w.Clock.Now()
	for w.Clock.Now().Sub(began) < 2*time.Minute {
		w.Bus.Signal(chat.Signal{Kind: chat.SignalTyping, Conversation: "c_typing"})
		if _, err := w.Desk.Route(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(sub.Signals) > bus.MaxSignals/2 {
			t.Fatalf("%d signals at once", len(sub.Signals))
		}
		if first := <-sub.Signals; first.Kind != chat.SignalTyping {
			t.Fatal("what somebody types was dropped")
		}
		for c := range heard(t, sub.Signals) {
			if last, knew := told[c]; knew && w.Clock.Now().Sub(last) > chat.QueueTTL/2 {
				t.Fatalf("%s was not told for %s", c, w.Clock.Now().Sub(last))
			}
			told[c] = w.Clock.Now()
		}
		w.Clock.Advance(3 * time.Second)
	}
	if len(told) != n {
		t.Errorf("%d of %d were told", len(told), n)
	}
}
