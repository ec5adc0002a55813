package desk

import (
	"testing"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// The standings of the groups are loaded before a visitor's message is written; a
// group may be deleted between the two.
func TestBeginning_AGroupDeletedInTheSameMomentIsItsSuccessor(t *testing.T) {
	t.Parallel()
	d, boss := signing(t)
	heir, err := d.AddGroup(t.Context(), boss, GroupChange{Name: new("Service"), Policy: new(chat.PolicyGroup)})
	if err != nil {
		t.Fatal(err)
	}
	before, err := d.fresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DeleteGroup(t.Context(), boss, "g_sales", heir.ID); err != nil {
		t.Fatal(err)
	}
	for what, a := range map[string]chat.Arrival{"the site's group": {}, "the page's": {Group: "g_sales"}, "his choice": {Chosen: "g_sales"}} {
		err = d.store.Read(t.Context(), func(tx *store.Tx) error {
			b, err := d.beginning(tx, before, chat.State{Conversation: chat.Conversation{Site: "s_shop"}}, chat.Visitor{}, VisitorMessage{Arrival: a, Leave: true})
			if b.Group.ID != heir.ID || b.Group.Policy != chat.PolicyGroup {
				t.Errorf("%s: begins in %+v, want %s", what, b.Group, heir.ID)
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}
