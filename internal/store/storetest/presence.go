package storetest

import (
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// grace is how long a lease holds in the model, in its unit of time.
const grace = 45

// step is one thing that happens to devices and nodes.
type step struct {
	what         string
	device, node int
	wait         int64
}

func steps(rt *rapid.T) []step {
	one := rapid.Custom(func(t *rapid.T) step {
		return step{rapid.SampledFrom([]string{"connect", "connect", "cut", "round", "round", "round", "kill", "revoke"}).Draw(t, "what"),
			rapid.IntRange(0, 3).Draw(t, "device"), rapid.IntRange(0, 2).Draw(t, "node"), rapid.SampledFrom([]int64{0, 1, 4, 4, 20, 50}).Draw(t, "wait")}
	})
	return rapid.SliceOfN(one, 1, 25).Draw(rt, "steps")
}

// spot is a device at a node.
type spot struct {
	device chat.SessionID
	node   string
}

// floor is the model: two agents with two devices each, and three nodes that know
// which devices are connected to them and nothing of each other.
type floor struct {
	tx       *store.Tx
	now      int64
	devices  []store.Present
	nodes    []string
	signedIn map[chat.SessionID]bool
	here     map[spot]bool
	renewed  map[spot]int64
	cut      map[spot]int64 // absent = not
}

// presenceModel lets things happen to devices and nodes, and compares what the store
// says after each with a model that keeps no rows but what was done.
func presenceModel(t *testing.T, w *World) {
	rapid.Check(t, func(rt *rapid.T) {
		all, n := steps(rt), w.Next()
		// One transaction for the whole story: it is the statements that are tried.
		err := w.S.Write(t.Context(), func(tx *store.Tx) error {
			f, err := newFloor(tx, n)
			for i := 0; err == nil && i < len(all); i++ {
				f.now += all[i].wait
				if err = f.do(all[i]); err == nil {
					err = f.agrees()
				}
				if err != nil {
					err = fmt.Errorf("after step %d, %+v: %w", i, all[i], err)
				}
			}
			return err
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
}

func newFloor(tx *store.Tx, n int64) (*floor, error) {
	f := &floor{tx: tx, now: 1000, signedIn: map[chat.SessionID]bool{}, here: map[spot]bool{}, renewed: map[spot]int64{}, cut: map[spot]int64{}}
	for i := range 3 {
		f.nodes = append(f.nodes, fmt.Sprintf("n%d_%d", i, n))
	}
	for _, name := range []string{"ann", "bob"} {
		a := Agent(fmt.Sprintf("%s%d", name, n), chat.Member)
		if err := tx.SaveAgent(a); err != nil {
			return nil, err
		}
		for i := range 2 {
			p := store.Present{Agent: a.ID, Session: chat.SessionID(fmt.Sprintf("s_%s_%d", a.ID, i))}
			f.devices, f.signedIn[p.Session] = append(f.devices, p), true
			if err := tx.SaveSession(store.Session{ID: p.Session, Agent: a.ID, Hash: []byte(p.Session), Mobile: i == 0, ExpiresAt: 1 << 60}); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

func (f *floor) do(s step) error {
	p, node := f.devices[s.device], f.nodes[s.node]
	at := spot{p.Session, node}
	switch s.what {
	case "connect":
		f.here[at] = true
		return f.renew(node, p)
	case "cut":
		delete(f.here, at)
		f.cuts(at)
		return f.tx.CutPresence(node, p, f.now)
	case "round":
		return f.round(node)
	case "kill": // another process comes in its place
		for _, d := range f.devices {
			delete(f.here, spot{d.Session, node})
		}
		f.nodes[s.node] += "+"
		return nil
	}
	return f.revoke(p)
}

func (f *floor) renew(node string, who ...store.Present) error {
	for _, p := range who {
		if at := (spot{p.Session, node}); f.signedIn[p.Session] {
			f.renewed[at] = f.now
			delete(f.cut, at)
		}
	}
	return f.tx.RenewPresence(node, who, f.now)
}

func (f *floor) cuts(at spot) {
	_, known := f.renewed[at]
	if _, already := f.cut[at]; known && !already {
		f.cut[at] = f.now
	}
}

func (f *floor) round(node string) error {
	var who []store.Present
	for _, p := range f.devices {
		if f.here[spot{p.Session, node}] {
			who = append(who, p)
		}
	}
	if err := f.renew(node, who...); err != nil {
		return err
	}
	for _, p := range f.devices {
		if at := (spot{p.Session, node}); f.renewed[at] < f.now {
			f.cuts(at)
		}
	}
	return f.tx.EndPresence(node, f.now, f.now)
}

// revoke signs a device out. Its nodes have not heard of it yet.
func (f *floor) revoke(p store.Present) error {
	if !f.signedIn[p.Session] {
		return nil
	}
	f.signedIn[p.Session] = false
	for at := range f.renewed {
		if at.device == p.Session {
			f.cut[at] = 1
		}
	}
	return f.tx.DeleteSession(p.Agent, p.Session)
}

// life is what the model says of the devices of which is answers true.
func (f *floor) life(is func(chat.SessionID) bool) (l store.Life, known bool) {
	connected := false
	for at, renewed := range f.renewed {
		if !is(at.device) {
			continue
		}
		known = true
		cut, over := f.cut[at]
		if !over {
			cut, over = renewed, renewed < f.now-grace
		}
		l.AliveAt, l.DownAt = max(l.AliveAt, renewed), max(l.DownAt, cut)
		connected = connected || !over
	}
	if connected {
		l.DownAt = 0
	}
	return l, known
}

// agrees compares what the store says with the model.
func (f *floor) agrees() error {
	lives, err := f.tx.Lives(0, f.now-grace)
	if err != nil {
		return err
	}
	present, err := f.tx.PresentAgents(f.now - grace)
	if err != nil {
		return err
	}
	devices, err := f.tx.Devices(f.now - grace)
	if err != nil {
		return err
	}
	for i := 0; i < len(f.devices); i += 2 {
		a, own := f.devices[i].Agent, map[chat.SessionID]bool{f.devices[i].Session: true, f.devices[i+1].Session: true}
		want, _ := f.life(func(id chat.SessionID) bool { return own[id] })
		if lives[a] != want {
			return fmt.Errorf("%s: life %+v, want %+v", a, lives[a], want)
		}
		if err := f.agreesOn(a, own, devices[a]); err != nil {
			return err
		}
		here, _ := f.life(func(id chat.SessionID) bool { return own[id] && f.signedIn[id] })
		if _, is := present[a]; is != (here.AliveAt >= f.now-grace) {
			return fmt.Errorf("%s: present %v, alive at %d of %d", a, is, here.AliveAt, f.now)
		}
	}
	return nil
}

// agreesOn compares an agent's devices one by one.
func (f *floor) agreesOn(a chat.AgentID, own map[chat.SessionID]bool, count store.Devices) error {
	got, err := f.tx.DeviceLives(a, f.now-grace)
	if err != nil {
		return err
	}
	want, connected := map[chat.SessionID]store.Life{}, 0
	for id := range own {
		l, known := f.life(func(one chat.SessionID) bool { return one == id && f.signedIn[one] })
		if known {
			want[id] = l
		}
		if known && l.DownAt == 0 {
			connected++
		}
	}
	if !maps.Equal(want, got) || count.Connected != connected {
		return fmt.Errorf("%s: devices %+v, want %+v; %+v connected, want %d", a, got, want, count, connected)
	}
	return nil
}
