package app

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/client"
	"earshot/internal/geo/geotest"
)

func germany(code string, built time.Time) geotest.Database {
	return geotest.Database{Type: "Test-Country", Built: built, Entries: map[string]any{"192.0.2.0/24": geotest.Country(code)}}
}

// behindProxy sends requests as a proxy on this machine does for somebody.
type behindProxy struct{ address string }

func (p behindProxy) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", p.address)
	return http.DefaultTransport.RoundTrip(r)
}

// TestGeo_CountryComesFromTheFileAndTheAddressIsNowhere serves with a file, has
// it replaced while it serves, and looks for the address in all that is stored.
func TestGeo_CountryComesFromTheFileAndTheAddressIsNowhere(t *testing.T) {
	t.Parallel()
	const address = "192.0.2.77"
	dir, path := dataDir(t), filepath.Join(t.TempDir(), "country.mmdb")
	geotest.Write(t, path, germany("DE", time.Now()))
	r := start(t, Config{Data: dir, Geo: path, TrustedProxy: []string{"127.0.0.1"}})
	owner := setUp(t, r)
	sites, err := owner.Sites(t.Context())
	must(t, err)
	country := func() string {
		v := client.New(r.URL(), client.WithTransport(behindProxy{address})).Visitor(client.NewToken(), sites[0].Key)
		done, err := v.Post(t.Context(), client.VisitorMessage{Text: "hello"})
		must(t, err)
		opened, err := owner.Conversation(t.Context(), done.Visitor.Conversation)
		must(t, err)
		var begun struct {
			Arrival struct{ Country string }
		}
		must(t, json.Unmarshal(opened.Events[0].Body, &begun))
		return begun.Arrival.Country
	}
	if got := country(); got != "DE" {
		t.Errorf("the first visitor is in %q, want DE", got)
	}
	geotest.Write(t, path+".new", germany("AT", time.Now()))
	must(t, os.Rename(path+".new", path))
	must(t, r.renewGeo(t.Context()))
	if got := country(); got != "AT" {
		t.Errorf("after the file was replaced: %q, want AT", got)
	}
	must(t, os.WriteFile(path, []byte("404"), 0o600))
	if err := r.renewGeo(t.Context()); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a broken file: %v", err)
	}
	if got := country(); got != "AT" {
		t.Errorf("after the file was broken: %q, want AT", got)
	}
	must(t, r.stop())
	raw := netip.MustParseAddr(address).As4()
	for _, name := range []string{databaseFile, databaseFile + "-wal"} {
		kept, err := os.ReadFile(filepath.Join(dir, name))
		if os.IsNotExist(err) && name != databaseFile {
			continue // folded in when the server stopped
		}
		must(t, err)
		if text := string(kept); strings.Contains(text, address) || strings.Contains(text, string(raw[:])) {
			t.Errorf("%s holds the visitor's address", name)
		}
		if name == databaseFile && !strings.Contains(string(kept), "hello") {
			t.Error("the database holds no message: this test could not fail")
		}
	}
}

func TestGeo_ServesNobodyWithAFileThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "asn.mmdb")
	geotest.Write(t, path, geotest.Database{Type: "Test-ASN", Built: time.Now(), Entries: map[string]any{"192.0.2.0/24": map[string]any{"asn": uint32(64496)}}})
	for name, says := range map[string]string{path: "country or a city database", path + ".missing": "no such file"} {
		dir := filepath.Join(dataDir(t), "data")
		a, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir, Geo: name}, &strings.Builder{})
		if err == nil {
			must(t, a.Close())
		}
		if err == nil || !strings.Contains(err.Error(), "--geo") || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want an error with %q", name, err, says)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: a data directory was made all the same", name)
		}
	}
}

func TestDoctor_TellsWhichFileOfCountriesIsInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fresh, old := filepath.Join(dir, "fresh.mmdb"), filepath.Join(dir, "old.mmdb")
	geotest.Write(t, fresh, germany("DE", time.Now()))
	geotest.Write(t, old, germany("DE", time.Date(2020, time.May, 17, 0, 0, 0, 0, time.UTC)))
	for _, c := range []struct{ path, value, level, words string }{
		{"", "none", levelOK, "trusted proxy"},
		{fresh, fresh, levelOK, "Test-Country, built " + time.Now().UTC().Format(time.DateOnly) + ", entries: 1"},
		{old, old, levelNote, "built 2020-05-17"},
		{filepath.Join(dir, "missing"), filepath.Join(dir, "missing"), levelWrong, "no such file"},
	} {
		f := Config{Geo: c.path}.countries()
		if f.Name != "geo" || f.Value != c.value || f.Level != c.level || !strings.Contains(f.Words, c.words) {
			t.Errorf("%q: %+v, want %q, %q, %q", c.path, f, c.value, c.level, c.words)
		}
	}
}
