package e2e

import (
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// firstLines are the groups whose members send on what waits.
func firstLines(groups []chat.Group) map[chat.GroupID]bool {
	lines := map[chat.GroupID]bool{}
	for _, g := range groups {
		rules, err := routing.ReadRules(g.Rules)
		lines[g.ID] = err == nil && rules.Line == routing.FirstLine
	}
	return lines
}

// unsorted is the newest conversation that began in a first line of the mate's, "" =
// there is none.
func (c *crowd) unsorted(m *mate) string {
	lines := firstLines(c.groups)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range slices.Backward(c.newest) {
		if g := c.camein[id]; lines[g] && slices.Contains(m.groups, g) {
			return id
		}
	}
	return ""
}

// sorts reports whether an agent may send on what waits in a group.
func (r raceRules) sorts(g chat.GroupID, a chat.AgentID) bool {
	return slices.Contains(r.team[a].groups, g) || r.oversees(a, g)
}

// mayTriage reports whether a Thread that waits may be sent on so: by who sorts that
// first line, to the group that he named or one of the colleague's.
func (r raceRules) mayTriage(s spot, f fact, a attempt) bool {
	there := f.group == a.to.Group
	if a.to.Kind == chat.ToAgent {
		there = slices.Contains(r.team[a.to.Agent].groups, f.group) && a.to.Agent != a.by && !s.gave(a.to.Agent, a.reason)
	}
	return s.status == chat.Queued && !s.held && f.agent == a.by && f.group != s.group && there && r.sorts(s.group, a.by) && r.firstLine[s.group]
}

// observesTriage is what sending on was answered with that sent nothing on. Whether
// the colleague has room stands in no single conversation.
func (r raceRules) observesTriage(s spot, a attempt) bool {
	conflict := a.outcome == string(chat.Conflict)
	switch s.status {
	case chat.IsClosed:
		return a.outcome == string(chat.Gone)
	case chat.Active:
		return conflict && a.holder == s.lead
	}
	sorts := r.firstLine[s.group] && r.sorts(s.group, a.by)
	return a.outcome == string(chat.Denied) && !sorts ||
		conflict && (a.nobody || s.held || a.to.Kind == chat.ToAgent || a.to.Group == s.group)
}
