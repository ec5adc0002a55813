package chat

import (
	"strings"
	"time"
	"unicode/utf8"
)

// NewMessage is what a person wants to say.
type NewMessage struct {
	Text  string
	Files []FileRef
	// Mentions are those whom a note calls; see [CleanMentions].
	Mentions []AgentID
	// Typing is how long the author typed.
	Typing time.Duration
	// Bridge: it tells the visitor who goes on, and is no answer.
	Bridge bool
	// Unseen are colleagues' replies that came after what the author had seen.
	// Where there are any, an agent's message is held for a confirmation.
	Unseen []Event
	// Arrival describes where the visitor is, for the Thread that a visitor's
	// message may begin.
	Arrival Arrival
	// Begin is how a Thread begins that the message opens.
	Begin Beginning
}

// Beginning is what is decided about a Thread before it opens.
type Beginning struct {
	Group    Group
	Placed   *Placed
	Priority int
	Skills   []string
	Mode     Mode
	Owner    AgentID
	Order    Order
	// Over says that the agent who begins it has it above his limit.
	Over bool
}

// Collision is the detail of the conflict that a held message answers with.
type Collision struct {
	Replies []Event `json:"replies"`
}

// CheckText refuses what no message may be: not UTF-8, with a NUL, over
// MaxText characters, or empty where there is no file.
func CheckText(text string, files int) error {
	switch {
	case !utf8.ValidString(text):
		return Errorf(Invalid, "The text is not valid UTF-8. Nothing was stored; send it again as UTF-8.")
	case strings.ContainsRune(text, 0):
		return Errorf(Invalid, "The text holds a NUL character. Nothing was stored; remove it and send again.")
	case utf8.RuneCountInString(text) > MaxText:
		return Errorf(Invalid, "The text has %d characters; at most %d fit into one message. Nothing was stored; split it.", utf8.RuneCountInString(text), MaxText)
	case files > MaxFiles:
		return Errorf(Invalid, "%d files in one message; at most %d fit. Nothing was stored; send the rest in another.", files, MaxFiles)
	case files == 0 && strings.TrimSpace(text) == "":
		return Errorf(Invalid, "The message is empty. Write something or add a file.")
	}
	return nil
}

// sayFirst is the line to the visitor that goes before an act, in the name of whom
// it is; "" = none.
func sayFirst(s State, by Agent, line string, now time.Time) ([]Event, error) {
	if line == "" {
		return nil, nil
	}
	if t := s.OpenThread(); t == nil || !t.TakesPart(by.ID) {
		return nil, Errorf(Denied, "You are not in this conversation, so you cannot write to the visitor. Leave the sentence out, or join first.")
	}
	return Post(s, by.Actor(), NewMessage{Text: line, Bridge: true}, now)
}

// Post is the rule of a message to the other side. A visitor's message begins a
// Thread where none is open, or reopens one that he left within RecoverFor. An
// agent must take part in the open Thread; to a Conversation without one the
// agent's message begins a Thread that he leads.
func Post(s State, by Actor, m NewMessage, now time.Time) ([]Event, error) {
	if err := CheckText(m.Text, len(m.Files)); err != nil {
		return nil, err
	}
	at := Micros(now)
	var events []Event
	open := s.OpenThread()
	switch {
	case by.Kind == ByVisitor && open == nil:
		events = append(events, begin(s, by, m, at))
	case by.Kind == ByAgent && open == nil:
		body := Started{Number: nextNumber(s), Group: m.Begin.Group.ID, Policy: m.Begin.Group.Policy, Stub: m.Begin.Group.Stub, Lead: by.Agent(),
			Placement: m.Begin.Placed, Over: m.Begin.Over}
		events = append(events, Fact(KindStarted, by, ForAgents, at, body))
	case by.Kind == ByAgent && !open.TakesPart(by.Agent()):
		return nil, Errorf(Denied, "You are not in this conversation. Take it or join it before you answer; your text is kept.")
	case by.Kind == ByAgent && !open.Speaks(by.Agent(), at):
		return propose(*open, by, m, at)
	case by.Kind == ByAgent && len(m.Unseen) > 0:
		return nil, &Error{Kind: Conflict, Message: "A colleague answered meanwhile. Read the answer, then send yours again if it is still right.",
			Detail: Collision{Replies: m.Unseen}}
	}
	said := Said{Text: m.Text, Files: m.Files, TypingMS: m.Typing.Milliseconds(), Bridge: m.Bridge}
	return append(events, Fact(KindMessage, by, ForAll, at, said)), nil
}

// Begins reports whether a visitor's message begins a new Thread: none is open,
// and none that he left a moment ago waits for him in its old place.
func Begins(s State, now time.Time) bool {
	return s.OpenThread() == nil && !reopens(s.Thread, Micros(now))
}

func reopens(t *Thread, at int64) bool {
	return t != nil && t.Reason == Abandoned && at-t.ClosedAt <= RecoverFor.Microseconds()
}

