package api

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

// Whatever a visitor asks for, on every route that a visitor can call, no byte
// of a note, an agent's address or another visitor's words comes back.
func TestCanary_NoVisitorRouteCarriesWhatIsForTheTeam(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	const note, foreign, former, attachment = "canary-note-7f3a", "canary-other-visitor-9b1c", "canary-former-text-4d2e", "canary-attachment.png"
	ann := s.Agent("Zoe", chat.Member)
	other, oc := s.Taken(ann)
	other.Says(foreign)
	c := chat.ConversationID(s.paths["{id}"])
	_, err := s.Desk.Join(t.Context(), ann, c, s.Key())
	s.must(err)
	ref, err := s.Desk.AddFile(t.Context(), ann, c, attachment, bytes.NewReader(desktest.Picture()))
	s.must(err)
	_, err = s.Desk.AddNote(t.Context(), ann, c, desk.Message{Key: s.Key(), Text: note, Files: []chat.FileID{ref.ID}})
	s.must(err)
	said, err := s.Desk.PostMessage(t.Context(), ann, c, desk.Message{Key: s.Key(), Text: former, Seen: 10_000})
	s.must(err)
	_, err = s.Desk.EditMessage(t.Context(), ann, c, s.Key(), said.Events[0].Seq, "changed")
	s.must(err)

	by := s.callers["visitor"]
	view, err := s.client().Visitor(by.by.Token, by.by.Site).Conversation(t.Context(), 0)
	s.must(err)
	if len(view.Events) == 0 {
		t.Fatal("the visitor sees nothing: this test could not fail")
	}
	live := s.sse("/v1/visitor/stream", by, view.Cursor)
	defer live.close()
	var heard bytes.Buffer
	for _, rt := range inOrder(s.server.routes) {
		if strings.HasSuffix(rt.path, "/stream") || rt.path == "/metrics" || rt.path == "/v1/openapi.json" || rt.path == "/v1/invites/look" {
			continue // not what anybody wrote, or only for who holds an invitation
		}
		method := rt.method
		if method == "" {
			method = http.MethodDelete
		}
		for _, path := range []string{s.path(rt), strings.ReplaceAll(s.path(rt), s.paths["file"], string(ref.ID)), strings.ReplaceAll(s.path(rt), string(c), string(oc))} {
			resp, raw := s.send(s.request(method, path, s.bodies[rt.pattern()], by))
			heard.Write(raw)
			for k, v := range resp.Header {
				heard.WriteString(k + ": " + strings.Join(v, ",") + "\n")
			}
		}
		if rt.path == "/v1/visitor/messages" {
			_, err = s.Desk.AddNote(t.Context(), ann, c, desk.Message{Key: s.Key(), Text: note})
			s.must(err)
			_, err = s.Desk.PostMessage(t.Context(), ann, c, desk.Message{Key: s.Key(), Text: "the-last-word", Seen: 10_000})
			s.must(err)
		}
	}
	for {
		f := live.next(t)
		heard.Write(f.Raw)
		if f.Event != nil && f.Event.Text() == "the-last-word" {
			break
		}
	}
	for _, canary := range []string{note, foreign, former, attachment, "@team.example", string(ref.ID), `"pos"`, `"head"`, `"vseq"`, `"thread"`, `"former"`, `"typing_ms"`, `"access"`} {
		if i := strings.Index(heard.String(), canary); i >= 0 {
			t.Errorf("a visitor received %q: …%s…", canary, heard.String()[max(0, i-200):min(heard.Len(), i+100)])
		}
	}
}

