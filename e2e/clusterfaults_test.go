package e2e

import (
	"database/sql"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/client"
)

// faultSeconds is a test flag, set once before any test runs.
var faultSeconds = flag.Int("fault-seconds", 6, "how long a node stands still or is cut off in TestCluster")

func faultTime() time.Duration { return time.Duration(*faultSeconds) * time.Second }

// fault is what happens to a cluster while clients send.
type fault struct {
	name   string
	strike func(testing.TB, *siege)
}

// faults come one after another. The last one is not over when the clients stop: what
// was sent during it has to arrive all the same.
func faults() []fault {
	return []fault{
		{"a node is killed", func(t testing.TB, s *siege) {
			s.nodes[0].kill()
			s.goOn(t, time.Second)
			s.nodes[0].again(t)
		}},
		{"PostgreSQL is stopped at once", func(t testing.TB, s *siege) {
			s.postgres.Stop()
			s.goOn(t, time.Second)
			s.postgres.Start()
		}},
		{"a node stands still", func(t testing.TB, s *siege) {
			s.nodes[1].pause(t)
			s.goOn(t, faultTime())
			s.nodes[1].resume(t)
		}},
		{"a node is cut off", func(t testing.TB, s *siege) {
			s.nodes[2].link.cut(t)
			s.goOn(t, faultTime())
			s.nodes[2].link.heal(t)
		}},
		{"NATS is gone", func(t testing.TB, s *siege) {
			s.nats.stop()
			s.goOn(t, 2*time.Second)
		}},
	}
}

// siege is a cluster to which faults happen under load.
type siege struct {
	*cluster
	load    *load
	readers *readers
	// reading is the owner by connections of his own.
	reading *client.Agent
}

const besieged = 30 // visitors who send without pause

// besiege starts a cluster of which the last node can be cut off, with visitors who send
// and follow, and an owner who answers at five chats and follows at each node.
func besiege(t testing.TB, bin string) *siege {
	t.Helper()
	s := &siege{cluster: startClusterOf(t, clusterOptions{bin: bin, nodes: 3, apart: true, postgres: []string{}}), readers: newReaders(t)}
	s.reading = s.owner
	impatient := http.DefaultTransport.(*http.Transport).Clone()
	impatient.MaxIdleConnsPerHost, impatient.ResponseHeaderTimeout = 256, 4*time.Second
	c := client.New(s.url, client.WithTransport(impatient))
	hasty, err := c.SignIn(t.Context(), ownerEmail, ownerPassword)
	if err != nil {
		t.Fatal(err)
	}
	sending := s.workspace
	sending.owner = hasty
	s.load = startLoad(t, sending, 0, 5)
	for i := range besieged {
		s.visit(t, c, i)
	}
	for range s.nodes {
		s.readers.agent(t, c, s.reading)
	}
	return s
}

// visit begins a visitor's chat, and to follow it and to send.
func (s *siege) visit(t testing.TB, c *client.Client, i int) {
	t.Helper()
	v := c.Visitor(client.NewToken(), s.site)
	name := fmt.Sprintf("visitor %d", i)
	post := visitorPost(v, name)
	first := name + " begins"
	s.load.ledger.tries(first)
	e, err := post(t.Context(), client.NewKey(), first)
	if err != nil {
		t.Fatal(err)
	}
	s.load.ledger.isAcked(e)
	s.readers.visitor(t, v, e.conversation)
	one := &sender{ledger: s.load.ledger, name: name, post: s.readers.timed(post)}
	one.paced = every(50 * time.Millisecond)
	s.load.group.Go(func() error { return one.run(s.load.ctx, s.load.halt) })
}

// goOn lets time pass in which the clients send.
func (s *siege) goOn(t testing.TB, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-s.load.ctx.Done():
		t.Fatalf("a client gave up: %v\n%s", s.load.group.Wait(), s.tails())
	}
}

func (s *siege) tails() string {
	var all strings.Builder
	for i, n := range s.nodes {
		fmt.Fprintf(&all, "node %d:\n%s\n", i, lastLines(n.out.String(), 12))
	}
	return all.String()
}

// readyAgain waits until each node says that it can serve. None is started again for it.
func (s *siege) readyAgain(t testing.TB) time.Duration {
	t.Helper()
	began := time.Now()
	for _, n := range s.nodes {
		if err := n.waitReady(t.Context(), time.Minute); err != nil {
			t.Fatalf("%s: %v\n%s", n.url, err, s.tails())
		}
	}
	return time.Since(began)
}

// afterwards compares what is promised by now with what the tables hold.
func (s *siege) afterwards(t testing.TB) verdict {
	t.Helper()
	promised := s.load.ledger.copyAcked()
	found := s.inDatabase(t)
	return compare(promised, s.load.ledger.copyAttempted(), found)
}

// besieged is what a siege came to.
type siegeOutcome struct {
	verdict
	arrived
	changed int
}

func (o siegeOutcome) clean() bool { return o.verdict.clean() && o.arrived.clean() && o.changed == 0 }

