package e2e

import (
	"errors"
	"strings"
	"testing"
	"time"

	"earshot/client"
)

// TestStop_UnderLoadSaysByeAndLosesNothing asks the server to stop while clients
// send and a hundred visitors listen: commits under way finish, every listener
// is told when to come back, spread in time.
func TestStop_UnderLoadSaysByeAndLosesNothing(t *testing.T) {
	t.Parallel()
	w := setUp(t, t.TempDir())
	l := startLoad(t, w, 20, 1)
	byes := listen(t, w, 100)
	if err := w.stop(t); err != nil {
		t.Fatalf("%v\n%s", err, lastLines(w.out.String(), 20))
	}
	l.abandon()
	after := map[int64]bool{}
	for range 100 {
		select {
		case f := <-byes:
			if f.Code != 4500 || f.After <= 0 {
				t.Fatalf("got %s; want bye 4500 with a time", f.Raw)
			}
			after[f.After] = true
		case <-time.After(10 * time.Second):
			t.Fatal("a listener was not told")
		}
	}
	if len(after) < 20 {
		t.Errorf("100 listeners come back at %d different moments: that is a stampede", len(after))
	}
	if v := compare(l.ledger.copyAcked(), nil, readFile(t, w.dir)); !v.clean() || v.acked == 0 {
		t.Error(v)
	}
}

// listen connects visitors and returns the bye frames that they get.
func listen(t *testing.T, w workspace, n int) <-chan client.Frame {
	t.Helper()
	byes := make(chan client.Frame, n)
	c := client.New(w.url)
	for range n {
		v := c.Visitor(client.NewToken(), w.site)
		if _, err := v.Post(t.Context(), client.VisitorMessage{Text: "I listen " + client.NewKey()}); err != nil {
			t.Fatal(err)
		}
		view, err := v.Conversation(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := v.Dial(t.Context(), view.Cursor)
		if err != nil {
			t.Fatal(err)
		}
		if f, err := conn.Read(); err != nil || f.Type != "hello" {
			t.Fatalf("got %s, %v; want hello", f.Raw, err)
		}
		go func() {
			defer conn.Close()
			for {
				f, err := conn.Read()
				var closed *client.Closed
				switch {
				case f.Type == "bye":
					byes <- f
					return
				case errors.As(err, &closed), err != nil:
					byes <- client.Frame{Type: "lost", Raw: []byte(err.Error())}
					return
				}
			}
		}()
	}
	return byes
}

func TestStart_SecondProcessIsRefused(t *testing.T) {
	t.Parallel()
	w := setUp(t, t.TempDir())
	began := time.Now()
	out, err := command(t, "serve", "--listen", freeAddress(t), "--data", w.dir)
	if err == nil || !strings.Contains(out, "in use") {
		t.Errorf("a second process got %v and says:\n%s", err, out)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the refusal took %v", took)
	}
	if _, err := w.owner.Sites(t.Context()); err != nil {
		t.Errorf("the first process does not answer any more: %v", err)
	}
}
