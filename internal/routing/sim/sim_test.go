package sim_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/routing/sim"
	"earshot/internal/routing/sim/simtest"
)

var morning = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// team is agents in groups: "sales" with the first n of them, "support" with all.
func team(agents, limit, sellers int) sim.World {
	w := sim.World{Default: "support", State: routing.State{Limit: limit}, Accept: 5 * time.Second, Reply: 20 * time.Second, Seed: 1}
	sales := routing.Group{ID: "sales", Name: "Sales", Distribution: routing.Distribution{Direct: true}}
	support := routing.Group{ID: "support", Name: "Support", Distribution: routing.Distribution{Direct: true}}
	for i := range agents {
		id := chat.AgentID(fmt.Sprintf("a%02d", i))
		w.State.Agents = append(w.State.Agents, routing.Agent{ID: id, Name: fmt.Sprint("Agent ", i)})
		support.Members = append(support.Members, routing.Member{Agent: id})
		if i < sellers {
			sales.Members = append(sales.Members, routing.Member{Agent: id})
		}
	}
	w.State.Groups = []routing.Group{sales, support}
	return w
}

func traffic(seed uint64, perHour float64, hours int) sim.Traffic {
	return sim.Traffic{Seed: seed, From: morning, For: time.Duration(hours) * time.Hour, PerHour: []float64{perHour}, Handling: 8 * time.Minute, Patience: 3 * time.Minute,
		Arrivals: []chat.Arrival{{URL: "https://x.example/pricing"}, {URL: "https://x.example/help"}, {URL: "https://x.example/"}}}
}

func run(t *testing.T, w sim.World, visits []sim.Visit) sim.Day {
	t.Helper()
	day, err := sim.Run(context.Background(), w, visits, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(day.Chats) != len(visits) || len(visits) == 0 {
		t.Fatalf("%d chats of %d visits", len(day.Chats), len(visits))
	}
	return day
}

func share(d sim.Day, o sim.Outcome) float64 {
	n := 0
	for _, c := range d.Chats {
		if c.Outcome == o {
			n++
		}
	}
	return float64(n) / float64(len(d.Chats))
}

func TestRun_IsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	w := team(4, 2, 2)
	w.State.Groups[1].Distribution.Direct = false
	w.Missed = 0.1
	visits := sim.Draw(traffic(3, 60, 3))
	one, other := fmt.Sprint(run(t, w, visits)), fmt.Sprint(run(t, w, visits))
	if one != other {
		t.Error("two runs differ")
	}
	if fmt.Sprint(sim.Draw(traffic(3, 60, 3))) != fmt.Sprint(visits) || fmt.Sprint(sim.Draw(traffic(4, 60, 3))) == fmt.Sprint(visits) {
		t.Error("the visits do not follow from their seed alone")
	}
}

// TestRun_AgreesWithErlangA compares with a known queue: staffing.md §4.1, 60 an
// hour, 540 s each, nine agents of one chat, patience 120 s.
func TestRun_AgreesWithErlangA(t *testing.T) {
	t.Parallel()
	w := team(9, 1, 0)
	in := traffic(11, 60, 250)
	in.Handling, in.Patience = 540*time.Second, 120*time.Second
	w.State.Timing.MaxWait, w.Reply = 1e9, 0
	w.State.Groups[1].Queue.Max = 1e6
	day := run(t, w, sim.Draw(in))
	waited := 0
	for _, c := range day.Chats {
		if c.Wait > time.Millisecond {
			waited++
		}
	}
	if left := share(day, sim.Left); math.Abs(left-0.1769) > 0.02 {
		t.Errorf("%.3f gave up, want 0.177", left)
	}
	if p := float64(waited) / float64(len(day.Chats)); math.Abs(p-0.387) > 0.03 {
		t.Errorf("%.3f waited, want 0.387", p)
	}
}

// TestRun_SlotsAreFilledAtOnce: while somebody able is free, nobody waits for a
// second, at any moment of his wait, in virtual time as on the real server.
func TestRun_SlotsAreFilledAtOnce(t *testing.T) {
	t.Parallel()
	const slots = 6
	day := run(t, team(3, slots/3, 0), sim.Draw(traffic(5, 80, 8)))
	changes, waited := changesOf(day), 0
	for _, c := range day.Chats {
		if c.Wait < time.Second {
			continue
		}
		waited++
		if at, open := longestOpen(changes, slots, c.At, c.At.Add(c.Wait)); open >= time.Second {
			t.Errorf("%s waits from %s for %s, and from %s one of %d slots is free for %s", c.ID, c.At, c.Wait, at, slots, open)
		}
	}
	if waited < 20 {
		t.Errorf("only %d had to wait", waited)
	}
}

