package notify_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"earshot/internal/notify"
	"earshot/internal/notify/notifytest"
)

func raw(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestReceiver_OpensTheExampleOfTheStandard holds the other side of these tests to
// RFC 8291 §5: only then does it prove something about the sender.
func TestReceiver_OpensTheExampleOfTheStandard(t *testing.T) {
	t.Parallel()
	b := notifytest.BrowserOf(t, raw(t, "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), raw(t, "BTBZMqHH6r4Tts7J_aSIgg"))
	body := raw(t, "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")
	if got, err := b.Open(body); err != nil || string(got) != "When I grow up, I want to be a watermelon" {
		t.Fatalf("opened %q, %v", got, err)
	}
	for i := range body {
		if i >= 16 && i < 20 {
			continue // the size of a record is a bound, and not authenticated
		}
		bad := bytes.Clone(body)
		bad[i] ^= 1
		if got, err := b.Open(bad); err == nil {
			t.Fatalf("with byte %d changed it still opens: %q", i, got)
		}
	}
}

// TestReceiver_KnowsTheSenderOfTheStandard does the same for RFC 8292 §2.4.
func TestReceiver_KnowsTheSenderOfTheStandard(t *testing.T) {
	t.Parallel()
	const authorization = "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
	at := time.Unix(1453523768, 0).Add(-time.Hour)
	c, _, err := notifytest.CheckVAPID(authorization, "https://push.example.net", at)
	if err != nil || c.Subject != "mailto:push@example.com" {
		t.Fatalf("%+v, %v", c, err)
	}
	for what, check := range map[string]func() error{
		"another service": func() error {
			_, _, err := notifytest.CheckVAPID(authorization, "https://push.example.com", at)
			return err
		},
		"too late": func() error {
			_, _, err := notifytest.CheckVAPID(authorization, "https://push.example.net", at.Add(time.Hour))
			return err
		},
		"changed": func() error {
			_, _, err := notifytest.CheckVAPID(strings.Replace(authorization, ".eyJhdWQi", ".eyJhdWQk", 1), "https://push.example.net", at)
			return err
		},
	} {
		if check() == nil {
			t.Errorf("%s: taken", what)
		}
	}
}

func pusher(t *testing.T, s *notifytest.Service) (*notify.Pusher, notify.Keys) {
	t.Helper()
	keys, err := notify.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return notify.NewPusher(keys, "ops@acme.example", notify.Targets{Own: []string{s.Host()}}), keys
}

func TestPush_IsReadByTheBrowserAlone(t *testing.T) {
	t.Parallel()
	s := notifytest.NewService(t)
	p, keys := pusher(t, s)
	to := s.Subscribe(t, "phone")
	for _, n := range []int{0, 1, 700, notify.MaxPush} {
		body := bytes.Repeat([]byte("x"), n)
		a := p.Send(t.Context(), to, notify.Message{Body: body, TTL: 90 * time.Second, Urgent: true, Topic: "c_1"})
		if a.Outcome != notify.Accepted || a.Status != http.StatusCreated {
			t.Fatalf("%d bytes: %+v", n, a)
		}
		got := <-s.Pushed
		if !bytes.Equal(got.Body, body) || got.Key != keys.Public || got.TTL != 90 || got.Urgency != "high" || got.Topic != "c_1" {
			t.Errorf("%d bytes arrived as %+v", n, got)
		}
		if got.Size != 4080 && got.Size != 4096 {
			t.Errorf("%d bytes take %d on the line: the service sees how much is said", n, got.Size)
		}
	}
}

func TestPush_EveryAnswerIsSomethingToDo(t *testing.T) {
	t.Parallel()
	s := notifytest.NewService(t)
	p, _ := pusher(t, s)
	to := s.Subscribe(t, "phone")
	for status, want := range map[int]notify.Outcome{
		200: notify.Accepted, 201: notify.Accepted, 202: notify.Accepted,
		404: notify.Gone, 410: notify.Gone,
		408: notify.Later, 429: notify.Later, 500: notify.Later, 503: notify.Later,
		302: notify.Refused, 400: notify.Refused, 401: notify.Refused, 403: notify.Refused, 413: notify.Refused,
	} {
		s.Answer("phone", status, "7")
		a := p.Send(t.Context(), to, notify.Message{Body: []byte("{}")})
		if a.Outcome != want || a.Status != status {
			t.Errorf("%d: %+v, want %s", status, a, want)
		}
		if want == notify.Later && a.After != 7*time.Second {
			t.Errorf("%d asks for 7 s, got %v", status, a.After)
		}
	}
}

func TestPush_SaysNothingOfItsTarget(t *testing.T) {
	t.Parallel()
	s := notifytest.NewService(t)
	keys, err := notify.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	to := s.Subscribe(t, "phone-secret")
	strict := notify.NewPusher(keys, "ops@acme.example", notify.Targets{Services: notify.PushServices()})
	if a := strict.Send(t.Context(), to, notify.Message{}); a.Outcome != notify.Refused || strings.Contains(a.Reason, "secret") {
		t.Errorf("a service that is not allowed: %+v", a)
	}
	closed := notify.NewPusher(keys, "ops@acme.example", notify.Targets{Own: []string{"127.0.0.1:1"}})
	to.Endpoint = "http://127.0.0.1:1/push/phone-secret"
	if a := closed.Send(t.Context(), to, notify.Message{}); a.Outcome != notify.Later || strings.Contains(a.Reason, "secret") {
		t.Errorf("nobody there: %+v", a)
	}
}

func TestPush_RefusesWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	s := notifytest.NewService(t)
	p, _ := pusher(t, s)
	to := s.Subscribe(t, "phone")
	if a := p.Send(t.Context(), to, notify.Message{Body: make([]byte, notify.MaxPush+1)}); a.Outcome != notify.Refused {
		t.Errorf("too long: %+v", a)
	}
	for what, broken := range map[string]notify.Subscription{
		"no point": {Endpoint: to.Endpoint, P256DH: strings.Repeat("A", 87), Auth: to.Auth},
		"short":    {Endpoint: to.Endpoint, P256DH: to.P256DH[:20], Auth: to.Auth},
		"no auth":  {Endpoint: to.Endpoint, P256DH: to.P256DH},
	} {
		if a := p.Send(t.Context(), broken, notify.Message{}); a.Outcome != notify.Gone {
			t.Errorf("%s: %+v", what, a)
		}
	}
}
