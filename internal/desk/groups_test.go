package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// addGroup makes a group with members.
func addGroup(t *testing.T, w *desktest.World, name string, in desk.GroupChange, members ...chat.Agent) desk.ManagedGroup {
	t.Helper()
	in.Name = &name
	g := must[desk.ManagedGroup](t)(w.Desk.AddGroup(t.Context(), w.Owner, in))
	who := make([]desk.Membership, len(members))
	for i, a := range members {
		who[i] = desk.Membership{Agent: a.ID}
	}
	return must[desk.ManagedGroup](t)(w.Desk.SetMembers(t.Context(), w.Owner, g.ID, who))
}

// agentNow loads an agent as he is stored.
func agentNow(w *desktest.World, id chat.AgentID) chat.Agent {
	var a chat.Agent
	w.Read(func(tx *store.Tx) (err error) {
		a, err = tx.Agent(id)
		return err
	})
	return a
}

func TestGroups_EveryChangeIsToldToTheTeam(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann", chat.Member)
	before := len(w.Log(chat.TeamConversation))
	g := addGroup(t, w, "  Sales ", desk.GroupChange{Names: &map[string]string{"de": " Verkauf ", "fr": ""},
		Rules: &desk.Rules{Line: routing.FirstLine, Limit: 3}}, ann)
	if g.Name != "Sales" || g.Policy != chat.PolicyOpen || !cmp.Equal(g.Names, map[string]string{"de": "Verkauf"}) || g.Rules.Limit != 3 {
		t.Errorf("made %+v", g)
	}
	private := true
	changed := must[desk.ManagedGroup](t)(w.Desk.ChangeGroup(t.Context(), w.Owner, g.ID, desk.GroupChange{Private: &private}))
	if !changed.Private || changed.Name != "Sales" || changed.Rules.Limit != 3 || len(changed.Members) != 1 {
		t.Errorf("changed to %+v", changed)
	}
	must[desk.ManagedGroup](t)(w.Desk.ChangeGroup(t.Context(), w.Owner, g.ID, desk.GroupChange{Private: &private}))
	must[[]desk.Route](t)(w.Desk.SetRoutes(t.Context(), w.Owner, []desk.Route{{Name: "All", Group: g.ID}}))
	must[desk.RoutingSettings](t)(w.Desk.SetRouting(t.Context(), w.Owner, desk.RoutingSettings{Limit: 6}))
	skills := []string{" French ", "French", "billing"}
	must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, ann.ID, desk.AgentChange{Skills: &skills}))
	told := w.Log(chat.TeamConversation)[before:]
	if got, want := kinds(told), "group.changed agent.changed group.changed routes.changed routing.changed agent.changed"; got != want {
		t.Errorf("the team was told %q, want %q", got, want)
	}
	if a := agentNow(w, ann.ID); !slices.Equal(a.Skills, []string{"French", "billing"}) || a.Rights != ann.Rights+1 {
		t.Errorf("the member is %+v", a)
	}
}

func TestSetMembers_RaisesRightsWhereWhatAnAgentSeesChanges(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann, bob, off := w.Agent("Ann", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Dan", chat.Member)
	g := addGroup(t, w, "Sales", desk.GroupChange{}, ann, off)
	yes := true
	must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, off.ID, desk.AgentChange{Disabled: &yes}))
	a1, b1, o1 := agentNow(w, ann.ID), agentNow(w, bob.ID), agentNow(w, off.ID)

	got := must[desk.ManagedGroup](t)(w.Desk.SetMembers(t.Context(), w.Owner, g.ID, []desk.Membership{{Agent: ann.ID, Class: chat.ClassFirst}}))
	if diff := cmp.Diff([]desk.Membership{{Agent: ann.ID, Class: chat.ClassFirst}}, got.Members); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if a := agentNow(w, ann.ID); a.Rights != a1.Rights || a.Classes[g.ID] != chat.ClassFirst {
		t.Errorf("a new class raises no rights: %+v", a)
	}
	got = must[desk.ManagedGroup](t)(w.Desk.SetMembers(t.Context(), w.Owner, g.ID, []desk.Membership{{Agent: bob.ID}}))
	if a := agentNow(w, ann.ID); a.Rights != a1.Rights+1 || a.InGroup(g.ID) || a.Classes != nil || !a.InGroup(w.Group.ID) {
		t.Errorf("who left is %+v", a)
	}
	if b := agentNow(w, bob.ID); b.Rights != b1.Rights+1 || !b.InGroup(g.ID) {
		t.Errorf("who came is %+v", b)
	}
	if o := agentNow(w, off.ID); !cmp.Equal(o, o1) {
		t.Errorf("who is disabled became %+v", o)
	}
	for what, members := range map[string][]desk.Membership{
		"nobody of ours": {{Agent: "a_none"}}, "disabled": {{Agent: off.ID}}, "twice": {{Agent: bob.ID}, {Agent: bob.ID, Class: chat.ClassLast}},
		"no class": {{Agent: bob.ID, Class: "boss"}},
	} {
		_, err := w.Desk.SetMembers(t.Context(), w.Owner, g.ID, members)
		wantKind(t, what, err, chat.Invalid)
	}
	_, err := w.Desk.SetMembers(t.Context(), bob, g.ID, nil)
	wantKind(t, "a member decides", err, chat.Denied)
	_, err = w.Desk.SetMembers(t.Context(), w.Owner, "g_none", nil)
	wantKind(t, "no such group", err, chat.Missing)
}

