package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// head is the newest position of the log once all that was written has one:
// PostgreSQL gives them after the commit.
func (h *house) head() int64 {
	h.t.Helper()
	h.Numbered()
	var p chat.Position
	h.Read(func(tx *store.Tx) (err error) {
		p, err = tx.Head()
		return err
	})
	return p.Pos
}

func TestBadInput_HasAClearErrorAndStoresNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Unlimited = true })
	v := who{by: h.Visitor().Caller}
	agent := who{cookie: h.SignedIn.Secret}
	const key = `"key":"01937b5e-2c7a-7cc1-8a4e-3f1d5a6b7c8d"`
	long := strings.Repeat("x", 100_000)
	before := h.head()
	for _, tt := range []struct {
		name, method, path, body string
		caller                   who
		status                   int
		says                     string
	}{
		{"invalid UTF-8", "POST", "/v1/visitor/messages", "{" + key + ",\"text\":\"a\xff\"}", v, 400, "UTF-8"},
		{"invalid UTF-8 in a name of a field", "POST", "/v1/visitor/messages", "{" + key + ",\"te\xffxt\":\"a\"}", v, 400, "UTF-8"},
		{"overlong UTF-8", "POST", "/v1/visitor/messages", "{" + key + ",\"text\":\"\xc0\x80\"}", v, 400, "UTF-8"},
		{"NUL", "POST", "/v1/visitor/messages", "{" + key + `,"text":"a\u0000b"}`, v, 422, "NUL"},
		{"raw NUL", "POST", "/v1/visitor/messages", "{" + key + ",\"text\":\"a\x00b\"}", v, 400, "JSON"},
		{"lone high surrogate", "POST", "/v1/visitor/messages", "{" + key + `,"text":"a\ud83d"}`, v, 400, "surrogate"},
		{"lone low surrogate", "POST", "/v1/visitor/messages", "{" + key + `,"text":"\ude00 a"}`, v, 400, "surrogate"},
		{"high surrogate and a letter", "POST", "/v1/visitor/messages", "{" + key + `,"text":"\ud83d\u0041"}`, v, 400, "surrogate"},
		{"100 KB message", "POST", "/v1/visitor/messages", "{" + key + `,"text":"` + long + `"}`, v, 422, "10000"},
		{"body over 256 KiB", "POST", "/v1/visitor/messages", "{" + key + `,"text":"` + long + long + long + `"}`, v, 413, "256 KiB"},
		{"malformed JSON", "POST", "/v1/visitor/messages", `{"text":`, v, 400, "JSON"},
		{"two values", "POST", "/v1/visitor/messages", `{} {}`, v, 400, "JSON"},
		{"not an object", "POST", "/v1/visitor/messages", `[]`, v, 422, "object"},
		{"nothing", "POST", "/v1/visitor/messages", ``, v, 400, "required"},
		{"no key", "POST", "/v1/visitor/messages", `{"text":"a"}`, v, 422, "key"},
		{"a key that is none", "POST", "/v1/visitor/messages", `{"key":"1","text":"a"}`, v, 422, "key"},
		{"a number that is too large", "POST", "/v1/visitor/messages", "{" + key + `,"text":"a","page":{"visits":9223372036854775808}}`, v, 422, "too large"},
		{"wrong type", "POST", "/v1/visitor/messages", "{" + key + `,"text":7}`, v, 422, "text"},
		{"empty", "POST", "/v1/visitor/messages", "{" + key + `,"text":"  "}`, v, 422, "empty"},
		{"deep", "POST", "/v1/visitor/messages", strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), v, 400, "JSON"},
		{"unknown field of settings", "POST", "/v1/admin/sites", `{"name":"S","origins":["https://s.example"],"colour":"red"}`, agent, 422, "colour"},
		{"unknown field inside", "POST", "/v1/admin/sites", `{"name":"S","origins":["https://s.example"],"appearance":{"colour":"red"}}`, agent, 422, "appearance.colour"},
		{"an origin that is none", "POST", "/v1/admin/sites", `{"name":"S","origins":["shop.example/a"]}`, agent, 422, "origin"},
		{"unknown field inside a list", "PUT", "/v1/admin/routes", `{"routes":[{"id":"","name":"R","group":"g","when":[{"field":"url","op":"is","value":"x"}]}]}`, agent, 422, "routes.when.value"},
		{"unknown list", "GET", "/v1/inbox?list=everything", "", agent, 422, "list"},
		{"limit over the top", "GET", "/v1/conversations?limit=1000", "", agent, 422, "limit"},
		{"no such conversation", "GET", "/v1/conversations/c_none", "", agent, 404, ""},
		{"no such route", "POST", "/v1/nothing", "{}", agent, 404, ""},
		{"unknown site", "POST", "/v1/visitor/messages", "{" + key + `,"text":"a"}`, who{by: callerAt(v, "none")}, 403, "site"},
		{"short token", "GET", "/v1/visitor/conversation", "", who{by: callerWith(v, "short")}, 401, "token"},
	} {
		resp, raw := h.send(h.request(tt.method, tt.path, []byte(tt.body), tt.caller))
		if resp.StatusCode != tt.status {
			t.Errorf("%s: got %d, want %d: %.300s", tt.name, resp.StatusCode, tt.status, raw)
			continue
		}
		p := h.problem(raw)
		if p.Detail == "" || p.Kind == "" || p.Status != tt.status || resp.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(p.Detail, tt.says) {
			t.Errorf("%s: %s as %s, want %q in it", tt.name, raw, resp.Header.Get("Content-Type"), tt.says)
		}
		if len(tt.body) > 100 && bytes.Contains(raw, []byte("xxxxxxxxxx")) {
			t.Errorf("%s: the answer repeats what was sent", tt.name)
		}
	}
	if after := h.head(); after != before {
		t.Errorf("the log grew from %d to %d", before, after)
	}
}

