package app

import (
	"fmt"
	"io"
	"time"
)

// teller says how far something is, at most twice a second, and at its end where
// that took long.
type teller struct {
	w    io.Writer
	last time.Time
}

func (t *teller) say(what string, done, total int64) {
	if now := time.Now(); now.Sub(t.last) >= time.Second/2 || done == total && total >= partRows {
		t.last = now
		fmt.Fprintf(t.w, "%s: %d of %d\n", what, done, total)
	}
}

func (t *teller) note(sentence string) { fmt.Fprintln(t.w, sentence) }
