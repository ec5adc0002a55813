package geo

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/internal/geo/geotest"
)

var built = time.Date(2026, time.June, 17, 0, 0, 0, 0, time.UTC)

func world(entry func(string) any) geotest.Database {
	return geotest.Database{Type: "Test-Country", Built: built, Entries: map[string]any{
		"192.0.2.0/24": entry("DE"), "198.51.100.128/25": entry("fr"), "203.0.113.0/24": entry("XX"),
		"10.0.0.0/8": entry("SE"), "2001:db8:1::/48": entry("AT"), "fd00::/8": entry("NO"),
	}}
}

func open(t *testing.T, d geotest.Database) *File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "country.mmdb")
	geotest.Write(t, path, d)
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestCountry_IsWhatTheFileSaysOfAPublicAddress(t *testing.T) {
	t.Parallel()
	for shape, entry := range map[string]func(string) any{"nested": geotest.Country, "flat": geotest.Flat,
		"plain": func(code string) any { return map[string]any{"country": code} }} {
		f := open(t, world(entry))
		for address, want := range map[string]string{
			"192.0.2.1": "DE", "192.0.2.255": "DE", "198.51.100.200": "FR", "2001:db8:1::7": "AT", "::ffff:192.0.2.9": "DE",
			"198.51.100.1": "", "192.0.3.1": "", "2001:db8:2::1": "", "8.8.8.8": "", // not in the file
			"203.0.113.5": "", // in it as XX
			"10.1.2.3":    "", "fd00::1": "", "127.0.0.1": "", "::1": "", "fe80::1%eth0": "", "0.0.0.0": "",
		} {
			if got := f.Country(netip.MustParseAddr(address)); got != want {
				t.Errorf("%s: %s is in %q, want %q", shape, address, got, want)
			}
		}
		if got := f.Country(netip.Addr{}); got != "" {
			t.Errorf("%s: no address is in %q", shape, got)
		}
		if got, want := f.About(), (About{Type: "Test-Country", Built: built, Entries: 5}); got != want {
			t.Errorf("%s: %+v, want %+v", shape, got, want)
		}
	}
}

func TestCountry_FileWithoutIPv6KnowsNoneOfIt(t *testing.T) {
	t.Parallel()
	f := open(t, geotest.Database{Type: "Test-Country", Built: built, OnlyIPv4: true, Entries: map[string]any{"192.0.2.0/24": geotest.Country("DE")}})
	if got := f.Country(netip.MustParseAddr("192.0.2.1")); got != "DE" {
		t.Errorf("got %q, want DE", got)
	}
	if got := f.Country(netip.MustParseAddr("2001:db8::1")); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}

// TestCountry_EntriesWithoutOneAreNotCounted has a first entry that shows no
// shape yet, as files have for satellites and proxies.
func TestCountry_EntriesWithoutOneAreNotCounted(t *testing.T) {
	t.Parallel()
	f := open(t, geotest.Database{Type: "Test-City", Built: built, Entries: map[string]any{
		"1.0.0.0/24": map[string]any{"traits": map[string]any{"is_satellite": "yes"}}, "192.0.2.0/24": geotest.Country("DE")}})
	if got := f.About().Entries; got != 1 {
		t.Errorf("%d entries, want 1", got)
	}
	if got := f.Country(netip.MustParseAddr("1.0.0.1")); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}

