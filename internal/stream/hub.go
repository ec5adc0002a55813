package stream

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"earshot/internal/chat"
)

// pollEvery is how often the hub asks the store, and not the database, whether the log
// has grown without a bell.
const pollEvery = 50 * time.Millisecond

// Run follows the log until ctx ends, then says bye to every feed.
func (h *Hub) Run(ctx context.Context) error {
	defer h.cancel()
	heard, unsubscribe := h.bus.Subscribe()
	defer unsubscribe()
	defer h.bus.Answer(h.tag.String(), h.answer)()
	if err := h.warm(ctx); err != nil {
		h.farewell()
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("stream: load the newest positions: %w", err)
	}
	var rows sync.WaitGroup
	defer rows.Wait()
	rows.Go(func() { h.flushRows(ctx) })
	poll, tick := time.NewTicker(pollEvery), time.NewTicker(time.Second)
	defer poll.Stop()
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			h.farewell()
			return nil
		case batch := <-h.src.Batches():
			h.take(ctx, batch)
		case <-heard.Wakes:
			// What this node committed waits in Batches already.
			h.drain(ctx)
			h.reread(ctx)
		case <-h.nudge:
			h.reread(ctx)
		case <-poll.C:
			if !faultBell && h.src.Grown(h.pos) {
				h.reread(ctx)
			}
		case s := <-heard.Signals:
			h.hear(ctx, s)
		case <-tick.C:
			h.tick()
		}
	}
}

// offer gives one entry to the feeds of its topics. The ring has it before they
// do: a feed that begins to read now finds it there.
func (h *Hub) offer(rec *record, where map[chat.ConversationID]*place) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := rec.event.Conversation
	p := h.fold(rec, where)
	h.ring.add(rec)
	h.pos = rec.pos
	h.control(rec.event)
	h.revoke(rec.event)
	// Rows that are not out yet hold the cursor's row part back.
	at := mark{pos: rec.pos, fp: fingerprint(rec.event.ID), low: h.rows.floor(rec.pos - 1)}
	owed := false
	for _, topic := range rec.event.Topics() {
		for _, f := range h.topics[topic] {
			if f.visitor() {
				f.offerVisitor(rec, at)
			} else if f.offerAgent(rec, p, at) {
				owed = true
			}
		}
	}
	if owed {
		h.rows.owe(c, rec.pos, time.Now())
	}
}

// fold brings the place of the entry's Conversation up to the entry.
func (h *Hub) fold(rec *record, where map[chat.ConversationID]*place) *place {
	c := rec.event.Conversation
	if c.Reserved() {
		return nowhere()
	}
	p, kept := h.places.Get(c)
	if !kept {
		p = where[c]
	}
	next := p.fold(rec.pos, rec.event)
	if where[c] = next; !kept || next != p {
		h.places.Add(c, next)
	}
	return next
}

// control applies what an event says about connections themselves.
func (h *Hub) control(e chat.Event) {
	switch e.Kind {
	case chat.KindSession:
		owner, _ := e.Conversation.AgentOf()
		body, err := chat.Decode[chat.SessionEnded](e)
		for _, f := range h.topics[chat.AgentTopic(owner)] {
			if err != nil || body.Session == "" || body.Session == f.session {
				f.end(CloseRevoked, 0)
			}
		}
	case chat.KindAgent:
		a, err := chat.Decode[chat.Agent](e)
		if err != nil {
			return
		}
		for _, f := range h.topics[chat.AgentTopic(a.ID)] {
			f.change(a)
		}
	case chat.KindWatch, chat.KindWatchEnded, chat.KindWhisper:
		h.follows(e)
	case chat.KindEnded, chat.KindSigned:
		h.ended.Add(e.Conversation, struct{}{})
	}
}

