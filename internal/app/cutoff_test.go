package app

import (
	"testing"
	"time"

	"earshot/internal/desk"
)

// TestReach_LinesAreClosedWhereOthersDoBetter: at each moment a node hears whether it
// reaches the database, and what others say.
func TestReach_LinesAreClosedWhereOthersDoBetter(t *testing.T) {
	t.Parallel()
	type moment struct {
		at   time.Duration
		here bool
		said desk.Elsewhere
	}
	const s = time.Second
	for name, c := range map[string]struct {
		moments []moment
		closes  []time.Duration
	}{
		"others reach it":              {[]moment{{0, true, desk.OthersReach}, {s, false, desk.OthersReach}, {s + s/4, false, desk.OthersReach}, {s + s/2, false, desk.OthersReach}, {2 * s, false, desk.OthersReach}}, []time.Duration{s + s/2}},
		"it is away for all":           {[]moment{{0, false, desk.OthersAway}, {60 * s, false, desk.OthersAway}}, nil},
		"it comes back for others":     {[]moment{{0, false, desk.OthersAway}, {s, false, desk.OthersReach}, {s + s/4, true, desk.OthersReach}, {2 * s, false, desk.OthersReach}}, nil},
		"others have it, and not":      {[]moment{{0, false, desk.OthersReach}, {s / 4, false, desk.OthersAway}, {s, false, desk.OthersReach}}, nil},
		"nobody answers":               {[]moment{{0, false, desk.OthersSilent}, {9 * s, false, desk.OthersSilent}, {10 * s, false, desk.OthersSilent}}, []time.Duration{10 * s}},
		"it is alone":                  {[]moment{{0, false, desk.NoOthers}, {60 * s, false, desk.NoOthers}}, nil},
		"lost, back, and lost again":   {[]moment{{0, false, desk.OthersReach}, {s, false, desk.OthersReach}, {2 * s, true, ""}, {3 * s, false, desk.OthersReach}, {4 * s, false, desk.OthersReach}}, []time.Duration{s, 4 * s}},
		"silent first, then away here": {[]moment{{0, false, desk.OthersSilent}, {5 * s, true, ""}, {11 * s, false, desk.OthersSilent}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var r reach
			var closes []time.Duration
			began := time.Now()
			for _, m := range c.moments {
				if r.judge(began.Add(m.at), m.here, func() desk.Elsewhere { return m.said }) {
					closes = append(closes, m.at)
				}
				if m.here && r.out {
					t.Errorf("at %v it reaches the database and lets nobody in", m.at)
				}
			}
			if len(closes) != len(c.closes) {
				t.Fatalf("it closes at %v, want %v", closes, c.closes)
			}
			for i, at := range closes {
				if at != c.closes[i] {
					t.Errorf("it closes at %v, want %v", closes, c.closes)
				}
			}
		})
	}
}
