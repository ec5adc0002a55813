package chat_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"earshot/internal/chat"
)

var returns = chat.NewSideTalk{Text: "May she return it after 40 days?", Group: "g_2", Name: "Billing"}

// sideActs are what is done with questions to colleagues.
func sideActs(s *script, now *time.Time) map[string]func(*rapid.T) {
	agents := rapid.SampledFrom([]chat.Agent{ada, bob, dee})
	side := func(t *rapid.T) chat.SideTalk {
		if th := s.state.Thread; th != nil && len(th.SideTalks) > 0 {
			return rapid.SampledFrom(th.SideTalks).Draw(t, "side-talk")
		}
		return chat.SideTalk{}
	}
	return map[string]func(*rapid.T){
		"ask aside": func(t *rapid.T) {
			by := agents.Draw(t, "asker")
			_, err := chat.AskAside(s.state, by, returns, *now)
			question := chat.Event{Conversation: "k_1", Seq: int64(len(s.events) + 1)}
			_ = s.add([]chat.Event{chat.Asked(by, returns, question, *now)}, err)
		},
		"answer": func(t *rapid.T) {
			answer := chat.Fact(chat.KindMessage, agents.Draw(t, "answerer").Actor(), chat.ForAgents, chat.Micros(*now), chat.Said{Text: "yes"})
			_ = s.add(chat.ComeBack(side(t), answer, ada.ID, *now))
		},
		"ask further": func(t *rapid.T) {
			one, err := chat.AskFurther(s.state, side(t).Seq, "and he?")
			_ = s.add([]chat.Event{chat.AskedFurther(one, agents.Draw(t, "asker"), "and he?", chat.Event{Seq: 9}, *now)}, err)
		},
		"end aside, or take one of its words back": func(t *rapid.T) {
			if rapid.Bool().Draw(t, "end") || len(s.events) == 0 {
				_ = s.add(chat.EndAside(s.state, agents.Draw(t, "by"), side(t).Seq, *now))
				return
			}
			is := rapid.SampledFrom(s.events).Draw(t, "taken back")
			if talk, _ := is.Aside(); talk != "" {
				events, _, err := chat.TakeBackAside(is, s.notes(), bob.Actor(), *now)
				_ = s.add(events, err)
			}
		},
		"lose aside": func(*rapid.T) { _ = s.add(chat.LoseAside(s.state, "k_1", *now), nil) },
		"use answer": func(t *rapid.T) {
			_ = s.add(chat.UseAnswer(s.state, agents.Draw(t, "by"), side(t).Seq, s.event(side(t).Last), *now))
		},
		"tell aside": func(t *rapid.T) {
			_ = s.add(chat.TellAside(s.state, agents.Draw(t, "by"), side(t).Seq, "One moment.", *now))
		},
	}
}

// asked is a chat that Ada leads and in which she has asked Billing.
func askedAside(t *testing.T) (*script, int64) {
	t.Helper()
	s := newScript()
	must(t, s.add(chat.Post(s.state, mia.Actor(), chat.NewMessage{Text: "hi", Begin: chat.Beginning{Group: team}}, noon)))
	must(t, s.add(chat.Take(s.state, ada, chat.Given{}, noon)))
	events, err := chat.AskAside(s.state, ada, returns, noon)
	if err != nil || len(events) != 0 {
		t.Fatal(events, err)
	}
	must(t, s.add([]chat.Event{chat.Asked(ada, returns, chat.Event{Conversation: "k_1", Seq: 7}, noon)}, nil))
	return s, s.state.Conversation.Head
}

func (s *script) answer(t *testing.T, side int64, by chat.Agent, text string) []chat.Event {
	t.Helper()
	one, _ := s.state.Thread.SideTalk(side)
	said := chat.Fact(chat.KindMessage, by.Actor(), chat.ForAgents, chat.Micros(noon), chat.Said{Text: text, ReplyTo: 7})
	said.Seq = 8
	notes, err := chat.ComeBack(one, said, ada.ID, noon)
	must(t, s.add(notes, err))
	return notes
}

