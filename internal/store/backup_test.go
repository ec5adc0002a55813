package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"earshot/internal/chat"
)

// post appends a message to a Conversation that it makes if need be.
func post(t testing.TB, s *Store, c chat.ConversationID, id int64) error {
	t.Helper()
	return s.Write(context.Background(), func(tx *Tx) error {
		st, err := tx.Lock(c)
		if chat.IsKind(err, chat.Missing) {
			if err := tx.NewConversation(chat.Conversation{ID: c, Kind: chat.FormCustomer}); err != nil {
				return err
			}
			st, err = tx.Lock(c)
		}
		if err != nil {
			return err
		}
		said := chat.Said{Text: fmt.Sprintf("message number %d, which is long enough to fill a page now and then", id)}
		events := st.Add("t_1", []chat.Event{chat.Fact(chat.KindMessage, chat.System(), chat.ForAll, id, said)})
		events[0].ID = chat.EventID(fmt.Sprintf("e_%d", id))
		return tx.Append(st, events)
	})
}

func TestBackup_UnderLoadHoldsWhatWasAcknowledgedBeforeAndIsSound(t *testing.T) {
	t.Parallel()
	s := opened(t)
	var acknowledged, next atomic.Int64
	for range 500 {
		if err := post(t, s, "c_first", next.Add(1)); err != nil {
			t.Fatal(err)
		}
	}
	acknowledged.Store(500)
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := post(t, s, chat.ConversationID(fmt.Sprint("c_", w)), next.Add(1)); err != nil {
					t.Error(err)
					return
				}
				acknowledged.Add(1)
			}
		})
	}
	for n := range 5 {
		before := acknowledged.Load()
		path := filepath.Join(t.TempDir(), "copy.db")
		if err := s.Backup(context.Background(), path); err != nil {
			t.Fatalf("backup %d: %v", n, err)
		}
		if err := Verify(context.Background(), path); err != nil {
			t.Fatalf("backup %d: %v", n, err)
		}
		dir := t.TempDir()
		if err := Restore(context.Background(), path, dir); err != nil {
			t.Fatalf("backup %d: %v", n, err)
		}
		if got := logLength(t, dir); got < before {
			t.Errorf("backup %d holds %d events of %d that were acknowledged before it began", n, got, before)
		}
	}
	close(stop)
	writers.Wait()
}

// logLength opens the database of a directory and returns its head.
func logLength(t *testing.T, dir string) (n int64) {
	t.Helper()
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Read(context.Background(), func(tx *Tx) error {
		head, err := tx.Head()
		n = head.Pos
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBackup_EndsWithItsCaller(t *testing.T) {
	t.Parallel()
	s := opened(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("a backup that nobody waits for: %v", err)
	}
	left, err := filepath.Glob(path + "*")
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
	if err := s.Backup(context.Background(), path); err != nil {
		t.Error(err)
	}
	if err := s.Backup(context.Background(), path); err == nil {
		t.Error("a backup was written over another one")
	}
}

func TestRestore_BeginsAnotherEpochAndKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	s := opened(t)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := errors.Join(post(t, s, "c_1", 1), s.Backup(context.Background(), copied)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := Restore(context.Background(), copied, dir); err != nil {
		t.Fatal(err)
	}
	restored, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	if restored.Epoch() == s.Epoch() {
		t.Error("the restored history has the name of the former one")
	}
	if err := Restore(context.Background(), copied, dir); err == nil {
		t.Error("a database was restored over another one")
	}
}

// aCopy makes a sound copy with some content, and returns its path.
func aCopy(t *testing.T) string {
	t.Helper()
	s := opened(t)
	for i := range int64(40) {
		if err := post(t, s, chat.ConversationID(fmt.Sprint("c_", i%4)), i+1); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), fileName)
	if err := s.Backup(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestVerify_RefusesEveryDamage(t *testing.T) {
	t.Parallel()
	statement := func(text string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			db := raw(t, filepath.Dir(path))
			if _, err := db.Exec(text); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	overwrite := func(at int64, with string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteAt([]byte(with), at); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, damage := range map[string]func(*testing.T, string){
		"an event is gone":          statement(`DELETE FROM events WHERE conversation = 'c_1' AND seq = 3`),
		"the last event is gone":    statement(`DELETE FROM events WHERE conversation = 'c_1' AND seq = 10`),
		"a vseq is doubled":         statement(`UPDATE events SET vseq = 2 WHERE conversation = 'c_1' AND seq = 3`),
		"a vhead is wrong":          statement(`UPDATE conversations SET vhead = 11 WHERE id = 'c_1'`),
		"a head is wrong":           statement(`UPDATE conversations SET head = 9 WHERE id = 'c_1'`),
		"a position is gone":        statement(`DELETE FROM log WHERE pos = 7`),
		"the last position is gone": statement(`DELETE FROM log WHERE pos = 40`),
		"the head of the log":       statement(`UPDATE log_head SET pos = 41`),
		"a position moved":          statement(`UPDATE log SET seq = 9 WHERE pos = 7`),
		"a conversation is gone":    statement(`PRAGMA foreign_keys = 0; DELETE FROM conversations WHERE id = 'c_1'`),
		"a thread of nothing":       statement(`PRAGMA foreign_keys = 0; INSERT INTO participants VALUES ('t_x', 'a_1', 1)`),
		"a newer schema":            statement(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`),
		"a page begins with noise":  overwrite(5*4096, "noise noise noise noise noise noise noise noise noise"),
		"its header is noise":       overwrite(0, "not a database at all"),
		"it was cut off": func(t *testing.T, path string) {
			if err := os.Truncate(path, 20*4096); err != nil {
				t.Fatal(err)
			}
		},
		"it is empty": func(t *testing.T, path string) {
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := aCopy(t)
			if err := Verify(context.Background(), path); err != nil {
				t.Fatalf("before the damage: %v", err)
			}
			damage(t, path)
			var damaged *DamagedError
			if err := Verify(context.Background(), path); !errors.As(err, &damaged) {
				t.Errorf("the copy was accepted or not explained: %v", err)
			}
			if err := Restore(context.Background(), path, filepath.Join(t.TempDir(), "data")); err == nil {
				t.Error("the copy was restored")
			}
		})
	}
	if err := Verify(context.Background(), filepath.Join(t.TempDir(), "none.db")); err == nil {
		t.Error("a file that is not there was accepted")
	}
}

func TestVerify_ReadsTheLogBesideTheFileAndLeavesBothAlone(t *testing.T) {
	t.Parallel()
	s := opened(t)
	if err := errors.Join(post(t, s, "c_1", 1), post(t, s, "c_1", 2)); err != nil {
		t.Fatal(err)
	}
	// A copy of the files of a store that runs and is idle.
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	if err := errors.Join(copyFile(filepath.Join(s.dir, fileName), path), copyFile(filepath.Join(s.dir, fileName)+walSuffix, path+walSuffix)); err != nil {
		t.Fatal(err)
	}
	if err := Verify(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("beside the copy lie %v (%v)", left, err)
	}
	if got := logLength(t, dir); got != 2 {
		t.Errorf("the copy with its log holds %d events, want 2", got)
	}
}
