package chat

import (
	"cmp"
	"slices"
	"time"
)

// MaxKnowers is how many colleagues are asked, for one chat, whether they add what
// they know of its visitor.
const MaxKnowers = 3

// Helped is that an agent led an earlier sitting of a visitor, or was a member of
// it. Maybe says that only a typed address speaks for its being the same visitor.
type Helped struct {
	Agent        AgentID
	Conversation ConversationID
	Thread       ThreadID
	Since, Until int64
	Maybe        bool
}

// The ways in which a card ends. With its Thread it ends by itself.
const (
	CardDismissed = "dismissed"
	CardOffered   = "offered" // the colleague has added what he knows
	CardOpened    = "opened"  // he looks into the conversation
)

// Knows is the body of knows and knows.ended, an agent's own: he has helped the
// visitor of a chat before. It names nothing but the chat.
type Knows struct {
	Conversation ConversationID `json:"conversation"`
	Thread       ThreadID       `json:"thread"`
	How          string         `json:"how,omitempty"` // of knows.ended
}

// Knowers chooses who gets a card for a Thread: who has helped its visitor before,
// may see it, and is not in it. Who surely knows him goes before who may; then who
// helped last, and then longest. had are those who were given one already: nobody
// gets a second one, and they count.
func Knowers(t Thread, past []Helped, had []AgentID, sees func(AgentID) bool) []Helped {
	best := map[AgentID]Helped{}
	for _, h := range past {
		if h.Thread == t.ID || t.TakesPart(h.Agent) || slices.Contains(had, h.Agent) || !sees(h.Agent) {
			continue
		}
		if other, known := best[h.Agent]; !known || rather(h, other) < 0 {
			best[h.Agent] = h
		}
	}
	all := make([]Helped, 0, len(best))
	for _, h := range best {
		all = append(all, h)
	}
	slices.SortFunc(all, rather)
	return all[:min(len(all), max(MaxKnowers-len(had), 0))]
}

func rather(a, b Helped) int {
	if a.Maybe != b.Maybe {
		if b.Maybe {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.Until, a.Until), cmp.Compare(b.Until-b.Since, a.Until-a.Since), cmp.Compare(a.Agent, b.Agent), cmp.Compare(a.Thread, b.Thread))
}

// OfferContext is the rule of adding what one knows of a visitor: whispered to the
// lead alone, and a note while nobody leads. It needs no watching: the card is the
// right to it.
func OfferContext(s State, by Agent, text string, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; nobody needs the context any more. Your text is kept.")
	case t.Lead == "" || t.Lead == by.ID:
		return AddNote(s, by.Actor(), NewMessage{Text: text}, now)
	}
	if err := CheckText(text, 0); err != nil {
		return nil, err
	}
	return []Event{Fact(KindWhisper, by.Actor(), Private(t.Lead, by.ID), Micros(now), Said{Text: text})}, nil
}
