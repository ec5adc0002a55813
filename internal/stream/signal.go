package stream

import (
	"cmp"
	"context"
	"slices"

	"earshot/internal/chat"
)

// signalKey is what a later signal takes the place of.
type signalKey struct {
	kind         chat.SignalKind
	conversation chat.ConversationID
	by           chat.ActorKind
	id           string
	audience     chat.Audience
}

func keyOf(s chat.Signal) signalKey {
	if s.Kind.Addressed() {
		s.Audience = chat.ForAgents // whom it names is no part of what it is about
	}
	return signalKey{s.Kind, s.Conversation, s.Actor.Kind, s.Actor.ID, s.Audience}
}

// hear takes a signal from the bus and offers it to whoever hears it.
func (h *Hub) hear(ctx context.Context, s chat.Signal) {
	acc, err := h.accessOf(ctx, s.Conversation)
	if err != nil {
		return // a signal is repeated
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.Expires <= chat.Micros(h.now()) || !h.remember(s) {
		return
	}
	frame, key := encodeSignal(told(s)), keyOf(s)
	for _, t := range topicsOf(s) {
		for _, f := range h.topics[t] {
			f.mu.Lock()
			// A text that is typed goes to where the Conversation stands open alone.
			if hears(s, acc, f.viewer, f.watches(s.Conversation)) && (s.Kind != chat.SignalPreview || f.watches(s.Conversation)) {
				f.push(item{kind: itemSignal, frame: frame, key: &key})
			}
			f.mu.Unlock()
		}
	}
	h.rouse()
}

// hears asks the one function. Of a talk it is told to those who are in it, and
// where it stands open: else everybody would hear of every open channel.
func hears(s chat.Signal, acc chat.Access, v chat.Viewer, watches bool) bool {
	return chat.Hears(s, acc, v) && (!acc.OfTalk() || watches || acc.Within(v))
}

// topicsOf narrows who is asked; [chat.Hears] decides.
func topicsOf(s chat.Signal) []chat.Topic {
	if people, private := s.Audience.People(); private {
		topics := make([]chat.Topic, len(people))
		for i, p := range people {
			topics[i] = chat.AgentTopic(p)
		}
		return topics
	}
	var topics []chat.Topic
	if s.Kind != chat.SignalQueue { // which no agent hears: he sees the queue itself
		topics = append(topics, chat.TeamTopic)
	}
	if s.Conversation != "" && s.Audience == chat.ForAll {
		topics = append(topics, chat.VisitorTopic(s.Conversation))
	}
	return topics
}

// told is a signal as readers receive it: presence holds until the next word, and
// nobody learns who else is named: some of them watch unseen.
func told(s chat.Signal) chat.Signal {
	if s.Kind.Addressed() {
		s.Audience = chat.ForAgents
	}
	if s.Kind == chat.SignalPresence {
		s.Expires = 0
	}
	return s
}

// remember keeps a signal until it expires, and reports whether readers should
// be told: presence only where it changes. What is addressed is kept nowhere. The caller holds Hub.mu.
func (h *Hub) remember(s chat.Signal) bool {
	if s.Kind.Addressed() {
		return true
	}
	key := keyOf(s)
	_, known := h.signals[key]
	if s.Kind == chat.SignalPresence && !s.On {
		if o := h.online[s.Actor.Agent()]; o != nil && len(o.devices) > 0 {
			return false // gone from another node, still on this one
		}
		delete(h.signals, key)
		return known
	}
	if s.On {
		h.signals[key] = s
	} else {
		delete(h.signals, key)
	}
	return s.Kind != chat.SignalPresence || !known
}

// accessOf returns the Access of a Conversation's present Thread.
func (h *Hub) accessOf(ctx context.Context, c chat.ConversationID) (chat.Access, error) {
	if c == "" {
		return chat.Access{}, nil
	}
	where, err := h.locate(ctx, []chat.ConversationID{c})
	if err != nil {
		return chat.Access{}, err
	}
	return where[c].newest(), nil
}

// Signals lists the unexpired signals that a viewer hears, for a snapshot.
func (h *Hub) Signals(v chat.Viewer) []chat.Signal {
	h.mu.Lock()
	now := chat.Micros(h.now())
	all := make([]chat.Signal, 0, len(h.signals))
	for _, s := range h.signals {
		if s.Expires > now {
			all = append(all, s)
		}
	}
	h.mu.Unlock()
	heard := []chat.Signal{}
	for _, s := range all {
		if acc, err := h.accessOf(h.ctx, s.Conversation); err == nil && hears(s, acc, v, false) {
			heard = append(heard, told(s))
		}
	}
	slices.SortFunc(heard, func(a, b chat.Signal) int {
		return cmp.Or(cmp.Compare(a.Conversation, b.Conversation), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Actor.ID, b.Actor.ID))
	})
	return heard
}
