package e2e

import (
	"fmt"
	"slices"

	"github.com/anishathalye/porcupine"

	"earshot/internal/chat"
)

// fact is an event that changes where a Thread is, as the model reads it.
type fact struct {
	kind     chat.Kind
	actor    chat.Actor
	at       int64
	agent    chat.AgentID // who is asked, given, joins, leaves, moves or puts back
	lead     chat.AgentID
	previous chat.AgentID
	cause    string
	how      string
	group    chat.GroupID
	policy   chat.Policy
	deadline int64
	seq      int64 // its own; of the end of a transfer, that of the transfer
	to       chat.Target
	reason   string
	stays    bool // of an assign: who led is a member from then on
	role     chat.ChatRole
	invite   int64        // which one begins, goes on, ends, or is taken up
	rings    bool         // of an invitation of a group: it reaches somebody
	goesOn   bool         // … and goes on to the next
	by       chat.AgentID // of the help flag: whose it is, or was
	mine     bool         // some deed was answered with it
}

// spot is where the Thread of one conversation is after the first at facts: the
// state of the model.
type spot struct {
	at      int
	status  chat.ThreadState // "" = no Thread yet
	lead    chat.AgentID
	was     chat.AgentID // who led before whoever leads
	members []chat.AgentID
	guests  []chat.AgentID // who led, does not see it any more, and watches on
	roles   []chat.Casting
	rings   []chat.Offer
	group   chat.GroupID
	policy  chat.Policy
	passing
	gathering
	calling
}

// attempt is a deed, or a decision of the router, as the model is asked about it:
// it made the facts from first to end, none where both are the same.
type attempt struct {
	deed
	system     bool
	first, end int
}

// rules are what does not change during a race.
type raceRules struct {
	team      map[chat.AgentID]*mate
	shared    map[chat.GroupID]bool // whose members have an agreement
	takesOver map[chat.GroupID]bool // whose members take over
	firstLine map[chat.GroupID]bool // whose members send on what waits
	oversight                       // who oversees which group
}

// raceModel is one conversation: queued, active or closed, with a lead, members,
// open offers and a group. Facts happen in the order of the log; a deed that made
// none must fit the state at one moment between its call and its answer.
func (r raceRules) model(facts []fact) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return spot{} },
		Step: func(state, input, _ any) (bool, any) {
			s, a := state.(spot), input.(attempt)
			if a.outcome == "" && !a.system {
				return true, r.maybe(s, a, facts)
			}
			if a.first == a.end {
				return r.observes(s, a), s
			}
			if s.at != a.first || !r.knows(s, a) {
				return false, s
			}
			for _, f := range facts[a.first:a.end] {
				if !r.may(s, f, a) {
					return false, s
				}
				s = s.after(f)
			}
			return s.did(a), s
		},
		Equal:             func(x, y any) bool { return x.(spot).at == y.(spot).at },
		DescribeOperation: func(in, _ any) string { return in.(attempt).String() },
		DescribeState:     func(s any) string { return fmt.Sprintf("%+v", s) },
	}
}

// did reports whether a deed that has made facts is done with them: who leaves has
// left, whoever leads now.
func (s spot) did(a attempt) bool { return a.verb != "leave" || !s.takesPart(a.by) }

func (a attempt) String() string {
	return fmt.Sprintf("%s %s %s→%s [%d,%d)", a.by, a.verb, a.group, a.outcome, a.first, a.end)
}

// maybe is what a deed without an answer does: where the next facts are such as it
// makes, and nobody else was told that they are his, they are its.
func (r raceRules) maybe(s spot, a attempt, facts []fact) spot {
	if !r.knows(s, a) {
		return s
	}
	for s.at < len(facts) {
		f := facts[s.at]
		if f.mine || !a.makes(f) || !r.may(s, f, a) {
			return s
		}
		s = s.after(f)
	}
	return s
}