func TestInput_OddButGoodTextArrivesByteForByte(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Unlimited = true })
	v := h.visitor(h.Visitor())
	for _, text := range []string{"👩‍👩‍👧‍👦 family", "\u202eabc\u2066", strings.Repeat("e\u0301", 5000), "a\tb\nc\r\nd", "\ufffe\uffff\U0010ffff", "<script>alert(1)</script>", "\x01\x7f\u0085", "\U0001f600"} {
		done, err := v.Post(t.Context(), clientMessage(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := done.Events[len(done.Events)-1].Text(); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
}

func TestInput_UnknownFieldsAreNamedInTheAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	body := []byte(`{"key":"01937b5e-2c7a-7cc1-8a4e-3f1d5a6b7c8d","text":"a","seq":7,"page":{"url":"https://shop.example/","mood":1},"x\u000ay":1}`)
	resp, raw := h.send(h.request(http.MethodPost, "/v1/visitor/messages", body, who{by: h.Visitor().Caller}))
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", resp.StatusCode, raw)
	}
	if diff := cmp.Diff("page.mood,seq,x?y", resp.Header.Get("Earshot-Ignored")); diff != "" {
		t.Error(diff)
	}
}

func TestCommand_SameKeyAgainAnswersTheSameEvents(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	v := who{by: h.Visitor().Caller}
	body := []byte(`{"key":"01937b5e-2c7a-7cc1-8a4e-3f1d5a6b7c8d","text":"once"}`)
	var answers [2]visitorDone
	for i, want := range []int{http.StatusCreated, http.StatusOK} {
		resp, raw := h.send(h.request(http.MethodPost, "/v1/visitor/messages", body, v))
		if resp.StatusCode != want {
			t.Fatalf("attempt %d: got %d, want %d: %s", i, resp.StatusCode, want, raw)
		}
		h.must(json.Unmarshal(raw, &answers[i]))
	}
	if diff := cmp.Diff(answers[0].Events, answers[1].Events); diff != "" || answers[0].Again || !answers[1].Again {
		t.Errorf("again %v, %v; %s", answers[0].Again, answers[1].Again, diff)
	}
	other := bytes.Replace(body, []byte("once"), []byte("else"), 1)
	if resp, raw := h.send(h.request(http.MethodPost, "/v1/visitor/messages", other, v)); resp.StatusCode != http.StatusConflict {
		t.Errorf("another text under the same key: got %d, want 409: %s", resp.StatusCode, raw)
	}
}

func TestLoneSurrogate_FindsHalvesAndNothingElse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`"\ud83d\ude00"`: false, `"\ud83d"`: true, `"\ude00"`: true, `"\ud83dx"`: true, `"\\ud83d"`: false, `"\\\ud83d"`: true,
		`"\uD83D\uDE00\ud83d"`: true, `"\u0041\ud7ff\ue000"`: false, `"\ud83d\ud83d\ude00"`: true, `"\ud83d\n"`: true, `""`: false,
	} {
		if got := hasLoneSurrogate([]byte(text)); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func FuzzBody_CheckNeverPanics(f *testing.F) {
	f.Add([]byte(`{"key":"\ud83d\ude00","page":{"a":[1]}}`))
	f.Add([]byte("\"\\ud83d"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if checkJSON(raw) == nil {
			new(fields).unknown(raw, reflect.TypeFor[visitorMessageBody]())
		}
	})
}
