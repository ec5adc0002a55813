package notify_test

import (
	"encoding/json"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/notify"
)

// TestAlerts_ASlowServiceIsAskedOnce is of two jobs of one alert while its push is under
// way: the second sends nothing, and looks again later, since the first may have died.
func TestAlerts_ASlowServiceIsAskedOnce(t *testing.T) {
	t.Parallel()
	for what, answered := range map[string]bool{"answered in the end": true, "never answered": false} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := newTalks(t)
			s.say(s.bob, s.lunch, desk.Line{Text: "@Ann", Mentions: []chat.AgentID{s.ann.ID}})
			all, err := s.Desk.Alerts(t.Context(), s.ann)
			s.must(err)
			job, err := json.Marshal(map[string]any{"alert": all[0].Alert.ID})
			s.must(err)
			first, err := s.Desk.DuePushes(t.Context(), job)
			s.must(err)
			second, err := s.Desk.DuePushes(t.Context(), job)
			s.must(err)
			if len(first) != 1 || len(second) != 0 {
				t.Fatalf("first %d pushes, then %d, want 1 and none", len(first), len(second))
			}
			if answered {
				s.must(s.Desk.NotePush(t.Context(), first[0], string(notify.Accepted), ""))
				s.must(s.Desk.NoteShown(t.Context(), s.ann, s.phone, all[0].Alert.ID))
			}
			s.later(time.Minute)
			if got := s.arrived(); len(got) == 0 == !answered {
				t.Errorf("pushed once more: %v", got)
			}
			all, err = s.Desk.Alerts(t.Context(), s.ann)
			s.must(err)
			if shown := all[0].Devices[0].ShownAt != 0; shown != answered {
				t.Errorf("the log says shown: %v", shown)
			}
		})
	}
}
