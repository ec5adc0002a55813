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
	Way      string         `json:"way" enum:"agent,group,keep,close,leave"`
	To       chat.AgentID   `json:"to,omitempty"`
	Why      string         `json:"why"`
	Because  chat.Because   `json:"because,omitempty" nullable:"false"`
	RunnerUp *chat.RunnerUp `json:"runner_up,omitempty"`
	Say      string         `json:"say,omitempty" doc:"The line for the visitor that the playbook of its group has for a chat that comes to it."`
	Heirs    []routing.Heir `json:"heirs" doc:"Who takes chats in its group, the best first, once all above is given as proposed."`
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
		proposed := s.succession(me.ID, all)
		for _, m := range all {
			line, err := lineOf(tx, m, proposed[m.state.Thread.ID])
			if err != nil {
				return err
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
func (s *situation) succession(from chat.AgentID, all []mine) map[chat.ThreadID]routing.Succession {
	var threads []chat.ThreadID
	for _, m := range all {
		if m.part != PartMember {
			threads = append(threads, m.state.Thread.ID)
		}
	}
	proposed := map[chat.ThreadID]routing.Succession{}
	for _, one := range s.state.HandOver(from, threads, s.at) {
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
	written, err := tx.Playbook(t.Group)
	line := HandoverLine{Conversation: m.state.Conversation.ID, Visitor: v.Name, Group: t.Group, Part: m.part, Mode: t.Mode, WaitingSince: t.WaitingSince,
		Last: m.state.Conversation.Last, MayClose: m.mayClose(), Way: HandToGroup, To: p.To, Why: p.Why, Because: p.Because, RunnerUp: (*chat.RunnerUp)(p.RunnerUp), Say: written.Playbook.Transfer.Say, Heirs: p.Heirs}
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
	return line, err
}

// mayClose reports whether its lead may close it on going home.
func (m mine) mayClose() bool {
	t := m.state.OpenThread()
	return m.part == PartLead && t.WaitingSince == 0 && t.Promise == nil
}
