package chat

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMayCoach_WhoOverseesWhoWasAskedAndPeersWhereTheGroupSaysSo(t *testing.T) {
	t.Parallel()
	agent := Agent{ID: agentID, Role: Member, Groups: []GroupID{"g_a", "g_b"}}
	peer := Agent{ID: coachID, Role: Member, Groups: []GroupID{"g_b", "g_c"}}
	off := peer
	off.Disabled = true
	for what, c := range map[string]struct {
		rules Coaching
		coach Agent
		want  bool
	}{
		"a supervisor":             {coach: Agent{ID: coachID, Role: Supervisor}, want: true},
		"a group's supervisor":     {coach: peer.Enrol("g_b", ClassSupervisor), want: true},
		"another group's":          {coach: peer.Enrol("g_c", ClassSupervisor)},
		"an owner":                 {coach: Agent{ID: coachID, Role: Owner}, want: true},
		"a colleague":              {coach: peer},
		"one who was asked":        {rules: Coaching{Asked: map[AgentID][]AgentID{agentID: {coachID}}}, coach: peer, want: true},
		"one who asked himself":    {rules: Coaching{Asked: map[AgentID][]AgentID{coachID: {agentID}}}, coach: peer},
		"a peer of a group's rule": {rules: Coaching{Peers: []GroupID{"g_b"}}, coach: peer, want: true},
		"a peer of another group":  {rules: Coaching{Peers: []GroupID{"g_a", "g_c"}}, coach: peer},
		"one who is disabled":      {rules: Coaching{Peers: []GroupID{"g_b"}}, coach: off},
		"himself":                  {coach: Agent{ID: agentID, Role: Owner}},
		"nobody":                   {coach: Agent{Role: Owner}},
	} {
		if got := c.rules.MayCoach(c.coach, agent); got != c.want {
			t.Errorf("%s: %t, want %t", what, got, c.want)
		}
	}
}

