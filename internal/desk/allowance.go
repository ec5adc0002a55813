package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Allowance is how often somebody may do something, at whichever node: AtOnce times
// at once, and then once more Every so often. It is counted in the database, so that a
// restart forgets nothing; each use costs a commit.
type Allowance struct {
	Name   string // of what is done
	AtOnce int
	Every  time.Duration
}

// Wait is the detail of a limited error: after how many seconds to try again.
type Wait struct {
	Seconds int `json:"retry_after"`
}

// spent is a use of an Allowance by somebody.
type spent struct {
	row string // who he is is not readable from it
	Allowance
}

// Spend uses an Allowance once for each of those who do it together, such as a visitor
// and his address; where one of them has none left it is limited and nothing is used.
func (d *Desk) Spend(ctx context.Context, a Allowance, whose ...string) error {
	uses := make([]spent, len(whose))
	var err error
	for i, who := range whose {
		if uses[i], err = d.use(ctx, a, who); err != nil {
			return err
		}
	}
	// Rows are locked in one order.
	slices.SortFunc(uses, func(x, y spent) int { return strings.Compare(x.row, y.row) })
	return d.store.Write(ctx, func(tx *store.Tx) error {
		wait, err := spend(tx, uses, chat.Micros(d.now()))
		if err == nil && wait > 0 {
			err = limited(wait, "That was too much at once. Nothing was stored; wait %d seconds and send it again.")
		}
		return err
	})
}

// use hashes who it is under the workspace's secret: addresses are kept nowhere for
// longer than they are needed.
func (d *Desk) use(ctx context.Context, a Allowance, who string) (spent, error) {
	secret, err := d.commandKey(ctx)
	if err != nil {
		return spent{}, err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(a.Name + "\x00" + who))
	return spent{a.Name + ":" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), a}, nil
}

// spend takes one of each and answers how long to wait for the first that has none
// left. Then the caller has to give the transaction up.
func spend(tx *store.Tx, uses []spent, now int64) (time.Duration, error) {
	for _, u := range uses {
		wait, err := tx.Spend(u.row, store.Allowance{AtOnce: u.AtOnce, Every: u.Every}, now)
		if err != nil || wait > 0 {
			return wait, err
		}
	}
	return 0, nil
}

// limited says how long to wait.
func limited(wait time.Duration, sentence string) error {
	seconds := int(math.Ceil(wait.Seconds()))
	return &chat.Error{Kind: chat.Limited, Detail: Wait{Seconds: seconds}, Message: fmt.Sprintf(sentence, seconds)}
}
