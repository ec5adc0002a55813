package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// TestMoving_ToPostgreSQLAndBack takes a workspace with a long log and files there
// and back, every step killed in its middle until it ends by itself. What comes out
// of each place is byte by byte the same, and people go on.
func TestMoving_ToPostgreSQLAndBack(t *testing.T) {
	t.Parallel()
	w := setUp(t, t.TempDir())
	m := newMoved(t, w)
	if err := w.stop(t); err != nil {
		t.Fatal(err)
	}
	fillLog(t, w, 12_000)

	there := filepath.Join(t.TempDir(), "export")
	if killed, kept := untilItEnds(t, nil, "export", "--data", w.dir, there); killed == 0 || !strings.Contains(kept, "were there already") || strings.Contains(kept, " 0 of ") {
		t.Errorf("export: killed %d times, and then: %s", killed, kept)
	}
	mustRun(t, nil, "restore", "--check", there)
	address := storetest.EmptyPostgres(t)
	postgres := []string{"EARSHOT_DATABASE=" + address}
	nodeDir := t.TempDir()
	if killed, kept := untilItEnds(t, postgres, "import", "--data", nodeDir, there); killed == 0 || strings.Contains(kept, "; 0 of ") {
		t.Errorf("import: killed %d times, and then: %s", killed, kept)
	}
	if said := mustRun(t, postgres, "import", "--data", nodeDir, there); !strings.Contains(said, "in this database already") {
		t.Errorf("the same import again: %s", said)
	}
	sameCopy(t, "out of PostgreSQL", there, export(t, postgres, nodeDir))

	node := workspace{server: start(t, nodeDir, freeAddress(t), onPostgres(address)...), site: w.site, database: address}
	node.owner = m.goesOn(t, node)
	if err := node.stop(t); err != nil {
		t.Fatal(err)
	}
	again := export(t, postgres, nodeDir)
	back := filepath.Join(t.TempDir(), "back")
	if killed, _ := untilItEnds(t, nil, "import", "--data", back, again); killed == 0 {
		t.Error("the way back was not killed once")
	}
	sameCopy(t, "out of SQLite", again, export(t, nil, back))
	home := workspace{server: start(t, back, freeAddress(t)), site: w.site}
	m.goesOn(t, home)
}

// moved is what people had before a move, and have after it.
type moved struct {
	token, key, conversation string
	said                     client.VisitorDone
	file                     client.File
	cursor                   string
	texts                    []string
}

func newMoved(t *testing.T, w workspace) *moved {
	t.Helper()
	m := &moved{token: client.NewToken(), key: "0190a0de-0000-7000-8000-000000000001"}
	v := client.New(w.url).Visitor(m.token, w.site)
	var err error
	if m.file, err = v.Upload(t.Context(), "notes.txt", strings.NewReader("kept over a move\n")); err != nil {
		t.Fatal(err)
	}
	if m.said, err = v.Post(t.Context(), client.VisitorMessage{Key: m.key, Text: "Wo bleibt meine Lieferung?", Files: []string{m.file.ID}}); err != nil {
		t.Fatal(err)
	}
	m.conversation = m.said.Visitor.Conversation
	m.texts = []string{"Wo bleibt meine Lieferung?"}
	if _, err := w.owner.Take(t.Context(), m.conversation); err != nil {
		t.Fatal(err)
	}
	m.answer(t, w, w.owner, "Sie ist unterwegs.")
	inbox, err := w.owner.Inbox(t.Context(), "all")
	if err != nil {
		t.Fatal(err)
	}
	m.cursor = inbox.Cursor
	return m
}

func (m *moved) answer(t *testing.T, w workspace, owner *client.Agent, text string) {
	t.Helper()
	if _, err := owner.Post(t.Context(), m.conversation, client.Message{Text: text, Seen: 1 << 40}); err != nil {
		t.Fatal(err)
	}
	m.texts = append(m.texts, text)
}

