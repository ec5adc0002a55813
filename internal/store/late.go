package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"earshot/internal/chat"
)

// mostAgain is how often a closure runs again because it found agents to lock; each
// time it has found more.
const mostAgain = 8

// lateAgents is what a closure finds out when it is too late: agents come before
// the Conversations that it has locked by now.
type lateAgents struct {
	router bool
	agents []chat.AgentID
}

func (l *lateAgents) Error() string { return fmt.Sprintf("store: %q are to be locked first", l.agents) }

// NeedAgents wants agents locked who are found in a Conversation under its lock.
// Where they are not, the transaction is given up and the closure runs again with
// them, and with those that it had, locked before it begins. Its error is for Write:
// a closure hands it on.
func (tx *Tx) NeedAgents(ids ...chat.AgentID) error {
	there := func(id chat.AgentID) bool { return slices.Contains(tx.locked, lockedRow{rankAgent, string(id)}) }
	if !slices.ContainsFunc(ids, func(id chat.AgentID) bool { return !there(id) }) {
		return nil
	}
	late := lateAgents{agents: slices.Clone(ids)}
	for _, held := range tx.locked {
		switch held.rank {
		case rankRouter:
			late.router = true
		case rankAgent:
			late.agents = append(late.agents, chat.AgentID(held.id))
		}
	}
	return &late
}

// lock takes them at the begin of a transaction. Where another node has become the
// router meanwhile the closure finds that out itself.
func (l *lateAgents) lock(tx *Tx) error {
	if l.router {
		if free, err := tx.LockRouter(); err != nil || !free {
			return err
		}
	}
	return tx.LockAgents(l.agents...)
}

// withAgents runs a write until it has locked all agents that it needs.
func withAgents(ctx context.Context, write func(context.Context, func(*Tx) error) error, fn func(*Tx) error) error {
	err := write(ctx, fn)
	for range mostAgain {
		var late *lateAgents
		if !errors.As(err, &late) {
			break
		}
		err = write(ctx, func(tx *Tx) error {
			if err := late.lock(tx); err != nil {
				return err
			}
			return fn(tx)
		})
	}
	return err
}
