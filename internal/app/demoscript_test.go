package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestScript_BuiltInMaterialSpeaksSeveralLanguages(t *testing.T) {
	t.Parallel()
	s, err := readScript("", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.dialogues) < 15 || len(s.lines) < 20 {
		t.Errorf("%d dialogues and %d lines: too few for a living inbox", len(s.dialogues), len(s.lines))
	}
	all := strings.Join(s.lines, "\n")
	for _, d := range s.dialogues {
		if d.Turns[0].By != "visitor" {
			t.Errorf("%s: begins with %q", d.Topic, d.Turns[0].By)
		}
		for _, turn := range d.Turns {
			all += turn.Text
		}
	}
	for _, script := range []string{"مرحبا", "こんにちは", "Guten Tag", "\n\n"} {
		if !strings.Contains(all, script) {
			t.Errorf("nothing holds %q", script)
		}
	}
}

func TestScript_FilesJoinTheBuiltInMaterial(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	dialogues, lines := filepath.Join(dir, "d.jsonl"), filepath.Join(dir, "l.csv")
	write(t, dialogues, `{"topic":"x","turns":[{"by":"agent","text":"dropped"},{"by":"visitor","text":"from the file"}]}`+"\n")
	write(t, lines, "category,text\ncard,\"with, a comma\"\n")
	s, err := readScript(dialogues, lines)
	if err != nil {
		t.Fatal(err)
	}
	var first []string
	for _, d := range s.dialogues {
		first = append(first, d.Turns[0].Text)
	}
	if !strings.Contains(strings.Join(first, "|"), "from the file") || !strings.Contains(strings.Join(s.lines, "|"), "with, a comma") {
		t.Errorf("the files' words are missing: %q, %q", first, s.lines)
	}
}

func TestScript_BadFilesAreNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad")
	for what, c := range map[string]struct{ content, dialogues, lines string }{
		"no such file":    {"", filepath.Join(dir, "nowhere"), ""},
		"no JSON":         {"hello\n", bad, ""},
		"no dialogue":     {"\n", bad, ""},
		"no text column":  {"a,b\n1,2\n", "", bad},
		"an unended cell": {"text\n\"x\n", "", bad},
	} {
		write(t, bad, c.content)
		if _, err := readScript(c.dialogues, c.lines); err == nil || !strings.HasPrefix(err.Error(), "demo: ") {
			t.Errorf("%s: %v; want an error of the demo", what, err)
		}
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