func (o siegeOutcome) String() string {
	return fmt.Sprintf("%v changed=%d %v", o.verdict, o.changed, o.arrived)
}

// run lets the faults happen, and judges the log, the API and what arrived at the readers.
func (s *siege) run(t testing.TB, all []fault, say func(string)) siegeOutcome {
	t.Helper()
	for i, f := range all {
		s.readers.phase(f.name)
		f.strike(t, s)
		if i == len(all)-1 {
			break
		}
		ready := s.readyAgain(t)
		s.goOn(t, 500*time.Millisecond)
		say(fmt.Sprintf("%s: %v ready_ms=%d", f.name, s.afterwards(t), ready.Milliseconds()))
	}
	s.load.stop(t)
	s.numbered(t)
	o := siegeOutcome{verdict: s.afterwards(t)}
	say(fmt.Sprintf("%s: %v", all[len(all)-1].name, o.verdict))
	online := compare(s.load.ledger.acked, s.load.ledger.attempted, throughAPI(t, s.reading))
	o.lost, o.duplicated, o.gaps, o.phantom = o.lost+online.lost, o.duplicated+online.duplicated, o.gaps+online.gaps, o.phantom+online.phantom
	o.arrived = s.readers.until(t, s.heads(t))
	o.changed = s.load.ledger.changed
	s.nats.start(t)
	s.readers.end()
	for name, lags := range s.readers.lags() {
		say(fmt.Sprintf("acknowledged to seen, %s: %v", name, lags))
	}
	return o
}

// inDatabase is what the tables hold at one moment. What has no position yet waits for
// one.
func (s *siege) inDatabase(t testing.TB) stored {
	t.Helper()
	db, err := sql.Open("pgx", s.database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	found := stored{count: map[string]int{}, at: map[string]entry{}}
	found.readEvents(t, tx)
	found.readLog(t, tx)
	var waiting int
	if err := tx.QueryRow("SELECT count(*) FROM unnumbered").Scan(&waiting); err != nil {
		t.Fatal(err)
	}
	found.gaps -= waiting
	return found
}

// numbered waits until every event has its position, half a minute at most: what has
// none then counts as a gap.
func (s *siege) numbered(t testing.TB) {
	t.Helper()
	waiting := 1
	for end := time.Now().Add(30 * time.Second); waiting > 0 && time.Now().Before(end); {
		s.query(t, "SELECT count(*) FROM unnumbered", func(rows *sql.Rows) error { return rows.Scan(&waiting) })
	}
	if waiting > 0 {
		t.Errorf("%d events have no position", waiting)
	}
}

// heads are the newest numbers of each conversation: of the team, and of its visitor.
func (s *siege) heads(t testing.TB) map[string]head {
	t.Helper()
	all := map[string]head{}
	s.query(t, "SELECT id, head, vhead FROM conversations", func(rows *sql.Rows) error {
		var id string
		var h head
		err := rows.Scan(&id, &h.seq, &h.vseq)
		all[id] = h
		return err
	})
	return all
}

// TestCluster_NothingIsLost is the ledger of TestCrash_KillLosesNothing over three
// nodes to which everything happens that may: what was promised is there once, in its
// place, whoever followed has all of it in order, and no node had to be started again
// because another one, or what it needs, was away.
func TestCluster_NothingIsLost(t *testing.T) { // not parallel: it wants the machine
	s := besiege(t, "")
	fmt.Printf("cluster: 3 nodes, partition by %s, standing still and cut off for %v\n", s.nodes[2].link.kind, faultTime())
	o := s.run(t, faults(), func(line string) { fmt.Println("cluster:", line) })
	fmt.Printf("cluster: %v\n", o)
	if !o.clean() {
		t.Errorf("%v\n%s", o, s.tails())
	}
	if o.acked < 500 || o.seen < 500 {
		t.Errorf("%d messages were acknowledged, %d seen: the test proves nothing", o.acked, o.seen)
	}
	// Polling finds them within a quarter of a second; a machine with much else to do takes longer.
	if late := s.readers.lags()["NATS is gone"].median(); late > 5*time.Second {
		t.Errorf("without NATS half of all messages took longer than %v to their reader", late)
	}
}

// TestCluster_PlantedFaultsAreCaught shows that the test above can fail: with positions
// from a bare sequence, and with readers that look at the log only when NATS rings.
func TestCluster_PlantedFaultsAreCaught(t *testing.T) { // not parallel: as above
	dir := os.Getenv("EARSHOT_MUTANTS")
	if dir == "" {
		t.Skip("the planted faults are not built; make cluster-test builds them")
	}
	all := faults()
	for name, only := range map[string][]fault{"sequence": {all[1], all[4]}, "bell": {all[4]}} {
		s := besiege(t, filepath.Join(dir, name))
		o := s.run(t, only, func(string) {})
		fmt.Printf("planted fault %s: %v\n", name, o)
		if o.clean() {
			t.Errorf("%s breaks nothing: the test of clusters proves nothing", name)
		}
	}
}

func (l *ledger) copyAttempted() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.attempted)
}
