package chat

import "time"

// NewSideTalk is what an agent wants to ask aside. To is who is asked, by id or
// Group; Strangers are those of them whom the Thread does not admit.
type NewSideTalk struct {
	Text      string
	Agent     AgentID
	Group     GroupID
	Name      string
	Called    []AgentID
	Strangers []Agent
	// Confirmed: he knows that Strangers see the question alone; Grant lets them see
	// the Thread as guests.
	Confirmed, Grant bool
}

// AskAside is the rule of a question to colleagues, before it is asked: it answers
// the events that let them see the Thread where the asker wants that.
func AskAside(s State, by Agent, in NewSideTalk, now time.Time) ([]Event, error) {
	if err := CheckText(in.Text, 0); err != nil {
		return nil, err
	}
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed, so an answer would have nowhere to come back to. Ask in the channel itself; your text is kept.")
	case in.Agent == by.ID:
		return nil, Errorf(Invalid, "That is you. Ask a colleague or a group.")
	case len(t.SideTalks) >= MaxSideTalks:
		return nil, Errorf(Limited, "Colleagues were asked %d times in this conversation; that is the most. Ask in the channel itself; your text is kept.", MaxSideTalks)
	case len(in.Strangers) == 0:
		return nil, nil
	case in.Grant && in.Agent == "":
		return nil, Errorf(Invalid, "Colleagues are let see a conversation one by one, and not a group at once. Ask without it, or ask one of them.")
	case in.Grant:
		return Grant(s, by, in.Strangers, now)
	case !in.Confirmed:
		return nil, blind(*t, by, in)
	}
	return nil, nil
}

func blind(t Thread, by Agent, in NewSideTalk) error {
	detail := Blind{Agents: make([]AgentID, len(in.Strangers)), MayGrant: in.Agent != "" && t.MayGrant(by)}
	for i, a := range in.Strangers {
		detail.Agents[i] = a.ID
	}
	who := in.Name + " may not see this conversation"
	if in.Group != "" {
		who = "Some in " + in.Name + " may not see this conversation"
	}
	return &Error{Kind: Conflict, Message: "Not asked yet: " + who + ", and would see the question alone. Confirm it; your text is kept.", Detail: detail}
}

// Question is the message of a side-talk in the talk where it is asked.
func Question(c ConversationID, by Agent, in NewSideTalk, now time.Time) Event {
	said := Said{Text: in.Text, Mentions: in.Called, Side: &SideCard{Conversation: c, State: SideOpen}}
	return talkFact(KindMessage, by.Actor(), now, said)
}

// Asked is the event of a side-talk whose question stands in a talk.
func Asked(by Agent, in NewSideTalk, question Event, now time.Time) Event {
	asks := &SideAsked{Agent: in.Agent, Group: in.Group, Name: in.Name, Talk: question.Conversation, Message: question.Seq, Due: Micros(now.Add(SidePatience))}
	return Fact(KindSideAsked, by.Actor(), ForAgents, Micros(now), Said{Text: in.Text, Asks: asks})
}

// AskFurther is the rule of another question to those who were asked, under the first:
// it answers that side-talk.
func AskFurther(s State, seq int64, text string) (SideTalk, error) {
	side, found := s.Thread.SideTalk(seq)
	switch {
	case !found:
		return side, noSideTalk()
	case s.OpenThread() == nil || !side.Live():
		return side, Errorf(Gone, "This question is over, so an answer would not come back. Ask anew; your text is kept.")
	}
	return side, CheckText(text, 0)
}

// Further is the message of a further question in the talk, for those who answered or,
// where nobody has, who were called first.
func Further(side SideTalk, by Agent, text string, call []AgentID, now time.Time) Event {
	return talkFact(KindMessage, by.Actor(), now, Said{Text: text, ReplyTo: side.Message, Mentions: call})
}

