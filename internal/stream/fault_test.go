package stream

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Each planted fault turns its test red. A guard that no fault can trip guards
// nothing.
func TestFaults_TurnTheirTestRed(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the package once for each fault")
	}
	for tag, red := range map[string]string{
		"mutant_resume_offbyone": "TestResume_EverythingOrReset", // a resume skips one event
		"mutant_partial_resume":  "TestResume_EverythingOrReset", // a resume over the limit answers with a part
		"mutant_slowdrop":        "TestResume_EverythingOrReset", // a full queue drops single events
		"mutant_visible":         "TestResume_EverythingOrReset", // events go out without asking Visible
	} {
		cmd := exec.CommandContext(t.Context(), "go", "test", "-short", "-count=1", "-tags", tag, "-run", "^"+red+"$", ".")
		cmd.Env = append(os.Environ(), "EARSHOT_SEEDS=200")
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "--- FAIL: "+red) {
			t.Errorf("%s does not turn %s red: %v\n%s", tag, red, err, out)
		}
	}
}
