package api

import (
	"context"
	"crypto/sha256"
	"net/netip"
	"runtime"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// The rate limits; docs/protocol.md states them. An address of this machine is
// not limited: behind it stand the demo, a test, or a proxy that nobody named,
// and then all visitors at once.
const (
	messageBurst, messageRate   = 20, rate.Limit(2)           // a visitor's messages, per token
	newcomerBurst, newcomerRate = 20, rate.Limit(10.0 / 60)   // first messages of new visitors, per address
	visitBurst, visitRate       = 120, rate.Limit(120.0 / 60) // page views, per address
	uploadBurst, uploadRate     = 10, rate.Limit(1.0 / 5)     // files, per visitor or agent
	actBurst, actRate           = 100, rate.Limit(20)         // acts, per agent
	lookBurst, lookRate         = 60, rate.Limit(2)           // tries of one-time tokens, per address
	acceptPerCore               = 500                         // new streams a second
	keptLimiters                = 20_000
)

// limits are the rate limiters of a server.
type limits struct {
	messages, newcomers, visits, uploads, acts, looks *limiter
	accept                                            *rate.Limiter
	// known are visitors who are no newcomers.
	known *lru.Cache[[32]byte, struct{}]
}

func newLimits(unlimited bool) limits {
	make := func(burst int, r rate.Limit) *limiter {
		if unlimited {
			r = rate.Inf
		}
		return newLimiter(burst, r)
	}
	perSecond := acceptPerCore * runtime.GOMAXPROCS(0)
	accept := rate.NewLimiter(rate.Limit(perSecond), perSecond)
	if unlimited {
		accept.SetLimit(rate.Inf)
	}
	known, err := lru.New[[32]byte, struct{}](keptLimiters)
	if err != nil {
		panic(err) // only a size below one is an error
	}
	return limits{messages: make(messageBurst, messageRate), newcomers: make(newcomerBurst, newcomerRate), visits: make(visitBurst, visitRate),
		uploads: make(uploadBurst, uploadRate), acts: make(actBurst, actRate), looks: make(lookBurst, lookRate), accept: accept, known: known}
}

// limiter is a token bucket for each name. The least recently used is forgotten
// first: an attacker with many names finds full buckets, as he would anyway.
type limiter struct {
	burst int
	rate  rate.Limit
	mu    sync.Mutex // guards the look-up-or-make of buckets
	all   *lru.Cache[string, *rate.Limiter]
}

func newLimiter(burst int, r rate.Limit) *limiter {
	all, err := lru.New[string, *rate.Limiter](keptLimiters)
	if err != nil {
		panic(err) // only a size below one is an error
	}
	return &limiter{burst: burst, rate: r, all: all}
}

// take takes one from the bucket of a name, or answers limited with the time
// after which there is one again.
func (l *limiter) take(name string) error {
	if l.rate == rate.Inf {
		return nil
	}
	l.mu.Lock()
	bucket, ok := l.all.Get(name)
	if !ok {
		bucket = rate.NewLimiter(l.rate, l.burst)
		l.all.Add(name, bucket)
	}
	l.mu.Unlock()
	reserved := bucket.Reserve()
	delay := reserved.Delay()
	if delay == 0 {
		return nil
	}
	reserved.Cancel()
	p := newProblem(statusOf(chat.Limited), chat.Limited, "That was too much at once. Nothing was stored; wait a moment and send it again.")
	p.retryAfter = int(delay/time.Second) + 1
	return p
}

// takeFor limits by address; an IPv6 caller is a /64, and this machine is free.
func (l *limiter) takeFor(a netip.Addr) error {
	if a.IsLoopback() {
		return nil
	}
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return l.take(p.String())
		}
	}
	return l.take(a.String())
}

// tokenKey stands for a visitor's token without being it.
func tokenKey(by desk.Caller) [32]byte { return sha256.Sum256([]byte(by.Site + "\x00" + by.Token)) }

// admitMessage limits a visitor's messages, and how many new visitors one
// address makes.
func (s *Server) admitMessage(ctx context.Context, by desk.Caller) error {
	key := tokenKey(by)
	if err := s.limits.messages.take(string(key[:])); err != nil {
		return err
	}
	address := visitOf(ctx).address
	if address.IsLoopback() || s.Unlimited || s.limits.known.Contains(key) {
		return nil
	}
	if _, err := s.Desk.VisitorOf(ctx, by); !chat.IsKind(err, chat.Missing) {
		return err
	}
	return s.limits.newcomers.takeFor(address)
}
