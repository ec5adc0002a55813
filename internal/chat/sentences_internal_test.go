package chat

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// catalogues are the inbox's texts of what the server says.
const catalogues = "../../web/inbox/reasons/messages"

// message is a text of a catalogue, with a form of its own for one where it has that.
type message struct{ one, other string }

func (m *message) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, &m.other)
	}
	var forms map[string]string
	err := json.Unmarshal(raw, &forms)
	m.one, m.other = forms["one"], forms["other"]
	return err
}

// TestSentences_GoldenEnglishOfTheInbox holds that the inbox says in English what
// the log says. -update writes its catalogue.
func TestSentences_GoldenEnglishOfTheInbox(t *testing.T) {
	t.Parallel()
	got, err := json.MarshalIndent(english, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(catalogues, "en.json")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./internal/chat -run %s -update", err, t.Name())
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Errorf("%s is not what the server says; run with -update (-want +got):\n%s", path, diff)
	}
}

// TestSentences_EachLanguageHasEachCodeWithItsParameters, and none that is said no
// more.
func TestSentences_EachLanguageHasEachCodeWithItsParameters(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(catalogues, "*.json"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d languages, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]message
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for code := range english {
			if _, there := texts[code]; !there {
				t.Errorf("%s has no text for %q", file, code)
			}
		}
		for code, text := range texts {
			checkTexts(t, file, code, text)
		}
	}
}

func checkTexts(t *testing.T, file, code string, text message) {
	t.Helper()
	want := sorted(placeholders(english[code]))
	if english[code] == "" {
		t.Errorf("%s has %q, which the server never says", file, code)
	}
	if got := sorted(placeholders(text.other)); !slices.Equal(got, want) {
		t.Errorf("%s: %q speaks of %v, want %v", file, code, got, want)
	}
	if text.one == "" {
		return
	}
	// Of one it need not name the number.
	number := func(name string) bool { return name == "n" }
	if got := slices.DeleteFunc(sorted(placeholders(text.one)), number); !slices.Equal(got, slices.DeleteFunc(want, number)) || !strings.Contains(english[code], "{n}") {
		t.Errorf("%s: %q speaks of %v of one, want %v", file, code, got, want)
	}
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}

// TestSentences_AreSaidWithAllTheirParameters reads each call in the source: its
// code is in the table, it gives as many parameters as the text has, and nothing is
// in the table that is said nowhere.
func TestSentences_AreSaidWithAllTheirParameters(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	calls := 0
	for path, file := range sources(t, "..") {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if code, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && filepath.Base(path) != "sentences.go" {
					named[code] = true
				}
			case *ast.CallExpr:
				if said(n) && filepath.Base(path) != "sentence.go" {
					calls++
					checkCall(t, path, n)
				}
			}
			return true
		})
	}
	for code := range english {
		if !named[code] {
			t.Errorf("nobody says %q", code)
		}
	}
	if calls < len(english)/2 {
		t.Errorf("%d calls were found", calls)
	}
}

func sources(t *testing.T, root string) map[string]*ast.File {
	t.Helper()
	all, set := map[string]*ast.File{}, token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		all[path], err = parser.ParseFile(set, path, nil, 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// said reports whether a call is one of Say or Says.
func said(call *ast.CallExpr) bool {
	name, _ := call.Fun.(*ast.Ident)
	if of, selects := call.Fun.(*ast.SelectorExpr); selects {
		if from, ok := of.X.(*ast.Ident); ok && from.Name == "chat" {
			name = of.Sel
		}
	}
	return name != nil && (name.Name == "Say" || name.Name == "Says")
}

func checkCall(t *testing.T, path string, call *ast.CallExpr) {
	t.Helper()
	literal, written := call.Args[0].(*ast.BasicLit)
	if !written {
		t.Errorf("%s: a code is not written where it is said", path)
		return
	}
	code, err := strconv.Unquote(literal.Value)
	if err != nil {
		t.Fatal(err)
	}
	if want, got := len(placeholders(english[code])), len(call.Args)-1; english[code] == "" || got != want {
		t.Errorf("%s says %q with %d parameters, want %d", path, code, got, want)
	}
}

func TestSentence_IsReadInEnglishAndAfterAJourney(t *testing.T) {
	t.Parallel()
	for want, b := range map[string]Because{
		"Ada is the least busy of 3 free in {n}, with 1.25 of 4.":                                          Says("choice.load", "Ada", 3, "{n}", 1.25, 4.0),
		"After 1 minute there is a break.":                                                                 Says("share.break", time.Minute),
		"After 120 minutes there is a break.":                                                              Says("share.break", 2*time.Hour),
		"After 90 seconds there is a break.":                                                               Says("share.break", 90*time.Second),
		"Ada has 1 of 4, class last.":                                                                      Says("next.load.class", "Ada", 1, 4, Word("class.last")),
		"Passed on to Billing. Ada is asked: Ada would be next.":                                           {Say("pass.to", "Billing"), Say("pass.asked", "Ada"), Say("next.turn", "Ada")},
		`The signed group names no group. Sign {"group": the id of the group, "exp": seconds since 1970}.`: Says("signed.no-group"),
		"": nil,
	} {
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		var again Because
		if err := json.Unmarshal(raw, &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b, again); diff != "" || b.English() != want || again.English() != want {
			t.Errorf("got %q, then %q, want %q (-before +after):\n%s", b.English(), again.English(), want, diff)
		}
	}
}
