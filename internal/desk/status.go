package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const (
	maxReason = 200
	// The bounds of a lease: a program that keeps a status calls every 2 to 3
	// minutes.
	minLease = 30 * time.Second
	maxLease = time.Hour
)

// JobEndStatus ends a status that holds until a time.
const JobEndStatus = "status.end"

// NewStatus is an agent's word about new chats.
type NewStatus struct {
	Status chat.Status
	Reason string
	// Until is when it ends by itself, in microseconds; 0 = not.
	Until int64
	// Lease is how long it holds unless it is set again, for programs; 0 = a
	// person sets it.
	Lease time.Duration
}

type statusJob struct {
	Agent chat.AgentID `json:"agent"`
}

// SetStatus changes the agent's own status.
func (d *Desk) SetStatus(ctx context.Context, a chat.Agent, in NewStatus) (chat.Agent, error) {
	now := d.now()
	switch {
	case !in.Status.Valid():
		return chat.Agent{}, chat.Errorf(chat.Invalid, "There is no status %q; use accepting, finishing, away or offline.", in.Status)
	case in.Until != 0 && in.Until <= chat.Micros(now):
		return chat.Agent{}, chat.Errorf(chat.Invalid, "The status would end in the past.")
	case in.Lease != 0 && (in.Lease < minLease || in.Lease > maxLease):
		return chat.Agent{}, chat.Errorf(chat.Invalid, "A status that a program keeps holds for 30 seconds to an hour; set it again before that is over.")
	}
	var changed chat.Agent
	err := d.write(ctx, func(tx *store.Tx) error {
		if err := tx.LockAgents(a.ID); err != nil {
			return err
		}
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		if !me.Role.Answers() {
			return chat.Errorf(chat.Denied, "Who answers no visitors has no status.")
		}
		changed = me
		changed.Status, changed.Reason, changed.Until, changed.Cause, changed.Lease = in.Status, chat.CleanLine(in.Reason, maxReason), in.Until, "", 0
		if in.Lease > 0 {
			changed.Lease = chat.Micros(now.Add(in.Lease))
		}
		return d.saveStatus(tx, me, changed, me.Actor())
	})
	if err != nil {
		return chat.Agent{}, err
	}
	return changed, nil
}

// onDuty reports whether an agent's status says that he is on shift; colleagues have none.
func onDuty(a chat.Agent) bool { return a.Role.Answers() && chat.OnShift(a) }

// saveStatus stores a status with the job that ends it. Whoever takes chats again
// begins a new row of misses.
func (d *Desk) saveStatus(tx *store.Tx, before, after chat.Agent, by chat.Actor) error {
	if reflect.DeepEqual(before, after) {
		return nil
	}
	if after.Status == chat.Accepting && before.Status != chat.Accepting {
		duty, err := tx.Duty(after.ID)
		if err != nil {
			return err
		}
		duty.Misses, duty.AwayAt = 0, 0
		if duty.InputAt != 0 {
			duty.InputAt = chat.Micros(d.now())
		}
		if err := tx.SaveDuty(after.ID, duty); err != nil {
			return err
		}
	}
	if err := errors.Join(tx.SaveAgent(after), beginShift(tx, before, after, d.now())); err != nil {
		return err
	}
	if !onDuty(before) && onDuty(after) {
		if err := pushAfterwards(tx, after.ID, d.now()); err != nil {
			return err
		}
	}
	if due := firstEnd(after); due != 0 {
		body, err := json.Marshal(statusJob{after.ID})
		if err != nil {
			return fmt.Errorf("desk: encode job: %w", err)
		}
		if err := tx.Enqueue(store.Job{Kind: JobEndStatus, Key: string(after.ID), Due: due, Body: body}); err != nil {
			return err
		}
	}
	return tell(tx, chat.TeamConversation, d.fact(chat.KindAgent, by, after))
}

// firstEnd is when a status ends by itself, 0 = it does not.
func firstEnd(a chat.Agent) int64 {
	switch {
	case a.Until == 0 || (a.Lease != 0 && a.Lease < a.Until):
		return a.Lease
	}
	return a.Until
}

// endOf does the job of what ends by itself at an agent: under his lock, and nothing
// where there is no such agent.
func (d *Desk) endOf(ctx context.Context, body []byte, end func(*store.Tx, chat.Agent) error) error {
	var job statusJob
	if err := json.Unmarshal(body, &job); err != nil {
		return fmt.Errorf("desk: decode job: %w", err)
	}
	return d.write(ctx, func(tx *store.Tx) error {
		a, err := lockAgent(tx, job.Agent)
		if chat.IsKind(err, chat.Missing) {
			return nil
		}
		if err != nil {
			return err
		}
		return end(tx, a)
	})
}

// EndStatus ends a status whose time has come: one that a program kept and does
// not keep any more becomes offline; another one becomes accepting where the agent
// is connected, else offline. It looks at what holds now; a job that comes too
// early, or twice, changes nothing.
func (d *Desk) EndStatus(ctx context.Context, body []byte) error {
	return d.endOf(ctx, body, func(tx *store.Tx, a chat.Agent) error {
		now := chat.Micros(d.now())
		due := firstEnd(a)
		if due == 0 || due > now {
			return nil
		}
		after := a
		after.Reason, after.Until, after.Lease = "", 0, 0
		after.Status, after.Cause = chat.Offline, chat.CauseLease
		if due != a.Lease {
			next, err := d.statusAfter(tx, a.ID)
			if err != nil {
				return err
			}
			after.Status = next
			after.Cause = chat.CauseUntil
		}
		return d.saveStatus(tx, a, after, chat.System())
	})
}

func (d *Desk) statusAfter(tx *store.Tx, a chat.AgentID) (chat.Status, error) {
	here, err := tx.PresentAgents(d.holding())
	if _, is := here[a]; err != nil || !is {
		return chat.Offline, err
	}
	return chat.Accepting, nil
}
