package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func identitySuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"an identity is one visitor of a site":     identityIsOneVisitor,
		"who signs in goes on where a chat is":     signedGoOn,
		"sign-ins are kept until they are over":    signInsAreKept,
		"two who become one identity are not both": identityRace,
	}
}

var mia = chat.Identity{Sub: "42", Name: "Mia", Email: "mia@x.example", Data: map[string]string{"plan": "gold"}}

func identityIsOneVisitor(t *testing.T, w *World) {
	one, two, elsewhere := w.Visitor("one"), w.Visitor("two"), w.Visitor("elsewhere")
	elsewhere.Site = "s_2"
	w.Write(func(tx *store.Tx) error { return tx.SaveVisitor(one.Proven(mia)) })
	err := w.S.Write(context.Background(), func(tx *store.Tx) error { return tx.SaveVisitor(two.Proven(mia)) })
	if err == nil {
		t.Error("two visitors of one site are one identity")
	}
	beside := two.Proven(mia)
	beside.Beside = true
	other := w.Visitor("other").Proven(chat.Identity{Sub: "42 "})
	otherSite := chat.Visitor{ID: "v_far", Site: "s_2", Conversation: "c_far", Since: 1, Seen: 1}.Proven(mia)
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SaveVisitor(beside), tx.SaveVisitor(other), tx.SaveVisitor(otherSite))
	})
	w.Read(func(tx *store.Tx) error {
		got, err := tx.VisitorsSigned("s_1", "42")
		if diff := cmp.Diff([]chat.Visitor{one.Proven(mia), beside}, got); diff != "" {
			t.Errorf("of 42 (-want +got):\n%s", diff)
		}
		nobody, errNobody := tx.VisitorsSigned("s_1", "")
		if len(nobody) != 0 {
			t.Errorf("of nobody: %+v", nobody)
		}
		return errors.Join(err, errNobody)
	})
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SetToken(two.ID, []byte("a")), tx.SetToken(two.ID, []byte("b")), tx.SetToken(one.ID, []byte("c")), tx.EndTokens(two.ID))
	})
	w.Read(func(tx *store.Tx) error {
		for hash, ended := range map[string]bool{"a": true, "b": true, "c": false} {
			if _, err := tx.VisitorByToken([]byte(hash)); chat.IsKind(err, chat.Gone) != ended {
				t.Errorf("the token %s: %v", hash, err)
			}
		}
		return nil
	})
}

func signedGoOn(t *testing.T, w *World) {
	main, beside := w.Visitor("main").Proven(mia), w.Visitor("beside").Proven(mia)
	beside.Beside = true
	g := chat.Group{ID: "g_1", Name: "Sales", Policy: chat.PolicyOpen}
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SaveGroup(g), tx.SaveVisitor(main), tx.SaveVisitor(beside))
	})
	expect := func(when string, want chat.VisitorID) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			all, err := tx.VisitorsSigned("s_1", "42")
			if len(all) != 2 || all[0].ID != want {
				t.Errorf("%s he is %+v; want %s first", when, all, want)
			}
			return err
		})
	}
	expect("without a chat", main.ID)
	w.Start(beside.Conversation, beside.Actor(), g, "")
	expect("in a chat beside", beside.ID)
	w.Start(main.Conversation, main.Actor(), g, "")
	expect("in two chats", main.ID)
	w.Append(main.Conversation, func(s chat.State) ([]chat.Event, error) {
		return chat.Close(s, chat.System(), chat.Resolved, 1, clock())
	})
	expect("after the newer one", beside.ID)
	w.Append(beside.Conversation, func(s chat.State) ([]chat.Event, error) {
		return chat.Close(s, chat.System(), chat.Resolved, 1, clock())
	})
	expect("after both", main.ID)
}

func signInsAreKept(t *testing.T, w *World) {
	one := store.SignIn{Hash: []byte("one"), Site: "s_1", Signed: mia, Secret: "first", At: 5, Until: 100}
	two := store.SignIn{Hash: []byte("two"), Site: "s_1", Signed: mia, Secret: "second", At: 6, Until: 200}
	far := store.SignIn{Hash: []byte("far"), Site: "s_2", Signed: mia, Secret: "first", At: 7, Until: 300}
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SaveSignIn(one), tx.SaveSignIn(two), tx.SaveSignIn(far))
	})
	two.Until, two.Signed.Name = 250, "Mia M."
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SaveSignIn(two), tx.EndSignIns("s_1", "first", 50), tx.EndSignIn(two.Hash, 260), tx.EndSignIn(far.Hash, 90))
	})
	one.Until, far.Until = 50, 90
	read := func(when string, want ...store.SignIn) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			for _, in := range want {
				got, err := tx.SignIn(in.Hash)
				if diff := cmp.Diff(in, got); diff != "" || err != nil {
					t.Errorf("%s %s: %v (-want +got):\n%s", when, in.Hash, err, diff)
				}
			}
			return nil
		})
	}
	read("kept", one, two, far)
	const month = 30 * 24 * 3600 * 1_000_000
	w.Write(func(tx *store.Tx) error { return tx.DeleteExpired(month + 89) })
	read("after a month", two, far)
	w.Read(func(tx *store.Tx) error {
		if got, err := tx.SignIn(one.Hash); !chat.IsKind(err, chat.Missing) {
			t.Errorf("a month after its end there is %+v, %v", got, err)
		}
		return nil
	})
}

// identityRace is two browsers of one identity that write their first message at the
// same time: each looks for the visitor, finds none and makes one.
func identityRace(t *testing.T, w *World) {
	const browsers = 8
	done := make(chan error, browsers)
	for i := range browsers {
		go func() {
			done <- w.S.Write(context.Background(), func(tx *store.Tx) error {
				all, err := tx.VisitorsSigned("s_1", "42")
				if err != nil || len(all) > 0 {
					return err
				}
				id := string(rune('a' + i))
				return tx.SaveVisitor(chat.Visitor{ID: chat.VisitorID("v_race" + id), Site: "s_1", Conversation: chat.ConversationID("c_race" + id)}.Proven(mia))
			})
		}()
	}
	for range browsers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	w.Read(func(tx *store.Tx) error {
		all, err := tx.VisitorsSigned("s_1", "42")
		if len(all) != 1 {
			t.Errorf("%d visitors of one identity", len(all))
		}
		return err
	})
}
