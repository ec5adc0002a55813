package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// JobVisitorMail mails a visitor what he has not read.
const JobVisitorMail = "visitor.mail"

const (
	// repliesInMail are the newest of what he has not read; a mail says how many more
	// there are.
	repliesInMail = 50
	// mailTry is how long a try may take: longer than a mail server is given, and as long
	// as a node that dies keeps its jobs.
	mailTry = time.Minute
	// mailTries is how often a mail is tried: with pauses that double from a minute to an
	// hour, for about two days.
	mailTries = 55
	// mailRefused is the outcome after which nothing more is mailed to that address.
	mailRefused = "refused"
)

type visitorMailJob struct {
	Conversation chat.ConversationID `json:"conversation"`
}

// VisitorMail is a mail that is to go out now. All of it was written by the team, or
// set up by it: nothing comes from the visitor but where it goes.
type VisitorMail struct {
	ID           string
	To           string
	Language     string
	Site         chat.Site
	Replies      []MailedReply
	More         int      // replies before those
	Former       []string // IDs of mails of the same Conversation, ascending
	conversation chat.ConversationID
	tries        int // before this one
}

// MailedReply is one reply.
type MailedReply struct {
	By    string
	Text  string
	Files int
}

// mailLater has what an agent has just written mailed, where its visitor does not read
// it and wants to be reached so.
func mailLater(tx *store.Tx, s chat.State, events []chat.Event) error {
	if s.Conversation.Kind != chat.FormCustomer || !slices.ContainsFunc(events, func(e chat.Event) bool { return e.Kind == chat.KindMessage && e.Actor.Kind == chat.ByAgent }) {
		return nil
	}
	v, err := tx.Visitor(s.Conversation.Visitor)
	if err != nil || !wantsMail(v, s) {
		return err
	}
	mails, err := tx.VisitorMails(s.Conversation.ID, 1)
	if err != nil {
		return err
	}
	if len(mails) > 0 && !final(mails[0].Outcome) {
		// What is under way is tried again when its mail server wants, and then this is mailed.
		return remind(tx, (*store.Tx).EnqueueMissing, s.Conversation.ID, events[0].At)
	}
	return mailWhenDue(tx, v, s)
}

// wantsMail reports whether a visitor may be mailed: there is an address, and he has not
// said in this sitting that he wants nothing by mail.
func wantsMail(v chat.Visitor, s chat.State) bool {
	return v.Email != "" && (s.Thread == nil || !s.Thread.NoMail)
}

func mailWhenDue(tx *store.Tx, v chat.Visitor, s chat.State) error {
	plan, err := planMail(tx, v, s)
	if err != nil || plan.at == 0 {
		return err
	}
	return remind(tx, (*store.Tx).Enqueue, s.Conversation.ID, plan.at)
}

// remind makes the job that mails, by one of the ways to enqueue.
func remind(tx *store.Tx, enqueue func(*store.Tx, store.Job) error, c chat.ConversationID, due int64) error {
	body, err := json.Marshal(visitorMailJob{c})
	if err != nil {
		return fmt.Errorf("desk: job %s: %w", JobVisitorMail, err)
	}
	return enqueue(tx, store.Job{Kind: JobVisitorMail, Key: string(c), Due: due, Body: body})
}

// mailPlan is what a visitor is owed by mail: the replies behind after, up to upTo.
type mailPlan struct {
	at          int64 // 0 = nothing
	after, upTo int64
}

func planMail(tx *store.Tx, v chat.Visitor, s chat.State) (p mailPlan, err error) {
	mails, err := tx.VisitorMails(s.Conversation.ID, chat.MailsADay)
	if err != nil {
		return p, err
	}
	owed := chat.OwedMail{Proven: v.Signed != nil && v.Signed.Email == v.Email}
	p.after = s.Conversation.SeenVisitor
	for _, m := range mails {
		owed.Mailed = append(owed.Mailed, max(m.At, m.TriedAt))
		switch {
		case m.Outcome != mailRefused:
			p.after = max(p.after, m.UpTo)
		case m.Address == v.Email:
			return mailPlan{}, nil
		}
	}
	replies, err := repliesTo(tx, v, s, p.after, s.Conversation.VHead)
	if err != nil || len(replies) == 0 {
		return mailPlan{}, err
	}
	if owed.Seen, err = tx.LastSign(v.ID); err != nil {
		return mailPlan{}, err
	}
	owed.Oldest, p.upTo = replies[0].At, replies[len(replies)-1].Seq
	p.at = owed.At()
	return p, nil
}

// repliesTo are the team's words to a visitor in a range of vseq, judged as of now, as he
// sees them: their Seq is the vseq.
func repliesTo(tx *store.Tx, v chat.Visitor, s chat.State, after, upTo int64) ([]chat.Event, error) {
	events, err := tx.VisitorEvents(s.Conversation.ID, store.Span{After: after, Before: upTo + 1})
	if err == nil {
		events, err = forVisitor(tx, v, s, events)
	}
	if err != nil {
		return nil, err
	}
	return chat.Replies(events)
}

