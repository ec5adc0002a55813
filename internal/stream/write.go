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
			f.sendQueued(it)
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

// out writes frames. A write that fails has blocked for 10 s, or the client is
// gone: either way it comes back and resumes.
func (f *Feed) out(frames ...[]byte) bool {
	f.mu.Lock()
	left := f.left || f.code != 0
	f.mu.Unlock()
	if left {
		return false
	}
	if err := f.carry(frames); err != nil {
		f.hub.slow.Add(1)
		f.end(CloseSlow, 0)
		return false
	}
	return true
}

func (f *Feed) carry(frames [][]byte) error {
	if g, ok := f.carrier.(Gatherer); ok && len(frames) > 1 {
		return g.WriteAll(frames)
	}
	for _, frame := range frames {
		if err := f.carrier.Write(frame); err != nil {
			return err
		}
	}
	return nil
}

// send writes an item, unless the client has it already from a reading.
func (f *Feed) send(it item) bool {
	buf := f.hub.buffer()
	defer f.hub.buffers.Put(buf)
	if *buf = f.appendItem((*buf)[:0], it); len(*buf) == 0 {
		return true
	}
	return f.out(*buf)
}

// What goes out at once at most. It is little: who loses a right meanwhile gets
// no more than this.
const gatherFrames, gatherBytes = 32, 16 << 10

// sendQueued writes an item and those queued behind it.
func (f *Feed) sendQueued(it item) {
	if _, ok := f.carrier.(Gatherer); !ok {
		f.send(it)
		return
	}
	buf := f.hub.buffer()
	defer f.hub.buffers.Put(buf)
	var ends [gatherFrames]int
	n, more := 0, true
	*buf = (*buf)[:0]
	for more {
		*buf = f.appendItem(*buf, it)
		ends[n] = len(*buf)
		if n++; n == gatherFrames || len(*buf) > gatherBytes {
			break
		}
		it, more = f.another()
	}
	f.outCut(*buf, ends[:n])
}

// outCut writes the frames that stand in one buffer, of which some are empty.
func (f *Feed) outCut(all []byte, ends []int) {
	var frames [gatherFrames][]byte
	n, from := 0, 0
	for _, end := range ends {
		if end > from {
			frames[n] = all[from:end]
			n++
		}
		from = end
	}
	if n > 0 {
		f.out(frames[:n]...)
	}
}

// another takes the next item, where there is nothing more urgent than it.
func (f *Feed) another() (item, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	busy := f.left || f.phase != following || f.code != 0 || f.ask != nil || f.lagging || len(f.wanted) > 0
	if busy || len(f.queue) == 0 {
		return item{}, false
	}
	return f.pop(), true
}

// appendItem appends the frame of an item; nothing where the client has it
// already from a reading.
func (f *Feed) appendItem(b []byte, it item) []byte {
	switch it.kind {
	case itemRow:
		// A reading has told more already, perhaps that the Conversation is gone.
		if it.mark.pos <= f.mark.low {
			return b
		}
		return append(b, it.frame...)
	case itemSignal:
		return append(b, it.frame...)
	case itemPing:
		return f.appendPing(b, it)
	}
	if f.visitor() && it.mark.low <= f.mark.low || !f.visitor() && it.mark.pos <= f.mark.pos {
		return b
	}
	f.advance(it.mark)
	if it.kind == itemGone {
		return append(b, it.frame...)
	}
	body := it.rec.forTeam
	if f.visitor() {
		body = it.rec.forVisitor
	}
	return appendEvent(b, f.hub.seal, f.who, f.mark, body())
}

// appendPing tells the client that it has everything up to here.
func (f *Feed) appendPing(b []byte, it item) []byte {
	f.mu.Lock()
	follows := f.phase == following
	f.mu.Unlock()
	if !follows {
		return appendPing(b, "")
	}
	if f.visitor() {
		it.mark.low, it.mark.lowFP = f.mark.low, f.mark.lowFP
	}
	if it.mark.pos >= f.mark.pos {
		f.advance(it.mark)
	}
	return appendPing(b, f.cursor())
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
