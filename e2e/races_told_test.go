package e2e

import (
	"database/sql"
	"fmt"
	"testing"

	"earshot/internal/chat"
)

// told is what agents were told in the conversations of their own.
type told struct {
	rings   map[ringsAt]bool // invitations that ring them
	watches map[watchAt]bool
}

type ringsAt struct {
	agent        chat.AgentID
	conversation chat.ConversationID
	invite       int64
}

type watchAt struct {
	agent  chat.AgentID
	thread chat.ThreadID
}

func newTold() told { return told{map[ringsAt]bool{}, map[watchAt]bool{}} }

func (o told) hear(e chat.Event) {
	a, own := e.Conversation.AgentOf()
	if !own {
		return
	}
	switch e.Kind {
	case chat.KindInvitation, chat.KindInvitationEnded:
		if b, err := chat.Decode[chat.ChatInvitation](e); err == nil {
			o.rings[ringsAt{a, b.Conversation, b.Invite}] = e.Kind == chat.KindInvitation
		}
	case chat.KindWatch, chat.KindWatchEnded:
		if b, err := chat.Decode[chat.Watch](e); err == nil {
			o.watches[watchAt{a, b.Thread}] = e.Kind == chat.KindWatch
		}
	}
}

// knowsWhatRings wants every agent to know of those invitations that ring him, and of
// no other: he is told in a conversation of his own.
func (r *race) knowsWhatRings() {
	for id, s := range r.states {
		if s.Thread == nil {
			continue
		}
		for _, i := range s.Thread.Invites {
			at := ringsAt{i.Agent, id, i.Seq}
			if i.Agent != "" && !r.told.rings[at] {
				r.wrong(&r.halves, chat.Event{Conversation: id, Seq: i.Seq}, fmt.Sprintf("%s is asked in and does not know", i.Agent))
			}
			delete(r.told.rings, at)
		}
	}
	for at, rings := range r.told.rings {
		if rings {
			r.wrong(&r.halves, chat.Event{Conversation: at.conversation, Seq: at.invite}, fmt.Sprintf("%s thinks that he is asked in", at.agent))
		}
	}
}

// watchesOn wants nobody to watch a Thread any more that he takes part in, or that is
// over, by the time that the next thing happens there.
func (r *race) watchesOn(e chat.Event, t chat.Thread) {
	if e.At == r.lastAt[t.ID] {
		return // still the same moment
	}
	r.lastAt[t.ID] = e.At
	for a := range r.team {
		if r.told.watches[watchAt{a, t.ID}] && (!t.Open() || t.TakesPart(a)) {
			r.wrong(&r.halves, e, fmt.Sprintf("%s watches what he takes part in, or what is over", a))
		}
	}
}

// watched holds the table of those who watch against what they were told and against
// the Threads: nobody watches what is over, or what he takes part in.
func (r *race) watched(t testing.TB, w workspace) {
	t.Helper()
	threads := map[chat.ThreadID]*chat.Thread{}
	for _, s := range r.states {
		if s.Thread != nil {
			threads[s.Thread.ID] = s.Thread
		}
	}
	open := readWatches(t, w)
	for at, lead := range open {
		th := threads[at.thread]
		if th == nil || !th.Open() || th.TakesPart(at.agent) || th.Lead != lead || !r.told.watches[at] {
			r.wrong(&r.halves, chat.Event{}, fmt.Sprintf("%+v watches a chat of %q, told so: %v; it is %+v", at, lead, r.told.watches[at], th))
		}
	}
	for at, watches := range r.told.watches {
		if _, held := open[at]; watches && !held {
			r.wrong(&r.halves, chat.Event{}, fmt.Sprintf("%+v thinks that he watches", at))
		}
	}
}

// readWatches are the open entries of the log of watches, with whose chat it is.
func readWatches(t testing.TB, w workspace) map[watchAt]chat.AgentID {
	t.Helper()
	open := map[watchAt]chat.AgentID{}
	w.query(t, "SELECT watcher, thread, lead FROM watches WHERE ended = 0", func(rows *sql.Rows) error {
		var at watchAt
		var lead chat.AgentID
		err := rows.Scan(&at.agent, &at.thread, &lead)
		open[at] = lead
		return err
	})
	return open
}
