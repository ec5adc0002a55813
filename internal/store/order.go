package store

import (
	"errors"
	"fmt"
	"slices"

	"earshot/internal/chat"
)

// ErrLockOrder is a broken rule of the caller: two that lock in different orders
// would wait for each other. It is looked for where Options.StrictLocks says so.
var ErrLockOrder = errors.New("store: locks are taken in a wrong order")

// rank is a class of locks. They are taken in the order of their ranks, and
// within a rank by id; the head of the log, which the numberer locks, comes last.
type rank int

const (
	rankRouter rank = iota + 1
	rankAgent
	rankConversation
	// rankOfAgent is of agents' reserved Conversations. They come in any order, as an
	// act finds whom it tells what; where two tell the same two at once, the engine
	// breaks the circle.
	rankOfAgent
	rankOfTeam
)

func rankOf(c chat.ConversationID) rank {
	switch {
	case c == chat.TeamConversation:
		return rankOfTeam
	case c.Reserved():
		return rankOfAgent
	}
	return rankConversation
}

// lockedRow is what a transaction holds.
type lockedRow struct {
	rank rank
	id   string
}

// locks reports whether a row is not locked by this transaction yet, and refuses
// one that comes before what is.
func (tx *Tx) locks(r rank, id string) (bool, error) {
	switch {
	case tx.c == nil:
		return false, errOver
	case tx.batch == nil:
		return false, errReadOnly
	}
	row := lockedRow{r, id}
	if slices.Contains(tx.locked, row) {
		return false, nil
	}
	for _, held := range tx.locked {
		if tx.store.strict && (held.rank > r || held.rank == r && r != rankOfAgent && held.id > id) {
			return false, fmt.Errorf("%w: %q after %q", ErrLockOrder, id, held.id)
		}
	}
	tx.locked = append(tx.locked, row)
	return true, nil
}

// LockRouter reports whether no other node writes what its router has decided, and
// then keeps them from it until the commit. It does not wait: what was decided
// before the other one is done is not worth writing.
func (tx *Tx) LockRouter() (free bool, err error) {
	lock := tx.store.engine.rowLock()
	fresh, err := tx.locks(rankRouter, "")
	if err != nil || !fresh || lock == "" {
		return err == nil, err
	}
	free, err = tx.find("lock router", `
		SELECT name
		FROM routers
		WHERE name = 'router'`+lock+` SKIP LOCKED`, nil, new(string))
	if !free {
		tx.locked = tx.locked[:len(tx.locked)-1]
	}
	return free, err
}

// LockAgents takes agents for change, before any Conversation: who gives one more
// to do reads his load under this lock. Those that are not there are left out.
func (tx *Tx) LockAgents(ids ...chat.AgentID) error {
	for _, id := range slices.Sorted(slices.Values(ids)) {
		fresh, err := tx.locks(rankAgent, string(id))
		if err == nil && fresh {
			err = tx.hold("lock agent", `
				SELECT id
				FROM agents
				WHERE id = $1`, string(id))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