func TestAddGroup_RefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	for what, in := range map[string]desk.GroupChange{
		"no name":     {Name: new(" ")},
		"no policy":   {Name: new("X"), Policy: new(chat.Policy("secret"))},
		"no language": {Name: new("X"), Names: &map[string]string{"d": "X"}},
		"no rules":    {Name: new("X"), Rules: &desk.Rules{Line: "middle"}},
		"many shifts": {Name: new("X"), Rules: &desk.Rules{Hours: &routing.Hours{Zone: "UTC", Week: make([]routing.Shift, 101)}}},
		"many days":   {Name: new("X"), Rules: &desk.Rules{Hours: &routing.Hours{Zone: "UTC", Exceptions: make([]routing.Exception, 401)}}},
		"no hours":    {Name: new("X"), Rules: &desk.Rules{Hours: &routing.Hours{Zone: "Local"}}},
	} {
		_, err := w.Desk.AddGroup(t.Context(), w.Owner, in)
		wantKind(t, what, err, chat.Invalid)
	}
	for n := range chat.MaxGroups - 1 {
		must[desk.ManagedGroup](t)(w.Desk.AddGroup(t.Context(), w.Owner, desk.GroupChange{Name: new(fmt.Sprint("Group ", n))}))
	}
	_, err := w.Desk.AddGroup(t.Context(), w.Owner, desk.GroupChange{Name: new("One more")})
	wantKind(t, "one more than fit", err, chat.Conflict)
	_, err = w.Desk.Groups(t.Context(), w.Agent("Ann", chat.Supervisor))
	wantKind(t, "a supervisor reads the settings", err, chat.Denied)
}

func TestSetRoutes_KeepsIdsAndRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	g := w.Group.ID
	url := func(values ...string) []routing.Condition {
		return []routing.Condition{{Field: routing.FieldURL, Op: routing.OpIs, Values: values}}
	}
	first := must[[]desk.Route](t)(w.Desk.SetRoutes(t.Context(), w.Owner, []desk.Route{{Name: "A", Group: g, When: url("x")}, {Name: "B", Group: g}}))
	second := must[[]desk.Route](t)(w.Desk.SetRoutes(t.Context(), w.Owner, []desk.Route{first[1], {Name: "C", Group: g}, first[0]}))
	if second[0].ID != first[1].ID || second[2].ID != first[0].ID || second[1].ID == "" || second[1].ID == first[0].ID || first[0].ID == first[1].ID {
		t.Errorf("ids: %v, then %v", first, second)
	}
	if got := must[[]desk.Route](t)(w.Desk.Routes(t.Context(), w.Owner)); !cmp.Equal(got, second) {
		t.Errorf("stored %v, want %v", got, second)
	}
	many := func(n int, r desk.Route) []desk.Route {
		all := make([]desk.Route, n)
		for i := range all {
			all[i] = r
		}
		return all
	}
	for what, routes := range map[string][]desk.Route{
		"no name":             {{Group: g}},
		"no group":            {{Name: "A", Group: "g_none"}},
		"one id for two":      {first[0], first[0]},
		"too many":            many(routing.MaxRoutes+1, desk.Route{Name: "A", Group: g}),
		"too many conditions": {{Name: "A", Group: g, When: slices.Repeat(url("x"), 21)}},
		"too many values":     {{Name: "A", Group: g, When: url(slices.Repeat([]string{"x"}, 51)...)}},
		"a long value":        {{Name: "A", Group: g, When: url(strings.Repeat("x", 2001))}},
		"a long skill":        {{Name: "A", Group: g, Skills: []string{strings.Repeat("x", 41)}}},
		"no value":            {{Name: "A", Group: g, When: url()}},
		"a high priority":     {{Name: "A", Group: g, Priority: routing.MaxPriority + 1}},
	} {
		_, err := w.Desk.SetRoutes(t.Context(), w.Owner, routes)
		wantKind(t, what, err, chat.Invalid)
	}
	if got := must[[]desk.Route](t)(w.Desk.Routes(t.Context(), w.Owner)); !cmp.Equal(got, second) {
		t.Errorf("after refusals %v is stored, want %v", got, second)
	}
}