// AskedFurther is the note of a further question that stands in the talk.
func AskedFurther(side SideTalk, by Agent, text string, question Event, now time.Time) Event {
	answer := &SideAnswer{Side: side.Seq, Talk: side.Talk, Seq: question.Seq, Due: Micros(now.Add(SidePatience))}
	return Fact(KindNote, by.Actor(), ForAgents, Micros(now), Said{Text: text, Answer: answer})
}

// ComeBack is the rule of what somebody said under a question in a talk: it comes
// back as his note, unless the side-talk is over or these are the asker's own
// words. call is the one whom the note calls; "" = nobody.
func ComeBack(side SideTalk, answer Event, call AgentID, now time.Time) ([]Event, error) {
	said, err := Decode[Said](answer)
	if err != nil || !side.Live() || answer.Actor.Agent() == "" || answer.Actor.Agent() == side.By {
		return nil, err
	}
	note := Said{Text: said.Text, TypingMS: said.TypingMS, Answer: &SideAnswer{Side: side.Seq, Talk: side.Talk, Seq: answer.Seq, Files: len(said.Files)}}
	if call != "" && call != answer.Actor.Agent() {
		note.Mentions = []AgentID{call}
	}
	return []Event{Fact(KindNote, answer.Actor, ForAgents, Micros(now), note)}, nil
}

// EditAnswer is the rule of the note of an answer that was reworded in its talk.
func EditAnswer(note Event, by Actor, text string, now time.Time) (Event, Said, error) {
	said, err := Decode[Said](note)
	if err != nil || said.Emptied != 0 {
		return Event{}, said, err
	}
	e, said := reworded(note, said, by, text, now)
	return e, said, nil
}

// Aside is the message of a talk that an event of a customer's Conversation stands for:
// the question, another one, or an answer; none where it is of no side-talk.
func (e Event) Aside() (talk ConversationID, seq int64) {
	if e.Kind != KindSideAsked && e.Kind != KindNote {
		return "", 0
	}
	said, err := Decode[Said](e)
	switch {
	case err != nil:
	case said.Asks != nil:
		return said.Asks.Talk, said.Asks.Message
	case said.Answer != nil:
		return said.Answer.Talk, said.Answer.Seq
	}
	return "", 0
}

// MayTakeBackAside is whether somebody takes back from the Conversation what he has
// asked or answered aside. It goes in the talk, too, also where that is out of his reach:
// the words are his.
func MayTakeBackAside(is Event, by Actor) error {
	_, err := standing(is, by)
	return err
}

// TakeBackThere is the rule of the message in the talk of what was taken back in the
// Conversation. Where it is gone it answers no event.
func TakeBackThere(target Event, by Actor, now time.Time) ([]Event, Said, error) {
	said, err := lineOf(target)
	if err != nil || said.Emptied != 0 {
		return nil, said, err
	}
	return []Event{talkFact(KindRedact, by, now, Redacted{Target: target.Seq})}, said.AsEmptied(Micros(now)), nil
}

// TakeBackAside is the rule of the note of an answer, or of a question, that was
// taken back in its talk: its words go, the side-talk of a question is over, and that of
// an answer is as if it had not been given. notes are those of its Thread. What is taken
// back already answers no event.
func TakeBackAside(is Event, notes []Event, by Actor, now time.Time) ([]Event, Said, error) {
	said, err := Decode[Said](is)
	if err != nil || said.Emptied != 0 {
		return nil, said, err
	}
	e := Fact(KindSideEnded, by, ForAgents, Micros(now), SideChanged{Side: is.Seq, How: TakenBack})
	if said.Answer != nil {
		left := leftOf(said.Answer.Side, notes, is.Seq)
		e = Fact(KindRedact, by, is.Audience, Micros(now), Redacted{Target: is.Seq, Side: &left})
	}
	e.Thread = is.Thread
	return []Event{e}, said.AsEmptied(Micros(now)), nil
}

