package routing_test

import (
	"math"
	"testing"
	"time"

	"earshot/internal/routing"
)

func TestEstimateWait_HidesWhatItCannotKnow(t *testing.T) {
	t.Parallel()
	known := routing.Waiting{Ahead: 2, Rate: 0.01, Finished: routing.MinFinished}
	if e := routing.EstimateWait(known); !e.Shown || e.Why != "" {
		t.Errorf("not shown: %+v", e)
	}
	for why, change := range map[string]func(*routing.Waiting){
		"Fewer than 30 chats were finished in the last 14 days.": func(w *routing.Waiting) { w.Finished-- },
		"Nobody takes chats now.":                                func(w *routing.Waiting) { w.Rate = 0 },
		"Somebody is free.":                                      func(w *routing.Waiting) { w.Free = 1 },
	} {
		w := known
		change(&w)
		if e := routing.EstimateWait(w); e.Shown || e.Why != why {
			t.Errorf("%+v, want hidden: %s", e, why)
		}
	}
}

// TestEstimateWait_AgreesWithKnownDistributions: one release is exponential, many
// equal ones are an Erlang distribution.
func TestEstimateWait_AgreesWithKnownDistributions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ahead           int
		mean, low, high float64 // seconds, at one release in 100 s
	}{
		{0, 100, 10.536, 230.259},
		{4, 500, 243.259, 799.359},
		{9, 1000, 622.130, 1420.599},
	} {
		e := routing.EstimateWait(routing.Waiting{Ahead: c.ahead, Rate: 0.01, Finished: 100})
		for what, pair := range map[string][2]float64{"mean": {e.Mean.Seconds(), c.mean}, "P10": {e.Low.Seconds(), c.low}, "P90": {e.High.Seconds(), c.high}} {
			if math.Abs(pair[0]-pair[1]) > 0.03*c.mean {
				t.Errorf("%d ahead: %s %.1f s, want %.1f", c.ahead, what, pair[0], pair[1])
			}
		}
	}
	patient := routing.EstimateWait(routing.Waiting{Ahead: 9, Rate: 0.01, Finished: 100})
	if hasty := routing.EstimateWait(routing.Waiting{Ahead: 9, Rate: 0.01, Leaving: 0.002, Finished: 100}); hasty.Mean >= patient.Mean {
		t.Errorf("visitors who leave make the wait longer: %s, %s", hasty.Mean, patient.Mean)
	}
}

func TestLearn_DrawsSeldomLevelsTowardsTheCurve(t *testing.T) {
	t.Parallel()
	// Nothing is known: the published curve for 180 s of work and 300 s of pause.
	rates := routing.Learn(make([]routing.Level, 5), 180, 300)
	for i, want := range []float64{7.50, 13.15, 16.80, 18.75, 19.59} {
		if got := rates[i] * 3600; math.Abs(got-want) > 0.01 {
			t.Errorf("level %d: %.2f chats an hour, want %.2f", i+1, got, want)
		}
	}
	// Much is known: the log itself. And the rates never fall.
	rates = routing.Learn([]routing.Level{{Completed: 10000, Seconds: 1e6}, {Completed: 5000, Seconds: 1e6}}, 180, 300)
	if math.Abs(rates[0]-0.01) > 1e-4 || rates[1] != rates[0] {
		t.Errorf("rates %v", rates)
	}
	if got := rates.At(50); math.Abs(got-rates[0]/2) > 1e-12 {
		t.Errorf("half a chat counts %v", got)
	}
}

func TestLearnPatience_CountsThoseWhoStayed(t *testing.T) {
	t.Parallel()
	if got := routing.LearnPatience(0, 0); math.Abs(got-1.0/120) > 1e-12 {
		t.Errorf("unknown patience: %v", got)
	}
	if got := 1 / routing.LearnPatience(100, 300*100*time.Second); math.Abs(got-300) > 2 {
		t.Errorf("patience %.0f s, want 300", got)
	}
}
