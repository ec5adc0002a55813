package stream

import (
	"encoding/json"
	"fmt"
	"sync"

	"earshot/internal/chat"
)

// record is one entry of the log, encoded at most once per class of viewer.
type record struct {
	pos   int64
	event chat.Event

	teamOnce, visitorOnce sync.Once
	team, visitor         []byte
}

func newRecord(e chat.Entry) *record { return &record{pos: e.Pos, event: e.Event} }

// forTeam is the event as agents receive it.
func (r *record) forTeam() []byte {
	r.teamOnce.Do(func() { r.team = encode(r.event) })
	return r.team
}

// forVisitor is the event as the visitor receives it.
func (r *record) forVisitor() []byte {
	r.visitorOnce.Do(func() { r.visitor = encode(chat.ForVisitor(r.event)) })
	return r.visitor
}

func (r *record) size() int { return 512 + 3*len(r.event.Body) }

func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("stream: encode %T: %v", v, err))
	}
	return raw
}

// ring holds the newest positions. Positions are gapless, so that a position is
// a place. It is guarded by Hub.mu.
type ring struct {
	slots       []*record
	first, last int64 // first > last where it is empty
	bytes, most int
}

func newRing(size, bytes int) *ring {
	return &ring{slots: make([]*record, size), first: 1, most: bytes}
}

// begin empties the ring; the next record is the one after pos.
func (r *ring) begin(pos int64) {
	clear(r.slots)
	r.first, r.last, r.bytes = pos+1, pos, 0
}

func (r *ring) slot(pos int64) **record { return &r.slots[pos%int64(len(r.slots))] }

// add appends the next position and lets go of the oldest.
func (r *ring) add(rec *record) {
	if r.last-r.first+1 == int64(len(r.slots)) {
		r.drop()
	}
	r.last = rec.pos
	*r.slot(rec.pos) = rec
	r.bytes += rec.size()
	for r.bytes > r.most && r.first < r.last {
		r.drop()
	}
	r.change(rec.event)
}

func (r *ring) drop() {
	oldest := r.slot(r.first)
	r.bytes -= (*oldest).size()
	*oldest = nil
	r.first++
}

// at returns the record at a position, or nil.
func (r *ring) at(pos int64) *record {
	if pos < r.first || pos > r.last {
		return nil
	}
	return *r.slot(pos)
}

// covers reports whether everything after a position is here.
func (r *ring) covers(after int64) bool { return after+1 >= r.first }

// after returns at most limit records after a position.
func (r *ring) after(pos int64, limit int) []*record {
	n := min(r.last-pos, int64(limit))
	if n <= 0 {
		return nil
	}
	found := make([]*record, 0, n)
	for p := pos + 1; p <= pos+n; p++ {
		found = append(found, *r.slot(p))
	}
	return found
}

// change does to the target what the store has done: an edit or a redaction
// changes the target's own body, and a reader that comes later must not receive
// the former words from memory.
func (r *ring) change(e chat.Event) {
	target, said, ok := changed(e)
	if !ok {
		return
	}
	for p := r.last; p >= r.first; p-- {
		old := (*r.slot(p)).event
		switch {
		case old.Conversation != e.Conversation:
		case old.Seq == target:
			if was, err := chat.Decode[chat.Said](old); err == nil {
				r.replace(p, said(was))
			}
			return
		case old.Kind == chat.KindEdit && e.Kind == chat.KindRedact:
			// The edits of a text that is taken back hold it, too.
			if was, err := chat.Decode[chat.Edited](old); err == nil && was.Target == target {
				was.Text, was.Former = "", ""
				r.replace(p, was)
			}
		}
	}
}

// replace puts another body into a record's place. Who holds the record keeps
// the former one.
func (r *ring) replace(pos int64, body any) {
	old := *r.slot(pos)
	fresh := &record{pos: old.pos, event: old.event}
	fresh.event.Body = encode(body)
	r.bytes += fresh.size() - old.size()
	*r.slot(pos) = fresh
}

// changed returns the target of an edit, a redact or a question taken back, and what
// becomes of its body.
func changed(e chat.Event) (target int64, said func(chat.Said) chat.Said, ok bool) {
	switch e.Kind {
	case chat.KindEdit:
		b, err := chat.Decode[chat.Edited](e)
		return b.Target, func(s chat.Said) chat.Said {
			s.Text, s.Edited = b.Text, e.At
			return s
		}, err == nil
	case chat.KindRedact:
		b, err := chat.Decode[chat.Redacted](e)
		return b.Target, func(s chat.Said) chat.Said { return s.AsEmptied(e.At) }, err == nil
	case chat.KindSideEnded:
		b, err := chat.Decode[chat.SideChanged](e)
		return b.Side, func(s chat.Said) chat.Said { return s.AsEmptied(e.At) }, err == nil && b.How == chat.TakenBack
	}
	return 0, nil, false
}
