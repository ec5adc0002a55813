package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// PairedShadow is a shadow reply beside what it answers and the real answer, as
// its reader may see them now.
type PairedShadow struct {
	chat.Shadow
	// Quote is the visitor's message.
	Quote Quote `json:"quote"`
	// Real is the team's first message to the visitor after it.
	Real *chat.Event `json:"real,omitempty" doc:"The team's first message to the visitor after it, once there is one."`
}

// NewShadow is a shadow reply to be kept.
type NewShadow struct {
	Key          string `json:"-"`
	Conversation chat.ConversationID
	// Seq is the visitor's message that it answers.
	Seq   int64
	Text  string
	Coach chat.AgentID
}

// The sides of shadow replies.
const (
	ShadowsMine    = "mine"
	ShadowsToGrade = "grade"
)

// Shadows loads an agent's own shadow replies, or those that he is asked to
// grade, the newest first, before an id.
func (d *Desk) Shadows(ctx context.Context, a chat.Agent, side string, before chat.ShadowID) (all []PairedShadow, more bool, err error) {
	err = d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		load := tx.ShadowsOf
		if side == ShadowsToGrade {
			load = tx.ShadowsFor
		}
		found, err := load(me.ID, before, pageOfCoaching+1)
		if err != nil {
			return err
		}
		found, more = page(found)
		all, err = quoteAll(tx, me, found, beside)
		return err
	})
	return all, more, err
}

// beside sets a shadow reply beside the real one, where the reader may see both.
func beside(q quoter, s chat.Shadow) (PairedShadow, error) {
	out := PairedShadow{Shadow: s}
	var err error
	out.Quote, err = q.quote(chat.Lines{Conversation: s.Conversation, Thread: s.Thread, From: s.Anchor, To: s.Anchor})
	if err != nil || !out.Quote.Open {
		return out, err
	}
	e, err := q.tx.FirstReply(s.Conversation, s.Thread, s.Anchor)
	if chat.IsKind(err, chat.Missing) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	if ok, err := q.seen.see(e); err != nil || !ok || !s.Answers(e) {
		return out, err
	}
	out.Real = &e
	return out, nil
}

// WriteShadow keeps what a trainee would answer. It is sent to nobody.
func (d *Desk) WriteShadow(ctx context.Context, a chat.Agent, in NewShadow) (PairedShadow, bool, error) {
	what, err := meant("shadow", string(in.Conversation), in)
	if err != nil {
		return PairedShadow{}, false, err
	}
	id, again, err := d.coach(ctx, a, coachingAct{in.Key, what, func(tx *store.Tx, me chat.Agent) (change, error) {
		s, err := d.shadowReply(tx, me, in)
		if err != nil {
			return change{}, err
		}
		return shadowChange(s), tx.SaveShadow(s)
	}})
	if err != nil {
		return PairedShadow{}, false, err
	}
	s, err := d.shadow(ctx, a, chat.ShadowID(id))
	return s, again, err
}

func (d *Desk) shadowReply(tx *store.Tx, me chat.Agent, in NewShadow) (chat.Shadow, error) {
	s := chat.Shadow{ID: chat.ShadowID(newID("h")), Trainee: me.ID, Coach: in.Coach, Text: in.Text}
	_, t, err := mark(tx, me, Stretch{Conversation: in.Conversation, From: in.Seq, To: in.Seq})
	if err != nil {
		return s, err
	}
	anchor, err := tx.Event(in.Conversation, in.Seq)
	if err != nil {
		return s, err
	}
	if s, err = s.Write(t, anchor, d.now()); err != nil {
		return s, err
	}
	if there, err := tx.ShadowAt(me.ID, in.Conversation, in.Seq); err != nil || there {
		if there {
			err = chat.Errorf(chat.Conflict, "You have answered this message already. Delete that answer first to write another.")
		}
		return s, err
	}
	return s, mayGrade(tx, me, in.Coach)
}

