package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/client"
)

// DemoOptions are the settings of [Demo].
type DemoOptions struct {
	Listen    string `help:"Address to serve on, as HOST:PORT." default:"127.0.0.1:8080" env:"EARSHOT_LISTEN" placeholder:"HOST:PORT"`
	Data      string `help:"Empty directory for the workspace; a throw-away one where not given." type:"path" placeholder:"DIR"`
	Dialogues string `help:"File of dialogues to play (JSONL of {topic, turns:[{by,text}]}); a few built-in ones where not given." type:"path" env:"EARSHOT_DEMO_DIALOGUES" placeholder:"FILE"`
	Lines     string `help:"File of first lines of customers (CSV, column text); a few built-in ones where not given." type:"path" env:"EARSHOT_DEMO_LINES" placeholder:"FILE"`
	Rate      int    `help:"Messages that simulated visitors write a minute; 0 = a still picture." default:"20" placeholder:"N"`
}

// Demo serves a workspace full of conversations, with a team and visitors who
// keep writing through the public API, until ctx ends. What it made is thrown
// away afterwards, unless opt.Data says where to keep it.
func Demo(ctx context.Context, opt DemoOptions, out io.Writer) error {
	script, err := readScript(opt.Dialogues, opt.Lines)
	if err != nil {
		return err
	}
	dir, done, err := demoDir(opt.Data)
	if err != nil {
		return err
	}
	defer done()
	fmt.Fprintln(out, "Filling a demo workspace in", dir)
	set, err := fill(ctx, stage{dir: dir, listen: opt.Listen, password: rand.Text(), script: script, now: time.Now()})
	if err != nil {
		return fmt.Errorf("demo: fill the workspace: %w", err)
	}
	a, err := New(ctx, Config{Listen: opt.Listen, Data: dir}, out)
	if err != nil {
		return err
	}
	defer a.Close()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.Run(ctx) })
	g.Go(func() error {
		welcome(out, a.URL(), opt.Rate, set)
		c := crowd{client: client.New(a.URL()), set: set, script: script, perMinute: opt.Rate}
		return c.run(ctx)
	})
	return g.Wait()
}

// demoDir returns where the workspace goes and what to do with it at the end. A
// directory with anything in it is refused: the demo never touches real data.
func demoDir(keep string) (dir string, done func(), err error) {
	if keep == "" {
		if dir, err = os.MkdirTemp("", "earshot-demo-"); err != nil {
			return "", nil, fmt.Errorf("demo: make a directory: %w", err)
		}
		return dir, func() { _ = os.RemoveAll(dir) }, nil
	}
	entries, err := os.ReadDir(keep)
	switch {
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return "", nil, fmt.Errorf("demo: look into %s: %w", keep, err)
	case len(entries) > 0:
		return "", nil, fmt.Errorf("demo: %s is not empty; the demo fills new directories only", keep)
	}
	return filepath.Clean(keep), func() {}, nil
}

func welcome(out io.Writer, url string, perMinute int, set cast) {
	fmt.Fprintf(out, "\n  Inbox      %s\n  Test page  %s/try\n\n  Sign in, once per link, as\n", url, url)
	for _, p := range set.people {
		fmt.Fprintf(out, "    %-16s %-11s %s/link#%s\n", p.name, p.role, url, p.ticket)
	}
	fmt.Fprintf(out, "\n  Simulated visitors write %d messages a minute; simulated colleagues answer some of them.\n", perMinute)
	fmt.Fprintf(out, "  Nobody simulates %s: sign in as %s first. Ctrl-C ends the demo.\n\n", set.people[0].name, strings.Fields(set.people[0].name)[0])
}