func TestOpen_SaysWhyAFileCannotBeUsed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	whole := world(geotest.Country).Bytes(t)
	loop := append([]byte{}, whole...)
	copy(loop, []byte{0, 0, 0, 0, 0, 0}) // both branches of the first node lead to itself
	folded := append([]byte{}, whole...) // 60 forks whose branches both lead to the next: 2^60 ways
	for i := range byte(60) {
		copy(folded[6*int(i):], []byte{0, 0, i + 1, 0, 0, i + 1})
	}
	astray := append([]byte{}, whole...)
	copy(astray, []byte{0xff, 0xff, 0xff})
	for name, c := range map[string]struct {
		raw  []byte
		says string
	}{
		"empty":     {nil, "not in MaxMind's format"},
		"text":      {[]byte("<!doctype html><title>404</title>"), "not in MaxMind's format"},
		"cut off":   {whole[:len(whole)/2], "not in MaxMind's format"},
		"no tree":   {whole[len(whole)/2:], "cannot be used"},
		"a loop":    {loop, "cannot be used"},
		"folded":    {folded, "more leaves"},
		"astray":    {astray, "broken"},
		"providers": {geotest.Database{Type: "Test-ASN", Built: built, Entries: map[string]any{"192.0.2.0/24": map[string]any{"autonomous_system_number": uint32(64496)}}}.Bytes(t), `"Test-ASN" and knows no country`},
		"nothing":   {geotest.Database{Type: "Test-Country", Built: built}.Bytes(t), "knows no country"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, c.raw, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v; want an error with %q and the path", name, err, c.says)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "missing")} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// replace puts a file in place of another as a program does that loads new
// ones: written beside it, then renamed.
func replace(t *testing.T, path string, raw []byte) {
	t.Helper()
	beside := path + ".new"
	if err := os.WriteFile(beside, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(beside, path); err != nil {
		t.Fatal(err)
	}
}

// TestRenew_TakesANewFileAndKeepsTheOldOneWhereItIsBroken is one story: each
// step looks twice, and the second look has nothing new to tell.
func TestRenew_TakesANewFileAndKeepsTheOldOneWhereItIsBroken(t *testing.T) {
	t.Parallel()
	one := func(code string) []byte {
		return geotest.Database{Type: "Test-Country", Built: built, Entries: map[string]any{"192.0.2.0/24": geotest.Country(code)}}.Bytes(t)
	}
	path := filepath.Join(t.TempDir(), "country.mmdb")
	replace(t, path, one("DE"))
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	inPlace := func(raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, built); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name    string
		do      func()
		renewed bool
		says    string
		country string
	}{
		{"nothing happened", func() {}, false, "", "DE"},
		{"replaced", func() { replace(t, path, one("FR")) }, true, "", "FR"},
		{"written over in place", func() { inPlace(one("AT")) }, true, "", "AT"},
		{"half a file", func() { replace(t, path, one("SE")[:300]) }, false, "stays in use", "AT"},
		{"the other half, too", func() { replace(t, path, one("SE")) }, true, "", "SE"},
		{"gone", func() { _ = os.Remove(path) }, false, "2026-06-17", "SE"},
		{"garbage", func() { replace(t, path, []byte("404")) }, false, "not in MaxMind's format", "SE"},
		{"other garbage", func() { replace(t, path, []byte("4044")) }, false, "not in MaxMind's format", "SE"},
		{"back again", func() { replace(t, path, one("NO")) }, true, "", "NO"},
	} {
		step.do()
		renewed, err := f.Renew()
		if renewed != step.renewed || (err == nil) != (step.says == "") || (err != nil && !strings.Contains(err.Error(), step.says)) {
			t.Errorf("%s: renewed %v, %v; want %v and %q", step.name, renewed, err, step.renewed, step.says)
		}
		if renewed, err := f.Renew(); renewed || err != nil {
			t.Errorf("%s, looked again: renewed %v, %v; want neither", step.name, renewed, err)
		}
		if got := f.Country(netip.MustParseAddr("192.0.2.1")); got != step.country {
			t.Errorf("%s: %q, want %q", step.name, got, step.country)
		}
	}
}

// TestRenew_WhatCouldNotBeUsedIsTriedAgainAlthoughItLooksTheSame holds for a
// file that its owner forgot to make readable: a chmod leaves its time.
func TestRenew_WhatCouldNotBeUsedIsTriedAgainAlthoughItLooksTheSame(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "country.mmdb")
	geotest.Write(t, path, world(geotest.Country))
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	whole := world(geotest.Flat).Bytes(t)
	write := func(raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, built); err != nil {
			t.Fatal(err)
		}
	}
	write(make([]byte, len(whole)))
	if _, err := f.Renew(); err == nil {
		t.Fatal("a file of zeros was no error")
	}
	write(whole)
	if renewed, err := f.Renew(); !renewed || err != nil {
		t.Errorf("renewed %v, %v; want the whole file", renewed, err)
	}
}

// FuzzParse feeds files of strangers: whatever is accepted must answer for any
// address with a country or nothing.
func FuzzParse(f *testing.F) {
	for _, entry := range []any{geotest.Country("DE"), geotest.Flat("DE"), map[string]any{"country": "DE"}, map[string]any{"asn": uint32(64496)}} {
		raw := geotest.Database{Type: "Test", Built: built, OnlyIPv4: true, Entries: map[string]any{"8.0.0.0/6": entry, "192.0.0.0/3": entry}}.Bytes(f)
		f.Add(raw, []byte{8, 8, 8, 8})
		f.Add(raw[:len(raw)/2], []byte{})
	}
	f.Fuzz(func(t *testing.T, raw, address []byte) {
		table, err := parse(raw)
		if err != nil {
			return
		}
		file := &File{}
		file.table.Store(table)
		a, _ := netip.AddrFromSlice(address)
		if code := file.Country(a); code != "" && len(code) != 2 {
			t.Errorf("%v is in %q", a, code)
		}
		if table.about.Entries < 1 {
			t.Error("a file without entries was accepted")
		}
	})
}
