package e2e

import (
	"slices"

	"earshot/internal/chat"
)

// gathering is that part of the model's state by which several agents are in a
// Thread.
type gathering struct {
	invites  []chat.Invite
	watching []chat.AgentID // who was taken over from, and may watch since
}

// after is that part behind a fact, from the whole state before it.
func (g gathering) after(s spot, f fact) gathering {
	switch f.kind {
	case chat.KindStarted, chat.KindClosed:
		return gathering{}
	case chat.KindRequeued, chat.KindMoved, chat.KindHold:
		g.invites = nil
	case chat.KindJoin:
		return g.cameIn(f.agent)
	case chat.KindAssign:
		if g = g.cameIn(f.lead); f.cause == chat.ByTakeOver {
			g.watching = append(g.watching, s.lead)
		}
	case chat.KindInvite:
		if !f.rings {
			g.invites = append(slices.Clone(g.invites), chat.Invite{Seq: f.invite, Agent: f.agent, Group: f.group, Role: f.role, By: f.actor.Agent(), Deadline: f.deadline})
			return g
		}
		return g.change(f.invite, func(i *chat.Invite) { i.Agent, i.Deadline = f.agent, f.deadline })
	case chat.KindInviteEnded:
		if !f.goesOn {
			g.invites = slices.DeleteFunc(slices.Clone(g.invites), func(i chat.Invite) bool { return i.Seq == f.invite })
			return g
		}
		return g.change(f.invite, func(i *chat.Invite) {
			if i.Agent, i.Deadline = "", 0; f.how != chat.Withdrawn {
				i.Asked = append(slices.Clone(i.Asked), f.agent)
			}
		})
	}
	return g
}

func (g gathering) cameIn(a chat.AgentID) gathering {
	g.invites = slices.DeleteFunc(slices.Clone(g.invites), func(i chat.Invite) bool { return i.Agent == a })
	g.watching = butNot(g.watching, a)
	return g
}

func (g gathering) change(seq int64, how func(*chat.Invite)) gathering {
	g.invites = slices.Clone(g.invites)
	for i := range g.invites {
		if g.invites[i].Seq == seq {
			how(&g.invites[i])
		}
	}
	return g
}

func (g gathering) invite(is func(chat.Invite) bool) (chat.Invite, bool) {
	if i := slices.IndexFunc(g.invites, is); i >= 0 {
		return g.invites[i], true
	}
	return chat.Invite{}, false
}

func (g gathering) invited(seq int64) (chat.Invite, bool) {
	return g.invite(func(i chat.Invite) bool { return i.Seq == seq })
}

func (g gathering) inviteTo(a chat.AgentID) (chat.Invite, bool) {
	return g.invite(func(i chat.Invite) bool { return i.Agent == a && a != "" })
}

func (g gathering) watches(a chat.AgentID) bool { return slices.Contains(g.watching, a) }

// crowded reports whether nobody else fits in; one's own invitation keeps a place.
func (s spot) crowded(own chat.AgentID) bool {
	n := len(s.members)
	for _, i := range s.invites {
		if own == "" || i.Agent != own {
			n++
		}
	}
	return n >= chat.MaxGroupChat
}

// mayHost reports whether an agent decides who is in a Thread, mayTakeOver whether
// he may take one over.
func (r raceRules) mayHost(s spot, a chat.AgentID) bool {
	return s.lead == a || r.oversees(a, s.group)
}

func (r raceRules) mayTakeOver(s spot, a chat.AgentID) bool {
	return r.oversees(a, s.group) || r.takesOver[s.group] && slices.Contains(r.team[a].groups, s.group)
}

// mayComeIn reports whether somebody may become a member so: with the role that he
// was asked for, and where he takes up an invitation only if it still rings him.
func (r raceRules) mayComeIn(s spot, f fact, a attempt) bool {
	i, asked := s.inviteTo(a.by)
	if s.status != chat.Active || f.agent != a.by || s.takesPart(a.by) || f.invite != i.Seq || f.role != i.Role {
		return false
	}
	if a.verb == "accept-invite" {
		return asked && a.invite == i.Seq && i.Deadline > a.call
	}
	return (a.verb == "join" || a.verb == "jump-in") && (!s.crowded(a.by) || r.oversees(a.by, s.group))
}

// mayInvite reports whether somebody may be asked in: by whom who is in, or, for a
// group, by the router.
func (r raceRules) mayInvite(s spot, f fact, a attempt) bool {
	_, asked := s.inviteTo(f.agent)
	if s.status != chat.Active || asked || s.takesPart(f.agent) && f.agent != "" {
		return false
	}
	if f.rings {
		i, open := s.invited(f.invite)
		return a.system && open && i.Agent == "" && i.Group != "" && !slices.Contains(i.Asked, f.agent) && r.shares(f.agent, i.Group)
	}
	twice := func(i chat.Invite) bool { return i.Group == f.group && f.group != "" }
	return a.verb == "ask-in" && f.actor.Agent() == a.by && s.mayGo(r, a.by) && !s.crowded("") && !slices.ContainsFunc(s.invites, twice) &&
		f.agent == a.to.Agent && f.group == a.to.Group && f.role == a.role && f.agent != a.by
}

