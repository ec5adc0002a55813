package sim

import (
	"container/heap"
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// after is how long a run goes on after its last visit.
const after = 24 * time.Hour

// awayFor is how long an agent is away whom the router sent away.
const awayFor = 5 * time.Minute

// forever is a sign of life that does not grow old within a run.
const forever = int64(7e15)

// Run lets the visits meet the World. progress, where not nil, is called with
// the visits that have come so far, at most 200 times. A cancelled ctx ends the
// run with its error; so do two visits of one id.
func Run(ctx context.Context, w World, visits []Visit, progress func(done, total int)) (Day, error) {
	r := newRun(w, visits)
	if len(r.byID) != len(visits) {
		return Day{}, fmt.Errorf("sim: run: %d visits have %d ids", len(visits), len(r.byID))
	}
	step := len(visits)/200 + 1
	for r.next() {
		if err := ctx.Err(); err != nil {
			return Day{}, fmt.Errorf("sim: run: %w", err)
		}
		come := r.come
		r.step()
		if progress != nil && r.come != come && (r.come%step == 0 || r.come == len(visits)) {
			progress(r.come, len(visits))
		}
	}
	return r.end(), nil
}

// run is a run under way. Times are microseconds.
type run struct {
	world    World
	state    routing.State
	visits   []Visit
	chats    []Chat
	byID     map[chat.ThreadID]int
	work     map[chat.AgentID]*worker
	agenda   agenda
	seq      int
	now      int64
	wake     int64 // 0 = none
	until    int64
	midnight int64
	come     int
	counts   map[routing.Kind]int
	levels   []routing.Level
	arriving []int
	// rung counts the offers of a visit to an agent; left is the work on chats
	// that were taken from somebody before their end.
	rung map[[2]string]int
	left map[chat.ThreadID]float64
}

func newRun(w World, visits []Visit) *run {
	r := &run{world: w, state: w.State, visits: slices.Clone(visits), byID: map[chat.ThreadID]int{},
		work: map[chat.AgentID]*worker{}, counts: map[routing.Kind]int{},
		rung: map[[2]string]int{}, left: map[chat.ThreadID]float64{}}
	// A chat is one piece of work here, so a reply does not begin a pause.
	r.state.Threads, r.state.Timing.Idle = nil, 1e9
	r.state.Agents = slices.Clone(w.State.Agents)
	r.state.Groups = slices.Clone(w.State.Groups)
	for i := range r.state.Groups {
		r.state.Groups[i].Members = slices.Clone(r.state.Groups[i].Members)
	}
	for i := range r.state.Agents {
		a := &r.state.Agents[i]
		a.AliveAt, a.DownAt, a.InputAt = forever, 0, 0
		r.work[a.ID] = &worker{agent: a.ID}
		a.Status = chat.Accepting
		if len(w.Shifts) > 0 {
			a.Status = chat.Offline
		}
	}
	for _, s := range w.Shifts {
		r.plan(happening{at: s.From.UnixMicro(), kind: shiftBegins, agent: s.Agent})
		r.plan(happening{at: s.To.UnixMicro(), kind: shiftEnds, agent: s.Agent})
	}
	r.chats = make([]Chat, len(visits))
	for i, v := range visits {
		r.byID[chat.ThreadID(v.ID)] = i
		r.chats[i] = Chat{ID: v.ID, At: v.At, Outcome: Waiting}
		r.plan(happening{at: v.At.UnixMicro(), kind: visitComes, visit: i, thread: chat.ThreadID(v.ID)})
		r.until = max(r.until, v.At.Add(after).UnixMicro())
	}
	return r
}

// next moves the clock to what happens next; false where nothing does.
func (r *run) next() bool {
	at := r.wake
	if len(r.agenda) > 0 && (at == 0 || r.agenda[0].at < at) {
		at = r.agenda[0].at
	}
	if at == 0 || at > r.until {
		return false
	}
	r.now = max(at, r.now)
	return true
}

// step lets everything happen that is due, and then asks the router.
func (r *run) step() {
	r.arriving = r.arriving[:0]
	if r.now >= r.midnight {
		r.newDay()
	}
	for len(r.agenda) > 0 && r.agenda[0].at <= r.now {
		r.happen(heap.Pop(&r.agenda).(happening))
	}
	ds, wake := routing.Decide(r.state, time.UnixMicro(r.now))
	r.state.Apply(ds...)
	for _, d := range ds {
		r.counts[d.Kind]++
		r.react(d)
	}
	r.wake = 0
	if !wake.IsZero() {
		r.wake = wake.UnixMicro()
	}
	for _, i := range r.arriving {
		r.estimate(i)
	}
	if r.world.Look != nil {
		r.world.Look(r.state, time.UnixMicro(r.now))
	}
}

// newDay begins the agents' counts of today anew, at midnight where the visits
// are.
func (r *run) newDay() {
	for i := range r.state.Agents {
		r.state.Agents[i].Today = 0
	}
	if len(r.visits) == 0 {
		r.midnight = forever
		return
	}
	y, m, d := time.UnixMicro(r.now).In(r.visits[0].At.Location()).Date()
	r.midnight = chat.Micros(time.Date(y, m, d+1, 0, 0, 0, 0, r.visits[0].At.Location()))
}

func (r *run) happen(h happening) {
	switch h.kind {
	case visitComes:
		r.arrive(h.visit)
	case shiftBegins:
		r.state.SetStatus(h.agent, chat.Accepting, "", h.at)
	case shiftEnds:
		r.state.SetStatus(h.agent, chat.Finishing, "", h.at)
	case comesBack:
		if i := slices.IndexFunc(r.state.Agents, func(a routing.Agent) bool { return a.ID == h.agent }); r.state.Agents[i].Status == chat.Away {
			r.state.SetStatus(h.agent, chat.Accepting, "", h.at)
		}
	case accepts:
		if r.state.Accept(h.thread, h.agent, h.at) == nil {
			r.begin(h.thread, h.agent, "Accepted the offer.")
		}
	case replies:
		r.reply(h)
	case finishes:
		if w := r.work[h.agent]; w.version == h.version {
			r.finish(w, h.thread)
		}
	case looks:
		r.look(h.agent)
	case losesPatience:
		r.leave(h.thread, Left, "Gave up waiting.")
	}
}

func (r *run) arrive(i int) {
	v := &r.visits[i]
	r.come++
	groups := r.state.Standings(time.UnixMicro(r.now))
	choices := v.Choices
	if choices.Default == "" {
		choices.Default = r.world.Default
	}
	c := &r.chats[i]
	c.Place = routing.Place(r.world.Routes, v.Arrival, choices, groups)
	for _, g := range groups {
		if g.Group == c.Place.Group && (g.State == routing.NotOnline || g.State == routing.QueueFull) {
			c.Outcome, c.Why = Nobody, g.Why
			return
		}
	}
	id := chat.ThreadID(v.ID)
	r.state.Arrive(routing.Thread{ID: id, Group: c.Place.Group, Priority: c.Place.Priority, Skills: c.Place.Skills, QueuedAt: r.now,
		Recent: v.Recent, RecentAt: v.RecentAt, Owner: v.Owner})
	r.arriving = append(r.arriving, i)
	r.notice(c.Place.Group, v.ID)
	if v.Patience > 0 {
		r.plan(happening{at: r.now + v.Patience.Microseconds(), kind: losesPatience, thread: id})
	}
}

// react does what the people do about a decision.
func (r *run) react(d routing.Decision) {
	switch d.Kind {
	case routing.DoAssign:
		r.begin(d.Thread, d.Agent, d.Why)
	case routing.DoOffer:
		r.hear(d)
	case routing.DoRequeue:
		r.interrupt(d.Previous, d.Thread)
	case routing.DoAway:
		r.plan(happening{at: r.now + awayFor.Microseconds(), kind: comesBack, agent: d.Agent})
	case routing.DoAsk:
		if i := r.byID[d.Thread]; r.visits[i].Patience > 0 {
			r.leave(d.Thread, ByMail, d.Why)
		}
	}
}

// reply notes the first reply, unless the chat went on to a colleague meanwhile.
func (r *run) reply(h happening) {
	if slices.ContainsFunc(r.state.Threads, func(t routing.Thread) bool { return t.ID == h.thread && t.Lead == h.agent }) {
		r.state.AgentWrote(h.thread, h.agent, h.at)
	}
}

// hear lets the agent of an offer accept it or miss it.
func (r *run) hear(d routing.Decision) {
	pair := [2]string{string(d.Thread), string(d.Agent)}
	r.rung[pair]++
	draw := r.chance(pair[0], pair[1], fmt.Sprint(r.rung[pair]))
	if draw.Float64() < r.world.Missed {
		return
	}
	takes := float64(r.world.Accept.Microseconds()) * (0.5 + draw.Float64())
	r.plan(happening{at: r.now + int64(takes), kind: accepts, thread: d.Thread, agent: d.Agent})
}

// chance is drawn for one visit and agent alone, so that other rules meet the
// same people.
func (r *run) chance(parts ...string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.Join(parts, "\x00")))
	return rand.New(rand.NewPCG(r.world.Seed, h.Sum64()))
}

func (r *run) estimate(i int) {
	id := chat.ThreadID(r.visits[i].ID)
	if r.chats[i].Outcome != Waiting {
		return
	}
	r.chats[i].Queued = true
	if len(r.world.Rates) > 0 {
		r.chats[i].Estimate = r.state.Wait(id, routing.Known{Rates: r.world.Rates, Leaving: r.world.Leaving, Finished: routing.MinFinished}, time.UnixMicro(r.now))
	}
}

func (r *run) leave(id chat.ThreadID, how Outcome, why string) {
	c := &r.chats[r.byID[id]]
	if c.Outcome != Waiting {
		return
	}
	c.Outcome, c.Why, c.Wait = how, why, r.since(c)
	r.state.Close(id)
}

func (r *run) since(c *Chat) time.Duration {
	return time.Duration(r.now-c.At.UnixMicro()) * time.Microsecond
}

func (r *run) end() Day {
	for i := range r.chats {
		if c := &r.chats[i]; c.Outcome == Waiting {
			c.Why, c.Wait = "Nobody ever took it.", r.since(c)
		}
	}
	return Day{Chats: r.chats, Decisions: r.counts, Levels: r.levels}
}
