package chat_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
)

// TestEscalation_UsualOnesHold: what holds where nobody has decided may be decided, and
// what rings for somebody never calls another.
func TestEscalation_UsualOnesHold(t *testing.T) {
	t.Parallel()
	for _, k := range chat.Escalated() {
		if err := k.Escalation().Check(k); err != nil {
			t.Errorf("%s: %v", k, err)
		}
	}
	for _, k := range []chat.AlertKind{chat.AlertOffer, chat.AlertTransfer, chat.AlertInvite} {
		for _, s := range []chat.Step{chat.StepColleague, chat.StepLead} {
			e := chat.Escalation{Push: 10, Colleague: 60}
			if slices.Contains(k.Steps(), s) || !chat.IsKind(e.Check(k), chat.Invalid) {
				t.Errorf("%s leaves its target by %s", k, s)
			}
		}
	}
	if e := chat.AlertMention.Escalation(); e.Takes(chat.StepColleague) || e.Takes(chat.StepLead) {
		t.Error("who is called by name has it passed on though nobody said so")
	}
}

func TestEscalation_CheckWantsRisingSteps(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		e    chat.Escalation
		kind chat.AlertKind
		ok   bool
	}{
		"rising":             {chat.Escalation{Push: 5, Colleague: 60, Lead: 61, Mail: 900}, chat.AlertAssigned, true},
		"one left out":       {chat.Escalation{Push: 5, Lead: 61}, chat.AlertAssigned, true},
		"no push":            {chat.Escalation{Colleague: 60}, chat.AlertAssigned, false},
		"a late push":        {chat.Escalation{Push: 601}, chat.AlertAssigned, false},
		"before the push":    {chat.Escalation{Push: 60, Colleague: 60}, chat.AlertAssigned, false},
		"before a colleague": {chat.Escalation{Push: 5, Colleague: 60, Lead: 30}, chat.AlertAssigned, false},
		"tomorrow":           {chat.Escalation{Push: 5, Mail: 86_401}, chat.AlertAssigned, false},
		"in the past":        {chat.Escalation{Push: 5, Mail: -1}, chat.AlertAssigned, false},
		"every line":         {chat.Escalation{Push: 5}, chat.AlertMessage, false},
	} {
		if err := c.e.Check(c.kind); (err == nil) != c.ok {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestEscalation_NextTakesTheStepsInOrder(t *testing.T) {
	t.Parallel()
	e := chat.Escalation{Push: 5, Colleague: 60, Mail: 900}
	var got []string
	for step, after, more := e.Next(""); more; step, after, more = e.Next(step) {
		got = append(got, string(step)+" "+after.String())
	}
	if diff := cmp.Diff([]string{"colleague 1m0s", "mail 15m0s"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCalledAt_OneColleagueAndAllWhoOversee(t *testing.T) {
	t.Parallel()
	agent := func(id chat.AgentID, status chat.Status, role chat.Role, groups ...chat.GroupID) chat.Candidate {
		return chat.Candidate{Agent: chat.Agent{ID: id, Role: role, Status: status, Groups: groups}, Sees: true}
	}
	change := func(c chat.Candidate, f func(*chat.Candidate)) chat.Candidate { f(&c); return c }
	finishing, free := agent("finishing", chat.Finishing, chat.Member, "g"), agent("free", chat.Accepting, chat.Member, "g")
	sue, owner := agent("sue", chat.Accepting, chat.Supervisor, "g"), agent("owner", chat.Away, chat.Owner)
	called := change(agent("a", chat.Accepting, chat.Member, "g"), func(c *chat.Candidate) { c.Last = 1 })
	for what, c := range map[string]struct {
		step chat.Step
		all  []chat.Candidate
		want []chat.AgentID
	}{
		"who takes chats first":          {chat.StepColleague, []chat.Candidate{finishing, sue, free}, []chat.AgentID{"free"}},
		"else who finishes them":         {chat.StepColleague, []chat.Candidate{finishing, sue}, []chat.AgentID{"finishing"}},
		"who oversees has his own step":  {chat.StepColleague, []chat.Candidate{sue}, []chat.AgentID{"sue"}},
		"in turn":                        {chat.StepColleague, []chat.Candidate{called, free}, []chat.AgentID{"free"}},
		"nobody of another group":        {chat.StepColleague, []chat.Candidate{agent("x", chat.Accepting, chat.Member, "h")}, []chat.AgentID{}},
		"nobody who is away":             {chat.StepColleague, []chat.Candidate{agent("x", chat.Away, chat.Member, "g")}, []chat.AgentID{}},
		"nobody of another department":   {chat.StepColleague, []chat.Candidate{agent("x", chat.Accepting, chat.Colleague, "g")}, []chat.AgentID{}},
		"nobody who may not see it":      {chat.StepColleague, []chat.Candidate{change(free, func(c *chat.Candidate) { c.Sees = false })}, []chat.AgentID{}},
		"nobody who knows":               {chat.StepColleague, []chat.Candidate{change(free, func(c *chat.Candidate) { c.Called = true })}, []chat.AgentID{}},
		"nobody who is not to be called": {chat.StepColleague, []chat.Candidate{change(free, func(c *chat.Candidate) { c.Hushed = true })}, []chat.AgentID{}},
		"nobody who is disabled":         {chat.StepColleague, []chat.Candidate{change(free, func(c *chat.Candidate) { c.Agent.Disabled = true })}, []chat.AgentID{}},
		"all who oversee":                {chat.StepLead, []chat.Candidate{owner, free, sue}, []chat.AgentID{"sue", "owner"}},
		"nobody who may not see, either": {chat.StepLead, []chat.Candidate{change(sue, func(c *chat.Candidate) { c.Sees = false })}, []chat.AgentID{}},
	} {
		if diff := cmp.Diff(c.want, chat.CalledAt(c.step, "g", c.all)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", what, diff)
		}
	}
}

func TestAlertWishes_NightsBelongToTheirZone(t *testing.T) {
	t.Parallel()
	w := chat.AlertWishes{Quiet: chat.Quiet{From: "22:00", To: "07:00", Zone: "Europe/Berlin"}}
	a := chat.Agent{Role: chat.Member, Status: chat.Accepting}
	for at, want := range map[string]chat.Hush{
		"2026-03-28T20:59:00Z": "", "2026-03-28T21:00:00Z": chat.HushQuiet, // the night in which clocks go forward
		"2026-03-29T04:59:00Z": chat.HushQuiet, "2026-03-29T05:00:00Z": "",
		"2026-07-01T19:59:00Z": "", "2026-07-01T20:00:00Z": chat.HushQuiet,
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Hush(chat.AlertQueue, a, now); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
	a.Status = chat.Away
	if got := (chat.AlertWishes{}).Hush(chat.AlertQueue, a, time.Unix(0, 0)); got != chat.HushOff {
		t.Errorf("away: %q", got)
	}
}

func TestAlertWishes_SoundsAreOnesThatAPageCanMake(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		kind chat.SoundKind
		s    chat.Sound
		ok   bool
	}{
		"one of ours":     {chat.SoundQueue, chat.Sound{Tone: "bell", Volume: 100, Repeat: true}, true},
		"silence":         {chat.SoundQueue, chat.Sound{Tone: "none"}, true},
		"another kind":    {"coffee", chat.Sound{Tone: "bell"}, false},
		"another tone":    {chat.SoundQueue, chat.Sound{Tone: "../bell.mp3"}, false},
		"louder than all": {chat.SoundQueue, chat.Sound{Tone: "bell", Volume: 101}, false},
	} {
		err := chat.AlertWishes{Sounds: map[chat.SoundKind]chat.Sound{c.kind: c.s}}.Check()
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", what, err)
		}
	}
}
