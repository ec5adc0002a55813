package desk_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// Nodes of one database know of each other, and of one that died only for as long as
// it may be alive.
func TestReport_NodesKnowOfEachOther(t *testing.T) {
	t.Parallel()
	w := desktest.NewPostgres(t)
	two := w.Node("n2")
	report := func(d *desk.Desk, feeds int) {
		t.Helper()
		if err := d.Report(t.Context(), "1.0", desk.NodeHealth{Ready: true, Feeds: feeds}); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.Desk.Nodes(); got != 1 {
		t.Errorf("before the first word there are %d nodes", got)
	}
	w.Write(func(tx *store.Tx) error { // n0 was killed a while ago
		long := time.Now().Add(-desk.NodeAlive - 10*time.Second).UnixMicro()
		return tx.SaveNode(store.Node{Name: "n0", Since: long, Seen: long, Health: []byte("{}")})
	})
	report(w.Desk, 3)
	report(two, 4)
	report(w.Desk, 5)
	if one, other := w.Desk.Nodes(), two.Nodes(); one != 2 || other != 2 {
		t.Errorf("they know of %d and %d nodes, want 2", one, other)
	}
	if !w.Desk.Repeats() || two.Repeats() {
		t.Errorf("the first says again what was told: %v, the second: %v", w.Desk.Repeats(), two.Repeats())
	}
	in := must[desk.Installation](t)(w.Desk.Installation(t.Context(), w.Owner))
	if len(in.Nodes) != 3 {
		t.Fatalf("%+v", in.Nodes)
	}
	here, dead, there := in.Nodes[0], in.Nodes[1], in.Nodes[2]
	if here.Name != "n1" || !here.Here || !here.Alive || here.Health.Feeds != 5 || here.Since > here.Seen {
		t.Errorf("this node is %+v", here)
	}
	if dead.Name != "n0" || dead.Alive {
		t.Errorf("the dead one is %+v", dead)
	}
	if there.Name != "n2" || there.Here || !there.Alive || there.Health.Feeds != 4 || there.Health.Answer <= 0 {
		t.Errorf("the other node is %+v", there)
	}
	if in.Database.Engine == "" || in.Now < there.Seen {
		t.Errorf("%+v", in)
	}
	if err := two.LeaveNodes(t.Context()); err != nil {
		t.Fatal(err)
	}
	report(w.Desk, 5)
	if got := w.Desk.Nodes(); got != 1 {
		t.Errorf("after one has stopped there are %d", got)
	}
	if err := w.Desk.LeaveNodes(t.Context()); err != nil {
		t.Fatal(err)
	}
	report(two, 4)
	if !two.Repeats() {
		t.Error("the only one left does not say again what was told")
	}
}

func TestInstallation_IsForOwnersAndAdminsAndKnowsOneNodeOnSQLite(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	if err := w.Desk.Report(t.Context(), "1.0", desk.NodeHealth{Feeds: 2}); err != nil {
		t.Fatal(err)
	}
	in := must[desk.Installation](t)(w.Desk.Installation(t.Context(), w.Owner))
	if len(in.Nodes) != 1 || in.Nodes[0].Health.Feeds != 2 || w.Desk.Nodes() != 1 {
		t.Errorf("%+v", in.Nodes)
	}
	_, err := w.Desk.Installation(t.Context(), w.Agent("Ada", chat.Supervisor))
	wantKind(t, "a supervisor asks", err, chat.Denied)
}
