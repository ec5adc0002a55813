package stream

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"earshot/internal/chat"
)

// client is a reader of the walk that does what docs/protocol.md says, and the
// oracle's book about it.
type client struct {
	w       *world
	name    string
	agent   chat.AgentID
	session chat.SessionID
	visitor chat.Viewer
	lazy    bool // does not load the snapshot after a reset yet

	line   *line
	feed   *Feed
	watch  []chat.ConversationID
	cursor string
	// want is what a reset makes the client do next.
	want want
	// last is the seq of the newest event of each Conversation; for a visitor the
	// vseq, which must have no gap.
	last map[chat.ConversationID]int64
	// known is how far the client knows that each Conversation goes; listed are
	// those whose row it holds.
	known  map[chat.ConversationID]int64
	listed map[chat.ConversationID]bool
	// held are the events that it has not been told to forget.
	held map[chat.EventID]chat.Event

	due map[chat.EventID]*due
}

type want uint8

const (
	wantNothing want = iota
	wantSnapshot
	wantFrom
)

// due is an entry that the client has neither received nor been excused from.
type due struct {
	entry    chat.Entry
	always   bool // had to be sent as an event at every moment since
	seen     bool // was visible at some moment since
	ever     bool // was the client's as an event, if visible, at some moment since
	received bool
	settled  bool // excused; it may still come, where the client has become part of it
}

func (c *client) isVisitor() bool { return c.agent == "" }

func (c *client) viewer() chat.Viewer {
	if c.isVisitor() {
		return c.visitor
	}
	return c.w.src.agents[c.agent].Viewer()
}

func (c *client) connect() {
	if c.line != nil {
		return
	}
	c.line = newLine()
	c.feed = c.w.hub.Attach(Reader{Viewer: c.viewer(), Session: c.session}, c.cursor, c.line)
	c.want = wantNothing
	c.sendWatch()
}

func (c *client) cut() {
	if c.line == nil {
		return
	}
	c.line.release()
	c.feed.Detach()
	c.pumpFrames()
	c.line, c.feed, c.want = nil, nil, wantNothing
}

func (c *client) block() {
	if c.line != nil {
		c.line.block()
	}
}

func (c *client) release() {
	if c.line != nil {
		c.line.release()
	}
}

func (c *client) setWatch(ids []chat.ConversationID) {
	if !c.isVisitor() {
		c.watch = ids
		c.sendWatch()
	}
}

func (c *client) sendWatch() {
	if c.feed == nil || len(c.watch) == 0 {
		return
	}
	if err := c.feed.Up(encode(upFrame{Type: "watch", Conversations: c.watch})); err != nil {
		c.w.fail("%s: watch: %v", c.name, err)
	}
}

// pump takes in what has come and does the next step after a reset.
func (c *client) pump() bool {
	if c.line == nil {
		return false
	}
	moved := c.pumpFrames()
	if c.line == nil || c.lazy {
		return moved
	}
	switch c.want {
	case wantSnapshot:
		c.snapshot()
		c.want = wantFrom
		return true
	case wantFrom:
		c.want = wantNothing
		if err := c.feed.Up(encode(upFrame{Type: "from", Cursor: c.cursor})); err != nil {
			c.w.fail("%s: from: %v", c.name, err)
		}
		return true
	}
	return moved
}

func (c *client) pumpFrames() bool {
	frames, code := c.line.take()
	for _, raw := range frames {
		c.canary(raw)
		var d down
		if err := json.Unmarshal(raw, &d); err != nil {
			c.w.fail("%s: frame %s: %v", c.name, raw, err)
			return false
		}
		c.take(d)
	}
	if code != 0 {
		if code == CloseRevoked && c.isVisitor() {
			c.w.fail("%s: revoked", c.name)
		}
		c.feed.Detach()
		c.line, c.feed, c.want = nil, nil, wantNothing
	}
	return len(frames) > 0
}

// canary looks for a byte that is not for this visitor.
func (c *client) canary(raw []byte) {
	if !c.isVisitor() {
		return
	}
	for _, word := range []string{"CANARY", `"thread"`, `"vseq"`, `"pos"`, `"head"`, "agents", "access", "waited_ms"} {
		if bytes.Contains(raw, []byte(word)) {
			c.w.fail("%s: a visitor received %s: %s", c.name, word, raw)
		}
	}
	for _, other := range walkConversations {
		if other != c.visitor.Conversation && bytes.Contains(raw, []byte("FROM-"+string(other))) {
			c.w.fail("%s: a visitor received words of %s: %s", c.name, other, raw)
		}
	}
}

func (c *client) take(d down) {
	switch d.Type {
	case "reset":
		c.reset(d.Reason)
	case "event":
		c.event(d.Event)
	case "row":
		c.row(d.Row)
	case "gone":
		delete(c.listed, d.Conversation)
		maps.DeleteFunc(c.held, func(_ chat.EventID, e chat.Event) bool { return e.Conversation == d.Conversation })
	}
	if d.Cursor != "" {
		c.cursor = d.Cursor
	}
}

