package desk_test

import (
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// What a take says that its agent had is what the log says up to there, though he
// is asked to take chats over and begins some himself at the same time.
func TestRaised_ATakeKnowsAllThatItsAgentHas(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, w *desktest.World) {
		const each = 8
		ada, ben := w.Agent("Ada", chat.Member), w.Agent("Ben", chat.Member)
		ada.Limit, ben.Limit = 10*each, 10*each
		w.Write(func(tx *store.Tx) error {
			if err := tx.SaveAgent(ada); err != nil {
				return err
			}
			return tx.SaveAgent(ben)
		})
		w.Connect(ada, ben)
		var acts []func() error
		act := func(one func(key string) error) {
			key := w.Key()
			acts = append(acts, func() error { return one(key) })
		}
		for range each {
			_, waits := w.Arrives("hello")
			_, passed := w.Taken(ben)
			_, over := w.Taken(ben)
			if _, err := w.Desk.Close(t.Context(), ben, over, w.Key()); err != nil {
				t.Fatal(err)
			}
			act(func(key string) error {
				_, err := w.Desk.Take(t.Context(), ada, waits, desk.Taking{Key: key})
				return err
			})
			act(func(key string) error {
				_, err := w.Desk.Transfer(t.Context(), ben, passed, desk.Transfer{Key: key, To: toAgent(ada), Reason: "an invoice", Summary: "4711"})
				return err
			})
			act(func(key string) error {
				_, err := w.Desk.PostMessage(t.Context(), ada, over, desk.Message{Key: key, Text: "One more thing."})
				return err
			})
		}
		if n := atOnce(t, acts...); n != 3*each {
			t.Fatalf("%d of %d acts were done", n, 3*each)
		}
		has, wrong := 0, 0
		for _, e := range wholeLog(w) {
			switch b, _ := chat.Decode[chat.Assigned](e); {
			case e.Kind == chat.KindAssign && b.Lead == ada.ID:
				if b.Load != 100*has {
					wrong++
				}
				has++
			case e.Kind == chat.KindOffer && offeredTo(e) == ada.ID, e.Kind == chat.KindStarted && e.Actor.Agent() == ada.ID:
				has++
			}
		}
		if has != 3*each || wrong > 0 {
			t.Errorf("%d of her %d takes say another load than the log", wrong, each)
		}
	})
}

func offeredTo(e chat.Event) chat.AgentID {
	b, _ := chat.Decode[chat.Offered](e)
	return b.Agent
}

// wholeLog loads everything in the order in which everybody sees it.
func wholeLog(w *desktest.World) (all []chat.Event) {
	w.Numbered()
	w.Read(func(tx *store.Tx) error {
		all = nil
		for after := int64(0); ; {
			some, err := tx.Log(after, 500)
			if err != nil || len(some) == 0 {
				return err
			}
			for _, one := range some {
				all, after = append(all, one.Event), one.Pos
			}
		}
	})
	return all
}
