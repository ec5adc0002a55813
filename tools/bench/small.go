package main

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// starts measures the time from the start of the process to the first ready
// answer, on an empty directory and on the same one again, and the memory then.
func (b bench) starts(ctx context.Context) error {
	var first, again []time.Duration
	var idle []float64
	for range max(5, b.rounds) {
		dir, err := os.MkdirTemp("", "earshot-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		for _, times := range []*[]time.Duration{&first, &again} {
			p, took, err := b.serve(ctx, dir)
			if err != nil {
				return err
			}
			*times = append(*times, took)
			bytes, err := settled(ctx, p)
			p.stop()
			if err != nil {
				return err
			}
			idle = append(idle, float64(bytes))
		}
	}
	slices.Sort(first)
	slices.Sort(again)
	say("cold start to ready, new workspace", "%s (target 300 ms)", ms(quantile(first, 0.5)))
	say("cold start to ready, existing one", "%s", ms(quantile(again, 0.5)))
	say("idle resident memory", "%.1f MB (target 60 MB)", median(idle)/1e6)
	return nil
}

// sizes measures what travels: the binary, and the widget on a page and on a
// click, after gzip.
func (b bench) sizes(ctx context.Context) error {
	info, err := os.Stat(b.bin)
	if err != nil {
		return err
	}
	say("binary", "%.1f MB (target 45 MB)", float64(info.Size())/1e6)
	dir, err := os.MkdirTemp("", "earshot-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, _, err := b.serve(ctx, dir)
	if err != nil {
		return err
	}
	defer p.stop()
	_, site, err := p.owner(ctx)
	if err != nil {
		return err
	}
	loader, _, err := fetch(ctx, p.url+"/widget.js")
	if err != nil {
		return err
	}
	frame, requests, err := fetchPage(ctx, p.url, "/frame?site="+site)
	if err != nil {
		return err
	}
	say("widget on page load, gzip", "%d bytes in 1 request (budget 4096)", loader)
	say("widget on open, gzip", "%d bytes in %d requests (budget 35840)", frame, requests)
	return nil
}

// fetch returns how many bytes a document has after gzip, and its text.
func fetch(ctx context.Context, url string) (int64, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, "", err
	}
	var n counter
	z := gzip.NewWriter(&n)
	if _, err := z.Write(text); err != nil {
		return 0, "", err
	}
	err = z.Close()
	return int64(n), string(text), err
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// fetchPage adds up a page and what it links to.
func fetchPage(ctx context.Context, base, path string) (total int64, requests int, err error) {
	total, text, err := fetch(ctx, base+path)
	if err != nil {
		return 0, 0, err
	}
	requests = 1
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?:src|href)="(/[^"]+\.(?:js|css))"`).FindAllStringSubmatch(text, -1) {
		if seen[m[1]] || strings.HasPrefix(m[1], "//") {
			continue
		}
		seen[m[1]] = true
		n, _, err := fetch(ctx, base+m[1])
		if err != nil {
			return 0, 0, err
		}
		total, requests = total+n, requests+1
	}
	return total, requests, nil
}
