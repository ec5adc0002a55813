package stream

import (
	"slices"
	"time"

	"earshot/internal/chat"
)

// Up takes a frame from the client: typing, viewing, preview, watch, from. An invalid
// frame answers a chat.Error of kind invalid. Too many of watch and from end the
// feed with 4429. Signals that are too many, or for a Conversation that the
// reader may not see, are dropped without a word: the right may have ended a
// moment ago.
func (f *Feed) Up(frame []byte) error {
	up, err := parseUp(frame)
	if err != nil {
		return err
	}
	switch up.Type {
	case "typing", "viewing":
		return f.upSignal(up)
	case "preview":
		f.upPreview(up)
		return nil
	case "watch", "from":
		if !f.allow() {
			f.end(CloseTooMany, 10*time.Second)
			return nil
		}
		if up.Type == "from" {
			f.from(up.Cursor)
			return nil
		}
		return f.upWatch(up.Conversations)
	}
	return chat.Errorf(chat.Invalid, "There is no frame of type %q.", up.Type)
}

// from follows from a snapshot's cursor, where a reset was sent.
func (f *Feed) from(cursor string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.phase == waiting && f.ask == nil {
		f.ask = &ask{cursor: cursor}
		f.start()
	}
}

// upWatch replaces the set of watched Conversations. It is in force at once; the
// rows of those that are new follow.
func (f *Feed) upWatch(ids []chat.ConversationID) error {
	if f.visitor() {
		return chat.Errorf(chat.Invalid, "Visitors watch nothing.")
	}
	if len(ids) > chat.MaxWatch {
		return chat.Errorf(chat.Invalid, "%d conversations to watch; at most %d are taken.", len(ids), chat.MaxWatch)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	wanted := f.wanted[:0:0]
	for _, id := range ids {
		if !f.watches(id) || slices.Contains(f.wanted, id) {
			wanted = append(wanted, id)
		}
	}
	// A new slice: a reading may hold the former one.
	f.watch, f.wanted = slices.Clone(ids), wanted
	f.start()
	return nil
}

// upSignal tells others what the reader does.
func (f *Feed) upSignal(up upFrame) error {
	f.mu.Lock()
	v, actor := f.viewer, f.actor
	f.mu.Unlock()
	s := chat.Signal{Kind: chat.SignalKind(up.Type), Conversation: up.Conversation, Actor: actor, Audience: chat.ForAgents, On: up.On,
		Expires: chat.Micros(f.hub.now().Add(chat.SignalTTL))}
	if v.Kind == chat.ByVisitor {
		s.Conversation, s.Audience = v.Conversation, chat.ForAll
	}
	if s.Conversation == "" || s.Conversation.Reserved() || len(s.Conversation) > 64 || !f.fresh(s, up.Voice) || !f.allow() {
		return nil
	}
	if v.Kind == chat.ByAgent {
		acc, err := f.hub.accessOf(f.hub.ctx, s.Conversation)
		if err != nil || !acc.Admits(v) || acc.OfTalk() && !acc.Within(v) || s.On && f.hub.isUnseen(v.Agent, s.Conversation) {
			return nil
		}
		// Who does not take part, or whose words pass through the host, does not
		// answer: his typing is the team's alone.
		if s.Kind == chat.SignalTyping && up.Voice == chat.VoiceReply && acc.Speaks(v.Agent) {
			s.Audience = chat.ForAll
		}
	}
	f.hub.bus.Signal(s)
	return nil
}

// The bounds of a feed's upward frames: so many a second, so many at once.
const upRate, upBurst = 5, 30

// budget counts a feed's upward frames.
type budget struct {
	left  float32
	since time.Time
	last  signalKey // the last signal, its voice and word
	voice chat.Voice
	on    bool
	at    time.Time

	typed   time.Time   // the last text that was shown
	showing chat.Signal // where, without the text
}

// spent returns the feed's budget, made when it is first needed: most visitors
// send nothing. The caller holds Feed.mu.
func (f *Feed) spent() *budget {
	if f.budget == nil {
		f.budget = &budget{}
	}
	return f.budget
}

func (f *Feed) allow() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, now := f.spent(), time.Now()
	b.left = min(upBurst, b.left+upRate*float32(now.Sub(b.since).Seconds()))
	b.since = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// fresh reports whether a signal says something new; the same within a second
// does not.
func (f *Feed) fresh(s chat.Signal, voice chat.Voice) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, now := f.spent(), time.Now()
	if b.last == keyOf(s) && b.voice == voice && b.on == s.On && now.Sub(b.at) < time.Second {
		return false
	}
	b.last, b.voice, b.on, b.at = keyOf(s), voice, s.On, now
	return true
}
