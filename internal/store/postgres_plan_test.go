package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// planNode is a step of a plan of PostgreSQL.
type planNode struct {
	Type     string     `json:"Node Type"`
	Table    string     `json:"Relation Name"`
	Index    string     `json:"Index Name"`
	Cond     string     `json:"Index Cond"`
	Children []planNode `json:"Plans"`
}

func (n planNode) each(fn func(planNode)) {
	fn(n)
	for _, c := range n.Children {
		c.each(fn)
	}
}

// openOnly are indexes that hold what is under way, and nothing that is over.
func openOnly() []string {
	return []string{"threads_open", "threads_versions", "threads_queue", "threads_waiting", "watches_now", "watches_open"}
}

// walks tells through what of a statement's tables its plan goes from one end to
// the other; "" = through none. The planner is kept from that where there is any
// other way.
func walks(t *testing.T, address, text string) (through []string) {
	t.Helper()
	db := beside(t, address)
	c, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	args := make([]string, len(slices.Compact(slices.Sorted(slices.Values(regexp.MustCompile(`\$[0-9]+`).FindAllString(text, -1))))))
	for i := range args {
		args[i] = `'5'`
	}
	ask := `EXPLAIN (FORMAT JSON) EXECUTE asked`
	if len(args) > 0 {
		ask += `(` + strings.Join(args, `, `) + `)`
	}
	for _, step := range []string{`SET enable_seqscan = off`, `SET plan_cache_mode = force_generic_plan`, `PREPARE asked AS ` + text} {
		if _, err := c.ExecContext(context.Background(), step); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	var plan string
	if err := c.QueryRowContext(context.Background(), ask).Scan(&plan); err != nil {
		t.Fatal(err)
	}
	var top []struct{ Plan planNode }
	if err := json.Unmarshal([]byte(plan), &top); err != nil {
		t.Fatal(err)
	}
	steps := 0
	top[0].Plan.each(func(n planNode) {
		steps++
		if n.Type == "Seq Scan" {
			through = append(through, "table "+n.Table)
		}
		if n.Index != "" && n.Cond == "" && !slices.Contains(openOnly(), n.Index) {
			through = append(through, fmt.Sprintf("index %s of %s", n.Index, n.Table))
		}
	})
	if steps == 0 {
		t.Fatalf("no plan in %s", plan)
	}
	return through
}

// TestPostgreSQL_NoReadWalksThroughHistory is TestRound_NoReadWalksThroughHistory
// on the other engine.
func TestPostgreSQL_NoReadWalksThroughHistory(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	for name, text := range store.RoundReads() {
		if through := walks(t, address, text); len(through) > 0 {
			t.Errorf("%s are read by walking through %v", name, through)
		}
	}
	// It can see: what has no index is named.
	for _, text := range []string{`SELECT id FROM threads WHERE reason = $1`, `SELECT id FROM events WHERE audience = $1`, `SELECT id FROM threads ORDER BY started_at`} {
		if len(walks(t, address, text)) == 0 {
			t.Errorf("the test does not see that %s walks", text)
		}
	}
}
