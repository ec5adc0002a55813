package desk_test

import (
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

// BenchmarkPostAsVisitor is a visitor's message from the call to the commit,
// many at once.
func BenchmarkPostAsVisitor(b *testing.B) {
	w := desktest.New(b)
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		v := w.Visitor()
		for pb.Next() {
			if _, err := w.Desk.PostAsVisitor(b.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Text: "Where is my parcel?"}); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkPostMessage is an agent's answer from the call to the commit.
func BenchmarkPostMessage(b *testing.B) {
	w := desktest.New(b)
	ada := w.Agent("Ada", chat.Member)
	_, c := w.Taken(ada)
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := w.Desk.PostMessage(b.Context(), ada, c, desk.Message{Key: w.Key(), Text: "It is on its way."}); err != nil {
				b.Error(err)
			}
		}
	})
}
