package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/internal/desk"
	"earshot/internal/jobs"
	"earshot/internal/notify"
	"earshot/internal/store"
)

const (
	agentsEvery = 4 * time.Second // a sign of life counts for 10 s
	renewEvery  = 10 * time.Second
	sweepEvery  = 5 * time.Second
	reportEvery = 5 * time.Second // a word counts for 30 s
	filesEvery  = 6 * time.Hour
	usesEvery   = 7 * time.Hour
	oldEvery    = 10 * time.Minute
	countEvery  = 2 * time.Second
	geoEvery    = time.Minute
	learnEvery  = 9 * time.Minute // what was learnt counts for ten
	leaveTime   = 8 * time.Second // for clients to be told, and requests to end
	lastTime    = time.Second     // for what stands behind them
)

// Run serves until ctx ends, then takes leave of every client and waits for
// what is under way, at most 10 s. An error means that the server could not go
// on.
func (a *App) Run(ctx context.Context) error {
	following, stopFollowing := context.WithCancel(context.WithoutCancel(ctx))
	defer stopFollowing()
	working, stopWorking := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWorking()
	g, failed := errgroup.WithContext(ctx)
	g.Go(func() error { return a.hub.Run(following) })
	g.Go(func() error { return jobs.Run(working, a.store, a.handlers(), time.Now, desk.JobsOutside()...) })
	g.Go(func() error { return a.greetAgents(working) })
	g.Go(func() error { return a.watchReach(working) })
	g.Go(func() error {
		return a.desk.RunRouter(working, func(err error) { a.log.Error("router", slog.String("error", err.Error())) })
	})
	// Before anybody is served: limits are shared among the nodes that are there.
	if err := a.report(ctx); err != nil {
		a.log.Error("report", slog.String("error", err.Error()))
	}
	a.startUpkeep(working, g)
	servers := a.servers()
	for server, l := range servers {
		g.Go(func() error { return serve(server, l) })
	}
	a.log.Info("serving", slog.String("url", a.URL()), slog.String("version", Version()))
	<-failed.Done() // ctx has ended, or one of them failed
	a.leave(servers, stopFollowing)
	stopWorking()
	err := g.Wait()
	if err == nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastTime)
		defer cancel()
		err = errors.Join(a.api.CountVisits(last), a.desk.LeaveNodes(last))
	}
	a.log.Info("stopped")
	return err
}

func serve(server *http.Server, l net.Listener) error {
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("app: serve %s: %w", l.Addr(), err)
	}
	return nil
}

// servers are the public one, the operators' one, and that of the metrics where
// it is asked for.
func (a *App) servers() map[*http.Server]net.Listener {
	all := map[*http.Server]net.Listener{a.server(a.api): a.listener}
	if a.control != nil {
		all[a.server(a.controlRoutes())] = a.control
	}
	if a.metrics != nil {
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", a.api.MetricsHandler())
		all[a.server(mux)] = a.metrics
	}
	return all
}

func (a *App) server(h http.Handler) *http.Server {
	// No WriteTimeout: a stream is an answer that does not end. Its carrier sets
	// a deadline for each frame.
	return &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 90 * time.Second, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug)}
}

// leave stops taking requests, says bye to every stream, ends rehearsals, and
// waits for requests that are under way: what they commit is acknowledged.
func (a *App) leave(servers map[*http.Server]net.Listener, stopFollowing func()) {
	a.log.Info("stopping")
	a.api.Drain()
	stopFollowing()
	a.desk.EndRehearsals()
	ctx, cancel := context.WithTimeout(context.Background(), leaveTime)
	defer cancel()
	var all sync.WaitGroup
	for server := range servers {
		all.Go(func() {
			if server.Shutdown(ctx) != nil {
				_ = server.Close() // who is still there was told to come back
			}
		})
	}
	all.Wait()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		a.api.Wait()
	}()
	select {
	case <-gone:
	case <-ctx.Done():
	}
}

