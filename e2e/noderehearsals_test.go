package e2e

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"earshot/client"
)

// TestNodes_ARehearsalIsKnownAtEach: behind a balancer who starts one asks for it, and
// cancels it, at another node. Two run at once at all nodes together, and one whose
// node is killed says so.
func TestNodes_ARehearsalIsKnownAtEach(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 3)
	at := make([]*client.Agent, len(c.nodes))
	for i, n := range c.nodes {
		at[i] = signIn(t, n.url)
	}
	said, err := client.New(c.url).Visitor(client.NewToken(), c.site).Post(t.Context(), client.VisitorMessage{Text: "Where is my order?"})
	if err != nil {
		t.Fatal(err)
	}
	came := said.Visitor.Conversation
	small := rehearse(t, at[0])
	var first client.Rehearsal
	for i, node := range at {
		r := until(t, node, small.ID, "done")
		if i == 0 {
			first = r
		}
		if string(r.Diff) != string(first.Diff) || !strings.Contains(string(r.Diff), came) {
			t.Errorf("node %d answers %s, the first one %s, without %s", i, r.Diff, first.Diff, came)
		}
	}

	fillWithVisits(t, c.workspace, came, 8000) // so many in one queue take a minute
	one, two := rehearse(t, at[0]), rehearse(t, at[1])
	hasty, err := client.New(c.nodes[2].url, client.WithoutRetries()).SignIn(t.Context(), ownerEmail, ownerPassword)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hasty.Rehearse(t.Context(), 1, 2); !client.IsKind(err, "limited") {
		t.Errorf("a third at another node: %v", err)
	}
	if r, err := at[1].Rehearsal(t.Context(), one.ID); err != nil || r.State != "running" || r.Total != one.Total || r.Total < 16_000 {
		t.Errorf("asked for at another node it is %s, %d of %d, %v", r.State, r.Done, r.Total, err)
	}
	if err := at[2].CancelRehearsal(t.Context(), two.ID); err != nil {
		t.Fatal(err)
	}
	for _, node := range at {
		until(t, node, two.ID, "cancelled")
	}
	c.nodes[0].kill()
	if r := until(t, at[2], one.ID, "failed"); !strings.Contains(r.Error, "ended with the server that ran it") {
		t.Errorf("its node is dead: %+v", r)
	}
	again, more := rehearse(t, at[1]), rehearse(t, at[2])
	for _, r := range []client.Rehearsal{again, more} {
		if err := at[1].CancelRehearsal(t.Context(), r.ID); err != nil {
			t.Error(err)
		}
	}
}

// rehearse begins one; the client waits for a place.
func rehearse(t *testing.T, a *client.Agent) client.Rehearsal {
	t.Helper()
	r, err := a.Rehearse(t.Context(), 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// until asks for a rehearsal until it is in a state.
func until(t *testing.T, a *client.Agent, id, state string) client.Rehearsal {
	t.Helper()
	for {
		r, err := a.Rehearsal(t.Context(), id)
		if err != nil || (r.State != state && r.State != "running") {
			t.Fatalf("%s: it is %s %q, %v, want it to be %s", id, r.State, r.Error, err, state)
		}
		if r.State == state {
			return r
		}
		<-time.After(100 * time.Millisecond) // waits: for its node
	}
}

// fillWithVisits copies a visit so many times, all at its moment, as ones that are over.
func fillWithVisits(t *testing.T, w workspace, conversation string, n int) {
	t.Helper()
	db, err := sql.Open("pgx", w.database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	copies := func(table, key, where, as string) string {
		return fmt.Sprintf(`INSERT INTO %s SELECT (jsonb_populate_record(x, %s)).* FROM %s x, generate_series(1, %d) i WHERE %s = '%s' %s`, table, as, table, n, key, conversation, where)
	}
	for _, text := range []string{
		copies("conversations", "x.id", "", `jsonb_build_object('id', x.id || '_' || i, 'thread', x.thread || '_' || i)`),
		copies("threads", "x.conversation", "", `jsonb_build_object('id', x.id || '_' || i, 'conversation', x.conversation || '_' || i, 'state', 'closed', 'closed_at', x.started_at)`),
		copies("events", "x.conversation", "AND x.kind = 'thread.started'", `jsonb_build_object('id', x.id || '_' || i, 'conversation', x.conversation || '_' || i, 'thread', x.thread || '_' || i)`),
		"ANALYZE", // as the server does by itself a minute later
	} {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
}
