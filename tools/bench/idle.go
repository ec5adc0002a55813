package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"

	"earshot/client"
)

// idles measures the resident memory of idle WebSocket connections of visitors
// against a bare echo server of the same library, one after the other.
func (b bench) idles(ctx context.Context) error {
	var ours, bare, ratios []float64
	for range b.rounds {
		e, err := b.idleEcho(ctx)
		if err != nil {
			return fmt.Errorf("echo server: %w", err)
		}
		o, err := b.idleEarshot(ctx)
		if err != nil {
			return err
		}
		bare, ours, ratios = append(bare, e), append(ours, o), append(ratios, o/e)
		say("round", "echo %.1f kB  Earshot %.1f kB  ratio %.2f", e/1000, o/1000, o/e)
	}
	say("resident bytes per idle WebSocket, bare echo", "%.1f kB (%d connections)", median(bare)/1000, b.idle)
	say("resident bytes per idle WebSocket, Earshot", "%.1f kB", median(ours)/1000)
	say("  ratio (must 1.6, goal 1.3)", "%.2f", median(ratios))
	return nil
}

func (b bench) idleEarshot(ctx context.Context) (float64, error) {
	dir, err := os.MkdirTemp("", "earshot-bench-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	p, _, err := b.serve(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	_, site, err := p.owner(ctx)
	if err != nil {
		return 0, err
	}
	visitors, err := b.visitors(ctx, p.url, site)
	if err != nil {
		return 0, err
	}
	return b.growth(ctx, p, func(ctx context.Context, i int) (*websocket.Conn, error) {
		return dialVisitor(ctx, p.url, visitors[i], site)
	})
}

// visitors makes visitors with a conversation each, and lets the server come to
// rest.
func (b bench) visitors(ctx context.Context, url, site string) ([]string, error) {
	c := client.New(url)
	tokens := make([]string, b.idle)
	var g errgroup.Group
	g.SetLimit(32)
	for i := range tokens {
		tokens[i] = client.NewToken()
		g.Go(func() error {
			_, err := c.Visitor(tokens[i], site).Post(ctx, client.VisitorMessage{Text: "Hello"})
			return err
		})
	}
	err := g.Wait()
	c.CloseIdle()
	return tokens, err
}

func dialVisitor(ctx context.Context, url, token, site string) (*websocket.Conn, error) {
	d := websocket.Dialer{ReadBufferSize: 256, WriteBufferSize: 256, HandshakeTimeout: 20 * time.Second}
	ws, _, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(url, "http")+"/v1/visitor/stream", http.Header{"Origin": {url}})
	if err != nil {
		return nil, err
	}
	err = ws.WriteJSON(map[string]string{"type": "auth", "token": token, "site": site, "cursor": ""})
	if err == nil {
		_, _, err = ws.ReadMessage() // hello
	}
	return ws, err
}

func (b bench) idleEcho(ctx context.Context) (float64, error) {
	addr, err := freeAddress()
	if err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	p, _, err := spawn(ctx, addr, "/readyz", self, "-echo", addr)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	return b.growth(ctx, p, func(ctx context.Context, _ int) (*websocket.Conn, error) {
		d := websocket.Dialer{ReadBufferSize: 256, WriteBufferSize: 256, HandshakeTimeout: 20 * time.Second}
		ws, _, err := d.DialContext(ctx, "ws://"+addr+"/ws", nil)
		if err != nil {
			return nil, err
		}
		if err := ws.WriteMessage(websocket.TextMessage, []byte("hello")); err != nil {
			return nil, err
		}
		_, _, err = ws.ReadMessage()
		return ws, err
	})
}

// growth opens connections and returns by how much the resident memory of the
// server grew for each, after it has come to rest.
func (b bench) growth(ctx context.Context, p *process, dial func(context.Context, int) (*websocket.Conn, error)) (float64, error) {
	before, err := settled(ctx, p)
	if err != nil {
		return 0, err
	}
	var mu sync.Mutex
	var open []*websocket.Conn
	defer func() {
		for _, ws := range open {
			_ = ws.Close()
		}
	}()
	var g errgroup.Group
	g.SetLimit(50)
	for i := range b.idle {
		g.Go(func() error {
			ws, err := dial(ctx, i)
			if err != nil {
				return fmt.Errorf("connection %d: %w", i, err)
			}
			mu.Lock()
			defer mu.Unlock()
			open = append(open, ws)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	after, err := settled(ctx, p)
	return float64(after-before) / float64(b.idle), err
}

// settled waits until the resident memory stays the same for three seconds.
func settled(ctx context.Context, p *process) (int64, error) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last, same := int64(-1), 0
	for range 60 {
		now, err := p.memory()
		if err != nil {
			return 0, err
		}
		if d := now - last; d < last/200 && d > -last/200 {
			same++
		} else {
			same = 0
		}
		if last = now; same >= 3 {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return last, nil
}

// serveEcho is the bare server: gorilla with a small read buffer, a shared pool
// of write buffers, and the read loop in a goroutine of its own, so that the
// buffers of net/http go.
func serveEcho(addr string) error {
	up := websocket.Upgrader{ReadBufferSize: 512, WriteBufferPool: &sync.Pool{}, CheckOrigin: func(*http.Request) bool { return true }}
	mux := http.NewServeMux()
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		go func() {
			defer ws.Close()
			for {
				kind, data, err := ws.ReadMessage()
				if err != nil || ws.WriteMessage(kind, data) != nil {
					return
				}
			}
		}()
	})
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return http.Serve(l, mux)
}
