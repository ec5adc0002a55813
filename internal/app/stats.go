package app

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/internal/api"
	"earshot/internal/stream"
)

// commits counts what the store commits.
type commits struct {
	events  prometheus.Counter
	seconds prometheus.Histogram
}

func newCommits() commits {
	return commits{
		events: prometheus.NewCounter(prometheus.CounterOpts{Name: "earshot_events_total", Help: "Events appended to the log."}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "earshot_commit_seconds", Help: "Time from the begin of a batch until it is on disk.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5}}),
	}
}

// committed is called by the store for each batch.
func (c commits) committed(events int, took time.Duration) {
	c.events.Add(float64(events))
	c.seconds.Observe(took.Seconds())
}

// databaseStats shows what is asked of a server of databases, where there is one.
func (a *App) databaseStats() []prometheus.Collector {
	if a.cfg.Database == "" {
		return nil
	}
	return []prometheus.Collector{prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "earshot_database_statements_total", Help: "Statements that this node sent to PostgreSQL."},
		func() float64 { return float64(a.store.Statements()) })}
}

// registerStats shows what the store and the stream count.
func registerStats(m *api.Metrics, c commits, h *stream.Hub) {
	m.Register(c.events, c.seconds)
	for _, c := range []struct {
		name, help string
		read       func(stream.Stats) int64
	}{
		{"earshot_resumes_total", "Resumes answered with everything since.", func(s stream.Stats) int64 { return s.Resumed }},
		{"earshot_lagged_total", "Queues that were dropped and read again.", func(s stream.Stats) int64 { return s.Lagged }},
		{"earshot_slow_total", "Connections cut for a write that blocked.", func(s stream.Stats) int64 { return s.Slow }},
	} {
		m.Register(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: c.name, Help: c.help}, func() float64 { return float64(c.read(h.Stats())) }))
	}
	for why := range h.Stats().Resets {
		m.Register(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "earshot_resets_total", Help: "Resumes answered with a reset, by reason.",
			ConstLabels: prometheus.Labels{"reason": why}}, func() float64 { return float64(h.Stats().Resets[why]) }))
	}
	m.Register(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "earshot_feeds", Help: "Connected streams."}, func() float64 { return float64(h.Stats().Feeds) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "earshot_log_position", Help: "Newest event that was offered to streams."}, func() float64 { return float64(h.Stats().Position) }),
	)
}
