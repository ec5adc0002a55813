package routing

import "earshot/internal/chat"

// ViewThread returns a Thread of a customer Conversation as routing sees it.
// TypingAt is not stored anywhere and stays 0.
func ViewThread(t chat.Thread) Thread {
	return Thread{ID: t.ID, Group: t.Group, Mode: t.Mode, State: t.State, Priority: t.Priority, Skills: t.Skills, Front: t.Front,
		QueuedAt: t.QueuedAt, BackAt: t.BackAt, Lead: t.Lead, Members: t.Members, Offers: t.Offers, Tries: t.Tries, Round: t.Round,
		RoundAt: t.RoundAt, Recent: t.Recent, RecentAt: t.RecentAt, Owner: t.Owner, Excluded: t.Excluded, AskedAt: t.AskedAt,
		AssignedAt: t.AssignedAt, RepliedAt: t.RepliedAt, WarnedAt: t.WarnedAt, Rest: t.Rest, WaitingSince: t.WaitingSince, AnsweredAt: t.AnsweredAt,
		Idle: t.Idle, Over: t.Over, MovedFrom: t.MovedFrom, Transfer: t.Transfer, Held: t.Held, Invites: t.Invites, Roles: t.Roles}
}

// ViewAgent returns an agent as routing sees him, without what is not part of
// the noun: signs of life, misses, what he was given.
func ViewAgent(a chat.Agent) Agent {
	return Agent{ID: a.ID, Name: a.Name, Status: a.Status, Reason: a.Reason, Disabled: a.Disabled, Limit: a.Limit, Skills: a.Skills}
}

// ViewGroup returns a Group under its rules as routing sees it, with its members
// among the agents, in their order.
func ViewGroup(g chat.Group, r Rules, agents []chat.Agent) Group {
	view := Group{ID: g.ID, Name: g.Name, Line: r.Line, Private: g.Private, Distribution: r.Distribution, Members: []Member{}, Hours: r.Hours,
		Limit: r.Limit, Priority: r.Priority, Queue: r.Queue, Share: r.Share}
	for _, a := range agents {
		if a.InGroup(g.ID) {
			view.Members = append(view.Members, Member{Agent: a.ID, Class: a.Classes[g.ID]})
		}
	}
	return view
}
