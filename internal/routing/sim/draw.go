package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"earshot/internal/chat"
)

// Traffic describes made-up visits.
type Traffic struct {
	Seed uint64
	From time.Time
	For  time.Duration
	// PerHour is the mean number of visits in each hour since From, the last one
	// holding on.
	PerHour []float64
	// Handling and Patience are means; both are drawn from exponential
	// distributions. Patience 0 = for ever.
	Handling, Patience time.Duration
	// Patient is the share of visitors who wait for ever.
	Patient float64
	// Arrivals are drawn with equal chances; none = an empty one.
	Arrivals []chat.Arrival
}

// Draw makes visits: the same ones for the same Traffic.
func Draw(t Traffic) []Visit {
	r := rand.New(rand.NewPCG(t.Seed, 0x5eed))
	var visits []Visit
	for at := time.Duration(0); ; {
		rate := t.rate(at)
		if rate <= 0 {
			at = at.Truncate(time.Hour) + time.Hour
		} else {
			at += exponential(r, time.Duration(float64(time.Hour)/rate))
		}
		if at >= t.For {
			return visits
		}
		if t.rate(at) <= 0 {
			continue
		}
		v := Visit{ID: fmt.Sprintf("visit-%06d", len(visits)+1), At: t.From.Add(at).Truncate(time.Microsecond), Handling: exponential(r, t.Handling)}
		if r.Float64() >= t.Patient && t.Patience > 0 {
			v.Patience = max(exponential(r, t.Patience), time.Second)
		}
		if len(t.Arrivals) > 0 {
			v.Arrival = t.Arrivals[r.IntN(len(t.Arrivals))]
		}
		visits = append(visits, v)
	}
}

func (t Traffic) rate(at time.Duration) float64 {
	if len(t.PerHour) == 0 {
		return 0
	}
	return t.PerHour[min(int(at/time.Hour), len(t.PerHour)-1)]
}

func exponential(r *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(r.ExpFloat64() * float64(mean))
}
