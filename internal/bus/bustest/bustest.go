// Package bustest holds the suite that every bus has to pass.
//
// It guarantees nothing by itself: it asks. It may import bus and chat; the
// tests of each kind of bus call it.
package bustest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"earshot/internal/bus"
	"earshot/internal/chat"
)

// Run runs the suite on buses that open makes. What one carries must have
// arrived when its call returns, or settle waits until it has.
func Run(t *testing.T, open func(t *testing.T) bus.Bus, settle func(bus.Bus)) {
	for name, test := range map[string]func(*testing.T, bus.Bus, func()){
		"wakes collapse":                         wakesCollapse,
		"every subscriber hears":                 everySubscriberHears,
		"signals keep their order":               signalsKeepTheirOrder,
		"the oldest signals are dropped":         oldestDropped,
		"an ended subscription hears nothing":    endedHearsNothing,
		"a bus without subscribers does no harm": nobodyListens,
		"nobody waits for a slow subscriber":     nobodyWaits,
		"who is asked answers":                   askedAnswers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t)
			test(t, b, func() { settle(b) })
		})
	}
}

func wakesCollapse(t *testing.T, b bus.Bus, settle func()) {
	sub, end := b.Subscribe()
	defer end()
	for range 10 {
		b.Wake()
	}
	settle()
	<-sub.Wakes
	select {
	case <-sub.Wakes:
		t.Error("ten wakes were more than one")
	default:
	}
	b.Wake()
	<-sub.Wakes
}

func everySubscriberHears(t *testing.T, b bus.Bus, settle func()) {
	one, endOne := b.Subscribe()
	defer endOne()
	two, endTwo := b.Subscribe()
	defer endTwo()
	b.Wake()
	b.Signal(signal(1))
	settle()
	for _, sub := range []bus.Subscription{one, two} {
		<-sub.Wakes
		if got := <-sub.Signals; !reflect.DeepEqual(got, signal(1)) {
			t.Errorf("got %+v", got)
		}
	}
}

func signalsKeepTheirOrder(t *testing.T, b bus.Bus, settle func()) {
	sub, end := b.Subscribe()
	defer end()
	for i := range 100 {
		b.Signal(signal(i))
	}
	settle()
	expect(t, sub, 0, 100)
}

func oldestDropped(t *testing.T, b bus.Bus, settle func()) {
	sub, end := b.Subscribe()
	defer end()
	for i := range bus.MaxSignals + 7 {
		b.Signal(signal(i))
	}
	settle()
	expect(t, sub, 7, bus.MaxSignals+7)
}

func expect(t *testing.T, sub bus.Subscription, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		if got := <-sub.Signals; !reflect.DeepEqual(got, signal(i)) {
			t.Fatalf("got %s, want number %d", got.Conversation, i)
		}
	}
	select {
	case got := <-sub.Signals:
		t.Errorf("one too many: %s", got.Conversation)
	default:
	}
}

func endedHearsNothing(t *testing.T, b bus.Bus, settle func()) {
	sub, end := b.Subscribe()
	end()
	end()
	b.Wake()
	b.Signal(signal(1))
	settle()
	select {
	case <-sub.Wakes:
		t.Error("woken after its end")
	case <-sub.Signals:
		t.Error("a signal after its end")
	default:
	}
}

func nobodyListens(_ *testing.T, b bus.Bus, settle func()) {
	b.Wake()
	b.Signal(signal(1))
	settle()
}

func askedAnswers(t *testing.T, b bus.Bus, settle func()) {
	end := b.Answer("one", func(q []byte) []byte { return append([]byte("one heard "), q...) })
	defer b.Answer("two", func(q []byte) []byte { return append([]byte("two heard "), q...) })()
	settle()
	ask := func(node, question string) (string, error) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		got, err := b.Ask(ctx, node, []byte(question))
		return string(got), err
	}
	var askers sync.WaitGroup
	for _, node := range []string{"one", "two"} {
		for i := range 10 {
			askers.Go(func() {
				question := fmt.Sprint("question ", i)
				if got, err := ask(node, question); err != nil || got != node+" heard "+question {
					t.Errorf("%s, asked %q: %q, %v", node, question, got, err)
				}
			})
		}
	}
	askers.Wait()
	if got, err := ask("three", "are you there?"); !errors.Is(err, bus.ErrNobody) {
		t.Errorf("one who is not there: %q, %v", got, err)
	}
	end()
	settle()
	if got, err := ask("one", "are you there still?"); !errors.Is(err, bus.ErrNobody) {
		t.Errorf("one who has gone: %q, %v", got, err)
	}
}

func nobodyWaits(t *testing.T, b bus.Bus, settle func()) {
	sub, end := b.Subscribe()
	defer end()
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for i := range bus.MaxSignals {
				b.Signal(signal(i))
				b.Wake()
			}
		})
	}
	senders.Wait()
	settle()
	if got := len(sub.Signals); got != bus.MaxSignals {
		t.Errorf("%d signals wait, want %d", got, bus.MaxSignals)
	}
}

func signal(n int) chat.Signal {
	return chat.Signal{Kind: chat.SignalTyping, Conversation: chat.ConversationID(fmt.Sprintf("c_%d", n)), Audience: chat.ForAll, On: true}
}
