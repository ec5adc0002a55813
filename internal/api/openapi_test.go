package api

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files instead of comparing")

// golden compares with a file, or writes it under -update.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./internal/api -run %s -update", err, t.Name())
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what the code says; look at the difference, then run with -update (-want +got):\n%s", path, diff)
	}
}

func TestSpec_GoldenFileIsWhatTheCodeSays(t *testing.T) {
	t.Parallel()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Spec()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../../docs/openapi.yaml", got)
}

func TestSpec_EveryOperationSaysWhatItDoes(t *testing.T) {
	t.Parallel()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for path, item := range s.huma.OpenAPI().Paths {
		for method, op := range operationsOf(item) {
			if op.Summary == "" || op.OperationID == "" || len(op.Responses) < 2 {
				t.Errorf("%s %s: no summary, id or errors", method, path)
			}
			if ids[op.OperationID] {
				t.Errorf("%s %s: the id %q is used twice", method, path, op.OperationID)
			}
			ids[op.OperationID] = true
		}
	}
}
