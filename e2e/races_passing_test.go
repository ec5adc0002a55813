package e2e

import (
	"cmp"
	"slices"

	"earshot/internal/chat"
)

// passing is that part of the model's state by which a Thread goes from one to
// another.
type passing struct {
	transfer *passed
	accepted chat.AgentID // of the transfer that ended just now
	left     chat.GroupID // to which the transfer that ended just now went
	passedOn []passed     // what came to its end, for who is not asked again
	held     bool         // it waits for somebody who was not there
	handed   chat.Target  // whom it goes to, of who goes home just now
	// Who lost the Thread with his connection, and who asks for it.
	moved, taken, askedBy chat.AgentID
}

// passed is a request that a Thread goes on.
type passed struct {
	seq      int64
	by       chat.AgentID
	to       chat.Target
	reason   string
	deadline int64
}

// after is that part behind a fact, from the whole state before it.
func (p passing) after(s spot, f fact) passing {
	switch f.kind {
	case chat.KindStarted:
		return passing{}
	case chat.KindTransfer:
		p.transfer = &passed{seq: f.seq, by: f.agent, to: f.to, reason: f.reason, deadline: f.deadline}
	case chat.KindTransferEnded:
		x := *p.transfer
		p.transfer, p.left = nil, x.to.Group
		if f.how == chat.Accepted {
			p.accepted = f.agent
			p.passedOn = append(slices.Clone(p.passedOn), x)
		}
	case chat.KindHanded:
		p.handed = f.to
		p.passedOn = append(slices.Clone(p.passedOn), passed{by: f.agent, reason: f.reason})
	case chat.KindClosed:
		p.held = false
	case chat.KindAssign:
		p.accepted, p.askedBy, p.held, p.handed = "", "", false, chat.Target{}
		if f.cause == chat.ByPromotion {
			p.moved, p.taken = f.previous, ""
		}
		return p.waived(f.lead)
	case chat.KindRequeued:
		p.askedBy, p.handed = "", chat.Target{}
		if f.cause == chat.LostLead {
			p.moved, p.taken = f.previous, ""
		}
	case chat.KindMoved, chat.KindHold:
		p.askedBy, p.moved, p.taken, p.held = "", "", "", f.kind == chat.KindHold
		p.passedOn = append(slices.Clone(p.passedOn), passed{by: f.agent, reason: f.reason})
	case chat.KindLeadBack:
		p.moved, p.taken = "", p.moved
	case chat.KindBackAsked:
		p.askedBy = f.agent
	case chat.KindBackWaived:
		return p.waived(f.agent)
	}
	return p
}

func (p passing) waived(a chat.AgentID) passing {
	for _, by := range []*chat.AgentID{&p.moved, &p.taken, &p.askedBy} {
		if *by == a {
			*by = ""
		}
	}
	return p
}

func (s spot) lostBy(a chat.AgentID) bool {
	return s.open() && a != "" && (s.moved == a || s.taken == a)
}

// knows reports whether the Thread is there for whoever does a deed: some of them
// need not see it, if they lost it or are asked in. Who goes home is told what was his.
func (r raceRules) knows(s spot, a attempt) bool {
	lost := (a.verb == "ask-back" || a.verb == "waive") && s.lostBy(a.by)
	_, asked := s.inviteTo(a.by)
	invited := (a.verb == "accept-invite" || a.verb == "decline-invite") && asked
	return a.by == "" || lost || invited || a.verb == "hand-over" || r.admits(s, a.by)
}

// mayGo reports whether an agent may pass a Thread on, mayLetGo whether he may take
// it from its lead: leave it to a group, have it held, or move it.
func (s spot) mayGo(r raceRules, a chat.AgentID) bool {
	return s.mayLetGo(r, a) || s.takesPart(a) && !s.bound(a)
}

// bound reports whether a role keeps a member from passing the Thread on, asking
// others in and closing it.
func (s spot) bound(a chat.AgentID) bool {
	return slices.ContainsFunc(s.roles, func(c chat.Casting) bool { return c.Agent == a })
}

func (s spot) mayLetGo(r raceRules, a chat.AgentID) bool {
	return s.lead == a || r.oversees(a, s.group)
}

// mayPass reports whether one of the facts of passing on may follow.
func (r raceRules) mayPass(s spot, f fact, a attempt) bool {
	active := s.status == chat.Active
	switch f.kind {
	case chat.KindTransfer:
		return active && a.verb == "transfer" && f.agent == a.by && f.actor.Agent() == a.by && s.transfer == nil && s.mayGo(r, a.by) && !s.noTarget(f.to, f.agent)
	case chat.KindTransferEnded:
		return active && s.transfer != nil && s.transfer.seq == f.seq && r.mayEnd(s, f, a)
	case chat.KindHold:
		return active && a.verb == "hold" && f.agent == a.by && s.mayLetGo(r, a.by) && s.transfer == nil
	case chat.KindHanded: // through the gates of every way
		back := f.reason != "" && s.gave(f.to.Agent, f.reason)
		unsaid := f.to.Agent != "" && f.reason == "" && len(s.passedOn) >= chat.HopsReason
		return active && (a.verb == "hand-over" || a.verb == "sign-out") && f.agent == a.by && s.lead == a.by && f.to.Agent != a.by && !back && !unsaid
	case chat.KindLeadBack:
		return s.open() && a.system && f.agent == s.moved && f.agent != ""
	case chat.KindBackAsked:
		return active && a.verb == "ask-back" && f.agent == a.by && s.lostBy(a.by) && s.lead != a.by
	case chat.KindBackWaived:
		return a.verb == "waive" && f.agent == a.by && s.lostBy(a.by)
	}
	return false
}

