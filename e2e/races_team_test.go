package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"earshot/client"
	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// raceGroups are the ways of sharing out, all of them, given and offered, with
// a limit of the group's own, an agreement, and one that others do not see. In half
// of them members take chats over; two are first lines.
func raceGroups() []chat.Group {
	groups := sharedOut()
	for i := range groups {
		groups[i].Etiquette.TakeOver = i%2 == 0
	}
	return groups
}

func sharedOut() []chat.Group {
	group := func(id string, p chat.Policy, r routing.Rules) chat.Group {
		return chat.Group{ID: chat.GroupID(id), Name: id, Policy: p, Rules: r.Raw()}
	}
	by := func(m routing.Method, direct bool) routing.Distribution {
		return routing.Distribution{Method: m, Direct: direct}
	}
	return []chat.Group{
		group("g_pull", chat.PolicyOpen, routing.Rules{Line: routing.FirstLine, Distribution: by(routing.Pull, false), Share: &routing.Agreement{Most: 2}}),
		group("g_ring", chat.PolicyOpen, routing.Rules{Line: routing.FirstLine, Distribution: by(routing.RingAll, false)}),
		group("g_robin", chat.PolicyOpen, routing.Rules{Distribution: by(routing.RoundRobin, true)}),
		group("g_turns", chat.PolicyOpen, routing.Rules{Distribution: by(routing.RoundRobin, false)}),
		group("g_busy", chat.PolicyGroup, routing.Rules{Distribution: by(routing.LeastBusy, true), Limit: 2}),
		group("g_free", chat.PolicyOpen, routing.Rules{Distribution: by(routing.LeastBusy, false)}),
	}
}

// raceTiming is short enough for offers to expire, connections to be lost and
// chats to fall asleep within a run.
func raceTiming() routing.Timing {
	return routing.Timing{Offer: 1, Warn: 5, Reply: 8, Extend: 2, RoundPause: 1, Down: 1, Unheard: 9, Lost: 10, Keep: 5, Idle: 2, MaxWait: 20, Aging: 10}
}

// mate is an agent of the race: his session, and the connection by which the
// server knows that he is there.
type mate struct {
	*client.Agent
	id     chat.AgentID
	role   chat.Role
	groups []chat.GroupID
	heads  chat.GroupID // which of them he supervises; "" = none
	limit  int
	heard  func(chat.AgentID, client.Event) // nil = nobody listens
	links  []string                         // by which he signs in again
	seeded time.Time                        // when they were made

	mu   sync.Mutex // guards line
	line *client.Conn
	away sync.WaitGroup // readers of lines
}

// seeded is a workspace that the test has filled past the API, before anybody
// was there: groups, agents, limits and times.
type seeded struct {
	workspace
	mates  []*mate
	groups []chat.Group
	// storm is what happens to the servers meanwhile; nil = nothing. In it the line may
	// break and the server be away, and then nobody knows what became of a deed.
	storm func()
}

// seed sets a workspace up with groups and agents, whose limits are 2 to 4, and
// signs them in.
func seed(t testing.TB, bin string, groups []chat.Group, timing routing.Timing, agents []chat.Agent) seeded {
	t.Helper()
	w := setUp(t, t.TempDir())
	if err := w.stop(t); err != nil {
		t.Fatal(err)
	}
	tickets := plant(t, w, groups, timing, agents)
	w.server = startBinary(t, bin, w.dir, w.addr)
	return signedIn(t, w, groups, agents, tickets)
}

// signedIn signs the agents in at a server that runs again.
func signedIn(t testing.TB, w workspace, groups []chat.Group, agents []chat.Agent, tickets []string) seeded {
	t.Helper()
	s := seeded{workspace: w, groups: groups}
	c := client.New(w.url, client.WithoutRetries())
	for i, a := range agents {
		links := tickets[i*signIns : (i+1)*signIns]
		in, err := c.SignInByLink(t.Context(), links[0])
		if err != nil {
			t.Fatal(err)
		}
		m := &mate{Agent: in, id: a.ID, role: a.Role, groups: a.Groups, limit: 100 * a.Limit, links: links[1:], seeded: time.Now()}
		for g := range a.Classes {
			m.heads = g
		}
		s.mates = append(s.mates, m)
	}
	return s
}

// signIns is how often each agent of a race can sign in.
const signIns = 6

