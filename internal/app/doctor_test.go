package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
)

func TestDoctor_NamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		cfg         Config
		name, level string
	}{
		"loopback is fine":               {Config{Listen: "127.0.0.1:8080"}, "public-url", levelOK},
		"others without TLS":             {Config{Listen: ":8080"}, "public-url", levelWrong},
		"a public address in clear":      {Config{Listen: "127.0.0.1:8080", PublicURL: "http://chat.example"}, "public-url", levelWrong},
		"TLS without naming the proxy":   {Config{Listen: "127.0.0.1:8080", PublicURL: "https://chat.example"}, "trusted-proxy", levelWrong},
		"TLS behind a named proxy":       {Config{Listen: ":8080", PublicURL: "https://chat.example", TrustedProxy: []string{"10.0.0.1"}}, "trusted-proxy", levelOK},
		"metrics for the whole network":  {Config{Listen: "127.0.0.1:8080", MetricsListen: ":9100"}, "metrics-listen", levelNote},
		"an address that cannot be read": {Config{Listen: "nonsense"}, "listen", levelWrong},
	} {
		var got string
		for _, f := range c.cfg.settings() {
			if f.Name == c.name {
				got = f.Level
			}
		}
		if got != c.level {
			t.Errorf("%s: %s is %q; want %q", what, c.name, got, c.level)
		}
	}
}

// TestDoctor_DatabaseKeepsItsPromise reads the settings that this binary gives
// every database.
func TestDoctor_DatabaseKeepsItsPromise(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	opt := DoctorOptions{Config: Config{Listen: "127.0.0.1:8080", Data: filepath.Join(t.TempDir(), "none")}, JSON: true}
	if err := Doctor(t.Context(), opt, &out); err != nil && !errors.Is(err, ErrNotWell) {
		t.Fatal(err)
	}
	var all []finding
	if err := json.Unmarshal(out.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	found := map[string]finding{}
	for _, f := range all {
		found[f.Name] = f
	}
	for _, name := range []string{"database sqlite_version", "database journal_mode", "database synchronous"} {
		if found[name].Level != levelOK {
			t.Errorf("%s: %+v", name, found[name])
		}
	}
}
