package stream

import (
	"encoding/json"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"earshot/internal/chat"
)

// line is a carrier in memory. While it is held, Write blocks, and after 10 s
// answers an error as a socket's deadline does.
type line struct {
	mu     sync.Mutex // guards everything below
	frames [][]byte
	closed int
	hold   chan struct{} // nil while frames flow
	came   chan struct{} // a frame or the end has come
}

func newLine() *line { return &line{came: make(chan struct{}, 1)} }

func (l *line) Write(frame []byte) error {
	l.mu.Lock()
	hold := l.hold
	l.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-time.After(10 * time.Second):
			return os.ErrDeadlineExceeded
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frames = append(l.frames, slices.Clone(frame))
	l.ring()
	return nil
}

// WriteAll makes it a Gatherer, as a socket is.
func (l *line) WriteAll(frames [][]byte) error {
	for _, frame := range frames {
		if err := l.Write(frame); err != nil {
			return err
		}
	}
	return nil
}

func (l *line) Bye(code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = code
	l.ring()
}

func (l *line) ring() {
	select {
	case l.came <- struct{}{}:
	default:
	}
}

func (l *line) block() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hold == nil {
		l.hold = make(chan struct{})
	}
}

func (l *line) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hold != nil {
		close(l.hold)
		l.hold = nil
	}
}

// take returns what has come since the last time, and the close code.
func (l *line) take() ([][]byte, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	frames := l.frames
	l.frames = nil
	return frames, l.closed
}

// down is any downward frame.
type down struct {
	Type         string
	Cursor       string
	Event        chat.Event
	Row          chat.Row
	Signal       chat.Signal
	Conversation chat.ConversationID
	Stream       string
	Resumed      bool
	Reason       reason
	Scope        string
	Code         int
	After        int64
	Now          int64
}

func parse(t testing.TB, frame []byte) down {
	t.Helper()
	var d down
	if err := json.Unmarshal(frame, &d); err != nil {
		t.Fatalf("frame %s: %v", frame, err)
	}
	return d
}

// taken parses what has come.
func (l *line) taken(t testing.TB) []down {
	t.Helper()
	frames, _ := l.take()
	all := make([]down, len(frames))
	for i, f := range frames {
		all[i] = parse(t, f)
	}
	return all
}

func types(frames []down) []string {
	var all []string
	for _, d := range frames {
		all = append(all, d.Type)
	}
	return all
}

func only(frames []down, kind string) []down {
	var found []down
	for _, d := range frames {
		if d.Type == kind {
			found = append(found, d)
		}
	}
	return found
}
