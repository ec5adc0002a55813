package desk

import (
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

const (
	// keptPrecedents is how many are kept at most. The store begins with none, and
	// learns from what is passed on from then on.
	keptPrecedents = 100_000
	// soonPassed is how soon after being taken a chat is passed on that should not
	// have come.
	soonPassed = 15 * time.Minute
	// subjectEvents and subjectTexts are how far a chat is read for what it is
	// about, from its begin.
	subjectEvents, subjectTexts = 200, 20
)

// keepPrecedents keeps what suggestions go by in step with the events of a
// Conversation, whose state they have led to.
func keepPrecedents(tx *store.Tx, s chat.State, events []chat.Event) error {
	for _, e := range events {
		if err := keepPrecedent(tx, s, e, events); err != nil {
			return err
		}
	}
	return nil
}

func keepPrecedent(tx *store.Tx, s chat.State, e chat.Event, batch []chat.Event) error {
	switch e.Kind {
	case chat.KindMoved:
		b, err := chat.Decode[chat.Moved](e)
		if err != nil || b.By == "" { // nobody has chosen the way of these
			return err
		}
		return passedOn(tx, s, e, store.Precedent{From: b.From, Group: b.Group})
	case chat.KindTransferEnded:
		b, err := chat.Decode[chat.TransferEnded](e)
		if err != nil || b.How != chat.Accepted {
			return err
		}
		return passedOn(tx, s, e, store.Precedent{From: groupBefore(batch, b.To.Group), Group: b.To.Group})
	case chat.KindHold:
		b, err := chat.Decode[chat.Held](e)
		if err != nil || b.Access.Before.Group == b.Access.After.Group {
			return err
		}
		return passedOn(tx, s, e, store.Precedent{From: b.Access.Before.Group, Group: b.Access.After.Group})
	case chat.KindHanded:
		b, err := chat.Decode[chat.Handed](e)
		if err != nil || b.From == b.To.Group {
			return err
		}
		return passedOn(tx, s, e, store.Precedent{From: b.From, Group: b.To.Group})
	case chat.KindAssign:
		b, err := chat.Decode[chat.Assigned](e)
		if err != nil {
			return err
		}
		last, found, err := tx.LastPrecedent(e.Thread)
		if err != nil || !found {
			return err
		}
		return tx.TakePrecedent(last.N, b.Lead, e.At)
	case chat.KindRedact, chat.KindEdit:
		if e.Actor.Kind == chat.ByVisitor { // what he took back is not remembered elsewhere
			return tx.ForgetPrecedents(e.Thread)
		}
	}
	return nil
}

// groupBefore is the Group that an accepted transfer leaves: the assign beside it
// tells. Where there is none, it has stayed where it was.
func groupBefore(batch []chat.Event, to chat.GroupID) chat.GroupID {
	for _, e := range batch {
		if change, ok := chat.AccessAfter(e); ok && e.Kind == chat.KindAssign {
			return change.Before.Group
		}
	}
	return to
}

// passedOn stores that a Thread was passed on by somebody. The way before this
// one was wrong where nobody took it there, or who did passed it on soon.
func passedOn(tx *store.Tx, s chat.State, e chat.Event, p store.Precedent) error {
	last, found, err := tx.LastPrecedent(e.Thread)
	if err != nil {
		return err
	}
	if found && (last.TakenAt == 0 || e.At-last.TakenAt <= soonPassed.Microseconds()) {
		if err := tx.PassPrecedent(last.N, p.Group); err != nil {
			return err
		}
	}
	subject, err := subjectOf(tx, s)
	if err != nil {
		return err
	}
	p.Site, p.Thread, p.At, p.Page, p.Words = s.Conversation.Site, e.Thread, e.At, subject.Page, subject.Words
	return tx.AddPrecedent(p, store.Keeping{All: keptPrecedents, Each: routing.AlikeMost})
}

// subjectOf reads what the newest Thread is about by now.
func subjectOf(tx *store.Tx, s chat.State) (routing.Subject, error) {
	if s.Thread == nil || s.Thread.First == 0 {
		return routing.Subject{}, nil
	}
	events, err := tx.Events(s.Conversation.ID, store.Span{After: s.Thread.First - 1, Limit: subjectEvents})
	if err != nil {
		return routing.Subject{}, err
	}
	page, texts := "", []string{}
	for _, e := range events {
		switch {
		case e.Thread != s.Thread.ID:
		case e.Kind == chat.KindStarted:
			b, err := chat.Decode[chat.Started](e)
			if err != nil {
				return routing.Subject{}, err
			}
			if b.Arrival != nil {
				page = b.Arrival.URL
			}
		case e.Kind == chat.KindMessage && e.Actor.Kind == chat.ByVisitor && len(texts) < subjectTexts:
			b, err := chat.Decode[chat.Said](e)
			if err != nil {
				return routing.Subject{}, err
			}
			texts = append(texts, b.Text)
		}
	}
	return routing.NewSubject(page, texts), nil
}

// suggest returns the likeliest targets among those who can be one, from what
// became of others on the same site.
func suggest(tx *store.Tx, s chat.State, asked routing.Asked) ([]routing.Suggestion, error) {
	var err error
	if asked.Subject, err = subjectOf(tx, s); err != nil {
		return nil, err
	}
	stored, err := tx.Alike(s.Conversation.Site, asked.Page, asked.Words, routing.AlikeMost)
	if err != nil {
		return nil, err
	}
	past := make([]routing.Precedent, len(stored))
	for i, p := range stored {
		past[i] = routing.Precedent{N: p.N, Page: p.Page, Words: p.Words, Group: p.Group, Agent: p.Agent, Next: p.Next}
	}
	return routing.Suggest(asked, past), nil
}
