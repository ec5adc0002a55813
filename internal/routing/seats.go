package routing

import (
	"time"

	"earshot/internal/chat"
)

// Seat is how an Agent stands: whether a device of his answers, whether he takes
// chats, and how much he has.
type Seat struct {
	Agent   chat.AgentID
	Present bool
	// Lost says that he is not offline by his own word, and that his connection
	// has been gone for so long that unanswered chats are handed on.
	Lost  bool
	Takes bool // accepts new chats and can be reached
	// Load and Limit are in hundredths of a chat, open offers included.
	Load, Limit int
}

// Seats returns how every enabled Agent stands, in order of id.
func (s State) Seats(now time.Time) []Seat {
	b := newBoard(s, chat.Micros(now))
	all := make([]Seat, 0, len(b.order))
	for _, a := range b.order {
		if !a.Disabled {
			all = append(all, Seat{Agent: a.ID, Present: b.present(a), Lost: a.Status != chat.Offline && b.lost(a), Takes: a.takes, Load: a.load, Limit: a.limit})
		}
	}
	return all
}

// Slots returns how many more live chats fit into each Group now, under the
// limits of those who take chats and the Group's own. Who is in several is counted
// in each.
func (s State) Slots(now time.Time) map[chat.GroupID]int {
	all := map[chat.GroupID]int{}
	for _, c := range newBoard(s, chat.Micros(now)).groups {
		all[c.ID] = 0
		for _, p := range c.places {
			for n := weightActive; p.given() && n <= p.most() && p.fits(n); n += weightActive {
				all[c.ID]++
			}
		}
	}
	return all
}
