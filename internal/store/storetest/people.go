package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// clock is any time; rules want one.
func clock() time.Time { return time.UnixMicro(50) }

func peopleSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"agents are kept":                    agentsAreKept,
		"an address belongs to one agent":    addressBelongsToOne,
		"groups and sites are kept":          placesAreKept,
		"visitors and their tokens are kept": visitorsAreKept,
		"sessions are kept":                  sessionsAreKept,
		"tickets are kept":                   ticketsAreKept,
		"settings are kept":                  settingsAreKept,
	}
}

func agentsAreKept(t *testing.T, w *World) {
	ann := Agent("ann", chat.Owner, "g_1", "g_2")
	ann.Email, ann.Reason, ann.Until, ann.Rights = "Ann@Team.Example", "lunch", 77, 3
	ann.Skills, ann.Topics = []string{"french"}, []string{"VAT", "customs duty"}
	bob := Agent("bob", chat.Member)
	bob.Disabled = true
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SaveAgent(bob), tx.SaveAgent(ann), tx.SetPassword(ann.ID, "$argon2id$x"))
	})
	ann.Name, ann.Status = "Anna", chat.Away
	w.Write(func(tx *store.Tx) error { return tx.SaveAgent(ann) })
	ann.Email = "ann@team.example"
	w.Read(func(tx *store.Tx) error {
		all, err := tx.Agents()
		if diff := cmp.Diff([]chat.Agent{ann, bob}, all); diff != "" {
			t.Errorf("agents (-want +got):\n%s", diff)
		}
		got, phc, errEmail := tx.AgentByEmail("ANN@team.example")
		if !cmp.Equal(got, ann) || phc != "$argon2id$x" {
			t.Errorf("by address: %+v with password %q", got, phc)
		}
		return errors.Join(err, errEmail)
	})
	err := w.S.Write(context.Background(), func(tx *store.Tx) error { return tx.SetPassword("a_x", "p") })
	if !chat.IsKind(err, chat.Missing) {
		t.Errorf("the password of nobody was set: %v", err)
	}
}

func addressBelongsToOne(t *testing.T, w *World) {
	ann, bob := Agent("ann", chat.Member), Agent("bob", chat.Member)
	bob.Email = "ANN@team.example"
	w.Write(func(tx *store.Tx) error { return tx.SaveAgent(ann) })
	err := w.S.Write(context.Background(), func(tx *store.Tx) error { return tx.SaveAgent(bob) })
	if !chat.IsKind(err, chat.Conflict) {
		t.Errorf("two agents with one address: %v", err)
	}
}

func placesAreKept(t *testing.T, w *World) {
	group := chat.Group{ID: "g_1", Name: "Sales", Policy: chat.PolicyLead, Names: map[string]string{"de": "Verkauf"}, Private: true, Stub: true,
		Deleted: true, Successor: "g_2", Rules: json.RawMessage(`{"limit":3}`)}
	site := chat.Site{ID: "s_1", Name: "Shop", Key: "k1", Origins: []string{"https://shop.example"}, Language: "de",
		Appearance: chat.Appearance{Accent: "#112233", Position: "bottom-left", Greeting: "Hallo"}, Group: "g_1", Choose: []chat.GroupID{"g_2", "g_1"}}
	w.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveGroup(group), tx.SaveSite(site)) })
	group.Name, site.Name = "Sale", "Store"
	w.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveGroup(group), tx.SaveSite(site)) })
	w.Read(func(tx *store.Tx) error {
		groups, err := tx.Groups()
		sites, errSites := tx.Sites()
		if !cmp.Equal(groups, []chat.Group{group}) || !cmp.Equal(sites, []chat.Site{site}) {
			t.Errorf("groups %+v, sites %+v", groups, sites)
		}
		g, errGroup := tx.Group("g_1")
		s, errSite := tx.Site("s_1")
		k, errKey := tx.SiteByKey("k1")
		if !reflect.DeepEqual(g, group) || !cmp.Equal(s, site) || !cmp.Equal(k, site) {
			t.Errorf("one by one: %+v %+v %+v", g, s, k)
		}
		return errors.Join(err, errSites, errGroup, errSite, errKey)
	})
}

