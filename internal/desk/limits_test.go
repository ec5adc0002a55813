package desk_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// loadOf is what an agent holds, in hundredths of a chat.
func loadOf(t *testing.T, w *desktest.World, a chat.AgentID) int {
	t.Helper()
	return must[routing.State](t)(w.Desk.RoutingState(t.Context())).Load(a)
}

// led counts the open chats of an agent of which something holds.
func led(t *testing.T, w *desktest.World, a chat.AgentID, holds func(routing.Thread) bool) int {
	t.Helper()
	n := 0
	for _, th := range must[routing.State](t)(w.Desk.RoutingState(t.Context())).Threads {
		if th.Lead == a && holds(th) {
			n++
		}
	}
	return n
}

func isLive(th routing.Thread) bool { return th.Mode != routing.Mail }
func isOver(th routing.Thread) bool { return th.Over }

// leaveNightMail lets visitors write while nobody is there: what is left is
// answered by mail.
func leaveNightMail(w *desktest.World, n int) (visitors []desktest.Visitor, all []chat.ConversationID) {
	for range n {
		v, c := w.Arrives("is anybody there?")
		visitors, all = append(visitors, v), append(all, c)
	}
	return visitors, all
}

// fallAsleep makes four chats, one after the other, that an agent has answered and
// that wait for their visitors.
func fallAsleep(t *testing.T, w *desktest.World, a chat.Agent) (visitors []desktest.Visitor) {
	t.Helper()
	for range 4 {
		v, c := w.Taken(a)
		must[desk.Done](t)(w.Desk.PostMessage(t.Context(), a, c, says(w, "yes?")))
		visitors = append(visitors, v)
		later(w, 11*time.Minute, a)
	}
	if n := loadOf(t, w, a.ID); n != 100 {
		t.Fatalf("four that sleep cost %d, want 100", n)
	}
	return visitors
}

// Messages of the night cost a tenth; that their visitors come back before anybody
// has answered does not make them twelve live chats at once.
func TestLimit_UnansweredMailStaysMail(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{Direct: true}})
	ada := w.Agent("Ada", chat.Member)
	visitors, _ := leaveNightMail(w, 12)
	w.Clock.Advance(time.Hour)
	w.Connect(ada)
	w.Route()
	if n := loadOf(t, w, ada.ID); n != 120 {
		t.Fatalf("twelve messages cost %d", n)
	}
	w.Clock.Advance(time.Minute)
	for _, v := range visitors {
		v.Says("here I am")
	}
	w.Connect(ada)
	w.Route()
	if n, live := loadOf(t, w, ada.ID), led(t, w, ada.ID, isLive); n != 120 || live != 0 {
		t.Errorf("load %d with %d live, want 120 with none", n, live)
	}
}

// What was answered is live again, as many as fit: 60 + 3·90 = 330, and a fourth would
// make 420 of 400.
func TestLimit_AnsweredMailIsLiveAgainWhereThereIsRoom(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{Direct: true}})
	ada := w.Agent("Ada", chat.Member)
	visitors, all := leaveNightMail(w, 6)
	w.Connect(ada)
	w.Route()
	for _, c := range all {
		w.Clock.Advance(time.Second)
		must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, says(w, "yes")))
	}
	w.Clock.Advance(time.Second)
	for _, v := range visitors {
		v.Says("oh, you are there")
	}
	w.Connect(ada)
	w.Route()
	if n, live := loadOf(t, w, ada.ID), led(t, w, ada.ID, isLive); live != 3 || n != 330 {
		t.Errorf("%d are live, load %d of 400; want 3 and 330", live, n)
	}
}

// TestLimit_AWakeIsCheckedUnderTheLock lets an agent take a chat between what the
// router has read and what it writes: 50 + 3·100 for whom he has, and of the two who
// are back one wakes above the limit, and the other one waits for a colleague.
func TestLimit_AWakeIsCheckedUnderTheLock(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	w.Connect(ada)
	asleep := fallAsleep(t, w, ada)
	for range 2 {
		w.Taken(ada)
	}
	for _, v := range asleep[:2] {
		v.Says("back")
	}
	_, free := w.Arrives("one more")
	if err := w.Desk.RouteAfter(t.Context(), func() {
		must[desk.Done](t)(w.Desk.Take(t.Context(), ada, free, desk.Taking{Key: w.Key()}))
	}); err != nil {
		t.Fatal(err)
	}
	w.Route()
	if n, over := loadOf(t, w, ada.ID), led(t, w, ada.ID, isOver); n != 450 || over != 1 {
		t.Errorf("load %d of 400, %d marked; want 450 and 1", n, over)
	}
}

// Of four who are back the first makes 175, the second 250, above the group's 200 and
// marked; the third would make 325 and waits for a colleague, which leaves 225 and
// room for the fourth: 300, one chat above and not two.
func TestLimit_OfTheGroupHoldsForWakingToo(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Limit: 2, Distribution: routing.Distribution{Method: routing.Pull}})
	ada := w.Agent("Ada", chat.Member)
	w.Connect(ada)
	for _, v := range fallAsleep(t, w, ada) {
		v.Says("back")
	}
	w.Route()
	if n, over := loadOf(t, w, ada.ID), led(t, w, ada.ID, isOver); n != 300 || over != 2 {
		t.Errorf("load %d in a group that allows 200, %d marked; want 300 and 2", n, over)
	}
}

