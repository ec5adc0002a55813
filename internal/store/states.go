package store

import (
	"slices"

	"earshot/internal/chat"
)

// maxStates is how many states of Conversations the writer remembers, about
// 8 MiB. Loading one costs a fifth of storing a message.
const maxStates = 8192

// states remembers Conversations as they are stored. Only the one writer of this
// engine has one: nobody else changes them, and every change of the tables
// conversations and threads goes through Append.
type states map[chat.ConversationID]chat.State

// changed are the Conversations that a batch has loaded or changed, as they are
// in its transaction. nil is one of which nothing is known any more.
type changed map[chat.ConversationID]*chat.State

// known returns a Conversation's state in the present transaction, where it is
// remembered.
func (b *batch) known(c chat.ConversationID) (chat.State, bool) {
	if s, touched := b.changed[c]; touched {
		if s == nil {
			return chat.State{}, false
		}
		return cloneState(*s), true
	}
	s, ok := b.states[c]
	return cloneState(s), ok
}

func (b *batch) remember(s chat.State) {
	s = cloneState(s)
	b.changed[s.Conversation.ID] = &s
}

// forget takes back what a closure that failed has done to a Conversation.
func (b *batch) forget(c chat.ConversationID) { b.changed[c] = nil }

// keep takes over what a batch has committed.
func (m states) keep(c changed) {
	for id, s := range c {
		delete(m, id)
		if s != nil {
			m[id] = *s
		}
	}
	for id := range m {
		if len(m) <= maxStates {
			return
		}
		delete(m, id)
	}
}

// cloneState copies what a caller could change in place.
func cloneState(s chat.State) chat.State {
	if s.Thread != nil {
		t := *s.Thread
		t.Members, t.Guests = slices.Clone(t.Members), slices.Clone(t.Guests)
		s.Thread = &t
	}
	if s.Talk != nil {
		t := *s.Talk
		s.Talk = &t
	}
	return s
}
