package desk

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"earshot/internal/bus"
	"earshot/internal/files"
	"earshot/internal/store"
)

// The lists of the inbox.
const (
	ListMy    = store.ListMy
	ListQueue = store.ListQueue
	ListAll   = store.ListAll
)

// Options are the settings of a Desk.
type Options struct {
	// Now is the clock; time.Now where nil.
	Now func() time.Time
	// CommonPasswords are refused, lower case; the built front end ships them.
	CommonPasswords []string
	// Node names this process in presence leases.
	Node string
	// SignInFor is how long a sign-in link lives; 15 minutes where 0.
	SignInFor time.Duration
	// Push reaches devices without an open page; the zero value does not.
	Push Push
	// Mail: there is a mailer, so that an alert's last step can be taken.
	Mail bool
	// Hook refuses an address of a webhook that must not be called; nil = none may be.
	// Its error is a sentence for a person.
	Hook func(url string) error
}

// Desk holds the use cases.
type Desk struct {
	store   *store.Store
	files   *files.Store
	bus     bus.Bus
	opt     Options
	common  common
	hashes  hasher
	started time.Time
	sites   sync.Map // the key of a site to its SiteID; both never change

	stirred chan struct{} // asks the router to look again
	came    atomic.Int64  // counts signs of life, which the situation goes by too
	turned  atomic.Int64  // store.Turned as of the last stir
	typing  typists
	lines   lines
	told    told
	follows atomic.Bool // another node that is alive comes before this one; see Report
	noted   time.Time   // when availability was noted last; the router's own
	latest  struct {
		mu    sync.Mutex // guards s
		s     *situation
		loads atomic.Int64 // how many were begun
	}

	nodes    atomic.Int64             // that are alive
	others   atomic.Pointer[[]string] // the names of those but this one; nil = not known yet
	reported atomic.Pointer[Node]     // what this one said of itself last; nil = nothing yet

	learnt     learnt
	rehearsals rehearsals

	mu     sync.Mutex
	secret []byte // guarded by mu: what commands are hashed with
}

// New makes a Desk.
func New(st *store.Store, fs *files.Store, b bus.Bus, opt Options) *Desk {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.SignInFor == 0 {
		opt.SignInFor = signInFor
	}
	return &Desk{store: st, files: fs, bus: b, opt: opt, common: newCommon(opt.CommonPasswords),
		hashes: newHasher(), started: opt.Now(), stirred: make(chan struct{}, 1)}
}

func (d *Desk) now() time.Time { return d.opt.Now() }

// write commits fn and asks the router to look again where
// something changed that it goes by. fn may run twice, so it assigns what it
// answers and never adds to it.
func (d *Desk) write(ctx context.Context, fn func(*store.Tx) error) error {
	if err := d.store.Write(ctx, fn); err != nil {
		return err
	}
	if now := d.store.Turned(); d.turned.Swap(now) != now {
		d.stir()
	}
	return nil
}