// mayEndInvite reports whether an invitation may end so.
func (r raceRules) mayEndInvite(s spot, f fact, a attempt) bool {
	i, open := s.invited(f.invite)
	if !open || f.goesOn && i.Group == "" {
		return false
	}
	switch f.how {
	case chat.Declined:
		return a.verb == "decline-invite" && f.agent == a.by && i.Agent == a.by && f.goesOn == (i.Group != "")
	case chat.Expired:
		return a.system && i.Agent == f.agent && i.Deadline <= f.at
	case chat.NobodyFree:
		return a.system && i.Agent == "" && !f.goesOn
	}
	byHand := a.verb == "withdraw-invite" && a.invite == i.Seq && !f.goesOn && (i.By == a.by || r.mayHost(s, a.by))
	return f.how == chat.Withdrawn && (a.system || byHand)
}

// mayChangeLead reports whether an active Thread may pass inside of a group chat, or
// be taken over.
func (r raceRules) mayChangeLead(s spot, f fact, a attempt) bool {
	if s.status != chat.Active || f.actor.Agent() != a.by || f.previous != s.lead {
		return false
	}
	switch a.verb {
	case "leave":
		return s.lead == a.by && f.stays && slices.Contains(chat.Heirs(s.members, s.roles), f.lead)
	case "hand-lead":
		return r.mayHost(s, a.by) && f.stays && f.lead == a.to.Agent && slices.Contains(s.members, f.lead)
	case "take-over":
		return !f.stays && f.lead == a.by && s.lead == a.to.Agent && r.mayTakeOver(s, a.by)
	}
	return false
}

// observesGathering is what a deed is answered with that has changed nobody's place.
func (r raceRules) observesGathering(s spot, a attempt) bool {
	queued, part := s.status == chat.Queued, s.takesPart(a.by)
	fine, gone, conflict, denied := a.outcome == "ok", a.outcome == string(chat.Gone), a.outcome == string(chat.Conflict), a.outcome == string(chat.Denied)
	i, open := s.invited(a.invite)
	switch a.verb {
	case "accept-invite":
		if part && s.open() {
			return fine
		}
		return gone && (!s.open() || !open || i.Agent != a.by || i.Deadline <= a.ret)
	case "decline-invite":
		return fine && (!s.open() || !open || i.Agent != a.by)
	case "withdraw-invite":
		return fine && !open || denied && open && i.By != a.by && !r.mayHost(s, a.by)
	case "hand-over":
		switch a.way { // what stays his, and what he gives back, is refused only where it is not his
		case "keep":
			return conflict && !(s.open() && part)
		case "group":
			return conflict && !(s.open() && s.lead == a.by)
		}
		return conflict
	}
	if !s.open() || queued {
		return gone && !queued || conflict && queued
	}
	switch a.verb {
	case "ask-in":
		if !s.mayGo(r, a.by) {
			return denied
		}
		asked := func(i chat.Invite) bool { return i.Group == a.to.Group }
		return a.outcome == string(chat.Invalid) && a.to.Agent == a.by || conflict && (a.to.Agent != "" || s.crowded("") || slices.ContainsFunc(s.invites, asked))
	case "hand-lead":
		if !r.mayHost(s, a.by) {
			return denied
		}
		return fine && s.lead == a.to.Agent || conflict && s.lead != a.to.Agent || denied && s.watches(a.by)
	case "take-over":
		switch {
		case s.lead == a.by:
			return fine
		case !r.mayTakeOver(s, a.by):
			return denied
		}
		return conflict && (s.lead != a.to.Agent && a.holder == s.lead || s.lead == a.to.Agent && a.full && !r.oversees(a.by, s.group))
	}
	return false
}

// observesJoining is what who joins or jumps in is answered with who has not come in.
// What he says goes the way of his words: a scribe's is refused.
func (r raceRules) observesJoining(s spot, a attempt) bool {
	conflict, role := a.outcome == string(chat.Conflict), roleOf(s.roles, a.by)
	if i, asked := s.inviteTo(a.by); asked {
		role = i.Role
	}
	mute := a.verb == "jump-in" && role == chat.Scribe
	switch {
	case s.status == chat.IsClosed:
		return a.outcome == string(chat.Gone)
	case s.status == chat.Queued:
		return conflict
	case mute && a.outcome == string(chat.Denied):
		return true
	case s.takesPart(a.by):
		return a.outcome == "ok" && !mute
	}
	return conflict && (a.full || s.crowded(a.by)) && !r.oversees(a.by, s.group)
}

func roleOf(roles []chat.Casting, a chat.AgentID) chat.ChatRole {
	for _, c := range roles {
		if c.Agent == a {
			return c.Role
		}
	}
	return ""
}
