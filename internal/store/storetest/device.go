package storetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func deviceSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"Lives_OneConnectionOnAnyNodeIsEnough":     lives,
		"Lives_OneDeviceIsEnough":                  livesOfDevices,
		"Lives_ADeadNodeHoldsNobody":               livesOfDeadNode,
		"Session_ItsEndEndsItsLeaseAtOnce":         endedLease,
		"Devices_AreCountedWhereTheyAreConnected":  devicesCount,
		"Lease_TheNewestOfADeviceIsKept":           oldLeases,
		"Presence_IsWhatASimpleModelOfDevicesSays": presenceModel,
		"Subscription_IsOfOneSignInAndEndsWithIt":  subscriptions,
		"Pages_AreKnownByTheSignInOfTheirDevice":   pages,
		"Delivery_StaysShownWhereItIsSentAgain":    deliveredAgain,
	}
}

// signedIn stores an agent with sign-ins; the first is on a phone.
func signedIn(w *World, name string, ids ...chat.SessionID) []store.Present {
	w.T.Helper()
	a := Agent(name, chat.Member)
	all := make([]store.Present, len(ids))
	w.Write(func(tx *store.Tx) error {
		err := tx.SaveAgent(a)
		for i, id := range ids {
			all[i] = store.Present{Agent: a.ID, Session: id}
			err = errors.Join(err, tx.SaveSession(store.Session{ID: id, Agent: a.ID, Hash: []byte(id), Mobile: i == 0, ExpiresAt: 1 << 60}))
		}
		return err
	})
	return all
}

func renew(w *World, node string, at int64, who ...store.Present) {
	w.T.Helper()
	w.Write(func(tx *store.Tx) error { return tx.RenewPresence(node, who, at) })
}

func cut(w *World, node string, at int64, p store.Present) {
	w.T.Helper()
	w.Write(func(tx *store.Tx) error { return tx.CutPresence(node, p, at) })
}

// wantLife compares the life of an agent, leases that were renewed since a time
// holding a connection.
func wantLife(w *World, a chat.AgentID, holds int64, want store.Life) {
	w.T.Helper()
	w.Read(func(tx *store.Tx) error {
		got, err := tx.Lives(50, holds)
		if got[a] != want {
			w.T.Errorf("life %+v, want %+v", got[a], want)
		}
		return err
	})
}

func lives(t *testing.T, w *World) {
	ann, vera := store.Present{Agent: "a_ann"}, store.Present{Visitor: "v_1"}
	renew(w, "n1", 100, ann, vera)
	renew(w, "n2", 110, ann)
	end := func(node string, before, at int64) {
		w.Write(func(tx *store.Tx) error { return tx.EndPresence(node, before, at) })
	}
	look := func(want store.Life) {
		t.Helper()
		wantLife(w, ann.Agent, 0, want)
	}
	look(store.Life{AliveAt: 110})
	end("n1", 120, 120)
	look(store.Life{AliveAt: 110}) // n2 still has her
	end("n2", 110, 121)
	look(store.Life{AliveAt: 110}) // renewed at that very time
	end("n2", 130, 130)
	look(store.Life{AliveAt: 110, DownAt: 130})
	renew(w, "n1", 140, ann)
	look(store.Life{AliveAt: 140})
	cut(w, "n1", 150, store.Present{Agent: "a_other"})
	look(store.Life{AliveAt: 140})
	cut(w, "n1", 150, ann)
	look(store.Life{AliveAt: 140, DownAt: 150})
	w.Read(func(tx *store.Tx) error {
		all, err := tx.Lives(50, 0)
		if len(all) != 1 {
			t.Errorf("lives of %d, want the agent alone: %v", len(all), all)
		}
		return err
	})
}

func livesOfDevices(t *testing.T, w *World) {
	devices := signedIn(w, "ann", "s_phone", "s_desk")
	phone, desk := devices[0], devices[1]
	renew(w, "n1", 100, phone, desk)
	renew(w, "n2", 110, phone)
	cut(w, "n1", 120, desk)
	wantLife(w, "a_ann", 0, store.Life{AliveAt: 110})
	cut(w, "n1", 130, phone)
	wantLife(w, "a_ann", 0, store.Life{AliveAt: 110}) // on the other node it is still there
	cut(w, "n2", 140, phone)
	wantLife(w, "a_ann", 0, store.Life{AliveAt: 110, DownAt: 140})
	renew(w, "n1", 150, desk)
	wantLife(w, "a_ann", 0, store.Life{AliveAt: 150})
	w.Read(func(tx *store.Tx) error {
		got, err := tx.DeviceLives("a_ann", 0)
		want := map[chat.SessionID]store.Life{"s_phone": {AliveAt: 110, DownAt: 140}, "s_desk": {AliveAt: 150}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("devices (-want +got):\n%s", diff)
		}
		return err
	})
}

