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

// The rate limits; docs/protocol.md states them. Each holds for all nodes together:
// what protects somebody or fills a disk is counted in the database (see newcomers and
// uploads), and of what only keeps a flood off each node grants its share. An address
// of this machine is not limited: behind it stand the demo, a test, or a proxy that
// nobody named, and then all visitors at once.
const (
	messageBurst, messageRate = 20, rate.Limit(2)           // a visitor's messages, per token
	visitBurst, visitRate     = 120, rate.Limit(120.0 / 60) // page views, per address
	actBurst, actRate         = 100, rate.Limit(20)         // acts, per agent
	lookBurst, lookRate       = 60, rate.Limit(2)           // tries of one-time tokens, per address
	acceptPerCore             = 500                         // new streams a second, of each node
	keptLimiters              = 20_000
)

// newcomers are first messages of new visitors, per address; uploads are files, per
// visitor or agent, and for visitors per address.
func newcomers() desk.Allowance {
	return desk.Allowance{Name: "newcomers", AtOnce: 20, Every: time.Minute / 10}
}

func uploads() desk.Allowance {
	return desk.Allowance{Name: "uploads", AtOnce: 10, Every: 5 * time.Second}
}

// limits are the rate limiters of a server.
type limits struct {
	messages, visits, acts, looks *limiter
	accept                        *rate.Limiter
	// known are visitors who are no newcomers.
	known *lru.Cache[[32]byte, struct{}]
}

// newLimits makes them; nodes tells among how many the limits are shared.
func newLimits(unlimited bool, nodes func() int) limits {
	make := func(burst int, r rate.Limit) *limiter {
		if unlimited {
			r = rate.Inf
		}
		return newLimiter(burst, r, nodes)
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
	return limits{messages: make(messageBurst, messageRate), visits: make(visitBurst, visitRate),
		acts: make(actBurst, actRate), looks: make(lookBurst, lookRate), accept: accept, known: known}
}

// limiter is a token bucket for each name, of which this node has its share. The least
// recently used is forgotten first: an attacker with many names finds full buckets, as
// he would anyway.
type limiter struct {
	burst int
	rate  rate.Limit
	nodes func() int
	mu    sync.Mutex // guards the look-up-or-make of buckets
	all   *lru.Cache[string, *rate.Limiter]
}

func newLimiter(burst int, r rate.Limit, nodes func() int) *limiter {
	all, err := lru.New[string, *rate.Limiter](keptLimiters)
	if err != nil {
		panic(err) // only a size below one is an error
	}
	return &limiter{burst: burst, rate: r, nodes: nodes, all: all}
}

// take takes one from the bucket of a name, or answers limited with the time
// after which there is one again.
func (l *limiter) take(name string) error {
	if l.rate == rate.Inf {
		return nil
	}
	nodes := l.nodes()
	burst, r := max(1, l.burst/nodes), l.rate/rate.Limit(nodes)
	l.mu.Lock()
	bucket, ok := l.all.Get(name)
	if !ok {
		bucket = rate.NewLimiter(r, burst)
		l.all.Add(name, bucket)
	}
	l.mu.Unlock()
	if bucket.Limit() != r { // a node has come or gone
		bucket.SetBurst(burst)
		bucket.SetLimit(r)
	}
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

// takeFor limits by address; this machine is free.
func (l *limiter) takeFor(a netip.Addr) error {
	if a.IsLoopback() {
		return nil
	}
	return l.take(networkOf(a))
}

// networkOf is what counts as one address: of IPv6 it is a /64.
func networkOf(a netip.Addr) string {
	if p, err := a.Prefix(64); err == nil && a.Is6() {
		return p.String()
	}
	return a.String()
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
	return s.Desk.Spend(ctx, newcomers(), networkOf(address))
}
