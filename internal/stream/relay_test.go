package stream

import (
	"context"
	"testing"
	"testing/synctest"

	"earshot/internal/chat"
)

// beside starts another node over the same log and bus.
func (r *room) beside(name string) *room {
	other := &room{src: r.src, bus: r.bus}
	other.hub = newHub(other.src, other.bus, Options{Key: make([]byte, 32), Node: name}, defaults())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := other.hub.Run(ctx); err != nil {
			panic(err)
		}
	}()
	other.stop = func() { cancel(); <-done }
	return other
}

// A line is held by one node, and what its reader says beside it may come to any: it
// is taken from him alone, and its mistakes are answered.
func TestUpTo_AnyNodeTakesWhatIsForAnothersLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		there := r.beside("n2")
		defer there.stop()
		synctest.Wait()
		a := r.hire("a_1", chat.Member)
		r.ask("c_1", 1, chat.PolicyOpen)
		synctest.Wait()
		head, _ := r.src.Head(context.Background())
		l := newLine()
		f := r.hub.Attach(Reader{Viewer: a.Viewer(), Actor: a.Actor(), Session: "s_1", Named: true}, r.hub.Seal(a.Viewer(), head), l)
		defer f.Detach()
		synctest.Wait()
		l.taken(t)
		watch := encode(upFrame{Type: "watch", Conversations: []chat.ConversationID{"c_1"}})
		say := func(at *room, by Reader, frame []byte) error {
			return at.hub.UpTo(context.Background(), f.ID(), by, frame)
		}
		for what, other := range map[string]Reader{"another sign-in": {Session: "s_2"}, "nobody": {}, "a visitor": {Viewer: visitorOf("c_1").Viewer()}} {
			for _, at := range []*room{r, there} {
				if err := say(at, other, watch); !chat.IsKind(err, chat.Missing) {
					t.Errorf("%s sends a frame: %v", what, err)
				}
			}
		}
		mine := Reader{Session: "s_1"}
		if err := say(there, mine, watch); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		wantTypes(t, l.taken(t), "row")
		r.ask("c_1", 1, chat.PolicyOpen)
		synctest.Wait()
		wantTypes(t, l.taken(t), "event")
		if err := say(there, mine, []byte(`{"type":"delete"}`)); !chat.IsKind(err, chat.Invalid) {
			t.Errorf("a frame that is none: %v", err)
		}
		f.Detach()
		if err := say(there, mine, watch); !chat.IsKind(err, chat.Missing) {
			t.Errorf("a line that has ended: %v", err)
		}
		for _, name := range []string{"", "nonsense", newFeedID(tagOf("n3")).String(), newFeedID(tagOf("n2")).String()} {
			if err := there.hub.UpTo(context.Background(), name, mine, watch); !chat.IsKind(err, chat.Missing) {
				t.Errorf("the line %q: %v", name, err)
			}
		}
	})
}

// Who says at once what he watches gets it on resume too: no frame upward has to reach
// the node that holds his line.
func TestAttach_WatchesFromTheFirstMoment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		r.ask("c_1", 1, chat.PolicyOpen)
		synctest.Wait()
		head, _ := r.src.Head(context.Background())
		r.ask("c_1", 2, chat.PolicyOpen)
		synctest.Wait()
		l := newLine()
		f := r.hub.Attach(Reader{Viewer: a.Viewer(), Actor: a.Actor(), Watch: []chat.ConversationID{"c_1"}}, r.hub.Seal(a.Viewer(), head), l)
		defer f.Detach()
		synctest.Wait()
		r.ask("c_1", 1, chat.PolicyOpen)
		synctest.Wait()
		events := 0
		for _, one := range l.taken(t) {
			if one.Type == "event" {
				events++
			}
		}
		if events != 3 {
			t.Errorf("%d events, want 3", events)
		}
	})
}