// reset must have a reason that is true.
func (c *client) reset(why reason) {
	m, sealed := c.w.hub.seal.open(c.viewer(), c.cursor)
	switch {
	case sealed != "":
	case why == reasonGap && c.isVisitor():
		if c.w.src.look(c.visitor.Conversation).Conversation.VHead-m.low <= int64(c.w.limits.resume) {
			c.w.fail("%s: reset for a gap that is none", c.name)
		}
	case why == reasonGap:
		if int64(len(c.w.src.entries))-min(m.pos, m.low) <= int64(c.w.limits.resume) {
			c.w.fail("%s: reset for a gap that is none", c.name)
		}
	case why == reasonEpoch, why == reasonRights:
		if why == reasonEpoch && m.pos > 0 && m.pos <= int64(len(c.w.src.entries)) && fingerprint(c.w.src.entries[m.pos-1].Event.ID) == m.fp {
			c.w.fail("%s: reset for an epoch that is the same", c.name)
		}
	default:
		c.w.fail("%s: reset %q of a good cursor", c.name, why)
	}
	c.want = wantSnapshot
}

// snapshot loads what the inbox or the widget would, and its cursor.
func (c *client) snapshot() {
	c.w.observe()
	c.forget()
	v := c.viewer()
	if c.isVisitor() {
		vhead := c.w.src.look(v.Conversation).Conversation.VHead
		c.last[v.Conversation] = vhead
		c.cursor = c.w.hub.SealVisitor(v, vhead)
		return
	}
	head, _ := c.w.src.Head(context.Background())
	for _, id := range walkConversations {
		s := c.w.src.look(id)
		if s.Access().Admits(v) {
			c.listed[id], c.known[id] = true, s.Conversation.Head
		}
	}
	c.cursor = c.w.hub.Seal(v, head)
}

func (c *client) forget() {
	c.last, c.known = map[chat.ConversationID]int64{}, map[chat.ConversationID]int64{}
	c.listed, c.due = map[chat.ConversationID]bool{}, map[chat.EventID]*due{}
	c.held = map[chat.EventID]chat.Event{}
}

// restored is what a client does not know: the server has an older history. Where
// its cursor is older still, it goes on without noticing; the oracle forgets what
// has never happened now.
func (c *client) restored() {
	c.cut()
	stands := map[chat.EventID]bool{}
	for _, e := range c.w.src.entries {
		stands[e.Event.ID] = true
	}
	maps.DeleteFunc(c.due, func(id chat.EventID, _ *due) bool { return !stands[id] })
	maps.DeleteFunc(c.held, func(id chat.EventID, e chat.Event) bool { return !stands[id] || !c.sees(e, c.viewer()) })
	for id := range c.known {
		s := c.w.src.look(id).Conversation
		c.known[id] = min(c.known[id], s.Head)
		if c.last[id] = min(c.last[id], s.Head); c.isVisitor() {
			c.last[id] = min(c.last[id], s.VHead)
		}
		c.listed[id] = c.listed[id] && c.w.src.look(id).Access().Admits(c.viewer())
	}
}

func (c *client) event(e chat.Event) {
	id := e.Conversation
	if c.isVisitor() {
		if e.Seq != c.last[id]+1 {
			c.w.fail("%s: vseq %d after %d", c.name, e.Seq, c.last[id])
		}
	} else if e.Seq <= c.last[id] {
		c.w.fail("%s: %s seq %d after %d", c.name, id, e.Seq, c.last[id])
	}
	c.last[id] = e.Seq
	if !c.isVisitor() {
		c.held[e.ID] = e
	}
	c.known[id] = max(c.known[id], e.Seq)
	d := c.due[e.ID]
	if d == nil || d.received {
		c.w.fail("%s: %s seq %d twice, or never due", c.name, id, e.Seq)
		return
	}
	d.received = true
}

func (c *client) row(r chat.Row) {
	id := r.Conversation.ID
	if r.Read != 0 || r.Unread != 0 {
		c.w.fail("%s: a row with somebody's reader fields", c.name)
	}
	c.listed[id] = true
	c.known[id] = max(c.known[id], r.Conversation.Head)
}

// owe opens the book for a new entry.
func (c *client) owe(e chat.Entry) {
	if c.due != nil {
		c.due[e.Event.ID] = &due{entry: e, always: true}
	}
}

// judge weighs each open entry as of this moment.
func (c *client) judge() {
	for _, d := range c.due {
		if !d.received {
			c.weigh(d)
		}
	}
}