func (s *script) sideState(side int64) chat.SideState {
	one, _ := s.state.Thread.SideTalk(side)
	return one.State()
}

func TestSideTalk_GoesFromOpenToAnsweredToUsed(t *testing.T) {
	t.Parallel()
	s, side := askedAside(t)
	one, _ := s.state.Thread.SideTalk(side)
	if one.State() != chat.SideOpen || one.Due != chat.Micros(noon.Add(90*time.Second)) || one.Text != returns.Text {
		t.Errorf("asked: %+v", one)
	}
	if _, err := chat.UseAnswer(s.state, ada, side, chat.Event{}, noon); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("an answer is used that nobody gave: %v", err)
	}
	notes := s.answer(t, side, dee, "Yes, until Friday.")
	note := notes[0]
	if said, _ := chat.Decode[chat.Said](note); note.Kind != chat.KindNote || note.Audience != chat.ForAgents || note.Actor.Agent() != dee.ID ||
		cmp.Diff(&chat.SideAnswer{Side: side, Talk: "k_1", Seq: 8}, said.Answer) != "" || cmp.Diff([]chat.AgentID{ada.ID}, said.Mentions) != "" {
		t.Errorf("the note is %+v %s", note, note.Body)
	}
	s.answer(t, side, dee, "I mean Monday.")
	if one, _ = s.state.Thread.SideTalk(side); one.State() != chat.SideAnswered || one.Answers != 2 || len(one.Answerers) != 1 || one.Last != s.state.Conversation.Head {
		t.Errorf("answered: %+v", one)
	}
	if got := s.answer(t, side, ada, "She bought it in May."); len(got) != 0 {
		t.Errorf("the asker's own words come back: %+v", got)
	}
	must(t, s.add(chat.UseAnswer(s.state, ada, side, s.event(one.Last), noon)))
	if s.sideState(side) != chat.SideUsed {
		t.Errorf("used: %s", s.sideState(side))
	}
	if again, err := chat.UseAnswer(s.state, ada, side, s.event(one.Last), noon); err != nil || len(again) != 0 {
		t.Errorf("used again: %v %v", again, err)
	}
}

func TestSideTalk_IsOverWithItsThreadAndWhenItIsWithdrawn(t *testing.T) {
	t.Parallel()
	s, side := askedAside(t)
	if _, err := chat.EndAside(s.state, bob, side, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a bystander withdraws: %v", err)
	}
	must(t, s.add(chat.EndAside(s.state, ada, side, noon)))
	if got := s.answer(t, side, dee, "yes"); len(got) != 0 || s.sideState(side) != chat.SideWithdrawn {
		t.Errorf("what is withdrawn is answered: %+v, %s", got, s.sideState(side))
	}
	must(t, s.add([]chat.Event{chat.Asked(ada, returns, chat.Event{Conversation: "k_1", Seq: 9}, noon)}, nil))
	second := s.state.Conversation.Head
	must(t, s.add(chat.Close(s.state, ada.Actor(), chat.Resolved, 1, noon)))
	if got := s.answer(t, second, dee, "yes"); len(got) != 0 || s.sideState(second) != chat.SideOver {
		t.Errorf("what is over is answered: %+v, %s", got, s.sideState(second))
	}
	if s.sideState(side) != chat.SideWithdrawn {
		t.Errorf("closing changes what was withdrawn: %s", s.sideState(side))
	}
	if _, err := chat.AskAside(s.state, ada, returns, noon); !chat.IsKind(err, chat.Gone) {
		t.Errorf("a question about a closed chat: %v", err)
	}
	must(t, s.add(chat.Post(s.state, mia.Actor(), chat.NewMessage{Text: "again", Begin: chat.Beginning{Group: team}}, noon)))
	if len(s.state.Thread.SideTalks) != 0 {
		t.Error("the next sitting begins with the questions of the former one")
	}
}

