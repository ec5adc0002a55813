package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"earshot/client"
)

// head are the newest numbers of a conversation.
type head struct{ seq, vseq int64 }

// readers follow conversations over whichever node has them at the moment.
type readers struct {
	ctx context.Context
	end context.CancelFunc

	mu     sync.Mutex // guards everything below
	all    []*reader
	phases []phase
	acked  map[string]time.Time // texts
	seen   map[string]time.Time // texts of visitors, by their own streams
}

// phase is what is going on from a time on.
type phase struct {
	name string
	from time.Time
}

// reader is one stream: of a visitor, or of an agent who leads conversations.
type reader struct {
	visitor bool
	last    map[string]int64 // conversation → the newest number that has come
	shot    map[string]int64 // the same, as a snapshot had it: up to there the stream may repeat
	// holes are numbers that were skipped, again those that came twice or late.
	holes, again, resets int64
}

// arrived is what came to readers.
type arrived struct{ streams, seen, undelivered, holes, again, resets int64 }

func (a arrived) clean() bool { return a.undelivered+a.holes+a.again == 0 }

func (a arrived) String() string {
	return fmt.Sprintf("streams=%d seen=%d undelivered=%d holes=%d again=%d resets=%d", a.streams, a.seen, a.undelivered, a.holes, a.again, a.resets)
}

func newReaders(t testing.TB) *readers {
	ctx, cancel := context.WithCancel(t.Context())
	return &readers{ctx: ctx, end: cancel, acked: map[string]time.Time{}, seen: map[string]time.Time{}, phases: []phase{{"nothing happens", time.Now()}}}
}

func (r *readers) phase(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phases = append(r.phases, phase{name, time.Now()})
}

func (r *readers) add(one *reader) *reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, one)
	return one
}

// timed notes when a message is acknowledged.
func (r *readers) timed(post func(context.Context, string, string) (entry, error)) func(context.Context, string, string) (entry, error) {
	return func(ctx context.Context, key, text string) (entry, error) {
		e, err := post(ctx, key, text)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.acked[text] = time.Now()
		return e, err
	}
}

// visitor follows a visitor's conversation.
func (r *readers) visitor(t testing.TB, v *client.Visitor, conversation string) {
	t.Helper()
	view, err := v.Conversation(r.ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	newest := func(view client.VisitorView) int64 { return view.Events[len(view.Events)-1].Seq }
	one := r.add(&reader{visitor: true, last: map[string]int64{}, shot: map[string]int64{}})
	r.jump(one, conversation, newest(view))
	s := v.Stream(view.Cursor)
	go r.follow(one, s, func() (string, error) {
		view, err := v.Conversation(r.ctx, 0)
		if err == nil {
			r.jump(one, conversation, newest(view))
		}
		return view.Cursor, err
	})
}

// agent follows what an agent leads, who is connected once more by it.
func (r *readers) agent(t testing.TB, c *client.Client, a *client.Agent) {
	t.Helper()
	load := func(one *reader) (string, error) {
		in, err := a.Inbox(r.ctx, "my")
		if err != nil {
			return "", err
		}
		page, err := a.List(r.ctx, "my", "", 100)
		for _, row := range page.Rows {
			if row.Thread != nil && row.Thread.Lead == a.Me.ID {
				r.jump(one, row.Conversation.ID, row.Conversation.Head)
			}
		}
		return in.Cursor, err
	}
	one := r.add(&reader{last: map[string]int64{}, shot: map[string]int64{}})
	cursor, err := load(one)
	if err != nil {
		t.Fatal(err)
	}
	go r.follow(one, a.Stream(cursor), func() (string, error) { return load(one) })
}

// jump goes on behind a snapshot.
func (r *readers) jump(one *reader, conversation string, to int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one.last[conversation], one.shot[conversation] = to, to
}

// follow reads to the end of the test.
func (r *readers) follow(one *reader, s *client.Stream, anew func() (string, error)) {
	defer s.Drop()
	for {
		f, err := s.Next(r.ctx)
		if err != nil {
			return // the end; whoever is turned away is missed at the heads
		}
		switch {
		case f.Type == "reset":
			r.mu.Lock()
			one.resets++
			r.mu.Unlock()
			cursor, err := anew()
			if err != nil {
				return
			}
			s.From(cursor)
		case f.Event != nil:
			r.takes(one, *f.Event)
		}
	}
}

func (r *readers) takes(one *reader, e client.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	last, mine := one.last[e.Conversation]
	if one.visitor {
		for id := range one.last {
			last, mine = one.last[id], true
			e.Conversation = id
		}
		r.seen[e.Text()] = time.Now()
	}
	switch {
	case !mine || e.Seq <= one.shot[e.Conversation]:
	case e.Seq <= last:
		one.again++
	default:
		one.holes += e.Seq - last - 1
		one.last[e.Conversation] = e.Seq
	}
}

// until waits for what has not come yet, up to the heads, half a minute at most.
func (r *readers) until(t testing.TB, heads map[string]head) arrived {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		a := r.judge(heads)
		if a.undelivered == 0 {
			return a
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Logf("what is missing: %q", r.missing(heads))
			return a
		}
	}
}

// missing tells who lacks what.
func (r *readers) missing(heads map[string]head) (all []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, one := range r.all {
		for id, last := range one.last {
			to := heads[id].seq
			if one.visitor {
				to = heads[id].vseq
			}
			if last < to {
				all = append(all, fmt.Sprintf("reader %d of %s (a visitor: %v) has %d of %d", i, id, one.visitor, last, to))
			}
		}
	}
	return all
}

func (r *readers) judge(heads map[string]head) arrived {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := arrived{streams: int64(len(r.all)), seen: int64(len(r.seen))}
	for _, one := range r.all {
		a.holes, a.again, a.resets = a.holes+one.holes, a.again+one.again, a.resets+one.resets
		for id, last := range one.last {
			if one.visitor {
				a.undelivered += heads[id].vseq - last
			} else {
				a.undelivered += heads[id].seq - last
			}
		}
	}
	return a
}

// spans are times from the acknowledgement of messages until their readers had them.
type spans []time.Duration

func (s spans) median() time.Duration {
	if len(s) == 0 {
		return 0
	}
	return s[len(s)/2]
}

func (s spans) String() string {
	if len(s) == 0 {
		return "none"
	}
	return fmt.Sprintf("p50_ms=%d p99_ms=%d worst_ms=%d of %d", s.median().Milliseconds(), s[len(s)*99/100].Milliseconds(), s[len(s)-1].Milliseconds(), len(s))
}

// lags are sorted, by what was going on when the message was acknowledged.
func (r *readers) lags() map[string]spans {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]spans{}
	for text, at := range r.acked {
		seen, ok := r.seen[text]
		if !ok {
			continue
		}
		i, _ := slices.BinarySearchFunc(r.phases, at, func(p phase, at time.Time) int { return p.from.Compare(at) })
		name := r.phases[max(0, i-1)].name
		all[name] = append(all[name], max(0, seen.Sub(at)))
	}
	for _, s := range all {
		slices.Sort(s)
	}
	return all
}

// every waits for a time that is d in the mean.
func every(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-time.After(rand.N(2 * d)):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