// weigh is written apart from the hub's own judge. A tailer that has lost its
// bell is behind: what was visible and what was the client's are kept apart,
// since they may have been so at different moments.
func (c *client) weigh(d *due) {
	e := d.entry.Event
	surely, maybe := c.takes(e)
	visible := c.sees(e, c.viewer())
	d.always = d.always && visible && surely
	d.seen, d.ever = d.seen || visible, d.ever || maybe
}

// sees asks by the Access as of now.
func (c *client) sees(e chat.Event, v chat.Viewer) bool {
	for _, t := range c.w.src.threads[e.Conversation] {
		if t.ID == e.Thread {
			return chat.Visible(e, t.Access(), v)
		}
	}
	return chat.Visible(e, chat.Access{}, v)
}

// takes reports whether a visible event is sent to the client itself, and not a
// row, surely or maybe.
func (c *client) takes(e chat.Event) (surely, maybe bool) {
	if c.isVisitor() || e.Conversation.Reserved() {
		return true, true
	}
	var acc, newest, former chat.Access
	for _, t := range c.w.src.threads[e.Conversation] {
		if t.ID == e.Thread {
			acc, former = t.Access(), newest
		}
		newest = t.Access()
	}
	change, _ := chat.AccessAfter(e)
	if e.Kind == chat.KindStarted {
		change.Before = former // who took part in the sitting before hears of the next
	}
	in := func(a chat.Access) bool { return a.Lead == c.agent || slices.Contains(a.Members, c.agent) }
	watched := slices.Contains(c.watch, e.Conversation)
	takesPart := in(acc) || in(newest) || in(change.Before)
	return takesPart || (watched && c.line != nil), takesPart || watched
}

// healthy reports whether the client is level: connected, following, not slow.
func (c *client) healthy() bool {
	if c.line == nil || c.want != wantNothing || c.cursor == "" {
		return false
	}
	c.line.mu.Lock()
	defer c.line.mu.Unlock()
	return c.line.hold == nil
}

// check settles the book: what had to come has come, what came was allowed.
func (c *client) check() {
	for _, d := range c.due {
		if d.received && !(d.seen && d.ever) {
			c.w.fail("%s: received %s seq %d, which was never for it as an event", c.name, d.entry.Event.Conversation, d.entry.Event.Seq)
		}
	}
	// A tailer that has lost a batch and its bell is level after its next poll.
	if !c.healthy() || c.w.hub.Stats().Position != int64(len(c.w.src.entries)) {
		return
	}
	for _, d := range c.due {
		if d.always && !d.received && !d.settled {
			c.w.fail("%s: hole: %s seq %d (%s) did not come", c.name, d.entry.Event.Conversation, d.entry.Event.Seq, d.entry.Event.Kind)
		}
		d.settled = true
	}
	for _, e := range c.held {
		if !c.sees(e, c.viewer()) {
			c.w.fail("%s: still holds %s seq %d (%s), which it may not see", c.name, e.Conversation, e.Seq, e.Kind)
		}
	}
}

// complete compares what the client holds at the end with the truth.
func (c *client) complete() {
	if !c.healthy() {
		c.w.fail("%s: is not level at the end (want %d)", c.name, c.want)
		return
	}
	v := c.viewer()
	if c.isVisitor() {
		if vhead := c.w.src.look(v.Conversation).Conversation.VHead; c.last[v.Conversation] != vhead {
			c.w.fail("%s: has vseq %d of %d", c.name, c.last[v.Conversation], vhead)
		}
		return
	}
	for _, id := range walkConversations {
		s := c.w.src.look(id)
		admits := s.Access().Admits(v)
		if c.listed[id] && !admits {
			c.w.fail("%s: still lists %s, which it may not see", c.name, id)
		}
		if !c.listed[id] && c.regained(id) {
			continue // who may see again what is over finds it where he looks for it
		}
		if head := c.newestFor(id, v); admits && c.known[id] < head {
			c.w.fail("%s: knows %s up to %d of %d", c.name, id, c.known[id], head)
		}
	}
}

func (c *client) newestFor(id chat.ConversationID, v chat.Viewer) int64 {
	var newest int64
	for _, e := range c.w.src.entries {
		if e.Event.Conversation == id && !isPast(e.Event) && c.sees(e.Event, v) {
			newest = max(newest, e.Event.Seq)
		}
	}
	return newest
}

// isPast is written apart from the hub's own: such an event tells lists nothing.
func isPast(e chat.Event) bool {
	body, err := chat.Decode[chat.PolicyChanged](e)
	return e.Kind == chat.KindPolicy && err == nil && body.Past
}

// regained reports whether the present Thread was over when who sees it changed
// last.
func (c *client) regained(id chat.ConversationID) bool {
	t := c.w.src.look(id).Thread
	past := false
	for _, e := range c.w.src.entries {
		if _, tells := chat.AccessAfter(e.Event); tells && e.Event.Conversation == id && e.Event.Thread == t.ID {
			past = isPast(e.Event)
		}
	}
	return past
}
