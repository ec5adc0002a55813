package app

import (
	"context"
	"log/slog"
	"time"

	"earshot/internal/desk"
)

const (
	reachEvery = 250 * time.Millisecond
	// sureAfter is for how long others must reach the database while this node does not:
	// a database that comes back is not back for all in the same moment.
	sureAfter = 500 * time.Millisecond
	// silentAfter is how long a node keeps its lines where nobody tells it whether others
	// do better.
	silentAfter = 10 * time.Second
)

// reach is how a node reaches the database that others share.
type reach struct {
	lost   time.Time // since when not; zero = it does
	others time.Time // since when others are known to, all that time; zero = they are not
	out    bool      // its lines were closed
}

// judge reports whether the lines are to be closed now. While the database is away for
// everybody they are kept: no other node could serve them.
func (r *reach) judge(now time.Time, reachable bool, ask func() desk.Elsewhere) (closes bool) {
	if reachable {
		*r = reach{}
		return false
	}
	if r.lost.IsZero() {
		r.lost = now
	}
	if r.out {
		return false
	}
	said := ask()
	switch {
	case said != desk.OthersReach:
		r.others = time.Time{}
	case r.others.IsZero():
		r.others = now
	}
	r.out = !r.others.IsZero() && now.Sub(r.others) >= sureAfter || said == desk.OthersSilent && now.Sub(r.lost) >= silentAfter
	return r.out
}

// isCutOff reports whether clients are better served elsewhere. A node that is ready again
// is not.
func (a *App) isCutOff() bool { return a.cutOff.Load() && !a.store.Reachable() }

// watchReach closes the lines of a node that has lost the database while others have it,
// and lets none in until it is back: clients go to a node that can serve them.
func (a *App) watchReach(ctx context.Context) error {
	if a.store.Alone() {
		return nil
	}
	defer a.desk.AnswerElsewhere()()
	tick := time.NewTicker(reachEvery)
	defer tick.Stop()
	var r reach
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if r.judge(time.Now(), a.store.Reachable(), func() desk.Elsewhere { return a.desk.AskElsewhere(ctx) }) {
			a.cutOff.Store(true)
			a.log.Warn("cut off from the database, which other nodes may reach: lines are closed", slog.Int("feeds", a.hub.Stats().Feeds))
			a.hub.Dismiss()
		}
		a.cutOff.Store(r.out)
	}
}
