package chat

import "time"

// When what a visitor has not read is mailed to him.
const (
	// MailAbsent is how long he has to be away.
	MailAbsent = 5 * time.Minute
	// MailUnread is how long it waits at most while a page of his is open: nobody may
	// be in front of it.
	MailUnread = 30 * time.Minute
	// MailPause is between two mails of one Conversation; what is said meanwhile goes
	// into the next.
	MailPause = 15 * time.Minute
	// MailsADay go out in 24 hours for a Conversation to an address that nobody has
	// proven to be the visitor's: a form must not fill a stranger's box.
	MailsADay = 5
)

// OwedMail is what the mailing of a visitor's unread replies goes by. Times are
// microseconds.
type OwedMail struct {
	Oldest int64   // when the oldest of them was written; 0 = he has read all, or was mailed
	Seen   int64   // his last sign of life
	Mailed []int64 // when the newest mails of the Conversation went out, at least MailsADay of them, ascending
	Proven bool    // his site has signed that the address is his
}

// At is when they are mailed; 0 = never.
func (o OwedMail) At() int64 {
	if o.Oldest == 0 {
		return 0
	}
	at := min(max(o.Oldest, o.Seen)+MailAbsent.Microseconds(), o.Oldest+MailUnread.Microseconds())
	n := len(o.Mailed)
	if n > 0 {
		at = max(at, o.Mailed[n-1]+MailPause.Microseconds())
	}
	if !o.Proven && n >= MailsADay {
		at = max(at, o.Mailed[n-MailsADay]+(24*time.Hour).Microseconds())
	}
	return at
}

// Replies are those of a visitor's events that the team has written to him, and that
// still say something.
func Replies(events []Event) ([]Event, error) {
	var replies []Event
	for _, e := range events {
		if e.Kind != KindMessage || e.Actor.Kind != ByAgent {
			continue
		}
		said, err := Decode[Said](e)
		if err != nil {
			return nil, err
		}
		if said.Emptied == 0 {
			replies = append(replies, e)
		}
	}
	return replies, nil
}
