package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

// invite brings somebody into the team through an invitation.
func invite(t *testing.T, w *desktest.World, role chat.Role, password string) desk.SignedIn {
	t.Helper()
	_, token, err := w.Desk.Invite(t.Context(), w.Owner, desk.Invitation{Email: "Ina@team.example", Role: role})
	if err != nil {
		t.Fatal(err)
	}
	in, err := w.Desk.AcceptInvite(t.Context(), token, "Ina", password, from("192.0.2.4"))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestInvite_MakesAnAgentOnce(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ticket, token, err := w.Desk.Invite(t.Context(), w.Owner, desk.Invitation{Email: "Ina@Team.example", Role: chat.Supervisor})
	if err != nil {
		t.Fatal(err)
	}
	look, err := w.Desk.LookAtInvite(t.Context(), token)
	if err != nil || look.Email != "ina@team.example" || look.Role != chat.Supervisor || look.ID != ticket.ID {
		t.Errorf("the invitation reads %+v, %v", look, err)
	}
	if open := must[[]desk.Ticket](t)(w.Desk.Invitations(t.Context(), w.Owner)); len(open) != 1 {
		t.Errorf("open invitations: %+v", open)
	}
	in := must[desk.SignedIn](t)(w.Desk.AcceptInvite(t.Context(), token, " Ina ", "a slow train north", from("192.0.2.4")))
	if in.Agent.Role != chat.Supervisor || in.Agent.Name != "Ina" || !slices.Equal(in.Agent.Groups, []chat.GroupID{w.Group.ID}) {
		t.Errorf("the new agent is %+v", in.Agent)
	}
	if _, err := w.Desk.SignIn(t.Context(), "ina@team.example", "a slow train north", from("192.0.2.4")); err != nil {
		t.Errorf("sign-in: %v", err)
	}
	_, err = w.Desk.AcceptInvite(t.Context(), token, "Eve", "a slow train south", from("192.0.2.4"))
	wantKind(t, "the invitation again", err, chat.Gone)
	log := w.Log(chat.TeamConversation)
	told, err := chat.Decode[chat.Agent](log[len(log)-1])
	if diff := cmp.Diff(in.Agent, told); err != nil || diff != "" {
		t.Errorf("the team is told (-want +got): %v\n%s", err, diff)
	}
}

func TestInvite_RefusesAndForgets(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	admin, ada := w.Agent("Adam", chat.Admin), w.Agent("Ada", chat.Member)
	for what, c := range map[string]struct {
		by   chat.Agent
		in   desk.Invitation
		want chat.ErrorKind
	}{
		"a member invites":         {ada, desk.Invitation{Email: "x@team.example", Role: chat.Member}, chat.Denied},
		"an admin makes an owner":  {admin, desk.Invitation{Email: "x@team.example", Role: chat.Owner}, chat.Denied},
		"no such role":             {w.Owner, desk.Invitation{Email: "x@team.example", Role: "root"}, chat.Invalid},
		"no address":               {w.Owner, desk.Invitation{Email: "x", Role: chat.Member}, chat.Invalid},
		"somebody who is in there": {w.Owner, desk.Invitation{Email: "ADA@team.example", Role: chat.Member}, chat.Conflict},
	} {
		_, _, err := w.Desk.Invite(t.Context(), c.by, c.in)
		wantKind(t, what, err, c.want)
	}
	in := desk.Invitation{Email: "new@team.example", Role: chat.Member}
	_, older, err := w.Desk.Invite(t.Context(), w.Owner, in)
	if err != nil {
		t.Fatal(err)
	}
	ticket, newer, err := w.Desk.Invite(t.Context(), w.Owner, in)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Desk.LookAtInvite(t.Context(), older)
	wantKind(t, "the older invitation", err, chat.Gone)
	wantKind(t, "a member withdraws it", w.Desk.Uninvite(t.Context(), ada, ticket.ID), chat.Denied)
	if err := w.Desk.Uninvite(t.Context(), admin, ticket.ID); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "withdrawn twice", w.Desk.Uninvite(t.Context(), admin, ticket.ID), chat.Missing)
	_, err = w.Desk.AcceptInvite(t.Context(), newer, "New", "a slow train north", from("192.0.2.4"))
	wantKind(t, "the withdrawn invitation", err, chat.Gone)

	_, late, err := w.Desk.Invite(t.Context(), w.Owner, in)
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(7 * day)
	_, err = w.Desk.LookAtInvite(t.Context(), late)
	wantKind(t, "an invitation of last week", err, chat.Gone)
	_, err = w.Desk.Invitations(t.Context(), ada)
	wantKind(t, "a member lists invitations", err, chat.Denied)
}

