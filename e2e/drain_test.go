package e2e

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// patient is a test flag, set once before any test runs.
var patient = flag.Bool("patient", false, "wait for ghosts under the default times, not under short ones")

// promised is how soon somebody who waits is given or offered to somebody who can
// take him.
const promised = time.Second

// drainGroups are one that gives and one that asks.
func drainGroups() []chat.Group {
	given := routing.Rules{Distribution: routing.Distribution{Method: routing.LeastBusy, Direct: true}}
	asked := routing.Rules{Distribution: routing.Distribution{Method: routing.RoundRobin}}
	return []chat.Group{{ID: "g_given", Name: "Given", Policy: chat.PolicyOpen, Rules: given.Raw()},
		{ID: "g_asked", Name: "Asked", Policy: chat.PolicyOpen, Rules: asked.Raw()}}
}

// drain is a team that closes what it gets while others wait.
type drain struct {
	seeded
	closes int // of each agent

	mu    sync.Mutex // guards heard
	heard map[string]int64
}

// TestDrain_AFreePlaceIsFilledWithinASecond closes some hundred chats while others
// wait. From the moment at which a place is free and somebody waits, until his new
// lead's own line has told that he is given or offered, less than a second passes.
func TestDrain_AFreePlaceIsFilledWithinASecond(t *testing.T) { // not parallel: it measures
	groups := drainGroups()
	var agents []chat.Agent
	for i := range 10 {
		agents = append(agents, chat.Agent{ID: chat.AgentID(fmt.Sprintf("a_mate%02d", i)), Name: fmt.Sprintf("Mate %d", i), Email: fmt.Sprintf("mate%d@acme.example", i),
			Role: chat.Member, Status: chat.Accepting, Limit: 2, Groups: []chat.GroupID{groups[i%2].ID}})
	}
	d := &drain{seeded: seed(t, binary(), groups, routing.Timing{}, agents), closes: 30, heard: map[string]int64{}}
	g, ctx := errgroup.WithContext(t.Context())
	for _, m := range d.mates {
		led, asked := make(chan string, 100), make(chan string, 100)
		m.heard = func(me chat.AgentID, e client.Event) { d.hear(me, e, led, asked) }
		g.Go(func() error { return d.work(ctx, m, led, asked) })
	}
	d.connectAll(t)
	for i := range 40 {
		if err := d.arrive(ctx, groups[i%2].ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, lastLines(d.out.String(), 20))
	}
	d.disconnectAll()
	if err := d.stop(t); err != nil {
		t.Fatal(err)
	}
	v := d.judge(t)
	fmt.Printf("drain: %v\n", v)
	if v.late > 0 {
		t.Errorf("%v; want every place filled within %v", v, promised)
	}
	if v.filled < len(d.mates)*d.closes/2 { // not counted are those that nobody waited for
		t.Errorf("%d places were filled after %d closes: the test proves nothing", v.filled, len(d.mates)*d.closes)
	}
}

// hear notes when the agent's own line brought an assignment or an offer.
func (d *drain) hear(me chat.AgentID, e client.Event, led, asked chan<- string) {
	b, err := chat.Decode[struct{ Agent, Lead chat.AgentID }](chat.Event{Body: e.Body})
	if err != nil || (b.Agent != me && b.Lead != me) {
		return
	}
	switch chat.Kind(e.Kind) {
	case chat.KindOffer:
		asked <- e.Conversation
	case chat.KindAssign:
		led <- e.Conversation
	default:
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.heard[e.ID] = time.Now().UnixMicro()
}

// work accepts what the agent is offered and closes what he leads; for each one
// closed somebody new comes.
func (d *drain) work(ctx context.Context, m *mate, led, asked <-chan string) error {
	for n := 0; n < d.closes; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Second):
			return fmt.Errorf("%s was given nothing for 20 s, after %d", m.id, n)
		case id := <-asked:
			if _, err := m.Accept(ctx, id); err != nil {
				return err
			}
		case id := <-led:
			if _, err := m.Close(ctx, id); err != nil {
				return err
			}
			n++
			if err := d.arrive(ctx, m.groups[0]); err != nil {
				return err
			}
		}
	}
	return m.SetStatus(ctx, "finishing", "")
}

func (d *drain) arrive(ctx context.Context, g chat.GroupID) error {
	v := client.New(d.url).Visitor(client.NewToken(), d.site)
	_, err := v.Post(ctx, client.VisitorMessage{Text: "is somebody there?", Page: client.Page{URL: "https://acme.example/", Group: string(g)}})
	return err
}

// promptness is how fast places were filled.
type promptness struct {
	filled, late int
	worst, sum   time.Duration
}

func (p promptness) String() string {
	mean := time.Duration(0)
	if p.filled > 0 {
		mean = p.sum / time.Duration(p.filled)
	}
	return fmt.Sprintf("filled=%d late=%d mean_ms=%d worst_ms=%d", p.filled, p.late, mean.Milliseconds(), p.worst.Milliseconds())
}