// offerVisitor queues an event for its visitor.
func (f *Feed) offerVisitor(rec *record, at mark) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if rec.event.EndsToken() && !f.signed {
		// What came before is still sent; nothing follows.
		f.closing = true
		f.start()
	}
	if !visible(rec.event, chat.Access{}, f.viewer) {
		return
	}
	at.low, at.lowFP = rec.event.VSeq, at.fp
	f.push(item{kind: itemEvent, mark: at, rec: rec})
}

// offerAgent queues what an agent may have of an entry, and reports whether it
// is owed a row.
func (f *Feed) offerAgent(rec *record, p *place, at mark) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := rec.event.Conversation
	switch judge(rec.event, p, f.viewer, f.watches(c)) {
	case asEvent:
		f.push(item{kind: itemEvent, mark: at, rec: rec})
	case asGone:
		f.push(item{kind: itemGone, mark: at, frame: encodeGone(c)})
	case asCut:
		f.push(item{kind: itemGone, mark: at, frame: encodeGone(c)})
		f.anew = append(f.anew, c)
		return true
	case asRow:
		return true
	}
	return false
}

// change takes over what an agent has become. Other rights need another
// snapshot; whoever is answered just now is asked again.
func (f *Feed) change(a chat.Agent) {
	if a.Disabled {
		f.end(CloseRevoked, 0)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	same := a.Rights == f.viewer.Rights
	f.viewer, f.actor = a.Viewer(), a.Actor()
	switch {
	case same || f.phase == ended:
	case f.ask != nil:
		f.ask = &ask{cursor: f.ask.cursor, reset: reasonRights}
	case f.phase == following:
		f.phase, f.queue, f.bytes = waiting, nil, 0
		f.ask = &ask{reset: reasonRights}
		f.start()
	}
}

// enter registers a feed. The caller holds Hub.mu and sends the signal that it
// returns.
func (h *Hub) enter(f *Feed) *chat.Signal {
	// The token may have ended between the look at it and now: what ended lately
	// is remembered, so that nobody has to look again.
	if f.visitor() && !f.signed && h.ended.Contains(f.who.Conversation) {
		f.closing = true
	}
	for _, t := range f.topics() {
		h.topics[t] = append(h.topics[t], f)
	}
	h.wheel.add(f)
	if f.named {
		h.named[f.id] = f
	}
	return h.arrive(f)
}

// leave forgets a feed; twice does no harm.
func (h *Hub) leave(f *Feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.wheel.remove(f) {
		return
	}
	delete(h.named, f.id)
	for _, t := range f.topics() {
		feeds := h.topics[t]
		if i := slices.Index(feeds, f); i >= 0 {
			feeds = slices.Delete(feeds, i, i+1)
		}
		if h.topics[t] = feeds; len(feeds) == 0 {
			delete(h.topics, t)
		}
	}
	h.depart(f)
}

func (f *Feed) topics() []chat.Topic {
	if f.visitor() {
		return []chat.Topic{chat.VisitorTopic(f.who.Conversation)}
	}
	return []chat.Topic{chat.TeamTopic, chat.AgentTopic(f.who.Agent)}
}

// Dismiss says bye to every feed, with a time to come back that is spread so that at
// most 500 a second do. Others may come.
func (h *Hub) Dismiss() { h.dismiss() }

func (h *Hub) dismiss() []*Feed {
	h.mu.Lock()
	feeds := slices.Collect(h.wheel.all())
	h.mu.Unlock()
	window := max(time.Second, time.Duration(len(feeds))*time.Second/500)
	for _, f := range feeds {
		f.end(CloseShutdown, spread(window))
	}
	return feeds
}

// farewell dismisses every feed and who still comes, and waits for the writers, at
// most 5 s.
func (h *Hub) farewell() {
	h.mu.Lock()
	h.closing = true
	h.mu.Unlock()
	feeds := h.dismiss()
	late := time.NewTimer(5 * time.Second)
	defer late.Stop()
	for _, f := range feeds {
		select {
		case <-f.quiet():
		case <-late.C:
			return
		}
	}
}
