package routing

import (
	"slices"

	"earshot/internal/chat"
)

// The causes of an invitation's end, besides CauseExpired.
const (
	CauseWithdrawn = chat.Withdrawn
	CauseNobody    = chat.NobodyFree
)

// invites ends invitations that rang in vain or cannot be taken up any more, and
// asks the next one who is free where a Group was invited.
func (b *board) invites(t *Thread) {
	for _, i := range slices.Clone(t.Invites) {
		if i.Agent != "" && !b.inviteOver(t, i) {
			continue
		}
		if i.Group != "" {
			b.inviteNext(t, i.Seq)
		}
	}
}

// inviteOver ends an invitation whose agent does not answer, and reports whether it
// did. Who is asked by name may be away: the host has seen that.
func (b *board) inviteOver(t *Thread, i chat.Invite) bool {
	a := b.seats[i.Agent]
	d := Decision{Kind: DoInviteEnd, Thread: t.ID, Agent: i.Agent, Invite: i.Seq, Cause: CauseWithdrawn}
	switch {
	case a == nil || a.Disabled:
		d.Because = chat.Says("invite.gone")
	case b.reached(i.Deadline):
		d.Cause, d.Because = CauseExpired, chat.Says("invite.expired", a.Name)
	case i.Group != "" && !a.takes:
		d.Because = chat.Says("agent.not", a.Name)
	default:
		return false
	}
	b.do(d, t)
	return true
}

// inviteNext asks the first who is free of the invited Group and was not asked for
// this invitation, and where there is none tells the host so.
func (b *board) inviteNext(t *Thread, seq int64) {
	at := slices.IndexFunc(t.Invites, func(i chat.Invite) bool { return i.Seq == seq })
	if at < 0 || t.Invites[at].Agent != "" {
		return
	}
	i, c := t.Invites[at], b.counters[t.Invites[at].Group]
	if c == nil {
		b.do(Decision{Kind: DoInviteEnd, Thread: t.ID, Invite: seq, Cause: CauseNobody, Because: chat.Says("invite.deleted")}, t)
		return
	}
	if p := b.guest(t, c, i); p != nil {
		b.do(Decision{Kind: DoInvite, Thread: t.ID, Agent: p.ID, Invite: seq, Deadline: b.now + chat.InviteRings.Microseconds(),
			Because: chat.Says("invite.next", p.Name, c.Name, chats(p.seat.load), chats(p.limit))}, t)
		return
	}
	if b.starting() {
		return // nobody could show life yet
	}
	why := chat.Says("invite.nobody", c.Name)
	if len(i.Asked) > 0 {
		why = chat.Says("invite.nobody.else", c.Name)
	}
	b.do(Decision{Kind: DoInviteEnd, Thread: t.ID, Invite: seq, Cause: CauseNobody, Because: why}, t)
}

// guest is the best place of a Group for somebody to be asked in, in the order in
// which it is given chats; nil = nobody is free.
func (b *board) guest(t *Thread, c *counter, i chat.Invite) *place {
	var best *place
	for _, p := range c.places {
		in := p.ID == t.Lead || slices.Contains(t.Members, p.ID) || t.invites(p.ID)
		able := p.takes && p.member.Class != ClassSupervisor && (p.fits(t.memberWeight()) || fault == faultInvite)
		if able && !in && !slices.Contains(i.Asked, p.ID) && (best == nil || c.compareGuests(p, best) < 0) {
			best = p
		}
	}
	return best
}

// compareGuests is the order in which a Group is asked in: who is deaf comes last where
// the Group passes over him.
func (c *counter) compareGuests(x, y *place) int {
	if x.passable() != y.passable() {
		if x.passable() {
			return 1
		}
		return -1
	}
	return c.compare(x, y)
}

func (t *Thread) invites(a chat.AgentID) bool {
	return slices.ContainsFunc(t.Invites, func(i chat.Invite) bool { return i.Agent == a })
}

// inviteDone carries a decision about an invitation out on its Thread.
func (d Decision) inviteDone(t *Thread) {
	t.Invites = slices.Clone(t.Invites)
	at := slices.IndexFunc(t.Invites, func(i chat.Invite) bool { return i.Seq == d.Invite })
	if at < 0 {
		return
	}
	i := &t.Invites[at]
	switch {
	case d.Kind == DoInvite:
		i.Agent, i.Deadline, i.At = d.Agent, d.Deadline, d.At
	case i.Group == "" || d.Cause == CauseNobody:
		t.Invites = slices.Delete(t.Invites, at, at+1)
	default:
		i.Agent, i.Deadline = "", 0
		if d.Cause != CauseWithdrawn {
			i.Asked = append(slices.Clone(i.Asked), d.Agent)
		}
	}
}

// Heir is who leads an active Thread when its lead leaves, among the members who
// are there and have room: of its Group before others, and of each in the order of
// joining; never a scribe. "" = nobody can.
func (s State) Heir(id chat.ThreadID, now int64) chat.AgentID {
	b := newBoard(s, now)
	for _, e := range b.threads {
		if e.ID != id {
			continue
		}
		own, other := b.heirs(e.Thread)
		for _, a := range append(own, other...) {
			return a.ID
		}
	}
	return ""
}

// heirs are the members of a Thread who can become its lead, of its own Group and
// of others.
func (b *board) heirs(t *Thread) (own, other []*seat) {
	c := b.counters[t.Group]
	for _, m := range chat.Heirs(t.Members, t.Roles) {
		a := b.seats[m]
		switch {
		case a == nil || !b.works(a):
		case c != nil && c.by[m] != nil:
			if c.by[m].fits(t.need(m)) {
				own = append(own, a)
			}
		case a.load+t.need(m) <= a.limit:
			other = append(other, a)
		}
	}
	return own, other
}

// works reports whether an agent is at his place, though perhaps for no new chats.
func (b *board) works(a *seat) bool {
	return !a.Disabled && (a.Status == chat.Accepting || a.Status == chat.Finishing) && b.present(a)
}
