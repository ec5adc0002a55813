package api

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"earshot/internal/chat"
	"earshot/internal/stream"
)

// sseStreams are the streams that take frames upward by POST.
type sseStreams struct {
	mu  sync.Mutex // guards all
	all map[string]*sseStream
}

func newSSEStreams() *sseStreams { return &sseStreams{all: map[string]*sseStream{}} }

// sseStream is the carrier of one SSE response.
type sseStream struct {
	w    http.ResponseWriter
	ctl  *http.ResponseController
	who  stream.Reader
	feed *stream.Feed
	gone chan struct{}
	once sync.Once
}

// Write implements stream.Carrier.
func (k *sseStream) Write(frame []byte) error {
	if err := k.ctl.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	if _, err := k.w.Write(append(append([]byte("data: "), frame...), '\n', '\n')); err != nil {
		return err
	}
	return k.ctl.Flush()
}

// Bye implements stream.Carrier.
func (k *sseStream) Bye(int) { k.once.Do(func() { close(k.gone) }) }

// begin connects the reader. The stream is listed before its hello can be
// answered, since who answers needs the list.
func (l *sseStreams) begin(h *stream.Hub, k *sseStream, cursor string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k.feed = h.Attach(k.who, cursor, k)
	l.all[k.feed.ID()] = k
}

func (l *sseStreams) end(k *sseStream) {
	l.mu.Lock()
	delete(l.all, k.feed.ID())
	l.mu.Unlock()
	k.feed.Detach()
}

func (l *sseStreams) find(id string) *sseStream {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all[id]
}

// serveSSE follows the log over a response that does not end.
func (s *Server) serveSSE(read readerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, cursor, err := s.sseReader(w, r, read)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/event-stream")
		h.Set("X-Accel-Buffering", "no")
		w.WriteHeader(http.StatusOK)
		k := &sseStream{w: w, ctl: http.NewResponseController(w), who: who, gone: make(chan struct{})}
		// The body has been read; the request may last for days.
		_ = k.ctl.SetReadDeadline(time.Time{})
		s.sockets.Add(1)
		defer s.sockets.Done()
		s.streams.begin(s.Hub, k, cursor)
		defer s.streams.end(k)
		select {
		case <-r.Context().Done():
		case <-k.gone:
		}
	}
}

func (s *Server) sseReader(w http.ResponseWriter, r *http.Request, read readerFunc) (stream.Reader, string, error) {
	if err := s.admitStream(r); err != nil {
		return stream.Reader{}, "", err
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFrame))
	if err != nil {
		return stream.Reader{}, "", bodyError(err)
	}
	f, err := parseAuth(raw)
	if err != nil {
		return stream.Reader{}, "", err
	}
	cookie := ""
	if c, err := r.Cookie(sessionCookie); err == nil {
		cookie = c.Value
	}
	who, err := read(r.Context(), cookie, f)
	if err != nil && codeOf(err) == stream.CloseSignIn {
		err = notSignedIn("The stream is for signed-in agents and visitors who have written.")
	}
	return who, f.Cursor, err
}

type upFrame struct {
	Stream string          `json:"stream" doc:"From the stream's hello."`
	Frame  json.RawMessage `json:"frame" doc:"The frame as a WebSocket client would send it."`
}

// serveUp takes a frame of an SSE client from the one who opened the stream.
func (s *Server) serveUp(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFrame))
	if err != nil {
		s.fail(w, r, bodyError(err))
		return
	}
	var up upFrame
	if err := checkJSON(raw); err != nil {
		s.fail(w, r, err)
		return
	}
	if json.Unmarshal(raw, &up) != nil || len(up.Frame) == 0 {
		s.fail(w, r, newProblem(http.StatusBadRequest, chat.Invalid, "This needs a stream and a frame."))
		return
	}
	feed, err := s.upFeed(r, up.Stream)
	if err == nil {
		err = feed.Up(up.Frame)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// upFeed finds the caller's own stream; another's is as good as none.
func (s *Server) upFeed(r *http.Request, id string) (*stream.Feed, error) {
	missing := chat.Errorf(chat.Missing, "There is no such stream of yours; open it again.")
	k := s.streams.find(id)
	if k == nil {
		return nil, missing
	}
	c := callerOf(r.Context())
	if k.who.Viewer.Kind == chat.ByAgent {
		if c.session.ID == "" || c.session.ID != k.who.Session {
			return nil, missing
		}
	} else {
		v, err := s.Desk.VisitorOf(r.Context(), c.visitor)
		if err != nil || v.ID != k.who.Viewer.Visitor {
			return nil, missing
		}
	}
	return k.feed, nil
}
