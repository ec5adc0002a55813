package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Handover is what an agent says when he goes home: a line for each Conversation
// that he has something to do with, and a brief for the next shift, which becomes a
// note in each of them.
type Handover struct {
	Key   string
	Lines []Handing
	Brief string
}

// Handing is what becomes of one Conversation.
type Handing struct {
	Conversation chat.ConversationID `json:"conversation"`
	Way          string              `json:"way"`
	To           chat.AgentID        `json:"to,omitempty"`
	// Group is the one of his that has it then; "" = its own where he is in that, else
	// his first.
	Group chat.GroupID `json:"group,omitempty"`
	// Reason is a code of that group's playbook, or words where it has none; Answers are
	// to its questions, by their id. A colleague of its own group needs neither, unless
	// it was passed on so often that there must be a reason.
	Reason  string            `json:"reason,omitempty"`
	Answers map[string]string `json:"answers,omitempty"`
	// Note is for the colleagues, Say for the visitor: it tells him who goes on, and
	// is no answer.
	Note string `json:"note,omitempty"`
	Say  string `json:"say,omitempty"`
}

// HandoverRefused is the detail of the conflict that answers a hand-over some of
// which cannot be: nothing was changed.
type HandoverRefused struct {
	Lines []RefusedLine `json:"lines"`
}

// RefusedLine is what is in the way of one line.
type RefusedLine struct {
	Conversation chat.ConversationID `json:"conversation"`
	Why          string              `json:"why"`
}

const maxHanding = 1000 // lines

// HandOver hands over everything that an agent leads, owes or is a member of, in one
// transaction: all of it, or nothing with the list of what is in the way. Each line
// is asked again under the limits. The same key does nothing a second time.
func (d *Desk) HandOver(ctx context.Context, a chat.Agent, in Handover) (again bool, err error) {
	lines, err := in.clean()
	if err != nil {
		return false, err
	}
	meant, err := json.Marshal(lines)
	if err != nil {
		return false, fmt.Errorf("desk: encode a hand-over: %w", err)
	}
	hash, err := d.fingerprint(ctx, intent{Act: "handover", Text: string(meant)})
	if err != nil {
		return false, err
	}
	s, err := d.current(ctx)
	if err != nil {
		return false, err
	}
	defer d.look()
	err = d.write(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		if _, again, err = earlier(tx, in.Key, agentOwner(me.ID), hash); err != nil || again {
			return err
		}
		if err := tx.LockAgents(heirsIn(lines)...); err != nil {
			return err
		}
		h := handing{desk: d, tx: tx, me: me, at: s}
		if err := h.all(lines); err != nil {
			return err
		}
		return remember(tx, in.Key, agentOwner(me.ID), hash, chat.AgentConversation(me.ID), nil)
	})
	return again, err
}

// clean checks the lines and sorts them in the order of locks. The brief joins each
// line's note.
func (in Handover) clean() ([]Handing, error) {
	if err := checkKey(in.Key); err != nil {
		return nil, err
	}
	if len(in.Lines) > maxHanding {
		return nil, chat.Errorf(chat.Invalid, "A hand-over has at most %d lines.", maxHanding)
	}
	lines := slices.Clone(in.Lines)
	slices.SortFunc(lines, func(x, y Handing) int { return strings.Compare(string(x.Conversation), string(y.Conversation)) })
	for i := range lines {
		l := &lines[i]
		if i > 0 && l.Conversation == lines[i-1].Conversation {
			return nil, chat.Errorf(chat.Invalid, "A conversation is named twice. Say once what becomes of it.")
		}
		if !slices.Contains([]string{HandToAgent, HandToGroup, HandKept, HandClosed, HandLeft}, l.Way) {
			return nil, chat.Errorf(chat.Invalid, "Each line says agent, group, keep, close or leave.")
		}
		if l.Way != HandToAgent {
			l.To, l.Group, l.Reason, l.Answers = "", "", "", nil
		}
		pass := Transfer{Reason: l.Reason, Answers: l.Answers}.clean()
		l.Reason, l.Answers = pass.Reason, pass.Answers
		l.Note, l.Say = join(l.Note, in.Brief), strings.TrimSpace(l.Say)
	}
	return lines, nil
}

// heirsIn are the colleagues whom lines give something to.
func heirsIn(lines []Handing) (all []chat.AgentID) {
	for _, l := range lines {
		if l.To != "" {
			all = append(all, l.To)
		}
	}
	return all
}

// join is a line's own note with the brief of the shift below it.
func join(note, brief string) string {
	return strings.TrimSpace(strings.TrimSpace(note) + "\n\n" + strings.TrimSpace(brief))
}

// handing is one hand-over inside its transaction.
type handing struct {
	desk    *Desk
	tx      *store.Tx
	me      chat.Agent
	at      *situation
	why     map[chat.ThreadID]chat.Because // of what was proposed
	heirs   map[chat.ThreadID]chat.AgentID
	here    map[chat.AgentID]int64
	refused []RefusedLine
}

// all hands over line by line, each under what those before it have changed. What is
// in the way is collected, so that it can be put right at once.
func (h *handing) all(lines []Handing) error {
	have, err := holdings(h.tx, h.me, h.tx.Lock)
	if err != nil {
		return err
	}
	if h.here, err = h.tx.PresentAgents(h.desk.holding()); err != nil {
		return err
	}
	if err := h.propose(have); err != nil {
		return err
	}
	for _, m := range have {
		named := func(l Handing) bool { return l.Conversation == m.state.Conversation.ID }
		i := slices.IndexFunc(lines, named)
		if i < 0 {
			h.refuse(m.state.Conversation.ID, "It has become yours meanwhile. Say what becomes of it, too.")
			continue
		}
		if err := h.one(m, lines[i]); err != nil {
			return err
		}
		lines = slices.Concat(lines[:i], lines[i+1:])
	}
	for _, l := range lines {
		h.refuse(l.Conversation, "It is not yours any more: a colleague has it, or it ended.")
	}
	return h.inTheWay("Nothing was handed over: something is in the way of %d. Change it and confirm again.")
}