func (a *App) handlers() map[string]jobs.Handler {
	base := strings.TrimSuffix(a.cfg.PublicURL, "/")
	alerts := notify.Alerts{Desk: a.desk, Pusher: a.pusher, Base: base}
	visitors := notify.VisitorMails{Desk: a.desk}
	if a.mail != nil {
		alerts.Mailer, visitors.Mailer = a.mail, a.mail
	}
	hooks := notify.Hooks{Desk: a.desk, Client: a.hooks, Base: base}
	return a.logged(map[string]jobs.Handler{
		desk.JobAlert:       func(ctx context.Context, j store.Job) error { return alerts.Push(ctx, j.Body) },
		desk.JobCheck:       func(ctx context.Context, j store.Job) error { return a.desk.CheckDevices(ctx, j.Body) },
		desk.JobWaiting:     func(ctx context.Context, j store.Job) error { return a.desk.AskTheQueue(ctx, j.Body) },
		desk.JobHook:        func(ctx context.Context, j store.Job) error { return hooks.Tell(ctx, j.Body) },
		desk.JobMail:        func(ctx context.Context, j store.Job) error { return alerts.Mail(ctx, j.Body) },
		desk.JobVisitorMail: func(ctx context.Context, j store.Job) error { return visitors.Send(ctx, j.Body) },
		desk.JobStep:        func(ctx context.Context, j store.Job) error { return a.desk.ClimbAlert(ctx, j.Body) },
		desk.JobRemoveFile:  func(ctx context.Context, j store.Job) error { return a.desk.RemoveFile(ctx, j.Body) },
		desk.JobEndBadge:    func(ctx context.Context, j store.Job) error { return a.desk.EndBadge(ctx, j.Body) },
		desk.JobEndStatus:   func(ctx context.Context, j store.Job) error { return a.desk.EndStatus(ctx, j.Body) },
		desk.JobPromise:     func(ctx context.Context, j store.Job) error { return a.desk.WarnOfPromise(ctx, j.Body) },
		desk.JobRelabel:     func(ctx context.Context, j store.Job) error { return a.desk.Relabel(ctx, j.Body) },
		desk.JobSideCards:   func(ctx context.Context, j store.Job) error { return a.desk.SideCards(ctx, j.Body) },
		desk.JobKnowers:     func(ctx context.Context, j store.Job) error { return a.desk.Knowers(ctx, j.Body) },
	})
}

// logged has the log of the server say which job failed, and why: nobody else hears of it.
func (a *App) logged(all map[string]jobs.Handler) map[string]jobs.Handler {
	for kind, do := range all {
		all[kind] = func(ctx context.Context, j store.Job) error {
			err := do(ctx, j)
			if err != nil && ctx.Err() == nil {
				a.log.Warn("job failed", slog.String("kind", kind), slog.Int("attempt", j.Attempts+1), slog.Int("of", jobs.MaxAttempts), slog.String("error", err.Error()))
			}
			return err
		}
	}
	return all
}

// startUpkeep starts what happens again and again. A round that fails is logged
// and tried again in the next: each looks at the state, not at what it did.
func (a *App) startUpkeep(ctx context.Context, g *errgroup.Group) {
	rounds := []struct {
		name  string
		every time.Duration
		do    func(context.Context) error
	}{
		{"agents", agentsEvery, a.renewAgents},
		{"visitors", renewEvery, a.renewVisitors},
		{"sweep", sweepEvery, a.desk.Sweep},
		{"report", reportEvery, a.report},
		{"files", filesEvery, a.desk.SweepFiles},
		{"uses of replies", usesEvery, a.desk.ForgetReplyUses},
		{"old alerts", oldEvery, a.desk.ForgetOld},
		{"visits", countEvery, a.api.CountVisits},
		{"geo", geoEvery, a.renewGeo},
		{"waits", learnEvery, a.desk.LearnWaits},
	}
	for _, r := range rounds {
		g.Go(func() error {
			tick := time.NewTicker(r.every)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return nil
				case <-tick.C:
				}
				if err := r.do(ctx); err != nil && ctx.Err() == nil {
					a.log.Error("upkeep", slog.String("round", r.name), slog.String("error", err.Error()))
				}
			}
		})
	}
}
