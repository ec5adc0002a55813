package stream

import (
	"context"
	"slices"
	"time"

	"earshot/internal/chat"
)

// rows holds back what an agent who does not take part sees of a Conversation:
// the first change at once, then at most one row a second. It is guarded by
// Hub.mu.
type rows struct {
	owed   map[chat.ConversationID]owed
	flying map[chat.ConversationID]owed // being read
	order  []debt                       // by position; some are paid already
	sent   map[chat.ConversationID]time.Time
	kick   chan struct{}
}

type owed struct {
	pos int64 // of the first change that no row has told yet
	due time.Time
}

type debt struct {
	conversation chat.ConversationID
	pos          int64
}

func newRows() rows {
	return rows{owed: map[chat.ConversationID]owed{}, flying: map[chat.ConversationID]owed{},
		sent: map[chat.ConversationID]time.Time{}, kick: make(chan struct{}, 1)}
}

// owe notes a change at a position.
func (r *rows) owe(c chat.ConversationID, pos int64, now time.Time) {
	if _, already := r.owed[c]; already {
		return
	}
	due := now
	if last, ok := r.sent[c]; ok && last.Add(RowEvery).After(now) {
		due = last.Add(RowEvery)
	}
	r.owed[c] = owed{pos, due}
	r.order = append(r.order, debt{c, pos})
	select {
	case r.kick <- struct{}{}:
	default:
	}
}

// floor returns the position up to which no row is owed, at most upTo. A cursor
// beyond it would lose rows.
func (r *rows) floor(upTo int64) int64 {
	for len(r.order) > 0 {
		d := r.order[0]
		if r.owed[d.conversation].pos == d.pos || r.flying[d.conversation].pos == d.pos {
			return min(upTo, d.pos-1)
		}
		r.order = r.order[1:]
	}
	return upTo
}

// due takes what is due, and tells when the next is.
func (r *rows) due(now time.Time) (ids []chat.ConversationID, next time.Time) {
	for c, at := range r.sent {
		if !at.Add(RowEvery).After(now) {
			delete(r.sent, c)
		}
	}
	for c, o := range r.owed {
		if !o.due.After(now) {
			ids = append(ids, c)
			r.flying[c], r.sent[c] = o, now
			delete(r.owed, c)
		} else if next.IsZero() || o.due.Before(next) {
			next = o.due
		}
	}
	slices.Sort(ids)
	return ids, next
}

// paid ends what was taken. Rows that could not be read are owed again.
func (r *rows) paid(ids []chat.ConversationID, ok bool, now time.Time) {
	for _, c := range ids {
		if !ok {
			r.owed[c] = owed{r.flying[c].pos, now.Add(RowEvery)}
		}
		delete(r.flying, c)
	}
}

// flushRows reads and offers the rows that are due, one read for all feeds.
func (h *Hub) flushRows(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		h.mu.Lock()
		ids, next := h.rows.due(time.Now())
		h.mu.Unlock()
		if len(ids) > 0 {
			h.offerRows(ctx, ids)
			continue
		}
		wait := time.Hour
		if !next.IsZero() {
			wait = time.Until(next)
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-h.rows.kick:
		}
	}
}

func (h *Hub) offerRows(ctx context.Context, ids []chat.ConversationID) {
	found, err := h.src.Rows(ctx, ids)
	if err != nil && ctx.Err() == nil {
		h.log.Warn("stream: read rows", "error", err)
	}
	frames := make([][]byte, len(found))
	for i, row := range found {
		frames[i] = encodeRow(row)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, row := range found {
		// A right may have ended since the row was read: its gone is queued already,
		// and the row must not follow it.
		now := row.Access()
		if p, kept := h.places.Peek(row.Conversation.ID); kept {
			now = p.newest()
		}
		for _, f := range h.topics[chat.TeamTopic] {
			f.offerRow(row, now, item{kind: itemRow, mark: mark{pos: h.pos}, frame: frames[i]})
		}
	}
	h.rouse()
	h.rows.paid(ids, err == nil, time.Now())
}

// offerRow queues a row for an agent who sees it and gets no events of it, or who
// has just been told to forget what he had of it.
func (f *Feed) offerRow(row chat.Row, now chat.Access, it item) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := row.Conversation.ID
	anew := slices.Contains(f.anew, c)
	if anew {
		f.anew = slices.DeleteFunc(f.anew, func(id chat.ConversationID) bool { return id == c })
	}
	if now.Admits(f.viewer) && row.Access().Admits(f.viewer) && (anew || !f.watches(c) && !holds(now, f.viewer.Agent)) {
		f.push(it)
	}
}