// mayGrade refuses a coach who may not coach the trainee; nobody is none.
func mayGrade(tx *store.Tx, trainee chat.Agent, coach chat.AgentID) error {
	if coach == "" {
		return nil
	}
	rules, err := tx.Coaching()
	if err != nil {
		return err
	}
	who, err := tx.Agent(coach)
	if chat.IsKind(err, chat.Missing) || err == nil && !rules.MayCoach(who, trainee) {
		err = chat.Errorf(chat.Invalid, "Choose somebody who may coach you: a supervisor, or whom you have asked.")
	}
	return err
}

// AskForGrade names the coach of an own shadow reply; "" = nobody.
func (d *Desk) AskForGrade(ctx context.Context, a chat.Agent, id chat.ShadowID, coach chat.AgentID) (PairedShadow, error) {
	_, _, err := d.coach(ctx, a, coachingAct{rule: func(tx *store.Tx, me chat.Agent) (change, error) {
		before, err := shadowOf(tx, me.ID, id)
		if err != nil {
			return change{}, err
		}
		after, err := before.Ask(me.ID, coach)
		if err != nil {
			return change{}, err
		}
		if err := mayGrade(tx, me, coach); err != nil {
			return change{}, err
		}
		c := shadowChange(after)
		if before.Coach != "" {
			c.people = append(c.people, before.Coach)
		}
		return c, tx.SaveShadow(after)
	}})
	if err != nil {
		return PairedShadow{}, err
	}
	return d.shadow(ctx, a, id)
}

// GradeShadow says what its coach thinks of a shadow reply. He must be able to
// see what it answers.
func (d *Desk) GradeShadow(ctx context.Context, a chat.Agent, id chat.ShadowID, g chat.Grade, word string) (PairedShadow, error) {
	_, _, err := d.coach(ctx, a, coachingAct{rule: func(tx *store.Tx, me chat.Agent) (change, error) {
		s, err := shadowOf(tx, me.ID, id)
		if err != nil {
			return change{}, err
		}
		if s, err = s.Judge(me.ID, g, word, d.now()); err != nil {
			return change{}, err
		}
		open, err := newQuoter(tx, me.Viewer()).admitted(chat.Lines{Thread: s.Thread})
		if err == nil && !open {
			err = chat.Errorf(chat.Denied, "The lines are not open to you any more, so you cannot judge the answer.")
		}
		if err != nil {
			return change{}, err
		}
		return shadowChange(s), tx.SaveShadow(s)
	}})
	if err != nil {
		return PairedShadow{}, err
	}
	return d.shadow(ctx, a, id)
}

// DeleteShadow forgets an own shadow reply.
func (d *Desk) DeleteShadow(ctx context.Context, a chat.Agent, id chat.ShadowID) error {
	_, _, err := d.coach(ctx, a, coachingAct{rule: func(tx *store.Tx, me chat.Agent) (change, error) {
		s, err := shadowOf(tx, me.ID, id)
		if err == nil && s.Trainee != me.ID {
			err = missingShadow()
		}
		if err != nil {
			return change{}, err
		}
		return shadowChange(s), tx.DeleteShadow(id)
	}})
	return err
}

func shadowChange(s chat.Shadow) change {
	c := change{noun: chat.NounShadow, id: string(s.ID), people: []chat.AgentID{s.Trainee}}
	if s.Coach != "" {
		c.people = append(c.people, s.Coach)
	}
	return c
}

func (d *Desk) shadow(ctx context.Context, a chat.Agent, id chat.ShadowID) (out PairedShadow, err error) {
	err = d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		s, err := shadowOf(tx, me.ID, id)
		if err != nil {
			return err
		}
		out, err = beside(newQuoter(tx, me.Viewer()), s)
		return err
	})
	return out, err
}

func shadowOf(tx *store.Tx, me chat.AgentID, id chat.ShadowID) (chat.Shadow, error) {
	s, err := tx.Shadow(id)
	if chat.IsKind(err, chat.Missing) || err == nil && !s.ShownTo(me) {
		return chat.Shadow{}, missingShadow()
	}
	return s, err
}

func missingShadow() error {
	return chat.Errorf(chat.Missing, "There is no such shadow reply, or it is not yours.")
}
