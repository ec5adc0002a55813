package e2e

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScript_CommandLine runs testdata/script/*.txtar with the real binary as
// the command earshot.
func TestScript_CommandLine(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("EARSHOT", binary())
			return nil
		},
	})
}
