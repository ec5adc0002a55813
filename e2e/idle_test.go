package e2e

import (
	"bufio"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/internal/store/storetest"
)

// idleStatements is how many statements a node may send PostgreSQL each second while
// nobody does anything: four looks, and what has to be said and looked after again and
// again. docs/scale.md states it.
const idleStatements = 18

// TestNodes_AnIdleOneAsksLittle counts the statements of a node while nobody does
// anything. A busy machine makes them fewer, never more.
func TestNodes_AnIdleOneAsksLittle(t *testing.T) {
	t.Parallel()
	n := launchBinary(t, binary(), filepath.Join(t.TempDir(), "data"), freeAddress(t), "env", "EARSHOT_DATABASE="+storetest.Postgres(t))
	if err := n.waitReady(t.Context(), time.Minute); err != nil {
		t.Fatalf("not ready: %v\n%s", err, n.out)
	}
	at := func() int {
		v := metric(t, n.url, "earshot_database_statements_total")
		if v < 20 {
			t.Fatalf("%d statements since the start: they are not counted", v)
		}
		return v
	}
	began, before := time.Now(), at()
	<-time.After(20 * time.Second) // waits: two rounds of whatever comes every ten seconds
	sent, seconds := at()-before, time.Since(began).Seconds()
	fmt.Printf("an idle node: %d statements in %.1f s, %.1f a second\n", sent, seconds, float64(sent)/seconds)
	if float64(sent) > idleStatements*seconds {
		t.Errorf("an idle node sent %d statements in %.1f s, more than %d a second", sent, seconds, idleStatements)
	}
	if sent < 20 {
		t.Errorf("it sent %d statements: it does not look any more", sent)
	}
}

// metric reads one number of a node.
func metric(t *testing.T, url, name string) int {
	t.Helper()
	res, err := http.Get(url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if text, is := strings.CutPrefix(lines.Text(), name+" "); is {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			return int(v)
		}
	}
	t.Fatalf("%s has no %s", url, name)
	return 0
}
