package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"earshot/internal/chat"
)

const (
	numberedAtOnce = 512
	// lookEvery is how often a node asks the database whether something waits for its
	// position, which a node may have committed that died, and how far the log is. It is
	// one statement, and all that a node asks while nothing happens anywhere.
	lookEvery = 200 * time.Millisecond
)

// numberer gives positions to what is committed. It holds the row of log_head, so
// that of all nodes one does so at a time; what it does not see yet comes behind
// what it has numbered, and no reader's cursor is past it. A writer holds no such
// row: it leaves a row in unnumbered, whose n is taken under the lock of its
// Conversation and so grows within it.
type numberer struct {
	s       *Store
	conns   *pool
	rung    chan struct{}
	stopped chan struct{}
	done    chan struct{}
	failing atomic.Bool  // since it was last tried
	head    atomic.Int64 // of the log, as of the last look
	mu      sync.Mutex   // one at a time on this node
}

func newNumberer(s *Store) *numberer {
	n := &numberer{s: s, rung: make(chan struct{}, 1), stopped: make(chan struct{}), done: make(chan struct{})}
	// All nodes wait for the one that numbers: where it stands still, not for long.
	n.conns = newPool(s.db, connOptions{setup: []string{`SET idle_in_transaction_session_timeout = '1s'`},
		begin: `BEGIN ISOLATION LEVEL READ COMMITTED`, patience: writePatience}, 1, n.stopped)
	go n.loop()
	return n
}

// ring asks for a round. Ten times are as good as once.
func (n *numberer) ring() {
	select {
	case n.rung <- struct{}{}:
	default:
	}
}

func (n *numberer) loop() {
	defer close(n.done)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		round := n.all
		select {
		case <-n.stopped:
			return
		case <-n.rung:
		case <-tick.C:
			round = n.look
		}
		if err := round(context.Background()); err != nil && n.s.failed != nil && !n.stopping() {
			n.s.failed(err)
		}
	}
}

// stopping reports whether there is no numbering any more by intent.
func (n *numberer) stopping() bool {
	select {
	case <-n.stopped:
		return true
	default:
		return false
	}
}

// close numbers what the last writers have left.
func (n *numberer) close() error {
	n.ring()
	// A database that is gone is numbered by whoever comes next.
	_ = n.all(context.Background())
	close(n.stopped)
	<-n.done
	return n.conns.close()
}

// all numbers until nothing is left.
func (n *numberer) all(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.number(ctx)
}

// look asks how far the log is, and numbers where something waits.
func (n *numberer) look(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	bounded, end := context.WithTimeout(ctx, writePatience)
	defer end()
	var head int64
	var waits bool
	err := overrun(ctx, n.conns.ask(bounded, looking, &head, &waits))
	n.failing.Store(err != nil && unavailable(err))
	if err != nil {
		return fmt.Errorf("store: look at the log: %w", err)
	}
	n.head.Store(head)
	if !waits {
		return nil
	}
	return n.number(ctx)
}

const looking = `
		SELECT h.pos, EXISTS (SELECT 1 FROM unnumbered)
		FROM log_head h
		WHERE h.name = 'log'`

// number is all for who holds mu.
func (n *numberer) number(ctx context.Context) error {
	for {
		entries, err := n.some(ctx)
		n.failing.Store(err != nil && unavailable(err))
		if err != nil {
			return fmt.Errorf("store: number: %w", err)
		}
		n.s.engine.followed(entries)
		n.s.publish(entries, false)
		if len(entries) < numberedAtOnce {
			return nil
		}
	}
}

// some numbers at most numberedAtOnce events in one transaction.
func (n *numberer) some(ctx context.Context) ([]chat.Entry, error) {
	waits, end := context.WithTimeout(ctx, writePatience)
	defer end()
	c, err := n.conns.begin(waits)
	if err != nil {
		return nil, overrun(ctx, err)
	}
	healthy := false
	defer func() { n.conns.back(c, healthy) }()
	entries, err := n.place(&Tx{c: c, store: n.s, batch: &batch{}})
	last := "COMMIT"
	if err != nil || len(entries) == 0 {
		last = "ROLLBACK"
	}
	_, ended := c.exec(last)
	healthy = ended == nil
	if err == nil {
		err = ended
	}
	if err != nil {
		return nil, err
	}
	return entries, nil
}

// place gives the events that wait the positions after the head.
func (n *numberer) place(tx *Tx) ([]chat.Entry, error) {
	waits, err := tx.find("look for events", `
		SELECT 1
		FROM unnumbered
		LIMIT 1`, nil, new(int))
	if err != nil || !waits {
		return nil, err
	}
	var head int64
	// The lock comes by itself: what is read next is as of when it was got.
	if _, err := tx.find("lock head of the log", `
		SELECT pos
		FROM log_head
		WHERE name = 'log'`+tx.store.engine.rowLock(), nil, &head); err != nil {
		return nil, err
	}
	entries, err := list(tx, "number events", numbering, []any{head, numberedAtOnce}, func(rows *sql.Rows) (e chat.Entry, err error) {
		return e, rows.Scan(append([]any{&e.Pos}, eventDests(&e.Event)...)...)
	})
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	_, err = tx.exec("head of the log", `
		UPDATE log_head
		SET pos = $1
		WHERE name = 'log'`, entries[len(entries)-1].Pos)
	return entries, err
}

const numbering = `
		WITH taken AS (
			DELETE FROM unnumbered
			WHERE n IN (SELECT u.n FROM unnumbered u ORDER BY u.n LIMIT $2)
			RETURNING n, conversation, seq, words
		), placed AS (
			SELECT CAST($1 AS BIGINT) + ROW_NUMBER() OVER (ORDER BY n) AS pos, conversation, seq, words
			FROM taken
		), logged AS (
			INSERT INTO log (pos, conversation, seq)
			SELECT pos, conversation, seq
			FROM placed
		), searched AS (
			INSERT INTO search (conversation, seq, pos, words)
			SELECT conversation, seq, pos, CAST(words AS tsvector)
			FROM placed
			WHERE words IS NOT NULL
		)
		SELECT l.pos, ` + eventColumns + `
		FROM placed l
		JOIN events e ON e.conversation = l.conversation AND e.seq = l.seq
		ORDER BY l.pos`

// number leaves the event to the numberer.
func (*postgres) number(tx *Tx, e chat.Event, text string, said bool) (int64, error) {
	if numberEarly {
		return 0, placeAtOnce(tx, e, text, said)
	}
	tx.batch.ids = append(tx.batch.ids, e.ID)
	err := tx.put("append to log", `
		INSERT INTO unnumbered (conversation, seq, words)
		VALUES ($1, $2, $3)`, string(e.Conversation), e.Seq, vectorOf(text, said))
	return 0, err
}

func (p *postgres) numbered(ctx context.Context) error { return p.numberer.all(ctx) }

// reachable is asked anew at each look.
func (p *postgres) reachable() bool { return !p.numberer.failing.Load() }

// grown is as of the last look.
func (p *postgres) grown(_ *Store, pos int64) bool { return pos < p.numberer.head.Load() }

// settled is never known: another node may have written.
func (*postgres) settled(*Store, int64) bool { return false }