// change is a slot that is filled or freed.
type change struct {
	at time.Time
	by int
}

func changesOf(day sim.Day) []change {
	var all []change
	for _, c := range day.Chats {
		if c.Outcome == sim.Answered {
			all = append(all, change{c.At.Add(c.Wait), 1}, change{c.Ended, -1})
		}
	}
	slices.SortStableFunc(all, func(x, y change) int { return x.at.Compare(y.at) })
	return all
}

// longestOpen is the longest time within a span for which not all slots were filled,
// and since when.
func longestOpen(changes []change, slots int, from, to time.Time) (at time.Time, longest time.Duration) {
	used, since := 0, from
	filled := func(now time.Time) {
		if since.Before(from) {
			since = from
		}
		if now.After(to) {
			now = to
		}
		if open := now.Sub(since); open > longest {
			at, longest = since, open
		}
	}
	for _, x := range changes {
		was := used
		used += x.by
		switch {
		case was < slots && used >= slots:
			filled(x.at)
		case was >= slots && used < slots:
			since = x.at
		}
	}
	if used < slots {
		filled(to)
	}
	return at, longest
}

// TestRun_WhoAnsweredLastAndWhoOwnsAreKnown: a rule about either can be rehearsed.
func TestRun_WhoAnsweredLastAndWhoOwnsAreKnown(t *testing.T) {
	t.Parallel()
	w := team(3, 2, 0)
	w.State.Groups[1].Distribution.PreferLast = true
	visit := sim.Visit{ID: "one", At: morning, Handling: time.Minute}
	meets := func(who chat.AgentID) {
		t.Helper()
		if got := run(t, w, []sim.Visit{visit}).Chats[0].Agent; got != who {
			t.Errorf("%s is met, want %s", got, who)
		}
	}
	meets("a00")
	visit.Recent, visit.RecentAt = "a02", morning.Add(-time.Hour).UnixMicro()
	meets("a02")
	visit.Owner = "a01"
	meets("a01")
}

func TestRun_ShiftsAndHoursDecideWhoMeetsNobody(t *testing.T) {
	t.Parallel()
	w := team(2, 3, 0)
	w.Shifts = []sim.Shift{{Agent: "a00", From: morning.Add(time.Hour), To: morning.Add(3 * time.Hour)}}
	day := run(t, w, sim.Draw(traffic(6, 20, 4)))
	for _, c := range day.Chats {
		inside := c.At.Sub(morning) >= time.Hour && c.At.Sub(morning) < 3*time.Hour
		if (c.Outcome == sim.Nobody) == inside {
			t.Errorf("%s at %s: %s", c.ID, c.At.Format("15:04"), c.Outcome)
		}
		if c.Agent != "" && c.Agent != "a00" {
			t.Errorf("%s was answered by %s, who does not work", c.ID, c.Agent)
		}
	}
}

// TestRun_WhoDoesNotHearIsPassedOver: with half of the offers missed the router
// goes round, sends agents away for a while, and still most are answered.
func TestRun_WhoDoesNotHearIsPassedOver(t *testing.T) {
	t.Parallel()
	w := team(4, 3, 0)
	w.State.Groups[1].Distribution.Direct, w.Missed = false, 0.5
	day := run(t, w, sim.Draw(traffic(12, 20, 8)))
	for _, k := range []routing.Kind{routing.DoExpire, routing.DoAway, routing.DoAlarm} {
		if day.Decisions[k] == 0 {
			t.Errorf("%s was never decided: %v", k, day.Decisions)
		}
	}
	if answered := share(day, sim.Answered); answered < 0.5 {
		t.Errorf("only %.2f were answered", answered)
	}
}

