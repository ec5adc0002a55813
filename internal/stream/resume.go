package stream

import (
	"errors"

	"earshot/internal/chat"
)

// refusal is why a resume answers reset.
type refusal struct{ reason reason }

func (r refusal) Error() string { return "stream: reset: " + string(r.reason) }

// revoked ends a feed whose reader has lost the right to it.
var errRevoked = errors.New("stream: the reader's session has ended")

// answer answers a wish to follow: with everything since the cursor, or with
// reset. Nothing in between.
func (f *Feed) answer() {
	f.mu.Lock()
	ask := f.ask
	f.mu.Unlock()
	if ask == nil {
		return
	}
	found, err := f.resume(ask)
	var no refusal
	switch {
	case errors.As(err, &no):
		if f.settle(ask, waiting) && f.greet(false) {
			f.hub.resets.add(no.reason)
			f.out(encodeReset(no.reason))
		}
	case errors.Is(err, errRevoked):
		f.end(CloseRevoked, 0)
	case errors.Is(err, errSuperseded):
	case err != nil:
		f.unavailable(err)
	case f.greet(true):
		f.hub.resumed.Add(1)
		if f.deliver(found) {
			f.out(appendPing(nil, f.cursor()))
		}
	}
}

// greet sends hello, once in the life of a feed.
func (f *Feed) greet(resumed bool) bool {
	if f.greeted {
		return true
	}
	f.greeted = true
	return f.out(encode(helloFrame{"hello", f.ID(), f.hub.node, chat.Micros(f.hub.now()), resumed}))
}

// resume finds everything since the cursor, or why it cannot be had.
func (f *Feed) resume(ask *ask) (reading, error) {
	if ask.reset != "" {
		return reading{}, refusal{ask.reset}
	}
	if err := f.refresh(); err != nil {
		return reading{}, err
	}
	v := f.reader()
	m, why := f.hub.seal.open(v, ask.cursor)
	if why != "" {
		return reading{}, refusal{why}
	}
	m, err := f.hub.check(v, m)
	if err != nil {
		return reading{}, err
	}
	// From here the queue fills; what is read below and queued too is skipped.
	f.mark = m
	if !f.settle(ask, following) {
		return reading{}, errSuperseded
	}
	return f.since(m)
}

// settle moves a feed on from an ask, unless another one has come meanwhile.
func (f *Feed) settle(from *ask, to phase) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.phase == ended || (f.ask != nil && f.ask != from) {
		return false
	}
	f.phase, f.ask, f.lagging, f.queue, f.bytes = to, nil, false, nil, 0
	return true
}

// refresh loads the agent as he is now: his rights may have changed, and his
// session ended, between the request's own check and the moment from which the
// feed hears of it.
func (f *Feed) refresh() error {
	if f.who.Kind != chat.ByAgent {
		return nil
	}
	a, live, err := f.hub.src.Agent(f.hub.ctx, f.who.Agent, f.session)
	if err != nil {
		return err
	}
	if !live {
		return errRevoked
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	// An event that the hub has offered meanwhile may tell more than this read.
	if a.Rights >= f.viewer.Rights {
		f.viewer, f.actor = a.Viewer(), a.Actor()
	}
	return nil
}

// check compares a mark with the history: what stands there must be what stood
// there when the cursor was sealed. It returns the mark to read from.
func (h *Hub) check(v chat.Viewer, m mark) (mark, error) {
	if v.Kind == chat.ByVisitor {
		return h.checkVisitor(v, m)
	}
	if err := h.reach(m.pos); err != nil {
		return m, err
	}
	return m, h.standsAt(m)
}

// reach waits for the tailer where a cursor is ahead of it but not of the log.
func (h *Hub) reach(pos int64) error {
	h.mu.Lock()
	at := h.pos
	h.mu.Unlock()
	if pos <= at {
		return nil
	}
	head, err := h.src.Head(h.ctx)
	if err != nil {
		return err
	}
	if pos > head.Pos {
		h.log.Error("stream: a cursor is ahead of the log", "cursor", pos, "head", head.Pos)
		return refusal{reasonEpoch}
	}
	return h.await(pos)
}

func (h *Hub) standsAt(m mark) error {
	if m.pos == 0 {
		return nil
	}
	h.mu.Lock()
	rec := h.ring.at(m.pos)
	h.mu.Unlock()
	if rec != nil {
		if fingerprint(rec.event.ID) != m.fp {
			return refusal{reasonEpoch}
		}
		return nil
	}
	p, ok, err := h.src.At(h.ctx, m.pos)
	if err != nil {
		return err
	}
	if !ok || fingerprint(p.Event) != m.fp {
		return refusal{reasonEpoch}
	}
	return nil
}

// checkVisitor asks the ring first: thousands of visitors who come back at once
// cost no query. A position that the ring does not hold, also one that is ahead,
// counts for nothing; then the vseq alone does.
func (h *Hub) checkVisitor(v chat.Viewer, m mark) (mark, error) {
	h.mu.Lock()
	rec := h.ring.at(m.pos)
	h.mu.Unlock()
	if rec != nil {
		if fingerprint(rec.event.ID) != m.fp {
			return m, refusal{reasonEpoch}
		}
		return m, nil
	}
	m.pos, m.fp = 0, 0
	if m.low == 0 {
		return m, nil
	}
	defer h.reading()()
	events, _, err := h.src.VisitorEvents(h.ctx, v.Conversation, m.low-1, 1)
	if err != nil {
		return m, err
	}
	if len(events) == 0 || events[0].VSeq != m.low || fingerprint(events[0].ID) != m.lowFP {
		h.log.Error("stream: a visitor's cursor is of another history", "conversation", v.Conversation, "vseq", m.low)
		return m, refusal{reasonEpoch}
	}
	return m, nil
}

// since reads everything after a mark, or answers that it is too much.
func (f *Feed) since(m mark) (reading, error) {
	all := reading{to: m}
	if faultResumeOffByOne {
		all.to.pos, all.to.low = m.pos+1, m.low+1
	}
	for !all.level {
		found, err := f.read(all.to)
		if err != nil {
			return all, err
		}
		for _, it := range found.items {
			if !f.visitor() {
				it.mark.low = m.low // no row is sent before the last event
			}
			all.items = append(all.items, it)
		}
		all.rows = union(all.rows, found.rows)
		all.to, all.level = found.to, found.level
		if len(all.items)+len(all.rows) > f.hub.limits.resume || (!f.visitor() && all.to.low-m.low > int64(f.hub.limits.scan)) {
			if faultPartialResume {
				return all, nil
			}
			return all, refusal{reasonGap}
		}
	}
	return all, nil
}

func union(ids, more []chat.ConversationID) []chat.ConversationID {
	seen := make(map[chat.ConversationID]bool, len(ids)+len(more))
	var all []chat.ConversationID
	for _, list := range [][]chat.ConversationID{ids, more} {
		for _, id := range list {
			if !seen[id] {
				seen[id] = true
				all = append(all, id)
			}
		}
	}
	return all
}
