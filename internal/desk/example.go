package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// QuotedExample is an example with its lines as its reader may see them now.
type QuotedExample struct {
	chat.Example
	Shared bool  `json:"shared" doc:"Whether its group or the team is shown it now."`
	Quote  Quote `json:"quote"`
}

// NewExample is an example to be made: of lines, or of a sitting.
type NewExample struct {
	Key string `json:"-"`
	Stretch
	Title, Why string
	Scope      chat.Scope
	Group      chat.GroupID
}

// ExampleChange changes an example: nil fields stay.
type ExampleChange struct {
	Title, Why *string
	Scope      *chat.Scope
	Group      *chat.GroupID
}

// Examples loads the newest examples before an id: an agent's own, those that ask
// him, and those that are shared with him and whose Thread he may see now. next
// is where the following page begins, "" where there is none.
func (d *Desk) Examples(ctx context.Context, a chat.Agent, before chat.ExampleID) (all []QuotedExample, next chat.ExampleID, err error) {
	err = d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		found, err := tx.Examples(me.ID, before, pageOfCoaching+1)
		if err != nil {
			return err
		}
		found, more := page(found)
		if next = ""; more {
			next = found[len(found)-1].ID
		}
		all = make([]QuotedExample, 0, len(found))
		q := newQuoter(tx, me.Viewer())
		for _, e := range found {
			one, shown, err := quoteExample(q, e)
			if err != nil {
				return err
			}
			if shown {
				all = append(all, one)
			}
		}
		return nil
	})
	return all, next, err
}

// quoteExample reports whether the reader is shown the example: whom it concerns
// always is, others where they may see its Thread.
func quoteExample(q quoter, e chat.Example) (QuotedExample, bool, error) {
	if !e.ShownTo(q.seen.viewer) {
		return QuotedExample{}, false, nil
	}
	quote, err := q.quote(e.Lines)
	shown := quote.Open || e.Concerns(q.seen.viewer.Agent)
	return QuotedExample{e, e.Shared(), quote}, shown, err
}

// MakeExample makes one. Where it is for others, everybody of the team who wrote
// the lines is asked first.
func (d *Desk) MakeExample(ctx context.Context, a chat.Agent, in NewExample) (QuotedExample, bool, error) {
	what, err := meant("example", string(in.Conversation), in)
	if err != nil {
		return QuotedExample{}, false, err
	}
	id, again, err := d.coach(ctx, a, coachingAct{in.Key, what, func(tx *store.Tx, me chat.Agent) (change, error) {
		lines, _, err := mark(tx, me, in.Stretch)
		if err != nil {
			return change{}, err
		}
		e := chat.Example{ID: chat.ExampleID(newID("x")), Lines: lines, By: me.ID, Title: in.Title, Why: in.Why, Scope: in.Scope,
			Group: in.Group, Created: chat.Micros(d.now())}
		return d.writeExample(tx, chat.Example{}, e)
	}})
	if err != nil {
		return QuotedExample{}, false, err
	}
	e, err := d.example(ctx, a, chat.ExampleID(id))
	return e, again, err
}

// ChangeExample changes an own one. Whoever said yes is asked anew.
func (d *Desk) ChangeExample(ctx context.Context, a chat.Agent, id chat.ExampleID, in ExampleChange) (QuotedExample, error) {
	_, _, err := d.coach(ctx, a, coachingAct{rule: func(tx *store.Tx, me chat.Agent) (change, error) {
		before, err := exampleBy(tx, me.ID, id)
		if err != nil {
			return change{}, err
		}
		after := before
		set(&after.Title, in.Title)
		set(&after.Why, in.Why)
		set(&after.Scope, in.Scope)
		set(&after.Group, in.Group)
		return d.writeExample(tx, before, after)
	}})
	if err != nil {
		return QuotedExample{}, err
	}
	return d.example(ctx, a, id)
}

func (d *Desk) writeExample(tx *store.Tx, before, e chat.Example) (change, error) {
	if e.Scope == chat.ScopeGroup && e.Group != "" {
		if _, err := liveGroup(tx, e.Group); err != nil {
			return change{}, err
		}
	}
	lines, err := quoted(tx, e.Lines)
	if err != nil {
		return change{}, err
	}
	if e, err = e.Write(chat.Writers(lines), d.now()); err != nil {
		return change{}, err
	}
	return keepExample(tx, before, e)
}

// keepExample stores one and says whom that concerns: those who are or were
// asked, and the team where it is or was shared.
func keepExample(tx *store.Tx, before, after chat.Example) (change, error) {
	return exampleChanged(before, after), tx.SaveExample(after)
}

func exampleChanged(before, after chat.Example) change {
	c := change{noun: chat.NounExample, id: string(after.ID), people: []chat.AgentID{after.By}, team: before.Shared() || after.Shared()}
	for _, e := range []chat.Example{before, after} {
		for _, one := range e.Consents {
			c.people = append(c.people, one.Agent)
		}
	}
	return c
}

// ConsentToExample says yes or no to one's lines being shared. A no takes an
// example out of everybody's sight at once.
func (d *Desk) ConsentToExample(ctx context.Context, a chat.Agent, id chat.ExampleID, yes bool) (QuotedExample, error) {
	_, _, err := d.coach(ctx, a, coachingAct{rule: func(tx *store.Tx, me chat.Agent) (change, error) {
		before, err := tx.Example(id)
		if chat.IsKind(err, chat.Missing) {
			err = missingExample()
		}
		if err != nil {
			return change{}, err
		}
		after, err := before.Consent(me.ID, yes, d.now())
		if err != nil {
			return change{}, err
		}
		return keepExample(tx, before, after)
	}})
	if err != nil {
		return QuotedExample{}, err
	}
	return d.example(ctx, a, id)
}

// DeleteExample forgets an own one.
func (d *Desk) DeleteExample(ctx context.Context, a chat.Agent, id chat.ExampleID) error {
	_, _, err := d.coach(ctx, a, coachingAct{rule: func(tx *store.Tx, me chat.Agent) (change, error) {
		e, err := exampleBy(tx, me.ID, id)
		if err != nil {
			return change{}, err
		}
		return exampleChanged(e, e), tx.DeleteExample(id)
	}})
	return err
}

func (d *Desk) example(ctx context.Context, a chat.Agent, id chat.ExampleID) (out QuotedExample, err error) {
	err = d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		e, err := tx.Example(id)
		if chat.IsKind(err, chat.Missing) {
			err = missingExample()
		}
		if err != nil {
			return err
		}
		var shown bool
		if out, shown, err = quoteExample(newQuoter(tx, me.Viewer()), e); err == nil && !shown {
			err = missingExample()
		}
		return err
	})
	return out, err
}

func exampleBy(tx *store.Tx, me chat.AgentID, id chat.ExampleID) (chat.Example, error) {
	e, err := tx.Example(id)
	if chat.IsKind(err, chat.Missing) || err == nil && e.By != me {
		return chat.Example{}, missingExample()
	}
	return e, err
}

func missingExample() error {
	return chat.Errorf(chat.Missing, "There is no such example, or it is not yours.")
}
