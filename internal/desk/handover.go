package desk

import (
	"cmp"
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// What becomes of a Conversation whose agent goes home.
const (
	HandToAgent = "agent" // a colleague leads it, or owes the promise
	HandToGroup = "group" // it waits in its group's queue, or the group owes the promise
	HandKept    = "keep"  // it stays his until the visitor writes
	HandClosed  = "close" // only where nothing is unanswered
	HandLeft    = "leave" // of a Conversation that he is a member of
)

// What an agent has to do with a Conversation that he hands over.
const (
	PartLead    = "lead"
	PartPromise = "promise" // he owes its visitor an answer and does not lead it
	PartMember  = "member"
)

// HandoverLine is one Conversation that an agent does not simply walk away from, and
// what is proposed for it.
type HandoverLine struct {
	Conversation chat.ConversationID `json:"conversation"`
	Visitor      string              `json:"visitor" doc:"The visitor's name; empty = not known."`
	Group        chat.GroupID        `json:"group"`
	Part         string              `json:"part" enum:"lead,promise,member" doc:"What I have to do with it."`
	Mode         chat.Mode           `json:"mode,omitempty"`
	// WaitingSince is since when the visitor waits for an answer, in microseconds.
	WaitingSince int64         `json:"waiting_since,omitempty"`
	Promise      *chat.Promise `json:"promise,omitempty" doc:"What I owe its visitor; it goes with the conversation."`
	Last         chat.Line     `json:"last"`
	MayClose     bool          `json:"may_close" doc:"Nothing is unanswered."`
	// Way, To and Why are the proposal.
	Way      string          `json:"way" enum:"agent,group,keep,close,leave"`
	To       chat.AgentID    `json:"to,omitempty"`
	Why      string          `json:"why"`
	Because  chat.Because    `json:"because,omitempty" nullable:"false"`
	RunnerUp *chat.RunnerUp  `json:"runner_up,omitempty"`
	Say      string          `json:"say,omitempty" doc:"The line for the visitor that the playbook of its group has for a chat that comes to it."`
	Heirs    []routing.Heir  `json:"heirs" doc:"Who takes chats in its group, the best first, once all above is given as proposed."`
	Others   []HandoverOther `json:"others" doc:"Who else is here, by name."`
	// Passed are the times that it was passed on already: from two on a reason is needed.
	Passed []chat.Passage `json:"passed,omitempty" nullable:"false"`
}

// HandoverOther is a colleague who is here and is not proposed.
type HandoverOther struct {
	Agent  chat.AgentID   `json:"agent"`
	Load   int            `json:"load" doc:"In hundredths of a chat."`
	Limit  int            `json:"limit"`
	Groups []chat.GroupID `json:"groups" doc:"Of his, those that could have it then, its own first. Of another one the reason codes and questions of its playbook are asked."`
	Bar    Bar            `json:"bar,omitempty" enum:"except,out,into" doc:"Why he is none to give it to."`
	Gave   []string       `json:"gave,omitempty" doc:"The reasons for which he has passed it on himself: for one of these it is not given back to him."`
}

// mine is a Conversation that an agent leads, is a member of, or owes an answer in.
type mine struct {
	state chat.State
	part  string
	owes  bool
}

// HandoverProposal lists every open Conversation that an agent leads, is a member of
// or owes an answer in, with a proposed new owner and why. Whose visitor waits comes
// first.
func (d *Desk) HandoverProposal(ctx context.Context, a chat.Agent) ([]HandoverLine, error) {
	s, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	lines := []HandoverLine{}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		all, err := holdings(tx, me, tx.State)
		if err != nil {
			return err
		}
		written, err := tx.Playbooks()
		if err != nil {
			return err
		}
		proposed := s.succession(me.ID, all, written)
		for _, m := range all {
			line, err := lineOf(tx, m, proposed[m.state.Thread.ID])
			if err != nil {
				return err
			}
			line.Say = written[line.Group].Transfer.Say
			if m.part != PartMember {
				line.Others = s.others(me, *m.state.OpenThread(), line.Heirs, written)
			}
			lines = append(lines, line)
		}
		return nil
	})
	slices.SortStableFunc(lines, compareLines)
	return lines, err
}