func TestFiles_LinkHoldsFiveMinutesForItsReaderAlone(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v := s.callers["visitor"]
	link, err := s.client().Visitor(v.by.Token, v.by.Site).Link(t.Context(), s.paths["file"])
	s.must(err)
	get := func(path string) (*http.Response, []byte) { return s.send(s.request(http.MethodGet, path, nil, who{})) }
	resp, raw := get(link)
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "image/png" || len(raw) == 0 {
		t.Fatalf("a fresh link: %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	for name, path := range map[string]string{"changed": link[:len(link)-4] + "AAAA", "short": "/v1/visitor/links/AAAA", "long": "/v1/visitor/links/" + strings.Repeat("A", 2000)} {
		if resp, _ := get(path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", name, resp.StatusCode)
		}
	}
	s.Clock.Advance(linkTime - time.Second)
	if resp, _ := get(link); resp.StatusCode != http.StatusOK {
		t.Errorf("a second before its end: got %d, want 200", resp.StatusCode)
	}
	other, err := s.client().Visitor(v.by.Token, v.by.Site).Link(t.Context(), s.paths["file"])
	s.must(err)
	s.Clock.Advance(time.Second)
	if resp, _ := get(other); resp.StatusCode != http.StatusOK {
		t.Errorf("a second link: got %d, want 200", resp.StatusCode)
	}
	s.must(s.Desk.EndAsVisitor(t.Context(), v.by))
	if resp, _ := get(other); resp.StatusCode != http.StatusNotFound {
		t.Errorf("after the visitor ended the chat: got %d, want 404", resp.StatusCode)
	}
	if resp, raw := get(link); resp.StatusCode != http.StatusNotFound || !strings.Contains(s.problem(raw).Detail, "fetch the file again") {
		t.Errorf("after its end: got %d %s, want 404", resp.StatusCode, raw)
	}
}

func TestFiles_UploadsThatCannotBeUsedSayWhyAndStoreNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v := s.callers["visitor"]
	rt := route{method: http.MethodPost, path: "/v1/visitor/files", who: forVisitors}
	form := func(field, name string, content []byte) []byte {
		return []byte("--b\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\"" + name + "\"\r\n\r\n" + string(content) + "\r\n--b--\r\n")
	}
	for _, tt := range []struct {
		name, kind string
		body       []byte
		status     int
		says       string
	}{
		{"not a form", "application/json", []byte("{}"), 422, "multipart"},
		{"no file in it", "multipart/form-data; boundary=b", form("other", "a.png", desktest.Picture()), 400, "file"},
		{"broken off", "multipart/form-data; boundary=b", form("file", "a.png", desktest.Picture())[:90], 400, ""},
		{"HTML", "multipart/form-data; boundary=b", form("file", "a.png", []byte("<!doctype html><script>alert(1)</script>")), 422, ""},
		{"SVG", "multipart/form-data; boundary=b", form("file", "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)), 422, ""},
		{"over 10 MB", "multipart/form-data; boundary=b", form("file", "a.bin", bytes.Repeat([]byte("x"), chat.MaxFileBytes+1)), 0, ""},
		{"far over 10 MB", "multipart/form-data; boundary=b", form("file", "a.bin", bytes.Repeat([]byte("x"), chat.MaxFileBytes+formOverhead+1)), 0, ""},
	} {
		r := s.request(rt.method, rt.path, tt.body, v)
		r.Header.Set("Content-Type", tt.kind)
		resp, raw := s.send(r)
		if tt.status == 0 && (resp.StatusCode == http.StatusRequestEntityTooLarge || resp.StatusCode == http.StatusUnprocessableEntity) {
			continue
		}
		if resp.StatusCode != tt.status || !strings.Contains(s.problem(raw).Detail, tt.says) || s.problem(raw).Detail == "" {
			t.Errorf("%s: got %d %s, want %d", tt.name, resp.StatusCode, raw, tt.status)
		}
	}
}

func TestFiles_OnlyPicturesThatWereEncodedAgainAreShownInline(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{
		"image/png": "inline; filename=x.png", "image/jpeg": "inline; filename=x.png", "application/pdf": "attachment; filename=x.png",
		"text/html": "attachment; filename=x.png", "image/svg+xml": "attachment; filename=x.png", "text/plain": "attachment; filename=x.png",
	} {
		if got := disposition(kind, "x.png"); got != want {
			t.Errorf("%s: got %q, want %q", kind, got, want)
		}
	}
	if got := disposition("image/png", "a\r\nSet-Cookie: x\".png"); strings.ContainsAny(got, "\r\n") {
		t.Errorf("a name breaks the header: %q", got)
	}
}

func TestLimits_AVisitorWhoFloodsIsAskedToWaitAndOthersAreNot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	flood, calm := h.Visitor(), h.Visitor()
	limited := 0
	for range 2 * messageBurst {
		_, err := h.visitor(flood).Post(t.Context(), clientMessage("hello"))
		if client.IsKind(err, "limited") {
			limited++
			var e *client.Error
			if errors.As(err, &e) && (e.Status != http.StatusTooManyRequests || e.RetryAfter == 0) {
				t.Errorf("got %d, Retry-After %v", e.Status, e.RetryAfter)
			}
		} else {
			h.must(err)
		}
	}
	if limited == 0 {
		t.Errorf("%d messages at once were all taken; %d is the limit", 2*messageBurst, messageBurst)
	}
	_, err := h.visitor(calm).Post(t.Context(), clientMessage("hello"))
	h.must(err)
}

func TestLimits_OneAddressMakesSoManyNewVisitors(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	post := func(by desk.Caller, from string) int {
		body := []byte(`{"key":"` + client.NewKey() + `","text":"hello"}`)
		r := h.request(http.MethodPost, "/v1/visitor/messages", body, who{by: by})
		r.Header.Set("X-Forwarded-For", from)
		resp, _ := h.send(r)
		return resp.StatusCode
	}
	known := h.Visitor().Caller
	if got := post(known, "192.0.2.1"); got != http.StatusCreated {
		t.Fatal(got)
	}
	refused := 0
	for range 2 * newcomers().AtOnce {
		if post(h.Visitor().Caller, "192.0.2.1") == http.StatusTooManyRequests {
			refused++
		}
	}
	// The known one was the first of them.
	if want := newcomers().AtOnce + 1; refused != want {
		t.Errorf("of %d more new visitors of one address %d were refused, want %d", 2*newcomers().AtOnce, refused, want)
	}
	if got := post(known, "192.0.2.1"); got != http.StatusCreated {
		t.Errorf("a known visitor of that address: got %d, want 201", got)
	}
	if got := post(h.Visitor().Caller, "192.0.2.2"); got != http.StatusCreated {
		t.Errorf("another address: got %d, want 201", got)
	}
}

func TestLimits_OneAddressTriesSoManyPasswordsAndTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	look := func(from string) int {
		r := h.request(http.MethodPost, "/v1/invites/look", []byte(`{"token":"guess"}`), who{})
		r.Header.Set("X-Forwarded-For", from)
		resp, _ := h.send(r)
		return resp.StatusCode
	}
	refused := 0
	for i := range 2 * lookBurst {
		// The addresses of one network are one caller.
		if look(fmt.Sprintf("2001:db8::%x", i)) == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		t.Errorf("%d tries of one network were all answered", 2*lookBurst)
	}
	if got := look("2001:db8:1::1"); got == http.StatusTooManyRequests {
		t.Errorf("another network: got %d", got)
	}
}