// goesOn: the same passwords and tokens let in, an old cursor is reset, everything
// is there, the same key again stores nothing, and talking goes on.
func (m *moved) goesOn(t *testing.T, w workspace) *client.Agent {
	t.Helper()
	owner := signIn(t, w.url)
	checkReset(t, owner, m.cursor)
	inbox, err := owner.Inbox(t.Context(), "all")
	if err != nil {
		t.Fatal(err)
	}
	m.cursor = inbox.Cursor
	resp, err := owner.Download(t.Context(), m.file.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK || string(got) != "kept over a move\n" {
		t.Errorf("the file came over as %q (%v)", got, err)
	}
	v := client.New(w.url).Visitor(m.token, w.site)
	again, err := v.Post(t.Context(), client.VisitorMessage{Key: m.key, Text: "Wo bleibt meine Lieferung?", Files: []string{m.file.ID}})
	if err != nil || len(again.Events) == 0 || again.Events[0].ID != m.said.Events[0].ID {
		t.Errorf("the same key again: %+v, %v", again, err)
	}
	m.answer(t, w, owner, fmt.Sprintf("Noch etwas, zum %d. Mal?", len(m.texts)))
	view, err := v.Conversation(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, e := range view.Events {
		if e.Kind == "message" {
			texts = append(texts, e.Text())
		}
	}
	if diff := cmp.Diff(m.texts, texts); diff != "" {
		t.Errorf("the visitor reads (-want +got):\n%s", diff)
	}
	return owner
}

// checkReset follows with a cursor of before.
func checkReset(t *testing.T, owner *client.Agent, cursor string) {
	t.Helper()
	conn, err := owner.Dial(t.Context(), cursor)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for {
		f, err := conn.Read()
		if err != nil {
			t.Fatal(err)
		}
		if f.Type == "reset" {
			return
		}
		if f.Type != "hello" {
			t.Fatalf("a cursor of another history was answered with %s", f.Raw)
		}
	}
}

// fillLog appends messages to many conversations of a workspace that nobody
// serves.
func fillLog(t testing.TB, w workspace, events int) {
	t.Helper()
	st := w.open(t)
	defer st.Close()
	const inOne = 40
	for c := range events / inOne {
		err := st.Write(t.Context(), func(tx *store.Tx) error {
			id := chat.ConversationID(fmt.Sprintf("c_filled%08d", c))
			v := chat.Visitor{ID: chat.VisitorID(fmt.Sprintf("v_filled%08d", c)), Name: "Ines", Conversation: id, Since: 1, Seen: 1}
			if err := tx.SaveVisitor(v); err != nil {
				return err
			}
			if err := tx.NewConversation(chat.Conversation{ID: id, Kind: chat.FormCustomer, Visitor: v.ID}); err != nil {
				return err
			}
			s, err := tx.Lock(id)
			if err != nil {
				return err
			}
			var said []chat.Event
			for n := range inOne {
				text := fmt.Sprintf("Nachricht %d von %d, in der so viel steht, wie jemand eben schreibt, der auf etwas wartet.", n, c)
				said = append(said, chat.Fact(chat.KindMessage, v.Actor(), chat.ForAll, int64(1+n), chat.Said{Text: text}))
			}
			added := s.Add(chat.ThreadID(fmt.Sprintf("t_filled%08d", c)), said)
			for n := range added {
				added[n].ID = chat.EventID(fmt.Sprintf("e_filled%08d-%d", c, n))
			}
			return tx.Append(s, added)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// untilItEnds runs a command and kills it, each time after twice as long, until it
// ends by itself before that. It returns how often it was killed, and what it said
// at last.
func untilItEnds(t *testing.T, env []string, args ...string) (killed int, said string) {
	t.Helper()
	for patience := 20 * time.Millisecond; ; patience *= 2 {
		out := &output{grew: make(chan struct{})}
		cmd := exec.Command(binary(), args...)
		cmd.Env = append(os.Environ(), env...)
		cmd.Stdout, cmd.Stderr = out, out
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(patience, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		err := cmd.Wait()
		if kill.Stop() && err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		if err == nil {
			return killed, out.String()
		}
		killed++
	}
}

func mustRun(t testing.TB, env []string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary(), args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

func export(t testing.TB, env []string, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "export")
	mustRun(t, env, "export", "--data", dir, to)
	return to
}

// sameCopy compares all but the manifests, which name the moment and the history.
func sameCopy(t *testing.T, what, want, got string) {
	t.Helper()
	all := map[string]int{}
	for i, dir := range []string{want, got} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || d.Name() == "copy.json" {
				return err
			}
			inside, err := filepath.Rel(dir, name)
			all[inside] |= 1 << i
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, where := range all {
		if where != 3 {
			t.Errorf("%s: %s is in one of the two", what, name)
			continue
		}
		if !bytes.Equal(readBytes(t, filepath.Join(want, name)), readBytes(t, filepath.Join(got, name))) {
			t.Errorf("%s: %s is another", what, name)
		}
	}
	if len(all) < 20 {
		t.Errorf("%s: there are %d files in an export", what, len(all))
	}
}
