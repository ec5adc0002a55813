package stream

import (
	"slices"
	"time"

	"earshot/internal/chat"
)

// shown is to whom a text is shown while it is typed, and until when unless it is
// repeated. The text itself is kept nowhere.
type shown struct {
	to      []chat.AgentID
	expires int64
}

// upPreview shows a text while it is typed. Who reads it along is asked anew for
// each; one that nobody may read is dropped without a word.
func (f *Feed) upPreview(up upFrame) {
	f.mu.Lock()
	v, actor := f.viewer, f.actor
	f.mu.Unlock()
	s := chat.Signal{Kind: chat.SignalPreview, Conversation: up.Conversation, Actor: actor, Text: chat.CleanTyped(up.Text),
		Expires: chat.Micros(f.hub.now().Add(chat.SignalTTL))}
	s.On = s.Text != ""
	if v.Kind == chat.ByVisitor {
		s.Conversation = v.Conversation
	}
	reply := v.Kind == chat.ByVisitor || up.Voice == chat.VoiceReply // a note, a whisper is never shown before it is sent
	if !reply || s.Conversation == "" || s.Conversation.Reserved() || len(s.Conversation) > 64 || s.On && !f.spaced() || !f.allow() {
		return
	}
	f.show(s)
}

// show asks who reads along and tells them.
func (f *Feed) show(s chat.Signal) {
	h := f.hub
	turn := h.turn()
	var readers []chat.AgentID
	if s.On {
		p, people, err := h.src.Preview(h.ctx, s.Conversation, s.Actor)
		if err != nil {
			return // it is repeated
		}
		readers = p.Readers(people)
	}
	if h.showTo(s, readers, turn) {
		f.mu.Lock()
		f.spent().showing = s
		f.spent().showing.Text = ""
		f.mu.Unlock()
	}
}

// takeBack ends what the reader's own text showed: he has left.
func (f *Feed) takeBack() {
	f.mu.Lock()
	b := f.budget
	var s chat.Signal
	if b != nil {
		s, b.showing = b.showing, chat.Signal{}
	}
	f.mu.Unlock()
	if s.Kind != "" {
		s.On = false
		f.hub.showTo(s, nil, f.hub.turn())
	}
}

// turn counts what may have taken somebody's right to read along.
func (h *Hub) turn() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.turns
}

// showTo sends a text to its readers, and an end of it to those who had it and are
// none any more. Where a right may have ended since the readers were asked for,
// nothing is sent: the client repeats. It reports whether it was shown to anybody.
func (h *Hub) showTo(s chat.Signal, readers []chat.AgentID, turn int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if turn != h.turns {
		return false
	}
	key := keyOf(s)
	before := h.shown[key].to
	h.unshow(s, slices.DeleteFunc(slices.Clone(before), func(a chat.AgentID) bool { return slices.Contains(readers, a) }))
	if len(readers) > 0 {
		h.shown[key] = shown{readers, s.Expires}
		s.Audience = chat.Private(readers...)
		h.bus.Signal(s)
	} else {
		delete(h.shown, key)
	}
	if len(readers)+len(before) > 0 {
		h.tellReading(s, len(readers) > 0)
	}
	return len(readers) > 0
}

// tellReading tells the lead whether somebody reads what he types. A visitor was
// told that before he began.
func (h *Hub) tellReading(s chat.Signal, on bool) {
	if s.Actor.Kind == chat.ByAgent {
		h.bus.Signal(chat.Signal{Kind: chat.SignalReading, Conversation: s.Conversation, Actor: chat.System(), Audience: chat.Private(s.Actor.Agent()),
			On: on, Expires: s.Expires})
	}
}

// unshow tells agents that a text is over. The caller holds Hub.mu.
func (h *Hub) unshow(s chat.Signal, gone []chat.AgentID) {
	if len(gone) > 0 {
		s.On, s.Text, s.Audience = false, "", chat.Private(gone...)
		h.bus.Signal(s)
	}
}

// revoke ends at once what an event took the right to show, or to read. The caller
// holds Hub.mu.
func (h *Hub) revoke(e chat.Event) {
	switch e.Kind {
	case chat.KindAgent:
		h.turns++
		if a, err := chat.Decode[chat.Agent](e); err == nil && !a.OpenDrafts {
			h.hide(func(k signalKey, _ chat.AgentID) bool { return k.by == chat.ByAgent && k.id == string(a.ID) })
		}
	case chat.KindWatchEnded:
		h.turns++
		owner, _ := e.Conversation.AgentOf()
		if b, err := chat.Decode[chat.WatchEnded](e); err == nil {
			h.hide(func(k signalKey, reader chat.AgentID) bool {
				return k.conversation == b.Conversation && reader == owner
			})
		}
	case chat.KindSite, chat.KindGroup:
		h.turns++
	default:
		if _, moves := chat.AccessAfter(e); moves || e.Kind == chat.KindClosed {
			h.turns++
		}
	}
}

// hide ends texts for those of their readers for whom it is over.
func (h *Hub) hide(over func(signalKey, chat.AgentID) bool) {
	for key, was := range h.shown {
		var gone, rest []chat.AgentID
		for _, reader := range was.to {
			if over(key, reader) {
				gone = append(gone, reader)
			} else {
				rest = append(rest, reader)
			}
		}
		if len(gone) == 0 {
			continue
		}
		s := chat.Signal{Kind: key.kind, Conversation: key.conversation, Actor: chat.Actor{Kind: key.by, ID: key.id}, Expires: was.expires}
		h.unshow(s, gone)
		if was.to = rest; len(rest) == 0 {
			delete(h.shown, key)
			h.tellReading(s, false)
			continue
		}
		h.shown[key] = was
	}
}

// spaced reports whether the last text lies far enough back.
func (f *Feed) spaced() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, now := f.spent(), time.Now()
	if now.Sub(b.typed) < chat.PreviewGap {
		return false
	}
	b.typed = now
	return true
}
