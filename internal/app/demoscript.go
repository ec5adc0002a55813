package app

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
)

//go:embed demodata
var demoData embed.FS

// turn is one thing that somebody says.
type turn struct {
	By   string `json:"by"` // "visitor" or "agent"
	Text string `json:"text"`
}

// dialogue is one conversation to play.
type dialogue struct {
	Topic string `json:"topic"`
	Turns []turn `json:"turns"`
}

// script is everything that may be said in the demo.
type script struct {
	dialogues []dialogue
	lines     []string
}

// readScript reads the built-in material and, in front of it, the files.
func readScript(dialoguesFile, linesFile string) (script, error) {
	var s script
	own, err := demoData.ReadFile("demodata/dialogues.jsonl")
	if err == nil {
		s.dialogues, err = parseDialogues(own)
	}
	if err != nil {
		return s, fmt.Errorf("demo: built-in dialogues: %w", err)
	}
	lines, err := demoData.ReadFile("demodata/lines.txt")
	if err != nil {
		return s, fmt.Errorf("demo: built-in lines: %w", err)
	}
	s.lines = strings.Split(strings.TrimSpace(string(lines)), "\n")
	if err := s.addFiles(dialoguesFile, linesFile); err != nil {
		return s, err
	}
	s.shuffle()
	return s, nil
}

func (s *script) addFiles(dialoguesFile, linesFile string) error {
	if dialoguesFile != "" {
		raw, err := os.ReadFile(dialoguesFile)
		if err != nil {
			return fmt.Errorf("demo: read dialogues: %w", err)
		}
		more, err := parseDialogues(raw)
		if err != nil {
			return fmt.Errorf("demo: %s: %w", dialoguesFile, err)
		}
		s.dialogues = append(more, s.dialogues...)
	}
	if linesFile != "" {
		raw, err := os.ReadFile(linesFile)
		if err != nil {
			return fmt.Errorf("demo: read lines: %w", err)
		}
		more, err := parseLines(raw)
		if err != nil {
			return fmt.Errorf("demo: %s: %w", linesFile, err)
		}
		s.lines = append(s.lines, more...)
	}
	return nil
}

// shuffle mixes the same way at every start, so that two people who look at the
// demo see the same one.
func (s *script) shuffle() {
	mix := rand.New(rand.NewPCG(7, 11))
	mix.Shuffle(len(s.dialogues), func(i, j int) { s.dialogues[i], s.dialogues[j] = s.dialogues[j], s.dialogues[i] })
	mix.Shuffle(len(s.lines), func(i, j int) { s.lines[i], s.lines[j] = s.lines[j], s.lines[i] })
}

// parseDialogues reads JSONL and drops dialogues that no visitor begins.
func parseDialogues(raw []byte) ([]dialogue, error) {
	var all []dialogue
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var d dialogue
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if first := slices.IndexFunc(d.Turns, func(t turn) bool { return t.By == "visitor" }); first >= 0 {
			d.Turns = d.Turns[first:]
			all = append(all, d)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read dialogues: %w", err)
	}
	if len(all) == 0 {
		return nil, errors.New("no dialogue in it")
	}
	return all, nil
}

// parseLines reads the column "text" of a CSV.
func parseLines(raw []byte) ([]string, error) {
	table := csv.NewReader(bytes.NewReader(raw))
	head, err := table.Read()
	column := slices.Index(head, "text")
	if err != nil || column < 0 {
		return nil, fmt.Errorf("no column named text in the first line (%v)", err)
	}
	var all []string
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read lines: %w", err)
		}
		if text := strings.TrimSpace(row[column]); text != "" {
			all = append(all, text)
		}
	}
}

// scene returns the n-th conversation to play: dialogues and single lines in
// turn.
func (s script) scene(n int) dialogue {
	if n%3 == 2 {
		return dialogue{Topic: "question", Turns: []turn{{By: "visitor", Text: s.lines[n%len(s.lines)]}, {By: "agent", Text: answers()[n%len(answers())]}}}
	}
	return s.dialogues[n%len(s.dialogues)]
}

// answers are what the simulated team says to single lines.
func answers() []string {
	return []string{
		"Hello! Let me look that up for you, one moment please.",
		"Thanks for asking. I have just checked: all is fine on our side. Could you try once more?",
		"Good question! Yes, that works. Shall I send you the steps by e-mail as well?",
		"I am sorry for the trouble. I have passed it on and will write to you here as soon as I know more.",
		"That is done. Is there anything else that I can do?",
	}
}