// judge goes through the log. While as many wait as there are free places, each
// place is to be filled; how long it was free until its filling was heard counts.
func (d *drain) judge(t testing.TB) promptness {
	t.Helper()
	var p promptness
	fold := newRace(t, d.seeded)
	free := map[chat.AgentID][]int64{} // since when each of his places is
	readLog(t, d.workspace, func(e chat.Entry) {
		fold.fold(e.Event)
		at := e.Event.At
		if heard := d.heard[string(e.Event.ID)]; heard != 0 {
			at = heard
		}
		for _, g := range d.groups {
			waiting, places := d.stand(fold, g.ID)
			for a, n := range places {
				had := free[a]
				for ; len(had) > n; had = had[1:] {
					p.fills(had[0], at)
				}
				for len(had) < n {
					had = append(had, at)
				}
				if waiting < sum(places) {
					clear(had) // not all can be filled
				}
				for i := range had {
					if had[i] == 0 && waiting >= sum(places) {
						had[i] = at
					}
				}
				free[a] = had
			}
		}
	})
	return p
}

// fills notes a place that was free since a time, 0 = while nobody waited for it.
func (p *promptness) fills(since, at int64) {
	if since == 0 {
		return
	}
	took := time.Duration(at-since) * time.Microsecond
	p.filled++
	p.sum, p.worst = p.sum+took, max(p.worst, took)
	if took >= promised {
		p.late++
	}
}

func sum(places map[chat.AgentID]int) (n int) {
	for _, one := range places {
		n += one
	}
	return n
}

// stand counts those of a group who wait and are not offered to anybody, and the
// free places of its agents who accept.
func (d *drain) stand(r *race, g chat.GroupID) (waiting int, places map[chat.AgentID]int) {
	for _, s := range r.states {
		if t := s.Thread; t != nil && t.State == chat.Queued && t.Group == g && len(t.Offers) == 0 {
			waiting++
		}
	}
	places = map[chat.AgentID]int{}
	for _, m := range d.mates {
		if m.groups[0] == g && r.status[m.id] == chat.Accepting {
			places[m.id] = (m.limit - r.load(m.id, "")) / 100
		}
	}
	return waiting, places
}

// TestGhosts_NobodyHoldsChatsWhoDoesNotComeBack kills the server while agents are
// connected and lead chats whose visitors wait. None of them comes back. Soon
// after the new start, 45 s at the latest under the default times, nobody counts
// as present and every chat waits for somebody else.
func TestGhosts_NobodyHoldsChatsWhoDoesNotComeBack(t *testing.T) { // not parallel: it measures
	timing, limit := routing.Timing{Unheard: 10, Lost: 12}, 20*time.Second
	if *patient {
		timing, limit = routing.Timing{}, 40*time.Second
	}
	g := chat.Group{ID: "g_pull", Name: "Pull", Policy: chat.PolicyOpen, Rules: routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}}.Raw()}
	var agents []chat.Agent
	for i := range 8 {
		agents = append(agents, chat.Agent{ID: chat.AgentID(fmt.Sprintf("a_mate%02d", i)), Name: fmt.Sprintf("Mate %d", i), Email: fmt.Sprintf("mate%d@acme.example", i),
			Role: chat.Member, Status: chat.Accepting, Limit: 3, Groups: []chat.GroupID{g.ID}})
	}
	s := seed(t, binary(), []chat.Group{g}, timing, agents)
	s.connectAll(t)
	d := &drain{seeded: s}
	for _, m := range s.mates {
		for range 3 {
			if err := d.arrive(t.Context(), g.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := m.TakeNext(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.kill()
	s.disconnectAll()
	s.server = start(t, s.dir, s.addr)
	began := time.Now()
	s.until(t, limit, "no ghost is left", func() bool { return s.ghosts(t) == 0 })
	fmt.Printf("ghosts: agents=%d chats=%d gone_after_ms=%d of %d\n", len(s.mates), 3*len(s.mates), time.Since(began).Milliseconds(), limit.Milliseconds())
	page, err := s.owner.List(t.Context(), "queue", "", 100)
	if err != nil || len(page.Rows) != 3*len(s.mates) {
		t.Errorf("%d wait in the queue, want %d (%v)", len(page.Rows), 3*len(s.mates), err)
	}
	for _, row := range page.Rows {
		if row.Thread.State != "queued" || row.Thread.Lead != "" {
			t.Errorf("%+v", row.Thread)
		}
	}
}

// ghosts counts what is held by agents who are not there, and those who count as
// present: for the router, and, where there is time for it, for their colleagues.
func (s seeded) ghosts(t testing.TB) (n int) {
	t.Helper()
	b, err := s.owner.Board(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range b.Agents {
		n += len(a.Chats)
		if a.Present {
			n++
		}
	}
	if !*patient {
		return n
	}
	in, err := s.owner.Inbox(t.Context(), "my")
	if err != nil {
		t.Fatal(err)
	}
	return n + len(in.Present)
}

// readLog reads every entry of a stopped workspace's log.
func readLog(t testing.TB, w workspace, each func(chat.Entry)) {
	t.Helper()
	st := w.open(t)
	defer st.Close()
	err := st.Read(t.Context(), func(tx *store.Tx) error {
		for after := int64(0); ; {
			page, err := tx.Log(after, 4096)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, e := range page {
				after = e.Pos
				each(e)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
