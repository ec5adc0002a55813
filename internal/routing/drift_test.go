package routing_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

func TestDrifts_CompareWithAnEvenPart(t *testing.T) {
	t.Parallel()
	from := chat.Micros(morning)
	hour := func(h float64) int64 { return from + int64(h*3600e6) }
	stint := func(a chat.AgentID, begin, end float64) routing.Stint {
		return routing.Stint{Agent: a, From: hour(begin), To: hour(end)}
	}
	gave := func(n int, g chat.GroupID, a chat.AgentID, at float64) routing.Assignment {
		return routing.Assignment{At: hour(at), Thread: chat.ThreadID(fmt.Sprint("t", n)), Group: g, Agent: a}
	}
	pair := []routing.Group{{ID: "g", Members: []routing.Member{{Agent: "anna"}, {Agent: "ben"}, {Agent: "sue", Class: routing.ClassSupervisor}}}}
	for _, c := range []struct {
		name   string
		given  []routing.Assignment
		stints []routing.Stint
		groups []routing.Group
		want   []routing.Drift
	}{
		{"nothing happened", nil, nil, pair, []routing.Drift{}},
		{"three of four, with equal hours", []routing.Assignment{gave(1, "g", "anna", 0.1), gave(2, "g", "anna", 0.2), gave(3, "g", "anna", 0.3), gave(4, "g", "ben", 0.4)},
			[]routing.Stint{stint("anna", 0, 4), stint("ben", 0, 4)}, pair,
			[]routing.Drift{{Agent: "anna", Chats: 3, Share: 0.75, Mean: 0.5, MostAtOnce: 1, WithoutBreak: 14400}, {Agent: "ben", Chats: 1, Share: 0.25, Mean: 0.5, MostAtOnce: 1, WithoutBreak: 14400}}},
		{"three of four, with three times the hours", []routing.Assignment{gave(1, "g", "anna", 0.1), gave(2, "g", "anna", 0.2), gave(3, "g", "anna", 0.3), gave(4, "g", "ben", 0.4)},
			[]routing.Stint{stint("anna", 0, 3), stint("ben", 0, 1)}, pair,
			[]routing.Drift{{Agent: "anna", Chats: 3, Share: 0.75, Mean: 0.75, MostAtOnce: 1, WithoutBreak: 10800}, {Agent: "ben", Chats: 1, Share: 0.25, Mean: 0.25, MostAtOnce: 1, WithoutBreak: 3600}}},
		{"a supervisor shares only what he takes", []routing.Assignment{gave(1, "g", "sue", 0.1), gave(2, "g", "ben", 0.2)}, []routing.Stint{stint("ben", 0, 1), stint("sue", 0, 1)}, pair,
			[]routing.Drift{{Agent: "ben", Chats: 1, Share: 0.5, Mean: 0.5, MostAtOnce: 1, WithoutBreak: 3600}, {Agent: "sue", Chats: 1, Share: 0.5, Mean: 0.5, MostAtOnce: 1, WithoutBreak: 3600}}},
		{"hours are not known: the heads count", []routing.Assignment{gave(1, "g", "anna", 0.1)}, nil, pair, []routing.Drift{{Agent: "anna", Chats: 1, Share: 1, Mean: 0.5, MostAtOnce: 1}}},
		{"the same chat twice, and one of next week", []routing.Assignment{gave(1, "g", "anna", 0.1), gave(1, "g", "anna", 0.2), gave(2, "g", "anna", 8*24)}, nil, pair,
			[]routing.Drift{{Agent: "anna", Chats: 1, Share: 1, Mean: 0.5, MostAtOnce: 1}}},
		{"of two groups the sum", []routing.Assignment{gave(1, "g", "anna", 0.1), gave(2, "h", "anna", 0.1), gave(3, "h", "ben", 0.1), gave(4, "h", "cleo", 0.1)},
			[]routing.Stint{stint("anna", 0, 1), stint("ben", 0, 1), stint("cleo", 0, 2)}, append(slices.Clone(pair), routing.Group{ID: "h"}),
			[]routing.Drift{{Agent: "anna", Chats: 2, Share: 0.5, Mean: (0.5 + 0.75) / 4, MostAtOnce: 1, WithoutBreak: 3600},
				{Agent: "ben", Chats: 1, Share: 0.25, Mean: (0.5 + 0.75) / 4, MostAtOnce: 1, WithoutBreak: 3600},
				{Agent: "cleo", Chats: 1, Share: 1.0 / 3, Mean: 1.5 / 3, MostAtOnce: 1, WithoutBreak: 7200}}},
		{"half a minute is no break, two minutes are; the span cuts", nil,
			[]routing.Stint{stint("anna", -2, 1), stint("anna", 1+0.5/60, 2), stint("anna", 2+2.0/60, 4)}, pair,
			[]routing.Drift{{Agent: "anna", WithoutBreak: 7200}}},
		{"what was skipped, above the limit, and the most at once",
			[]routing.Assignment{
				{At: hour(1), Thread: "a", Group: "g", Agent: "ben", Load: 325, ByHand: true, Skipped: 2, Over: true},
				{At: hour(2), Thread: "b", Group: "g", Agent: "ben", Load: 75, ByHand: true, Skipped: 1},
				{At: hour(2), Thread: "c", Group: "g", Agent: "ben", Load: 50, Skipped: 4},
				{At: hour(3), Thread: "d", Group: "g", Agent: "ben", ByHand: true}},
			nil, pair, []routing.Drift{{Agent: "ben", Chats: 4, Share: 1, Mean: 0.5, Skipped: 2, Over: 1, MostAtOnce: 4}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := routing.Drifts(c.given, c.stints, c.groups, from, from+7*24*3600e6)
			if diff := cmp.Diff(c.want, got, closeEnough()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestDrifts_PartsOfOneGroupAddUp is a law: what everybody had, and what an even
// part would have been, are both the whole; and no order of rows matters.
func TestDrifts_PartsOfOneGroupAddUp(t *testing.T) {
	t.Parallel()
	names := []chat.AgentID{"anna", "ben", "cleo", "dan"}
	rapid.Check(t, func(t *rapid.T) {
		from := chat.Micros(morning)
		span := rapid.Int64Range(-3600, 8*24*3600)
		given := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) routing.Assignment {
			return routing.Assignment{At: from + span.Draw(t, "at")*second, Thread: chat.ThreadID(fmt.Sprint(rapid.IntRange(0, 20).Draw(t, "thread"))), Group: "g",
				Agent: rapid.SampledFrom(names).Draw(t, "agent"), Load: rapid.IntRange(0, 400).Draw(t, "load")}
		}), 0, 20).Draw(t, "given")
		stints := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) routing.Stint {
			begin := from + span.Draw(t, "from")*second
			return routing.Stint{Agent: rapid.SampledFrom(names).Draw(t, "agent"), From: begin, To: begin + span.Draw(t, "for")*second}
		}), 0, 10).Draw(t, "stints")
		groups := []routing.Group{{ID: "g", Members: []routing.Member{{Agent: "anna"}, {Agent: "ben"}}}}
		to := from + 7*24*3600*second
		got := routing.Drifts(given, stints, groups, from, to)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
		r.Shuffle(len(given), func(i, j int) { given[i], given[j] = given[j], given[i] })
		r.Shuffle(len(stints), func(i, j int) { stints[i], stints[j] = stints[j], stints[i] })
		if diff := cmp.Diff(got, routing.Drifts(given, stints, groups, from, to)); diff != "" {
			t.Errorf("another order of rows (-want +got):\n%s", diff)
		}
		chats, share, mean := 0, 0.0, 0.0
		for _, d := range got {
			chats, share, mean = chats+d.Chats, share+d.Share, mean+d.Mean
			if d.WithoutBreak < 0 || int64(d.WithoutBreak)*second > to-from {
				t.Errorf("%s works for %d s without a break", d.Agent, d.WithoutBreak)
			}
		}
		// An even part of somebody without hours and chats has no row; it is
		// nothing where hours are known.
		if chats > 0 && (math.Abs(share-1) > 1e-9 || mean > 1+1e-9) {
			t.Errorf("the shares add up to %v, the even parts to %v", share, mean)
		}
		if chats > 0 && slices.ContainsFunc(got, func(d routing.Drift) bool { return d.WithoutBreak > 0 && d.Mean > 0 }) && math.Abs(mean-1) > 1e-9 {
			t.Errorf("the even parts add up to %v", mean)
		}
	})
}
