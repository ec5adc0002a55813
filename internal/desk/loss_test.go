package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// lost is a chat that Ada lost with her connection and that Bob has taken.
type lost struct {
	*desktest.World
	t        *testing.T
	ada, bob chat.Agent
	visitor  desktest.Visitor
	c        chat.ConversationID
	at       int64 // when it was taken from Ada
}

const canary = "canary-of-mia"

func losing(t *testing.T, p chat.Policy) *lost {
	t.Helper()
	w := desktest.New(t)
	w.Group.Policy = p
	offering(w, routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}})
	l := &lost{World: w, t: t, ada: w.Agent("Ada", chat.Member), bob: w.Agent("Bob", chat.Member)}
	w.Connect(l.ada, l.bob)
	l.visitor, l.c = w.Taken(l.ada)
	must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), l.visitor.Caller, desk.VisitorMessage{Key: w.Key(), Text: canary, Name: canary}))
	w.Disconnect(l.ada)
	later(w, 46*time.Second, l.bob)
	l.at = chat.Micros(w.Clock.Now())
	l.take(l.bob)
	return l
}

// lostAndBack is the same once Ada is back.
func lostAndBack(t *testing.T, p chat.Policy) *lost {
	t.Helper()
	l := losing(t, p)
	later(l.World, time.Minute, l.ada, l.bob)
	return l
}

func (l *lost) take(a chat.Agent) {
	l.t.Helper()
	must[desk.Done](l.t)(l.Desk.Take(l.t.Context(), a, l.c, desk.Taking{Key: l.Key()}))
}

// now is Ada with the groups that she has now.
func (l *lost) now() chat.Agent { return agentNow(l.World, l.ada.ID) }

func (l *lost) sees(a chat.Agent) bool {
	_, err := l.Desk.Conversation(l.t.Context(), a, l.c)
	return err == nil
}

// told is what Ada's own Conversation tells of losses, oldest first.
func (l *lost) told() (all []chat.Loss) {
	l.t.Helper()
	for _, e := range l.Log(chat.AgentConversation(l.ada.ID)) {
		if e.Kind == chat.KindLoss {
			all = append(all, must[chat.Loss](l.t)(chat.Decode[chat.Loss](e)))
		}
	}
	return all
}

// holds compares what a snapshot and the last word of the log say of Ada's loss,
// both with what is wanted; Ended is that there is none.
func (l *lost) holds(when string, want chat.Loss) {
	l.t.Helper()
	told := l.told()
	want.Agent, want.Conversation, want.Thread = l.ada.ID, l.c, l.State(l.c).Thread.ID
	kept := []chat.Loss{}
	if !want.Ended {
		want.Group, want.At = l.Group.ID, l.at
		kept = append(kept, want)
	}
	if diff := cmp.Diff(want, told[len(told)-1]); diff != "" {
		l.t.Errorf("%s: Ada was told (-want +got):\n%s", when, diff)
	}
	if diff := cmp.Diff(kept, must[desk.Inbox](l.t)(l.Desk.Inbox(l.t.Context(), l.now(), desk.ListMy)).Losses); diff != "" {
		l.t.Errorf("%s: Ada's snapshot (-want +got):\n%s", when, diff)
	}
}

// TestLoss_WhoMayNotSeeItIsToldAndGetsItBack is card B5 where the former lead is
// shut out by then: by the policy, or because he is not in the group any more.
func TestLoss_WhoMayNotSeeItIsToldAndGetsItBack(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]chat.Policy{"lead-only": chat.PolicyLead, "removed from the group": chat.PolicyGroup} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := losing(t, p)
			if p == chat.PolicyGroup {
				must[desk.ManagedGroup](t)(l.Desk.SetMembers(t.Context(), l.Owner, l.Group.ID, []desk.Membership{{Agent: l.bob.ID}}))
			}
			later(l.World, time.Minute, l.ada, l.bob)
			l.holds("back", chat.Loss{Lead: l.bob.ID})
			if l.sees(l.now()) {
				t.Fatal("Ada sees it: the test is about nothing")
			}
			key := l.Key()
			for _, again := range []bool{false, true} {
				done := must[desk.Done](t)(l.Desk.AskBack(t.Context(), l.now(), l.c, key))
				if len(done.Events) != 0 || done.Again != again {
					t.Errorf("asking is answered %+v, want no events and again %v", done, again)
				}
			}
			l.holds("asked", chat.Loss{Lead: l.bob.ID, Asked: true})
			if l.sees(l.now()) {
				t.Error("asking has let Ada in")
			}
			events, _, err := l.Desk.Events(t.Context(), l.bob, l.c, desk.Span{Limit: 1})
			if err != nil || kinds(events) != "back.asked" {
				t.Errorf("Bob reads %s, %v", kinds(events), err)
			}
			if own := asText(t, l.Log(chat.AgentConversation(l.ada.ID))); strings.Contains(own, canary) {
				t.Errorf("Ada was told of the visitor: %s", own)
			}
			must[desk.Done](t)(l.Desk.Give(t.Context(), l.bob, l.c, l.Key(), l.ada.ID))
			l.holds("given back", chat.Loss{Ended: true})
			if !l.sees(l.now()) || l.sees(l.bob) != (p == chat.PolicyGroup) {
				t.Errorf("given back: Ada sees it %v, Bob %v", l.sees(l.now()), l.sees(l.bob))
			}
		})
	}
}

