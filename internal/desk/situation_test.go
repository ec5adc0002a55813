package desk_test

import (
	"reflect"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk/desktest"
)

// The situation is loaded anew for what has another version alone.
func TestVersion_RisesWithEveryChangeOfAThread(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	s, changes := chat.State{}, 0
	for _, e := range w.Log(offers(t, w)) {
		var before chat.Thread
		if s.Thread != nil {
			before = *s.Thread
		}
		s.Apply(e)
		if s.Thread == nil || s.Thread.ID != before.ID {
			continue
		}
		after := *s.Thread
		after.Version = before.Version
		if changed := !reflect.DeepEqual(before, after); changed && s.Thread.Version <= before.Version {
			t.Errorf("%d %s changed the thread and left it at version %d:\n%+v\n%+v", e.Seq, e.Kind, before.Version, before, after)
		} else if changed {
			changes++
		}
	}
	if changes < 20 {
		t.Errorf("only %d events changed a thread: the test proves nothing", changes)
	}
}
