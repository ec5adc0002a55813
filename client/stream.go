package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// silence is how long a connection may say nothing: two pings of 20 s and some.
const silence = 45 * time.Second

// Frame is what the server sends. Which fields are filled depends on Type.
type Frame struct {
	Type         string          `json:"type"`
	Cursor       string          `json:"cursor,omitempty"`
	Event        *Event          `json:"event,omitempty"`
	Row          *Row            `json:"row,omitempty"`
	Signal       json.RawMessage `json:"signal,omitempty"`
	Stream       string          `json:"stream,omitempty"`
	Node         string          `json:"node,omitempty"`
	Resumed      bool            `json:"resumed,omitempty"`
	Conversation string          `json:"conversation,omitempty"`
	Reason       string          `json:"reason,omitempty"`
	Code         int             `json:"code,omitempty"`
	After        int64           `json:"after,omitempty"`
	// Raw is the frame as it came.
	Raw []byte `json:"-"`
}

// Closed is the error of a stream that the server closed for good: the code of
// its bye frame says why.
type Closed struct{ Code int }

// Error implements error.
func (e *Closed) Error() string { return fmt.Sprintf("client: stream closed with %d", e.Code) }

// Conn is one connection to the stream, without resume; see [Stream].
type Conn struct{ ws *websocket.Conn }

// Read waits for the next frame.
func (c *Conn) Read() (Frame, error) {
	if err := c.ws.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return Frame{}, &lineError{err}
	}
	_, raw, err := c.ws.ReadMessage()
	if err != nil {
		var closed *websocket.CloseError
		if errors.As(err, &closed) && closed.Code >= 4000 {
			return Frame{}, &Closed{Code: closed.Code}
		}
		return Frame{}, &lineError{err}
	}
	f := Frame{Raw: raw}
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, fmt.Errorf("client: frame: %w", err)
	}
	return f, nil
}

// Write sends a frame. It may be called by one goroutine at a time, beside Read.
func (c *Conn) Write(frame any) error {
	if err := c.ws.SetWriteDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return &lineError{err}
	}
	if err := c.ws.WriteJSON(frame); err != nil {
		return &lineError{err}
	}
	return nil
}

// Close ends the connection.
func (c *Conn) Close() error { return c.ws.Close() }

// Dial opens one connection of the agent's stream from a cursor ("" = none).
func (a *Agent) Dial(ctx context.Context, cursor string) (*Conn, error) {
	return a.dial(ctx, "/v1/stream", map[string]string{"type": "auth", "cursor": cursor})
}

// Dial opens one connection of the visitor's stream from a cursor ("" = none).
func (v *Visitor) Dial(ctx context.Context, cursor string) (*Conn, error) {
	return v.dial(ctx, "/v1/visitor/stream", map[string]string{"type": "auth", "token": v.token, "site": v.site, "cursor": cursor})
}

func (s session) dial(ctx context.Context, path string, auth any) (*Conn, error) {
	d := websocket.Dialer{HandshakeTimeout: 10 * time.Second, ReadBufferSize: 512, WriteBufferSize: 512}
	if s.jar != nil {
		d.Jar = s.jar
	}
	header := http.Header{"Origin": {s.base}}
	ws, resp, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(s.base, "http")+path, header)
	if err != nil {
		if resp != nil && resp.StatusCode >= 400 {
			return nil, asError(resp, nil)
		}
		return nil, &lineError{err}
	}
	c := &Conn{ws: ws}
	if err := c.Write(auth); err != nil {
		_ = ws.Close()
		return nil, err
	}
	return c, nil
}

// Stream follows the log from a cursor and connects again by itself, from
// where it stopped. It is used by one goroutine.
type Stream struct {
	dial    func(ctx context.Context, cursor string) (*Conn, error)
	count   *Counters
	cursor  string
	conn    *Conn
	attempt int
	notFor  time.Duration
	began   bool
}

// Stream follows what the agent may see, from the cursor of a snapshot.
func (a *Agent) Stream(cursor string) *Stream {
	return &Stream{dial: a.Dial, count: a.count, cursor: cursor}
}

// Stream follows the visitor's conversation, from the cursor of a snapshot.
func (v *Visitor) Stream(cursor string) *Stream {
	return &Stream{dial: v.Dial, count: v.count, cursor: cursor}
}

// Cursor is where the stream has come to.
func (s *Stream) Cursor() string { return s.cursor }

// Next waits for the next frame. It deals with hello, ping and lost connections
// by itself and returns the others. After a reset the caller loads a snapshot
// and calls From. An error is final: the context ended, or the server will not
// have this reader ([Closed], [Error]).
func (s *Stream) Next(ctx context.Context) (Frame, error) {
	for {
		f, err := s.read(ctx)
		switch {
		case ctx.Err() != nil:
			s.Drop()
			return Frame{}, ctx.Err()
		case err == nil && f.Type != "hello" && f.Type != "ping" && f.Type != "bye":
			return f, nil
		case err != nil && final(err):
			s.Drop()
			return Frame{}, err
		}
	}
}

// read reads one frame and moves the cursor; after an error that is not final it
// has waited and will connect again.
func (s *Stream) read(ctx context.Context) (Frame, error) {
	if err := s.connect(ctx); err != nil {
		return Frame{}, s.lost(ctx, err)
	}
	conn := s.conn
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	f, err := conn.Read()
	stop()
	if err != nil {
		return Frame{}, s.lost(ctx, err)
	}
	if f.Cursor != "" {
		s.cursor = f.Cursor
		s.attempt = 0
	}
	if f.Type == "bye" && f.After > 0 {
		s.notFor = time.Duration(f.After) * time.Millisecond
	}
	return f, nil
}

func (s *Stream) connect(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	if s.began {
		s.count.reconnects.Add(1)
	}
	s.began = true
	conn, err := s.dial(ctx, s.cursor)
	s.conn = conn
	return err
}

func (s *Stream) lost(ctx context.Context, err error) error {
	s.Drop()
	if final(err) || ctx.Err() != nil {
		return err
	}
	d := max(pause(s.attempt, err), s.notFor)
	s.attempt, s.notFor = s.attempt+1, 0
	_ = wait(ctx, d)
	return err
}

func final(err error) bool {
	var closed *Closed
	if errors.As(err, &closed) {
		return closed.Code != 4408 && closed.Code != 4409 && closed.Code != 4429 && closed.Code != 4500
	}
	return !retryable(err)
}

// From goes on from the cursor of a snapshot, after a reset.
func (s *Stream) From(cursor string) {
	s.cursor = cursor
	if s.conn == nil {
		return
	}
	if err := s.conn.Write(map[string]string{"type": "from", "cursor": cursor}); err != nil {
		s.Drop()
	}
}

// Send sends a frame upward: typing, viewing or watch. It is lost where there is
// no connection at the moment.
func (s *Stream) Send(frame any) error {
	if s.conn == nil {
		return &lineError{errors.New("not connected")}
	}
	return s.conn.Write(frame)
}

// Drop closes the connection; the next call of Next connects again.
func (s *Stream) Drop() {
	if s.conn != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
}
