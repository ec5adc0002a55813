package routing

import (
	"slices"
	"time"

	"earshot/internal/chat"
)

// Agreement is what a team has written about taking chats from the queue. Every
// part that is zero is not agreed.
type Agreement struct {
	// Most is how many chats one has at once.
	Most int `json:"most,omitempty"`
	// OldestFirst: the chat that has waited longest is taken first.
	OldestFirst bool `json:"oldest_first,omitempty"`
	// NoCherryPicking: who refused or gave back a chat that still waits takes no
	// younger one.
	NoCherryPicking bool `json:"no_cherry_picking,omitempty"`
	// BreakAfter is after how long without a break nobody takes another.
	BreakAfter Seconds `json:"break_after,omitempty"`
	// Ahead is how many chats of today one may be ahead of the colleague who
	// takes chats and has had the fewest.
	Ahead int `json:"ahead,omitempty"`
}

// Sentences returns the agreement as the team reads it, part by part.
func (g Agreement) Sentences() chat.Because {
	var all chat.Because
	if g.Most > 0 {
		all = append(all, g.most())
	}
	if g.OldestFirst {
		all = append(all, chat.Say("share.oldest"))
	}
	if g.NoCherryPicking {
		all = append(all, chat.Say("share.refused"))
	}
	if g.BreakAfter > 0 {
		all = append(all, g.breaks())
	}
	if g.Ahead > 0 {
		all = append(all, g.ahead())
	}
	return all
}

// TooMany is what forbids another chat to who has n.
func (g Agreement) TooMany(n int) chat.Because {
	return chat.Because{g.most(), chat.Say("share.most.you", n)}
}

func (g Agreement) most() chat.Sentence   { return chat.Say("share.most", g.Most) }
func (g Agreement) breaks() chat.Sentence { return chat.Say("share.break", g.BreakAfter.span()) }
func (g Agreement) ahead() chat.Sentence  { return chat.Say("share.ahead", g.Ahead) }

// Share answers whether the agreement lets an Agent take a waiting Thread now,
// and where it does not, with the sentence that forbids it and what it refers
// to.
func Share(g Agreement, a chat.AgentID, id chat.ThreadID, s State, now time.Time) (allowed bool, forbids chat.Because) {
	who, t := s.agent(a), s.thread(id)
	if who == nil || t == nil || t.State != chat.Queued {
		return false, chat.Says("share.gone")
	}
	forbids = Shares(g, a, t.Group, s, now)[id]
	return forbids == nil, forbids
}

// Shares answers Share for all that waits in a Group: what forbids each Thread to
// the Agent. What he may take is left out.
func Shares(g Agreement, a chat.AgentID, group chat.GroupID, s State, now time.Time) map[chat.ThreadID]chat.Because {
	who := s.agent(a)
	if who == nil {
		return nil
	}
	forbids, index, all := s.forbids(g, who, now), s.index(), map[chat.ThreadID]chat.Because{}
	for _, id := range s.Queue(group) {
		if forbids != nil {
			all[id] = forbids
			continue
		}
		if t := index.threads[id]; t.waitsLive() { // what is answered by mail, or waits for one colleague, stands in nobody's way
			forbids = g.before(t, who)
		}
	}
	return all
}

// forbids is what forbids an Agent any chat whatever.
func (s State) forbids(g Agreement, who *Agent, now time.Time) chat.Because {
	switch {
	case g.Most > 0 && s.Holds(who.ID)+1 > g.Most:
		return g.TooMany(s.Holds(who.ID))
	case g.BreakAfter > 0 && who.AcceptingAt != 0 && chat.Micros(now)-who.AcceptingAt >= g.BreakAfter.micros():
		return chat.Because{g.breaks(), chat.Say("share.break.you", int((chat.Micros(now)-who.AcceptingAt)/60e6))}
	}
	if n := s.ahead(who); g.Ahead > 0 && n >= g.Ahead {
		return chat.Because{g.ahead(), chat.Say("share.ahead.you", n)}
	}
	return nil
}

// before is what an older Thread that still waits forbids of the younger ones.
func (g Agreement) before(older *Thread, who *Agent) chat.Because {
	excluded := slices.Contains(older.Excluded, who.ID)
	switch {
	case g.NoCherryPicking && (older.tries(who.ID) > 0 || excluded):
		return chat.Because{chat.Say("share.refused"), chat.Say("share.refused.you")}
	case g.OldestFirst && !excluded && who.hasAll(older.Skills):
		return chat.Because{chat.Say("share.oldest"), chat.Say("share.oldest.you")}
	}
	return nil
}

// Holds counts the chats that an agent leads and that are not idle.
func (s State) Holds(a chat.AgentID) int {
	n := 0
	for _, t := range s.Threads {
		if t.Lead == a && t.State == chat.Active && !t.Idle && t.Mode != Mail {
			n++
		}
	}
	return n
}

// ahead is how many more chats the agent has had today than the colleague of
// his groups who takes chats and has had the fewest.
func (s State) ahead(who *Agent) int {
	fewest := who.Today
	for _, g := range s.Groups {
		if g.member(who.ID) == nil {
			continue
		}
		for _, m := range g.Members {
			if x := s.agent(m.Agent); x != nil && !x.Disabled && x.Status == chat.Accepting && m.Class != ClassSupervisor {
				fewest = min(fewest, x.Today)
			}
		}
	}
	return who.Today - fewest
}

func (a *Agent) hasAll(skills []string) bool {
	return !slices.ContainsFunc(skills, func(k string) bool { return !slices.Contains(a.Skills, k) })
}