// livesOfDeadNode: n1 was killed and cut nothing; her connection to n2 is cut later.
func livesOfDeadNode(t *testing.T, w *World) {
	ann := signedIn(w, "ann", "s_1")[0]
	renew(w, "n1", 100, ann)
	renew(w, "n2", 110, ann)
	cut(w, "n2", 120, ann)
	wantLife(w, ann.Agent, 100, store.Life{AliveAt: 110})
	wantLife(w, ann.Agent, 101, store.Life{AliveAt: 110, DownAt: 120})
	renew(w, "n1", 130, ann)
	wantLife(w, ann.Agent, 131, store.Life{AliveAt: 130, DownAt: 130})
}

func endedLease(t *testing.T, w *World) {
	devices := signedIn(w, "ann", "s_phone", "s_desk")
	phone, desk := devices[0], devices[1]
	renew(w, "n1", 100, phone, desk)
	renew(w, "n2", 110, phone)
	w.Write(func(tx *store.Tx) error { return tx.DeleteSession("a_ann", "s_phone") })
	wantLife(w, "a_ann", 0, store.Life{AliveAt: 110})
	present := func(since int64, want bool) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			got, err := tx.PresentAgents(since)
			if _, is := got["a_ann"]; is != want {
				t.Errorf("present since %d: %v", since, got)
			}
			return err
		})
	}
	present(100, true)
	present(105, false) // the phone's lease is newer, and its sign-in is over
	w.Write(func(tx *store.Tx) error { return tx.DeleteSession("a_ann", "s_desk") })
	present(0, false)
	for _, node := range []string{"n1", "n3"} { // one that has not heard, and one that had not seen it
		renew(w, node, 120, phone, desk)
	}
	present(0, false)
	w.Read(func(tx *store.Tx) error {
		got, err := tx.Lives(0, 0)
		if life := got["a_ann"]; life.AliveAt != 110 || life.DownAt == 0 || life.DownAt >= 100 {
			t.Errorf("life %+v, want a cut from before", life)
		}
		return err
	})
}

func devicesCount(t *testing.T, w *World) {
	ann, bob := signedIn(w, "ann", "s_1", "s_2", "s_3"), signedIn(w, "bob", "s_4")
	renew(w, "n1", 100, ann[0], ann[1], ann[2], store.Present{Agent: "a_demo"})
	renew(w, "n2", 100, ann[0], bob[0])
	cut(w, "n1", 110, ann[1])
	count := func(holds int64, want map[chat.AgentID]store.Devices) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			got, err := tx.Devices(holds)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("devices (-want +got):\n%s", diff)
			}
			return err
		})
	}
	count(100, map[chat.AgentID]store.Devices{"a_ann": {Connected: 2, Mobile: 1}, "a_bob": {Connected: 1, Mobile: 1}})
	count(101, map[chat.AgentID]store.Devices{})
}

// oldLeases looks at when the phone was cut: while a lease of n1 is kept, which says
// that it never was, there is no such time.
func oldLeases(t *testing.T, w *World) {
	const hour, day = 3600_000_000, 24 * 3600_000_000
	devices := signedIn(w, "ann", "s_phone", "s_desk")
	renew(w, "n1", 100, devices...)
	renew(w, "n2", 110, devices[0])
	cut(w, "n2", 120, devices[0])
	look := func(at int64, want map[chat.SessionID]store.Life) {
		t.Helper()
		renew(w, "n3", at)
		w.Read(func(tx *store.Tx) error {
			got, err := tx.DeviceLives("a_ann", 0)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("at %d (-want +got):\n%s", at, diff)
			}
			return err
		})
	}
	look(hour+100, map[chat.SessionID]store.Life{"s_phone": {AliveAt: 110}, "s_desk": {AliveAt: 100}})
	look(hour+101, map[chat.SessionID]store.Life{"s_phone": {AliveAt: 110, DownAt: 120}, "s_desk": {AliveAt: 100}})
	look(15*day+101, map[chat.SessionID]store.Life{"s_phone": {AliveAt: 110, DownAt: 120}})
	look(15*day+111, map[chat.SessionID]store.Life{})
}

func subscriptions(t *testing.T, w *World) {
	signedIn(w, "ann", "s_phone", "s_desk")
	signedIn(w, "bob", "s_bob")
	save := func(a chat.AgentID, id chat.SessionID, endpoint string) {
		w.Write(func(tx *store.Tx) error {
			return tx.SaveSubscription(store.Subscription{Session: id, Agent: a, Endpoint: endpoint, P256DH: "p", Auth: "a", At: 5})
		})
	}
	look := func(a chat.AgentID, want map[chat.SessionID]string) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			all, err := tx.Subscriptions(a)
			got := map[chat.SessionID]string{}
			for _, s := range all {
				got[s.Session] = s.Endpoint
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("subscriptions of %s (-want +got):\n%s", a, diff)
			}
			return err
		})
	}
	save("a_ann", "s_phone", "https://one")
	save("a_ann", "s_desk", "https://two")
	save("a_ann", "s_phone", "https://three") // the browser has another one since
	look("a_ann", map[chat.SessionID]string{"s_phone": "https://three", "s_desk": "https://two"})
	w.Write(func(tx *store.Tx) error { return tx.DropSubscription("s_phone", "https://one") })
	look("a_ann", map[chat.SessionID]string{"s_phone": "https://three", "s_desk": "https://two"})
	save("a_bob", "s_bob", "https://two") // another person signs in with the same browser
	look("a_ann", map[chat.SessionID]string{"s_phone": "https://three"})
	look("a_bob", map[chat.SessionID]string{"s_bob": "https://two"})
	w.Write(func(tx *store.Tx) error { return tx.DeleteSession("a_ann", "s_phone") })
	look("a_ann", map[chat.SessionID]string{})
	w.Write(func(tx *store.Tx) error { return tx.DeleteExpired(1 << 61) })
	look("a_bob", map[chat.SessionID]string{})
}

