// Command bench measures Earshot on this machine and prints ratios, each
// between two things measured in the same run. It starts the real binary,
// talks to it through the public API, and measures beside it what the ratio
// is against. docs/benchmarks.md says how to read the figures.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	bin := flag.String("bin", "bin/earshot", "the binary to measure")
	rounds := flag.Int("rounds", 3, "interleaved rounds that must count")
	seconds := flag.Int("seconds", 5, "length of one measurement")
	idle := flag.Int("idle", 10_000, "idle WebSocket connections")
	only := flag.String("only", "", "one part: path, passing, channel, routing, idle, start, size, asleep, cluster, grown")
	grown := flag.String("grown", "1000,100000", "stored conversations at which a message's cost is measured; the first is what the others are compared with")
	echo := flag.String("echo", "", "internal: serve the bare echo server on an address")
	flag.Parse()
	if *echo != "" {
		fmt.Fprintln(os.Stderr, serveEcho(*echo))
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b := bench{bin: *bin, rounds: *rounds, length: time.Duration(*seconds) * time.Second, idle: *idle, grown: *grown}
	if err := b.run(ctx, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	bin    string
	rounds int
	length time.Duration
	idle   int
	grown  string
}

func (b bench) run(ctx context.Context, only string) error {
	parts := []struct {
		name string
		run  func(context.Context) error
	}{{"size", b.sizes}, {"start", b.starts}, {"path", b.paths}, {"passing", b.passings}, {"channel", b.channels}, {"routing", b.routings}, {"idle", b.idles}, {"asleep", b.asleeps}, {"cluster", b.clusters}, {"grown", b.growns}}
	found := false
	for _, p := range parts {
		if only != "" && only != p.name {
			continue
		}
		found = true
		if err := p.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	if !found {
		return fmt.Errorf("no part is named %q", only)
	}
	return nil
}

// say prints one figure.
func say(name, format string, args ...any) {
	fmt.Printf("%-46s %s\n", name, fmt.Sprintf(format, args...))
}