func TestSideTalk_AFurtherQuestionOpensItAgain(t *testing.T) {
	t.Parallel()
	s, side := askedAside(t)
	further := func(at time.Time) {
		t.Helper()
		one, err := chat.AskFurther(s.state, side, "And without a receipt?")
		must(t, s.add([]chat.Event{chat.AskedFurther(one, ada, "And without a receipt?", chat.Event{Seq: 9}, at)}, err))
	}
	now := func() chat.SideTalk {
		one, _ := s.state.Thread.SideTalk(side)
		return one
	}
	must(t, s.add(chat.TellAside(s.state, ada, side, "One moment.", noon)))
	first := now()
	if further(noon.Add(time.Minute)); now().Due != first.Due || now().Told == 0 || now().State() != chat.SideOpen || now().Answers != 0 {
		t.Errorf("asked further while he waits: %+v", now())
	}
	answer := s.answer(t, side, dee, "Then not.")[0]
	if said, _ := chat.Decode[chat.Said](answer); s.sideState(side) != chat.SideAnswered || said.Answer.Due != 0 {
		t.Errorf("answered: %s", s.sideState(side))
	}
	must(t, s.add(chat.UseAnswer(s.state, ada, side, s.event(now().Last), noon)))
	later := noon.Add(time.Hour)
	further(later)
	if n := now(); n.State() != chat.SideOpen || n.Used != 0 || n.Told != 0 || n.Due != chat.Micros(later.Add(chat.SidePatience)) || len(n.Answerers) != 1 {
		t.Errorf("asked further after it was used: %+v", n)
	}
	s.answer(t, side, dee, "With the card's bill.")
	if s.sideState(side) != chat.SideAnswered {
		t.Errorf("answered again: %s", s.sideState(side))
	}
	if _, err := chat.AskFurther(s.state, side, " "); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("without words: %v", err)
	}
	must(t, s.add(chat.EndAside(s.state, ada, side, noon)))
	if _, err := chat.AskFurther(s.state, side, "and?"); !chat.IsKind(err, chat.Gone) {
		t.Errorf("what is over is asked further: %v", err)
	}
}

func TestSideTalk_WhoMayNotSeeTheChatIsAskedWithOneMoreKey(t *testing.T) {
	t.Parallel()
	s, _ := askedAside(t)
	in := chat.NewSideTalk{Text: "Is it signed?", Agent: dee.ID, Name: dee.Name, Strangers: []chat.Agent{dee}}
	_, err := chat.AskAside(s.state, ada, in, noon)
	e, _ := err.(*chat.Error)
	if e == nil || e.Kind != chat.Conflict || cmp.Diff(chat.Blind{Agents: []chat.AgentID{dee.ID}, MayGrant: true}, e.Detail) != "" {
		t.Fatalf("unconfirmed: %+v", err)
	}
	in.Confirmed = true
	if events, err := chat.AskAside(s.state, ada, in, noon); err != nil || len(events) != 0 {
		t.Errorf("confirmed: %v %v; want asked, and nobody let in", events, err)
	}
	in.Confirmed, in.Grant = false, true
	if events, err := chat.AskAside(s.state, ada, in, noon); err != nil || len(events) != 1 || events[0].Kind != chat.KindGrant {
		t.Errorf("let in: %v %v", events, err)
	}
	if _, err := chat.AskAside(s.state, bob, in, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("who does not lead lets somebody in: %v", err)
	}
	in.Agent, in.Group = "", "g_2"
	if _, err := chat.AskAside(s.state, ada, in, noon); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("a group is let in: %v", err)
	}
}

