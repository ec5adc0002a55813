package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// QuotedMoment is a moment with its lines as its coach may see them now.
type QuotedMoment struct {
	chat.Moment
	Quote Quote `json:"quote"`
}

// NewMoment is a bookmark to be made.
type NewMoment struct {
	Key string `json:"-"`
	Stretch
	Kind chat.FeedbackKind
	Word string
}

// MomentChange changes a moment: nil fields stay.
type MomentChange struct {
	Kind     *chat.FeedbackKind
	Word     *string
	From, To *int64
}

// Moments loads a coach's own, the newest first, before an id.
func (d *Desk) Moments(ctx context.Context, a chat.Agent, before chat.MomentID) (all []QuotedMoment, more bool, err error) {
	err = d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		found, err := tx.Moments(me.ID, before, pageOfCoaching+1)
		if err != nil {
			return err
		}
		found, more = page(found)
		all, err = quoteAll(tx, me, found, quoteMoment)
		return err
	})
	return all, more, err
}

func quoteMoment(q quoter, m chat.Moment) (QuotedMoment, error) {
	quote, err := q.quote(m.Lines, m.Coach)
	return QuotedMoment{m, quote}, err
}

// MarkMoment bookmarks lines of a chat that the agent may see and does not lead.
func (d *Desk) MarkMoment(ctx context.Context, a chat.Agent, in NewMoment) (QuotedMoment, bool, error) {
	what, err := meant("moment", string(in.Conversation), in)
	if err != nil {
		return QuotedMoment{}, false, err
	}
	id, again, err := d.coach(ctx, a, coachingAct{in.Key, what, func(tx *store.Tx, me chat.Agent) (change, error) {
		lines, t, err := mark(tx, me, in.Stretch, me.ID)
		if err != nil {
			return change{}, err
		}
		if err := chat.MayMark(t, me.ID); err != nil {
			return change{}, err
		}
		m, err := chat.NewMoment(chat.Moment{ID: chat.MomentID(newID("m")), Lines: lines, Coach: me.ID, Kind: in.Kind, Word: in.Word}, d.now())
		if err != nil {
			return change{}, err
		}
		return change{noun: chat.NounMoment, id: string(m.ID)}, tx.SaveMoment(m)
	}})
	if err != nil {
		return QuotedMoment{}, false, err
	}
	m, err := d.moment(ctx, a, chat.MomentID(id))
	return m, again, err
}

// ChangeMoment changes an own moment.
func (d *Desk) ChangeMoment(ctx context.Context, a chat.Agent, id chat.MomentID, in MomentChange) (QuotedMoment, error) {
	_, _, err := d.coach(ctx, a, coachingAct{rule: func(tx *store.Tx, me chat.Agent) (change, error) {
		m, err := ownMoment(tx, me.ID, id)
		if err != nil {
			return change{}, err
		}
		set(&m.Kind, in.Kind)
		set(&m.Word, in.Word)
		set(&m.From, in.From)
		set(&m.To, in.To)
		if in.From != nil || in.To != nil {
			if m.Lines, _, err = mark(tx, me, Stretch{Conversation: m.Conversation, Thread: m.Thread, From: m.From, To: m.To}, me.ID); err != nil {
				return change{}, err
			}
		}
		if m, err = chat.NewMoment(m, d.now()); err != nil {
			return change{}, err
		}
		return change{noun: chat.NounMoment, id: string(id)}, tx.SaveMoment(m)
	}})
	if err != nil {
		return QuotedMoment{}, err
	}
	return d.moment(ctx, a, id)
}

// DeleteMoment forgets an own moment.
func (d *Desk) DeleteMoment(ctx context.Context, a chat.Agent, id chat.MomentID) error {
	_, _, err := d.coach(ctx, a, coachingAct{rule: func(tx *store.Tx, me chat.Agent) (change, error) {
		if _, err := ownMoment(tx, me.ID, id); err != nil {
			return change{}, err
		}
		return change{noun: chat.NounMoment, id: string(id)}, tx.DeleteMoment(id)
	}})
	return err
}

func (d *Desk) moment(ctx context.Context, a chat.Agent, id chat.MomentID) (out QuotedMoment, err error) {
	err = d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		m, err := ownMoment(tx, me.ID, id)
		if err != nil {
			return err
		}
		out, err = quoteMoment(newQuoter(tx, me.Viewer()), m)
		return err
	})
	return out, err
}

func ownMoment(tx *store.Tx, me chat.AgentID, id chat.MomentID) (chat.Moment, error) {
	m, err := tx.Moment(id)
	if chat.IsKind(err, chat.Missing) || err == nil && m.Coach != me {
		return chat.Moment{}, chat.Errorf(chat.Missing, "There is no such moment, or it is not yours.")
	}
	return m, err
}

// readPage reads as an agent who is still one.
func (d *Desk) readPage(ctx context.Context, a chat.Agent, fn func(*store.Tx, chat.Agent) error) error {
	return d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		return fn(tx, me)
	})
}

// page cuts what was loaded with one more than fits.
func page[T any](found []T) ([]T, bool) {
	if len(found) > pageOfCoaching {
		return found[:pageOfCoaching], true
	}
	return found, false
}

// quoteAll adds to each what its reader may see of its lines.
func quoteAll[T, Q any](tx *store.Tx, me chat.Agent, found []T, quote func(quoter, T) (Q, error)) ([]Q, error) {
	all, q := make([]Q, 0, len(found)), newQuoter(tx, me.Viewer())
	for _, one := range found {
		with, err := quote(q, one)
		if err != nil {
			return nil, err
		}
		all = append(all, with)
	}
	return all, nil
}
