package chat_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
)

// cem is of Billing, where what waits in the first line is sent.
var (
	cem     = chat.Agent{ID: "a_cem", Name: "Cem", Role: chat.Member, Groups: []chat.GroupID{"g_bill"}}
	billing = chat.Group{ID: "g_bill", Name: "Billing", Policy: chat.PolicyGroup}
)

// waiting is a chat that Mia has begun and nobody has taken.
func waiting(t *testing.T) *script {
	t.Helper()
	s := newScript()
	if err := s.add(chat.Post(s.state, mia.Actor(), chat.NewMessage{Text: "my VAT", Begin: chat.Beginning{Group: team}}, noon)); err != nil {
		t.Fatal(err)
	}
	return s
}

func toBilling() chat.NewTriage {
	return chat.NewTriage{NewTransfer: chat.NewTransfer{To: chat.Target{Kind: chat.ToGroup, Group: billing.ID}, Group: billing, Public: "Invoices", Version: 3}}
}

func toCem() chat.NewTriage {
	m := toBilling()
	m.To.Kind, m.To.Agent, m.Agent, m.Room = chat.ToAgent, cem.ID, cem, chat.Room{Need: 100, Limit: 100}
	return m
}

// asking is a chapter that wants a code and, for one of them, an answer.
func asking() chat.TransferChapter {
	return chat.TransferChapter{Reasons: []chat.ReasonCode{{Code: "vat", Label: "VAT"}, {Code: "other", Label: "Other"}},
		Questions: []chat.PlaybookQuestion{{ID: "q1", Text: "Which invoice?", Required: true, Reasons: []string{"vat"}}}}
}

func TestTriage_TheGroupGetsItAtTheFrontAndTheVisitorReadsWhereTo(t *testing.T) {
	t.Parallel()
	s, m := waiting(t), toBilling()
	m.Chapter, m.Reason, m.Answers = asking(), "vat", map[string]string{"q1": "4711", "q9": "not asked"}
	if err := s.add(chat.Triage(s.state, ada, m, noon)); err != nil {
		t.Fatal(err)
	}
	th := s.state.Thread
	if th.Group != billing.ID || th.State != chat.Queued || !th.Front || th.Lead != "" || len(th.Offers) != 0 {
		t.Errorf("it stands as %+v", th)
	}
	want := []chat.Passage{{By: ada.ID, Group: billing.ID, Reason: "vat", At: chat.Micros(noon)}}
	if diff := cmp.Diff(want, th.Passed); diff != "" || !slices.Equal(th.Excluded, []chat.AgentID{ada.ID}) {
		t.Errorf("passed (-want +got):\n%s excluded %v", diff, th.Excluded)
	}
	last := s.events[len(s.events)-1]
	body, err := chat.Decode[chat.Moved](last)
	if err != nil || body.Why != "Ada read it in the queue and sent it to Billing." || body.Playbook != 3 || !cmp.Equal(body.Answers, map[string]string{"Which invoice?": "4711"}) {
		t.Errorf("told %+v, %v", body, err)
	}
	var told map[string]any
	if err := json.Unmarshal(chat.ForVisitor(last).Body, &told); err != nil || !cmp.Equal(told, map[string]any{"public_name": "Invoices"}) {
		t.Errorf("the visitor reads %v, %v", told, err)
	}
}

func TestTriage_AColleagueIsRungAlone(t *testing.T) {
	t.Parallel()
	s := waiting(t)
	if err := s.add(chat.Triage(s.state, ada, toCem(), noon)); err != nil {
		t.Fatal(err)
	}
	th := s.state.Thread
	want := []chat.Offer{{Agent: cem.ID, At: chat.Micros(noon), Deadline: chat.Micros(noon.Add(chat.RingTransfer)), By: ada.ID}}
	if diff := cmp.Diff(want, th.Offers); diff != "" || th.Group != billing.ID || th.Passed[0].Agent != cem.ID {
		t.Errorf("it rings (-want +got):\n%s in %s, passed %+v", diff, th.Group, th.Passed)
	}
	if !th.Access().Admits(cem.Viewer()) || th.Access().Admits(bob.Viewer()) {
		t.Error("who may see it is not who is in Billing")
	}
	if err := s.add(chat.Decline(s.state, cem, "", noon)); err != nil {
		t.Fatal(err)
	}
	if b, err := chat.Decode[chat.OfferEnded](s.events[len(s.events)-1]); err != nil || b.By != ada.ID {
		t.Errorf("the end names %+v, %v", b, err)
	}
}

