package sim

import (
	"container/heap"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// kind is what can happen.
type kind int

const (
	visitComes kind = iota
	shiftBegins
	shiftEnds
	comesBack
	accepts
	replies
	looks
	finishes
	losesPatience
)

type happening struct {
	at, version int64
	seq         int
	kind        kind
	visit       int
	thread      chat.ThreadID
	agent       chat.AgentID
}

// agenda is what will happen, the next first; of what happens at once, what was
// planned first.
type agenda []happening

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at < a[j].at || (a[i].at == a[j].at && a[i].seq < a[j].seq)
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// Push is for container/heap.
func (a *agenda) Push(x any) { *a = append(*a, x.(happening)) }

// Pop is for container/heap.
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

func (r *run) plan(h happening) {
	r.seq++
	h.seq = r.seq
	heap.Push(&r.agenda, h)
}

// worker is an agent with the chats that he works on.
type worker struct {
	agent   chat.AgentID
	jobs    []job
	since   int64 // when the jobs were last brought up to date
	version int64 // of the plan; an older one is void
}

// job is a chat with the work that is left, in microseconds of an agent who has
// no other.
type job struct {
	thread chat.ThreadID
	left   float64
}

func (r *run) pace(jobs int) float64 {
	if len(r.world.Pace) == 0 || jobs == 0 {
		return 1
	}
	return r.world.Pace[min(jobs, len(r.world.Pace))-1]
}

// bring lets the worker's chats go on until now.
func (r *run) bring(w *worker) {
	if n := len(w.jobs); n > 0 {
		gone := float64(r.now-w.since) * r.pace(n)
		for i := range w.jobs {
			w.jobs[i].left -= gone
		}
		r.level(n).Seconds += float64(r.now-w.since) / 1e6
	}
	w.since = r.now
}

func (r *run) level(n int) *routing.Level {
	for len(r.levels) < n {
		r.levels = append(r.levels, routing.Level{})
	}
	return &r.levels[n-1]
}

// ahead plans the end of the chat that will be finished first.
func (r *run) ahead(w *worker) {
	w.version++
	if len(w.jobs) == 0 {
		return
	}
	first := w.jobs[0]
	for _, j := range w.jobs {
		if j.left < first.left {
			first = j
		}
	}
	in := int64(max(first.left, 0)/r.pace(len(w.jobs))) + 1
	r.plan(happening{at: r.now + in, kind: finishes, agent: w.agent, thread: first.thread, version: w.version})
}

// begin notes the assignment and lets the agent work on the chat.
func (r *run) begin(id chat.ThreadID, a chat.AgentID, why string) {
	i := r.byID[id]
	c := &r.chats[i]
	if c.Outcome == Waiting {
		c.Outcome, c.Wait = Answered, r.since(c)
	}
	c.Agent, c.Why = a, why
	r.plan(happening{at: r.now + r.world.Reply.Microseconds(), kind: replies, thread: id, agent: a})
	w := r.work[a]
	r.bring(w)
	left, begun := r.left[id]
	if !begun {
		left = float64(r.visits[i].Handling.Microseconds())
	}
	w.jobs = append(w.jobs, job{thread: id, left: left})
	r.ahead(w)
}

// finish ends a chat.
func (r *run) finish(w *worker, id chat.ThreadID) {
	r.bring(w)
	r.level(len(w.jobs)).Completed++
	w.jobs = slices.DeleteFunc(w.jobs, func(j job) bool { return j.thread == id })
	r.chats[r.byID[id]].Ended = timeOf(r.now)
	r.state.Close(id)
	r.ahead(w)
	r.plan(happening{at: r.now, kind: looks, agent: w.agent})
}

// interrupt takes a chat from an agent before its end.
func (r *run) interrupt(a chat.AgentID, id chat.ThreadID) {
	w := r.work[a]
	if w == nil {
		return
	}
	r.bring(w)
	w.jobs = slices.DeleteFunc(w.jobs, func(j job) bool {
		if j.thread == id {
			r.left[id] = j.left
		}
		return j.thread == id
	})
	r.ahead(w)
}
