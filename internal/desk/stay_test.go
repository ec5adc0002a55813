package desk_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

// In a group that only the lead may see, the former lead goes on seeing the chat
// after a take-over as long as he watches it, and not a moment after it is closed.
func TestTakeOver_TheFormerLeadOfALeadOnlyGroupWatches(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*desktest.World, chat.Agent, chat.Agent, chat.ConversationID) error{
		"he stops watching": func(w *desktest.World, ada, _ chat.Agent, c chat.ConversationID) error {
			_, err := w.Desk.Unwatch(t.Context(), ada, c, w.Key())
			return err
		},
		"he has no connection": func(w *desktest.World, ada, _ chat.Agent, _ chat.ConversationID) error {
			w.Disconnect(ada)
			w.Clock.Advance(time.Hour)
			return w.Desk.Sweep(t.Context())
		},
		"it is closed": func(w *desktest.World, _, sue chat.Agent, c chat.ConversationID) error {
			_, err := w.Desk.Close(t.Context(), sue, c, w.Key())
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := desktest.New(t)
			w.SetPolicy(chat.PolicyLead)
			ada, bob, sue := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Sue", chat.Supervisor)
			w.Connect(ada, sue)
			_, c := w.Taken(ada)
			must[desk.Done](t)(w.Desk.TakeOver(t.Context(), sue, c, desk.TakingOver{Key: w.Key(), From: ada.ID, Reason: "I know them"}))
			if now := watches(w); len(now) != 1 || now[0].Watcher != ada.ID {
				t.Fatalf("who watches: %+v", now)
			}
			must[desk.Conversation](t)(w.Desk.Conversation(t.Context(), ada, c))
			must[desk.Done](t)(w.Desk.Whisper(t.Context(), ada, c, desk.Message{Key: w.Key(), Text: "they like it short"}))
			_, err := w.Desk.Conversation(t.Context(), bob, c)
			wantKind(t, "somebody else of the group", err, chat.Missing)

			check(t, w.Desk.Sweep(t.Context()))
			must[desk.Conversation](t)(w.Desk.Conversation(t.Context(), ada, c))
			check(t, end(w, ada, sue, c))
			check(t, w.Desk.Sweep(t.Context()))
			_, err = w.Desk.Conversation(t.Context(), ada, c)
			wantKind(t, "the former lead afterwards", err, chat.Missing)
		})
	}
}
