package e2e

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"earshot/internal/chat"
)

// deedsAtOnce is a test flag, set once before any test runs.
var deedsAtOnce = flag.Int("deeds", 3000, "how much agents and visitors do in TestRaces")

// outcome is what a race came to.
type outcome struct {
	deeds, conversations, events, checked, broken, undecided int
	*race
	took time.Duration
}

func (o outcome) clean() bool {
	return o.broken+o.undecided+o.double+o.above+o.misplaced+o.unexplained+o.ringing+o.lost+o.halves+o.broke == 0
}

func (o outcome) String() string {
	return fmt.Sprintf("deeds=%d conversations=%d events=%d decisions=%d linearizable=%d/%d undecided=%d double=%d above_limit=%d misplaced=%d lost=%d offers_open=%d unexplained=%d half_done=%d promises_broken=%d seconds=%.0f passed=%v heads=%v",
		o.deeds, o.conversations, o.events, o.decisions, o.checked-o.broken-o.undecided, o.checked, o.undecided, o.double, o.above, o.misplaced, o.lost,
		o.ringing, o.unexplained, o.halves, o.broke, o.took.Seconds(), o.passes, o.heads)
}

// runRace lets a team and its visitors at a server, stops it, and judges the log.
func runRace(t testing.TB, bin string, deeds int) outcome {
	t.Helper()
	groups := raceGroups()
	s := seed(t, bin, groups, raceTiming(), raceAgents(24, groups))
	return raceAt(t, s, deeds, func() {
		if err := s.stop(t); err != nil {
			t.Errorf("the stop: %v\n%s", err, lastLines(s.out.String(), 20))
		}
	})
}

// raceAt is a race at a workspace that is there; halt stops who serves it.
func raceAt(t testing.TB, s seeded, deeds int, halt func()) outcome {
	t.Helper()
	began := time.Now()
	h := runCrowd(t, s, deeds)
	s.disconnectAll()
	listed := len(s.everything(t))
	halt()
	o := outcome{race: readRace(t, s), took: time.Since(began)}
	for _, n := range h.calls {
		o.deeds += n
	}
	for _, d := range h.deeds {
		if d.verb == "triage" && d.outcome == "ok" {
			o.passes["triaged"]++
		}
	}
	o.checked, o.broken, o.undecided = o.linearizable(t, h)
	o.conversations = len(o.states)
	for _, all := range o.race.events {
		o.events += len(all)
	}
	if listed != o.conversations {
		t.Errorf("the owner is shown %d conversations, the log holds %d", listed, o.conversations)
	}
	t.Logf("calls %v", h.calls)
	return o
}

// TestRaces_EveryOrderIsAnOrder lets 24 agents and ten browsers do what they like
// at the same conversations at once: take, send on, pass on, ask in, take over, go home.
// Everything that they were answered fits one order of what happened to each
// conversation; nobody got what a colleague had, or more than he has room for; nothing
// was lost, or done by half.
func TestRaces_EveryOrderIsAnOrder(t *testing.T) { // not parallel: it wants the machine
	o := runRace(t, binary(), *deedsAtOnce)
	fmt.Printf("races: %v\n", o)
	if !o.clean() {
		t.Errorf("%v", o)
		for _, what := range o.first {
			t.Log(what)
		}
	}
	if *deedsAtOnce > patientRaces && o.passes["invitations expired"]*o.passes["triage rang"]*o.passes[string(chat.KindHelpReturned)] == 0 {
		t.Error("no invitation rang in vain, nobody was chosen in triage, or no help flag was given back")
	}
	if o.deeds < *deedsAtOnce || o.decisions < o.deeds/20 || o.passes["transfers"] < o.deeds/200 || o.passes["accepted"]*o.passes["holds"] == 0 ||
		o.passes["came in"]*o.passes[chat.ByTakeOver]*o.passes["shifts"]*o.passes["handed"]*o.passes["triaged"]*o.passes[string(chat.KindHelpTaken)] == 0 {
		t.Errorf("%d deeds, %d decisions, passed on %v: the test proves nothing", o.deeds, o.decisions, o.passes)
	}
	if total(o.heads.admitted)*total(o.heads.refused) == 0 {
		t.Errorf("who supervises one group has %v: the test proves nothing of him", o.heads)
	}
}

// TestRaces_PlantedFaultsAreCaught shows that the test above can fail: with a
// router that writes without comparing versions, with limits that nobody looks
// at under the lock, where what is passed on is accepted by whoever says so, where
// a hand-over leaves out what is in its way, and where who supervises one group does so
// in all of them.
func TestRaces_PlantedFaultsAreCaught(t *testing.T) { // not parallel: as above
	dir := os.Getenv("EARSHOT_MUTANTS")
	if dir == "" {
		t.Skip("the planted faults are not built; make race builds them")
	}
	for name, caught := range map[string]func(outcome) int{
		"nocas":   func(o outcome) int { return min(o.double+o.misplaced, o.broken) },
		"noroom":  func(o outcome) int { return o.above },
		"norings": func(o outcome) int { return o.broken },
		"nowhole": func(o outcome) int { return o.halves },
		"anyhead": func(o outcome) int { return o.broken },
	} {
		var o outcome
		for range 3 { // a decision is late only where something happened in between
			if o = runRace(t, filepath.Join(dir, name), 3000); caught(o) > 0 {
				break
			}
		}
		fmt.Printf("planted fault %s: %v\n", name, o)
		if caught(o) == 0 {
			t.Errorf("%s breaks nothing: the test of races proves nothing", name)
		}
	}
}
