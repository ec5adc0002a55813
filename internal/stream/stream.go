package stream

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/store"
)

// Options are the settings of a Hub.
type Options struct {
	// Now is the clock for times that readers see; time.Now where nil.
	Now func() time.Time
	// Key seals cursors; 32 bytes.
	Key []byte
	// Node names this process in hello frames.
	Node string
	// Log takes what an operator should know; nothing is logged where nil.
	Log *slog.Logger
	// Agents takes the agents' devices whose first connection came or whose last one
	// left, the moment it does. It is never waited for: one that is full misses some.
	Agents chan<- store.Present
}

// Hub delivers the log to feeds.
type Hub struct {
	src    source
	bus    bus.Bus
	seal   sealer
	limits limits
	now    func() time.Time
	node   string
	tag    nodeTag
	log    *slog.Logger
	agents chan<- store.Present

	// ctx ends the store reads of writer goroutines. It ends after Run has said
	// bye to every feed, which is later than the end of Run's own context.
	ctx    context.Context
	cancel context.CancelFunc
	nudge  chan struct{} // asks the tailer to read the log now
	reads  chan struct{} // bounds how many feeds read the store at once

	buffers sync.Pool   // of *[]byte: frames under way
	ready   atomic.Bool // the tailer has loaded the ring
	lagged  atomic.Int64
	slow    atomic.Int64
	resumed atomic.Int64
	resets  resets

	mu       sync.Mutex // guards everything below
	closing  bool
	pos      int64 // the newest position offered to feeds
	advanced chan struct{}
	ring     *ring
	places   *places
	topics   map[chat.Topic][]*Feed
	wheel    wheel
	named    map[feedID]*Feed // whose readers speak upward beside their line
	woken    []*Feed          // pushed to, and not roused yet
	rows     rows
	signals  map[signalKey]chat.Signal
	unseen   map[unseenKey]struct{} // who watches without the lead knowing who
	shown    map[signalKey]shown    // to whom texts are shown while they are typed
	turns    int64                  // see turn
	online   map[chat.AgentID]*online
	ended    *simplelru.LRU[chat.ConversationID, struct{}] // whose visitor's resume token ended lately
}

// limits are bounds that tests make small.
type limits struct {
	ring       int // positions
	ringBytes  int
	queueBytes int
	queueAge   time.Duration
	resume     int // events and rows that a resume answers with
	scan       int // positions that a resume looks through
	chunk      int // entries of one read
	places     int // Conversations whose Access is kept
}

func defaults() limits {
	return limits{ring: RingPositions, ringBytes: 32 << 20, queueBytes: MaxQueueBytes, queueAge: MaxQueueAge,
		resume: chat.MaxResume, scan: MaxScan, chunk: 256, places: 8192}
}

// The limits of the stream. docs/protocol.md states them; a test keeps the two
// equal.
const (
	RingPositions = 4096             // newest positions kept in memory
	MaxQueueBytes = 1 << 20          // of frames waiting for one client
	MaxQueueAge   = 10 * time.Second // of the oldest of them
	MaxScan       = 10_000           // positions that an agent's resume looks through
	PingEvery     = 20 * time.Second
	RowEvery      = time.Second // at most one row frame per conversation
	MaxFrame      = 16 << 10    // bytes of an upward frame
)

// New makes a Hub over a store and a bus.
func New(st *store.Store, b bus.Bus, opt Options) *Hub {
	return newHub(storeSource{st}, b, opt, defaults())
}

func newHub(src source, b bus.Bus, opt Options, lim limits) *Hub {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Hub{src: src, bus: b, seal: newSealer(opt.Key, src.Epoch()), limits: lim, now: opt.Now, node: opt.Node, tag: tagOf(opt.Node), log: opt.Log, agents: opt.Agents,
		ctx: ctx, cancel: cancel, nudge: make(chan struct{}, 1), reads: make(chan struct{}, 8), advanced: make(chan struct{}),
		ring: newRing(lim.ring, lim.ringBytes), places: newPlaces(lim.places), topics: map[chat.Topic][]*Feed{}, named: map[feedID]*Feed{},
		rows: newRows(), signals: map[signalKey]chat.Signal{}, unseen: map[unseenKey]struct{}{}, shown: map[signalKey]shown{}, online: map[chat.AgentID]*online{}, ended: newEnded()}
}

// Carrier takes frames to one client: a WebSocket or an SSE response. Write and
// Bye are called from one goroutine at a time, and must not call the Feed.
type Carrier interface {
	// Write sends one frame (JSON), which is the caller's again afterwards. It
	// may block for as long as a slow client takes, at most 10 s; then it answers
	// an error.
	Write(frame []byte) error
	// Bye sends the close code and closes. The bye frame itself has been written,
	// except after a Write that failed.
	Bye(code int)
}

// Gatherer is a Carrier that takes several frames at once, in their order, as one
// Write for each would: what was committed together costs one call of the system.
type Gatherer interface {
	Carrier
	WriteAll(frames [][]byte) error
}

// Reader is who reads.
type Reader struct {
	Viewer  chat.Viewer
	Actor   chat.Actor // as colleagues or the visitor see it
	Session chat.SessionID
	// Signed says of a visitor that he is signed in: the end of a resume token is not
	// his.
	Signed bool
	// Watch are Conversations that an agent watches from the first moment, at most
	// chat.MaxWatch.
	Watch []chat.ConversationID
	// Named readers speak upward by [Hub.UpTo].
	Named bool
}

// Seal makes the cursor of a snapshot that a viewer was given at a position.
func (h *Hub) Seal(v chat.Viewer, p chat.Position) string {
	return h.seal.seal(v, mark{pos: p.Pos, fp: fingerprint(p.Event), low: p.Pos, rights: v.Rights})
}

// SealVisitor makes the cursor of a visitor's snapshot that includes a vseq.
func (h *Hub) SealVisitor(v chat.Viewer, vseq int64) string {
	m := mark{low: vseq, rights: v.Rights}
	if vseq > 0 {
		events, _, err := h.src.VisitorEvents(h.ctx, v.Conversation, vseq-1, 1)
		// Without its fingerprint the cursor answers reset: the reader loads the
		// snapshot again, which is slower and never wrong.
		if err == nil && len(events) == 1 && events[0].VSeq == vseq {
			m.lowFP = fingerprint(events[0].ID)
		}
	}
	return h.seal.seal(v, m)
}

// Present lists who has a live connection to this node, each device once.
func (h *Hub) Present() []store.Present {
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := map[store.Present]bool{}
	var who []store.Present
	for f := range h.wheel.all() {
		p := f.present()
		if !seen[p] {
			seen[p] = true
			who = append(who, p)
		}
	}
	return who
}

// Stats counts what an operator watches.
type Stats struct {
	Feeds    int   // live connections
	Position int64 // newest position offered to them
	Resumed  int64 // resumes answered with everything since
	// Resets are the resets that were answered, by reason.
	Resets map[string]int64
	Lagged int64 // queues dropped and read again
	Slow   int64 // connections cut for a blocked write
}

// Stats returns the counters of this node.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	return Stats{Feeds: h.wheel.count, Position: h.pos, Resumed: h.resumed.Load(), Resets: h.resets.all(),
		Lagged: h.lagged.Load(), Slow: h.slow.Load()}
}

// spread returns a random part of a duration, so that clients do not come back
// all at once. It is never 0, which on the wire reads as "at once".
func spread(d time.Duration) time.Duration { return time.Millisecond + rand.N(d) }
