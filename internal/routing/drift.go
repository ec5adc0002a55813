package routing

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"earshot/internal/chat"
)

// shortestBreak is how long somebody takes no chats for it to be a break: less
// is a connection that was lost, or a second thought.
const shortestBreak = time.Minute

// Assignment is one Thread that an Agent was given or took.
type Assignment struct {
	At     int64         `json:"at"`
	Thread chat.ThreadID `json:"thread"`
	Agent  chat.AgentID  `json:"agent"`
	Group  chat.GroupID  `json:"group"`
	// Load is what he held before, in hundredths of a chat.
	Load int `json:"load"`
	// ByHand says that he took it himself; Skipped is how many older ones of the
	// Group went on waiting.
	ByHand  bool `json:"by_hand,omitempty"`
	Skipped int  `json:"skipped,omitempty"`
	Over    bool `json:"over,omitempty"`
}

// Stint is a time in which an Agent took chats, in microseconds.
type Stint struct {
	Agent chat.AgentID `json:"agent"`
	From  int64        `json:"from"`
	To    int64        `json:"to"`
}

// Drift is how far an Agent's part of the chats was from an even one, over a
// span of time.
type Drift struct {
	Agent chat.AgentID `json:"agent"`
	Chats int          `json:"chats"`
	// Share is his part of all chats of the Groups that he answers for. Mean is
	// what it would have been if each Group's chats had been spread evenly over
	// the hours in which its members took chats.
	Share float64 `json:"share"`
	Mean  float64 `json:"mean"`
	// Skipped is how many he took while older ones waited; Over how many above
	// his limit.
	Skipped    int `json:"skipped"`
	Over       int `json:"over"`
	MostAtOnce int `json:"most_at_once"`
	// WithoutBreak is the longest time in which he took chats without a break.
	WithoutBreak Seconds `json:"without_break_s"`
}

// Drifts returns the Drift of everybody who had a chat or took chats within a
// span, in order of id.
func Drifts(given []Assignment, stints []Stint, groups []Group, from, to int64) []Drift {
	w := &weighing{agents: map[chat.AgentID]*Drift{}, hours: map[chat.AgentID]int64{}, groups: map[chat.GroupID]map[chat.AgentID]int{}}
	for a, runs := range runsOf(stints, from, to) {
		d := w.of(a)
		for _, r := range runs {
			w.hours[a] += r.To - r.From
			d.WithoutBreak = max(d.WithoutBreak, Seconds((r.To-r.From)/1e6))
		}
	}
	for _, g := range groups {
		w.members(g)
	}
	seen := map[Assignment]bool{}
	for _, g := range given {
		if g.At >= from && g.At < to {
			w.count(g, seen)
		}
	}
	return w.all()
}

// runsOf joins each agent's stints, as far as they lie within the span, over what
// is no break.
func runsOf(stints []Stint, from, to int64) map[chat.AgentID][]Stint {
	sorted := slices.Clone(stints)
	slices.SortFunc(sorted, func(x, y Stint) int { return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To)) })
	runs := map[chat.AgentID][]Stint{}
	for _, s := range sorted {
		s.From, s.To = max(s.From, from), min(s.To, to)
		if s.From >= s.To {
			continue
		}
		own := runs[s.Agent]
		if n := len(own); n > 0 && s.From-own[n-1].To < shortestBreak.Microseconds() {
			own[n-1].To = max(own[n-1].To, s.To)
			continue
		}
		runs[s.Agent] = append(own, s)
	}
	return runs
}

type weighing struct {
	agents map[chat.AgentID]*Drift
	hours  map[chat.AgentID]int64
	// groups is how many chats of each Group each of those who answer for it had.
	groups map[chat.GroupID]map[chat.AgentID]int
}

func (w *weighing) of(a chat.AgentID) *Drift {
	if w.agents[a] == nil {
		w.agents[a] = &Drift{Agent: a}
	}
	return w.agents[a]
}

func (w *weighing) group(g chat.GroupID) map[chat.AgentID]int {
	if w.groups[g] == nil {
		w.groups[g] = map[chat.AgentID]int{}
	}
	return w.groups[g]
}

// members notes who shares a Group's chats. A supervisor does only by taking one.
func (w *weighing) members(g Group) {
	for _, m := range g.Members {
		if m.Class != ClassSupervisor {
			w.group(g.ID)[m.Agent] += 0
		}
	}
}

// count adds one lead. A Thread that comes back to the same agent is one chat.
func (w *weighing) count(g Assignment, seen map[Assignment]bool) {
	d := w.of(g.Agent)
	d.MostAtOnce = max(d.MostAtOnce, (g.Load+weightActive)/weightActive)
	if g.ByHand && g.Skipped > 0 {
		d.Skipped++
	}
	if g.Over {
		d.Over++
	}
	if once := (Assignment{Thread: g.Thread, Agent: g.Agent}); !seen[once] {
		seen[once] = true
		d.Chats++
	}
	if once := (Assignment{Thread: g.Thread, Agent: g.Agent, Group: g.Group}); !seen[once] {
		seen[once] = true
		w.group(g.Group)[g.Agent]++
	}
}

func (w *weighing) all() []Drift {
	drifts := make([]Drift, 0, len(w.agents))
	for _, d := range w.agents {
		w.weigh(d)
		drifts = append(drifts, *d)
	}
	slices.SortFunc(drifts, func(x, y Drift) int { return strings.Compare(string(x.Agent), string(y.Agent)) })
	return drifts
}

// weigh compares an agent's chats with an even part, over all Groups that he
// answers for. The sums are taken in order of id: a sum of fractions depends on
// its order.
func (w *weighing) weigh(d *Drift) {
	all, own, even := 0, 0, 0.0
	ids := make([]chat.GroupID, 0, len(w.groups))
	for id := range w.groups {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		had, answers := w.groups[id][d.Agent]
		if !answers {
			continue
		}
		sum, hours := 0, int64(0)
		for a, n := range w.groups[id] {
			sum += n
			hours += w.hours[a]
		}
		all, own = all+sum, own+had
		if hours > 0 {
			even += float64(sum) * float64(w.hours[d.Agent]) / float64(hours)
		} else {
			even += float64(sum) / float64(len(w.groups[id]))
		}
	}
	if all > 0 {
		d.Share, d.Mean = float64(own)/float64(all), even/float64(all)
	}
}
