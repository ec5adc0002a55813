package desk

import (
	"fmt"
	"math"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"earshot/internal/chat"
)

// Limits of sign-in attempts. From one address one account has five fast tries
// and then one every half minute; all addresses together have 30 an hour for
// one account, and one address has 100 an hour for all accounts.
const (
	pairBurst    = 5
	pairEvery    = 30 * time.Second
	accountHour  = 30
	addressHour  = 100
	rememberMost = 10_000 // accounts, addresses, and pairs of them
)

// Wait is the detail of a limited error: after how many seconds to try again.
type Wait struct {
	Seconds int `json:"retry_after"`
}

// attempts counts attempts to sign in, in memory: a restart forgives, and
// nothing that a crash leaves behind could lock anybody out.
type attempts struct {
	mu       sync.Mutex // guards all below, and the limiters in them
	pairs    *lru.Cache[pair, *rate.Limiter]
	accounts *lru.Cache[string, *rate.Limiter]
	address  *lru.Cache[string, *rate.Limiter]
}

type pair struct{ account, address string }

func newAttempts() *attempts {
	return &attempts{pairs: newCache[pair](), accounts: newCache[string](), address: newCache[string]()}
}

func newCache[K comparable]() *lru.Cache[K, *rate.Limiter] {
	c, err := lru.New[K, *rate.Limiter](rememberMost)
	if err != nil {
		panic(fmt.Sprintf("desk: cache of attempts: %v", err))
	}
	return c
}

// attempt is one that was let through. Succeeded takes it back.
type attempt struct {
	from pair
	at   time.Time
	held []*rate.Reservation
}

// begin counts an attempt before the password is looked at, so that a hundred
// at once are not a hundred guesses. Where the person is known to have signed
// in from this address, strangers' attempts elsewhere do not count against him.
func (a *attempts) begin(account, address string, known bool, now time.Time) (attempt, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := pair{account, address}
	limits := []*rate.Limiter{
		limiter(a.address, address, rate.Every(time.Hour/addressHour), addressHour),
		limiter(a.pairs, p, rate.Every(pairEvery), pairBurst),
	}
	if !known {
		limits = append(limits, limiter(a.accounts, account, rate.Every(time.Hour/accountHour), accountHour))
	}
	try := attempt{from: p, at: now}
	for _, l := range limits {
		r := l.ReserveN(now, 1)
		try.held = append(try.held, r)
		if wait := r.DelayFrom(now); wait > 0 {
			try.cancel()
			return attempt{}, tooMany(wait)
		}
	}
	return try, nil
}

func limiter[K comparable](c *lru.Cache[K, *rate.Limiter], key K, every rate.Limit, burst int) *rate.Limiter {
	l, ok := c.Get(key)
	if !ok {
		l = rate.NewLimiter(every, burst)
		c.Add(key, l)
	}
	return l
}

func (t attempt) cancel() {
	for _, r := range t.held {
		r.CancelAt(t.at)
	}
}

// succeeded forgets what was counted for this account from this address. The
// address itself gets back only this attempt: owning one account must not pay
// for guesses at others.
func (a *attempts) succeeded(t attempt) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t.cancel()
	a.pairs.Remove(t.from)
}

func tooMany(wait time.Duration) error {
	seconds := int(math.Ceil(wait.Seconds()))
	return &chat.Error{Kind: chat.Limited, Detail: Wait{Seconds: seconds},
		Message: fmt.Sprintf("Too many attempts to sign in. Try again in %d seconds.", seconds)}
}
