package e2e

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/store"
)

// herdSize is a test flag, set once before any test runs.
var herdSize = flag.Int("herd", 300, "how many clients are connected in TestCluster_AHerdComesBack")

// herd are visitors with a connection each, who choose among the nodes themselves.
type herd struct {
	*cluster
	at   []*client.Client // by node
	each []*sheep
}

// sheep is one of them. While nobody follows for it it belongs to the test.
type sheep struct {
	token  string
	cursor string
	node   int
	heard  chan string // texts
	resets int
	tries  int
}

func newHerd(t testing.TB, n int) *herd {
	t.Helper()
	h := &herd{cluster: startClusterOf(t, clusterOptions{nodes: 3, postgres: []string{"shared_preload_libraries=pg_stat_statements"}})}
	for _, n := range h.nodes {
		h.at = append(h.at, client.New(n.url))
	}
	h.plant(t, n)
	var g errgroup.Group
	g.SetLimit(16)
	for i := range n {
		one := h.each[i]
		g.Go(func() error {
			view, err := h.at[one.node].Visitor(one.token, h.site).Conversation(t.Context(), 0)
			one.cursor = view.Cursor
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, c := range h.at {
		c.CloseIdle()
	}
	return h
}

// plant stores visitors past the API. They wait for nobody: ten thousand in the queue
// would be another test.
func (h *herd) plant(t testing.TB, n int) {
	t.Helper()
	sites, err := h.owner.Sites(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), t.TempDir(), store.Options{Database: h.database})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for i := range n {
		h.each = append(h.each, &sheep{token: client.NewToken(), node: i % len(h.nodes), heard: make(chan string, 4)})
	}
	for some := range slices.Chunk(h.each, 500) {
		err := st.Write(t.Context(), func(tx *store.Tx) error {
			for _, one := range some {
				v := chat.Visitor{ID: chat.VisitorID("v_" + client.NewKey()), Site: chat.SiteID(sites[0].ID), Conversation: chat.ConversationID("c_" + client.NewKey()), Since: 1, Seen: 1}
				hash := sha256.Sum256([]byte(one.token))
				if err := errors.Join(tx.SaveVisitor(v), tx.SetToken(v.ID, hash[:]),
					tx.NewConversation(chat.Conversation{ID: v.Conversation, Kind: chat.FormCustomer, Site: v.Site, Visitor: v.ID})); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// follow keeps a connection until ctx ends: where it breaks, the next one is tried after
// a time by chance, at a node by chance, as browsers behind a balancer do. up is told of
// each one that goes on where the last one was.
func (h *herd) follow(ctx context.Context, one *sheep, up func(*sheep)) {
	for attempt := 0; ctx.Err() == nil; attempt++ {
		if h.connection(ctx, one, func() { attempt = 0; up(one) }); ctx.Err() != nil {
			return
		}
		select {
		case <-time.After(500*time.Millisecond + rand.N(min(20*time.Second, time.Second<<attempt))):
		case <-ctx.Done():
		}
		one.node = rand.IntN(len(h.nodes))
	}
}

func (h *herd) connection(ctx context.Context, one *sheep, up func()) {
	conn := h.dial(ctx, one)
	if conn == nil {
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	for {
		f, err := conn.Read()
		if err != nil {
			return
		}
		if f.Cursor != "" {
			one.cursor = f.Cursor
		}
		switch {
		case f.Type == "hello" && f.Resumed:
			up()
		case f.Type == "reset":
			one.resets++
		case f.Event != nil:
			select {
			case one.heard <- f.Event.Text():
			default:
			}
		}
	}
}

// dial tries one node after the other, as a balancer does that finds one gone.
func (h *herd) dial(ctx context.Context, one *sheep) *client.Conn {
	for range h.nodes {
		one.tries++
		conn, err := h.at[one.node].Visitor(one.token, h.site).Dial(ctx, one.cursor)
		if err == nil {
			return conn
		}
		one.node = (one.node + 1) % len(h.nodes)
	}
	return nil
}

// calls are how often PostgreSQL has been asked each thing so far.
func (h *herd) calls(t testing.TB, db *sql.DB) map[string]float64 {
	t.Helper()
	rows, err := db.Query(`SELECT query, SUM(calls) FROM pg_stat_statements GROUP BY query`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]float64{}
	for rows.Next() {
		var query string
		var n float64
		if err := rows.Scan(&query, &n); err != nil {
			t.Fatal(err)
		}
		all[strings.Join(strings.Fields(query), " ")] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// asked is how often it was asked each thing a second while something went on.
func (h *herd) asked(t testing.TB, db *sql.DB, during func()) (perSecond map[string]float64, took time.Duration) {
	t.Helper()
	before, began := h.calls(t, db), time.Now()
	during()
	took = time.Since(began)
	perSecond = map[string]float64{}
	for query, n := range h.calls(t, db) {
		perSecond[query] = (n - before[query]) / took.Seconds()
	}
	return perSecond, took
}

// TestCluster_AHerdComesBack lets one of three nodes die to which a third of all clients
// is connected. All are back within 30 s at the others, from where they were, and hear
// what was said meanwhile; and coming back costs the database next to nothing.
func TestCluster_AHerdComesBack(t *testing.T) { // not parallel: it measures
	h := newHerd(t, *herdSize)
	db, err := sql.Open("pgx", h.database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	defer following.Wait()
	defer cancel()
	ups := make(chan *sheep, len(h.each))
	for _, one := range h.each {
		following.Go(func() { h.follow(ctx, one, func(s *sheep) { ups <- s }) })
	}
	h.await(t, ups, len(h.each))

	// What the nodes ask by themselves, with everybody connected and nothing going on.
	idle, _ := h.asked(t, db, func() { <-time.After(5 * time.Second) })
	var gone []*sheep
	for _, one := range h.each {
		if one.node == 0 {
			gone = append(gone, one)
		}
	}
	var back []time.Duration
	busy, took := h.asked(t, db, func() {
		h.nodes[0].kill()
		back = h.await(t, ups, len(gone))
	})
	each := 0.0
	for query, n := range busy {
		if more := (n - idle[query]) * took.Seconds() / float64(len(gone)); more > 0.05 {
			each += more
			fmt.Printf("herd: asked %.2f times by each who came back: %.90s\n", more, query)
		}
	}
	h.saysToAll(t, gone[:min(len(gone), 100)])
	cancel()
	following.Wait()
	resets, tries := 0, 0
	for _, one := range gone {
		resets, tries = resets+one.resets, tries+one.tries-1
	}
	fmt.Printf("herd: clients=%d lost_their_node=%d back_p50_ms=%d back_p95_ms=%d all_back_ms=%d busiest_100ms=%d resets=%d tries_each=%.2f queries_each=%.2f\n",
		len(h.each), len(gone), back[len(back)/2].Milliseconds(), back[len(back)*95/100].Milliseconds(), took.Milliseconds(), busiest(back), resets,
		float64(tries)/float64(len(gone)), each)
	if took > 30*time.Second || resets > 0 {
		t.Errorf("%d clients were back after %v, %d of them had to load everything anew", len(gone), took, resets)
	}
	if each > 6 {
		t.Errorf("coming back cost %.1f queries each", each)
	}
}

// await waits for clients to be connected, two minutes at most, and returns after what
// time each was.
func (h *herd) await(t testing.TB, ups <-chan *sheep, n int) (after []time.Duration) {
	t.Helper()
	began, limit := time.Now(), time.After(2*time.Minute)
	for range n {
		select {
		case <-ups:
			after = append(after, time.Since(began))
		case <-limit:
			t.Fatalf("%d of %d clients are connected", len(after), n)
		}
	}
	slices.Sort(after)
	return after
}

// saysToAll lets visitors write at a node by chance, and waits until their own streams
// have told them.
func (h *herd) saysToAll(t testing.TB, some []*sheep) {
	t.Helper()
	for i, one := range some {
		text := fmt.Sprintf("are you still there? %d", i)
		if _, err := h.at[1+i%2].Visitor(one.token, h.site).Post(t.Context(), client.VisitorMessage{Text: text}); err != nil {
			t.Fatal(err)
		}
		if err := one.hears(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *sheep) hears(ctx context.Context, text string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		select {
		case heard := <-s.heard:
			if heard == text {
				return nil
			}
		case <-ctx.Done():
			return errors.New("a client that came back does not hear what is said")
		}
	}
}

// busiest is how many came back within the same tenth of a second at most.
func busiest(sorted []time.Duration) (most int) {
	from := 0
	for to := range sorted {
		for sorted[to]-sorted[from] > 100*time.Millisecond {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}
