package e2e

import (
	"testing"
	"time"

	"earshot/client"
	"earshot/internal/chat"
)

// settle sends everybody home, which takes the open offers back, and withdraws what
// is being passed on. Who is asked in is not any more, or lets it ring in vain, where
// there is time for it.
func (c *crowd) settle(t testing.TB, patient bool) {
	t.Helper()
	for i, row := range c.everything(t) {
		if patient && i < hot {
			c.act(t.Context(), c.mates[0], "ask-in", row.Conversation.ID) // whom nobody answers
		}
	}
	for _, m := range c.mates {
		if err := m.SetStatus(t.Context(), "offline", ""); err != nil {
			t.Fatal(err)
		}
	}
	limit := 20 * time.Second
	if patient {
		limit += 2 * chat.InviteRings
	}
	c.until(t, limit, "nothing rings", func() bool {
		open := 0
		for _, row := range c.everything(t) {
			if row.Thread != nil && row.Thread.Transfer != nil {
				c.act(t.Context(), c.mates[0], "withdraw", row.Conversation.ID)
			}
			if row.Thread != nil && len(row.Thread.Invites) > 0 && !patient {
				c.mu.Lock()
				c.open[row.Conversation.ID] = row.Thread.Invites[0].Seq
				c.mu.Unlock()
				c.act(t.Context(), c.mates[0], "withdraw-invite", row.Conversation.ID)
			}
			if row.Thread != nil && (len(row.Thread.Offers)+len(row.Thread.Invites) > 0 || row.Thread.Transfer != nil) {
				open++
			}
		}
		return open == 0
	})
}

// everything is what the owner sees: every conversation.
func (s seeded) everything(t testing.TB) (all []client.Row) {
	t.Helper()
	for after := ""; ; {
		page, err := s.owner.List(t.Context(), "all", after, 100)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Rows...)
		if after = page.Next; after == "" {
			return all
		}
	}
}
