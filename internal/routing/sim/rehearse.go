package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/internal/chat"
)

// Diff is what a change of rules would have done to the same visits. Every
// number comes with the visits behind it.
type Diff struct {
	// Text is the whole in one sentence.
	Text  string `json:"text"`
	Moves []Move `json:"moves"`
	// The numbers before and after.
	Nobody Number `json:"nobody"`
	Left   Number `json:"left"`
	ByMail Number `json:"by_mail"`
	// Median and Slowest are the waits that half, and nine of ten, of the
	// answered ones stay below; their lists hold those above, the longest first.
	Median  Wait `json:"median"`
	Slowest Wait `json:"slowest"`
	// Agents is how many chats each agent had.
	Agents []Shared `json:"agents"`
	Visits int      `json:"visits"`
}

// Move is the visits that reach another Group.
type Move struct {
	From chat.GroupID `json:"from"`
	To   chat.GroupID `json:"to"`
	Text string       `json:"text"`
	IDs  []string     `json:"ids"`
}

// Number counts visits with one outcome before and after.
type Number struct {
	Before []string `json:"before"`
	After  []string `json:"after"`
	// New are those that are in After alone.
	New []string `json:"new"`
}

// Wait is a waiting time before and after.
type Wait struct {
	Before      time.Duration `json:"before"`
	After       time.Duration `json:"after"`
	BeforeAbove []string      `json:"before_above"`
	AfterAbove  []string      `json:"after_above"`
}

// Shared is how many chats an agent had before and after.
type Shared struct {
	Agent  chat.AgentID `json:"agent"`
	Name   string       `json:"name"`
	Before []string     `json:"before"`
	After  []string     `json:"after"`
}

// Rehearse runs the same visits under two Worlds and tells the difference.
// progress, where not nil, counts the visits of both runs.
func Rehearse(ctx context.Context, visits []Visit, before, after World, progress func(done, total int)) (Diff, error) {
	var runs [2]Day
	for i, w := range []World{before, after} {
		var half func(done, total int)
		if progress != nil {
			half = func(done, total int) { progress(i*total+done, 2*total) }
		}
		day, err := Run(ctx, w, visits, half)
		if err != nil {
			return Diff{}, err
		}
		runs[i] = day
	}
	return compare(runs[0], runs[1], names(before, after)), nil
}

func compare(before, after Day, name func(string) string) Diff {
	d := Diff{Visits: len(before.Chats), Moves: moves(before, after, name), Agents: shares(before, after, name),
		Nobody: number(before, after, Nobody), Left: number(before, after, Left), ByMail: number(before, after, ByMail)}
	d.Median.Before, d.Median.BeforeAbove = before.quantile(0.5)
	d.Median.After, d.Median.AfterAbove = after.quantile(0.5)
	d.Slowest.Before, d.Slowest.BeforeAbove = before.quantile(0.9)
	d.Slowest.After, d.Slowest.AfterAbove = after.quantile(0.9)
	d.Text = d.sentence()
	return d
}

// Rename returns the Diff with other ids in its lists, without those that it is
// told to leave out. The text stays.
func (d Diff) Rename(name func(id string) (string, bool)) Diff {
	list := func(ids []string) []string {
		kept := make([]string, 0, len(ids))
		for _, id := range ids {
			if other, keep := name(id); keep {
				kept = append(kept, other)
			}
		}
		return kept
	}
	d.Moves, d.Agents = slices.Clone(d.Moves), slices.Clone(d.Agents)
	for i := range d.Moves {
		d.Moves[i].IDs = list(d.Moves[i].IDs)
	}
	for i := range d.Agents {
		d.Agents[i].Before, d.Agents[i].After = list(d.Agents[i].Before), list(d.Agents[i].After)
	}
	for _, n := range []*Number{&d.Nobody, &d.Left, &d.ByMail} {
		n.Before, n.After, n.New = list(n.Before), list(n.After), list(n.New)
	}
	for _, w := range []*Wait{&d.Median, &d.Slowest} {
		w.BeforeAbove, w.AfterAbove = list(w.BeforeAbove), list(w.AfterAbove)
	}
	return d
}

