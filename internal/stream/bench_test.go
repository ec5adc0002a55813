package stream

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"earshot/internal/bus"
	"earshot/internal/chat"
)

// sink is a carrier that counts.
type sink struct{ frames chan struct{} }

func (s *sink) Write([]byte) error { s.frames <- struct{}{}; return nil }
func (s *sink) Bye(int)            {}

// One event to fifty agents who watch: encoded once, sealed fifty times.
func BenchmarkFanOut_OneToFifty(b *testing.B) {
	src := newMemory()
	h := newHub(src, bus.NewLocal(), Options{Key: make([]byte, 32)}, defaults())
	h.ready.Store(true)
	s := &sink{frames: make(chan struct{}, 1024)}
	const agents = 50
	for i := range agents {
		a := chat.Agent{ID: chat.AgentID(fmt.Sprintf("a_%d", i)), Role: chat.Member}
		src.agents[a.ID] = a
		f := h.Attach(Reader{Viewer: a.Viewer()}, h.Seal(a.Viewer(), chat.Position{}), s)
		if err := f.Up([]byte(`{"type":"watch","conversations":["c_1"]}`)); err != nil {
			b.Fatal(err)
		}
	}
	started := chat.Fact(chat.KindStarted, chat.System(), chat.ForAgents, 1, chat.Started{Number: 1, Policy: chat.PolicyOpen})
	h.take(b.Context(), src.commit("c_1", started))
	drain(s.frames)
	body := chat.Said{Text: "Where is my parcel? It was to come on Monday, and the page says that it is still in the depot."}
	said := chat.Fact(chat.KindMessage, chat.Actor{Kind: chat.ByVisitor, ID: "v_1"}, chat.ForAll, 1, body)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		batch := src.commit("c_1", said)
		b.StartTimer()
		h.take(b.Context(), batch)
		for range agents {
			<-s.frames
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*agents), "ns/delivery")
}

// drain takes frames until none comes any more.
func drain(frames chan struct{}) {
	for {
		select {
		case <-frames:
		case <-time.After(200 * time.Millisecond):
			return
		}
	}
}

// What an idle visitor costs here, beside the socket: after a message, so that
// nothing of the writing may stay.
func BenchmarkMemory_IdleFeed(b *testing.B) {
	const n = 10_000
	for range b.N {
		src := newMemory()
		h := newHub(src, bus.NewLocal(), Options{Key: make([]byte, 32)}, defaults())
		h.ready.Store(true)
		s := &sink{frames: make(chan struct{}, 1024)}
		before := heap()
		feeds := make([]*Feed, n)
		for i := range feeds {
			c := chat.ConversationID(fmt.Sprintf("c_%026d", i))
			v := chat.Viewer{Kind: chat.ByVisitor, Visitor: chat.VisitorID(fmt.Sprintf("v_%026d", i)), Conversation: c}
			feeds[i] = h.Attach(Reader{Viewer: v, Actor: chat.Actor{Kind: chat.ByVisitor, ID: string(v.Visitor)}}, h.SealVisitor(v, 0), s)
		}
		for range 2 * n { // hello and ping of each
			<-s.frames
		}
		b.ReportMetric(float64(heap()-before)/n, "B/feed")
		runtime.KeepAlive(feeds)
		for _, f := range feeds {
			f.Detach()
		}
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
