// Package bus carries wake-ups and signals between nodes. It is a bell, never
// the truth: what is lost here is found in the log.
//
// It guarantees that nobody who rings it ever waits: wake-ups collapse into one,
// and of the signals that a slow subscriber has not taken the oldest are
// dropped. Who asks one node waits for its answer, as long as he wants to. It may import chat. The packages desk and stream call it.
package bus

import (
	"context"
	"sync"

	"earshot/internal/chat"
)

// MaxSignals is how many signals wait for a slow subscriber.
const MaxSignals = 1024

// Bus is what carries wake-ups and signals: Local, or NATS between several nodes.
// None of its methods but Ask waits for a subscriber or for the network.
type Bus interface {
	// Wake tells every node that the log has grown.
	Wake()
	// Signal tells every node of a signal.
	Signal(sig chat.Signal)
	// Subscribe returns a Subscription and the function that ends it. Nothing is
	// sent to it after that function has returned; it may be called twice.
	Subscribe() (Subscription, func())
	// Ask hands one node a question and returns its answer. Where nobody answers
	// until ctx ends it is ErrNobody; the question may have been heard all the same.
	Ask(ctx context.Context, node string, question []byte) ([]byte, error)
	// Answer answers what the node of a name is asked, several at the same time,
	// until the returned function is called. A name is letters, digits, - and _.
	Answer(node string, answer func(question []byte) []byte) (end func())
}

// Local is the bus of a single node.
type Local struct {
	answerers   answerers
	mu          sync.RWMutex // guards subscribers
	subscribers map[*subscriber]struct{}
}

// NewLocal makes a Local bus.
func NewLocal() *Local {
	return &Local{subscribers: map[*subscriber]struct{}{}, answerers: answerers{all: map[string]func([]byte) []byte{}}}
}

type subscriber struct {
	wakes   chan struct{}
	mu      sync.Mutex // orders senders, so that the oldest signal is dropped
	signals chan chat.Signal
}

func newSubscriber() *subscriber {
	return &subscriber{wakes: make(chan struct{}, 1), signals: make(chan chat.Signal, MaxSignals)}
}

// Wake implements Bus.
func (b *Local) Wake() {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for s := range b.subscribers {
		s.wake()
	}
}

func (s *subscriber) wake() {
	select {
	case s.wakes <- struct{}{}:
	default:
	}
}

// Signal implements Bus.
func (b *Local) Signal(sig chat.Signal) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for s := range b.subscribers {
		s.push(sig)
	}
}

func (s *subscriber) push(sig chat.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		select {
		case s.signals <- sig:
			return
		default:
		}
		// The receiver may have emptied it meanwhile.
		select {
		case <-s.signals:
		default:
		}
	}
}

// Subscription receives what the bus carries. Wakes collapse; signals beyond
// the buffer are dropped, oldest first. Its channels are never closed.
type Subscription struct {
	Wakes   <-chan struct{}
	Signals <-chan chat.Signal
}

// Subscribe implements Bus.
func (b *Local) Subscribe() (Subscription, func()) {
	s := newSubscriber()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscribers[s] = struct{}{}
	return Subscription{Wakes: s.wakes, Signals: s.signals}, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subscribers, s)
	}
}