// names returns the name of a group or agent; its id where it has none.
func names(worlds ...World) func(string) string {
	known := map[string]string{}
	for _, w := range worlds {
		for _, g := range w.State.Groups {
			known[string(g.ID)] = g.Name
		}
		for _, a := range w.State.Agents {
			known[string(a.ID)] = a.Name
		}
	}
	return func(id string) string {
		if known[id] == "" {
			return id
		}
		return known[id]
	}
}

func moves(before, after Day, name func(string) string) []Move {
	all := []Move{}
	for i, b := range before.Chats {
		from, to := b.Place.Group, after.Chats[i].Place.Group
		if from == to {
			continue
		}
		at := slices.IndexFunc(all, func(m Move) bool { return m.From == from && m.To == to })
		if at < 0 {
			at = len(all)
			all = append(all, Move{From: from, To: to})
		}
		all[at].IDs = append(all[at].IDs, b.ID)
	}
	slices.SortStableFunc(all, func(x, y Move) int { return len(y.IDs) - len(x.IDs) })
	for i, m := range all {
		all[i].Text = fmt.Sprintf("%s from %s to %s", plural(len(m.IDs), "chat moves", "chats move"), name(string(m.From)), name(string(m.To)))
	}
	return all
}

func number(before, after Day, o Outcome) Number {
	n := Number{Before: before.with(o), After: after.with(o), New: []string{}}
	for i, c := range after.Chats {
		if c.Outcome == o && before.Chats[i].Outcome != o {
			n.New = append(n.New, c.ID)
		}
	}
	return n
}

func shares(before, after Day, name func(string) string) []Shared {
	all := []Shared{}
	of := func(a chat.AgentID) *Shared {
		i := slices.IndexFunc(all, func(s Shared) bool { return s.Agent == a })
		if i < 0 {
			i = len(all)
			all = append(all, Shared{Agent: a, Name: name(string(a)), Before: []string{}, After: []string{}})
		}
		return &all[i]
	}
	for i, b := range before.Chats {
		if b.Agent != "" {
			of(b.Agent).Before = append(of(b.Agent).Before, b.ID)
		}
		if a := after.Chats[i]; a.Agent != "" {
			of(a.Agent).After = append(of(a.Agent).After, a.ID)
		}
	}
	slices.SortFunc(all, func(x, y Shared) int { return strings.Compare(string(x.Agent), string(y.Agent)) })
	return all
}

// with lists the visits with an outcome.
func (d Day) with(o Outcome) []string {
	ids := []string{}
	for _, c := range d.Chats {
		if c.Outcome == o {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// quantile returns the wait that the share of the answered visits does not
// exceed, and the visits above it, the longest wait first.
func (d Day) quantile(share float64) (time.Duration, []string) {
	answered := slices.DeleteFunc(slices.Clone(d.Chats), func(c Chat) bool { return c.Outcome != Answered })
	slices.SortStableFunc(answered, func(x, y Chat) int { return int(x.Wait/time.Millisecond) - int(y.Wait/time.Millisecond) })
	above := []string{}
	if len(answered) == 0 {
		return 0, above
	}
	at := min(int(share*float64(len(answered))), len(answered)-1)
	for _, c := range slices.Backward(answered) {
		if c.Wait <= answered[at].Wait {
			break
		}
		above = append(above, c.ID)
	}
	return answered[at].Wait, above
}

// sentence is the Diff as a person reads it.
func (d Diff) sentence() string {
	var parts []string
	for _, m := range d.Moves {
		parts = append(parts, m.Text)
	}
	if len(d.Moves) == 0 {
		parts = append(parts, "no chat moves to another group")
	}
	parts = append(parts, fmt.Sprintf("%d would have met nobody (%d before)", len(d.Nobody.After), len(d.Nobody.Before)),
		fmt.Sprintf("%d would have given up (%d before)", len(d.Left.After), len(d.Left.Before)),
		fmt.Sprintf("median wait %s → %s", clock(d.Median.Before), clock(d.Median.After)))
	text := strings.Join(parts, "; ") + "."
	return strings.ToUpper(text[:1]) + text[1:]
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// clock writes a span as minutes and seconds.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
