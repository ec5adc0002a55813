package routing

import (
	"slices"

	"earshot/internal/chat"
)

// Apply carries decisions out on the State, in order. A decision about a row
// that is not there changes nothing.
func (s *State) Apply(ds ...Decision) {
	index := s.index()
	for _, d := range ds {
		r := rows{thread: index.threads[d.Thread], agent: index.agents[d.who()], group: index.groups[d.Group]}
		if (d.Thread != "" && r.thread == nil) || (d.Group != "" && r.group == nil) {
			continue
		}
		if r.group != nil && d.Agent != "" {
			r.member = r.group.member(d.Agent)
		}
		d.effect(r)
	}
}

type index struct {
	threads map[chat.ThreadID]*Thread
	agents  map[chat.AgentID]*Agent
	groups  map[chat.GroupID]*Group
}

func (s *State) index() index {
	x := index{make(map[chat.ThreadID]*Thread, len(s.Threads)), make(map[chat.AgentID]*Agent, len(s.Agents)), make(map[chat.GroupID]*Group, len(s.Groups))}
	for i := range s.Threads {
		x.threads[s.Threads[i].ID] = &s.Threads[i]
	}
	for i := range s.Agents {
		x.agents[s.Agents[i].ID] = &s.Agents[i]
	}
	for i := range s.Groups {
		x.groups[s.Groups[i].ID] = &s.Groups[i]
	}
	return x
}

func (g *Group) member(a chat.AgentID) *Member {
	for i := range g.Members {
		if g.Members[i].Agent == a {
			return &g.Members[i]
		}
	}
	return nil
}

// who is whose row the decision changes: who failed to reply is the one that
// a Thread is taken from.
func (d Decision) who() chat.AgentID {
	if d.Kind == DoRequeue && d.Cause == CauseMissedReply {
		return d.Previous
	}
	return d.Agent
}

// rows is what a decision names; nil where it names none, or where an agent is
// not on the team any more.
type rows struct {
	thread *Thread
	agent  *Agent
	group  *Group
	member *Member
}

func (d Decision) effect(r rows) {
	if r.thread != nil {
		d.onThread(r.thread)
	}
	if r.agent != nil {
		d.onAgent(r.agent)
	}
	if r.group == nil {
		return
	}
	switch d.Kind {
	case DoOffer, DoAssign:
		r.turn()
	case DoQueueFull:
		r.group.Full = true
	case DoQueueOpen:
		r.group.Full = false
	}
}

// turn remembers whose turn it was. Ringing everybody is nobody's turn.
func (r rows) turn() {
	if r.member == nil || r.group.Distribution.Method == RingAll || fault == faultTurn {
		return
	}
	r.group.Turns++
	r.member.Turn = r.group.Turns
}

func (d Decision) onThread(t *Thread) {
	switch d.Kind {
	case DoOffer:
		t.Offers = append(slices.Clone(t.Offers), Offer{Agent: d.Agent, At: d.At, Deadline: d.Deadline})
	case DoWithdraw:
		t.dropOffer(d.Agent)
	case DoExpire:
		t.dropOffer(d.Agent)
		t.refused(d.Agent)
	case DoEndPass:
		t.passedInVain(d.At)
	case DoAssign:
		t.give(d.Agent, d.At)
	case DoPromote:
		t.give(d.Agent, d.At)
		t.MovedFrom = d.Previous
	case DoRequeue:
		t.back(d)
	case DoWarn:
		if fault != faultSettle {
			t.WarnedAt = d.At
		}
	case DoIdle:
		t.Idle = true
	case DoWake:
		t.Idle, t.Over, t.Mode = false, d.Over, ""
	case DoAlarm:
		t.Round, t.RoundAt = t.Round+1, d.At
	case DoAsk:
		t.AskedAt = d.At
	case DoReturn:
		t.MovedFrom = ""
	case DoInvite, DoInviteEnd:
		d.inviteDone(t)
	}
}

func (d Decision) onAgent(a *Agent) {
	switch d.Kind {
	case DoExpire, DoRequeue:
		if d.Cause != CausePassed {
			a.Misses++
		}
	case DoAssign:
		a.AssignedAt, a.Today = d.At, a.Today+1
	case DoAway:
		a.Status, a.Reason, a.Misses, a.AcceptingAt = chat.Away, d.Cause, 0, 0
	case DoWarnIdle:
		a.IdleWarnedAt = d.At
	}
}

// give makes an agent the lead. What was tried stays until he has replied.
func (t *Thread) give(a chat.AgentID, at int64) {
	t.State, t.Lead, t.AssignedAt = chat.Active, a, at
	t.Front, t.BackAt, t.AskedAt = false, 0, 0
	t.RepliedAt, t.TypingAt, t.WarnedAt, t.Rest = 0, 0, 0, nil
	t.Idle, t.Over = false, false
	if t.MovedFrom == a {
		t.MovedFrom = ""
	}
	t.Members = slices.DeleteFunc(slices.Clone(t.Members), func(m chat.AgentID) bool { return m == a })
	t.Transfer, t.Held = nil, nil
	t.uninvite(a)
	t.recast(a, "")
	if fault != faultPlaces {
		t.Offers = nil
	}
}

// back puts the Thread to the front of its queue.
func (t *Thread) back(d Decision) {
	t.State, t.Lead, t.AssignedAt = chat.Queued, "", 0
	t.Front, t.BackAt, t.AskedAt = true, d.At, 0
	t.RepliedAt, t.TypingAt, t.WarnedAt, t.Rest = 0, 0, 0, nil
	t.Idle, t.Over, t.Offers, t.Transfer, t.Held, t.Invites = false, false, nil, nil, nil, nil
	switch d.Cause {
	case CauseMissedReply:
		t.tried(d.Previous)
	case CauseWoke:
		t.Recent, t.RecentAt = d.Previous, d.At
	case CauseLost:
		t.Recent, t.RecentAt, t.MovedFrom = d.Previous, d.At, d.Previous
	}
}

// passedInVain ends a transfer that nobody accepted: the lead goes on, and so does
// the time of his first reply.
func (t *Thread) passedInVain(at int64) {
	t.Rest, t.WarnedAt = t.Rest.Resting(t.replySince(), t.Transfer.At, at), 0
	t.Transfer, t.Offers = nil, nil
}

func (t *Thread) dropOffer(a chat.AgentID) {
	t.Offers = slices.DeleteFunc(slices.Clone(t.Offers), func(o Offer) bool { return o.Agent == a })
}

// refused notes who declined an offer or let it ring.
func (t *Thread) refused(a chat.AgentID) {
	if t.Transfer == nil {
		t.tried(a)
		return
	}
	x := *t.Transfer
	x.Asked = append(slices.Clone(x.Asked), a)
	t.Transfer = &x
}

func (t *Thread) uninvite(a chat.AgentID) {
	t.Invites = slices.DeleteFunc(slices.Clone(t.Invites), func(i chat.Invite) bool { return i.Agent == a })
}

// recast gives a member another role; "" = none.
func (t *Thread) recast(a chat.AgentID, role chat.ChatRole) {
	t.Roles = slices.DeleteFunc(slices.Clone(t.Roles), func(c chat.Casting) bool { return c.Agent == a })
	if role != "" {
		t.Roles = append(t.Roles, chat.Casting{Agent: a, Role: role})
	}
}

func (t *Thread) tried(a chat.AgentID) {
	t.Tries = slices.Clone(t.Tries)
	for i := range t.Tries {
		if t.Tries[i].Agent == a {
			t.Tries[i].Count++
			return
		}
	}
	t.Tries = append(t.Tries, Try{Agent: a, Count: 1})
}
