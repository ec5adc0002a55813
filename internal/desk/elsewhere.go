package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
	"time"
)

// Elsewhere is what the other nodes say of the database.
type Elsewhere string

// What they may say.
const (
	NoOthers     Elsewhere = "none"   // there are none, as far as this node knows
	OthersReach  Elsewhere = "reach"  // one of them has just read from it
	OthersAway   Elsewhere = "away"   // none that answers can
	OthersSilent Elsewhere = "silent" // none answers
)

const (
	// elsewhereReads is how long a node that is asked tries to read, and
	// elsewhereAnswers how long its asker waits.
	elsewhereReads   = time.Second
	elsewhereAnswers = 1500 * time.Millisecond
)

// reachWord is the name under which a node answers whether it reaches the database.
func reachWord(node string) string {
	sum := sha256.Sum256([]byte(node))
	return "reach-" + hex.EncodeToString(sum[:8])
}

// AnswerElsewhere answers other nodes, until the returned function is called.
func (d *Desk) AnswerElsewhere() (end func()) {
	return d.bus.Answer(reachWord(d.opt.Node), func([]byte) []byte {
		ctx, cancel := context.WithTimeout(context.Background(), elsewhereReads)
		defer cancel()
		// What it knew a moment ago is of before the question.
		if _, _, err := d.store.Clock(ctx); err != nil {
			return []byte(OthersAway)
		}
		return []byte(OthersReach)
	})
}

// AskElsewhere asks the nodes that were alive at the last report whether they reach the
// database. It goes by the bus alone.
func (d *Desk) AskElsewhere(ctx context.Context) Elsewhere {
	others := d.others.Load()
	if others == nil || len(*others) == 0 {
		return NoOthers
	}
	ctx, cancel := context.WithTimeout(ctx, elsewhereAnswers)
	defer cancel()
	said := make([]Elsewhere, len(*others))
	var asked sync.WaitGroup
	for i, node := range *others {
		asked.Go(func() {
			// Whoever does not answer says nothing, whatever the reason.
			answer, err := d.bus.Ask(ctx, reachWord(node), nil)
			if said[i] = Elsewhere(answer); err != nil {
				said[i] = OthersSilent
			}
			if said[i] == OthersReach {
				cancel() // one is enough
			}
		})
	}
	asked.Wait()
	for _, one := range []Elsewhere{OthersReach, OthersAway} {
		if slices.Contains(said, one) {
			return one
		}
	}
	return OthersSilent
}
