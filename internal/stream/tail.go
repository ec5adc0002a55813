package stream

import (
	"context"
	"fmt"

	"earshot/internal/chat"
)

// warm loads the newest positions, so that readers who come back after a restart
// are answered from memory, and lets the feeds begin.
func (h *Hub) warm(ctx context.Context) error {
	head, err := h.src.Head(ctx)
	if err != nil {
		return err
	}
	if err := h.loadUnseen(ctx); err != nil {
		return err
	}
	h.mu.Lock()
	h.pos = max(0, head.Pos-int64(h.limits.ring))
	h.ring.begin(h.pos)
	h.mu.Unlock()
	for more := true; more; {
		entries, err := h.src.Log(ctx, h.pos, h.limits.chunk)
		if err != nil {
			return err
		}
		if err := follows(h.pos, entries); err != nil {
			return err
		}
		h.mu.Lock()
		for _, e := range entries {
			h.ring.add(newRecord(e))
			h.pos = e.Pos
		}
		more = len(entries) > 0 && h.pos < head.Pos
		h.mu.Unlock()
	}
	h.ready.Store(true)
	h.mu.Lock()
	defer h.mu.Unlock()
	for f := range h.wheel.all() {
		f.mu.Lock()
		f.start()
		f.mu.Unlock()
	}
	return nil
}

// take follows with a batch of this node, and tells the others of it: its events
// have their positions now, which the commit alone does not say. A hole before it
// means that batches were dropped: the log has them.
func (h *Hub) take(ctx context.Context, batch []chat.Entry) {
	h.bus.Wake()
	for len(batch) > 0 && batch[0].Pos <= h.pos {
		batch = batch[1:]
	}
	if len(batch) == 0 {
		return
	}
	if batch[0].Pos > h.pos+1 {
		h.reread(ctx)
		return
	}
	h.follow(ctx, batch)
}

// drain takes the batches that wait.
func (h *Hub) drain(ctx context.Context) {
	for {
		select {
		case batch := <-h.src.Batches():
			h.take(ctx, batch)
		default:
			return
		}
	}
}

// reread reads the log from where the tailer is. It is asked by every wake-up, and
// where the log is known to have grown, so that no lost bell costs more than a quarter
// of a second.
func (h *Hub) reread(ctx context.Context) {
	for {
		entries, err := h.src.Log(ctx, h.pos, h.limits.chunk)
		if err != nil {
			if ctx.Err() == nil {
				h.log.Warn("stream: read the log", "error", err)
			}
			return
		}
		if len(entries) == 0 || !h.follow(ctx, entries) || len(entries) < h.limits.chunk {
			return
		}
	}
}

// follow offers entries to the feeds. Where it cannot judge them, it leaves them
// to the next reading.
func (h *Hub) follow(ctx context.Context, entries []chat.Entry) bool {
	recs := make([]*record, len(entries))
	for i, e := range entries {
		recs[i] = newRecord(e)
	}
	err := follows(h.pos, entries)
	var where map[chat.ConversationID]*place
	if err == nil {
		where, err = h.locate(ctx, conversations(recs))
	}
	if err != nil {
		if ctx.Err() == nil {
			h.log.Warn("stream: follow the log", "error", err)
		}
		return false
	}
	for _, rec := range recs {
		h.offer(rec, where)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rouse()
	close(h.advanced)
	h.advanced = make(chan struct{})
	return true
}

// follows checks that entries continue a position without a hole.
func follows(pos int64, entries []chat.Entry) error {
	for _, e := range entries {
		if pos++; e.Pos != pos {
			return fmt.Errorf("stream: position %d follows %d in the log", e.Pos, pos-1)
		}
	}
	return nil
}

// wakeTailer asks for a reading of the log now.
func (h *Hub) wakeTailer() {
	select {
	case h.nudge <- struct{}{}:
	default:
	}
}
