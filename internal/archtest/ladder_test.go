package archtest

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// ladder is which of our packages each may import. It is the table of
// ARCHITECTURE.md; a package that is not in it has no rung and fails. "*" is
// every package.
func ladder() map[string][]string {
	return map[string][]string{
		"internal/chat":    {},
		"internal/store":   {"internal/chat"},
		"internal/bus":     {"internal/chat"},
		"internal/files":   {"internal/chat"},
		"internal/geo":     {},
		"internal/notify":  {"internal/chat", "internal/desk"},
		"web":              {},
		"internal/stream":  {"internal/chat", "internal/store", "internal/bus"},
		"internal/jobs":    {"internal/chat", "internal/store"},
		"internal/routing": {"internal/chat"},
		"internal/desk":    {"internal/chat", "internal/routing", "internal/routing/sim", "internal/store", "internal/bus", "internal/files"},
		"internal/api":     {"internal/chat", "internal/desk", "internal/stream", "web"},
		"internal/app": {"internal/chat", "internal/store", "internal/bus", "internal/files", "internal/geo", "web", "internal/stream",
			"internal/jobs", "internal/routing", "internal/desk", "internal/notify", "internal/api", "client"},
		".":      {"internal/app"},
		"client": {},

		"internal/routing/sim":         {"internal/chat", "internal/routing"},
		"internal/routing/sim/simtest": {"internal/chat", "internal/routing"},
		"internal/staffing":            {"internal/chat", "internal/routing/sim"},
		"internal/store/storetest":     {"internal/chat", "internal/store"},
		"internal/geo/geotest":         {},
		"internal/files/filestest":     {},
		"internal/bus/bustest":         {"internal/chat", "internal/bus"},
		"internal/notify/notifytest":   {"internal/notify"},
		"internal/desk/desktest":       {"internal/chat", "internal/store", "internal/bus", "internal/files", "internal/desk", "internal/store/storetest"},
		"internal/archtest":            {},
		"e2e":                          {"*"},
	}
}

func TestLadder_PackagesImportHigherRungsOnly(t *testing.T) {
	t.Parallel()
	rungs := ladder()
	for _, p := range packages(t) {
		if strings.HasPrefix(p.ours(), "tools/") {
			continue // commands for people, nothing imports them
		}
		may, known := rungs[p.ours()]
		if !known {
			t.Errorf("%s has no rung: put it into the table here and into ARCHITECTURE.md", p.ours())
		}
		for _, i := range p.Imports {
			ours, is := strings.CutPrefix(i, module+"/")
			if is && !slices.Contains(may, ours) && !slices.Contains(may, "*") {
				t.Errorf("%s imports %s and may not: it may import %v", p.ours(), ours, may)
			}
		}
	}
}

// TestPurity_RulesAreFunctionsOfTheirArguments holds chat, and routing and
// staffing where there are such, free of clock, chance, database and goroutine.
func TestPurity_RulesAreFunctionsOfTheirArguments(t *testing.T) {
	t.Parallel()
	banned := []string{"database/sql", "math/rand", "math/rand/v2", "crypto/rand", "os", "net/http", "net", "log", "log/slog", "sync", "sync/atomic", "context"}
	checked := 0
	for _, p := range packages(t) {
		if !pure(p.ours()) {
			continue
		}
		checked++
		for _, i := range p.Imports {
			if slices.Contains(banned, i) {
				t.Errorf("%s imports %s", p.ours(), i)
			}
		}
	}
	if checked == 0 {
		t.Fatal("no pure package was found")
	}
	for _, s := range sources(t, ".go") {
		if !pure(path.Dir(s.path)) || strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		for n, line := range strings.Split(s.text, "\n") {
			for _, word := range []string{"time.Now(", "time.Since(", "time.Until(", "time.After(", "time.Sleep(", "go func"} {
				if strings.Contains(line, word) {
					t.Errorf("%s:%d: %s in a package of pure rules", s.path, n+1, word)
				}
			}
		}
	}
}

func pure(ours string) bool {
	return ours == "internal/chat" || ours == "internal/routing" || ours == "internal/staffing"
}

func TestPackages_SayWhatTheyAre(t *testing.T) {
	t.Parallel()
	vague := []string{"util", "utils", "common", "helper", "helpers", "manager", "models", "types", "service", "shared", "misc", "base"}
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && len(p.Doc) < 40 {
			t.Errorf("%s: its package comment says %q; say what it is, what it guarantees, what it may import, who calls it", p.ours(), p.Doc)
		}
		if slices.Contains(vague, p.Name) {
			t.Errorf("%s is named after what it contains instead of what it does", p.ours())
		}
	}
}
