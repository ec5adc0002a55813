package routing

import (
	"slices"

	"earshot/internal/chat"
)

// The methods below change the State as people do. Times are microseconds. What
// names a row that is not there changes nothing, unless it answers an error.

// Arrive adds a queued Thread.
func (s *State) Arrive(t Thread) {
	t.State = chat.Queued
	if t.WaitingSince == 0 {
		t.WaitingSince = t.QueuedAt
	}
	s.Threads = append(slices.Clone(s.Threads), t)
}

// Accept is an Agent taking up an open offer. The answer to a late one says so.
func (s *State) Accept(id chat.ThreadID, a chat.AgentID, at int64) error {
	t := s.thread(id)
	if t == nil || t.State == chat.IsClosed {
		return chat.Errorf(chat.Gone, "This chat is over.")
	}
	i := slices.IndexFunc(t.Offers, func(o Offer) bool { return o.Agent == a })
	if i < 0 || t.Offers[i].Deadline <= at {
		return chat.Errorf(chat.Gone, "This offer is over; the chat went on to a colleague or back to the queue.")
	}
	x := t.Transfer
	s.Apply(Decision{Kind: DoAssign, Thread: id, Agent: a, Group: t.Group, At: at})
	if x != nil {
		s.thread(id).handedOver(*x)
	}
	if x := s.agent(a); x != nil {
		x.Misses = 0
	}
	return nil
}

// handedOver is what an accepted transfer changes besides the lead.
func (t *Thread) handedOver(x chat.Transfer) {
	t.Group = x.To.Group
	t.Members = slices.DeleteFunc(slices.Clone(t.Members), func(m chat.AgentID) bool { return slices.Contains(x.Drop, m) })
	if !slices.Contains(t.Excluded, x.By) {
		t.Excluded = append(slices.Clone(t.Excluded), x.By)
	}
}

// PassOn opens a transfer. One to an agent rings him at once.
func (s *State) PassOn(id chat.ThreadID, x chat.Transfer) {
	t := s.thread(id)
	if t == nil || t.State != chat.Active || t.Transfer != nil {
		return
	}
	t.Transfer, t.Offers = &x, nil
	if x.To.Kind == chat.ToAgent {
		t.Offers = []Offer{{Agent: x.To.Agent, At: x.At, Deadline: x.Deadline}}
	}
}

// SendOn puts what waits to the front of another Group's queue, by the hand of
// somebody; a colleague whom he chooses is rung first.
func (s *State) SendOn(id chat.ThreadID, by chat.AgentID, to chat.Target, at int64) {
	t := s.thread(id)
	if t == nil || t.State != chat.Queued || t.Held != nil || to.Group == t.Group {
		return
	}
	s.Pass(id, by, to.Group, at)
	if to.Kind == chat.ToAgent {
		t.Offers = []Offer{{Agent: to.Agent, At: at, Deadline: at + chat.RingTransfer.Microseconds(), By: by}}
	}
}

// Withdraw ends a transfer that nobody has accepted.
func (s *State) Withdraw(id chat.ThreadID, at int64) {
	if t := s.thread(id); t != nil && t.Transfer != nil {
		t.passedInVain(at)
	}
}

// Decline is an Agent refusing an open offer. It is counted, and no miss.
func (s *State) Decline(id chat.ThreadID, a chat.AgentID, at int64) {
	t := s.thread(id)
	if t == nil || !slices.ContainsFunc(t.Offers, func(o Offer) bool { return o.Agent == a }) {
		return
	}
	t.dropOffer(a)
	if t.refused(a); t.asksOne() {
		t.passedInVain(at)
	}
	if x := s.agent(a); x != nil {
		x.Misses = 0
	}
}

// Take is an Agent taking a queued Thread by hand. Above the limit it is
// refused, unless he may and asks for it, and then it is marked.
func (s *State) Take(id chat.ThreadID, a chat.AgentID, above bool, at int64) error {
	t, x := s.thread(id), s.agent(a)
	switch {
	case t == nil || x == nil || t.State == chat.IsClosed:
		return chat.Errorf(chat.Gone, "This chat is over.")
	case t.State != chat.Queued:
		return chat.Errorf(chat.Conflict, "A colleague has taken this chat already.")
	}
	need := t.need(a)
	if slices.ContainsFunc(t.Offers, func(o Offer) bool { return o.Agent == a }) {
		need = 0 // the offer holds the place already
	}
	over := s.Load(a)+need > s.LimitOf(*x)
	if over && !above {
		return chat.Errorf(chat.Limited, "%s has %v of %v; one more would be above the limit.", x.Name, chats(s.Load(a)), chats(s.LimitOf(*x)))
	}
	s.Apply(Decision{Kind: DoAssign, Thread: id, Agent: a, Group: t.Group, At: at})
	s.thread(id).Over = over
	return nil
}

// VisitorWrote notes a message of the visitor.
func (s *State) VisitorWrote(id chat.ThreadID, at int64) {
	if t := s.thread(id); t != nil && t.WaitingSince == 0 {
		t.WaitingSince = at
	}
}

