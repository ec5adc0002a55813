package stream

import (
	"context"
	"errors"
	"slices"
	"time"

	"earshot/internal/chat"
)

// errSuperseded stops what is done under rights that have changed meanwhile; the
// feed has been asked for a reset.
var errSuperseded = errors.New("stream: the reader's rights have changed")

// reading is what a pass over the log found for one feed.
type reading struct {
	items []item
	rows  []chat.ConversationID // whose row the agent is owed
	to    mark
	level bool // nothing is left up to the hub's position
}

// read finds what a feed is owed after a mark, at most a chunk of it.
func (f *Feed) read(from mark) (reading, error) {
	f.mu.Lock()
	v, watch := f.viewer, f.watch
	f.mu.Unlock()
	if v.Rights != from.rights {
		return reading{}, errSuperseded
	}
	if v.Kind == chat.ByVisitor {
		return f.hub.readVisitor(v, from)
	}
	return f.hub.readAgent(v, watch, from)
}

// readAgent reads from where the rows end: entries after that and up to the
// mark's position owe a row at most, those after it an event, a row or a gone.
func (h *Hub) readAgent(v chat.Viewer, watch []chat.ConversationID, from mark) (reading, error) {
	after := min(from.pos, from.low)
	recs, level, err := h.chunk(after)
	if err != nil {
		return reading{}, err
	}
	found := reading{to: from, level: level}
	where, err := h.locate(h.ctx, conversations(recs))
	if err != nil {
		return reading{}, err
	}
	for _, rec := range recs {
		c := rec.event.Conversation
		at := mark{pos: max(rec.pos, from.pos), fp: fingerprint(rec.event.ID), low: from.low, rights: from.rights}
		what := judge(rec.event, where[c], v, slices.Contains(watch, c))
		if (what == asRow || what == asCut) && !slices.Contains(found.rows, c) {
			found.rows = append(found.rows, c)
		}
		switch what {
		case asEvent:
			if rec.pos > from.pos {
				found.items = append(found.items, item{kind: itemEvent, mark: at, rec: rec})
			}
		case asGone, asCut:
			if rec.pos > from.pos {
				found.items = append(found.items, item{kind: itemGone, mark: at, frame: encodeGone(c)})
			}
		}
		if rec.pos >= from.pos {
			found.to.pos, found.to.fp = at.pos, at.fp
		}
		found.to.low = rec.pos
	}
	return found, nil
}

// readVisitor reads from the ring where it reaches back far enough, which costs
// no query, else from the store.
func (h *Hub) readVisitor(v chat.Viewer, from mark) (reading, error) {
	recs, to, inRing := h.ringFor(v.Conversation, from)
	found := reading{to: to, level: true}
	if !inRing {
		var err error
		if recs, found, err = h.storeFor(v.Conversation, from); err != nil {
			return reading{}, err
		}
	}
	for _, rec := range recs {
		found.to.low, found.to.lowFP = rec.event.VSeq, fingerprint(rec.event.ID)
		if visible(rec.event, chat.Access{}, v) {
			// A position must never be before the vseq that it stands with: what
			// comes from the store has none until the reading is level.
			at := mark{low: found.to.low, lowFP: found.to.lowFP, rights: from.rights}
			if inRing {
				at.pos, at.fp = rec.pos, found.to.lowFP
			}
			found.items = append(found.items, item{kind: itemEvent, mark: at, rec: rec})
		}
	}
	return found, nil
}

// ringFor returns what the ring has for a visitor after a mark, and false where
// it does not reach back so far.
func (h *Hub) ringFor(c chat.ConversationID, from mark) (recs []*record, to mark, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if from.pos == 0 || !h.ring.covers(from.pos) {
		return nil, from, false
	}
	for p := from.pos + 1; p <= h.ring.last; p++ {
		if rec := h.ring.at(p); rec.event.Conversation == c && rec.event.VSeq > from.low {
			recs = append(recs, rec)
		}
	}
	to = from
	to.pos, to.fp = h.pos, h.fingerprintAt(h.pos)
	return recs, to, true
}