func visitorsAreKept(t *testing.T, w *World) {
	v := w.Visitor("Vera")
	v.Email, v.Language, v.Country, v.Device, v.Page, v.Title = "v@x.example", "fr", "FR", "Firefox", "https://shop.example/", "Shop"
	v.Owner = "a_ann"
	v.Visits, v.Data, v.Seen = 3, map[string]string{"plan": "pro"}, 99
	w.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveVisitor(v), tx.SetToken(v.ID, []byte("hash"))) })
	w.Read(func(tx *store.Tx) error {
		got, err := tx.Visitor(v.ID)
		byToken, errToken := tx.VisitorByToken([]byte("hash"))
		if !cmp.Equal(got, v) || !cmp.Equal(byToken, v) {
			t.Errorf("visitor %+v, by token %+v, want %+v", got, byToken, v)
		}
		return errors.Join(err, errToken)
	})
	w.Write(func(tx *store.Tx) error { return tx.EndToken([]byte("hash")) })
	w.Read(func(tx *store.Tx) error {
		got, err := tx.VisitorByToken([]byte("hash"))
		if !chat.IsKind(err, chat.Gone) || got.ID != "" {
			t.Errorf("an ended token gives %+v, %v; want gone", got, err)
		}
		return nil
	})
}

func sessionsAreKept(t *testing.T, w *World) {
	ann, bob := Agent("ann", chat.Member), Agent("bob", chat.Member)
	old := store.Session{ID: "n_1", Agent: ann.ID, Hash: []byte{1}, Device: "Firefox", Mobile: true, Address: "::1", CreatedAt: 1, SeenAt: 2, ExpiresAt: 100}
	young := store.Session{ID: "n_2", Agent: ann.ID, Hash: []byte{2}, CreatedAt: 5, SeenAt: 5, ExpiresAt: 200}
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SaveAgent(ann), tx.SaveAgent(bob), tx.SaveSession(old), tx.SaveSession(young))
	})
	old.SeenAt, old.InputAt = 50, 40
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.NoteInput(old.ID, 40), tx.NoteInput(old.ID, 30), tx.SaveSession(old))
	})
	w.Read(func(tx *store.Tx) error {
		all, err := tx.Sessions(ann.ID)
		one, errOne := tx.SessionByHash([]byte{1})
		if !cmp.Equal(all, []store.Session{young, old}) || !cmp.Equal(one, old) {
			t.Errorf("sessions %+v, one %+v", all, one)
		}
		return errors.Join(err, errOne)
	})
	err := w.S.Write(context.Background(), func(tx *store.Tx) error { return tx.DeleteSession(bob.ID, old.ID) })
	if !chat.IsKind(err, chat.Missing) {
		t.Errorf("another agent's session was deleted: %v", err)
	}
	w.Write(func(tx *store.Tx) error { return errors.Join(tx.DeleteSession(ann.ID, old.ID), tx.DeleteExpired(150)) })
	w.Read(func(tx *store.Tx) error {
		all, err := tx.Sessions(ann.ID)
		if !cmp.Equal(all, []store.Session{young}) {
			t.Errorf("left: %+v", all)
		}
		return err
	})
	w.Write(func(tx *store.Tx) error { return tx.DeleteExpired(201) })
	w.Read(func(tx *store.Tx) error {
		all, err := tx.Sessions(ann.ID)
		if len(all) != 0 {
			t.Errorf("an expired session stayed: %+v", all)
		}
		return err
	})
}

func ticketsAreKept(t *testing.T, w *World) {
	one := store.Ticket{ID: "i_1", Purpose: "invite", Hash: []byte{1}, Email: "x@y.example", Role: chat.Member, Groups: []chat.GroupID{"g_1"}, CreatedAt: 1, ExpiresAt: 9, By: "a_1"}
	two := store.Ticket{ID: "i_2", Purpose: "invite", Hash: []byte{2}, Agent: "a_1", CreatedAt: 2, ExpiresAt: 99}
	w.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveTicket(one), tx.SaveTicket(two)) })
	w.Read(func(tx *store.Tx) error {
		all, err := tx.Tickets("invite")
		got, errOne := tx.TicketByHash([]byte{1})
		if !cmp.Equal(all, []store.Ticket{two, one}) || !cmp.Equal(got, one) {
			t.Errorf("tickets %+v, one %+v", all, got)
		}
		return errors.Join(err, errOne)
	})
	w.Write(func(tx *store.Tx) error { return tx.DeleteTicket("i_2") })
	err := w.S.Write(context.Background(), func(tx *store.Tx) error { return tx.DeleteTicket("i_2") })
	if !chat.IsKind(err, chat.Missing) {
		t.Errorf("a ticket was used twice: %v", err)
	}
}

func settingsAreKept(t *testing.T, w *World) {
	w.Write(func(tx *store.Tx) error { return errors.Join(tx.SetSetting("a", "1"), tx.SetSetting("a", "2")) })
	w.Read(func(tx *store.Tx) error {
		a, err := tx.Setting("a")
		b, errB := tx.Setting("b")
		if a != "2" || b != "" {
			t.Errorf("settings %q and %q", a, b)
		}
		return errors.Join(err, errB)
	})
}
