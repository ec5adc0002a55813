package e2e

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"earshot/client"
)

// TestRolling_ARestartOfEachNodeLosesNoSend stops and starts three nodes one after
// the other, as an upgrade does, while people send through the balancer and
// a visitor listens: nobody's message is lost, doubled, or out of its place, nobody
// is asked to load anew, and each node ends in time.
func TestRolling_ARestartOfEachNodeLosesNoSend(t *testing.T) { // not parallel, as the crash rounds
	c := startCluster(t, 3)
	told, hears := listener(t, c.workspace)
	l := startLoad(t, c.workspace, 30, 3)
	var slowest time.Duration
	for turn, n := range c.nodes {
		before := len(l.ledger.copyAcked())
		began := time.Now()
		if err := n.stop(t); err != nil {
			t.Fatalf("%v\n%s", err, lastLines(n.out.String(), 20))
		}
		slowest = max(slowest, time.Since(began))
		for len(l.ledger.copyAcked()) < before+30 { // while it is away the others go on
			select {
			case <-l.ctx.Done():
				t.Fatalf("a client gave up: %v", l.group.Wait())
			case <-time.After(5 * time.Millisecond): // waits: for people who send
			}
		}
		n.again(t)
		told(fmt.Sprintf("node %d is back", turn))
	}
	l.stop(t)
	hears(len(c.nodes))
	found := compare(l.ledger.acked, nil, throughAPI(t, c.owner))
	fmt.Printf("rolling restart: %v, slowest stop %v\n", found, slowest.Round(time.Millisecond))
	if !found.clean() || l.ledger.changed > 0 || found.acked < 100 {
		t.Errorf("through the API: %v\nanswers that changed when repeated: %d", found, l.ledger.changed)
	}
}

// listener is a visitor who follows through the balancer. told lets the owner write
// to him; hears checks that he has heard all of it, once and in order.
func listener(t *testing.T, w workspace) (told func(text string), hears func(n int)) {
	t.Helper()
	v := client.New(w.url).Visitor(client.NewToken(), w.site)
	done, err := v.Post(t.Context(), client.VisitorMessage{Text: "I listen."})
	if err != nil {
		t.Fatal(err)
	}
	id := done.Visitor.Conversation
	if _, err := w.owner.Take(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	view, err := v.Conversation(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	told = func(text string) {
		if _, err := w.owner.Post(t.Context(), id, client.Message{Text: text, Seen: 1 << 40}); err != nil {
			t.Fatal(err)
		}
		want = append(want, text)
	}
	frames := make(chan client.Frame)
	var reading sync.WaitGroup
	s := v.Stream(view.Cursor)
	reading.Go(func() {
		defer close(frames)
		for {
			f, err := s.Next(t.Context())
			if err != nil {
				return
			}
			select {
			case frames <- f:
			case <-t.Context().Done():
				return
			}
		}
	})
	t.Cleanup(func() { reading.Wait(); s.Drop() })
	return told, func(n int) {
		t.Helper()
		var got []string
		for len(got) < n {
			select {
			case f := <-frames:
				if f.Type == "reset" || f.Type == "" {
					t.Fatalf("the listener was told %q after %q", f.Raw, got)
				}
				if f.Event != nil && f.Event.Kind == "message" {
					got = append(got, f.Event.Text())
				}
			case <-time.After(time.Minute):
				t.Fatalf("the listener has heard %q of %q", got, want)
			}
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("the listener heard %q, want %q", got, want)
				return
			}
		}
	}
}