func TestTriage_RefusesWhatDoesNotWaitAndWhomItCannotReach(t *testing.T) {
	t.Parallel()
	sue := chat.Agent{ID: "a_sue", Name: "Sue", Role: chat.Supervisor}
	passed := func(s *script, n int) {
		for range n {
			s.state.Thread.Passed = append(s.state.Thread.Passed, chat.Passage{By: cem.ID, Group: team.ID, Reason: "vat"})
		}
	}
	for what, c := range map[string]struct {
		by     chat.Agent
		m      chat.NewTriage
		change func(*script, *chat.NewTriage)
		want   chat.ErrorKind
	}{
		"a member sends it":          {ada, toBilling(), nil, ""},
		"who oversees sends it":      {sue, toBilling(), nil, ""},
		"to a colleague":             {ada, toCem(), nil, ""},
		"somebody of another group":  {cem, toBilling(), nil, chat.Denied},
		"somebody has taken it":      {ada, toBilling(), func(s *script, _ *chat.NewTriage) { _ = s.add(chat.Take(s.state, bob, chat.Given{}, noon)) }, chat.Conflict},
		"it is held":                 {ada, toBilling(), func(s *script, _ *chat.NewTriage) { s.state.Thread.Held = &chat.Target{Group: team.ID} }, chat.Conflict},
		"it is over":                 {ada, toBilling(), func(s *script, _ *chat.NewTriage) { _ = s.add(chat.Close(s.state, mia.Actor(), chat.Ended, 1, noon)) }, chat.Gone},
		"the group was deleted":      {ada, toBilling(), func(_ *script, m *chat.NewTriage) { m.Group.Deleted = true }, chat.Gone},
		"it is there already":        {ada, toBilling(), func(_ *script, m *chat.NewTriage) { m.Group, m.To.Group = team, team.ID }, chat.Conflict},
		"to a colleague where it is": {ada, toCem(), func(_ *script, m *chat.NewTriage) { m.Group, m.To.Group = team, team.ID }, chat.Conflict},
		"anyone else here": {ada, toBilling(), func(_ *script, m *chat.NewTriage) {
			m.To = chat.Target{Kind: chat.ToAnyone, Group: team.ID}
			m.Group = team
		}, chat.Conflict},
		"to oneself":                  {cem, toCem(), func(s *script, m *chat.NewTriage) { m.Agent.Groups = nil; s.state.Thread.Group = "g_bill" }, chat.Conflict},
		"he is not in that group":     {ada, toCem(), func(_ *script, m *chat.NewTriage) { m.Agent.Groups = nil }, chat.Conflict},
		"he has no room":              {ada, toCem(), func(_ *script, m *chat.NewTriage) { m.Room.Load = 1 }, chat.Conflict},
		"his account is disabled":     {ada, toCem(), func(_ *script, m *chat.NewTriage) { m.Agent.Disabled = true }, chat.Gone},
		"the playbook says not him":   {ada, toCem(), func(_ *script, m *chat.NewTriage) { m.Chapter.Except = []chat.AgentID{cem.ID} }, chat.Denied},
		"he gave it back for that":    {ada, toCem(), func(s *script, m *chat.NewTriage) { passed(s, 1); m.Reason = "vat" }, chat.Conflict},
		"again without a reason":      {ada, toBilling(), func(s *script, _ *chat.NewTriage) { passed(s, chat.HopsReason) }, chat.Invalid},
		"again with one":              {ada, toBilling(), func(s *script, m *chat.NewTriage) { passed(s, chat.HopsReason); m.Reason = "still not ours" }, ""},
		"without the asked reason":    {ada, toBilling(), func(_ *script, m *chat.NewTriage) { m.Chapter = asking() }, chat.Invalid},
		"without the asked answer":    {ada, toBilling(), func(_ *script, m *chat.NewTriage) { m.Chapter, m.Reason = asking(), "vat" }, chat.Invalid},
		"a reason that asks for none": {ada, toBilling(), func(_ *script, m *chat.NewTriage) { m.Chapter, m.Reason = asking(), "other" }, ""},
	} {
		s := waiting(t)
		if c.change != nil {
			c.change(s, &c.m)
		}
		events, err := chat.Triage(s.state, c.by, c.m, noon)
		if c.want == "" && (err != nil || len(events) == 0) || c.want != "" && (!chat.IsKind(err, c.want) || len(events) != 0) {
			t.Errorf("%s: %d events, %v, want %q", what, len(events), err, c.want)
		}
	}
}