// compareLines puts first what one leads, then promises, then memberships; inside,
// whose visitor waits, the longest first.
func compareLines(x, y HandoverLine) int {
	part := func(l HandoverLine) int { return slices.Index([]string{PartLead, PartPromise, PartMember}, l.Part) }
	never := func(l HandoverLine) int {
		if l.WaitingSince == 0 {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(part(x), part(y)), cmp.Compare(never(x), never(y)), cmp.Compare(x.WaitingSince, y.WaitingSince))
}

// holdings are the Conversations that an agent has something to do with, in order of
// id. load reads one, or locks it.
func holdings(tx *store.Tx, me chat.Agent, load func(chat.ConversationID) (chat.State, error)) ([]mine, error) {
	threads, err := tx.ThreadsOf(me.ID)
	if err != nil {
		return nil, err
	}
	owed, err := tx.Promises(store.PromiseQuery{Viewer: me.Viewer(), Owner: me.ID})
	if err != nil {
		return nil, err
	}
	var ids []chat.ConversationID
	for _, t := range threads {
		ids = append(ids, t.Conversation)
	}
	for _, p := range owed {
		ids = append(ids, p.Conversation)
	}
	slices.Sort(ids)
	var all []mine
	for _, id := range slices.Compact(ids) {
		s, err := load(id)
		if err != nil {
			return nil, err
		}
		if m, is := partIn(s, me); is {
			all = append(all, m)
		}
	}
	return all, nil
}

// partIn is what an agent has to do with a Conversation; false = nothing.
func partIn(s chat.State, me chat.Agent) (mine, bool) {
	t := s.OpenThread()
	if t == nil {
		return mine{}, false
	}
	m := mine{state: s, owes: t.Promise != nil && t.Promise.Owner == me.ID}
	switch {
	case t.Lead == me.ID:
		m.part = PartLead
	case m.owes:
		m.part = PartPromise
	case slices.Contains(t.Members, me.ID):
		m.part = PartMember
	}
	return m, m.part != ""
}

// succession asks the rule who should go on with what an agent leads or owes.
// Whom the playbook of its group excepts is no target, at the end of a shift, too.
func (s *situation) succession(from chat.AgentID, all []mine, written map[chat.GroupID]chat.Playbook) map[chat.ThreadID]routing.Succession {
	var threads []chat.ThreadID
	for _, m := range all {
		if m.part != PartMember {
			threads = append(threads, m.state.Thread.ID)
		}
	}
	proposed := map[chat.ThreadID]routing.Succession{}
	except := map[chat.GroupID][]chat.AgentID{}
	for g, book := range written {
		except[g] = book.Transfer.Except
	}
	for _, one := range s.state.HandOver(from, threads, except, s.at) {
		proposed[one.Thread] = one
	}
	return proposed
}

func lineOf(tx *store.Tx, m mine, p routing.Succession) (HandoverLine, error) {
	t := m.state.OpenThread()
	v, err := tx.Visitor(m.state.Conversation.Visitor)
	if err != nil {
		return HandoverLine{}, err
	}
	line := HandoverLine{Conversation: m.state.Conversation.ID, Visitor: v.Name, Group: t.Group, Part: m.part, Mode: t.Mode, WaitingSince: t.WaitingSince,
		Last: m.state.Conversation.Last, MayClose: m.mayClose(), Way: HandToGroup, To: p.To, Why: p.Why, Because: p.Because, RunnerUp: (*chat.RunnerUp)(p.RunnerUp), Heirs: p.Heirs, Others: []HandoverOther{}, Passed: t.Passed}
	if m.owes {
		line.Promise = t.Promise
	}
	switch {
	case m.part == PartMember:
		line.Way, line.Because = HandLeft, chat.Says("shift.lead")
		line.Why = line.Because.English()
	case p.To != "":
		line.Way = HandToAgent
	}
	if line.Heirs == nil {
		line.Heirs = []routing.Heir{}
	}
	return line, nil
}

// others are those who are here, could be given a Thread, and are not among its heirs.
func (s *situation) others(me chat.Agent, t chat.Thread, heirs []routing.Heir, written map[chat.GroupID]chat.Playbook) []HandoverOther {
	all := []HandoverOther{}
	gate := func(to chat.GroupID) Bar { return gateBar(me, t.Group, to, written) }
	for _, a := range s.targetAgents(t, written, gate) {
		here := a.Present && (a.Status == chat.Accepting || a.Status == chat.Finishing)
		heir := slices.ContainsFunc(heirs, func(h routing.Heir) bool { return h.Agent == a.Agent })
		if !here || heir || a.Agent == me.ID || a.Agent == t.Lead {
			continue
		}
		groups := a.Groups
		if i := slices.Index(groups, t.Group); i > 0 {
			groups = slices.Insert(slices.Delete(slices.Clone(groups), i, i+1), 0, t.Group)
		}
		all = append(all, HandoverOther{Agent: a.Agent, Load: a.Load, Limit: a.Limit, Groups: groups, Bar: a.Bar, Gave: a.Gave})
	}
	return all
}

// mayClose reports whether its lead may close it on going home.
func (m mine) mayClose() bool {
	t := m.state.OpenThread()
	return m.part == PartLead && t.WaitingSince == 0 && t.Promise == nil
}
