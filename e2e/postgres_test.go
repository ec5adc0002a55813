package e2e

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"earshot/client"
	"earshot/internal/store/storetest"
)

// onPostgres are the words in front of a command whose workspace lies there.
func onPostgres(address string) []string { return []string{"env", "EARSHOT_DATABASE=" + address} }

// setUpPostgres is setUp on an empty database of PostgreSQL.
func setUpPostgres(t testing.TB, dir, address string) workspace {
	t.Helper()
	s := start(t, dir, freeAddress(t), onPostgres(address)...)
	return workspace{server: s, owner: s.makeOwner(t)}.withSite(t)
}

// TestScript_PostgreSQL runs testdata/postgres/*.txtar with the real binary and a
// database of PostgreSQL.
func TestScript_PostgreSQL(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "postgres"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("EARSHOT", binary())
			env.Setenv("DATABASE", address)
			env.Setenv("EARSHOT_DATABASE", address)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"workspace": func(ts *testscript.TestScript, _ bool, args []string) {
				w := setUpPostgres(t, ts.MkAbs(args[0]), address)
				fillWorkspace(t, ts, w)
			},
		},
	})
}

// TestPostgreSQL_AMessageCrossesAndSurvivesAKill is one chat on a single node.
func TestPostgreSQL_AMessageCrossesAndSurvivesAKill(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	w := setUpPostgres(t, t.TempDir(), address)
	inbox, err := w.owner.Inbox(t.Context(), "queue")
	if err != nil {
		t.Fatal(err)
	}
	token := client.NewToken()
	visitor := client.New(w.url).Visitor(token, w.site)
	said, err := visitor.Post(t.Context(), client.VisitorMessage{Text: "Where is my order?"})
	if err != nil {
		t.Fatal(err)
	}
	follow := w.owner.Stream(inbox.Cursor)
	defer follow.Drop()
	for seen := false; !seen; {
		f, err := follow.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen = f.Row != nil && f.Row.Conversation.ID == said.Visitor.Conversation
	}
	w.kill()
	w.server = start(t, w.dir, w.addr, onPostgres(address)...)
	if _, err := w.owner.Take(t.Context(), said.Visitor.Conversation); err != nil {
		t.Fatal(err)
	}
	if _, err := w.owner.Post(t.Context(), said.Visitor.Conversation, client.Message{Text: "It left today.", Seen: 100}); err != nil {
		t.Fatal(err)
	}
	view, err := client.New(w.url).Visitor(token, w.site).Conversation(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	texts := ""
	for _, e := range view.Events {
		if e.Kind == "message" {
			texts += e.Text() + "|"
		}
	}
	if texts != "Where is my order?|It left today.|" {
		t.Errorf("after the kill the visitor reads %q", texts)
	}
}

// TestPostgreSQL_KillLosesNothing is TestCrash_KillLosesNothing on a node whose
// database goes on.
func TestPostgreSQL_KillLosesNothing(t *testing.T) { // not parallel, as that one
	address := storetest.Postgres(t)
	w := setUpPostgres(t, t.TempDir(), address)
	l := startLoad(t, w, 30, 5)
	for range *rounds {
		moment := 300*time.Millisecond + time.Duration(rand.Int64N(int64(1200*time.Millisecond)))
		select {
		case <-time.After(moment):
		case <-l.ctx.Done():
			t.Fatalf("a client gave up: %v\n%s", l.group.Wait(), lastLines(w.out.String(), 20))
		}
		w.kill()
		w.server = start(t, w.dir, w.addr, onPostgres(address)...)
	}
	l.stop(t)
	found := compare(l.ledger.acked, l.ledger.attempted, throughAPI(t, w.owner))
	fmt.Printf("postgresql: %v\n", found)
	if !found.clean() || l.ledger.changed > 0 {
		t.Errorf("through the API: %v\nanswers that changed when repeated: %d", found, l.ledger.changed)
	}
	if found.acked < 50 {
		t.Errorf("only %d messages were acknowledged: the test proves nothing", found.acked)
	}
}
