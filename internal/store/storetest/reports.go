package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func reportSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"a look back is by time, and of too many takes the newest": looksBack,
		"since when availability is known":                         firstAvailability,
	}
}

// talked is a Conversation with a Thread that begins, moves and is closed at given
// times; 0 = it does not.
func (w *World) talked(name string, began, moved, closed int64) chat.ConversationID {
	v := w.Visitor(name)
	w.Append(v.Conversation, func(chat.State) ([]chat.Event, error) {
		events := []chat.Event{chat.Fact(chat.KindVisitor, v.Actor(), chat.ForAgents, began, v),
			chat.Fact(chat.KindStarted, v.Actor(), chat.ForAgents, began, chat.Started{Number: 1, Group: "g_1", Policy: chat.PolicyOpen})}
		if moved > 0 {
			events = append(events, chat.Fact(chat.KindMoved, chat.System(), chat.ForAll, moved, chat.Moved{Group: "g_2", From: "g_1", Policy: chat.PolicyOpen}))
		}
		if closed > 0 {
			events = append(events, chat.Fact(chat.KindClosed, chat.System(), chat.ForAll, closed, chat.Closed{Reason: chat.Resolved}))
		}
		return events, nil
	})
	return v.Conversation
}

func looksBack(t *testing.T, w *World) {
	a, b := w.talked("a", 100, 150, 300), w.talked("b", 200, 0, 250)
	c, d := w.talked("c", 300, 350, 0), w.talked("d", 400, 0, 500)
	w.Say(c, chat.System(), chat.ForAll, "later")
	type ids = []chat.ConversationID
	w.Read(func(tx *store.Tx) error {
		for _, one := range []struct {
			what     string
			from, to int64
			limit    int
			want     ids
		}{
			{"begun", 0, 1000, 10, ids{a, b, c, d}}, {"begun", 200, 400, 10, ids{b, c}}, {"begun", 0, 1000, 2, ids{c, d}}, {"begun", 401, 1000, 2, ids{}},
			{"closed", 0, 0, 10, ids{b, a, d}}, {"closed", 300, 0, 10, ids{a, d}}, {"closed", 0, 0, 1, ids{d}},
			{"moved", 0, 1000, 10, ids{a, c}}, {"moved", 150, 350, 10, ids{a}}, {"moved", 0, 1000, 1, ids{c}},
		} {
			got := ids{}
			switch one.what {
			case "begun":
				all, err := tx.Begun(one.from, one.to, one.limit)
				if err != nil {
					return err
				}
				for _, x := range all {
					if x.Event.Kind != chat.KindStarted || x.Event.Thread != x.Thread.ID || x.Event.Seq != 2 || x.Event.At != x.Thread.StartedAt {
						t.Errorf("%s began with %+v", x.Thread.ID, x.Event)
					}
					got = append(got, x.Thread.Conversation)
				}
			case "closed":
				all, err := tx.ClosedSince(one.from, one.limit)
				if err != nil {
					return err
				}
				for _, x := range all {
					got = append(got, x.Conversation)
				}
			case "moved":
				all, err := tx.Moves(one.from, one.to, one.limit)
				if err != nil {
					return err
				}
				for _, x := range all {
					got = append(got, x.Conversation)
				}
			}
			if diff := cmp.Diff(one.want, got); diff != "" {
				t.Errorf("%s from %d to %d, %d at most (-want +got):\n%s", one.what, one.from, one.to, one.limit, diff)
			}
		}
		return nil
	})
}

func firstAvailability(t *testing.T, w *World) {
	first := func() (at int64) {
		w.Read(func(tx *store.Tx) (err error) { at, err = tx.FirstAvailability(); return err })
		return at
	}
	if at := first(); at != 0 {
		t.Errorf("known since %d, and nothing was noted", at)
	}
	for at := int64(690); at <= 730; at += 10 {
		w.Write(func(tx *store.Tx) error { return tx.ExtendAvailability([]chat.AgentID{"a_1"}, at, 10) })
	}
	w.Write(func(tx *store.Tx) error { return tx.ExtendAvailability([]chat.AgentID{"a_2"}, 700, 10) })
	if at := first(); at != 690 {
		t.Errorf("known since %d, want 690", at)
	}
}
