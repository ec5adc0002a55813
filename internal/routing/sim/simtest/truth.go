// Package simtest judges on simulated days whether what visitors were told of their
// wait came true.
//
// The exact range of an estimate is to hold the true wait in 75 to 90 of a hundred
// cases. A visitor reads it rounded outwards to whole minutes, so what he reads holds
// more often, above 90 where waits are short: who is told "up to 2 minutes" is told
// what is true for the tenth who come sooner than P10 as well. How much more follows
// from the estimate itself, and it is held to that, too.
package simtest

import (
	"math"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// The bands of the exact range, and how far the told one may be from what follows.
const (
	lowest, highest = 0.75, 0.90
	away            = 0.04
)

// Truth counts what visitors were told, and how often it came true.
type Truth struct {
	All   int
	exact int
	told  int
	// follows sums the chances that the estimates give what was told.
	follows float64
	bias    time.Duration
}

// Add takes an estimate, what the visitor was told of it, and how long he waited
// from then on.
func (x *Truth) Add(e routing.Estimate, told chat.Minutes, wait time.Duration) {
	x.All++
	x.bias += e.Mean - wait
	if wait >= e.Low && wait <= e.High {
		x.exact++
	}
	if Holds(told, wait) {
		x.told++
	}
	x.follows += chance(e, told)
}

// Check fails the test where the ranges held too seldom or too often, or too few
// visitors were asked to tell.
func (x *Truth) Check(t testing.TB, least int) {
	t.Helper()
	n := float64(max(x.All, 1))
	exact, told, follows := float64(x.exact)/n, float64(x.told)/n, x.follows/n
	t.Logf("%d waits: the exact range held %.1f %%, what was told %.1f %% where %.1f %% follow, bias %s", x.All, 100*exact, 100*told, 100*follows,
		(x.bias / time.Duration(max(x.All, 1))).Round(time.Second/10))
	if x.All < least {
		t.Errorf("only %d waits, want %d", x.All, least)
	}
	if exact < lowest || exact > highest {
		t.Errorf("the exact range held %.1f %% of %d waits, want %.0f to %.0f", 100*exact, x.All, 100*lowest, 100*highest)
	}
	if told < exact || math.Abs(told-follows) > away {
		t.Errorf("what was told held %.1f %% of %d waits; the exact range %.1f, and %.1f follow", 100*told, x.All, 100*exact, 100*follows)
	}
}

// Holds reports whether a wait is within what a visitor was told.
func Holds(told chat.Minutes, wait time.Duration) bool {
	return wait >= minutes(told.From) && (told.To == 0 || wait <= minutes(told.To))
}

// chance is the share of waits that lie within what was told, where the estimate's
// gamma distribution is true.
func chance(e routing.Estimate, told chat.Minutes) float64 {
	below := func(d time.Duration) float64 {
		mean := e.Mean.Seconds()
		low, high := math.Cbrt(e.Low.Seconds()/mean), math.Cbrt(e.High.Seconds()/mean)
		// Cube roots of a gamma distribution are close to a normal one, of which these
		// are P10 and P90.
		z := 1.2815515655446004 * (2*math.Cbrt(d.Seconds()/mean) - low - high) / (high - low)
		return 0.5 * math.Erfc(-z/math.Sqrt2)
	}
	share := 1 - below(minutes(told.From))
	if told.To > 0 {
		share -= 1 - below(minutes(told.To))
	}
	if told.From == 0 {
		share += below(0) // nobody waits less than nothing
	}
	return share
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }
