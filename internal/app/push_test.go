package app

import (
	"strings"
	"testing"

	"earshot/internal/store"
)

func TestPush_KeysAreMadeOnce(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	keyOf := func() string {
		r := start(t, Config{Data: dir})
		defer func() {
			if err := r.stop(); err != nil {
				t.Error(err)
			}
		}()
		keys, err := pushKeys(t.Context(), r.store)
		if err != nil || keys.Private == "" {
			t.Fatal(keys.Public, err)
		}
		return keys.Public
	}
	if one, other := keyOf(), keyOf(); one != other {
		t.Errorf("%s at the first start, %s at the second: all subscriptions are over", one, other)
	}
}

func TestPush_ServicesAreTheOperatorsToName(t *testing.T) {
	t.Parallel()
	usual := store.Subscription{Endpoint: "https://fcm.googleapis.com/fcm/send/x",
		P256DH: "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8", Auth: "BTBZMqHH6r4Tts7J_aSIgg"}
	own := usual
	own.Endpoint = "http://10.0.0.7:8443/x"
	for _, c := range []struct {
		services    []string
		usual, ours bool
	}{
		{nil, true, false},
		{[]string{"none"}, false, false},
		{[]string{"10.0.0.7:8443"}, false, true},
	} {
		targets, err := Config{PushServices: c.services}.pushServices()
		if err != nil {
			t.Fatal(err)
		}
		if got := checkSubscription(targets, usual) == nil; got != c.usual {
			t.Errorf("%v: a browser's service is taken: %v", c.services, got)
		}
		if got := checkSubscription(targets, own) == nil; got != c.ours {
			t.Errorf("%v: a service inside is taken: %v", c.services, got)
		}
	}
	for _, bad := range []Config{{PushServices: []string{"none", "*.example.net"}}, {PushServices: []string{"https://x"}}, {PushContact: "nobody"}, {PushContact: "Me <me@acme.example>"}} {
		if err := bad.checkPush(); err == nil || !strings.Contains(err.Error(), "--push-") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