// AgentWrote notes a message of the team to the visitor. The lead's first one
// ends what was tried, and his row of misses.
func (s *State) AgentWrote(id chat.ThreadID, a chat.AgentID, at int64) {
	t := s.thread(id)
	if t == nil || slices.ContainsFunc(t.Roles, func(c chat.Casting) bool { return c.Agent == a }) {
		return // what a member with a role writes does not reach the visitor
	}
	if t.WaitingSince != 0 || t.AnsweredAt == 0 {
		t.AnsweredAt = at
	}
	t.WaitingSince = 0
	if t.Lead != a {
		return
	}
	if t.RepliedAt == 0 {
		t.RepliedAt = at
	}
	t.Tries, t.Round, t.RoundAt = nil, 0, 0
	if x := s.agent(a); x != nil {
		x.Misses = 0
	}
}

// Typing notes that the lead types.
func (s *State) Typing(id chat.ThreadID, a chat.AgentID, at int64) {
	if t := s.thread(id); t != nil && t.Lead == a && t.TypingAt < max(t.AssignedAt, t.WaitingSince, 1) {
		t.TypingAt = at
	}
}

// SetStatus is an Agent's word about new chats.
func (s *State) SetStatus(a chat.AgentID, status chat.Status, reason string, at int64) {
	x := s.agent(a)
	if x == nil {
		return
	}
	if status == chat.Accepting && x.Status != chat.Accepting {
		x.AcceptingAt, x.Misses = at, 0
	}
	if status != chat.Accepting {
		x.AcceptingAt = 0
	}
	x.Status, x.Reason = status, reason
}

// Alive is a sign of life of one of the Agent's devices.
func (s *State) Alive(a chat.AgentID, at int64) {
	if x := s.agent(a); x != nil {
		x.AliveAt, x.DownAt = max(x.AliveAt, at), 0
	}
}

// Down is the last of the Agent's devices being cut off.
func (s *State) Down(a chat.AgentID, at int64) {
	if x := s.agent(a); x != nil && x.DownAt == 0 {
		x.DownAt = at
	}
}

// Join makes an Agent a member of a led Thread.
func (s *State) Join(id chat.ThreadID, a chat.AgentID) {
	t := s.thread(id)
	if t != nil && t.State == chat.Active && t.Lead != a && !slices.Contains(t.Members, a) {
		t.Members = append(slices.Clone(t.Members), a)
		t.recast(a, t.inviteOf(a).Role)
		t.uninvite(a)
	}
}

// Leave ends a membership.
func (s *State) Leave(id chat.ThreadID, a chat.AgentID) {
	if t := s.thread(id); t != nil {
		t.Members = slices.DeleteFunc(slices.Clone(t.Members), func(m chat.AgentID) bool { return m == a })
		t.recast(a, "")
	}
}

// Invite asks an Agent into a led Thread, or the first who is free of a Group.
func (s *State) Invite(id chat.ThreadID, i chat.Invite) {
	t := s.thread(id)
	if t == nil || t.State != chat.Active {
		return
	}
	if i.Agent != "" {
		i.Deadline = i.At + chat.InviteRings.Microseconds()
	}
	t.Invites = append(slices.Clone(t.Invites), i)
}

// Refuse is an Agent declining an invitation; one for a Group goes on.
func (s *State) Refuse(id chat.ThreadID, a chat.AgentID) {
	if t := s.thread(id); t != nil && t.invites(a) {
		Decision{Kind: DoInviteEnd, Agent: a, Invite: t.inviteOf(a).Seq, Cause: chat.Declined}.inviteDone(t)
	}
}

func (t *Thread) inviteOf(a chat.AgentID) chat.Invite {
	for _, i := range t.Invites {
		if i.Agent == a {
			return i
		}
	}
	return chat.Invite{}
}

// Cast is the host making a member an expert or a scribe.
func (s *State) Cast(id chat.ThreadID, a chat.AgentID, role chat.ChatRole) {
	if t := s.thread(id); t != nil && slices.Contains(t.Members, a) {
		t.recast(a, role)
	}
}

// Pass puts a Thread into the front class of a Group's queue: a transfer. Who
// passes it on does not get it back by himself.
func (s *State) Pass(id chat.ThreadID, by chat.AgentID, to chat.GroupID, at int64) {
	t := s.thread(id)
	if t == nil || t.State == chat.IsClosed {
		return
	}
	t.back(Decision{At: at})
	t.Group, t.Tries, t.Round, t.RoundAt, t.MovedFrom = to, nil, 0, 0, ""
	t.Excluded = nil
	if by != "" {
		t.Excluded = []chat.AgentID{by}
	}
}

// Hold lets a Thread wait for an agent or a Group that is not there.
func (s *State) Hold(id chat.ThreadID, by chat.AgentID, to chat.Target, way chat.HeldWay, at int64) {
	t := s.thread(id)
	if t == nil || t.State != chat.Active {
		return
	}
	s.Pass(id, by, to.Group, at)
	t = s.thread(id)
	t.Excluded, t.Held = []chat.AgentID{by}, &to
	if way == chat.HeldMail {
		t.Mode = Mail
	}
}

// Close ends a Thread, which leaves the State.
func (s *State) Close(id chat.ThreadID) {
	s.Threads = slices.DeleteFunc(slices.Clone(s.Threads), func(t Thread) bool { return t.ID == id })
}

func (s *State) thread(id chat.ThreadID) *Thread {
	for i := range s.Threads {
		if s.Threads[i].ID == id {
			return &s.Threads[i]
		}
	}
	return nil
}

func (s *State) agent(id chat.AgentID) *Agent {
	for i := range s.Agents {
		if s.Agents[i].ID == id {
			return &s.Agents[i]
		}
	}
	return nil
}
