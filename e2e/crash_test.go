package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// rounds is a test flag, set once before any test runs.
var rounds = flag.Int("rounds", 3, "how often TestCrash kills the server")

// TestCrash_KillLosesNothing kills the real binary at random moments under 50
// visitors and 5 agents that send without pause and repeat what they do not
// know. At the end everything that was promised is there once, in the place
// that was told, in the file and through the API.
func TestCrash_KillLosesNothing(t *testing.T) { // not parallel: it measures the time to ready
	w := setUp(t, t.TempDir())
	l := startLoad(t, w, 50, 5)
	var ready []time.Duration
	for range *rounds {
		moment := 300*time.Millisecond + time.Duration(rand.Int64N(int64(1200*time.Millisecond)))
		select {
		case <-time.After(moment):
		case <-l.ctx.Done():
			t.Fatalf("a client gave up: %v", l.group.Wait())
		}
		w.kill()
		w.server = start(t, w.dir, w.addr)
		ready = append(ready, w.ready)
	}
	l.stop(t)
	online := compare(l.ledger.acked, l.ledger.attempted, throughAPI(t, w.owner))
	if err := w.stop(t); err != nil {
		t.Errorf("the last stop: %v\n%s", err, lastLines(w.out.String(), 20))
	}
	onDisk := compare(l.ledger.acked, l.ledger.attempted, readFile(t, w.dir))
	onDisk.gaps += online.gaps
	slices.Sort(ready)
	fmt.Printf("%v ready_p99_ms=%d\n", onDisk, ready[(len(ready)*99-1)/100].Milliseconds())
	if !onDisk.clean() || !online.clean() || l.ledger.changed > 0 {
		t.Errorf("on disk: %v\nthrough the API: %v\nanswers that changed when repeated: %d", onDisk, online, l.ledger.changed)
	}
	if onDisk.acked < 100 {
		t.Errorf("only %d messages were acknowledged: the test proves nothing", onDisk.acked)
	}
}
