package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk/desktest"
	"earshot/internal/stream"
)

// signIn asks as a browser that holds a token of its own.
func (h *house) signIn(v desktest.Visitor, signed, former string) (*http.Response, []byte) {
	h.t.Helper()
	body, err := json.Marshal(signInBody{Signed: signed, Former: former})
	h.must(err)
	return h.send(h.request(http.MethodPost, "/v1/visitor/sign-in", body, who{by: v.Caller}))
}

func TestIdentity_EachForgeryIsRefusedWithItsReasonAndStoresNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	secret, err := h.Desk.SiteSecret(t.Context(), h.Owner, h.Site.ID)
	h.must(err)
	blog, err := h.Desk.SaveSite(t.Context(), h.Owner, chat.Site{Name: "Blog", Origins: []string{"https://blog.example"}})
	h.must(err)
	foreign, err := h.Desk.SiteSecret(t.Context(), h.Owner, blog.ID)
	h.must(err)
	at := func(life time.Duration) int64 { return h.Clock.Now().Add(life).Unix() }
	good := h.Identity(chat.Identity{Sub: "42"}, time.Hour)
	parts := strings.Split(good, ".")
	none := strings.Replace(good, parts[0], "eyJhbGciOiJub25lIn0", 1)
	for name, c := range map[string]struct{ token, says string }{
		"nothing":                {"", "not a JWT"},
		"no JWT":                 {"hello", "not a JWT"},
		"forged":                 {desktest.Sign("guessed", fmt.Sprintf(`{"sub":"42","exp":%d}`, at(time.Hour))), "secret of this site"},
		"another site's":         {desktest.Sign(foreign.Secret, fmt.Sprintf(`{"sub":"42","exp":%d}`, at(time.Hour))), "secret of this site"},
		"other claims":           {parts[0] + "." + strings.Split(desktest.Sign("x", fmt.Sprintf(`{"sub":"43","exp":%d}`, at(time.Hour))), ".")[1] + "." + parts[2], "secret of this site"},
		"alg none":               {none, "HS256"},
		"alg none, not signed":   {none[:strings.LastIndexByte(none, '.')+1], "HS256"},
		"expired":                {desktest.Sign(secret.Secret, fmt.Sprintf(`{"sub":"42","exp":%d}`, at(-time.Minute))), "has expired"},
		"too far ahead":          {desktest.Sign(secret.Secret, fmt.Sprintf(`{"sub":"42","exp":%d}`, at(24*time.Hour+time.Minute))), "24 hours"},
		"without exp":            {desktest.Sign(secret.Secret, `{"sub":"42"}`), "needs an exp"},
		"without sub":            {desktest.Sign(secret.Secret, fmt.Sprintf(`{"exp":%d}`, at(time.Hour))), "sub"},
		"a group's":              {desktest.Sign(secret.Secret, fmt.Sprintf(`{"group":"g_1","exp":%d}`, at(time.Hour))), "sub"},
		"sub that is a number":   {desktest.Sign(secret.Secret, fmt.Sprintf(`{"sub":42,"exp":%d}`, at(time.Hour))), "texts"},
		"email that is no email": {desktest.Sign(secret.Secret, fmt.Sprintf(`{"sub":"42","email":"mia","exp":%d}`, at(time.Hour))), "email"},
	} {
		v := h.Visitor()
		resp, raw := h.signIn(v, c.token, "")
		p := h.problem(raw)
		if resp.StatusCode != http.StatusUnprocessableEntity || p.Kind != chat.Invalid || !strings.Contains(p.Detail, c.says) {
			t.Errorf("%s: %d %s; want %q", name, resp.StatusCode, raw, c.says)
		}
		if strings.Contains(string(raw), secret.Secret) || strings.Contains(string(raw), parts[2]) {
			t.Errorf("%s: the answer tells a secret: %s", name, raw)
		}
		if _, _, err := h.Desk.VisitorUntil(t.Context(), v.Caller); !chat.IsKind(err, chat.Missing) || strings.Contains(err.Error(), "not written") {
			t.Errorf("%s: it left a sign-in: %v", name, err)
		}
	}
	v := h.Visitor()
	resp, raw := h.signIn(v, good, "")
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(raw), fmt.Sprint(chat.Micros(time.Unix(at(time.Hour+time.Minute), 0)))) {
		t.Fatalf("a whole one: %d %s", resp.StatusCode, raw)
	}
	for _, secret := range []string{secret.Secret, good, parts[2], v.Token} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log holds %s…", secret[:8])
		}
	}
}

func TestIdentity_TriesAreLimitedByAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	limited := false
	for range 2 * lookBurst {
		body, err := json.Marshal(signInBody{Signed: "a.b.c"})
		h.must(err)
		r := h.request(http.MethodPost, "/v1/visitor/sign-in", body, who{by: h.Visitor().Caller})
		r.Header.Set("X-Forwarded-For", "192.0.2.7")
		resp, _ := h.send(r)
		limited = limited || resp.StatusCode == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("one address tries as often as it likes")
	}
}

func TestIdentity_ALineEndsWithItsSignInAndFollowsTheVisitor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.server.lookTime = 20 * time.Millisecond
	ann := h.Agent("Ann", chat.Member)
	h.Connect(ann)
	mia := chat.Identity{Sub: "42"}
	signed := func(former string) desktest.Visitor {
		t.Helper()
		v := h.Visitor()
		if resp, raw := h.signIn(v, h.Identity(mia, time.Hour), former); resp.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", resp.StatusCode, raw)
		}
		return v
	}
	phone, laptop := signed(""), signed("")
	phone.Says("hello")
	out, stays := h.open("/v1/visitor/stream", who{by: phone.Caller}, ""), h.open("/v1/visitor/stream", who{by: laptop.Caller}, "")
	if resp, raw := h.send(h.request(http.MethodPost, "/v1/visitor/sign-out", []byte(`{}`), who{by: phone.Caller})); resp.StatusCode != http.StatusNoContent {
		t.Fatalf("%d %s", resp.StatusCode, raw)
	}
	if got := closeCode(t, out); got != stream.CloseSignIn {
		t.Errorf("signed out: closed with %d, want %d", got, stream.CloseSignIn)
	}
	h.Clock.Advance(time.Second)
	// A browser that chats anonymously signs in: its former line closes, the phone's goes over.
	before, c := h.Taken(ann)
	old := h.open("/v1/visitor/stream", who{by: before.Caller}, "")
	tablet := signed(before.Token)
	if got := closeCode(t, old); got != stream.CloseRevoked {
		t.Errorf("the line of the token from before: closed with %d, want %d", got, stream.CloseRevoked)
	}
	if got := closeCode(t, stays); got != stream.CloseReset {
		t.Errorf("when he goes on beside: closed with %d, want %d", got, stream.CloseReset)
	}
	beside := h.open("/v1/visitor/stream", who{by: tablet.Caller}, "")
	_, err := h.Desk.Close(t.Context(), ann, c, h.Key())
	h.must(err)
	if got := closeCode(t, beside); got != stream.CloseReset {
		t.Errorf("after the chat beside: closed with %d, want %d", got, stream.CloseReset)
	}
	late := h.open("/v1/visitor/stream", who{by: tablet.Caller}, "")
	h.Clock.Advance(time.Hour + time.Minute)
	if got := closeCode(t, late); got != stream.CloseSignIn {
		t.Errorf("when it is over: closed with %d, want %d", got, stream.CloseSignIn)
	}
}
