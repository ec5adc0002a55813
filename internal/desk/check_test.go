package desk_test

import (
	"fmt"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// fine is a page that may make a sound.
func fine(page string) chat.PageWord {
	return chat.PageWord{Page: page, Sound: chat.AudioOn, Notices: chat.PermissionDefault, Wanted: true}
}

func reachOf(t *testing.T, w *desktest.World, a chat.Agent) chat.Reach {
	t.Helper()
	mine, err := w.Desk.MyReach(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return mine.Reach
}

func TestPages_SayWhetherTheyAreHeard(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann", chat.Member)
	if got := reachOf(t, w, ann); got.State != chat.ReachedAbsent || got.Because[0].Code != "reach.signed-out" {
		t.Errorf("nobody is signed in: %+v", got)
	}
	in := w.SignIn(ann)
	say := func(p chat.PageWord) {
		t.Helper()
		if err := w.Desk.NotePage(t.Context(), in.Session.ID, p); err != nil {
			t.Fatal(err)
		}
	}
	connect := func() {
		t.Helper()
		if err := w.Desk.RenewPresence(t.Context(), []store.Present{{Agent: ann.ID, Session: in.Session.ID}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := reachOf(t, w, ann); got.State != chat.ReachedAbsent || got.Because[0].Code != "reach.closed" {
		t.Errorf("nothing is open: %+v", got)
	}
	connect()
	blocked := fine("page-one")
	blocked.Sound = chat.AudioBlocked
	say(blocked)
	if got := reachOf(t, w, ann); got.State != chat.ReachedNo || got.Because[0].Code != "reach.sound.blocked" {
		t.Errorf("sound is blocked: %+v", got)
	}
	say(fine("page-two"))
	if got := reachOf(t, w, ann); got.State != chat.ReachedYes {
		t.Errorf("another page is heard: %+v", got)
	}
	if err := w.Desk.LeavePage(t.Context(), in.Session.ID, "page-two"); err != nil {
		t.Fatal(err)
	}
	if got := reachOf(t, w, ann); got.State != chat.ReachedNo {
		t.Errorf("that page is closed: %+v", got)
	}
	w.Clock.Advance(71 * time.Minute)
	connect()
	if got := reachOf(t, w, ann); got.State != chat.ReachedNo || got.Because[0].Code != "reach.silence" {
		t.Errorf("the page says nothing any more: %+v", got)
	}
	if err := w.Desk.EndSession(t.Context(), ann, in.Session.ID); err != nil {
		t.Fatal(err)
	}
	if got := reachOf(t, w, ann); got.State != chat.ReachedAbsent {
		t.Errorf("signed out: %+v", got)
	}
	say(fine("page-one")) // a word that was under way
	if got := reachOf(t, w, ann); got.State != chat.ReachedAbsent {
		t.Errorf("a word after the sign-out: %+v", got)
	}
}

func TestPages_OneDeviceCannotFillTheTable(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann", chat.Member)
	in := w.SignIn(ann)
	var err error
	n := 0
	for ; err == nil && n < 100; n++ {
		err = w.Desk.NotePage(t.Context(), in.Session.ID, fine(fmt.Sprintf("page-%04d", n)))
	}
	if !chat.IsKind(err, chat.Limited) || n != 31 {
		t.Errorf("after %d pages: %v", n, err)
	}
	if err := w.Desk.NotePage(t.Context(), in.Session.ID, fine("page-0003")); err != nil {
		t.Errorf("one of them speaks again: %v", err)
	}
	w.Clock.Advance(25 * time.Hour)
	if err := w.Desk.ForgetOld(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.NotePage(t.Context(), in.Session.ID, fine("page-next")); err != nil {
		t.Errorf("yesterday's pages are forgotten: %v", err)
	}
}

// TestBoard_TellsBeforeAShiftWhoIsMissing: within an hour before a group opens, and
// while it is open, its members are expected; of a group without hours nobody is.
func TestBoard_TellsBeforeAShiftWhoIsMissing(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	now := w.Clock.Now().UTC()
	clock := func(at time.Time) routing.Clock { return routing.Clock(at.Hour()*60 + at.Minute()) }
	opens := now.Truncate(time.Minute).Add(2 * time.Hour)
	var week []routing.Shift
	for day := range 7 {
		week = append(week, routing.Shift{Day: routing.Day(day), Span: routing.Span{From: clock(opens), To: clock(opens.Add(4 * time.Hour))}})
	}
	rules := routing.Rules{Hours: &routing.Hours{Zone: "UTC", Week: week}}
	g := chat.Group{ID: "g_day", Name: "Day", Policy: chat.PolicyGroup, Rules: rules.Raw()}
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(g) })
	ann, always := w.Agent("Ann", chat.Member, g.ID), w.Agent("Al", chat.Member)
	chief := w.Agent("Sue", chat.Member).Enrol(g.ID, chat.ClassSupervisor)
	w.Write(func(tx *store.Tx) error { return tx.SaveAgent(chief) })
	look := func(a chat.Agent) desk.BoardAgent {
		t.Helper()
		b, err := w.Desk.Board(t.Context(), w.Owner)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range b.Agents {
			if one.Agent == a.ID {
				return one
			}
		}
		t.Fatalf("%s is not on the board", a.Name)
		return desk.BoardAgent{}
	}
	if got := look(ann); got.Expected || got.Reach.State != chat.ReachedAbsent || got.Reach.Because[0].Code != "reach.signed-out" {
		t.Errorf("two hours before: %+v", got)
	}
	w.Clock.Advance(opens.Add(-time.Hour).Sub(w.Clock.Now()))
	if got := look(ann); !got.Expected || got.OpensAt != chat.Micros(opens) {
		t.Errorf("an hour before: expected %v at %d", got.Expected, got.OpensAt)
	}
	for _, other := range []chat.Agent{always, chief} {
		if got := look(other); got.Expected {
			t.Errorf("%s is expected", other.Name)
		}
	}
	w.Clock.Advance(2 * time.Hour)
	in := w.SignIn(ann)
	if got := look(ann); !got.Expected || got.OpensAt != 0 || got.Reach.Because[0].Code != "reach.closed" {
		t.Errorf("while it is open: %+v", got)
	}
	w.Connect(ann)
	if err := w.Desk.RenewPresence(t.Context(), []store.Present{{Agent: ann.ID, Session: in.Session.ID}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.NotePage(t.Context(), in.Session.ID, fine("page-one")); err != nil {
		t.Fatal(err)
	}
	if got := look(ann); got.Reach.State != chat.ReachedYes {
		t.Errorf("she is here: %+v", got.Reach)
	}
	w.Clock.Advance(4 * time.Hour)
	if got := look(ann); got.Expected {
		t.Error("expected after it has closed")
	}
}

// TestRouting_PassesOverWhoIsDeafWhereTheGroupSaysSo: the facts of devices reach the
// router, and the chat of a deaf agent goes to who hears.
func TestRouting_PassesOverWhoIsDeafWhereTheGroupSaysSo(t *testing.T) {
	t.Parallel()
	for _, skip := range []bool{false, true} {
		w := desktest.New(t)
		rules := routing.Rules{Distribution: routing.Distribution{Direct: true, SkipDeaf: skip}}
		g := w.Group
		g.Rules = rules.Raw()
		w.Write(func(tx *store.Tx) error { return tx.SaveGroup(g) })
		ann, ben := w.Agent("Ann", chat.Member).Enrol(g.ID, chat.ClassFirst), w.Agent("Ben", chat.Member)
		w.Write(func(tx *store.Tx) error { return tx.SaveAgent(ann) })
		for _, a := range []chat.Agent{ann, ben} {
			in := w.SignIn(a)
			if err := w.Desk.RenewPresence(t.Context(), []store.Present{{Agent: a.ID, Session: in.Session.ID}}); err != nil {
				t.Fatal(err)
			}
			p := fine("page-one")
			if a.ID == ann.ID {
				p.Sound = chat.AudioBlocked
			}
			if err := w.Desk.NotePage(t.Context(), in.Session.ID, p); err != nil {
				t.Fatal(err)
			}
		}
		_, c := w.Arrives("hello")
		w.Route()
		want, why := ann.ID, "Ann comes before the others in Team."
		if skip {
			want, why = ben.ID, "Ben is the only one free in Team. Passed over, since no device calls them: Ann."
		}
		if got := w.State(c).Thread.Lead; got != want {
			t.Errorf("skip %v: %s has it", skip, got)
		}
		for _, e := range w.Log(c) {
			if e.Kind == chat.KindAssign {
				if b, err := chat.Decode[chat.Assigned](e); err != nil || b.Why != why {
					t.Errorf("skip %v: %q, %v", skip, b.Why, err)
				}
			}
		}
	}
}
