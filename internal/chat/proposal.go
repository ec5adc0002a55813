package chat

import (
	"slices"
	"strings"
	"time"
)

// Proposal is what an expert would say, as long as the host has not decided. Seq
// is the number of its event, whose body is Said.
type Proposal struct {
	Seq   int64   `json:"seq"`
	Agent AgentID `json:"agent"`
}

// ProposalEnded is the body of proposal.ended. One that is released is said by the
// message that stands before it.
type ProposalEnded struct {
	Proposal int64 `json:"proposal"`
	// Agent is whose it was.
	Agent     AgentID `json:"agent"`
	AgentName string  `json:"agent_name"`
	How       string  `json:"how"` // Released, Discarded, Withdrawn
	// Reworded says that the host changed the words.
	Reworded bool   `json:"reworded,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// How a proposal ended, besides Withdrawn: by its expert.
const (
	Released  = "released"
	Discarded = "discarded"
)

// propose is the rule of an agent's message where what he writes does not go to
// the visitor: an expert's becomes a proposal, a scribe's is refused.
func propose(t Thread, by Actor, m NewMessage, at int64) ([]Event, error) {
	switch {
	case t.RoleOf(by.Agent()) == Scribe:
		return nil, Errorf(Denied, "You are the scribe here and write notes. Ask the host for another role before you answer; your text is kept.")
	case len(t.Proposals) >= MaxProposals:
		return nil, Errorf(Conflict, "%d proposals wait for the host; more do not fit. Ask the host to decide, or take one back; your text is kept.", len(t.Proposals))
	}
	said := Said{Text: m.Text, Files: m.Files, TypingMS: m.Typing.Milliseconds()}
	return []Event{Fact(KindProposal, by, ForAgents, at, said)}, nil
}

// Release is the rule of the host letting a proposal out as a new message in its
// expert's name; text replaces his words where it is not empty. It is released
// once.
func Release(s State, by Agent, target Event, text string, now time.Time) ([]Event, error) {
	t, err := hosted(s, by)
	if err != nil {
		return nil, err
	}
	said, err := t.proposed(target)
	if err != nil {
		return nil, err
	}
	reworded := text != "" && text != said.Text
	if reworded {
		said.Text = text
	}
	if err := CheckText(said.Text, len(said.Files)); err != nil {
		return nil, err
	}
	said.Proposal, said.ReleasedBy, said.ReleasedName, said.Reworded = target.Seq, by.ID, by.Name, reworded
	ended := ProposalEnded{Proposal: target.Seq, Agent: target.Actor.Agent(), AgentName: target.Actor.Name, How: Released, Reworded: reworded}
	return []Event{
		Fact(KindMessage, target.Actor, ForAll, Micros(now), said),
		Fact(KindProposalEnded, by.Actor(), ForAgents, Micros(now), ended),
	}, nil
}

// Discard is the rule of the host refusing a proposal, with a word or without, or
// of its expert taking it back.
func Discard(s State, by Agent, target Event, reason string, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	if t == nil {
		return nil, nil
	}
	if _, err := t.proposed(target); err != nil {
		return nil, err
	}
	own := target.Actor.Agent() == by.ID
	if !own && !t.hosts(by) {
		return nil, Errorf(Denied, "Only the host, or who wrote it, discards a proposal.")
	}
	body := ProposalEnded{Proposal: target.Seq, Agent: target.Actor.Agent(), AgentName: target.Actor.Name, How: Discarded, Reason: strings.TrimSpace(reason)}
	if own {
		body.How = Withdrawn
	}
	return []Event{Fact(KindProposalEnded, by.Actor(), ForAgents, Micros(now), body)}, nil
}

// proposed returns the words of an open proposal.
func (t Thread) proposed(target Event) (Said, error) {
	if target.Kind != KindProposal {
		return Said{}, Errorf(Invalid, "That is no proposal.")
	}
	if !slices.ContainsFunc(t.Proposals, func(p Proposal) bool { return p.Seq == target.Seq }) {
		return Said{}, Errorf(Conflict, "This proposal was decided already, or whoever wrote it has left.")
	}
	return Decode[Said](target)
}

// MayReword refuses a change of words that would pass by the host: what he
// released, and what a member with a role wrote before he had it.
func (t Thread) MayReword(by AgentID, target Event, now time.Time) error {
	said, err := Decode[Said](target)
	switch {
	case err != nil || target.Kind != KindMessage:
		return err
	case said.Proposal != 0:
		return Errorf(Denied, "The host released this message. Propose another one, or take it back.")
	case t.Open() && t.ID == target.Thread && t.TakesPart(by) && !t.Speaks(by, Micros(now)):
		return Errorf(Denied, "What you write goes through the host here. Propose another message, or take this one back.")
	}
	return nil
}

// byGone reports whether who proposed it does not take part any more.
func (t *Thread) byGone(p Proposal) bool { return !t.TakesPart(p.Agent) }

func (t *Thread) dropProposals(over func(Proposal) bool) {
	if t.Proposals = slices.DeleteFunc(slices.Clone(t.Proposals), over); len(t.Proposals) == 0 {
		t.Proposals = nil
	}
}
