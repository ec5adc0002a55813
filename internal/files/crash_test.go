package files

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"

	"earshot/internal/chat"
)

const crashDir = "EARSHOT_FILES_CRASH_DIR"

// TestPut_SurvivesKill kills a process that stores files without end. What it
// was told is stored is there, whole; nothing half written is to be seen.
func TestPut_SurvivesKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for round := range 5 {
		for id := range putUntilKilled(t, dir, round) {
			checkWhole(t, dir, id)
		}
	}
}

// putUntilKilled returns the ids that a killed child had acknowledged.
func putUntilKilled(t *testing.T, dir string, round int) map[chat.FileID]bool {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir, fmt.Sprintf("EARSHOT_FILES_CRASH_ROUND=%d", round))
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	acked := map[chat.FileID]bool{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "stored "); ok {
			acked[chat.FileID(id)] = true
		}
		if len(acked) == 7+3*round {
			_ = child.Process.Kill() // in the middle of what comes next
		}
	}
	_ = child.Wait()
	if len(acked) == 0 {
		t.Fatal("the child stored nothing")
	}
	return acked
}

func checkWhole(t *testing.T, dir string, id chat.FileID) {
	t.Helper()
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	f, err := d.Get(t.Context(), id)
	if err != nil {
		t.Fatalf("%s was acknowledged: %v", id, err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, contentOf(id)) {
		t.Fatalf("%s: %d bytes, %v", id, len(got), err)
	}
	err = fs.WalkDir(d.shelf.(*disk).root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Size() != int64(len(contentOf(id))) {
			t.Errorf("%s has %d bytes: half written", name, info.Size())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func contentOf(id chat.FileID) []byte {
	return bytes.Repeat([]byte(string(id)+"\n"), 2000)
}

// TestMain is also the process that TestPut_SurvivesKill kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		fmt.Println(putForever(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func putForever(dir string) error {
	d, err := Open(dir)
	for i := 0; err == nil; i++ {
		id := chat.FileID(fmt.Sprintf("f_%02s%022d", os.Getenv("EARSHOT_FILES_CRASH_ROUND"), i))
		if _, err = d.Put(context.Background(), id, "a.txt", bytes.NewReader(contentOf(id))); err == nil {
			fmt.Println("stored", id)
		}
	}
	return err
}
