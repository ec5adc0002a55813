// Command gotest runs `go test -json` with its arguments and prints what a
// person wants to know: a line for each package, the output of what failed,
// the names of what was skipped with the reason, and one closing line of
// counts. It exits as go test does.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

type line struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

type tally struct {
	passed, failed, skipped int
	output                  map[string][]string
	skips                   []string
}

func main() {
	cmd := exec.Command("go", append([]string{"test", "-json"}, os.Args[1:]...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
		os.Exit(2)
	}
	t := tally{output: map[string][]string{}}
	t.read(out)
	failed := cmd.Wait() != nil
	t.close(os.Stdout)
	if failed || t.failed > 0 {
		os.Exit(1)
	}
}

func (t *tally) read(r io.Reader) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		var l line
		if json.Unmarshal(lines.Bytes(), &l) != nil {
			fmt.Println(lines.Text())
			continue
		}
		t.add(l)
	}
}

func (t *tally) add(l line) {
	key := l.Package + " " + l.Test
	switch l.Action {
	case "output":
		t.output[key] = append(t.output[key], l.Output)
	case "build-output":
		fmt.Print(l.Output)
	case "pass":
		t.end(l, &t.passed)
	case "fail":
		fmt.Print(strings.Join(t.output[key], ""))
		t.end(l, &t.failed)
	case "skip":
		if l.Test != "" {
			t.skips = append(t.skips, l.Test+": "+reason(t.output[key]))
		}
		t.end(l, &t.skipped)
	}
}

// end counts a test and forgets its output; the end of a package is a line of
// its own.
func (t *tally) end(l line, count *int) {
	delete(t.output, l.Package+" "+l.Test)
	switch {
	case l.Test != "":
		*count++
	case l.Action != "skip":
		fmt.Printf("%-5s %s %.1f s\n", l.Action, l.Package, l.Elapsed)
	}
}

// reason finds the skip's own words, which stand after "file.go:12: ".
func reason(output []string) string {
	for _, o := range output {
		if _, words, ok := strings.Cut(o, ".go:"); ok {
			_, words, _ = strings.Cut(words, ": ")
			return strings.TrimSpace(words)
		}
	}
	return "no reason given"
}

func (t *tally) close(w io.Writer) {
	for _, s := range t.skips {
		fmt.Fprintln(w, "SKIP", s)
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
}
