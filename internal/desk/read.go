package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const scanStep = 100

// MarkRead raises the agent's read mark to a seq, and, where he takes part,
// tells the visitor that the team has seen his messages; in a direct talk it
// tells the others.
func (d *Desk) MarkRead(ctx context.Context, a chat.Agent, c chat.ConversationID, seq int64) error {
	return d.write(ctx, func(tx *store.Tx) error {
		me, s, err := look(tx, a.ID, c)
		if err != nil {
			return err
		}
		seq := min(seq, s.Conversation.Head)
		if seq <= 0 {
			return nil
		}
		raised, err := tx.SetRead(c, me.ID, seq)
		if err != nil || !raised {
			return err
		}
		if t := s.OpenThread(); t != nil && t.TakesPart(me.ID) {
			if err := d.teamHasSeen(tx, me, c, seq); err != nil {
				return err
			}
		}
		if err := sawUpTo(tx, me.ID, c, seq, chat.Micros(d.now())); err != nil {
			return err
		}
		return d.tellRead(tx, me, s, seq)
	})
}

// tellRead tells the reader's own devices how far he has read, and the people of
// a direct talk, each in his own Conversation: there are at most eight. Their
// Conversations are locked in the order of their ids, as everywhere.
func (d *Desk) tellRead(tx *store.Tx, me chat.Agent, s chat.State, seq int64) error {
	told := []chat.AgentID{me.ID}
	if s.Conversation.Kind == chat.FormDirect && s.Access().Within(me.Viewer()) {
		told = slices.Sorted(slices.Values(s.Talk.Members))
	}
	for _, a := range told {
		e := d.fact(chat.KindRead, me.Actor(), chat.Read{Conversation: s.Conversation.ID, Seq: seq})
		if err := tell(tx, chat.AgentConversation(a), e); err != nil {
			return err
		}
	}
	return nil
}

// look loads an agent as of now and a Conversation that he may see, a talk too,
// unlocked.
func look(tx *store.Tx, a chat.AgentID, c chat.ConversationID) (chat.Agent, chat.State, error) {
	me, err := present(tx, a)
	if err != nil {
		return me, chat.State{}, err
	}
	s, err := readableState(tx, me.Viewer(), c)
	return me, s, err
}

// visibleState loads a customer Conversation that a viewer may see.
func visibleState(tx *store.Tx, v chat.Viewer, c chat.ConversationID) (chat.State, error) {
	s, err := readableState(tx, v, c)
	if err == nil && s.Conversation.Kind != chat.FormCustomer {
		err = missingConversation()
	}
	return s, err
}

// readableState loads a customer Conversation or a talk that a viewer may see.
func readableState(tx *store.Tx, v chat.Viewer, c chat.ConversationID) (chat.State, error) {
	if c.Reserved() {
		return chat.State{}, missingConversation()
	}
	s, err := tx.State(c)
	if chat.IsKind(err, chat.Missing) || (err == nil && !s.Access().Admits(v)) {
		err = missingConversation()
	}
	return s, err
}

func (d *Desk) teamHasSeen(tx *store.Tx, me chat.Agent, c chat.ConversationID, seq int64) error {
	s, err := tx.Lock(c)
	if err != nil {
		return err
	}
	upTo, err := newestFromVisitor(tx, s, seq)
	if err != nil {
		return err
	}
	_, err = appendTo(tx, &s, chat.MarkSeen(s, me.Actor(), upTo, d.now()))
	return err
}

// newestFromVisitor finds the vseq of the visitor's newest message up to a seq
// that the team has not seen; 0 where there is none. Only messages are looked
// for: a mark that followed other marks would answer itself for ever.
func newestFromVisitor(tx *store.Tx, s chat.State, seq int64) (int64, error) {
	for before := seq + 1; before > 1; {
		events, err := tx.Events(s.Conversation.ID, store.Span{Before: before, Limit: scanStep})
		if err != nil || len(events) == 0 {
			return 0, err
		}
		for i := len(events) - 1; i >= 0; i-- {
			switch e := events[i]; {
			case e.VSeq > 0 && e.VSeq <= s.Conversation.SeenTeam:
				return 0, nil
			case e.Kind == chat.KindMessage && e.Actor.Kind == chat.ByVisitor:
				return e.VSeq, nil
			}
		}
		before = events[0].Seq
	}
	return 0, nil
}

// newestFromTeam finds the vseq of the team's newest message up to a vseq that
// the visitor has not seen; 0 where there is none.
func newestFromTeam(tx *store.Tx, s chat.State, upTo int64) (int64, error) {
	for before := min(upTo, s.Conversation.VHead) + 1; before > s.Conversation.SeenVisitor+1; {
		events, err := tx.VisitorEvents(s.Conversation.ID, store.Span{Before: before, Limit: scanStep})
		if err != nil || len(events) == 0 {
			return 0, err
		}
		for i := len(events) - 1; i >= 0; i-- {
			e := events[i]
			if e.Kind == chat.KindMessage && e.Actor.Kind != chat.ByVisitor {
				return e.VSeq, nil
			}
		}
		before = events[0].VSeq
	}
	return 0, nil
}

// MaySignal reports whether an agent may signal in a Conversation; missing
// where he may not see it.
func (d *Desk) MaySignal(ctx context.Context, a chat.Agent, c chat.ConversationID) error {
	return d.store.Read(ctx, func(tx *store.Tx) error {
		_, _, err := look(tx, a.ID, c)
		return err
	})
}
