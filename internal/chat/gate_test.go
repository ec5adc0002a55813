package chat_test

import (
	"testing"

	"earshot/internal/chat"
)

// Who may pass chats into a group and out of it is what both groups say; who
// oversees always may, and inside a group there is no gate.
func TestMayCross_AsBothGroupsSay(t *testing.T) {
	t.Parallel()
	support, billing := chat.Group{ID: "g_s", Name: "Support"}, chat.Group{ID: "g_b", Name: "Billing"}
	in := func(role chat.Role, groups ...chat.GroupID) chat.Agent {
		return chat.Agent{ID: "a_1", Role: role, Groups: groups}
	}
	leads := func(a chat.Agent, g chat.GroupID) chat.Agent { return a.Enrol(g, chat.ClassSupervisor) }
	ours, theirs := in(chat.Member, "g_s"), in(chat.Member, "g_b")
	for name, c := range map[string]struct {
		by        chat.Agent
		out, into chat.Gate
		may       bool
	}{
		"nothing is said":              {ours, chat.Gate{}, chat.Gate{}, true},
		"into, for its members":        {ours, chat.Gate{}, chat.Gate{Who: chat.GateMembers}, false},
		"into, a member of it":         {theirs, chat.Gate{}, chat.Gate{Who: chat.GateMembers}, true},
		"into, from a group named":     {ours, chat.Gate{}, chat.Gate{Who: chat.GateGroups, Groups: []chat.GroupID{"g_s"}}, true},
		"into, from another one":       {ours, chat.Gate{}, chat.Gate{Who: chat.GateGroups, Groups: []chat.GroupID{"g_x"}}, false},
		"into, for supervisors":        {theirs, chat.Gate{}, chat.Gate{Who: chat.GateSupervisors}, false},
		"out, for its members":         {ours, chat.Gate{Who: chat.GateMembers}, chat.Gate{}, true},
		"out, by somebody else":        {theirs, chat.Gate{Who: chat.GateMembers}, chat.Gate{}, false},
		"out, to a group named":        {ours, chat.Gate{Who: chat.GateGroups, Groups: []chat.GroupID{"g_b"}}, chat.Gate{}, true},
		"out, to another one":          {ours, chat.Gate{Who: chat.GateGroups, Groups: []chat.GroupID{"g_x"}}, chat.Gate{}, false},
		"an unknown rule lets nobody":  {ours, chat.Gate{Who: "friends"}, chat.Gate{}, false},
		"into, its own supervisor":     {leads(theirs, "g_b"), chat.Gate{}, chat.Gate{Who: chat.GateSupervisors}, true},
		"out, its own supervisor":      {leads(ours, "g_s"), chat.Gate{Who: chat.GateSupervisors}, chat.Gate{}, true},
		"into, the supervisor of ours": {leads(ours, "g_s"), chat.Gate{}, chat.Gate{Who: chat.GateSupervisors}, false},
		"a supervisor, whatever holds": {in(chat.Supervisor), chat.Gate{Who: chat.GateSupervisors}, chat.Gate{Who: chat.GateMembers}, true},
	} {
		err := chat.MayCross(c.by, chat.Crossing{From: support, To: billing, Out: c.out, Into: c.into})
		if (err == nil) != c.may || err != nil && !chat.IsKind(err, chat.Denied) {
			t.Errorf("%s: %v, want let through %v", name, err, c.may)
		}
	}
	if err := chat.MayCross(ours, chat.Crossing{From: support, To: support, Out: chat.Gate{Who: chat.GateSupervisors}}); err != nil {
		t.Errorf("inside a group: %v", err)
	}
}

func TestPlaybookClean_RefusesGatesThatNobodyCouldRead(t *testing.T) {
	t.Parallel()
	book := func(g chat.Gate) chat.Playbook { return chat.Playbook{Transfer: chat.TransferChapter{Into: g}} }
	for name, g := range map[string]chat.Gate{"an unknown rule": {Who: "friends"}, "no group named": {Who: chat.GateGroups}} {
		if _, err := book(g).Clean(); !chat.IsKind(err, chat.Invalid) {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
	clean, err := book(chat.Gate{Who: chat.GateMembers, Groups: []chat.GroupID{"g_s"}}).Clean()
	if err != nil || clean.Transfer.Into.Groups != nil {
		t.Errorf("groups that say nothing are kept: %+v, %v", clean.Transfer.Into, err)
	}
}
