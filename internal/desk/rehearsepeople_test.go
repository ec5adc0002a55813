package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
)

// tried rehearses a change over the last day.
func tried(t *testing.T, w *desktest.World, in desk.RehearsalChange) desk.Rehearsed {
	t.Helper()
	in.Days = 1
	return must[desk.Rehearsed](t)(w.Desk.Rehearse(t.Context(), in, nil))
}

// had returns the chats of an agent under the changed rules.
func had(d desk.RehearsalDiff, a chat.Agent) []string {
	i := slices.IndexFunc(d.Agents, func(s desk.RehearsalShare) bool { return s.Agent == a.ID })
	if i < 0 {
		return nil
	}
	return d.Agents[i].After
}

func noted(notes []string, part string) bool {
	return slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, part) })
}

// withBen is an afternoon in which Ben was there for another group, and Cem never
// was.
func withBen(t *testing.T) (w *afternoon, ben, cem chat.Agent) {
	t.Helper()
	w = newAfternoon(t)
	ben, cem = w.Agent("Ben", chat.Member), w.Agent("Cem", chat.Member)
	only := []desk.Membership{{Agent: w.ada.ID}}
	must[desk.ManagedGroup](t)(w.Desk.SetMembers(t.Context(), w.Owner, w.Group.ID, only))
	must[desk.ManagedGroup](t)(w.Desk.SetMembers(t.Context(), w.Owner, w.sales.ID, []desk.Membership{{Agent: ben.ID}}))
	takesChats(w.World, w.Clock.Now().Add(-4*time.Hour), w.Clock.Now(), ben)
	return w, ben, cem
}

func TestRehearse_WhoJoinsAndWhoLeaves(t *testing.T) {
	t.Parallel()
	w, ben, cem := withBen(t)
	members := func(all ...desk.Membership) desk.RehearsalChange {
		return desk.RehearsalChange{Groups: []desk.GroupRules{{ID: w.Group.ID, Members: &all}}}
	}
	for name, c := range map[string]struct {
		in        desk.RehearsalChange
		ada, ben  int
		nobody    int
		says, not string
	}{
		"as it is":        {members(desk.Membership{Agent: w.ada.ID}), 11, 0, 0, "", "Ada"},
		"Ben instead":     {members(desk.Membership{Agent: ben.ID}), 0, 11, 0, "Ben (4 h 00 min) is counted in the hours in which he was taking chats", "Ada"},
		"Ben first":       {members(desk.Membership{Agent: w.ada.ID}, desk.Membership{Agent: ben.ID, Class: chat.ClassFirst}), 0, 11, 0, "Ben (4 h 00 min)", "Ada"},
		"Ben last":        {members(desk.Membership{Agent: w.ada.ID}, desk.Membership{Agent: ben.ID, Class: chat.ClassLast}), 11, 0, 0, "Ben (4 h 00 min)", "Ada"},
		"Ben supervises":  {members(desk.Membership{Agent: ben.ID, Class: chat.ClassSupervisor}), 0, 0, 11, "Ben (4 h 00 min)", "Ada"},
		"who never was":   {members(desk.Membership{Agent: cem.ID}), 0, 0, 11, "Cem was not taking chats at any time in these days, so he is counted as not there and given none here.", "Ben"},
		"nobody is in it": {members(), 0, 0, 11, "", "Ben"},
	} {
		got := tried(t, w.World, c.in)
		if a, b, n := len(had(got.Diff, w.ada)), len(had(got.Diff, ben)), len(got.Diff.Nobody.After); a != c.ada || b != c.ben || n != c.nobody {
			t.Errorf("%s: Ada %d, Ben %d, nobody %d; want %d, %d, %d", name, a, b, n, c.ada, c.ben, c.nobody)
		}
		if c.says != "" && !noted(got.Notes, c.says) || noted(got.Notes, c.not) {
			t.Errorf("%s: notes %q, want %q and nothing of %s", name, got.Notes, c.says, c.not)
		}
		if n := len(got.Diff.Nobody.Before); n != 0 {
			t.Errorf("%s: before the change, %d met nobody", name, n)
		}
	}
}

// TestRehearse_RulesAndMembersTogether: either may be left out, and stays.
func TestRehearse_RulesAndMembersTogether(t *testing.T) {
	t.Parallel()
	w, ben, _ := withBen(t)
	pull := routing.Rules{Line: routing.EndToEnd, Distribution: routing.Distribution{Method: routing.Pull}}
	joined := []desk.Membership{{Agent: ben.ID}}
	if got := tried(t, w.World, desk.RehearsalChange{Groups: []desk.GroupRules{{ID: w.Group.ID, Rules: &pull, Members: &joined}}}); len(had(got.Diff, ben)) != 11 {
		t.Errorf("Ben takes %d himself, want 11", len(had(got.Diff, ben)))
	}
	if got := tried(t, w.World, desk.RehearsalChange{Groups: []desk.GroupRules{{ID: w.Group.ID, Rules: &pull}}}); len(had(got.Diff, w.ada)) != 11 {
		t.Errorf("Ada takes %d herself, want 11", len(had(got.Diff, w.ada)))
	}
}