// TestRun_WhoDoesNotReplyLosesTheChat: the first reply comes after two minutes,
// later than the router waits for it. The work already done is not lost.
func TestRun_WhoDoesNotReplyLosesTheChat(t *testing.T) {
	t.Parallel()
	w := team(3, 3, 0)
	w.Reply = 2 * time.Minute
	in := traffic(13, 6, 4)
	in.Handling = 4 * time.Minute
	visits := sim.Draw(in)
	day := run(t, w, visits)
	if day.Decisions[routing.DoRequeue] == 0 {
		t.Fatalf("nobody lost a chat: %v", day.Decisions)
	}
	for i, c := range day.Chats {
		if took := c.Ended.Sub(c.At.Add(c.Wait)); c.Outcome == sim.Answered && !c.Ended.IsZero() && took < visits[i].Handling-time.Second {
			t.Errorf("%s took %s of %s", c.ID, took, visits[i].Handling)
		}
	}
}

func TestRun_PullingTakesTheOldestAsAgreed(t *testing.T) {
	t.Parallel()
	w := team(3, 3, 0)
	w.State.Groups[1].Distribution = routing.Distribution{Method: routing.Pull}
	w.State.Groups[1].Share = &routing.Agreement{Most: 2, OldestFirst: true}
	day := run(t, w, sim.Draw(traffic(7, 40, 4)))
	if answered := share(day, sim.Answered); answered < 0.5 {
		t.Errorf("only %.2f were answered", answered)
	}
	if len(day.Levels) > 2 {
		t.Errorf("somebody had %d chats; two were agreed", len(day.Levels))
	}
	// Nobody is always the fastest.
	had := map[chat.AgentID]int{}
	for _, c := range day.Chats {
		had[c.Agent]++
	}
	for _, a := range w.State.Agents {
		if part := float64(had[a.ID]) / float64(len(day.Chats)); part < 0.15 || part > 0.5 {
			t.Errorf("%s took %.2f of all", a.ID, part)
		}
	}
}

// TestRun_WhoIsDisabledDoesNotPull: nothing has to be taken back from him.
func TestRun_WhoIsDisabledDoesNotPull(t *testing.T) {
	t.Parallel()
	w := team(2, 3, 0)
	w.State.Groups[1].Distribution = routing.Distribution{Method: routing.Pull}
	w.State.Agents[0].Disabled = true
	day := run(t, w, sim.Draw(traffic(7, 10, 4)))
	for _, c := range day.Chats {
		if c.Agent == w.State.Agents[0].ID {
			t.Errorf("%s was taken by who is disabled", c.ID)
		}
	}
	if n := day.Decisions[routing.DoRequeue]; n != 0 || share(day, sim.Answered) == 0 {
		t.Errorf("%d were taken back; %.2f answered", n, share(day, sim.Answered))
	}
}

// TestRun_TodayEndsAtMidnight: one is alone until four in the morning; then an
// agreement holds him back for what he has had since midnight, and no longer.
func TestRun_TodayEndsAtMidnight(t *testing.T) {
	t.Parallel()
	w := team(2, 1, 0)
	w.State.Groups[1].Distribution = routing.Distribution{Method: routing.Pull}
	w.State.Groups[1].Share = &routing.Agreement{Ahead: 2}
	w.Shifts = []sim.Shift{{Agent: "a00", From: morning, To: morning.Add(36 * time.Hour)}, {Agent: "a01", From: morning.Add(20 * time.Hour), To: morning.Add(36 * time.Hour)}}
	in := traffic(15, 4, 36)
	in.Handling, in.Patience = time.Minute, 5*time.Minute
	day := run(t, w, sim.Draw(in))
	both := map[chat.AgentID]int{}
	for _, c := range day.Chats {
		if c.At.Sub(morning) > 20*time.Hour {
			both[c.Agent]++
		}
	}
	if both["a00"] < 15 || both["a01"] < 15 {
		t.Errorf("together they had %v", both)
	}
}