// TestLoss_FollowsWhoHasIt: nobody needs to see the Thread to know whom to ask.
func TestLoss_FollowsWhoHasIt(t *testing.T) {
	t.Parallel()
	l := lostAndBack(t, chat.PolicyLead)
	kim := l.Agent("Kim", chat.Member)
	must[desk.Done](t)(l.Desk.AskBack(t.Context(), l.ada, l.c, l.Key()))
	must[desk.Done](t)(l.Desk.Requeue(t.Context(), l.bob, l.c, l.Key()))
	l.holds("put back", chat.Loss{})
	_, err := l.Desk.AskBack(t.Context(), l.ada, l.c, l.Key())
	wantKind(t, "asking while nobody has it", err, chat.Conflict)
	l.take(kim)
	l.holds("taken by Kim", chat.Loss{Lead: kim.ID})
	if n := len(l.told()); n != 4 {
		t.Errorf("Ada was told %d times, want 4: Bob has it, asked, nobody, Kim", n)
	}
}

func TestLoss_Ends(t *testing.T) {
	t.Parallel()
	done := func(_ desk.Done, err error) error { return err }
	for name, end := range map[string]func(l *lost) error{
		"closed":               func(l *lost) error { return done(l.Desk.Close(l.t.Context(), l.bob, l.c, l.Key())) },
		"ended by its visitor": func(l *lost) error { return l.Desk.EndAsVisitor(l.t.Context(), l.visitor.Caller) },
		"waived":               func(l *lost) error { return done(l.Desk.Waive(l.t.Context(), l.ada, l.c, l.Key())) },
		"waived after asking": func(l *lost) error {
			must[desk.Done](l.t)(l.Desk.AskBack(l.t.Context(), l.ada, l.c, l.Key()))
			return done(l.Desk.Waive(l.t.Context(), l.ada, l.c, l.Key()))
		},
		"moved to another group": func(l *lost) error {
			sales := chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyLead}
			l.Write(func(tx *store.Tx) error { return tx.SaveGroup(sales) })
			return done(l.Desk.Move(l.t.Context(), l.bob, l.c, desk.Moving{Key: l.Key(), Group: sales.ID, Reason: "prices"}))
		},
		"taken by Ada herself": func(l *lost) error {
			must[desk.Done](l.t)(l.Desk.Requeue(l.t.Context(), l.bob, l.c, l.Key()))
			return done(l.Desk.Take(l.t.Context(), l.ada, l.c, desk.Taking{Key: l.Key()}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := lostAndBack(t, chat.PolicyLead)
			if err := end(l); err != nil {
				t.Fatal(err)
			}
			l.holds("then", chat.Loss{Ended: true})
			if th := l.State(l.c).Thread; th.TakenFrom != "" && th.Open() || th.Lead != l.ada.ID && th.AskedBy != "" {
				t.Errorf("the thread still holds %q, asked by %q", th.TakenFrom, th.AskedBy)
			}
		})
	}
}

// A new sitting of the same visitor is nothing that anybody has lost.
func TestLoss_EndsWithItsThread(t *testing.T) {
	t.Parallel()
	l := lostAndBack(t, chat.PolicyLead)
	must[desk.Done](t)(l.Desk.Close(t.Context(), l.bob, l.c, l.Key()))
	_, err := l.Desk.AskBack(t.Context(), l.ada, l.c, l.Key())
	wantKind(t, "asking for what is closed", err, chat.Gone)
	l.visitor.Says("one more thing")
	l.take(l.bob)
	_, err = l.Desk.AskBack(t.Context(), l.ada, l.c, l.Key())
	wantKind(t, "asking for the next sitting", err, chat.Missing)
	if n := len(l.told()); n != 2 {
		t.Errorf("Ada was told %d times, want 2", n)
	}
}

// TestLoss_TellsNobodyElse: to everybody else who may not see the Thread it is as
// if it did not exist, to the word.
func TestLoss_TellsNobodyElse(t *testing.T) {
	t.Parallel()
	l := lostAndBack(t, chat.PolicyLead)
	eve := l.Agent("Eve", chat.Member)
	for name, ask := range map[string]func(c chat.ConversationID) error{
		"ask-back": func(c chat.ConversationID) error {
			_, err := l.Desk.AskBack(t.Context(), eve, c, l.Key())
			return err
		},
		"waive": func(c chat.ConversationID) error {
			_, err := l.Desk.Waive(t.Context(), eve, c, l.Key())
			return err
		},
	} {
		is, isNot := ask(l.c), ask("c_nothing")
		wantKind(t, name, is, chat.Missing)
		if is.Error() != isNot.Error() {
			t.Errorf("%s: %q where there is one and %q where there is none", name, is, isNot)
		}
	}
	if got := must[desk.Inbox](t)(l.Desk.Inbox(t.Context(), eve, desk.ListMy)).Losses; len(got) != 0 {
		t.Errorf("Eve's snapshot holds %+v", got)
	}
	for _, a := range []chat.Agent{eve, l.bob} {
		if slices.ContainsFunc(l.Log(chat.AgentConversation(a.ID)), func(e chat.Event) bool { return e.Kind == chat.KindLoss }) {
			t.Errorf("%s was told of a loss", a.Name)
		}
	}
}