func TestSite_OffersGroupsThatVisitorsMayChoose(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	sales := addGroup(t, w, "Sales", desk.GroupChange{})
	staff := addGroup(t, w, "Staff", desk.GroupChange{Private: new(true)})
	set := func(choose ...chat.GroupID) (chat.Site, error) {
		return w.Desk.ChangeSite(t.Context(), w.Owner, w.Site.ID, func(s chat.Site) chat.Site {
			s.Choose, s.Group = choose, sales.ID
			return s
		})
	}
	site := must[chat.Site](t)(set(sales.ID, w.Group.ID))
	if !slices.Equal(site.Choose, []chat.GroupID{sales.ID, w.Group.ID}) || site.Group != sales.ID || site.Key != w.Site.Key {
		t.Errorf("the site is %+v", site)
	}
	_, err := set(staff.ID)
	wantKind(t, "a private group", err, chat.Invalid)
	_, err = set(sales.ID, sales.ID)
	wantKind(t, "a group twice", err, chat.Invalid)
	_, err = set("g_none")
	wantKind(t, "no such group", err, chat.Invalid)
	must[desk.ManagedGroup](t)(w.Desk.ChangeGroup(t.Context(), w.Owner, sales.ID, desk.GroupChange{Private: new(true)}))
	if _, err := set(sales.ID, w.Group.ID); err != nil {
		t.Errorf("a group that has become private since: %v", err)
	}
	if now := must[desk.SiteStandings](t)(w.Desk.SiteStandings(t.Context(), site, desk.Coming{Language: "en"})); len(now.Groups) != 1 || now.Groups[0].Group != w.Group.ID {
		t.Errorf("the chooser shows %+v", now.Groups)
	}
}

func TestInvite_NamesGroups(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	sales, gone := addGroup(t, w, "Sales", desk.GroupChange{}), addGroup(t, w, "Gone", desk.GroupChange{})
	accept := func(email string, named ...chat.GroupID) func() []chat.GroupID {
		_, token, err := w.Desk.Invite(t.Context(), w.Owner, desk.Invitation{Email: email, Role: chat.Member, Groups: named})
		if err != nil {
			t.Fatal(err)
		}
		return func() []chat.GroupID {
			return must[desk.SignedIn](t)(w.Desk.AcceptInvite(t.Context(), token, "New", "a slow train north", from("192.0.2.4"))).Agent.Groups
		}
	}
	one, two, all := accept("one@team.example", sales.ID), accept("two@team.example", sales.ID, gone.ID), accept("all@team.example")
	if err := w.Desk.DeleteGroup(t.Context(), w.Owner, gone.ID, w.Group.ID); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct{ got, want []chat.GroupID }{
		"one":                         {one(), []chat.GroupID{sales.ID}},
		"one of two, which were":      {two(), []chat.GroupID{sales.ID}},
		"none named: every one there": {all(), []chat.GroupID{sales.ID, w.Group.ID}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", what, c.got, c.want)
		}
	}
	for what, named := range map[string][]chat.GroupID{"no group": {"g_none"}, "twice": {sales.ID, sales.ID}, "deleted": {gone.ID}} {
		_, _, err := w.Desk.Invite(t.Context(), w.Owner, desk.Invitation{Email: "x@team.example", Role: chat.Member, Groups: named})
		wantKind(t, what, err, chat.Invalid)
	}
}
