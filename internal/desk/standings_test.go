package desk_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// TestSiteStandings_AreThoseOfTheGroupThatHeWouldReach: somebody is in the site's own
// group, and nobody in Sales, whichever way a visitor would get there.
func TestSiteStandings_AreThoseOfTheGroupThatHeWouldReach(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.Connect(w.Agent("Ada", chat.Member))
	sales := addGroup(t, w, "Sales", desk.GroupChange{}).ID
	rules, err := json.Marshal([]routing.Route{{ID: "r", Name: "Cart", Group: sales, When: []routing.Condition{{Field: routing.FieldPath, Op: routing.OpIs, Values: []string{"/cart"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	w.Write(func(tx *store.Tx) error { return tx.SetSetting("routes", string(rules)) })
	secret := must[desk.SiteSecret](t)(w.Desk.NewSiteSecret(t.Context(), w.Owner, w.Site.ID)).Secret
	signed := desktest.Sign(secret, fmt.Sprintf(`{"group":%q,"exp":%d}`, sales, w.Clock.Now().Add(time.Hour).Unix()))
	for name, c := range map[string]struct {
		in    desk.Coming
		want  chat.GroupID
		named bool
	}{
		"nothing said":       {desk.Coming{}, w.Site.Group, false},
		"the page names it":  {desk.Coming{Arrival: chat.Arrival{Group: sales}}, sales, true},
		"no such group":      {desk.Coming{Arrival: chat.Arrival{Group: "g_none"}}, w.Site.Group, false},
		"a rule":             {desk.Coming{Arrival: chat.Arrival{URL: "https://shop.example/cart"}}, sales, false},
		"another page":       {desk.Coming{Arrival: chat.Arrival{URL: "https://shop.example/"}}, w.Site.Group, false},
		"its server":         {desk.Coming{Signed: signed}, sales, true},
		"not its own server": {desk.Coming{Signed: "a.b.c"}, w.Site.Group, false},
	} {
		got := must[desk.SiteStandings](t)(w.Desk.SiteStandings(t.Context(), w.Site, c.in))
		state := routing.Online
		if c.want == sales {
			state = routing.NotOnline
		}
		if got.Reached.Group != c.want || got.Reached.State != state || got.Named != c.named {
			t.Errorf("%s: %+v, named %v; want %s, %s, %v", name, got.Reached, got.Named, c.want, state, c.named)
		}
	}
}
