package e2e

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite": the test reads the file itself

	"earshot/client"
)

// entry is one message whose sender was told that it is stored.
type entry struct {
	conversation, text, kind string
	seq, vseq                int64  // as its sender was told; a visitor is told vseq alone, as seq
	id                       string // of the event
	visitor                  bool
}

// ledger is what the clients tried and what they were promised. It lives in
// the test's process, which nobody kills.
type ledger struct {
	mu        sync.Mutex
	attempted map[string]bool // texts
	acked     map[string]entry
	changed   int // answers to one key that were not the same twice
}

func newLedger() *ledger { return &ledger{attempted: map[string]bool{}, acked: map[string]entry{}} }

func (l *ledger) tries(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.attempted[text] = true
}

func (l *ledger) isAcked(e entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if before, ok := l.acked[e.text]; ok && before != e {
		l.changed++
	}
	l.acked[e.text] = e
}

// copyAcked returns what is promised by now.
func (l *ledger) copyAcked() map[string]entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make(map[string]entry, len(l.acked))
	for k, v := range l.acked {
		all[k] = v
	}
	return all
}

// verdict is the comparison of a ledger with what is stored.
type verdict struct{ acked, lost, duplicated, gaps, phantom int }

func (v verdict) clean() bool { return v.lost+v.duplicated+v.gaps+v.phantom == 0 }

func (v verdict) String() string {
	return fmt.Sprintf("acked=%d lost=%d duplicated=%d gaps=%d phantom=%d", v.acked, v.lost, v.duplicated, v.gaps, v.phantom)
}

// stored is what a database file holds.
type stored struct {
	count map[string]int   // text → how often
	at    map[string]entry // text → where
	gaps  int
}

// asked is a database, or a transaction in it.
type asked interface {
	Query(text string, args ...any) (*sql.Rows, error)
	QueryRow(text string, args ...any) *sql.Row
}

// readFile opens a copy of a stopped workspace's database and reads it to the
// end. Opening it is what the next start would do: the write-ahead log is read.
func readFile(t testing.TB, dir string) stored {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copy.db")
	for _, ending := range []string{"", "-wal"} {
		data, err := os.ReadFile(filepath.Join(dir, "earshot.db"+ending))
		if err == nil {
			err = os.WriteFile(copied+ending, data, 0o600)
		}
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", copied)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var whole string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&whole); err != nil || whole != "ok" {
		t.Fatalf("integrity_check: %q, %v", whole, err)
	}
	s := stored{count: map[string]int{}, at: map[string]entry{}}
	s.readEvents(t, db)
	s.readLog(t, db)
	return s
}

// readEvents counts texts and holes in the numbers of each conversation.
func (s *stored) readEvents(t testing.TB, db asked) {
	t.Helper()
	rows, err := db.Query("SELECT conversation, seq, vseq, kind, id, body FROM events ORDER BY conversation, seq")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	type numbers struct{ seq, vseq int64 }
	last := map[string]numbers{}
	for rows.Next() {
		var e entry
		var seq, vseq int64
		var body string
		if err := rows.Scan(&e.conversation, &seq, &vseq, &e.kind, &e.id, &body); err != nil {
			t.Fatal(err)
		}
		n := last[e.conversation]
		if seq != n.seq+1 {
			s.gaps++
		}
		if vseq != 0 && vseq != n.vseq+1 {
			s.gaps++
		}
		last[e.conversation] = numbers{seq, max(vseq, n.vseq)}
		if e.kind != "message" && e.kind != "note" {
			continue
		}
		var said client.Said
		if err := json.Unmarshal([]byte(body), &said); err != nil {
			t.Fatalf("%s %d: %v", e.conversation, seq, err)
		}
		e.text, e.seq, e.vseq = said.Text, seq, vseq
		s.count[said.Text]++
		s.at[said.Text] = e
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var heads int
	err = db.QueryRow(`SELECT count(*) FROM conversations c WHERE head <> (SELECT coalesce(max(seq), 0) FROM events e WHERE e.conversation = c.id)`).Scan(&heads)
	if err != nil {
		t.Fatal(err)
	}
	s.gaps += heads
}

// readLog counts holes in the one order over everything, and events that have
// no place in it.
func (s *stored) readLog(t testing.TB, db asked) {
	t.Helper()
	var n, first, last, homeless int
	err := db.QueryRow("SELECT count(*), coalesce(min(pos), 1), coalesce(max(pos), 0) FROM log").Scan(&n, &first, &last)
	if err != nil {
		t.Fatal(err)
	}
	err = db.QueryRow("SELECT count(*) FROM events e WHERE NOT EXISTS (SELECT 1 FROM log l WHERE l.conversation = e.conversation AND l.seq = e.seq)").Scan(&homeless)
	if err != nil {
		t.Fatal(err)
	}
	s.gaps += last - first + 1 - n + homeless
}

// compare judges a ledger by what is stored. A promise counts as kept if the
// text is there, in the place and under the id that its sender was told.
func compare(l map[string]entry, attempted map[string]bool, s stored) verdict {
	v := verdict{acked: len(l), gaps: s.gaps}
	for text, want := range l {
		got, ok := s.at[text]
		place := got.seq == want.seq
		if want.visitor {
			place = got.vseq == want.seq
		}
		if !ok || got.conversation != want.conversation || got.id != want.id || !place {
			v.lost++
		}
	}
	for text, n := range s.count {
		v.duplicated += n - 1
		if attempted != nil && !attempted[text] {
			v.phantom++
		}
	}
	return v
}

// throughAPI reads every conversation of the workspace as the owner and returns
// the same as the file: what a person would see.
func throughAPI(t testing.TB, owner *client.Agent) stored {
	t.Helper()
	s := stored{count: map[string]int{}, at: map[string]entry{}}
	for after := ""; ; {
		page, err := owner.List(t.Context(), "all", after, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			s.addConversation(t, owner, row.Conversation.ID)
		}
		if after = page.Next; after == "" {
			return s
		}
	}
}

// addConversation reads from the newest event back to the first.
func (s *stored) addConversation(t testing.TB, owner *client.Agent, id string) {
	t.Helper()
	before := int64(1 << 60)
	for {
		page, err := owner.EventsBefore(t.Context(), id, before, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range slices.Backward(page.Events) {
			if before != 1<<60 && e.Seq != before-1 {
				s.gaps++
			}
			before = e.Seq
			if e.Kind == "message" || e.Kind == "note" {
				s.count[e.Text()]++
				s.at[e.Text()] = entry{conversation: id, text: e.Text(), kind: e.Kind, id: e.ID, seq: e.Seq, vseq: e.VSeq}
			}
		}
		if !page.More {
			if before != 1 {
				s.gaps++
			}
			return
		}
	}
}

// sender is one client that sends message after message and repeats what it
// does not know, with the same key, until it knows.
type sender struct {
	ledger *ledger
	name   string
	n      int
	// post sends a text under a key and returns what it was promised.
	post func(ctx context.Context, key, text string) (entry, error)
	// paced waits before the next message.
	paced func(ctx context.Context) error
}

// run sends until stop is closed. What is under way then is resolved first.
func (s *sender) run(ctx context.Context, stop <-chan struct{}) error {
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		if s.paced != nil {
			if err := s.paced(ctx); err != nil {
				return nil
			}
		}
		s.n++
		text, key := fmt.Sprintf("%s message %d", s.name, s.n), client.NewKey()
		s.ledger.tries(text)
		e, err := s.post(ctx, key, text)
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		s.ledger.isAcked(e)
	}
}