// TestRehearse_WhoIsDisabledGetsNothing, in a group that takes its chats itself
// as in one that is given them.
func TestRehearse_WhoIsDisabledGetsNothing(t *testing.T) {
	t.Parallel()
	w, ben, cem := withBen(t)
	yes, no := true, false
	off := []desk.AgentRules{{ID: w.ada.ID, Disabled: &yes}}
	pull := routing.Rules{Line: routing.EndToEnd, Distribution: routing.Distribution{Method: routing.Pull}}
	beside := []desk.Membership{{Agent: w.ada.ID}, {Agent: ben.ID}}
	must[desk.ManagedGroup](t)(w.Desk.SetMembers(t.Context(), w.Owner, w.Group.ID, beside))
	for name, rules := range map[string]*routing.Rules{"given": nil, "pull": &pull} {
		got := tried(t, w.World, desk.RehearsalChange{Agents: off, Groups: []desk.GroupRules{{ID: w.Group.ID, Rules: rules}}})
		if a, b := len(had(got.Diff, w.ada)), len(had(got.Diff, ben)); a != 0 || b != 11 {
			t.Errorf("%s: Ada is disabled and has %d; Ben has %d, want 11", name, a, b)
		}
	}
	// Who is enabled by the same change may be a member; who was there counts.
	must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, ben.ID, chat.AgentChange{Disabled: &yes}))
	both := []desk.Membership{{Agent: ben.ID}, {Agent: cem.ID}}
	got := tried(t, w.World, desk.RehearsalChange{Agents: []desk.AgentRules{{ID: ben.ID, Disabled: &no}, {ID: w.ada.ID, Disabled: &yes}},
		Groups: []desk.GroupRules{{ID: w.Group.ID, Members: &both}}})
	if len(had(got.Diff, ben)) != 11 || !slices.Equal(got.Because.Lines(), got.Notes) || !noted(got.Notes, "Ben (4 h 00 min)") || !noted(got.Notes, "Cem was not") {
		t.Errorf("Ben has %d, notes %q", len(had(got.Diff, ben)), got.Notes)
	}
}

func TestRehearse_SkillsOfAnAgent(t *testing.T) {
	t.Parallel()
	w, ben, _ := withBen(t)
	asks := []desk.Route{{Name: "Prices", Group: w.Group.ID, Skills: []string{"beans"},
		When: []routing.Condition{{Field: routing.FieldPath, Op: routing.OpPrefix, Values: []string{"/prices"}}}}}
	must[[]desk.Route](t)(w.Desk.SetRoutes(t.Context(), w.Owner, asks))
	both := []desk.Membership{{Agent: w.ada.ID, Class: chat.ClassFirst}, {Agent: ben.ID, Class: chat.ClassLast}}
	must[desk.ManagedGroup](t)(w.Desk.SetMembers(t.Context(), w.Owner, w.Group.ID, both))
	skills := []string{" beans ", "beans"}
	got := tried(t, w.World, desk.RehearsalChange{Agents: []desk.AgentRules{{ID: ben.ID, Skills: &skills}}})
	if after := had(got.Diff, ben); !slices.Equal(after, w.prices) {
		t.Errorf("Ben, who knows beans, has %v, want %v", after, w.prices)
	}
	if !noted(got.Notes, "Ben (4 h 00 min)") || noted(got.Notes, "however many") {
		t.Errorf("notes %q", got.Notes)
	}
}

// TestRehearse_LimitOfAnAgent: of three at once, two wait for a chat's end where
// Ada takes one at a time.
func TestRehearse_LimitOfAnAgent(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	began := w.Clock.Now()
	w.Connect(ada)
	var came []chat.ConversationID
	for range 3 {
		_, c := w.Arrives("hello")
		came = append(came, c)
	}
	w.Clock.Advance(6 * time.Minute) // nobody is less patient than that
	for _, c := range came {
		must[desk.Done](t)(w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: w.Key(), Over: true}))
	}
	w.Clock.Advance(5 * time.Minute)
	for _, c := range came {
		must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, w.Key()))
	}
	w.Clock.Advance(time.Hour)
	takesChats(w, began.Add(-time.Minute), w.Clock.Now(), ada)
	one := 1
	got := tried(t, w, desk.RehearsalChange{Agents: []desk.AgentRules{{ID: ada.ID, Limit: &one}}})
	if d := got.Diff; len(d.Left.Before) != 0 || d.Slowest.Before > time.Minute || d.Slowest.After < 5*time.Minute {
		t.Errorf("one at a time: %s", got.Diff.Text)
	}
	if !noted(got.Notes, "A chat is taken to last as long as it did, however many") {
		t.Errorf("notes %q", got.Notes)
	}
}

// TestRehearse_WhereNobodyWasThereAllAre, and it is said: otherwise a quiet day
// would show nothing.
func TestRehearse_WhereNobodyWasThereAllAre(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	takesChats(w, w.Clock.Now(), w.Clock.Now().Add(time.Minute), ada)
	w.Clock.Advance(48 * time.Hour)
	arrival(t, w, w.Visitor(), "/")
	w.Clock.Advance(time.Hour)
	got := tried(t, w, desk.RehearsalChange{})
	if !noted(got.Notes, "Nobody took chats in these days; all are taken to be there always.") || len(got.Diff.Nobody.Before) != 0 {
		t.Errorf("notes %q, %s", got.Notes, got.Diff.Text)
	}
}
