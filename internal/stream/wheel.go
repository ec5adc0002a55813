package stream

import (
	"iter"
	"time"
)

// wheel holds every feed in one of its slots, a second apart: one timer for all
// pings. It is guarded by Hub.mu.
type wheel struct {
	slots [PingEvery / time.Second][]*Feed
	turn  int // whose second it is
	next  int // where the next feed goes
	count int
}

// slot is a feed's place in the wheel.
type slot struct {
	in    bool
	woken bool // in Hub.woken
	slot  int8
	index int32
}

func (w *wheel) add(f *Feed) {
	i := w.next % len(w.slots)
	w.next++
	f.slot = slot{in: true, slot: int8(i), index: int32(len(w.slots[i]))}
	w.slots[i] = append(w.slots[i], f)
	w.count++
}

// remove reports whether the feed was there.
func (w *wheel) remove(f *Feed) bool {
	if !f.slot.in {
		return false
	}
	s := w.slots[f.slot.slot]
	last := len(s) - 1
	s[f.slot.index] = s[last]
	s[f.slot.index].slot.index = f.slot.index
	s[last] = nil
	w.slots[f.slot.slot] = s[:last]
	f.slot = slot{}
	w.count--
	return true
}

// turned returns the feeds whose second has come.
func (w *wheel) turned() []*Feed {
	w.turn = (w.turn + 1) % len(w.slots)
	return w.slots[w.turn]
}

func (w *wheel) all() iter.Seq[*Feed] {
	return func(yield func(*Feed) bool) {
		for _, s := range w.slots {
			for _, f := range s {
				if !yield(f) {
					return
				}
			}
		}
	}
}

// tick runs every second: a twentieth of the feeds gets its ping, and signals
// expire.
func (h *Hub) tick() {
	h.mu.Lock()
	ping := item{kind: itemPing, mark: mark{pos: h.pos, fp: h.fingerprintAt(h.pos), low: h.rows.floor(h.pos)}}
	for _, f := range h.wheel.turned() {
		f.mu.Lock()
		f.push(ping)
		f.mu.Unlock()
	}
	h.rouse()
	signals := h.expire()
	h.mu.Unlock()
	for _, s := range signals {
		h.bus.Signal(s)
	}
}