// storeFor reads what the store has for a visitor after a mark.
func (h *Hub) storeFor(c chat.ConversationID, from mark) ([]*record, reading, error) {
	defer h.reading()()
	events, head, err := h.src.VisitorEvents(h.ctx, c, from.low, h.limits.resume)
	if err != nil {
		return nil, reading{}, err
	}
	if err := h.await(head.Pos); err != nil {
		return nil, reading{}, err
	}
	found := reading{to: from, level: len(events) < h.limits.resume}
	found.to.pos, found.to.fp = 0, 0
	if found.level {
		found.to.pos, found.to.fp = head.Pos, fingerprint(head.Event)
	}
	recs := make([]*record, len(events))
	for i, e := range events {
		recs[i] = newRecord(chat.Entry{Event: e})
	}
	return recs, found, nil
}

// chunk returns entries after a position, from the ring or the store, never
// beyond the hub's own position: what comes after that has not been folded into
// Access yet.
func (h *Hub) chunk(after int64) (recs []*record, level bool, err error) {
	h.mu.Lock()
	to := h.pos
	inRing := h.ring.covers(after)
	if inRing {
		recs = h.ring.after(after, h.limits.chunk)
	}
	h.mu.Unlock()
	if !inRing {
		defer h.reading()()
		entries, err := h.src.Log(h.ctx, after, h.limits.chunk)
		if err != nil {
			return nil, false, err
		}
		for _, e := range entries {
			if e.Pos <= to {
				recs = append(recs, newRecord(e))
			}
		}
	}
	return recs, len(recs) == 0 || recs[len(recs)-1].pos >= to, nil
}

// reading waits for a place among those who read the store, and returns the
// function that gives it back.
func (h *Hub) reading() func() {
	h.reads <- struct{}{}
	return func() { <-h.reads }
}

// fingerprintAt returns the fingerprint at a position of the ring. The caller
// holds Hub.mu.
func (h *Hub) fingerprintAt(pos int64) uint32 {
	if rec := h.ring.at(pos); rec != nil {
		return fingerprint(rec.event.ID)
	}
	return 0
}

// catchUp reads from the mark until level and sends as it goes.
func (f *Feed) catchUp() {
	for f.uninterrupted() {
		found, err := f.read(f.mark)
		if errors.Is(err, errSuperseded) {
			return
		}
		if err != nil {
			f.unavailable(err)
			return
		}
		if !f.deliver(found) {
			return
		}
		if found.level {
			return
		}
	}
}

// deliver sends what a reading found, rows last, and moves the mark to its end.
// Until the rows are out the mark says that they are owed.
func (f *Feed) deliver(found reading) bool {
	for _, it := range found.items {
		if !f.send(it) {
			return false
		}
	}
	if !f.outRows(found.rows) {
		return false
	}
	f.advance(found.to)
	return true
}

// outRows sends the rows that the agent may see.
func (f *Feed) outRows(ids []chat.ConversationID) bool {
	if len(ids) == 0 {
		return true
	}
	release := f.hub.reading()
	found, err := f.hub.src.Rows(f.hub.ctx, ids)
	release()
	if err != nil {
		f.unavailable(err)
		return false
	}
	v := f.reader()
	for _, row := range found {
		if row.Access().Admits(v) && !f.out(encodeRow(row)) {
			return false
		}
	}
	return true
}

// sendRows sends the rows of newly watched Conversations. The watch is in force
// already: the row's head says up to where the reader must load, and events
// after that come by themselves.
func (f *Feed) sendRows() {
	f.mu.Lock()
	ids := f.wanted
	f.wanted = nil
	f.mu.Unlock()
	f.outRows(ids)
}

// uninterrupted reports whether the feed still follows, with nothing more urgent
// to do than to read.
func (f *Feed) uninterrupted() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.phase == following && f.code == 0 && f.ask == nil && !f.left
}

var errBehind = errors.New("stream: the tailer does not reach the head of the log")

// await waits until the hub has offered a position: a snapshot may be newer than
// the tailer by a moment.
func (h *Hub) await(pos int64) error {
	ctx, cancel := context.WithTimeout(h.ctx, 2*time.Second)
	defer cancel()
	for {
		h.mu.Lock()
		at, advanced := h.pos, h.advanced
		h.mu.Unlock()
		if at >= pos {
			return nil
		}
		h.wakeTailer()
		select {
		case <-advanced:
		case <-ctx.Done():
			return errBehind
		}
	}
}
