package e2e

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"earshot/client"
)

// TestDoctor_ShowsTheSettingsThatDurabilityStandsOn asks about a workspace that
// is being served: the database's settings are those of the promise.
func TestDoctor_ShowsTheSettingsThatDurabilityStandsOn(t *testing.T) {
	t.Parallel()
	w := setUp(t, t.TempDir())
	out, _ := command(t, "doctor", "--json", "--data", w.dir, "--listen", w.addr)
	var lines []struct{ Level, Name, Value string }
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&lines); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := map[string]string{}
	for _, l := range lines {
		got[l.Name] = l.Value
	}
	for name, want := range map[string]string{"database journal_mode": "wal", "database synchronous": "2", "database foreign_keys": "1",
		"database busy_timeout": "5000", "database mmap_size": "0", "database transactions": "BEGIN IMMEDIATE"} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q\n%s", name, got[name], want, out)
		}
	}
}

// TestAdmin_SignInLinkLetsInOnce is the way back in without a password.
func TestAdmin_SignInLinkLetsInOnce(t *testing.T) {
	t.Parallel()
	w := setUp(t, t.TempDir())
	out, err := command(t, "admin", "sign-in-link", "--data", w.dir, "--email", ownerEmail)
	link := regexp.MustCompile(`/link#([A-Za-z0-9_-]+)`).FindStringSubmatch(out)
	if err != nil || link == nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ada, err := client.New(w.url).SignInByLink(t.Context(), link[1])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ada.Sites(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := client.New(w.url).SignInByLink(t.Context(), link[1]); err == nil {
		t.Error("the link worked twice")
	}
	if out, err := command(t, "admin", "sign-in-link", "--data", w.dir, "--email", "nobody@acme.example"); err == nil {
		t.Errorf("a link for nobody: %s", out)
	}
}