// EndAside is the rule of withdrawing a question: by its asker, who leads the
// Thread, and who oversees its Group. What is over answers no event.
func EndAside(s State, by Agent, seq int64, now time.Time) ([]Event, error) {
	side, found := s.Thread.SideTalk(seq)
	switch {
	case !found:
		return nil, noSideTalk()
	case !side.Live():
		return nil, nil
	case side.By != by.ID && s.Thread.Lead != by.ID && !by.Oversees(s.Thread.Group):
		return nil, Errorf(Denied, "Only who asked, the lead or a supervisor withdraws a question.")
	}
	return []Event{Fact(KindSideEnded, by.Actor(), ForAgents, Micros(now), SideChanged{Side: seq, How: Withdrawn})}, nil
}

// LoseAside is the rule of questions in the channel of a Group that is deleted: those
// that nobody has answered end, so that nobody waits for what cannot come. They do not
// go to its successor, whose people the asker has not chosen.
func LoseAside(s State, talk ConversationID, now time.Time) (events []Event) {
	if s.OpenThread() == nil {
		return nil
	}
	for _, side := range s.Thread.SideTalks {
		if side.Talk == talk && side.State() == SideOpen {
			events = append(events, Fact(KindSideEnded, System(), ForAgents, Micros(now), SideChanged{Side: side.Seq, How: GroupDeleted}))
		}
	}
	return events
}

// UseAnswer is the rule of an answer that an agent puts into his reply; note is the one
// that he names. The second time answers no event.
func UseAnswer(s State, by Agent, seq int64, note Event, now time.Time) ([]Event, error) {
	side, found := s.Thread.SideTalk(seq)
	switch {
	case !found:
		return nil, noSideTalk()
	case side.Answers == 0:
		return nil, Errorf(Conflict, "Nobody has answered yet.")
	}
	if err := answers(note, seq); err != nil {
		return nil, err
	}
	if !side.Live() || side.Used != 0 {
		return nil, nil
	}
	return []Event{Fact(KindSideUsed, by.Actor(), ForAgents, Micros(now), SideChanged{Side: seq, Note: note.Seq})}, nil
}

// answers refuses what is no answer to a question, or none any more.
func answers(note Event, side int64) error {
	said, err := Decode[Said](note)
	switch {
	case err != nil || note.Kind != KindNote || said.Answer == nil || said.Answer.Side != side || said.Answer.Due != 0:
		return Errorf(Missing, "This is no answer to that question.")
	case said.Emptied != 0:
		return Errorf(Gone, "This answer was taken back.")
	}
	return nil
}

// TellAside is the rule of the line to the visitor while an answer takes its time:
// once for each question, and not any more when there is an answer.
func TellAside(s State, by Agent, seq int64, line string, now time.Time) ([]Event, error) {
	side, found := s.Thread.SideTalk(seq)
	switch {
	case !found:
		return nil, noSideTalk()
	case side.Told != 0:
		return nil, Errorf(Conflict, "The visitor has been told already. Nothing was sent.")
	case side.State() != SideOpen:
		return nil, Errorf(Conflict, "This question has an answer or is over, so there is nothing to wait for. Nothing was sent.")
	case s.OpenThread() != nil && s.Thread.TakesPart(by.ID) && !s.Thread.Speaks(by.ID, Micros(now)):
		return nil, Errorf(Denied, "What you write goes through the host here. Ask the host to tell the visitor.")
	}
	if err := CheckText(line, 0); err != nil {
		return nil, err
	}
	said, err := sayFirst(s, by, line, now)
	if err != nil {
		return nil, err
	}
	return append(said, Fact(KindSideTold, by.Actor(), ForAgents, Micros(now), SideChanged{Side: seq})), nil
}

func noSideTalk() error {
	return Errorf(Missing, "There is no such question in this conversation.")
}

// Recard is the event of a talk whose question has another card, and the body that
// the caller stores in the question's place; none where it shows that already or
// was taken back.
func Recard(question Event, card SideCard, by Actor, now time.Time) ([]Event, Said, error) {
	said, err := Decode[Said](question)
	if err != nil || said.Side == nil || said.Side.Same(card) {
		return nil, said, err
	}
	said.Side = &card
	return []Event{talkFact(KindSideCard, by, now, SideCarded{Target: question.Seq, Card: card})}, said, nil
}
