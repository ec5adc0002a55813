package store

import (
	"fmt"

	"earshot/internal/chat"
)

// batch is what one commit will hold besides the rows that are written already.
type batch struct {
	added   int   // events
	head    int64 // the newest position given
	entries []chat.Entry
	ids     []chat.EventID // of events whose position comes after the commit
	words   []wordsChange
	jobs    bool
	turned  int64  // changes of a Thread, and of what the whole team goes by
	states  states // before this batch
	changed changed
}

// wordsChange adds or removes words of an event in the full-text index. They are
// done at the end of the batch: that index writes itself out at each savepoint
// once it has been touched.
type wordsChange struct {
	remove bool
	pos    int64
	words  string
}

func (b *batch) mark() batch { return *b }

// rewind takes back what a closure did.
func (b *batch) rewind(to batch, touched []chat.ConversationID) {
	*b = to
	for _, c := range touched {
		b.forget(c)
	}
}

// number gives an event the next position. On this engine there is one writer,
// so a position can be given before the commit; it is taken back with its
// closure.
func (b *batch) number(e chat.Event) int64 {
	b.head++
	b.entries = append(b.entries, chat.Entry{Pos: b.head, Event: e})
	return b.head
}

// finish writes the head of the log and the full-text index.
func (b *batch) finish(c *conn) error {
	for _, w := range b.words {
		if err := changeWords(c, w); err != nil {
			return fmt.Errorf("store: index words: %w", err)
		}
	}
	if len(b.entries) == 0 {
		return nil
	}
	if _, err := c.exec(`
		UPDATE log_head
		SET pos = $1
		WHERE name = 'log'`, b.head); err != nil {
		return fmt.Errorf("store: head of the log: %w", err)
	}
	return nil
}