func TestWriterOf_GoesByWhoSentTheLines(t *testing.T) {
	t.Parallel()
	say := func(seq int64, kind ActorKind, id string) Event {
		return Event{Seq: seq, Kind: KindMessage, Actor: Actor{Kind: kind, ID: id}}
	}
	lines := []Event{say(1, ByVisitor, "v_1"), say(2, ByAgent, "a_1"), say(3, ByAgent, "a_2"), say(4, ByAgent, "a_1"), say(5, BySystem, "")}
	if diff := cmp.Diff([]AgentID{"a_1", "a_2"}, Writers(lines)); diff != "" {
		t.Errorf("writers (-want +got):\n%s", diff)
	}
	for what, c := range map[string]struct {
		lines        []Event
		coach, named AgentID
		want         AgentID
	}{
		"two":                 {lines: lines, coach: "a_9"},
		"two, one is named":   {lines: lines, coach: "a_9", named: "a_2", want: "a_2"},
		"named, wrote none":   {lines: lines, coach: "a_9", named: "a_7"},
		"the other is coach":  {lines: lines, coach: "a_1", want: "a_2"},
		"the coach himself":   {lines: lines, coach: "a_1", named: "a_1"},
		"the visitor's alone": {lines: lines[:1], coach: "a_9"},
	} {
		got, err := WriterOf(c.lines, c.coach, c.named)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
}

func TestExample_IsSharedWithEverybodysYesAlone(t *testing.T) {
	t.Parallel()
	now := time.Unix(1, 0)
	e := Example{Lines: Lines{Conversation: "c", Thread: "t", From: 1, To: 3}, By: "a_1", Title: " A  kind no ", Scope: ScopeGroup, Group: "g"}
	e = must1(t)(e.Write([]AgentID{"a_1", "a_2", "a_3"}, now))
	inside, outside := Viewer{Kind: ByAgent, Agent: "a_9", Groups: []GroupID{"g"}}, Viewer{Kind: ByAgent, Agent: "a_9"}
	asked, boss := Viewer{Kind: ByAgent, Agent: "a_3"}, Viewer{Kind: ByAgent, Agent: "a_9", Role: Owner}
	if e.Title != "A kind no" || e.Shared() || e.ShownTo(inside) || e.ShownTo(boss) || !e.ShownTo(asked) {
		t.Errorf("while it asks: %+v", e)
	}
	e = must1(t)(e.Consent("a_2", true, now))
	if e.Shared() {
		t.Error("one is still asked and it is shared")
	}
	e = must1(t)(e.Consent("a_3", true, now))
	if !e.Shared() || !e.ShownTo(inside) || !e.ShownTo(boss) || e.ShownTo(outside) || e.ShownTo(Viewer{Kind: ByVisitor, Visitor: "v"}) {
		t.Error("with all their yes it is not shown to its group alone")
	}
	if no := must1(t)(e.Consent("a_2", false, now)); no.Shared() || no.ShownTo(inside) || !e.Shared() {
		t.Error("taken back, it is still shown")
	}
	if _, err := e.Consent("a_9", true, now); !IsKind(err, Missing) {
		t.Errorf("who is not asked answers: %v", err)
	}
	if nobody := (Example{Scope: ScopeTeam}); nobody.Shared() {
		t.Error("without anybody's yes it is shared")
	}
	e.Scope = ScopeTeam
	if wider := must1(t)(e.Write([]AgentID{"a_1", "a_2"}, now)); wider.Shared() || wider.Group != "" {
		t.Errorf("a yes for the group was taken for the team: %+v", wider)
	}
	e.Scope = ScopeOwn
	if own := must1(t)(e.Write(nil, now)); own.Shared() || own.ShownTo(asked) || !own.ShownTo(Viewer{Kind: ByAgent, Agent: "a_1"}) {
		t.Errorf("one's own example: %+v", own)
	}
	for what, bad := range map[string]func(*Example){
		"no title": func(e *Example) { e.Title = " " }, "no scope": func(e *Example) { e.Scope = "world" },
		"no group": func(e *Example) { e.Scope, e.Group = ScopeGroup, "" }, "no lines": func(e *Example) { e.To = 0 },
		"many lines": func(e *Example) { e.To = e.From + MaxLines },
	} {
		b := e
		bad(&b)
		if _, err := b.Write([]AgentID{"a_1"}, now); !IsKind(err, Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	e.Scope = ScopeTeam
	if _, err := e.Write(nil, now); !IsKind(err, Invalid) {
		t.Errorf("nobody to ask: %v", err)
	}
}

func must1(t *testing.T) func(Example, error) Example {
	return func(e Example, err error) Example {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

func TestMoment_IsForChatsOfOthers(t *testing.T) {
	t.Parallel()
	if err := MayMark(Thread{Lead: "a_1"}, "a_1"); !IsKind(err, Denied) {
		t.Errorf("the lead marks himself: %v", err)
	}
	if err := MayMark(Thread{Lead: "a_1"}, "a_2"); err != nil {
		t.Error(err)
	}
	m, err := NewMoment(Moment{Lines: Lines{From: 2, To: 2}, Word: " nice\n one "}, time.Unix(1, 0))
	if err != nil || m.Word != "nice one" || m.At == 0 {
		t.Errorf("a moment is %+v, %v", m, err)
	}
	for _, bad := range []Moment{{Kind: "rude", Lines: Lines{From: 1, To: 1}}, {}, {Lines: Lines{From: 3, To: 2}}} {
		if _, err := NewMoment(bad, time.Unix(1, 0)); !IsKind(err, Invalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestShadow_IsTheTraineesAndHisCoachs(t *testing.T) {
	t.Parallel()
	now := time.Unix(1, 0)
	anchor := Event{Conversation: "c", Thread: "t", Seq: 4, Kind: KindMessage, Actor: Actor{Kind: ByVisitor, ID: "v"}}
	led, other := Thread{State: Active, Lead: agentID}, Thread{State: Active, Lead: thirdID}
	s, err := Shadow{Trainee: agentID, Text: " I would ask first "}.Write(other, anchor, now)
	if err != nil || s.Text != "I would ask first" || s.Anchor != 4 || !s.ShownTo(agentID) || s.ShownTo(coachID) || s.ShownTo("") {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := s.Judge(coachID, GradeGood, "", now); !IsKind(err, Missing) {
		t.Errorf("graded by one who was not named: %v", err)
	}
	if _, err := s.Ask(coachID, coachID); !IsKind(err, Missing) {
		t.Errorf("a coach names himself: %v", err)
	}
	if s, err = s.Ask(agentID, coachID); err != nil || !s.ShownTo(coachID) || s.ShownTo(thirdID) {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := s.Judge(agentID, GradeGood, "", now); !IsKind(err, Missing) {
		t.Errorf("a trainee grades himself: %v", err)
	}
	if _, err := s.Judge(coachID, "A+", "", now); !IsKind(err, Invalid) {
		t.Errorf("a grade of one's own: %v", err)
	}
	if s, err = s.Judge(coachID, GradeClose, "shorter", now); err != nil || s.Grade != GradeClose || s.Word != "shorter" {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := s.Ask(agentID, thirdID); !IsKind(err, Conflict) {
		t.Errorf("another coach after the grade: %v", err)
	}
	agentsWord := anchor
	agentsWord.Actor = Actor{Kind: ByAgent, ID: "a"}
	for what, err := range map[string]error{
		"in his own chat": errOf(Shadow{Trainee: agentID, Text: "x"}.Write(led, anchor, now)),
		"to a colleague":  errOf(Shadow{Trainee: agentID, Text: "x"}.Write(other, agentsWord, now)),
		"empty":           errOf(Shadow{Trainee: agentID, Text: " "}.Write(other, anchor, now)),
	} {
		if err == nil {
			t.Errorf("%s: nothing was refused", what)
		}
	}
	reply := Event{Conversation: "c", Thread: "t", Seq: 5, Kind: KindMessage, Actor: Actor{Kind: ByAgent}}
	note, former := reply, reply
	note.Kind, former.Seq = KindNote, 3
	if !s.Answers(reply) || s.Answers(note) || s.Answers(former) || s.Answers(anchor) {
		t.Error("the real answer is not the first message of the team behind the anchor")
	}
}

func errOf(_ Shadow, err error) error { return err }
