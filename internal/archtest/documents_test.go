package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocuments_NameCommandsThatExist reads `make X` and links out of the
// documents and looks for them.
func TestDocuments_NameCommandsThatExist(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile(filepath.Join(top, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z][a-z0-9-]*):`).FindAllStringSubmatch(string(makefile), -1) {
		targets[m[1]] = true
	}
	command := regexp.MustCompile("(?m)(?:`|^\\s*\\$? ?)make ((?:[a-z][a-z0-9-]* ?)+)")
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	for _, s := range sources(t, ".md") {
		for _, m := range command.FindAllStringSubmatch(s.text, -1) {
			for _, target := range strings.Fields(m[1]) {
				if !targets[target] {
					t.Errorf("%s: `make %s` is not a target", s.path, target)
				}
			}
		}
		for _, m := range link.FindAllStringSubmatch(s.text, -1) {
			if _, err := os.Stat(filepath.Join(top, filepath.Dir(s.path), m[1])); err != nil {
				t.Errorf("%s: the link %s leads nowhere", s.path, m[1])
			}
		}
	}
}

// TestReadme_NamesTheTwoCommands holds the promise of the first page.
func TestReadme_NamesTheTwoCommands(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(top, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"make run", "make test"} {
		if !strings.Contains(string(readme), want) {
			t.Errorf("README.md does not name %s", want)
		}
	}
}