func TestVisits_AreCountedWithoutQueryAndWithoutIdentity(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, body := range []string{
		`{"site":"` + h.Site.Key + `","path":"/cart?email=a@b.example#x","referrer":"https://search.example/?q=secret","language":"de"}`,
		`{"site":"none","path":"/"}`, `{`, "\xff",
	} {
		r := h.request(http.MethodPost, "/v1/visits", []byte(body), who{})
		r.Header.Set("Content-Type", "text/plain;charset=UTF-8")
		r.Header.Set("Origin", "https://shop.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if resp, raw := h.send(r); resp.StatusCode != http.StatusNoContent || len(raw) != 0 {
			t.Errorf("%s: got %d %s, want 204", body, resp.StatusCode, raw)
		}
	}
	h.server.visits.mu.Lock()
	defer h.server.visits.mu.Unlock()
	want := []desk.PageView{{Site: h.Site.ID, Path: "/cart", Referrer: "search.example", Language: "de", At: chat.Micros(h.Clock.Now())}}
	if diff := cmp.Diff(want, h.server.visits.waiting); diff != "" {
		t.Error(diff)
	}
}

func TestLog_HoldsNeitherTextsNorSecrets(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, caller := range []string{"visitor", "agent", "owner", "anonymous"} {
		for _, rt := range inOrder(s.server.routes) {
			if !strings.HasSuffix(rt.path, "/stream") {
				s.answer(rt, caller)
			}
		}
	}
	log := s.log.String()
	if !strings.Contains(log, `"route":"POST /v1/visitor/messages"`) {
		t.Fatal("nothing was logged: this test could not fail")
	}
	for _, secret := range []string{s.callers["visitor"].by.Token, s.callers["owner"].cookie, "hello", "q=hello", "wrong password", "@team.example", "photo.png", "sealed/"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

func TestSignIn_TooManyAnswerHowLongToWait(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	body := []byte(`{"email":"owner@team.example","password":"wrong wrong wrong"}`)
	for range 20 {
		resp, raw := h.send(h.request(http.MethodPost, "/v1/sign-in", body, who{}))
		if resp.StatusCode != http.StatusTooManyRequests {
			continue
		}
		seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
		if want := fmt.Sprintf(`"retry_after":%d`, seconds); err != nil || seconds < 2 || !strings.Contains(string(raw), want) {
			t.Errorf("Retry-After %q, %s; want the seconds that the limit says", resp.Header.Get("Retry-After"), raw)
		}
		return
	}
	t.Error("twenty wrong passwords were all looked at")
}
