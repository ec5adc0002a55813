package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

func TestDeviceText_NamesBrowserAndSystem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		agent, want string
		mobile      bool
	}{
		{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", "Chrome, Linux", false},
		{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36", "Chrome, Linux", false},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0", "Edge, Windows", false},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15", "Safari, macOS", false},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1", "Safari, iOS", true},
		{"Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari, iOS", true},
		{"Mozilla/5.0 (Linux; Android 16; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome, Android", true},
		{"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox, Linux", false},
		{"Earshot demo", "Earshot demo", false},
		{"", "", false},
		{strings.Repeat("x", 5000), strings.Repeat("x", 60), false},
	} {
		got := deviceText(c.agent)
		if got != c.want || mobile(c.agent) != c.mobile || shownDevice(got) != got {
			t.Errorf("%.90q: %q, mobile %v, shown %q; want %q, %v", c.agent, got, mobile(c.agent), shownDevice(got), c.want, c.mobile)
		}
	}
	if got := shownDevice("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"); got != "Firefox, Linux" {
		t.Errorf("what was stored as the browser said it is shown as %q", got)
	}
}

// TestSessions_TellOfEachDevice signs in on a phone and asks from a laptop.
func TestSessions_TellOfEachDevice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ann := h.Agent("Ann", chat.Member)
	token, err := h.Desk.SignInTicket(t.Context(), ann.Email)
	h.must(err)
	r := h.request(http.MethodPost, "/v1/sign-in/link", []byte(`{"token":"`+token+`"}`), who{})
	r.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 16; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36")
	answer, _ := h.send(r)
	phone := who{cookie: answer.Cookies()[0].Value}
	laptop := h.SignIn(ann)
	if answer, raw := h.send(h.request(http.MethodPost, "/v1/me/input", []byte(`{}`), phone)); answer.StatusCode != http.StatusNoContent {
		t.Fatalf("input: %d %s", answer.StatusCode, raw)
	}
	touched := chat.Micros(h.Clock.Now())
	h.Clock.Advance(10 * time.Second)
	h.must(h.Desk.RenewAgents(t.Context(), []desk.Present{desktest.Device(laptop)}))
	_, raw := h.send(h.request(http.MethodGet, "/v1/sessions", nil, who{cookie: laptop.Secret}))
	var got sessions
	h.must(json.Unmarshal(raw, &got))
	want := []session{
		{ID: laptop.Session.ID, Device: "Firefox", Address: "192.0.2.7", SeenAt: chat.Micros(h.Clock.Now()), Connected: true, Current: true},
		{Device: "Chrome, Android", Mobile: true, Address: "127.0.0.1", SeenAt: touched, InputAt: touched},
	}
	slices.SortFunc(got.Sessions, func(a, b session) int { return strings.Compare(b.Device, a.Device) })
	if len(got.Sessions) != 2 {
		t.Fatalf("sessions %s", raw)
	}
	want[1].ID = got.Sessions[1].ID
	for i, one := range got.Sessions {
		want[i].CreatedAt = one.CreatedAt
		if one != want[i] {
			t.Errorf("device %+v, want %+v", one, want[i])
		}
	}
}

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