// makes reports whether a fact is such as the deed makes.
func (a attempt) makes(f fact) bool {
	who := f.actor.Agent()
	if f.kind == chat.KindRequeued || f.kind == chat.KindMoved || f.kind == chat.KindHold || f.kind == chat.KindHanded {
		who = f.agent
	}
	if who != a.by || (a.by == "" && f.actor.Kind != chat.ByVisitor) {
		return false
	}
	ways := map[string][]string{"take": {chat.ByTaking}, "take-above": {chat.ByTaking}, "accept": {chat.ByAccepting, chat.ByTransfer}, "give": {chat.ByGiving},
		"leave": {chat.ByHandLead}, "hand-lead": {chat.ByHandLead}, "take-over": {chat.ByTakeOver}}
	if f.kind == chat.KindAssign && !slices.Contains(ways[a.verb], f.cause) {
		return false
	}
	return slices.Contains(map[string][]chat.Kind{
		"take": {chat.KindAssign, chat.KindHelpCleared}, "take-above": {chat.KindAssign, chat.KindHelpCleared}, "jump-in": {chat.KindJoin, chat.KindHelpTaken, chat.KindHelpCleared},
		"accept": {chat.KindAssign, chat.KindGrant, chat.KindTransferEnded, chat.KindHelpTaken, chat.KindHelpCleared}, "decline": {chat.KindOfferEnded, chat.KindTransferEnded}, "join": {chat.KindJoin, chat.KindHelpTaken}, "leave": {chat.KindAssign, chat.KindLeave, chat.KindHelpCleared},
		"ask-in": {chat.KindInvite}, "accept-invite": {chat.KindJoin, chat.KindHelpTaken}, "decline-invite": {chat.KindInviteEnded}, "withdraw-invite": {chat.KindInviteEnded},
		"hand-lead": {chat.KindAssign, chat.KindHelpTaken, chat.KindHelpCleared}, "take-over": {chat.KindAssign, chat.KindGrant, chat.KindHelpTaken, chat.KindHelpCleared},
		"call": {chat.KindHelp}, "come": {chat.KindHelpTaken}, "back-off": {chat.KindHelpReturned}, "settle": {chat.KindHelpCleared},
		"requeue": {chat.KindRequeued}, "close": {chat.KindClosed, chat.KindGrantEnded}, "move": {chat.KindMoved}, "triage": {chat.KindMoved, chat.KindOffer}, "post": {chat.KindStarted, chat.KindHelpCleared},
		"say": {chat.KindStarted, chat.KindReopened}, "end": {chat.KindClosed, chat.KindGrantEnded, chat.KindEnded},
		"transfer": {chat.KindTransfer}, "withdraw": {chat.KindOfferEnded, chat.KindTransferEnded}, "hold": {chat.KindHold}, "give": {chat.KindAssign, chat.KindHelpCleared},
		"let-go": {chat.KindOfferEnded, chat.KindTransferEnded, chat.KindMoved}, "ask-back": {chat.KindBackAsked}, "waive": {chat.KindBackWaived},
	}[a.verb], f.kind)
}

func (s spot) takesPart(a chat.AgentID) bool { return s.lead == a || slices.Contains(s.members, a) }

func (s spot) open() bool { return s.status == chat.Queued || s.status == chat.Active }

func (s spot) rang(a chat.AgentID) (chat.Offer, bool) {
	i := slices.IndexFunc(s.rings, func(o chat.Offer) bool { return o.Agent == a })
	if i < 0 {
		return chat.Offer{}, false
	}
	return s.rings[i], true
}

func (r raceRules) admits(s spot, a chat.AgentID) bool {
	access, who := r.access(s, a)
	return access.Admits(who)
}

// reads reports whether an agent sees the Thread for a time alone: because he is asked
// to take it over, or because it was taken over from him. He does nothing in it.
func (r raceRules) reads(s spot, a chat.AgentID) bool {
	access, who := r.access(s, a)
	return access.AsAsked(who) || access.AsGuest(who)
}

func (r raceRules) access(s spot, a chat.AgentID) (chat.Access, chat.Viewer) {
	m := r.team[a]
	access := chat.Access{Group: s.group, Policy: s.policy, Lead: s.lead, Members: s.members, Guests: s.guests}
	for _, o := range s.rings {
		if s.transfer != nil {
			access.Asked = append(access.Asked, o.Agent)
		}
	}
	// All answer visitors. Who oversees the group is the model's own word, not his role's.
	who := chat.Viewer{Kind: chat.ByAgent, Agent: a, Role: chat.Member, Groups: m.groups}
	if r.oversees(a, s.group) {
		who.Supervises = []chat.GroupID{s.group}
	}
	return access, who
}

