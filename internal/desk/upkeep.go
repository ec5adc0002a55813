package desk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const (
	keepUnsent = 24 * time.Hour
	sweepBatch = 100
)

// Sweep abandons queued Threads whose visitor is gone, ends watches that have to
// end, raises the help flag where a visitor waits too long and frees it of who cannot
// come any more, removes unsent files
// after 24 h, expired sessions and tickets, allowances that are full again and old
// rehearsals, makes the channels of groups that have none, empties what was said in
// talks longer ago than the team keeps it, and has the devices tested of whoever is on shift. It is level-triggered.
func (d *Desk) Sweep(ctx context.Context) error {
	return errors.Join(d.abandon(ctx), d.endWatches(ctx), d.endStays(ctx), d.flagWaiting(ctx), d.freeHelp(ctx), d.removeUnsent(ctx), d.removeExpired(ctx), d.keepChannels(ctx), d.emptyTalks(ctx), d.checkWhoIsOnShift(ctx))
}

// abandon closes queued Threads that their visitors left. After a start every
// visitor has the time to come back: while nothing ran, nobody could show life.
func (d *Desk) abandon(ctx context.Context) error {
	if d.now().Sub(d.started) < chat.AbandonAfter {
		return nil
	}
	for {
		left, err := d.whoLeft(ctx)
		if err != nil || len(left) == 0 {
			return err
		}
		closed := 0
		err = d.write(ctx, func(tx *store.Tx) (err error) {
			closed, err = d.abandonThem(tx, left)
			return err
		})
		if err != nil || closed < sweepBatch {
			return err
		}
	}
}

// whoLeft looks through the whole queue, so it is read beside the writer: with
// fifty thousand waiting it would hold every message up for half a second.
func (d *Desk) whoLeft(ctx context.Context) (left map[chat.ConversationID]int64, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		left, err = tx.LeftQueue(chat.Micros(d.now().Add(-chat.AbandonAfter)), sweepBatch)
		return err
	})
	return left, err
}

func (d *Desk) abandonThem(tx *store.Tx, left map[chat.ConversationID]int64) (closed int, err error) {
	now := d.now()
	for _, c := range slices.Sorted(maps.Keys(left)) {
		s, err := tx.Lock(c)
		if err != nil {
			return 0, err
		}
		if last := s.Conversation.Last; last.By == chat.ByVisitor && last.At >= chat.Micros(now.Add(-chat.AbandonAfter)) {
			continue // he has written since he was looked for
		}
		events, err := chat.Close(s, chat.System(), chat.Abandoned, left[c], now)
		if err != nil {
			return 0, err
		}
		if events, err = appendTo(tx, &s, events); err != nil {
			return 0, err
		}
		closed += len(events)
	}
	return closed, nil
}

func (d *Desk) removeUnsent(ctx context.Context) error {
	for {
		removed := 0
		err := d.store.Write(ctx, func(tx *store.Tx) error {
			old, err := tx.UnsentFiles(chat.Micros(d.now().Add(-keepUnsent)), sweepBatch)
			if err != nil {
				return err
			}
			removed = len(old)
			refs := make([]chat.FileRef, len(old))
			for i, f := range old {
				refs[i] = f.FileRef
			}
			return d.dropFiles(tx, refs)
		})
		if err != nil || removed < sweepBatch {
			return err
		}
	}
}

func (d *Desk) removeExpired(ctx context.Context) error {
	now := chat.Micros(d.now())
	return d.store.Write(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.DeleteExpired(now), tx.RemoveFullAllowances(now), tx.ForgetOldRehearsals(now, now-keepRehearsals.Microseconds()))
	})
}

// ForgetOld removes what was kept to be looked up and nothing waits for: old alerts and
// their ways, what pages said of themselves, which notices were told elsewhere, and jobs of
// alerts that were given up.
func (d *Desk) ForgetOld(ctx context.Context) error {
	now := chat.Micros(d.now())
	return d.store.Write(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.ForgetAlerts(now-alertsKept.Microseconds()), tx.ForgetPages(now-pagesKept.Microseconds()), tx.ForgetNotices(now-alertsKept.Microseconds()),
			tx.ForgetDeadJobs(alertJobs(), now-alertsKept.Microseconds()))
	})
}
