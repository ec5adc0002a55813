package desk_test

import (
	"errors"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// TestTry_AGroupThatTheSiteDoesNotOfferIsNotChosen, as when a visitor comes.
func TestTry_AGroupThatTheSiteDoesNotOfferIsNotChosen(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	sales := chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyOpen}
	in := desk.Trial{Arrival: chat.Arrival{Site: w.Site.ID, Chosen: sales.ID}}
	for _, offered := range []chat.GroupID{w.Group.ID, sales.ID} {
		site := w.Site
		site.Choose = []chat.GroupID{offered}
		w.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveGroup(sales), tx.SaveSite(site)) })
		got := must[desk.Tried](t)(w.Desk.Try(t.Context(), w.Owner, in))
		if chosen := got.Placement.Ask != nil || got.Placement.Group == sales.ID; chosen != (offered == sales.ID) {
			t.Errorf("where the site offers %s: %+v", offered, got.Placement)
		}
	}
}
