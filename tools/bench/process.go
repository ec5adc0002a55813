package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"earshot/client"
)

// process is a server under measurement.
type process struct {
	cmd *exec.Cmd
	url string
	out *lockedBuffer
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// freeAddress finds a port of this machine.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// spawn starts a program that serves on an address and waits until path answers.
func spawn(ctx context.Context, addr, path, bin string, args ...string) (*process, time.Duration, error) {
	p := &process{cmd: exec.Command(bin, args...), url: "http://" + addr, out: &lockedBuffer{}}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.Env = append(os.Environ(), "EARSHOT_UNLIMITED=true")
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, 0, err
	}
	poll := time.NewTicker(500 * time.Microsecond)
	defer poll.Stop()
	for time.Since(began) < 30*time.Second && ctx.Err() == nil {
		if resp, err := http.Get(p.url + path); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return p, time.Since(began), nil
			}
		}
		<-poll.C
	}
	p.stop()
	return nil, 0, fmt.Errorf("%s did not become ready:\n%s", bin, p.out)
}

// serve starts Earshot on a directory.
func (b bench) serve(ctx context.Context, dir string) (*process, time.Duration, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, 0, err
	}
	return spawn(ctx, addr, "/readyz", b.bin, "serve", "--listen", addr, "--data", dir)
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
}

// memory is the process's resident bytes.
func (p *process) memory() (int64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("no VmRSS in /proc")
}

const (
	benchEmail    = "bench@acme.example"
	benchPassword = "eleven lighthouses at sea"
)

// setUpToken is that of the first-start link, which may be printed a moment after the
// server is ready.
func (p *process) setUpToken(ctx context.Context) (string, error) {
	link := regexp.MustCompile(`/setup#([A-Za-z0-9_-]+)`)
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for began := time.Now(); time.Since(began) < 10*time.Second && ctx.Err() == nil; <-again.C {
		if token := link.FindStringSubmatch(p.out.String()); token != nil {
			return token[1], nil
		}
	}
	return "", fmt.Errorf("no first-start link in:\n%s", p.out)
}

// owner makes the owner of a new workspace and returns the key of its site.
func (p *process) owner(ctx context.Context) (*client.Agent, string, error) {
	token, err := p.setUpToken(ctx)
	if err != nil {
		return nil, "", err
	}
	owner, err := client.New(p.url).SetUp(ctx, client.SetUp{Token: token, Name: "Bench", Email: benchEmail,
		Password: benchPassword, SiteName: "Bench", Origins: []string{"https://acme.example"}, Language: "en", Method: "pull"})
	if err != nil {
		return nil, "", err
	}
	sites, err := owner.Sites(ctx)
	if err != nil || len(sites) == 0 {
		return nil, "", fmt.Errorf("sites: %v, %w", sites, err)
	}
	return owner, sites[0].Key, nil
}
