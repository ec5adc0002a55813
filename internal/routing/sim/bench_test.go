package sim_test

import (
	"context"
	"testing"

	"earshot/internal/routing/sim"
)

// BenchmarkRehearse_TenThousandVisits is both runs of a rehearsal: a week of
// twelve agents in two groups, with offers.
func BenchmarkRehearse_TenThousandVisits(b *testing.B) {
	before, after := team(12, 3, 4), team(12, 2, 4)
	for i := range before.State.Groups {
		before.State.Groups[i].Distribution.Direct, after.State.Groups[i].Distribution.Direct = false, false
	}
	visits := sim.Draw(traffic(41, 60, 24*7+12))
	visits = visits[:10_000:10_000]
	for b.Loop() {
		d, err := sim.Rehearse(context.Background(), visits, before, after, nil)
		if err != nil || d.Visits != len(visits) {
			b.Fatal(d.Visits, err)
		}
	}
	b.ReportMetric(float64(2*len(visits)*b.N)/b.Elapsed().Seconds(), "visits/s")
}
