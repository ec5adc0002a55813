package desk

import (
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Quote is lines as one reader may see them now.
type Quote struct {
	// Open says that the reader may see the Thread now.
	Open bool `json:"open" doc:"Whether the lines are open to the reader now; where they are not there is nothing but this."`
	// Visitor is the name of the visitor of the lines.
	Visitor string       `json:"visitor,omitempty"`
	Events  []chat.Event `json:"events" doc:"What is said in the lines and the reader may see: messages and notes; in moments and feedback also what was whispered or proposed to those whom it is for."`
}

// quoter quotes lines for one reader, as of one transaction.
type quoter struct {
	tx   *store.Tx
	seen *eyes
}

func newQuoter(tx *store.Tx, v chat.Viewer) quoter { return quoter{tx, newEyes(tx, v)} }

// quote loads the lines as the reader may see them, for him and those between whom
// they are quoted.
func (q quoter) quote(l chat.Lines, between ...chat.AgentID) (Quote, error) {
	closed := Quote{Events: []chat.Event{}}
	open, err := q.admitted(l)
	if err != nil || !open {
		return closed, err
	}
	events, err := quoted(q.tx, l, between...)
	if err != nil {
		return closed, err
	}
	if events, err = q.seen.filter(events); err != nil {
		return closed, err
	}
	name, err := visitorName(q.tx, l.Conversation)
	return Quote{Open: true, Visitor: name, Events: events}, err
}

func (q quoter) admitted(l chat.Lines) (bool, error) {
	t, err := q.tx.Thread(l.Thread)
	if chat.IsKind(err, chat.Missing) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	q.seen.places[t.ID] = t.Access()
	return t.Access().Admits(q.seen.viewer), nil
}

// quoted loads what a quote of the lines shows, whoever it is for.
func quoted(tx *store.Tx, l chat.Lines, between ...chat.AgentID) ([]chat.Event, error) {
	events, err := tx.Events(l.Conversation, store.Span{After: l.From - 1, Limit: int(l.To - l.From + 1)})
	return slices.DeleteFunc(events, func(e chat.Event) bool { return !l.Quotes(e, between...) }), err
}

func visitorName(tx *store.Tx, c chat.ConversationID) (string, error) {
	s, err := tx.State(c)
	if err != nil {
		return "", err
	}
	v, err := tx.Visitor(s.Conversation.Visitor)
	return v.Name, err
}

// Stretch is which lines a person marks: from one number to another, or, where
// Thread is named and no numbers, all of a sitting.
type Stretch struct {
	Conversation chat.ConversationID
	Thread       chat.ThreadID
	From, To     int64
}

// mark finds the lines that an agent marks, as he may see them now, with their
// Thread.
func mark(tx *store.Tx, me chat.Agent, in Stretch, between ...chat.AgentID) (chat.Lines, chat.Thread, error) {
	if in.Conversation.Reserved() {
		return chat.Lines{}, chat.Thread{}, missingConversation()
	}
	l, err := linesOf(tx, in)
	if err != nil {
		return l, chat.Thread{}, err
	}
	if err := l.Check(); err != nil {
		return l, chat.Thread{}, err
	}
	t, err := tx.Thread(l.Thread)
	if chat.IsKind(err, chat.Missing) || err == nil && (t.Conversation != l.Conversation || !t.Access().Admits(me.Viewer())) {
		err = missingConversation()
	}
	if err != nil {
		return l, t, err
	}
	q, err := newQuoter(tx, me.Viewer()).quote(l, between...)
	if err == nil && len(q.Events) == 0 {
		err = chat.Errorf(chat.Invalid, "Nobody says anything in these lines. Mark a message.")
	}
	return l, t, err
}

func linesOf(tx *store.Tx, in Stretch) (chat.Lines, error) {
	l := chat.Lines{Conversation: in.Conversation, Thread: in.Thread, From: in.From, To: in.To}
	if in.Thread != "" && in.From == 0 && in.To == 0 {
		return sitting(tx, l)
	}
	e, err := tx.Event(in.Conversation, in.From)
	if chat.IsKind(err, chat.Missing) || err == nil && in.Thread != "" && in.Thread != e.Thread {
		err = missingConversation()
	}
	l.Thread = e.Thread
	return l, err
}

// sitting is all of a Thread: up to the next one, or to the end.
func sitting(tx *store.Tx, l chat.Lines) (chat.Lines, error) {
	threads, err := tx.Threads(l.Conversation)
	if err != nil {
		return l, err
	}
	i := slices.IndexFunc(threads, func(t chat.Thread) bool { return t.ID == l.Thread })
	if i < 0 {
		return l, missingConversation()
	}
	if l.From = threads[i].First; i+1 < len(threads) {
		l.To = threads[i+1].First - 1
		return l, nil
	}
	s, err := tx.State(l.Conversation)
	l.To = s.Conversation.Head
	return l, err
}