// deliveredAgain is a push that its device has shown though the service gave no answer.
func deliveredAgain(t *testing.T, w *World) {
	send := func(count int, at, want int64) {
		t.Helper()
		w.Write(func(tx *store.Tx) error {
			return tx.SaveDelivery(store.Delivery{Alert: "al_1", Session: "s_phone", Count: count, SentAt: at})
		})
		w.Read(func(tx *store.Tx) error {
			got, err := tx.Deliveries("al_1")
			if diff := cmp.Diff([]store.Delivery{{Alert: "al_1", Session: "s_phone", Count: count, SentAt: at, ShownAt: want}}, got); diff != "" {
				t.Errorf("sent with %d to say (-want +got):\n%s", count, diff)
			}
			return err
		})
	}
	send(1, 10, 0)
	w.Write(func(tx *store.Tx) error { return tx.ShowDelivery("al_1", "s_phone", 12) })
	send(1, 20, 12)
	send(2, 30, 0)
}

// pages are known by the sign-in of their device, with how far the last push to it has
// come.
func pages(t *testing.T, w *World) {
	signedIn(w, "ann", "s_phone", "s_desk")
	signedIn(w, "bob", "s_bob")
	word := func(page string, at int64) chat.PageWord {
		return chat.PageWord{Page: page, At: at, Sound: chat.AudioOn, Notices: chat.PermissionDenied, Wanted: true, Late: 7}
	}
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SavePage("s_desk", word("page-two", 1)), tx.SavePage("s_desk", word("page-one", 2)), tx.SavePage("s_desk", word("page-two", 3)),
			tx.SavePage("s_bob", word("page-one", 4)), tx.SavePage("s_nobody", word("page-one", 5)),
			tx.SaveSubscription(store.Subscription{Session: "s_phone", Agent: "a_ann", Endpoint: "https://one", P256DH: "p", Auth: "a"}),
			tx.SaveDelivery(store.Delivery{Alert: "al_1", Session: "s_phone", Count: 1, SentAt: 10}),
			tx.AnswerDelivery(store.Delivery{Alert: "al_1", Session: "s_phone", Count: 1, AnsweredAt: 11, Outcome: "accepted"}),
			tx.ShowDelivery("al_1", "s_phone", 12), tx.ShowDelivery("al_other", "s_phone", 13),
			tx.RenewPresence("n1", []store.Present{{Agent: "a_ann", Session: "s_desk"}}, 100))
	})
	look := func(a chat.AgentID, want map[chat.SessionID]store.KnownDevice) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			all, err := tx.KnownDevices(a, 0, 50)
			got := map[chat.SessionID]store.KnownDevice{}
			for _, d := range all {
				d.Name, d.Mobile = "", false
				got[d.Session] = d
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("devices of %q (-want +got):\n%s", a, diff)
			}
			return err
		})
	}
	known := func(a chat.AgentID, id chat.SessionID, change func(*store.KnownDevice)) store.KnownDevice {
		d := store.KnownDevice{Agent: a}
		d.Session, d.Pages = id, []chat.PageWord{}
		change(&d)
		return d
	}
	phone := known("a_ann", "s_phone", func(d *store.KnownDevice) {
		d.Endpoint, d.Subscribed, d.Proof = "https://one", true, chat.Proof{SentAt: 10, AnsweredAt: 11, Outcome: "accepted", ShownAt: 12}
	})
	desk := known("a_ann", "s_desk", func(d *store.KnownDevice) {
		d.Connected, d.Pages = true, []chat.PageWord{word("page-one", 2), word("page-two", 3)}
	})
	bobs := known("a_bob", "s_bob", func(d *store.KnownDevice) { d.Pages = []chat.PageWord{word("page-one", 4)} })
	look("a_ann", map[chat.SessionID]store.KnownDevice{"s_phone": phone, "s_desk": desk})
	look("", map[chat.SessionID]store.KnownDevice{"s_phone": phone, "s_desk": desk, "s_bob": bobs})
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.DropPage("s_desk", "page-two"), tx.ForgetPages(4), tx.SaveDelivery(store.Delivery{Alert: "al_2", Session: "s_phone", Count: 1, SentAt: 20}))
	})
	phone.Proof = chat.Proof{SentAt: 20, ShownAt: 12}
	desk.Pages = []chat.PageWord{}
	look("", map[chat.SessionID]store.KnownDevice{"s_phone": phone, "s_desk": desk, "s_bob": bobs})
}
