package notify_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/notify"
	"earshot/internal/store"
)

// channel is the other side of a webhook.
type channel struct {
	*httptest.Server
	said   chan string
	status int
	after  string
}

func newChannel(t *testing.T) *channel {
	t.Helper()
	c := &channel{said: make(chan string, 100), status: http.StatusOK}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var body struct {
			Text string `json:"text"`
		}
		if err := json.Unmarshal(raw, &body); err != nil || r.Method != http.MethodPost || r.URL.Path != "/services/secret-path" {
			t.Errorf("%s %s with %q", r.Method, r.URL, raw)
		}
		c.said <- body.Text
		w.Header().Set("Retry-After", c.after)
		w.WriteHeader(c.status)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *channel) heard() (all []string) {
	for {
		select {
		case one := <-c.said:
			all = append(all, one)
		default:
			return all
		}
	}
}

// hooked is a play whose group has a webhook.
type hooked struct {
	*play
	channel *channel
	hooks   notify.Hooks
}

func newHooked(t *testing.T, change func(*desk.NewHook)) *hooked {
	t.Helper()
	c := newChannel(t)
	u, err := url.Parse(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := &hooked{play: newPlay(t), channel: c}
	p.hooks = notify.Hooks{Desk: p.Desk, Client: notify.Targets{Own: []string{u.Host}}.Client(), Base: "https://chat.acme.example"}
	p.stage.hooks = &p.hooks
	address := c.URL + "/services/secret-path"
	in := desk.NewHook{URL: &address, Kinds: chat.HookKinds(), Language: "en"}
	if change != nil {
		change(&in)
	}
	p.must(p.Desk.SetHook(t.Context(), p.Owner, p.Group.ID, in))
	return p
}

func (h *hooked) plays(lines ...string) {
	h.t.Helper()
	for _, line := range lines {
		h.do(strings.Fields(line))
		h.note()
	}
}

func (h *hooked) log() []store.HookNotice {
	h.t.Helper()
	v, err := h.Desk.Hook(h.t.Context(), h.Owner, h.Group.ID)
	h.must(err)
	return v.Log
}

func TestHook_TellsWhatHappenedAndNothingOfTheVisitor(t *testing.T) {
	t.Parallel()
	h := newHooked(t, nil)
	h.plays("owner is finishing", "visitor writes", "wait 3m")
	link := " <https://chat.acme.example/c/" + string(h.chat) + "|Open it>"
	got := h.channel.heard()
	want := []string{"A visitor waits in *" + h.Group.Name + "*, and nobody has been asked." + link,
		"In *" + h.Group.Name + "* something was not noticed; the supervisors are called." + link}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestHook_HelpIsToldOnceAndWhatIsOverIsNot(t *testing.T) {
	t.Parallel()
	h := newHooked(t, func(in *desk.NewHook) { in.Kinds, in.Language = []chat.HookKind{chat.HookHelp}, "de" })
	h.plays("visitor writes", "ann takes", "ann needs help", "wait 1m")
	if got := h.channel.heard(); len(got) != 1 || !strings.HasPrefix(got[0], "Bei einem Chat von *"+h.Group.Name+"* wird Hilfe gesucht.") {
		t.Errorf("told %q", got)
	}
	// Nothing is running while somebody comes: what waits is not told any more.
	h.do(strings.Fields("visitor writes"))
	h.do(strings.Fields("ann takes"))
	h.do(strings.Fields("ann needs help"))
	h.do(strings.Fields("sue comes"))
	h.plays("wait 1m")
	if got, log := h.channel.heard(), h.log(); len(got) != 0 || len(log) != 2 || log[0].Outcome != "over" || log[1].Outcome != string(notify.Accepted) {
		t.Errorf("told %q, %+v", got, log)
	}
}

func TestHook_SaysTheTextWhereTheGroupAllowsIt(t *testing.T) {
	t.Parallel()
	h := newHooked(t, func(in *desk.NewHook) { in.Text = true })
	h.visitor, h.chat = h.Arrives("<!channel> & <https://evil.example|me> @here [me](https://evil.example)")
	h.plays("wait 20s")
	if got := h.channel.heard(); len(got) != 1 || !strings.HasSuffix(got[0], "\n> &lt;!channel&gt; &amp; &lt;https:\u2060//evil.example|me&gt; @\u2060here [me]\u2060(https:\u2060//evil.example)") {
		t.Errorf("told %q", got)
	}
}

// TestHook_KeepsItsSecret tries what is refused and what cannot be reached.
func TestHook_KeepsItsSecret(t *testing.T) {
	t.Parallel()
	h := newHooked(t, nil)
	public := notify.Targets{Services: []string{"*"}}.Client()
	own := notify.Targets{Own: []string{"127.0.0.1:1"}}.Client()
	for what, c := range map[string]struct {
		address string
		client  *http.Client
		want    string
	}{
		"an address inside": {"https://127.0.0.1:1/services/secret-path", public, string(notify.Refused)},
		"not over https":    {"http://203.0.113.7/services/secret-path", public, string(notify.Refused)},
		"nobody there":      {"http://127.0.0.1:1/services/secret-path", own, string(notify.Later)},
		// The same address, so that it is the address that is refused above.
		"nobody there over https": {"https://127.0.0.1:1/services/secret-path", own, string(notify.Later)},
		"switched off":            {"https://127.0.0.1:1/services/secret-path", nil, string(notify.Refused)},
	} {
		h.must(h.Desk.SetHook(t.Context(), h.Owner, h.Group.ID, desk.NewHook{URL: &c.address, Kinds: chat.HookKinds(), Language: "en"}))
		h.stage.hooks = &notify.Hooks{Desk: h.Desk, Client: c.client}
		h.must(h.Desk.TestHook(t.Context(), h.Owner, h.Group.ID))
		h.work()
		h.Clock.Advance(time.Second)
		v, err := h.Desk.Hook(t.Context(), h.Owner, h.Group.ID)
		h.must(err)
		raw, err := json.Marshal(v)
		h.must(err)
		if strings.Contains(string(raw), "secret-path") || v.URL != "" {
			t.Errorf("%s: %s holds the address", what, raw)
		}
		if v.Log[0].Outcome != c.want || v.Log[0].Reason == "" {
			t.Errorf("%s: %+v, want %s", what, v.Log[0], c.want)
		}
	}
	if got := h.channel.heard(); len(got) != 0 {
		t.Errorf("told %q", got)
	}
}

func TestHook_IsAskedAgainWhenTheOtherSideSays(t *testing.T) {
	t.Parallel()
	h := newHooked(t, nil)
	h.channel.status, h.channel.after = http.StatusTooManyRequests, "1800"
	h.must(h.Desk.TestHook(t.Context(), h.Owner, h.Group.ID))
	var job store.Job
	h.Write(func(tx *store.Tx) error {
		due, err := tx.ClaimJobs(chat.Micros(h.Clock.Now()), chat.Micros(h.Clock.Now()), 10)
		job = due[0]
		return err
	})
	err := h.hooks.Tell(t.Context(), job.Body)
	var asked interface{ RetryAfter() time.Duration }
	if !errors.As(err, &asked) || asked.RetryAfter() != 30*time.Minute || strings.Contains(err.Error(), "secret") {
		t.Fatalf("error %v", err)
	}
	h.channel.status = http.StatusOK
	h.must(h.hooks.Tell(t.Context(), job.Body))
	h.must(h.hooks.Tell(t.Context(), job.Body)) // once more, as after a kill: it is done
	if got, log := h.channel.heard(), h.log(); len(got) != 2 || log[0].Tries != 2 || log[0].Outcome != string(notify.Accepted) {
		t.Errorf("told %q, log %+v", got, log)
	}
}

func TestHook_OnlyWhoManagesNamesOne(t *testing.T) {
	t.Parallel()
	h := newHooked(t, nil)
	bad := "ftp://x"
	for what, c := range map[string]struct {
		by   chat.Agent
		in   desk.NewHook
		want chat.ErrorKind
	}{
		"a member":       {h.team["ann"], desk.NewHook{Kinds: chat.HookKinds(), Language: "en"}, chat.Denied},
		"a supervisor":   {h.team["sue"], desk.NewHook{Kinds: chat.HookKinds(), Language: "en"}, chat.Denied},
		"no address":     {h.Owner, desk.NewHook{URL: &bad, Kinds: chat.HookKinds(), Language: "en"}, chat.Invalid},
		"another kind":   {h.Owner, desk.NewHook{Kinds: []chat.HookKind{"coffee"}, Language: "en"}, chat.Invalid},
		"other language": {h.Owner, desk.NewHook{Kinds: chat.HookKinds(), Language: "la"}, chat.Invalid},
	} {
		if err := h.Desk.SetHook(t.Context(), c.by, h.Group.ID, c.in); !chat.IsKind(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	none := ""
	h.must(h.Desk.SetHook(t.Context(), h.Owner, h.Group.ID, desk.NewHook{URL: &none}))
	h.plays("visitor writes", "wait 30s")
	if got := h.channel.heard(); len(got) != 0 {
		t.Errorf("a hook that was taken away is told %q", got)
	}
}
