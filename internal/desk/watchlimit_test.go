package desk_test

import (
	"fmt"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

// TestWatch_HasALimitThatSaysWhatToDo, also for going back to watching; who led a chat
// and watches it on is let in any case.
func TestWatch_HasALimitThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob, sue := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Supervisor), w.Agent("Sue", chat.Supervisor)
	_, own := w.Taken(bob)
	var chats []chat.ConversationID
	for range chat.MaxWatches + 1 {
		_, c := w.Taken(ada)
		chats = append(chats, c)
	}
	last := chats[chat.MaxWatches]
	must[desk.Done](t)(w.Desk.Join(t.Context(), bob, last, w.Key()))
	for _, c := range chats[:chat.MaxWatches] {
		must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, c, w.Key()))
	}
	must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, chats[0], w.Key())) // he does so already
	_, err := w.Desk.JumpOut(t.Context(), bob, last, w.Key())
	wantKind(t, "jumping out to one more", err, chat.Conflict)
	if !w.State(last).Thread.TakesPart(bob.ID) {
		t.Error("he is out all the same")
	}
	must[desk.Done](t)(w.Desk.Leave(t.Context(), bob, last, w.Key()))
	_, err = w.Desk.Watch(t.Context(), bob, last, w.Key())
	wantKind(t, "one more", err, chat.Conflict)
	must[desk.Done](t)(w.Desk.TakeOver(t.Context(), sue, own, desk.TakingOver{Key: w.Key(), From: bob.ID, Reason: "I know him"}))
	if !watchedBy(w, own, bob) {
		t.Error("who led it does not watch it on")
	}
	for _, c := range []chat.ConversationID{own, chats[0]} {
		must[desk.Done](t)(w.Desk.Unwatch(t.Context(), bob, c, w.Key()))
	}
	must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, last, w.Key()))
}

func TestWatchMe_HasLimits(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	_, c := w.Taken(ada)
	var first chat.Agent
	for i := range chat.MaxWatchInvitesOfChat {
		one := w.Agent(fmt.Sprintf("Mate %d", i), chat.Member)
		if i == 0 {
			first = one
		}
		must[desk.Done](t)(w.Desk.WatchMe(t.Context(), ada, c, w.Key(), one.ID))
	}
	_, err := w.Desk.WatchMe(t.Context(), ada, c, w.Key(), bob.ID)
	wantKind(t, "one more of the chat", err, chat.Conflict)
	must[desk.Done](t)(w.Desk.WatchMe(t.Context(), ada, c, w.Key(), first.ID)) // he is asked already
	var one chat.ConversationID
	for range chat.MaxWatchInvitesOf {
		_, one = w.Taken(ada)
		must[desk.Done](t)(w.Desk.WatchMe(t.Context(), ada, one, w.Key(), bob.ID))
	}
	_, next := w.Taken(ada)
	_, err = w.Desk.WatchMe(t.Context(), ada, next, w.Key(), bob.ID)
	wantKind(t, "one more to him", err, chat.Conflict)
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, one, w.Key()))
	must[desk.Done](t)(w.Desk.WatchMe(t.Context(), ada, next, w.Key(), bob.ID))
}

// How much one watches, and is asked to watch, is counted in all Conversations: it
// holds whichever of them he turns to at the same time.
func TestWatch_ManyAtOnceStayBelowTheLimit(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, w *desktest.World) {
		ada, bob, cem, sue := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Supervisor), w.Agent("Cem", chat.Member), w.Agent("Sue", chat.Supervisor)
		var watch, jump, ask []func() error
		for range chat.MaxWatches + 10 {
			_, c := w.Taken(ada)
			must[desk.Done](t)(w.Desk.Join(t.Context(), sue, c, w.Key()))
			keys := []string{w.Key(), w.Key(), w.Key()}
			watch = append(watch, func() error {
				_, err := w.Desk.Watch(t.Context(), bob, c, keys[0])
				return err
			})
			jump = append(jump, func() error {
				_, err := w.Desk.JumpOut(t.Context(), sue, c, keys[1])
				return err
			})
			ask = append(ask, func() error {
				_, err := w.Desk.WatchMe(t.Context(), ada, c, keys[2], cem.ID)
				return err
			})
		}
		for what, acts := range map[string][]func() error{"watching": watch, "jumping out": jump} {
			if got := atOnce(t, acts...); got != chat.MaxWatches {
				t.Errorf("%s: %d watches began at once, at most %d are allowed", what, got, chat.MaxWatches)
			}
		}
		if got := atOnce(t, ask...); got != chat.MaxWatchInvitesOf {
			t.Errorf("he was asked into %d at once, at most %d are allowed", got, chat.MaxWatchInvitesOf)
		}
	})
}
