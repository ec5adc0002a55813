package routing_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/internal/chat"
)

// inEnglish compares reasons by their English alone, which tests write.
var inEnglish = cmpopts.IgnoreTypes(chat.Because{})

// TestMain raises the number of property cases: pure code can afford it.
func TestMain(m *testing.M) {
	flag.Bool("update", false, "write testdata anew")
	for name, value := range map[string]string{"rapid.checks": "1000", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	flag.Parse()
	os.Exit(m.Run())
}