func TestSideTalk_TheVisitorIsToldOnceAndNothingOfIt(t *testing.T) {
	t.Parallel()
	s, side := askedAside(t)
	if _, err := chat.TellAside(s.state, bob, side, "One moment.", noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("who takes no part tells the visitor: %v", err)
	}
	waits := s.state.Thread.WaitingSince
	must(t, s.add(chat.TellAside(s.state, ada, side, "I have asked a colleague.", noon)))
	if s.state.Thread.WaitingSince != waits || waits == 0 {
		t.Error("the line is taken for an answer")
	}
	if _, err := chat.TellAside(s.state, ada, side, "I have asked a colleague.", noon); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("told twice: %v", err)
	}
	s.answer(t, side, dee, "yes")
	forVisitor := 0
	for _, e := range s.events {
		viewer := chat.Viewer{Kind: chat.ByVisitor, Visitor: mia.ID, Conversation: "c_1"}
		if chat.Visible(e, s.state.Access(), viewer) {
			forVisitor++
			if body := string(chat.ForVisitor(e).Body); e.Kind != chat.KindMessage && e.Kind != chat.KindAssign || len(body) > 60 {
				t.Errorf("the visitor receives %s %s", e.Kind, body)
			}
		}
	}
	if forVisitor != 3 {
		t.Errorf("the visitor receives %d events, want the two messages and that Ada leads", forVisitor)
	}
	must(t, s.add([]chat.Event{chat.Asked(ada, returns, chat.Event{Conversation: "k_1", Seq: 9}, noon)}, nil))
	late := s.state.Conversation.Head
	s.answer(t, late, dee, "no")
	if _, err := chat.TellAside(s.state, ada, late, "One moment.", noon); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("told though there is an answer: %v", err)
	}
}

// A question and an answer are changed where they stand, so that the two places
// never say different things.
func TestSideTalk_ItsWordsAreChangedInTheTalkAlone(t *testing.T) {
	t.Parallel()
	s, side := askedAside(t)
	note := s.answer(t, side, dee, "yes")[0]
	note.Seq = s.state.Conversation.Head
	if _, _, err := chat.Edit(note, dee.Actor(), "no", noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("the note is edited: %v", err)
	}
	if _, _, err := chat.Redact(note, dee.Actor(), noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("the note is taken back: %v", err)
	}
	question := chat.Question("c_1", ada, returns, noon)
	if _, _, err := chat.Edit(question, ada.Actor(), "other words", noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("the question is edited: %v", err)
	}
	e, said, err := chat.EditAnswer(note, dee.Actor(), "no", noon)
	if err != nil || e.Kind != chat.KindEdit || said.Text != "no" || said.Edited == 0 || said.Answer == nil {
		t.Errorf("reworded: %+v %+v %v", e, said, err)
	}
	events, empty, err := chat.TakeBackAside(note, nil, dee.Actor(), noon)
	if err != nil || len(events) != 1 || events[0].Kind != chat.KindRedact || empty.Text != "" || empty.Answer == nil {
		t.Errorf("taken back: %+v %+v %v", events, empty, err)
	}
	question = s.events[side-1]
	events, empty, err = chat.TakeBackAside(question, nil, ada.Actor(), noon)
	must(t, s.add(events, err))
	if one, _ := s.state.Thread.SideTalk(side); one.State() != chat.SideWithdrawn || one.Text != "" || empty.Text != "" || empty.Asks == nil {
		t.Errorf("the question taken back: %+v %+v", one, empty)
	}
}

func (s *script) notes() []chat.Event {
	return slices.DeleteFunc(slices.Clone(s.events), func(e chat.Event) bool { return e.Kind != chat.KindNote })
}

// What is left is counted anew from the notes, so that it is what it would be without
// the one that was taken back.
func TestTakeBackAside_ThoseThatAreLeftCount(t *testing.T) {
	t.Parallel()
	s, side := askedAside(t)
	s.answer(t, side, dee, "yes")
	s.answer(t, side, bob, "no")
	first := s.notes()[0]
	events, _, err := chat.TakeBackAside(first, s.notes(), dee.Actor(), noon)
	must(t, s.add(events, err))
	one, _ := s.state.Thread.SideTalk(side)
	if last := s.notes()[1].Seq; one.Answers != 1 || one.Last != last || one.State() != chat.SideAnswered || cmp.Diff([]chat.AgentID{bob.ID}, one.Answerers) != "" {
		t.Errorf("one of two taken back: %+v", one)
	}
}

// event is the one of a number, empty where there is none.
func (s *script) event(seq int64) chat.Event {
	if i := slices.IndexFunc(s.events, func(e chat.Event) bool { return e.Seq == seq }); i >= 0 {
		return s.events[i]
	}
	return chat.Event{}
}
