package stream

import (
	"context"
	"slices"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"earshot/internal/chat"
)

// place is the Access of each Thread of one Conversation as of now, or that of a
// talk. It is never changed: folding makes another one.
type place struct {
	at      int64 // everything up to this position is folded in
	threads []sitting
}

// sitting is the Access of a Thread, or of a talk, whose id is empty as it is in
// its events.
type sitting struct {
	id  chat.ThreadID
	acc chat.Access
}

func ofThreads(threads []chat.Thread) []sitting {
	all := make([]sitting, len(threads))
	for i, t := range threads {
		all[i] = sitting{t.ID, t.Access()}
	}
	return all
}

func (p *place) find(t chat.ThreadID) int {
	return slices.IndexFunc(p.threads, func(s sitting) bool { return s.id == t })
}

// of returns the Access of a Thread; the zero Access, which admits nobody, of an
// unknown one.
func (p *place) of(t chat.ThreadID) chat.Access {
	if i := p.find(t); i >= 0 {
		return p.threads[i].acc
	}
	return chat.Access{}
}

// newest returns the Access of the present Thread.
func (p *place) newest() chat.Access {
	if len(p.threads) == 0 {
		return chat.Access{}
	}
	return p.threads[len(p.threads)-1].acc
}

// former returns the Access of the Thread before one.
func (p *place) former(t chat.ThreadID) chat.Access {
	if i := p.find(t); i > 0 {
		return p.threads[i-1].acc
	}
	return chat.Access{}
}

// fold returns the place after an entry.
func (p *place) fold(pos int64, e chat.Event) *place {
	if pos <= p.at {
		return p
	}
	after, ok := p.after(e)
	if !ok {
		return p
	}
	next := &place{at: pos, threads: slices.Clone(p.threads)}
	if i := next.find(e.Thread); i >= 0 {
		next.threads[i].acc = after
	} else {
		next.threads = append(next.threads, sitting{e.Thread, after})
	}
	return next
}

// after returns the Access that an event leaves behind, and whether it tells one.
// Events of a talk tell what they change of it.
func (p *place) after(e chat.Event) (chat.Access, bool) {
	if e.Thread == "" {
		return p.of("").Fold(e)
	}
	change, ok := chat.AccessAfter(e)
	return change.After, ok
}

// places keeps the place of Conversations that were looked at lately. It is
// guarded by Hub.mu.
type places = simplelru.LRU[chat.ConversationID, *place]

func newPlaces(size int) *places {
	lru, err := simplelru.NewLRU[chat.ConversationID, *place](size, nil)
	if err != nil {
		panic(err)
	}
	return lru
}

// endedKept is more than can end between a look at a token and the connection.
const endedKept = 1024

func newEnded() *simplelru.LRU[chat.ConversationID, struct{}] {
	lru, err := simplelru.NewLRU[chat.ConversationID, struct{}](endedKept, nil)
	if err != nil {
		panic(err)
	}
	return lru
}

// nowhere is the place of reserved Conversations, which have no Threads.
func nowhere() *place { return &place{} }

// locate returns the place of each Conversation, as of the hub's position or
// later, loading what is not kept.
func (h *Hub) locate(ctx context.Context, ids []chat.ConversationID) (map[chat.ConversationID]*place, error) {
	found := make(map[chat.ConversationID]*place, len(ids))
	missing := h.known(ids, found)
	for len(missing) > 0 {
		loaded, at, err := h.src.Sittings(ctx, missing)
		if err != nil {
			return nil, err
		}
		h.keep(missing, loaded, at)
		missing = h.known(missing, found)
	}
	return found, nil
}

// known collects the places that are kept and returns the ids of the others.
func (h *Hub) known(ids []chat.ConversationID, found map[chat.ConversationID]*place) []chat.ConversationID {
	h.mu.Lock()
	defer h.mu.Unlock()
	var missing []chat.ConversationID
	for _, id := range ids {
		if id.Reserved() {
			found[id] = nowhere()
		} else if p, ok := h.places.Get(id); ok {
			found[id] = p
		} else if !slices.Contains(missing, id) {
			missing = append(missing, id)
		}
	}
	return missing
}

// keep folds into loaded places what was committed since they were loaded, so
// that a slow load never brings an old right back. Where the ring does not reach
// back so far, they must be loaded again.
func (h *Hub) keep(ids []chat.ConversationID, sittings map[chat.ConversationID][]sitting, at int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.ring.covers(at) {
		return
	}
	loaded := make(map[chat.ConversationID]*place, len(ids))
	for _, id := range ids {
		loaded[id] = &place{at: at, threads: sittings[id]}
	}
	for _, rec := range h.ring.after(at, h.limits.ring) {
		if p := loaded[rec.event.Conversation]; p != nil {
			loaded[rec.event.Conversation] = p.fold(rec.pos, rec.event)
		}
	}
	for id, p := range loaded {
		if !h.places.Contains(id) {
			h.places.Add(id, p)
		}
	}
}

func conversations(recs []*record) []chat.ConversationID {
	ids := make([]chat.ConversationID, 0, 8)
	for _, rec := range recs {
		if !slices.Contains(ids, rec.event.Conversation) {
			ids = append(ids, rec.event.Conversation)
		}
	}
	return ids
}