// DueVisitorMail judges anew what is owed to a visitor and answers the mail that is to
// go out; false where he has read it, or it is not time yet. What was begun goes on
// under its name, so that a mail sent twice is known to be the same.
func (d *Desk) DueVisitorMail(ctx context.Context, job []byte) (m VisitorMail, due bool, err error) {
	var body visitorMailJob
	if err := json.Unmarshal(job, &body); err != nil {
		return m, false, fmt.Errorf("desk: job %s: %w", JobVisitorMail, err)
	}
	if !d.opt.Mail {
		return m, false, nil
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		m, due = VisitorMail{}, false
		s, err := tx.Lock(body.Conversation)
		if chat.IsKind(err, chat.Missing) {
			return nil
		}
		if err != nil {
			return err
		}
		v, err := tx.Visitor(s.Conversation.Visitor)
		if err != nil || !wantsMail(v, s) {
			return err
		}
		for !due && err == nil {
			row, begun, failed := d.beginMail(tx, v, s)
			if failed != nil || !begun {
				return failed
			}
			m, due, err = d.fillMail(tx, v, s, row)
		}
		if err == nil {
			err = tx.TryVisitorMail(m.ID, chat.Micros(d.now()))
		}
		return err
	})
	return m, due, err
}

// beginMail is the mail of a Conversation that is under way, or one that begins now.
func (d *Desk) beginMail(tx *store.Tx, v chat.Visitor, s chat.State) (store.VisitorMail, bool, error) {
	mails, err := tx.VisitorMails(s.Conversation.ID, 1)
	if err != nil {
		return store.VisitorMail{}, false, err
	}
	now := chat.Micros(d.now())
	if len(mails) > 0 && !final(mails[0].Outcome) {
		row := mails[0]
		if free := row.TriedAt + mailTry.Microseconds(); row.Outcome == "" && row.Tries > 0 && free > now {
			// Another job sends it at this moment: look again, in case that one dies.
			return row, false, remind(tx, (*store.Tx).Enqueue, s.Conversation.ID, free)
		}
		return row, true, nil
	}
	plan, err := planMail(tx, v, s)
	if err != nil || plan.at == 0 {
		return store.VisitorMail{}, false, err
	}
	if plan.at > now {
		return store.VisitorMail{}, false, remind(tx, (*store.Tx).Enqueue, s.Conversation.ID, plan.at)
	}
	row := store.VisitorMail{ID: newID("vm"), Conversation: s.Conversation.ID, Address: v.Email, After: plan.after, UpTo: plan.upTo, At: now}
	return row, true, tx.AddVisitorMail(row)
}

func (d *Desk) fillMail(tx *store.Tx, v chat.Visitor, s chat.State, row store.VisitorMail) (VisitorMail, bool, error) {
	replies, err := repliesTo(tx, v, s, max(row.After, s.Conversation.SeenVisitor), row.UpTo)
	if err != nil {
		return VisitorMail{}, false, err
	}
	if len(replies) == 0 || row.Address != v.Email {
		return VisitorMail{}, false, tx.AnswerVisitorMail(row.ID, store.MailOver, "")
	}
	m := VisitorMail{ID: row.ID, To: row.Address, Language: v.Language, More: max(0, len(replies)-repliesInMail), conversation: row.Conversation, tries: row.Tries}
	for _, e := range replies[m.More:] {
		said, err := chat.Decode[chat.Said](e)
		if err != nil {
			return VisitorMail{}, false, err
		}
		m.Replies = append(m.Replies, MailedReply{By: e.Actor.Name, Text: said.Text, Files: len(said.Files)})
	}
	if m.Site, err = tx.Site(s.Conversation.Site); err != nil {
		return VisitorMail{}, false, err
	}
	former, err := tx.VisitorMails(s.Conversation.ID, repliesInMail)
	for _, f := range former {
		if f.ID != row.ID {
			m.Former = append(m.Former, f.ID)
		}
	}
	return m, err == nil, err
}

// NoteVisitorMail keeps what became of a mail. One that its server wants later is tried
// again, not before the pause that it asked for; after one that is settled, what was said
// meanwhile is mailed, and what was given up goes along.
func (d *Desk) NoteVisitorMail(ctx context.Context, m VisitorMail, outcome, reason string, pause time.Duration) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		s, err := tx.Lock(m.conversation)
		if err != nil {
			return err
		}
		later := !final(outcome)
		if later && m.tries+1 >= mailTries {
			outcome = store.MailOver
		}
		if err := tx.AnswerVisitorMail(m.ID, outcome, reason); err != nil {
			return err
		}
		if outcome == store.MailOver {
			return nil // the next reply tries again
		}
		if later {
			return remind(tx, (*store.Tx).Enqueue, m.conversation, chat.Micros(d.now().Add(max(pause, mailPause(m.tries)))))
		}
		v, err := tx.Visitor(s.Conversation.Visitor)
		if err != nil {
			return err
		}
		return mailWhenDue(tx, v, s)
	})
}

// mailPause is how long a mail waits after so many tries before this one.
func mailPause(tries int) time.Duration {
	return min(time.Minute<<min(tries, 6), time.Hour)
}
