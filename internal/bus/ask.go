package bus

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/nats-io/nats.go"
)

// ErrNobody means that no node of that name hears the question: it is gone, or the
// bus does not reach it.
var ErrNobody = errors.New("bus: nobody answers")

// askedAtOnce are the questions of other nodes that one node answers at the same time.
// What comes beyond them gets no answer, and its asker stops waiting.
const askedAtOnce = 64

// answerers are who answers on this node, by name.
type answerers struct {
	mu  sync.RWMutex // guards all
	all map[string]func([]byte) []byte
}

func (a *answerers) set(node string, answer func([]byte) []byte) (end func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all[node] = answer
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.all, node)
	}
}

func (a *answerers) find(node string) (answer func([]byte) []byte, found bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	answer, found = a.all[node]
	return answer, found
}

// Ask implements Bus.
func (b *Local) Ask(_ context.Context, node string, question []byte) ([]byte, error) {
	answer, found := b.answerers.find(node)
	if !found {
		return nil, ErrNobody
	}
	return answer(question), nil
}

// Answer implements Bus.
func (b *Local) Answer(node string, answer func([]byte) []byte) (end func()) {
	return b.answerers.set(node, answer)
}

// Ask implements Bus.
func (b *NATS) Ask(ctx context.Context, node string, question []byte) ([]byte, error) {
	if answer, here := b.here.answerers.find(node); here {
		return answer(question), nil
	}
	m, err := b.nc.RequestWithContext(ctx, b.askSubject+node, question)
	if err != nil {
		// Whatever it was: the asker can do nothing else about it.
		return nil, errors.Join(ErrNobody, err)
	}
	return m.Data, nil
}

// Answer implements Bus.
func (b *NATS) Answer(node string, answer func([]byte) []byte) (end func()) {
	deaf := b.here.Answer(node, answer)
	busy := make(chan struct{}, askedAtOnce)
	sub, err := b.nc.Subscribe(b.askSubject+node, func(m *nats.Msg) {
		select {
		case busy <- struct{}{}:
		default:
			b.lost.Add(1)
			return
		}
		go func() {
			defer func() { <-busy }()
			if err := m.Respond(answer(m.Data)); err != nil {
				b.lost.Add(1)
			}
		}()
	})
	if err != nil {
		b.trouble(err) // the bus is closing
		return deaf
	}
	return func() {
		deaf()
		if err := sub.Unsubscribe(); err != nil {
			b.log.Debug("bus: NATS", slog.String("error", err.Error()))
		}
		// Who answers still has a place; after this nobody begins.
		for range cap(busy) {
			busy <- struct{}{}
		}
	}
}
