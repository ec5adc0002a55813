package e2e

import (
	"context"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"earshot/client"
)

// TestDemo_IsAliveAndLeavesNothing starts the demo as a newcomer does, signs in
// with a printed link, and finds conversations in every list and a visitor who
// writes. At the end nothing is left behind.
func TestDemo_IsAliveAndLeavesNothing(t *testing.T) {
	t.Parallel()
	addr, temp := freeAddress(t), t.TempDir()
	cmd := exec.Command(binary(), "demo", "--listen", addr, "--rate", "240")
	out := &output{grew: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = append(cmd.Environ(), "TMPDIR="+temp, "EARSHOT_DATA=")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	token, err := out.find(ctx, regexp.MustCompile(`Ada Lindqvist +owner +http://[^#]+/link#([A-Za-z0-9_-]+)`))
	if err != nil {
		t.Fatal(err)
	}
	ada, err := client.New("http://"+addr).SignInByLink(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	inbox, err := ada.Inbox(ctx, "my")
	if err != nil {
		t.Fatal(err)
	}
	if c := inbox.Counts; c.My == 0 || c.Queue == 0 || c.All < 15 || len(inbox.Team) != 6 {
		t.Errorf("counts %+v, a team of %d; want something in every list and six people", c, len(inbox.Team))
	}
	if len(inbox.Talks) < 4 {
		t.Errorf("ada is in %d talks; want her groups', lunch, the leads' and a direct one", len(inbox.Talks))
	}
	stream := ada.Stream(inbox.Cursor)
	for alive := false; !alive; {
		f, err := stream.Next(ctx)
		if err != nil {
			t.Fatalf("nobody wrote: %v", err)
		}
		alive = f.Row != nil || (f.Event != nil && f.Event.Kind == "message")
	}
	stream.Drop()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the demo ended with %v:\n%s", err, lastLines(out.String(), 10))
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