// plant writes groups, agents and times into a stopped workspace, and returns the
// tokens of signIns sign-in links for each agent.
func plant(t testing.TB, w workspace, groups []chat.Group, timing routing.Timing, agents []chat.Agent) []string {
	t.Helper()
	st := w.open(t)
	settings, err := json.Marshal(desk.RoutingSettings{Timing: timing})
	if err != nil {
		t.Fatal(err)
	}
	err = st.Write(t.Context(), func(tx *store.Tx) error {
		for _, g := range groups {
			if err := tx.SaveGroup(g); err != nil {
				return err
			}
		}
		for _, a := range agents {
			if err := tx.SaveAgent(a); err != nil {
				return err
			}
		}
		return tx.SetSetting("routing", string(settings))
	})
	if err != nil {
		t.Fatal(err)
	}
	d := desk.New(st, nil, bus.NewLocal(), desk.Options{})
	var tickets []string
	for i := range len(agents) * signIns {
		a := agents[i/signIns]
		token, err := d.SignInTicket(t.Context(), a.Email)
		if err != nil {
			t.Fatal(err)
		}
		tickets = append(tickets, token)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return tickets
}

// raceHeads are who supervises one of his groups, which is his first, and is an
// ordinary member of another.
var raceHeads = []int{3, 5, 10}

// raceAgents are in two of the groups each. The first two oversee all of them by their
// role, raceHeads one each by their class in it.
func raceAgents(n int, groups []chat.Group) []chat.Agent {
	var all []chat.Agent
	for i := range n {
		a := chat.Agent{ID: chat.AgentID(fmt.Sprintf("a_mate%02d", i)), Name: fmt.Sprintf("Mate %d", i), Email: fmt.Sprintf("mate%d@acme.example", i),
			Role: chat.Member, Status: chat.Accepting, Limit: 2 + i%3, Groups: []chat.GroupID{}}
		if i < 2 {
			a.Role = chat.Supervisor
		}
		for j := range 2 {
			if g := groups[(i+3*j)%len(groups)].ID; !slices.Contains(a.Groups, g) {
				a.Groups = append(a.Groups, g)
			}
		}
		if slices.Contains(raceHeads, i) {
			a.Classes = map[chat.GroupID]chat.Class{a.Groups[0]: chat.ClassSupervisor}
		}
		all = append(all, a)
	}
	return all
}

// connect opens the mate's line, where there is none, and reads it to its end. A
// line that is to load everything anew ends, too: he will come again.
func (m *mate) connect(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.line != nil {
		return nil
	}
	in, err := m.Inbox(ctx, "my")
	if err != nil {
		return err
	}
	line, err := m.Dial(ctx, in.Cursor)
	if err != nil {
		return err
	}
	m.line = line
	m.away.Go(func() { m.read(line) })
	return nil
}

func (m *mate) read(line *client.Conn) {
	for {
		f, err := line.Read()
		if err != nil || f.Type == "reset" || f.Type == "bye" {
			break
		}
		if f.Event != nil && m.heard != nil {
			m.heard(m.id, *f.Event)
		}
	}
	_ = line.Close()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.line == line {
		m.line = nil
	}
}

// disconnect cuts the line as a train in a tunnel does: without a word.
func (m *mate) disconnect() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.line != nil {
		_ = m.line.Close()
		m.line = nil
	}
}

// connected reports whether the mate has a line.
func (m *mate) connected() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.line != nil
}

func (s seeded) connectAll(t testing.TB) {
	t.Helper()
	for _, m := range s.mates {
		if err := m.connect(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(s.disconnectAll)
	s.until(t, 15*time.Second, "everybody is there", func() bool {
		b, err := s.owner.Board(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		here := 0
		for _, a := range b.Agents {
			if a.Present && slices.ContainsFunc(s.mates, func(m *mate) bool { return string(m.id) == a.Agent }) {
				here++
			}
		}
		return here == len(s.mates)
	})
}

func (s seeded) disconnectAll() {
	for _, m := range s.mates {
		m.disconnect()
		m.away.Wait()
	}
}

// until asks again and again, up to a limit.
func (s seeded) until(t testing.TB, limit time.Duration, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !is() {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("not within %v: %s\n%s", limit, what, lastLines(s.out.String(), 20))
		}
	}
}
