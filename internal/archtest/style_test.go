package archtest

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"
)

const maxLines = 500

func isTest(path string) bool {
	return strings.HasSuffix(path, "_test.go") || strings.Contains(path, ".test.") || strings.Contains(path, ".spec.") || strings.Contains(path, "testdata/")
}

func TestFiles_FitIntoAHead(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t, ".go", ".ts", ".svelte", ".mjs") {
		if isTest(s.path) || strings.Contains(s.path, ".gen.") {
			continue
		}
		if n := strings.Count(s.text, "\n"); n > maxLines {
			t.Errorf("%s has %d lines; at most %d. Split it by noun", s.path, n, maxLines)
		}
	}
}

func TestState_NothingHappensBeforeMain(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t, ".go") {
		set, f := parse(t, s)
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: func init; let a constructor do it", set.Position(fn.Pos()))
			}
		}
	}
}

// TestTests_WaitOnSignalsNotOnTheClock finds sleeps. Inside a synctest bubble
// the clock is not the wall's, so a file that uses one may sleep.
func TestTests_WaitOnSignalsNotOnTheClock(t *testing.T) {
	t.Parallel()
	sleep := regexp.MustCompile(`time\.Sleep\(|waitForTimeout\(|setTimeout\([^)]*[0-9]{3}`)
	for _, s := range sources(t, "_test.go", ".test.ts", ".test.mjs") {
		if strings.HasPrefix(s.path, "internal/archtest/") || strings.Contains(s.text, `"testing/synctest"`) {
			continue
		}
		for n, line := range strings.Split(s.text, "\n") {
			if sleep.MatchString(line) && !strings.Contains(line, "waits: ") {
				t.Errorf("%s:%d: waits on the clock; wait on a signal, or say why behind \"waits: \"", s.path, n+1)
			}
		}
	}
}

// TestTests_RunBesideEachOther wants t.Parallel first, or a comment on the
// test's own line that says why not.
func TestTests_RunBesideEachOther(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t, "_test.go") {
		set, f := parse(t, s)
		lines := strings.Split(s.text, "\n")
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Test") || fn.Name.Name == "TestMain" || len(fn.Body.List) == 0 {
				continue
			}
			head := lines[set.Position(fn.Pos()).Line-1]
			if !strings.Contains(head, "//") && !startsParallel(fn.Body.List[0]) {
				t.Errorf("%s: %s does not begin with t.Parallel() and does not say why behind its opening brace", set.Position(fn.Pos()), fn.Name.Name)
			}
		}
	}
}

func startsParallel(s ast.Stmt) bool {
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := e.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Parallel"
}

func TestPages_EveryMessageNamesItsOrigin(t *testing.T) {
	t.Parallel()
	any := regexp.MustCompile("postMessage\\([^;]*['\"`]\\*['\"`]")
	for _, s := range sources(t, ".ts", ".svelte", ".html", ".mjs", ".js") {
		if at := any.FindStringIndex(s.text); at != nil {
			t.Errorf("%s:%d: postMessage to any origin", s.path, strings.Count(s.text[:at[0]], "\n")+1)
		}
	}
}

func TestLock_NamesNoRegistry(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t, "package-lock.json", ".npmrc", "Makefile", ".ci/run", ".sh") {
		if strings.Contains(s.text, `"resolved": "http`) || strings.Contains(s.text, "registry=http") || strings.Contains(s.text, "GOPROXY=") {
			t.Errorf("%s names a package registry's host; write the lock file without addresses", s.path)
		}
	}
}
