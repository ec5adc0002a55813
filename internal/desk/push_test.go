package desk_test

import (
	"fmt"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

func reach(name string) desk.NewSubscription {
	return desk.NewSubscription{Endpoint: desktest.PushService + name, P256DH: "p", Auth: "a"}
}

func TestSubscribe_EndsWithTheSignIn(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann", chat.Member)
	phone, laptop := w.SignIn(ann).Session.ID, w.SignIn(ann).Session.ID
	for _, s := range []chat.SessionID{phone, laptop} {
		check(t, w.Desk.Subscribe(t.Context(), ann, s, reach(string(s))))
	}
	on := func(s chat.SessionID, want bool) {
		t.Helper()
		key, got, err := w.Desk.PushKey(t.Context(), ann, s)
		if err != nil || key == "" || got != want {
			t.Errorf("key %q, on %v, %v; want on %v", key, got, err, want)
		}
	}
	on(phone, true)
	check(t, w.Desk.EndSession(t.Context(), ann, phone))
	on(phone, false)
	on(laptop, true)
	if err := w.Desk.Subscribe(t.Context(), ann, phone, reach("late")); !chat.IsKind(err, chat.Missing) {
		t.Errorf("a request that was under way when the sign-in ended: %v", err)
	}
	check(t, w.Desk.Unsubscribe(t.Context(), laptop))
	on(laptop, false)
	check(t, w.Desk.Subscribe(t.Context(), ann, laptop, reach("again")))
	off := true
	if _, err := w.Desk.ChangeAgent(t.Context(), w.Owner, ann.ID, desk.AgentChange{Disabled: &off}); err != nil {
		t.Fatal(err)
	}
	w.Read(func(tx *store.Tx) error {
		all, err := tx.Subscriptions(ann.ID)
		if len(all) != 0 {
			t.Errorf("who is disabled is pushed to: %+v", all)
		}
		return err
	})
}

func TestSubscribe_RefusesForeignServicesAndTooMany(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann", chat.Member)
	first := w.SignIn(ann).Session.ID
	if err := w.Desk.Subscribe(t.Context(), ann, first, desk.NewSubscription{Endpoint: "http://10.0.0.1/", P256DH: "p", Auth: "a"}); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("a service that is not allowed: %v", err)
	}
	for i := range 10 {
		s := w.SignIn(ann).Session.ID
		check(t, w.Desk.Subscribe(t.Context(), ann, s, reach(fmt.Sprint(i))))
	}
	if err := w.Desk.Subscribe(t.Context(), ann, first, reach("eleventh")); !chat.IsKind(err, chat.Limited) {
		t.Errorf("an eleventh device: %v", err)
	}
	check(t, w.Desk.Subscribe(t.Context(), ann, first, reach("3"))) // the same browser, signed in anew
	off := desk.New(w.Store, w.Files, w.Bus, desk.Options{Now: w.Clock.Now})
	if err := off.Subscribe(t.Context(), ann, first, reach("off")); !chat.IsKind(err, chat.Unavailable) {
		t.Errorf("where push is switched off: %v", err)
	}
}