// TestWaitEstimate_HoldsTheTrueWait is the promise of the estimate: on simulated
// days P10 to P90 holds the true wait of visitors who never leave in 75 to 90 of
// a hundred cases, and what they are told holds it as much more often as follows
// from rounding. The rates are learnt from another day's log.
func TestWaitEstimate_HoldsTheTrueWait(t *testing.T) {
	t.Parallel()
	direct, asked, all := routing.Distribution{Direct: true}, routing.Distribution{}, routing.Distribution{Method: routing.RingAll}
	for _, c := range []struct {
		name          string
		agents, limit int
		perHour       float64
		hours         int
		pace          []float64
		shared        routing.Distribution
		missed        float64
	}{
		{"seven agents with four each, slower with each chat", 7, 4, 130, 60, []float64{1, 0.91, 0.8, 0.69}, direct, 0},
		{"three agents with two each", 3, 2, 42, 150, nil, direct, 0},
		{"ten agents with one each", 10, 1, 66, 100, nil, direct, 0},
		{"seven are asked, slower with each chat", 7, 4, 130, 180, []float64{1, 0.91, 0.8, 0.69}, asked, 0},
		{"three are asked", 3, 2, 42, 150, nil, asked, 0},
		{"three are asked and some do not hear", 3, 2, 42, 150, nil, asked, 0.05},
		{"ten are asked and some do not hear", 10, 1, 66, 100, nil, asked, 0.05},
		{"it rings at all three", 3, 2, 42, 150, nil, all, 0},
		{"it rings at all ten, and some do not hear", 10, 1, 66, 100, nil, all, 0.05},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := team(c.agents, c.limit, 0)
			w.Pace, w.State.Timing.MaxWait = c.pace, 1e9
			w.State.Groups[1].Queue.Max, w.State.Groups[1].Distribution, w.Missed = 1e6, c.shared, c.missed
			in := traffic(21, c.perHour, c.hours)
			in.Handling = 10 * time.Minute
			log := run(t, w, sim.Draw(in))
			w.Rates = routing.Learn(log.Levels, 200, 400)
			w.Leaving = patience(log)
			in.Seed, in.Patient = 22, 0.05
			truth := coverage(run(t, w, sim.Draw(in)), in)
			truth.Check(t, 100)
		})
	}
}

// TestWaitEstimate_HoldsWhereGroupsShareAgents: an agent of two groups serves
// whoever came first in either, so his rate is not to be promised twice. The
// promise of the estimate holds in each group.
//
// The hours are as many as give each group 60 cases. The loads are not chosen for the
// result: with 0.85 to 1.10 of these arrivals and three seeds each, the range held
// 77 to 84 % of the true waits, in each group of each case (161 to 1,570 waits).
func TestWaitEstimate_HoldsWhereGroupsShareAgents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		sales         [2]int // the first of them and the one after the last
		support       [2]int
		limit, agents int
		perHour       float64
		hours         int
	}{
		{"two of six in both", [2]int{0, 4}, [2]int{2, 6}, 1, 6, 38, 400},
		{"three of nine sell as well", [2]int{0, 3}, [2]int{0, 9}, 2, 9, 120, 120},
		{"the same three in both", [2]int{0, 3}, [2]int{0, 3}, 1, 3, 18, 1500},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := team(c.agents, c.limit, c.agents)
			sales, support := &w.State.Groups[0], &w.State.Groups[1]
			sales.Members, support.Members = sales.Members[c.sales[0]:c.sales[1]], support.Members[c.support[0]:c.support[1]]
			w.Routes = []routing.Route{{ID: "r1", Name: "Prices", Group: "sales", When: []routing.Condition{{Field: routing.FieldPath, Op: routing.OpPrefix, Values: []string{"/pricing"}}}}}
			w.State.Timing.MaxWait = 1e9
			sales.Queue.Max, support.Queue.Max = 1e6, 1e6
			in := traffic(31, c.perHour, c.hours)
			in.Handling = 10 * time.Minute
			log := run(t, w, sim.Draw(in))
			w.Rates, w.Leaving = routing.Learn(log.Levels, 200, 400), patience(log)
			in.Seed, in.Patient = 32, 0.05
			day := run(t, w, sim.Draw(in))
			for _, g := range []chat.GroupID{"sales", "support"} {
				some := day
				some.Chats = slices.Clone(day.Chats)
				for i := range some.Chats {
					if some.Chats[i].Place.Group != g {
						some.Chats[i].Outcome = sim.Nobody
					}
				}
				t.Log(g)
				truth := coverage(some, in)
				truth.Check(t, 60)
			}
		})
	}
}

func patience(day sim.Day) float64 {
	left, waited := 0, time.Duration(0)
	for _, c := range day.Chats {
		waited += c.Wait
		if c.Outcome == sim.Left {
			left++
		}
	}
	return routing.LearnPatience(left, waited)
}

