package stream

import (
	"context"

	"earshot/internal/chat"
)

// unseenKey is an agent who watches a Conversation without its lead knowing who
// does: what he looks at and types is told to nobody.
type unseenKey struct {
	agent        chat.AgentID
	conversation chat.ConversationID
}

// loadUnseen loads who watches unseen as of now; what the log tells afterwards is
// folded in again, which does no harm.
func (h *Hub) loadUnseen(ctx context.Context) error {
	all, err := h.src.Watches(ctx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, w := range all {
		h.noteUnseen(w)
	}
	return nil
}

// follows folds what an event tells of who watches. The caller holds Hub.mu.
func (h *Hub) follows(e chat.Event) {
	owner, _ := e.Conversation.AgentOf()
	switch e.Kind {
	case chat.KindWatch:
		if w, err := chat.Decode[chat.Watch](e); err == nil {
			h.noteUnseen(w)
		}
	case chat.KindWatchEnded:
		if b, err := chat.Decode[chat.WatchEnded](e); err == nil {
			delete(h.unseen, unseenKey{owner, b.Conversation})
		}
	case chat.KindWhisper: // whoever whispers shows himself
		delete(h.unseen, unseenKey{e.Actor.Agent(), e.Conversation})
	}
}

func (h *Hub) noteUnseen(w chat.Watch) {
	key := unseenKey{w.Watcher, w.Conversation}
	if w.Open() {
		delete(h.unseen, key)
	} else {
		h.unseen[key] = struct{}{}
	}
}

func (h *Hub) isUnseen(a chat.AgentID, c chat.ConversationID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, unseen := h.unseen[unseenKey{a, c}]
	return unseen
}
