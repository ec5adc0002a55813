package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// MailAnswer is a visitor's word on having the answer by e-mail.
type MailAnswer struct {
	Accept bool
	// Email is where to; empty = the address that the visitor has given before.
	Email string
}

// AnswerMail stores whether the visitor has the answer by e-mail. Saying the same
// again stores nothing.
func (d *Desk) AnswerMail(ctx context.Context, by Caller, in MailAnswer) (VisitorDone, error) {
	if in.Email != "" {
		clean, err := chat.CleanEmail(in.Email)
		if err != nil {
			return VisitorDone{}, err
		}
		in.Email = clean
	}
	var done VisitorDone
	err := d.write(ctx, func(tx *store.Tx) (err error) {
		done, err = d.answerMail(tx, by, in)
		return err
	})
	if err != nil {
		return VisitorDone{}, err
	}
	return done, nil
}

func (d *Desk) answerMail(tx *store.Tx, by Caller, in MailAnswer) (VisitorDone, error) {
	_, v, err := d.identify(tx, by)
	if err != nil {
		return VisitorDone{}, err
	}
	v, s, err := d.lockVisitor(tx, by, v)
	if err != nil {
		return VisitorDone{}, err
	}
	email := in.Email
	if email == "" {
		email = v.Email
	}
	events, err := chat.AnswerMail(s, v, in.Accept, email, d.now())
	if err != nil {
		return VisitorDone{}, err
	}
	if in.Accept && len(events) > 0 && v.Email != email {
		v.Email = email
		if err := tx.SaveVisitor(v); err != nil {
			return VisitorDone{}, err
		}
		events = append(events, chat.Fact(chat.KindVisitor, v.Actor(), chat.ForAgents, chat.Micros(d.now()), v))
	}
	if events, err = appendTo(tx, &s, events); err != nil {
		return VisitorDone{}, err
	}
	seen, err := forVisitor(tx, v, s, events)
	return VisitorDone{Visitor: public(v), Events: seen, Again: len(events) == 0}, err
}
