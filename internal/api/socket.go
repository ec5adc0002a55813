package api

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"earshot/internal/chat"
	"earshot/internal/stream"
)

// newBufferPool shares write buffers between sockets: an idle one holds none.
func newBufferPool() websocket.BufferPool { return &sync.Pool{} }

// socket is the carrier of one WebSocket.
type socket struct {
	conn  *websocket.Conn
	quiet time.Duration // without a sign of life, after which it is closed
	mu    sync.Mutex    // one writer at a time: the feed, or this side answering a ping or saying bye
	// gather holds buffers (*[]byte) of frames that leave together.
	gather *sync.Pool
}

// Write implements stream.Carrier.
func (k *socket) Write(frame []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.conn.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	if err := k.conn.WriteMessage(websocket.TextMessage, frame); err != nil || !bytes.HasPrefix(frame, pingFrame()) {
		return err
	}
	// The client's own machine answers this one without its page: a network that
	// went away without a word must not count as somebody present.
	return k.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime))
}

// WriteAll implements stream.Gatherer: the frames leave in one write. The
// library writes frame by frame, so they are framed here. Its own control frames
// are one write each, which the connection never puts into the middle of ours.
func (k *socket) WriteAll(frames [][]byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	buf, _ := k.gather.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
	}
	defer k.gather.Put(buf)
	*buf = (*buf)[:0]
	pinged := false
	for _, frame := range frames {
		*buf = append(appendTextHeader(*buf, len(frame)), frame...)
		pinged = pinged || bytes.HasPrefix(frame, pingFrame())
	}
	raw := k.conn.NetConn()
	if err := raw.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	if _, err := raw.Write(*buf); err != nil {
		_ = raw.Close() // behind a part of a frame nothing can follow
		return err
	}
	if !pinged {
		return nil
	}
	return k.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime))
}

// appendTextHeader appends the header of a whole, unmasked text frame
// (RFC 6455, section 5.2).
func appendTextHeader(b []byte, length int) []byte {
	const final, text = 0x80, 0x1
	b = append(b, final|text)
	switch {
	case length < 126:
		return append(b, byte(length))
	case length <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, 126), uint16(length))
	}
	return binary.BigEndian.AppendUint64(append(b, 127), uint64(length))
}

func pingFrame() []byte { return []byte(`{"type":"ping"`) }

// pong answers a ping when no write is under way: it would shorten its time.
func (k *socket) pong(data string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	// Where it fails the connection is about to end, and the reading tells.
	_ = k.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
	return nil
}

// alive prolongs the time in which a sign of life must come.
func (k *socket) alive() error { return k.conn.SetReadDeadline(time.Now().Add(k.quiet)) }

// Bye implements stream.Carrier.
func (k *socket) Bye(code int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	// The other side may be gone already; then there is nobody to tell.
	_ = k.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	_ = k.conn.Close()
}

// refuse says why and closes.
func (k *socket) refuse(code int, after time.Duration) {
	_ = k.Write(stream.Bye(code, after.Milliseconds()))
	k.Bye(code)
}

// upgrade takes a WebSocket. The handler returns at once and the socket goes on
// in a goroutine of its own, so that net/http's buffers and stack are freed.
func (s *Server) upgrade(u *websocket.Upgrader, read readerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := s.admitStream(r); err != nil {
			s.fail(w, r, err)
			return
		}
		cookie := ""
		if c, err := r.Cookie(sessionCookie); err == nil {
			cookie = c.Value
		}
		conn, err := u.Upgrade(w, r, nil)
		if err != nil {
			return // the upgrader has answered
		}
		s.sockets.Go(func() { s.runSocket(conn, cookie, read) })
	}
}

// runSocket lets the reader in. What follows goes on in one more goroutine,
// whose stack has not grown by looking somebody up.
func (s *Server) runSocket(conn *websocket.Conn, cookie string, read readerFunc) {
	k := &socket{conn: conn, quiet: s.quietTime, gather: &s.gather}
	feed, err := s.attach(k, cookie, read)
	if err != nil {
		k.refuse(codeOf(err), time.Second)
		return
	}
	s.sockets.Go(func() { k.follow(feed) })
}

func (k *socket) follow(feed line) {
	err := k.readFrames(feed.Feed)
	if err == nil {
		_ = k.conn.Close() // ends a write that is under way
	}
	feed.Detach()
	if err != nil {
		k.refuse(stream.CloseBadFrame, 0)
	}
}

// attach waits for the auth frame and connects the reader. What was needed for
// it is not kept.
func (s *Server) attach(k *socket, cookie string, read readerFunc) (line, error) {
	if err := k.conn.SetReadDeadline(time.Now().Add(s.authTime)); err != nil {
		return line{}, err
	}
	raw, err := readFrame(k.conn)
	if err != nil {
		return line{}, chat.Errorf(chat.Invalid, "The first frame must be auth, within 5 seconds.")
	}
	f, err := parseAuth(raw)
	if err != nil {
		return line{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeTime)
	defer cancel()
	who, err := read(ctx, cookie, f)
	if err != nil {
		return line{}, err
	}
	return s.attachLine(who, f.Cursor, k), nil
}

// readFrames takes frames until the connection ends (nil) or sends what no
// client of ours does.
func (k *socket) readFrames(feed *stream.Feed) error {
	k.conn.SetPongHandler(func(string) error { return k.alive() })
	k.conn.SetPingHandler(k.pong)
	for {
		if k.alive() != nil {
			return nil
		}
		raw, err := readFrame(k.conn)
		var bad *chat.Error
		switch {
		case errors.As(err, &bad):
			return err
		case err != nil:
			return nil
		}
		if err := feed.Up(raw); err != nil {
			return err
		}
	}
}

// readFrame reads one text frame of at most maxFrame bytes. The limit is not
// gorilla's own, which would close with 1009 instead of our code.
func readFrame(conn *websocket.Conn) ([]byte, error) {
	kind, r, err := conn.NextReader()
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(r, maxFrame+1))
	switch {
	case err != nil:
		return nil, err
	case kind != websocket.TextMessage || len(raw) > maxFrame:
		return nil, chat.Errorf(chat.Invalid, "A frame is text of at most 16 KiB.")
	}
	return raw, checkFrame(raw)
}

func checkFrame(raw []byte) error {
	if checkJSON(raw) != nil {
		return chat.Errorf(chat.Invalid, "A frame is JSON in UTF-8.")
	}
	return nil
}
