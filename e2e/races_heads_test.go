package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"earshot/internal/chat"
)

// oversight tells who oversees a group. The model has its own word on it, and does
// not ask the product.
type oversight func(*mate, chat.GroupID) bool

// asTheyAre is the oversight of a race: some have it by their role in every group,
// some by their class in one.
func asTheyAre(m *mate, g chat.GroupID) bool {
	return m.role == chat.Supervisor || m.heads == g && g != ""
}

// byRole is what would be if a class gave no right, everywhere if it gave it in
// every group.
func byRole(m *mate, _ chat.GroupID) bool     { return m.role == chat.Supervisor }
func everywhere(m *mate, _ chat.GroupID) bool { return m.role == chat.Supervisor || m.heads != "" }

func (r raceRules) oversees(a chat.AgentID, g chat.GroupID) bool { return r.oversight(r.team[a], g) }

// shares reports whether a group's chats are shared out to an agent: to no one who
// supervises it.
func (r raceRules) shares(a chat.AgentID, g chat.GroupID) bool {
	return slices.Contains(r.team[a].groups, g) && r.team[a].heads != g
}

// oversee is what who supervises one group does in chats that others lead: in his
// group, and now and then in another, where he is refused.
func (c *crowd) oversee(ctx context.Context, m *mate) {
	verbs := []string{"transfer", "hold", "move", "withdraw", "let-go", "ask-in", "withdraw-invite", "hand-lead", "take-over", "join", "jump-in", "take-above"}
	verb := verbs[rand.IntN(len(verbs))]
	id := c.led(m, verb, rand.IntN(3) > 0)
	if id == "" {
		id = c.pick()
	}
	c.act(ctx, m, verb, id)
}

// led is a conversation that a colleague leads, in the group that the mate supervises
// or in another, and in which there is something to do by the verb; "" = none.
func (c *crowd) led(m *mate, verb string, own bool) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, l := range c.heard.leads {
		if l.lead == m.id || (l.group == m.heads) != own {
			continue
		}
		switch verb {
		case "take-above":
			continue // what waits
		case "withdraw", "let-go":
			if !c.passing[id] {
				continue
			}
		case "hand-lead":
			if c.came[id] == "" {
				continue
			}
		}
		return id
	}
	return ""
}

// headDeeds counts, by verb, what the supervisors of one group did that nothing but
// their class has let them do, and what they were refused that it would have let them
// do in their own group.
type headDeeds struct{ admitted, refused map[string]int }

func (h headDeeds) String() string {
	return fmt.Sprintf("admitted %d %v, refused %d %v", total(h.admitted), h.admitted, total(h.refused), h.refused)
}

func total(all map[string]int) (n int) {
	for _, one := range all {
		n += one
	}
	return n
}

// countHeads asks the rules of a race again, as if a class gave no right, or one in
// every group: what comes out otherwise is due to it.
func (r *race) countHeads(facts []fact, all []attempt) {
	spots := []spot{{}}
	for _, f := range facts {
		spots = append(spots, spots[len(spots)-1].after(f))
	}
	without, with := r.rules, r.rules
	without.oversight, with.oversight = byRole, everywhere
	for _, a := range all {
		m := r.team[a.by]
		if m == nil || m.heads == "" || a.system {
			continue
		}
		switch {
		case a.first != a.end:
			if !without.allows(spots, facts, a) {
				r.heads.admitted[a.verb]++
			}
		case (a.outcome == string(chat.Denied) || a.outcome == string(chat.Missing)) && r.rules.fits(spots, facts, a) && !with.fits(spots, facts, a):
			r.heads.refused[a.verb]++
		}
	}
}

// allows reports whether an attempt may make its facts.
func (r raceRules) allows(spots []spot, facts []fact, a attempt) bool {
	for i := a.first; i < a.end; i++ {
		if !r.may(spots[i], facts[i], a) {
			return false
		}
	}
	return r.knows(spots[a.first], a)
}

// fits reports whether an attempt that made nothing was answered as one of the states
// that were while it was made.
func (r raceRules) fits(spots []spot, facts []fact, a attempt) bool {
	for i, s := range spots {
		begun := i == 0 || facts[i-1].at <= a.ret
		over := i < len(facts) && facts[i].at < a.call
		if begun && !over && r.observes(s, a) {
			return true
		}
	}
	return false
}