// coverage looks at the visitors who wait for ever: only their true wait is known.
func coverage(day sim.Day, in sim.Traffic) simtest.Truth {
	var truth simtest.Truth
	for i, v := range sim.Draw(in) {
		if c := day.Chats[i]; v.Patience == 0 && c.Estimate.Shown && c.Outcome == sim.Answered {
			truth.Add(c.Estimate, c.Estimate.Minutes(), c.Wait)
		}
	}
	return truth
}

// TestRehearse_TellsWhatARuleWouldHaveDone is idea 13: a rule that sends prices
// to a Sales of one agent, whose hours end at noon.
func TestRehearse_TellsWhatARuleWouldHaveDone(t *testing.T) {
	t.Parallel()
	before := team(4, 2, 1)
	after := team(4, 2, 1)
	after.Routes = []routing.Route{{ID: "r1", Name: "Prices", Group: "sales", When: []routing.Condition{{Field: routing.FieldPath, Op: routing.OpPrefix, Values: []string{"/pricing"}}}}}
	after.State.Groups[0].Hours = &routing.Hours{Zone: "UTC", Week: []routing.Shift{{Day: routing.Day(time.Monday), Span: routing.Span{From: 8 * 60, To: 12 * 60}}}}
	visits := sim.Draw(traffic(8, 30, 6))
	calls, last := 0, 0
	d, err := sim.Rehearse(context.Background(), visits, before, after, func(done, total int) {
		calls++
		if done < last || total != 2*len(visits) {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	})
	if err != nil {
		t.Fatal(err)
	}
	if calls < 10 || last != 2*len(visits) {
		t.Errorf("%d calls, the last at %d of %d", calls, last, 2*len(visits))
	}
	prices, late := []string{}, []string{}
	for _, v := range visits {
		if strings.HasSuffix(v.Arrival.URL, "/pricing") {
			prices = append(prices, v.ID)
			if v.At.Sub(morning) >= 4*time.Hour-routing.SoonBefore {
				late = append(late, v.ID)
			}
		}
	}
	if len(d.Moves) != 1 || d.Moves[0].From != "support" || d.Moves[0].To != "sales" || !slices.Equal(d.Moves[0].IDs, prices) {
		t.Errorf("moves %+v, want %v", d.Moves, prices)
	}
	for _, id := range late {
		if !slices.Contains(d.Nobody.New, id) {
			t.Errorf("%s came after hours and is not among those who meet nobody", id)
		}
	}
	want := fmt.Sprintf("%d chats move from Support to Sales; %d would have met nobody (%d before); %d would have given up (%d before); median wait ",
		len(prices), len(d.Nobody.After), len(d.Nobody.Before), len(d.Left.After), len(d.Left.Before))
	if !strings.HasPrefix(d.Text, want) || !strings.Contains(d.Text, " → ") {
		t.Errorf("%q, want %q …", d.Text, want)
	}
	t.Log(d.Text)
}

func TestRehearse_NoChangeIsNoDifference(t *testing.T) {
	t.Parallel()
	w := team(3, 2, 1)
	w.State.Groups[1].Distribution.Direct, w.Missed = false, 0.2
	d, err := sim.Rehearse(context.Background(), sim.Draw(traffic(9, 50, 3)), w, w, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Moves) != 0 || len(d.Nobody.New) != 0 || len(d.Left.New) != 0 || d.Median.Before != d.Median.After || d.Slowest.Before != d.Slowest.After {
		t.Errorf("the same rules differ: %s", d.Text)
	}
	for _, a := range d.Agents {
		if !slices.Equal(a.Before, a.After) {
			t.Errorf("%s has other chats", a.Name)
		}
	}
}

func TestRun_RefusesVisitsOfOneID(t *testing.T) {
	t.Parallel()
	visits := sim.Draw(traffic(14, 60, 1))
	visits[1].ID = visits[0].ID
	if _, err := sim.Run(context.Background(), team(1, 1, 0), visits, nil); err == nil {
		t.Error("two visits of one id were run")
	}
}

func TestRehearse_CanBeCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	visits := sim.Draw(traffic(10, 60, 10))
	_, err := sim.Rehearse(ctx, visits, team(3, 2, 1), team(3, 2, 1), func(done, _ int) {
		if done > len(visits)/2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