// inTheWay is the conflict that answers a hand-over some of which was refused.
func (h *handing) inTheWay(message string) error {
	n := len(h.refused)
	if n == 0 || !guardWhole {
		return nil
	}
	return &chat.Error{Kind: chat.Conflict, Message: fmt.Sprintf(message, n), Detail: HandoverRefused{h.refused}}
}

func (h *handing) propose(have []mine) error {
	written, err := h.tx.Playbooks()
	h.why, h.heirs = map[chat.ThreadID]chat.Because{}, map[chat.ThreadID]chat.AgentID{}
	for id, p := range h.at.succession(h.me.ID, have, written) {
		h.why[id], h.heirs[id] = p.Because, p.To
	}
	return err
}

func (h *handing) refuse(c chat.ConversationID, why string) {
	h.refused = append(h.refused, RefusedLine{c, why})
}

// one hands one Conversation over. What a person can put right is noted and no
// error.
func (h *handing) one(m mine, l Handing) error {
	said, err := h.say(m, l)
	var events []chat.Event
	if err == nil {
		events, err = h.pass(m, l)
	}
	return h.keep(m.state, append(said, events...), err)
}

// keep stores what one Conversation's going has made, or notes what a person has in the
// way of it.
func (h *handing) keep(s chat.State, events []chat.Event, err error) error {
	var refused *chat.Error
	if errors.As(err, &refused) {
		h.refuse(s.Conversation.ID, refused.Message)
		return nil
	}
	if err != nil {
		return err
	}
	done, err := appendTo(h.tx, &s, events)
	h.desk.passed(s.Conversation.ID, done)
	return err
}

// say is the bridge for the visitor and the note for the team.
func (h *handing) say(m mine, l Handing) ([]chat.Event, error) {
	var said []chat.Event
	if l.Say != "" {
		bridge, err := chat.Post(m.state, h.me.Actor(), chat.NewMessage{Text: l.Say, Bridge: true}, h.desk.now())
		if err != nil {
			return nil, err
		}
		said = bridge
	}
	if l.Note == "" {
		return said, nil
	}
	note, err := chat.AddNote(m.state, h.me.Actor(), chat.NewMessage{Text: l.Note}, h.desk.now())
	return append(said, note...), err
}

// pass is the events of a Conversation going where its line says.
func (h *handing) pass(m mine, l Handing) ([]chat.Event, error) {
	switch {
	case l.Way == HandKept:
		return nil, nil
	case m.part == PartMember && l.Way == HandLeft:
		return chat.Leave(m.state, h.me, h.desk.now())
	case m.part == PartMember:
		return nil, chat.Errorf(chat.Conflict, "You are a member of it: leave it, or keep it.")
	case m.part == PartPromise && (l.Way == HandToAgent || l.Way == HandToGroup):
		return h.passPromise(m, l)
	case m.part == PartLead && l.Way == HandToAgent:
		to, err := h.heir(l.To)
		if err != nil {
			return nil, err
		}
		return h.give(m.state, l, h.chose(m.state.Thread.ID, to))
	case m.part == PartLead && l.Way == HandToGroup:
		return h.giveBack(m)
	case m.part == PartLead && l.Way == HandClosed:
		return h.close(m)
	}
	return nil, chat.Errorf(chat.Conflict, "That cannot become of this conversation. Give it to a colleague or to its group, or keep it.")
}

// chose is why a colleague has it: as proposed, or because the agent chose him.
func (h *handing) chose(t chat.ThreadID, to chat.Agent) chat.Because {
	if h.heirs[t] == to.ID {
		return h.why[t]
	}
	return chat.Says("shift.chosen", h.me.Name, to.Name)
}

// giveBack puts the Conversation into its group's queue, and its promise with it.
func (h *handing) giveBack(m mine) ([]chat.Event, error) {
	events, err := h.leave(m.state, chat.HandedBack)
	if err != nil || !m.owes {
		return events, err
	}
	owed, err := chat.PassPromise(m.state, h.me, chat.Agent{}, "", h.shiftEnds(), h.desk.now())
	return append(owed, events...), err
}

func (h *handing) shiftEnds() chat.Because { return chat.Says("shift.ended", h.me.Name) }

func (h *handing) close(m mine) ([]chat.Event, error) {
	if !m.mayClose() {
		return nil, chat.Errorf(chat.Conflict, "Its visitor waits for an answer. Give it to somebody instead of closing it.")
	}
	v, err := h.tx.Visitor(m.state.Conversation.Visitor)
	if err != nil {
		return nil, err
	}
	return chat.Close(m.state, h.me.Actor(), chat.Resolved, v.Seen, h.desk.now())
}

// passPromise gives a promise to a colleague who may see the chat, or to the group;
// whoever is a member of it leaves.
func (h *handing) passPromise(m mine, l Handing) ([]chat.Event, error) {
	var to chat.Agent
	if l.Way == HandToAgent {
		var err error
		if to, err = h.heir(l.To); err != nil {
			return nil, err
		}
		if err := mayOwe(m.state, to); err != nil {
			return nil, err
		}
	}
	events, err := chat.PassPromise(m.state, h.me, to, "", h.shiftEnds(), h.desk.now())
	if err != nil || !slices.Contains(m.state.Thread.Members, h.me.ID) {
		return events, err
	}
	left, err := chat.Leave(m.state, h.me, h.desk.now())
	return append(events, left...), err
}
