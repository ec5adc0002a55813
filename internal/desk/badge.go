package desk

import (
	"context"
	"encoding/json"
	"fmt"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// JobEndBadge takes off what stands at an agent's name, and his wish not to be
// disturbed, when their time has come.
const JobEndBadge = "badge.end"

// SetBadge puts something at the agent's own name, or takes it off.
func (d *Desk) SetBadge(ctx context.Context, a chat.Agent, in chat.Badge) (chat.Agent, error) {
	badge, err := in.Clean(d.now())
	if err != nil {
		return chat.Agent{}, err
	}
	return d.mark(ctx, a, func(me *chat.Agent) { me.Badge = badge })
}

// SetUndisturbed says until when the agent does not want to be disturbed, in
// microseconds; 0 = he may be from now on. It does not touch what routing goes by.
func (d *Desk) SetUndisturbed(ctx context.Context, a chat.Agent, until int64) (chat.Agent, error) {
	if err := chat.CheckUndisturbed(until, d.now()); err != nil {
		return chat.Agent{}, err
	}
	return d.mark(ctx, a, func(me *chat.Agent) { me.Undisturbed = until })
}

func (d *Desk) mark(ctx context.Context, a chat.Agent, change func(*chat.Agent)) (marked chat.Agent, err error) {
	err = d.write(ctx, func(tx *store.Tx) error {
		if err := tx.LockAgents(a.ID); err != nil {
			return err
		}
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		marked = me
		change(&marked)
		return d.saveMarks(tx, me, marked, me.Actor())
	})
	return marked, err
}

// EndBadge ends what has ended by itself. It looks at what holds now: a job that comes
// too early, or twice, changes nothing.
func (d *Desk) EndBadge(ctx context.Context, body []byte) error {
	return d.endOf(ctx, body, func(tx *store.Tx, a chat.Agent) error {
		after, _ := a.Unmarked(d.now())
		return d.saveMarks(tx, a, after, chat.System())
	})
}

// saveMarks stores what stands at an agent's name, with the job that ends it.
func (d *Desk) saveMarks(tx *store.Tx, before, after chat.Agent, by chat.Actor) error {
	if before.Badge == after.Badge && before.Undisturbed == after.Undisturbed {
		return nil
	}
	if err := tx.SaveMarks(after); err != nil {
		return err
	}
	if before.Undisturbed != 0 && after.Disturbable(d.now()) {
		if err := pushAfterwards(tx, after.ID, d.now()); err != nil {
			return err
		}
	}
	if _, next := after.Unmarked(d.now()); next != 0 {
		body, err := json.Marshal(statusJob{after.ID})
		if err != nil {
			return fmt.Errorf("desk: encode job: %w", err)
		}
		if err := tx.Enqueue(store.Job{Kind: JobEndBadge, Key: string(after.ID), Due: next, Body: body}); err != nil {
			return err
		}
	}
	return tell(tx, chat.TeamConversation, d.fact(chat.KindAgent, by, after))
}

// lockAgent is an agent whom nobody else changes meanwhile.
func lockAgent(tx *store.Tx, id chat.AgentID) (chat.Agent, error) {
	if err := tx.LockAgents(id); err != nil {
		return chat.Agent{}, err
	}
	return tx.Agent(id)
}
