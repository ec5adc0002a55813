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

// sseStream is the carrier of one SSE response.
type sseStream struct {
	w    http.ResponseWriter
	ctl  *http.ResponseController
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
		k := &sseStream{w: w, ctl: http.NewResponseController(w), gone: make(chan struct{})}
		// The body has been read; the request may last for days.
		_ = k.ctl.SetReadDeadline(time.Time{})
		s.sockets.Add(1)
		defer s.sockets.Done()
		defer s.attachLine(who, cursor, k).Detach()
		select {
		case <-r.Context().Done():
		case <-k.gone:
		}
	}
}

func (s *Server) sseReader(w http.ResponseWriter, r *http.Request, read readerFunc) (entering, string, error) {
	if err := s.admitStream(r); err != nil {
		return entering{}, "", err
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFrame))
	if err != nil {
		return entering{}, "", bodyError(err)
	}
	f, err := parseAuth(raw)
	if err != nil {
		return entering{}, "", err
	}
	cookie := ""
	if c, err := r.Cookie(sessionCookie); err == nil {
		cookie = c.Value
	}
	who, err := read(r.Context(), cookie, f)
	who.Named = true
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
	by, err := s.upReader(r)
	if err == nil {
		err = s.Hub.UpTo(r.Context(), up.Stream, by, up.Frame)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// upReader is who sends a frame beside his line: an agent's sign-in, or a visitor.
func (s *Server) upReader(r *http.Request) (stream.Reader, error) {
	c := callerOf(r.Context())
	if c.session.ID != "" {
		return stream.Reader{Session: c.session.ID}, nil
	}
	v, err := s.Desk.VisitorOf(r.Context(), c.visitor)
	if chat.IsKind(err, chat.Gone) {
		err = chat.Errorf(chat.Missing, "There is no such stream of yours; open it again.") // it has ended with the token
	}
	return stream.Reader{Viewer: v.Viewer()}, err
}
