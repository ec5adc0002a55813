package main

import (
	"fmt"
	"slices"
	"time"
)

// quantile is a nearest-rank quantile; the durations must be sorted.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	return s[len(s)/2]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000) }

// p50p99 sorts and prints two quantiles.
func p50p99(all []time.Duration) string {
	slices.Sort(all)
	return fmt.Sprintf("p50 %s  p99 %s  (%d)", ms(quantile(all, 0.5)), ms(quantile(all, 0.99)), len(all))
}
