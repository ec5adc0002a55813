package routing

import (
	"math"
	"time"
)

// The rules of showing an estimate.
const (
	// MinFinished is how many chats must have been finished in EstimateOver
	// before an estimate is shown.
	MinFinished  = 30
	EstimateOver = 14 * 24 * time.Hour
	// PriorPatience is how long a visitor is taken to wait where nothing is known.
	PriorPatience = 120 * time.Second
	// quantile is the place of P10 and P90 in a normal distribution.
	quantile = 1.2815515655446004
)

// Rates is how many chats a second an Agent completes in all while holding 1, 2,
// 3 … chats. Above the last level it stays as it is there.
type Rates []float64

// At returns the rate of an agent who holds so many hundredths of chats. Part
// of a chat counts in between.
func (r Rates) At(load int) float64 {
	if len(r) == 0 || load <= 0 {
		return 0
	}
	level := float64(load) / 100
	below := int(level)
	if below >= len(r) {
		return r[len(r)-1]
	}
	from := 0.0
	if below > 0 {
		from = r[below-1]
	}
	return from + (level-float64(below))*(r[below]-from)
}

// Level is what the log tells about agents who held one number of chats: how
// many chats were completed at it, and for how many agent-seconds it was held.
type Level struct {
	Completed int     `json:"completed"`
	Seconds   float64 `json:"seconds"`
}

// Learn estimates the rates from the log. A level with few completions is drawn
// towards the curve of an agent who works work seconds on a chat and whose
// visitor takes pause seconds of it; the rates never fall.
func Learn(levels []Level, work, pause float64) Rates {
	rates := make(Rates, len(levels))
	for i, l := range levels {
		prior := curve(i+1, work, pause)
		rates[i] = (float64(l.Completed) + 5) / (l.Seconds + 5/prior)
		if i > 0 {
			rates[i] = max(rates[i], rates[i-1])
		}
	}
	return rates
}

// curve is the rate of a two-station network: an agent who serves j visitors.
func curve(j int, work, pause float64) float64 {
	sum, term := 1.0, 1.0
	for i := range j {
		term *= float64(j-i) * work / pause
		sum += term
	}
	return (1 - 1/sum) / work
}

// LearnPatience returns the rate, per second, at which waiting visitors leave.
func LearnPatience(left int, waited time.Duration) float64 {
	return (float64(left) + 0.5) / (waited.Seconds() + 0.5*PriorPatience.Seconds())
}

// Waiting is what an estimate is made from.
type Waiting struct {
	Ahead    int     // waiting before this visitor
	Rate     float64 // chats a second that the agents who accept complete now
	Leaving  float64 // the rate at which one waiting visitor leaves
	Finished int     // chats finished within EstimateOver
	Free     int     // agents with room for one more
}

// Estimate is a visitor's wait: the range that eight of ten lie in. Where it is
// not shown, Why says so.
type Estimate struct {
	Shown bool          `json:"shown"`
	Why   string        `json:"why,omitempty"`
	Mean  time.Duration `json:"mean"`
	Low   time.Duration `json:"low"`  // P10
	High  time.Duration `json:"high"` // P90
}

// EstimateWait returns the range of a visitor's wait. Each visitor ahead and the
// visitor himself waits for one release: of a chat, or of a visitor ahead who
// gives up. The releases' sum is matched by a gamma distribution.
func EstimateWait(w Waiting) Estimate {
	if why := w.hidden(); why != "" {
		return Estimate{Why: why}
	}
	mean, variance := 0.0, 0.0
	first := 0
	if fault == faultWait {
		first = 1
	}
	for i := first; i <= w.Ahead; i++ {
		one := 1 / (w.Rate + float64(i)*w.Leaving)
		mean += one
		variance += one * one
	}
	return between(mean, variance)
}

// hidden is why there is nothing to estimate from; "" where there is.
func (w Waiting) hidden() string {
	switch {
	case w.Free > 0:
		return "Somebody is free."
	case w.Finished < MinFinished:
		return "Fewer than 30 chats were finished in the last 14 days."
	case w.Rate <= 0:
		return "Nobody takes chats now."
	}
	return ""
}

// between is the estimate of a wait of which mean and variance are known.
func between(mean, variance float64) Estimate {
	return Estimate{Shown: true, Mean: span(mean), Low: span(gamma(mean, variance, -quantile)), High: span(gamma(mean, variance, quantile))}
}

// gamma returns the point z standard deviations of a normal distribution away,
// carried over to a gamma distribution by Wilson and Hilferty.
func gamma(mean, variance, z float64) float64 {
	if variance == 0 {
		return mean
	}
	shape := mean * mean / variance
	cube := 1 - 1/(9*shape) + z/(3*math.Sqrt(shape))
	return mean * cube * cube * cube
}

func span(seconds float64) time.Duration {
	return time.Duration(max(seconds, 0) * float64(time.Second))
}
