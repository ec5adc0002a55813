package app

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// TestApp_SaysThatTheBusIsAway where it is asked whether the server is ready, and
// in the metrics; it is ready all the same, and tells nobody the password.
func TestApp_SaysThatTheBusIsAway(t *testing.T) {
	t.Parallel()
	opt := &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true, Username: "ear", Password: "shot-s3cr3t"}
	nats, err := server.NewServer(opt)
	must(t, err)
	nats.Start()
	t.Cleanup(nats.Shutdown)
	if !nats.ReadyForConnections(waiting) {
		t.Fatal("NATS did not start")
	}
	r := start(t, Config{Data: dataDir(t), Bus: "nats://ear:shot-s3cr3t@" + nats.Addr().String()})
	until(t, func() bool { return get(t, r.URL()+"/readyz") == "ready\n" })
	if m := get(t, r.URL()+"/metrics"); !strings.Contains(m, "earshot_bus_connected 1") {
		t.Errorf("the metrics do not say that NATS is there")
	}
	nats.Shutdown()
	nats.WaitForShutdown()
	until(t, func() bool { return strings.HasPrefix(get(t, r.URL()+"/readyz"), "ready\nbus: NATS is away since ") })
	if m := get(t, r.URL()+"/metrics"); !strings.Contains(m, "earshot_bus_connected 0") {
		t.Errorf("the metrics do not say that NATS is away")
	}
	var status Status
	must(t, askControl(t.Context(), r.cfg.Data, http.MethodGet, "/status", nil, &status))
	if len(status.Impairments) != 1 || strings.Contains(status.Impairments[0], "s3cr3t") {
		t.Errorf("the operator is told %q", status.Impairments)
	}
}

func TestConfig_RefusesABusThatIsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"localhost:4222", "http://host", "nats://", "nats://ok:4222,", "nats://user:s3cr3t%zz@host:4222"} {
		err := Config{Listen: "127.0.0.1:0", Bus: text}.Check()
		if err == nil || !strings.Contains(err.Error(), "--bus") || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "nats://host", "nats://a:4222, tls://b:4222"} {
		if err := (Config{Listen: "127.0.0.1:0", Bus: text}).Check(); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestDoctor_ShowsTheBusWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]finding{
		"":                          {Name: "bus", Value: "none", Level: levelOK, Words: "one node"},
		"nats://u:s3cr3t@127.0.0.1": {Name: "bus", Value: "nats://u:xxxxx@127.0.0.1", Level: levelOK},
		"tls://u:s3cr3t@host:4222":  {Name: "bus", Value: "tls://u:xxxxx@host:4222", Level: levelOK},
	} {
		if got := (Config{Bus: text}).busSetting(); got != want {
			t.Errorf("%q: %+v; want %+v", text, got, want)
		}
	}
	if got := (Config{Bus: "nats://u:s3cr3t@host"}).busSetting(); got.Level != levelNote || !strings.Contains(got.Words, "in clear") {
		t.Errorf("in clear: %+v", got)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	must(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(t, err)
	return string(body)
}

// until asks again and again; it fails instead of hanging.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(waiting); !done(); {
		if time.Now().After(end) {
			t.Fatal("it did not come about")
		}
		<-time.After(5 * time.Millisecond) // waits: the server does not tell
	}
}
