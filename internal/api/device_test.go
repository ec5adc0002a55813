package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"earshot/internal/chat"
)

// TestInbox_TellsADeviceThatComesOfTheWarning: it was told to those that were there.
func TestInbox_TellsADeviceThatComesOfTheWarning(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ann := h.Agent("Ann", chat.Member)
	in := h.SignIn(ann)
	h.Connect(ann)
	h.must(h.Desk.NoteInput(t.Context(), ann, in.Session))
	h.Clock.Advance(9 * time.Minute)
	h.Route()
	_, raw := h.send(h.request(http.MethodGet, "/v1/inbox", nil, who{cookie: h.SignIn(ann).Secret}))
	var got inbox
	h.must(json.Unmarshal(raw, &got))
	if left := got.AwayAt - chat.Micros(h.Clock.Now()); left <= 0 || left > time.Minute.Microseconds() {
		t.Errorf("away in %d µs, want at most a minute", left)
	}
}
