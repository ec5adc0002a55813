package chat_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
)

// owing is a Thread in the queue that was held for Ada, who owes its visitor an
// answer.
func owing(t *testing.T) chat.State {
	t.Helper()
	now := time.UnixMicro(1_000_000)
	s := chat.State{Conversation: chat.Conversation{ID: "c_1"}}
	s.Add("t_1", []chat.Event{chat.Fact(chat.KindStarted, mia.Actor(), chat.ForAgents, 1, chat.Started{Number: 1, Group: "g_1", Policy: chat.PolicyOpen, Lead: bob.ID})})
	held := chat.Held{To: chat.Target{Kind: chat.ToAgent, Agent: ada.ID, Group: "g_1"}, Way: chat.HeldWait, Due: 9,
		Promise: chat.Promise{Owner: ada.ID, Group: "g_1", By: bob.ID, Way: chat.HeldWait, Due: 9}, Access: chat.AccessChange{After: chat.Access{Group: "g_1", Policy: chat.PolicyOpen}}}
	s.Add("", []chat.Event{chat.Fact(chat.KindHold, chat.System(), chat.ForAll, chat.Micros(now), held)})
	return s
}

func TestPassPromise_GivesItAnotherOwner(t *testing.T) {
	t.Parallel()
	now := time.UnixMicro(2_000_000)
	for _, c := range []struct {
		name string
		to   chat.Agent
		want chat.Target
	}{
		{"a colleague", bob, chat.Target{Kind: chat.ToAgent, Agent: bob.ID, Group: "g_1"}},
		{"the group", chat.Agent{}, chat.Target{Kind: chat.ToGroup, Group: "g_1"}},
	} {
		s := owing(t)
		events, err := chat.PassPromise(s, ada, c.to, "Ada's shift ends.", nil, now)
		if err != nil || len(events) != 1 || events[0].Audience != chat.ForAgents {
			t.Fatalf("%s: %+v, %v", c.name, events, err)
		}
		s.Add("", events)
		if p := s.Thread.Promise; p == nil || p.Owner != c.to.ID || p.Due != 9 || *s.Thread.Held != c.want {
			t.Errorf("%s: it is owed %+v, held for %+v", c.name, p, s.Thread.Held)
		}
		if again, err := chat.PassPromise(s, chat.Agent{ID: c.to.ID, Role: chat.Owner}, c.to, "", nil, now); err != nil || len(again) != 0 {
			t.Errorf("%s, twice: %v, %v", c.name, again, err)
		}
	}
}

func TestPassPromise_RefusesWhoDoesNotOweIt(t *testing.T) {
	t.Parallel()
	s, now := owing(t), time.UnixMicro(2_000_000)
	if _, err := chat.PassPromise(s, bob, bob, "", nil, now); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a colleague's: %v", err)
	}
	gone := bob
	gone.Disabled = true
	if _, err := chat.PassPromise(s, ada, gone, "", nil, now); !chat.IsKind(err, chat.Gone) {
		t.Errorf("to a disabled account: %v", err)
	}
	s.Thread.Promise = nil
	if _, err := chat.PassPromise(s, ada, bob, "", nil, now); !chat.IsKind(err, chat.Gone) {
		t.Errorf("what is not owed: %v", err)
	}
}

// TestPost_ABridgeAnswersNothing: the visitor is told who goes on, and waits still.
func TestPost_ABridgeAnswersNothing(t *testing.T) {
	t.Parallel()
	for _, bridge := range []bool{true, false} {
		s, now := owing(t), time.UnixMicro(3_000_000)
		s.Add("", []chat.Event{chat.Fact(chat.KindAssign, ada.Actor(), chat.ForAll, 3, chat.Assigned{Lead: ada.ID})})
		s.Add("", []chat.Event{chat.Fact(chat.KindMessage, mia.Actor(), chat.ForAll, 4, chat.Said{Text: "are you there?"})})
		events, err := chat.Post(s, ada.Actor(), chat.NewMessage{Text: "Bob goes on from here.", Bridge: bridge}, now)
		if err != nil {
			t.Fatal(err)
		}
		s.Add("", chat.Follow(s, events))
		if waits, owed := s.Thread.WaitingSince == 4, s.Thread.Promise != nil; waits != bridge || owed != bridge {
			t.Errorf("bridge %v: waits since %d, promise %+v", bridge, s.Thread.WaitingSince, s.Thread.Promise)
		}
	}
}
