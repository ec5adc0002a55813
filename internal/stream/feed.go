package stream

import (
	"slices"
	"sync"
	"time"

	"earshot/internal/chat"
)

// Feed is one reader's live connection with its cursor. An idle one is this
// struct and nothing else: no goroutine, no buffer.
type Feed struct {
	hub     *Hub
	carrier Carrier
	id      feedID
	// who is the reader as he came. Rights may change; who he is does not.
	who     chat.Viewer
	session chat.SessionID
	slot    slot // guarded by Hub.mu
	named   bool // found by its name
	signed  bool // a visitor who is signed in

	// These belong to the writer: how far the client has everything, and whether
	// it has had its hello.
	mark    mark
	greeted bool

	mu      sync.Mutex // guards everything below
	viewer  chat.Viewer
	actor   chat.Actor
	phase   phase
	running bool // a writer goroutine is alive
	lagging bool // the queue was dropped: read from the mark
	closing bool // bye(CloseRevoked) when everything has been sent
	left    bool // detached
	ask     *ask
	code    int // > 0: say bye with it
	after   time.Duration
	queue   []item
	bytes   int
	watch   []chat.ConversationID
	wanted  []chat.ConversationID // rows of newly watched Conversations
	anew    []chat.ConversationID // whose row is owed after a gone
	idle    chan struct{}         // closed when the writer ends, for who waits
	budget  *budget
}

// phase is where a feed is.
type phase uint8

const (
	starting  phase = iota // hello has not been sent
	waiting                // reset was sent; the reader loads a snapshot
	following              // everything goes to the reader
	ended
)

// ask is a wish to follow from a cursor, or to be told to reset.
type ask struct {
	cursor string
	reset  reason
}

// item is a frame that waits for the client.
type item struct {
	kind  itemKind
	mark  mark       // what the client has after it; of a row the position alone
	rec   *record    // event
	frame []byte     // row, signal, gone: shared between feeds
	key   *signalKey // signal: shared, too
	at    time.Time
}

type itemKind uint8

const (
	itemEvent itemKind = iota
	itemGone
	itemRow
	itemSignal
	itemPing
)

func (it item) size(visitor bool) int {
	switch {
	case it.rec == nil:
		return 128 + len(it.frame)
	case visitor:
		return 256 + len(it.rec.forVisitor())
	}
	return 256 + len(it.rec.forTeam())
}

// Attach connects a reader from a cursor ("" = from now, with a reset frame).
// It returns at once; frames follow on the carrier.
func (h *Hub) Attach(r Reader, cursor string, c Carrier) *Feed {
	f := &Feed{hub: h, carrier: c, id: newFeedID(h.tag), who: r.Viewer, session: r.Session, viewer: r.Viewer, actor: r.Actor, ask: &ask{cursor: cursor},
		watch: r.Watch, wanted: r.Watch, named: r.Named, signed: r.Signed}
	f.who.Groups = nil
	h.mu.Lock()
	signal := h.enter(f)
	closing := h.closing
	h.mu.Unlock()
	if closing {
		f.end(CloseShutdown, spread(time.Second))
	}
	if signal != nil {
		h.bus.Signal(*signal)
	}
	f.mu.Lock()
	f.start()
	f.mu.Unlock()
	return f
}

// ID names the feed in its hello frame: how the upward frames of an SSE client
// find it, see [Hub.UpTo].
func (f *Feed) ID() string { return f.id.String() }

// Detach ends the feed. Nothing is written to the carrier after it returns. It
// waits for a write that is under way: close the connection first.
func (f *Feed) Detach() {
	f.hub.leave(f)
	f.mu.Lock()
	f.left, f.phase, f.queue, f.ask = true, ended, nil, nil
	f.mu.Unlock()
	f.takeBack()
	<-f.quiet()
}

// quiet returns a channel that closes when no writer runs.
func (f *Feed) quiet() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.idle == nil {
		f.idle = make(chan struct{})
		if !f.running {
			close(f.idle)
		}
	}
	return f.idle
}

func (f *Feed) visitor() bool { return f.who.Kind == chat.ByVisitor }

// watches reports whether the agent watches the Conversation. The caller holds
// Feed.mu.
func (f *Feed) watches(c chat.ConversationID) bool { return slices.Contains(f.watch, c) }

// start begins a writer where none runs. The caller holds Feed.mu.
func (f *Feed) start() {
	if f.running || f.left || f.phase == ended {
		return
	}
	f.running = true
	f.idle = nil
	go f.write()
}

// push queues an item. Over the bound the whole queue is dropped and read again
// from the mark: a single item never is. The caller holds Hub.mu and Feed.mu, and
// calls rouse when it has pushed everything.
func (f *Feed) push(it item) {
	forAll := it.kind == itemSignal || it.kind == itemPing
	if f.left || f.code != 0 || f.lagging || f.phase == ended || (f.phase != following && !forAll) || (it.kind == itemSignal && f.coalesce(it)) {
		return
	}
	it.at = time.Now()
	size := it.size(f.visitor())
	over := f.bytes+size > f.hub.limits.queueBytes || (len(f.queue) > 0 && it.at.Sub(f.queue[0].at) > f.hub.limits.queueAge)
	if over && !faultSlowDrop {
		f.queue, f.bytes, f.lagging = nil, 0, f.phase == following
		f.hub.lagged.Add(1)
	} else if !over {
		f.queue = append(f.queue, it)
		f.bytes += size
	}
	f.hub.wake(f)
}

// wake notes that a feed needs a writer. The caller holds Hub.mu.
func (h *Hub) wake(f *Feed) {
	if !f.slot.woken {
		f.slot.woken = true
		h.woken = append(h.woken, f)
	}
}

// rouse starts the writers of the feeds that were pushed to: not with the first
// item but when all of a batch are queued, so that they leave together. The
// caller holds Hub.mu.
func (h *Hub) rouse() {
	for _, f := range h.woken {
		f.slot.woken = false
		f.mu.Lock()
		f.start()
		f.mu.Unlock()
	}
	clear(h.woken)
	h.woken = h.woken[:0]
}

// coalesce lets a later signal take the place of an earlier one of its key, and
// drops signals where the client does not keep up: they are the first to go.
func (f *Feed) coalesce(it item) bool {
	if len(f.queue) >= 64 {
		return true
	}
	for i := range f.queue {
		if f.queue[i].kind == itemSignal && *f.queue[i].key == *it.key {
			f.bytes += len(it.frame) - len(f.queue[i].frame)
			f.queue[i].frame = it.frame
			return true
		}
	}
	return false
}

// pop takes the oldest item. The caller holds Feed.mu.
func (f *Feed) pop() item {
	it := f.queue[0]
	f.queue[0] = item{}
	f.queue = f.queue[1:]
	f.bytes -= it.size(f.visitor())
	if len(f.queue) == 0 {
		f.queue, f.bytes = nil, 0
	}
	return it
}

// End closes the line with a code, for a reason that stands in no event.
func (f *Feed) End(code int) { f.end(code, 0) }

// end makes the feed say bye with a code; what waits is dropped, the client
// resumes.
func (f *Feed) end(code int, after time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.code == 0 && f.phase != ended {
		f.code, f.after, f.queue, f.bytes = code, after, nil, 0
		f.start()
	}
}