func TestInvite_DiesWithTheRightsOfWhoMadeIt(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	admin := w.Agent("Adam", chat.Admin)
	_, token, err := w.Desk.Invite(t.Context(), admin, desk.Invitation{Email: "back@team.example", Role: chat.Admin})
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, admin.ID, desk.AgentChange{Disabled: &yes}))
	_, err = w.Desk.AcceptInvite(t.Context(), token, "Adam again", "a slow train north", from("192.0.2.4"))
	wantKind(t, "an invitation of a disabled admin", err, chat.Gone)
}

func TestChangeAgent_TellsTheTeamAndRaisesRightsWithTheRole(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	role := chat.Supervisor
	got := must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, ada.ID, desk.AgentChange{Role: &role}))
	if got.Role != chat.Supervisor || got.Rights != 1 {
		t.Errorf("changed to %+v", got)
	}
	log := w.Log(chat.TeamConversation)
	if told, err := chat.Decode[chat.Agent](log[len(log)-1]); err != nil || !cmp.Equal(told, got) {
		t.Errorf("the team is told %+v, %v", told, err)
	}
	must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, ada.ID, desk.AgentChange{Role: &role}))
	if again := w.Log(chat.TeamConversation); len(again) != len(log) {
		t.Errorf("changing nothing told %d facts", len(again)-len(log))
	}
	// The caller's copy of himself is not believed.
	forged := ada
	forged.Role = chat.Owner
	_, err := w.Desk.ChangeAgent(t.Context(), forged, w.Owner.ID, desk.AgentChange{Role: &role})
	wantKind(t, "with a forged role", err, chat.Denied)
	_, err = w.Desk.ChangeAgent(t.Context(), w.Owner, w.Owner.ID, desk.AgentChange{Role: &role})
	wantKind(t, "the last owner steps down", err, chat.Conflict)
	_, err = w.Desk.ChangeAgent(t.Context(), w.Owner, "a_nobody", desk.AgentChange{Role: &role})
	wantKind(t, "nobody", err, chat.Missing)
}

func TestSetStatus_IsAWordAndNoRight(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	until := chat.Micros(w.Clock.Now().Add(time.Hour))
	got := must[chat.Agent](t)(w.Desk.SetStatus(t.Context(), ada, desk.NewStatus{Status: chat.Away, Reason: "lunch\n", Until: until}))
	if got.Status != chat.Away || got.Reason != "lunch" || got.Until != until || got.Rights != ada.Rights {
		t.Errorf("status %+v", got)
	}
	log := w.Log(chat.TeamConversation)
	if last := log[len(log)-1]; last.Kind != chat.KindAgent || last.Actor.ID != string(ada.ID) {
		t.Errorf("the team is told %+v", last)
	}
	_, err := w.Desk.SetStatus(t.Context(), ada, desk.NewStatus{Status: "sleeping"})
	wantKind(t, "no such status", err, chat.Invalid)
	_, err = w.Desk.SetStatus(t.Context(), ada, desk.NewStatus{Status: chat.Away, Until: 1})
	wantKind(t, "until the past", err, chat.Invalid)
}

func TestSaveSite_KeepsItsKeyAndTellsTheTeam(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	s := w.Site
	s.Name, s.Key, s.Group, s.Origins = "Outlet", "stolen", "", []string{"https://outlet.example"}
	got := must[chat.Site](t)(w.Desk.SaveSite(t.Context(), w.Owner, s))
	if got.Key != w.Site.Key || got.Group != w.Group.ID || got.Name != "Outlet" {
		t.Errorf("saved %+v", got)
	}
	if byKey, err := w.Desk.SiteByKey(t.Context(), w.Site.Key); err != nil || !cmp.Equal(byKey, got) {
		t.Errorf("by key: %+v, %v", byKey, err)
	}
	second := must[chat.Site](t)(w.Desk.SaveSite(t.Context(), w.Owner, chat.Site{Name: "Blog", Origins: []string{"https://blog.example"}}))
	if second.ID == got.ID || second.Key == got.Key || second.Group != w.Group.ID {
		t.Errorf("the second site is %+v", second)
	}
	if all := must[[]chat.Site](t)(w.Desk.Sites(t.Context())); len(all) != 2 {
		t.Errorf("%d sites, want 2", len(all))
	}
	log := w.Log(chat.TeamConversation)
	if told, err := chat.Decode[chat.Site](log[len(log)-1]); err != nil || !cmp.Equal(told, second) {
		t.Errorf("the team is told %+v, %v", told, err)
	}
	_, err := w.Desk.SaveSite(t.Context(), ada, s)
	wantKind(t, "by a member", err, chat.Denied)
	s.ID = "s_unknown"
	_, err = w.Desk.SaveSite(t.Context(), w.Owner, s)
	wantKind(t, "an unknown site", err, chat.Missing)
	_, err = w.Desk.SiteByKey(t.Context(), "unknown")
	wantKind(t, "an unknown key", err, chat.Missing)
}