// A chat that is moved away and back is offered again to who moved it first.
func TestMove_ThereAndBackIsNotStuck(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{Direct: true}})
	sales := chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyOpen, Rules: routing.Rules{Distribution: routing.Distribution{Direct: true}}.Raw()}
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(sales) })
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member, sales.ID)
	w.Connect(ada, bob)
	_, c := w.Arrives("hello")
	w.Route()
	must[desk.Done](t)(w.Desk.Move(t.Context(), ada, c, desk.Moving{Key: w.Key(), Group: sales.ID, Reason: "prices"}))
	w.Route()
	if lead := w.State(c).Thread.Lead; lead != bob.ID {
		t.Fatalf("moved to Sales, and %s leads", lead)
	}
	must[desk.Done](t)(w.Desk.Move(t.Context(), bob, c, desk.Moving{Key: w.Key(), Group: w.Group.ID, Reason: "not prices"}))
	w.Route()
	if lead := w.State(c).Thread.Lead; lead != ada.ID {
		t.Errorf("moved back, and %q leads", lead)
	}
}

func TestTyping_ExtendsEachSitting(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	w.Connect(ada)
	v, c := w.Taken(ada)
	w.Desk.HearTyping(c, ada)
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, says(w, "yes?")))
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, w.Key()))
	w.Clock.Advance(time.Hour)
	w.Connect(ada)
	v.Says("another question")
	must[desk.Done](t)(w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: w.Key()}))
	w.Clock.Advance(30 * time.Second)
	w.Desk.HearTyping(c, ada)
	later(w, 70*time.Second, ada)
	if th := w.State(c).Thread; th.Lead != ada.ID {
		t.Error("taken away after 100 s although she types")
	}
	later(w, 55*time.Second, ada)
	if th := w.State(c).Thread; th.Lead == ada.ID {
		t.Error("typing extends for ever")
	}
}

func TestKeep_MayBeLongerThanTenMinutes(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.Write(func(tx *store.Tx) error { return tx.SetSetting("routing", `{"timing":{"keep":3600}}`) })
	ada := w.Agent("Ada", chat.Member)
	w.Connect(ada)
	_, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, says(w, "done")))
	w.Disconnect(ada)
	w.Clock.Advance(59 * time.Minute)
	w.Route()
	if w.State(c).Thread.Lead != ada.ID {
		t.Error("handed back before the hour was over")
	}
	w.Clock.Advance(2 * time.Minute)
	w.Route()
	if w.State(c).Thread.Lead == ada.ID {
		t.Error("kept for longer than an hour")
	}
}

func TestRestart_InTheMiddleOfARoundRaisesNoAlarm(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{})
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	w.Connect(ada, bob)
	_, c := w.Arrives("hello")
	w.Route()
	must[desk.Done](t)(w.Desk.Decline(t.Context(), ada, c, w.Key(), ""))
	w.Route()
	w.Disconnect(ada, bob)
	w.Clock.Advance(30 * time.Second)
	w.Desk = w.Restart()
	w.Route()
	w.Clock.Advance(time.Second)
	w.Connect(ada, bob)
	w.Route()
	for _, e := range w.Log(c) {
		if e.Kind == chat.KindAlarm {
			t.Errorf("alarm: %s", e.Body)
		}
	}
	if o := last[chat.Offered](t, w, c, chat.KindOffer); o.Agent != bob.ID {
		t.Errorf("offered to %s", o.Agent)
	}
}

// The morning after: messages stand in nobody's way.
func TestQueue_MessagesDoNotFillIt(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	for range 15 {
		w.Arrives("is anybody there?")
	}
	w.Connect(ada)
	w.Route()
	site := must[desk.SiteStandings](t)(w.Desk.SiteStandings(t.Context(), w.Site, desk.Coming{Language: "en"}))
	if site.Reached.State != routing.Online {
		t.Errorf("fifteen messages wait, Ada is free, and visitors are told %+v", site.Reached)
	}
	v, _ := w.Arrives("hello")
	visitor := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
	if view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), visitor, 0)); view.Queue == nil || view.Queue.Position != 1 {
		t.Errorf("before him are messages alone, and he is told %+v", view.Queue)
	}
}

func TestTakeNext_AFullGroupDoesNotEndTheSearch(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{Limit: 1, Distribution: routing.Distribution{Method: routing.Pull}})
	sales := chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyOpen, Rules: routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}}.Raw()}
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(sales) })
	ada := w.Agent("Ada", chat.Member, w.Group.ID, sales.ID)
	w.Connect(ada)
	w.Taken(ada)
	w.Arrives("for the full group")
	_, c := w.Arrives("for sales")
	must[desk.Done](t)(w.Desk.Move(t.Context(), w.Owner, c, desk.Moving{Key: w.Key(), Group: sales.ID}))
	done := must[desk.Done](t)(w.Desk.TakeNext(t.Context(), ada, w.Key()))
	if len(done.Events) != 1 || done.Events[0].Conversation != c {
		t.Errorf("took %+v", done.Events)
	}
}