// may reports whether a fact may follow upon the state.
func (r raceRules) may(s spot, f fact, a attempt) bool {
	queued, active := s.status == chat.Queued, s.status == chat.Active
	switch f.kind {
	case chat.KindStarted:
		return !s.open()
	case chat.KindReopened:
		return s.status == chat.IsClosed
	case chat.KindAssign:
		return r.mayAssign(s, f, a)
	case chat.KindJoin:
		return r.mayComeIn(s, f, a)
	case chat.KindInvite:
		return r.mayInvite(s, f, a)
	case chat.KindInviteEnded:
		return r.mayEndInvite(s, f, a)
	case chat.KindLeave:
		return s.open() && f.agent == a.by && slices.Contains(s.members, a.by)
	case chat.KindRequeued:
		return active && f.previous == s.lead && f.agent == a.by && (a.system || s.lead == a.by)
	case chat.KindMoved:
		if a.verb == "triage" {
			return r.mayTriage(s, f, a)
		}
		if a.verb == "let-go" {
			return f.agent == a.by && active && f.group == s.left && s.mayLetGo(r, a.by)
		}
		return f.agent == a.by && f.group != s.group && (queued && r.sorts(s.group, a.by) || active && s.mayLetGo(r, a.by))
	case chat.KindClosed:
		if a.system || a.by == "" {
			return queued || (active && a.by == "" && !a.system)
		}
		return queued || active && s.takesPart(a.by) && !s.bound(a.by)
	case chat.KindOffer:
		_, twice := s.rang(f.agent)
		if s.transfer != nil {
			return !twice && (a.system || a.verb == "transfer") && r.mayRing(s, f)
		}
		chosen := a.verb == "triage" && f.agent == a.to.Agent && f.actor.Agent() == a.by
		router := a.system && (r.shares(f.agent, s.group) || s.held)
		return (router || chosen) && queued && !twice && slices.Contains(r.team[f.agent].groups, s.group)
	case chat.KindOfferEnded:
		_, rings := s.rang(f.agent)
		if s.transfer != nil {
			return rings && r.maySilence(s, f, a)
		}
		return queued && rings && (a.system == (f.how != chat.Declined)) && (a.system || f.agent == a.by)
	case chat.KindEnded:
		return !s.open()
	case chat.KindGrant:
		return active && f.agent == s.was && !r.admits(s, f.agent)
	case chat.KindGrantEnded:
		return slices.Contains(s.guests, f.agent)
	case chat.KindHelp, chat.KindHelpTaken, chat.KindHelpReturned, chat.KindHelpCleared:
		return r.mayCall(s, f, a)
	}
	return r.mayPass(s, f, a)
}

func (r raceRules) mayAssign(s spot, f fact, a attempt) bool {
	o, rings := s.rang(f.lead)
	queued := s.status == chat.Queued
	switch f.cause {
	case chat.ByTaking:
		return queued && (a.verb == "take" || a.verb == "take-above") && f.lead == a.by
	case chat.ByAccepting:
		return queued && a.verb == "accept" && f.lead == a.by && rings && o.Deadline > a.call
	case chat.ByRoute:
		return queued && a.system && slices.Contains(r.team[f.lead].groups, s.group) && (r.shares(f.lead, s.group) || s.held)
	case chat.ByTransfer:
		return s.status == chat.Active && a.verb == "accept" && f.lead == a.by && s.accepted == a.by && f.previous == s.lead
	case chat.ByGiving:
		return s.status == chat.Active && a.verb == "give" && s.lead == a.by && f.previous == a.by && s.askedBy == f.lead
	case chat.ByHandover:
		return s.status == chat.Active && s.lead == a.by && f.previous == a.by && s.handed.Agent == f.lead && s.handed.Group == f.group &&
			(a.verb == "hand-over" && a.to.Agent == f.lead || a.verb == "sign-out" && (a.to.Agent == f.lead || a.to.Agent == ""))
	case chat.ByHandLead, chat.ByTakeOver:
		return (a.verb == "take-over") == (f.cause == chat.ByTakeOver) && r.mayChangeLead(s, f, a)
	case chat.ByPromotion:
		return s.status == chat.Active && a.system && f.previous == s.lead && slices.Contains(chat.Heirs(s.members, s.roles), f.lead)
	}
	return false
}

// after is the state behind a fact.
func (s spot) after(f fact) spot {
	s.at++
	s.passing, s.gathering, s.calling = s.passing.after(s, f), s.gathering.after(s, f), s.calling.after(f)
	switch f.kind {
	case chat.KindStarted:
		s.status, s.lead, s.members, s.roles, s.rings, s.group, s.policy = chat.Queued, f.lead, nil, nil, nil, f.group, f.policy
		s.was, s.guests = "", nil
		if f.lead != "" {
			s.status = chat.Active
		}
	case chat.KindReopened:
		s.status, s.lead = chat.Queued, ""
	case chat.KindAssign:
		if s.members = butNot(s.members, f.lead); f.stays && s.lead != "" {
			s.members = append(s.members, s.lead)
		}
		s.status, s.lead, s.was, s.rings, s.group, s.policy = chat.Active, f.lead, s.lead, nil, f.group, f.policy
		s.roles = recast(s.roles, f.lead, "")
	case chat.KindJoin:
		s.members = append(butNot(s.members, f.agent), f.agent)
		s.roles = recast(s.roles, f.agent, f.role)
	case chat.KindGrant:
		s.guests = append(butNot(s.guests, f.agent), f.agent)
	case chat.KindGrantEnded:
		s.guests = butNot(s.guests, f.agent)
	case chat.KindLeave:
		s.members = butNot(s.members, f.agent)
		s.roles = recast(s.roles, f.agent, "")
	case chat.KindRequeued:
		s.status, s.lead, s.rings = chat.Queued, "", nil
	case chat.KindTransfer, chat.KindTransferEnded:
		s.rings = nil
	case chat.KindMoved, chat.KindHold:
		s.status, s.lead, s.rings, s.group, s.policy = chat.Queued, "", nil, f.group, f.policy
	case chat.KindClosed:
		s.status, s.rings = chat.IsClosed, nil
	case chat.KindOffer:
		s.rings = append(slices.Clone(s.rings), chat.Offer{Agent: f.agent, Deadline: f.deadline})
	case chat.KindOfferEnded:
		s.rings = slices.DeleteFunc(slices.Clone(s.rings), func(o chat.Offer) bool { return o.Agent == f.agent })
	}
	return s
}

