package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// workspaces are as many as one measurement starts at once.
const workspaces = 20

// asleeps measures what a workspace costs that nobody uses at the moment: running, and
// woken by whoever comes.
func (b bench) asleeps(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "earshot-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var all []*process
	defer func() {
		for _, p := range all {
			p.stop()
		}
	}()
	for i := range workspaces {
		p, _, err := b.serve(ctx, filepath.Join(dir, strconv.Itoa(i)))
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	if _, err := settled(ctx, all[workspaces-1]); err != nil {
		return err
	}
	before, err := spentBy(all)
	if err != nil {
		return err
	}
	const watched = 10 * time.Second
	select {
	case <-time.After(watched):
	case <-ctx.Done():
		return ctx.Err()
	}
	after, err := spentBy(all)
	if err != nil {
		return err
	}
	var resident, share []float64
	for _, p := range all {
		r, s, err := p.shares()
		if err != nil {
			return err
		}
		resident, share = append(resident, float64(r)/1e6), append(share, float64(s)/1e6)
	}
	say("idle workspace, resident", "%.1f MB (%d beside each other)", median(resident), workspaces)
	say("idle workspace, its share of what they share", "%.1f MB", median(share))
	say("idle workspace, processor", "%.2f ms a second", float64((after-before).Microseconds())/1000/watched.Seconds()/workspaces)
	return b.wakes(ctx, filepath.Join(dir, "0"), all)
}

// wakes measures the time from the start of an existing workspace to the first page.
func (b bench) wakes(ctx context.Context, dir string, all []*process) error {
	all[0].stop()
	var took []time.Duration
	for range 9 {
		began := time.Now()
		p, _, err := b.serve(ctx, dir)
		if err != nil {
			return err
		}
		res, err := http.Get(p.url + "/frame?site=none")
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
		}
		took = append(took, time.Since(began))
		p.stop()
		if err != nil {
			return err
		}
	}
	say("asleep to the first page", "%s", p50p99(took))
	return nil
}

func spentBy(all []*process) (sum time.Duration, err error) {
	for _, p := range all {
		one, err := processorTime(p.cmd.Process.Pid)
		if err != nil {
			return 0, err
		}
		sum += one
	}
	return sum, nil
}

// shares are the resident bytes of a process, and the same with what it shares with
// others divided among them.
func (p *process) shares() (resident, share int64, err error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, rest, _ := strings.Cut(lines.Text(), ":")
		n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64)
		switch name {
		case "Rss":
			resident = n << 10
		case "Pss":
			share = n << 10
		}
	}
	if resident == 0 {
		return 0, 0, errors.New("no Rss in /proc")
	}
	return resident, share, nil
}