// begin is how a visitor's message opens a sitting.
func begin(s State, by Actor, m NewMessage, at int64) Event {
	if t := s.Thread; reopens(t, at) {
		return Fact(KindReopened, by, ForAgents, at, Reopened{QueuedAt: t.QueuedAt})
	}
	arrival, b := m.Arrival, m.Begin
	body := Started{Number: nextNumber(s), Group: b.Group.ID, Policy: b.Group.Policy, Stub: b.Group.Stub, Arrival: &arrival, Placement: b.Placed,
		Priority: b.Priority, Skills: b.Skills, Mode: b.Mode, Place: PlaceInQueue(at, b.Priority, false, b.Order), Owner: b.Owner}
	body.Recent, body.RecentAt = recentOf(s.Thread)
	return Fact(KindStarted, by, ForAgents, at, body)
}

func nextNumber(s State) int {
	if s.Thread == nil {
		return 1
	}
	return s.Thread.Number + 1
}

// AddNote is the rule of a note: for the team alone, also on a closed Thread.
func AddNote(s State, by Actor, m NewMessage, now time.Time) ([]Event, error) {
	if by.Kind != ByAgent {
		return nil, Errorf(Denied, "Only the team writes notes.")
	}
	if err := CheckText(m.Text, len(m.Files)); err != nil {
		return nil, err
	}
	said := Said{Text: m.Text, Files: m.Files, TypingMS: m.Typing.Milliseconds(), Mentions: m.Mentions}
	return []Event{Fact(KindNote, by, ForAgents, Micros(now), said)}, nil
}

// MarkSeen is the rule of a side having read up to a vseq. It answers no event
// where that is known already.
func MarkSeen(s State, by Actor, upTo int64, now time.Time) []Event {
	upTo = min(upTo, s.Conversation.VHead)
	side, known := SideTeam, s.Conversation.SeenTeam
	if by.Kind == ByVisitor {
		side, known = SideVisitor, s.Conversation.SeenVisitor
	}
	if upTo <= known {
		return nil
	}
	return []Event{Fact(KindSeen, by, ForAll, Micros(now), Seen{Side: side, UpTo: upTo})}
}

// The sides of a customer Conversation.
const (
	SideVisitor = "visitor"
	SideTeam    = "team"
)

// Edit is the rule of replacing one's own text. The caller stores the returned
// body in the target's place.
func Edit(target Event, by Actor, text string, now time.Time) (Event, Said, error) {
	said, err := own(target, by)
	if err != nil {
		return Event{}, said, err
	}
	if err := CheckText(text, len(said.Files)); err != nil {
		return Event{}, said, err
	}
	e, said := reworded(target, said, by, text, now)
	return e, said, nil
}

func reworded(target Event, said Said, by Actor, text string, now time.Time) (Event, Said) {
	former := said.Text
	said.Text, said.Edited = text, Micros(now)
	body := Edited{Target: target.Seq, VTarget: target.VSeq, Text: text, Former: former}
	e := Fact(KindEdit, by, target.Audience, Micros(now), body)
	e.Thread = target.Thread
	return e, said
}

// Redact is the rule of taking one's own text back: the target is emptied and
// its number stays. The caller stores the returned body in the target's place.
func Redact(target Event, by Actor, now time.Time) (Event, Said, error) {
	said, err := own(target, by)
	if err != nil {
		return Event{}, Said{}, err
	}
	e := Fact(KindRedact, by, target.Audience, Micros(now), Redacted{Target: target.Seq, VTarget: target.VSeq})
	e.Thread = target.Thread
	return e, said.AsEmptied(Micros(now)), nil
}

// AsEmptied is what stays of what was said when its words are gone: what others go by
// who fold it then. A bridge answers nothing, a reply stands where it stood, and what
// was asked aside, or answered, has its place in both Conversations.
func (s Said) AsEmptied(at int64) Said {
	return Said{Emptied: at, Bridge: s.Bridge, ReplyTo: s.ReplyTo, Asks: s.Asks, Answer: s.Answer}
}

func own(target Event, by Actor) (Said, error) {
	if target.Kind != KindMessage && target.Kind != KindNote && target.Kind != KindWhisper {
		return Said{}, Errorf(Invalid, "Only messages, notes and whispers can be changed.")
	}
	said, err := standing(target, by)
	switch {
	case err != nil:
	case said.Answer != nil:
		err = Errorf(Denied, "This is an answer to a question. Change it where you wrote it; this note follows.")
	case said.Side != nil:
		err = Errorf(Denied, "A question about a conversation is not reworded, since its asker may wait for an answer to these words. Withdraw it and ask again.")
	}
	return said, err
}

// standing reads somebody's own words that have not been taken back.
func standing(target Event, by Actor) (Said, error) {
	if target.Actor.Kind != by.Kind || target.Actor.ID != by.ID {
		return Said{}, Errorf(Denied, "Only its author can change a message.")
	}
	said, err := Decode[Said](target)
	if err == nil && said.Emptied != 0 {
		err = Errorf(Gone, "This message was taken back already.")
	}
	return said, err
}