func butNot(all []chat.AgentID, a chat.AgentID) []chat.AgentID {
	return slices.DeleteFunc(slices.Clone(all), func(x chat.AgentID) bool { return x == a })
}

// recast returns the roles with that of one agent; "" takes it from him.
func recast(all []chat.Casting, a chat.AgentID, role chat.ChatRole) []chat.Casting {
	all = slices.DeleteFunc(slices.Clone(all), func(c chat.Casting) bool { return c.Agent == a })
	if role != "" {
		all = append(all, chat.Casting{Agent: a, Role: role})
	}
	return all
}

// observes reports whether a deed that changed nothing was answered as the state
// is.
func (r raceRules) observes(s spot, a attempt) bool {
	queued, active, closed := s.status == chat.Queued, s.status == chat.Active, s.status == chat.IsClosed
	if a.by == "" {
		return s.open() && a.verb == "say" || !s.open() && a.verb == "end"
	}
	full := []string{"take", "take-above", "join", "jump-in", "close", "move", "transfer", "hold", "triage", "take-over", "settle"}
	if a.outcome == string(chat.Denied) && slices.Contains(full, a.verb) && r.reads(s, a.by) {
		return true
	}
	if admitted := r.knows(s, a); !admitted || a.outcome == string(chat.Missing) {
		late := a.verb == "accept-invite" && a.outcome == string(chat.Gone) || a.verb == "decline-invite" && a.outcome == "ok"
		return !admitted && (a.outcome == string(chat.Missing) || late && r.observesGathering(s, a))
	}
	part := s.takesPart(a.by)
	lateAs := func(outcome string) bool {
		return outcome == "ok" && s.lead == a.by || outcome == string(chat.Conflict) && s.lead != a.by && a.holder == s.lead
	}
	o, rings := s.rang(a.by)
	unseen := s.open() && s.watches(a.by) && a.outcome == string(chat.Denied) // the visitor would notice who watches
	switch a.verb {
	case "take", "take-above":
		switch {
		case closed:
			return a.outcome == string(chat.Gone)
		case active:
			return lateAs(a.outcome)
		case a.verb == "take-above" && r.oversees(a.by, s.group):
			return false // neither a limit nor an agreement stops him
		}
		return a.outcome == string(chat.Conflict) && a.full || a.outcome == string(chat.Denied) && r.shared[s.group]
	case "accept":
		switch {
		case active && (s.transfer == nil || s.lead == a.by):
			return lateAs(a.outcome)
		case closed:
			return a.outcome == string(chat.Gone)
		}
		return a.outcome == string(chat.Gone) && (!rings || o.Deadline <= a.ret)
	case "decline":
		return a.outcome == "ok" && !(s.open() && rings)
	case "join", "jump-in":
		return r.observesJoining(s, a)
	case "leave":
		return a.outcome == "ok" && !(s.open() && part) || a.outcome == string(chat.Conflict) && active && s.lead == a.by
	case "requeue":
		return closed && a.outcome == string(chat.Gone) || queued && a.outcome == "ok" || active && s.lead != a.by && a.outcome == string(chat.Denied)
	case "close":
		return closed && a.outcome == "ok" || (active && !part || s.open() && s.bound(a.by)) && a.outcome == string(chat.Denied) || unseen
	case "move":
		return closed && a.outcome == string(chat.Gone) || s.open() && (a.group == s.group || r.allGave(s, a, a.group)) && a.outcome == string(chat.Conflict) ||
			(queued && !r.sorts(s.group, a.by) || active && !s.mayLetGo(r, a.by)) && a.outcome == string(chat.Denied) || unseen
	case "post":
		scribe := slices.Contains(s.roles, chat.Casting{Agent: a.by, Role: chat.Scribe})
		return s.open() && (part && !scribe && a.outcome == "ok" || (!part || scribe) && a.outcome == string(chat.Denied))
	case "transfer", "hold", "let-go":
		return unseen || r.observesPassing(s, a)
	case "call", "come", "back-off", "settle":
		return s.observesCalling(r, a)
	case "withdraw", "ask-back", "waive", "give":
		return r.observesPassing(s, a)
	case "triage":
		return unseen || r.observesTriage(s, a)
	}
	return r.observesGathering(s, a)
}
