package sim

import (
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// notice lets the members of a Group that takes its chats itself look at the
// queue when a visit comes, each after the time that he needs for that this time.
func (r *run) notice(g chat.GroupID, visit string) {
	for _, group := range r.state.Groups {
		if group.ID != g || group.Distribution.Method != routing.Pull {
			continue
		}
		for _, m := range group.Members {
			in := float64(r.world.Accept.Microseconds()) * (0.5 + r.chance("look", string(m.Agent), visit).Float64())
			r.plan(happening{at: r.now + int64(in), kind: looks, agent: m.Agent})
		}
	}
}

// look lets an agent who takes chats take the oldest that he may, and look
// again.
func (r *run) look(a chat.AgentID) {
	i := slices.IndexFunc(r.state.Agents, func(x routing.Agent) bool { return x.ID == a })
	if i < 0 || r.state.Agents[i].Disabled || r.state.Agents[i].Status != chat.Accepting {
		return
	}
	for _, g := range r.state.Groups {
		in := slices.ContainsFunc(g.Members, func(m routing.Member) bool { return m.Agent == a && m.Class != routing.ClassSupervisor })
		if g.Distribution.Method == routing.Pull && in && r.take(g, a) {
			r.plan(happening{at: r.now + r.world.Accept.Microseconds() + 1, kind: looks, agent: a})
			return
		}
	}
}

func (r *run) take(g routing.Group, a chat.AgentID) bool {
	for _, id := range r.state.Queue(g.ID) {
		if g.Share != nil {
			if allowed, _ := routing.Share(*g.Share, a, id, r.state, time.UnixMicro(r.now)); !allowed {
				continue
			}
		}
		if r.state.Take(id, a, false, r.now) == nil {
			r.begin(id, a, "Taken from the queue.")
			return true
		}
	}
	return false
}
