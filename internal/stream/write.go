package stream

import (
	"time"

	"earshot/internal/chat"
)

// step is what a writer does next.
type step uint8

const (
	stop step = iota
	sayBye
	answer  // an ask
	catchUp // read from the mark until level
	sendRows
	send
)

// write is the writer goroutine. It starts on demand and ends when there is
// nothing to do.
func (f *Feed) write() {
	for {
		what, it := f.next()
		switch what {
		case stop:
			return
		case sayBye:
			f.bye()
		case answer:
			f.answer()
		case catchUp:
			f.catchUp()
		case sendRows:
			f.sendRows()
		case send:
			f.send(it)
		}
	}
}

// next decides what to do. Lagging is cleared before the reading begins, so that
// the queue fills again with what is committed meanwhile.
func (f *Feed) next() (step, item) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ready := f.hub.ready.Load()
	switch {
	case f.left || f.phase == ended:
	case f.code != 0:
		return sayBye, item{}
	case f.ask != nil && ready:
		return answer, item{}
	case f.ask != nil:
	case f.phase == following && f.lagging:
		f.lagging, f.queue, f.bytes = false, nil, 0
		return catchUp, item{}
	case f.phase == following && len(f.wanted) > 0:
		return sendRows, item{}
	case len(f.queue) > 0:
		return send, f.pop()
	case f.closing:
		f.code = CloseRevoked
		return sayBye, item{}
	}
	f.running = false
	if f.idle != nil {
		close(f.idle)
	}
	return stop, item{}
}

func (f *Feed) bye() {
	f.mu.Lock()
	code, after := f.code, f.after
	f.phase, f.queue, f.ask = ended, nil, nil
	f.mu.Unlock()
	// The client was too slow for frames: it gets the code alone.
	if code == CloseSlow || f.carrier.Write(Bye(code, after.Milliseconds())) == nil {
		f.carrier.Bye(code)
	} else {
		f.carrier.Bye(CloseSlow)
	}
	f.hub.leave(f)
}

// out writes one frame. A write that fails has blocked for 10 s, or the client
// is gone: either way it comes back and resumes.
func (f *Feed) out(frame []byte) bool {
	f.mu.Lock()
	left := f.left || f.code != 0
	f.mu.Unlock()
	if left {
		return false
	}
	if err := f.carrier.Write(frame); err != nil {
		f.hub.slow.Add(1)
		f.end(CloseSlow, 0)
		return false
	}
	return true
}

// send writes an item, unless the client has it already from a reading.
func (f *Feed) send(it item) bool {
	switch it.kind {
	case itemRow:
		// A reading has told more already, perhaps that the Conversation is gone.
		return it.mark.pos <= f.mark.low || f.out(it.frame)
	case itemSignal:
		return f.out(it.frame)
	case itemPing:
		return f.ping(it)
	}
	if f.visitor() && it.mark.low <= f.mark.low || !f.visitor() && it.mark.pos <= f.mark.pos {
		return true
	}
	f.advance(it.mark)
	if it.kind == itemGone {
		return f.out(it.frame)
	}
	body := it.rec.forTeam
	if f.visitor() {
		body = it.rec.forVisitor
	}
	buf := f.hub.buffer()
	defer f.hub.buffers.Put(buf)
	*buf = appendEvent((*buf)[:0], f.cursor(), body())
	return f.out(*buf)
}

// ping tells the client that it has everything up to here.
func (f *Feed) ping(it item) bool {
	f.mu.Lock()
	follows := f.phase == following
	f.mu.Unlock()
	if !follows {
		return f.out(appendPing(nil, ""))
	}
	if f.visitor() {
		it.mark.low, it.mark.lowFP = f.mark.low, f.mark.lowFP
	}
	if it.mark.pos >= f.mark.pos {
		f.advance(it.mark)
	}
	return f.out(appendPing(nil, f.cursor()))
}

// advance moves the mark. An agent's never goes back: rows of a reading may be
// ahead of an item that was queued meanwhile. A visitor's is taken as it is: its
// position belongs to its vseq, and may be unknown.
func (f *Feed) advance(m mark) {
	was := f.mark
	if !f.visitor() {
		m.low = max(m.low, was.low)
		if m.pos < was.pos {
			m.pos, m.fp = was.pos, was.fp
		}
	}
	m.rights = was.rights
	f.mark = m
}

func (f *Feed) cursor() string { return f.hub.seal.seal(f.who, f.mark) }

// reader returns the viewer with the rights of now.
func (f *Feed) reader() chat.Viewer {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.viewer
}

func (h *Hub) buffer() *[]byte {
	if b, ok := h.buffers.Get().(*[]byte); ok {
		return b
	}
	return new([]byte)
}

// unavailable cuts a feed that cannot be served now; it comes back.
func (f *Feed) unavailable(err error) {
	if f.hub.ctx.Err() == nil {
		f.hub.log.Warn("stream: read for a feed", "error", err)
	}
	f.end(CloseShutdown, time.Second+spread(2*time.Second))
}
