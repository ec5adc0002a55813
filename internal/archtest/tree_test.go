package archtest

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const top = "../.."

// module is the prefix of every import path of ours.
const module = "earshot"

// goPackage is what `go list` tells of a package.
type goPackage struct {
	ImportPath, Dir, Doc, Name string
	Imports, GoFiles           []string
}

// ours is the package's path below the module; the root is ".".
func (p goPackage) ours() string {
	if p.ImportPath == module {
		return "."
	}
	return strings.TrimPrefix(p.ImportPath, module+"/")
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Name,Imports,GoFiles", "./...")
	cmd.Dir = top
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("go list found %d packages: this test would check nothing", len(all))
	}
	return all
}

// source is one file of ours, its path relative to the top.
type source struct{ path, text string }

// sources reads every file with one of the endings, without what is built or
// installed.
func sources(t *testing.T, endings ...string) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(top, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		if e.IsDir() {
			return skipDir(rel, e.Name())
		}
		for _, ending := range endings {
			if strings.HasSuffix(rel, ending) {
				text, err := os.ReadFile(path)
				all = append(all, source{path: filepath.ToSlash(rel), text: string(text)})
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("no files that end in %v: this test would check nothing", endings)
	}
	return all
}

func skipDir(rel, name string) error {
	switch {
	case rel == ".", rel == ".ci":
		return nil
	case strings.HasPrefix(name, "."), name == "node_modules", rel == "bin", rel == "data", rel == filepath.Join("web", "dist"):
		return fs.SkipDir
	}
	return nil
}

// parse reads a Go file's syntax.
func parse(t *testing.T, s source) (*token.FileSet, *ast.File) {
	t.Helper()
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, s.path, s.text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return set, f
}