// noTarget reports whether a Thread cannot be passed there.
func (s spot) noTarget(to chat.Target, by chat.AgentID) bool {
	switch to.Kind {
	case chat.ToAgent:
		return to.Agent == s.lead || to.Agent == by
	case chat.ToGroup:
		return to.Group == s.group
	}
	return to.Group != "" && to.Group != s.group
}

// gave reports whether an agent has passed the Thread on for a reason himself.
func (p passing) gave(a chat.AgentID, reason string) bool {
	return slices.ContainsFunc(p.passedOn, func(x passed) bool { return x.by == a && x.reason == reason })
}

// allGave reports whether everybody else in a group to whom its queue gives chats has
// passed the Thread on for a reason.
func (r raceRules) allGave(s spot, a attempt, g chat.GroupID) bool {
	others := 0
	for id := range r.team {
		if id == a.by || !r.shares(id, g) {
			continue
		}
		if others++; !s.gave(id, a.reason) || a.reason == "" {
			return false
		}
	}
	return others > 0
}

// mayRing reports whether an offer of what is passed on goes to one who is asked.
func (r raceRules) mayRing(s spot, f fact) bool {
	x := s.transfer
	if x.to.Kind == chat.ToAgent {
		return f.agent == x.to.Agent && f.deadline == x.deadline
	}
	return f.agent != s.lead && f.agent != x.by && f.deadline <= x.deadline && r.shares(f.agent, x.to.Group) && !s.gave(f.agent, x.reason)
}

func (r raceRules) maySilence(s spot, f fact, a attempt) bool {
	switch f.how {
	case chat.Declined:
		return a.verb == "decline" && f.agent == a.by
	case chat.Withdrawn:
		return f.actor.Kind == chat.BySystem || r.mayWithdraw(s, a)
	}
	return a.system
}

func (r raceRules) mayWithdraw(s spot, a attempt) bool {
	return a.verb == "withdraw" && (a.by == s.transfer.by || s.mayLetGo(r, a.by)) ||
		a.verb == "let-go" && s.transfer.to.Kind != chat.ToAgent && s.mayLetGo(r, a.by)
}

// mayEnd reports whether a transfer may end so: accepted only by whom it rings, and
// in time.
func (r raceRules) mayEnd(s spot, f fact, a attempt) bool {
	switch f.how {
	case chat.Accepted:
		o, rings := s.rang(a.by)
		return a.verb == "accept" && f.agent == a.by && rings && o.Deadline > a.call
	case chat.Declined:
		return a.verb == "decline" && f.agent == a.by && s.transfer.to.Agent == a.by
	case chat.Expired:
		return a.system && (s.transfer.to.Kind != chat.ToAgent || len(s.rings) == 0)
	}
	return f.actor.Kind == chat.BySystem || len(s.rings) == 0 && r.mayWithdraw(s, a)
}

// observesPassing is what a deed is answered with that passed nothing on.
func (r raceRules) observesPassing(s spot, a attempt) bool {
	queued, closed := s.status == chat.Queued, s.status == chat.IsClosed
	gone, conflict, denied := a.outcome == string(chat.Gone), a.outcome == string(chat.Conflict), a.outcome == string(chat.Denied)
	if closed && a.verb != "withdraw" && a.verb != "waive" {
		return gone
	}
	switch a.verb {
	case "transfer":
		return a.nobody && conflict || denied && !queued && !s.mayGo(r, a.by) ||
			conflict && (queued || s.transfer != nil || s.noTarget(a.to, a.by) || s.gave(a.to.Agent, a.reason))
	case "hold":
		return denied && !queued && !s.mayLetGo(r, a.by) || conflict && (queued || a.to.Kind == chat.ToAgent && s.noTarget(a.to, a.by) || s.gave(a.to.Agent, a.reason) ||
			a.to.Kind != chat.ToAgent && r.allGave(s, a, cmp.Or(a.to.Group, s.group)))
	case "withdraw":
		return a.outcome == "ok" && s.transfer == nil || denied && s.transfer != nil && !r.mayWithdraw(s, a)
	case "let-go":
		ofGroup := s.transfer != nil && s.transfer.to.Kind != chat.ToAgent
		return conflict && !ofGroup || denied && ofGroup && !s.mayLetGo(r, a.by)
	case "ask-back":
		return a.outcome == "ok" && (s.lead == a.by || s.askedBy == a.by) || conflict && queued || denied && !queued && !s.lostBy(a.by)
	case "waive":
		return a.outcome == "ok" && !s.lostBy(a.by)
	case "give":
		full := conflict && s.lead == a.by && s.askedBy == a.to.Agent // he has no room
		return full || a.outcome == "ok" && s.lead == a.to.Agent || denied && (s.lead != a.by || s.askedBy != a.to.Agent)
	}
	return false
}
