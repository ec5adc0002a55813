package chat

import "time"

// WatchID names a Watch; prefix "w".
type WatchID string

// WatchEnd is how a Watch ended.
type WatchEnd string

// The ends.
const (
	WatchStopped WatchEnd = "stopped"  // the watcher stopped
	WatchClosed  WatchEnd = "closed"   // the Thread was closed
	WatchAccess  WatchEnd = "access"   // he may not see it any more
	WatchRefused WatchEnd = "refused"  // the etiquette does not let him any more
	WatchSignOut WatchEnd = "sign_out" // he signed out
	WatchGone    WatchEnd = "gone"     // he had no connection for 45 s
	WatchJoined  WatchEnd = "joined"   // he takes part now
	WatchLead    WatchEnd = "lead"     // another leads: the next Watch goes on
)

// Watch is that an agent watches a Thread of a lead for a time. It stands beside
// the log of the customer Conversation and leaves nothing in it: no number, no
// mark, no name.
type Watch struct {
	ID           WatchID        `json:"id"`
	Watcher      AgentID        `json:"watcher"`
	Conversation ConversationID `json:"conversation"`
	Thread       ThreadID       `json:"thread"`
	// Lead is whose chat it was; "" while nobody led.
	Lead  AgentID `json:"lead,omitempty"`
	Group GroupID `json:"group"`
	// Told is what the lead was told while it lasted.
	Told Told `json:"told"`
	// Invited is who asked the watcher to watch, "" nobody.
	Invited AgentID `json:"invited,omitempty"`
	Began   int64   `json:"began"`
	Ended   int64   `json:"ended,omitempty"`
	// Whispered counts what he whispered.
	Whispered int      `json:"whispered,omitempty"`
	How       WatchEnd `json:"how,omitempty"`
}

// WatchMark names an entry of the log of watches, in whose order several may have begun
// in the same moment.
type WatchMark struct {
	Began int64   `json:"began"`
	ID    WatchID `json:"id"`
}

// Open reports whether the lead knows the watcher by name.
func (w Watch) Open() bool { return w.Told == TellNames || w.Whispered > 0 }

// WatchEnded is the body of watch.ended.
type WatchEnded struct {
	Conversation ConversationID `json:"conversation"`
	Thread       ThreadID       `json:"thread"`
	How          WatchEnd       `json:"how"`
}

// Watched is the body of watched: how many watch a Thread now, as far as its lead
// may know. It is told to the lead alone.
type Watched struct {
	Conversation ConversationID `json:"conversation"`
	Thread       ThreadID       `json:"thread"`
	Count        int            `json:"count"`
	// Names are those of them who watch openly.
	Names []AgentID `json:"names"`
}

// WatchInvited is the body of watch.invited: a colleague is asked to watch. It is
// told to him alone.
type WatchInvited struct {
	Conversation ConversationID `json:"conversation"`
	Thread       ThreadID       `json:"thread"`
	By           AgentID        `json:"by"`
	ByName       string         `json:"by_name"`
}

// TellLead is what the lead of a Thread is told of those who watch it now.
func TellLead(t Thread, open []Watch) Watched {
	told := Watched{Conversation: t.Conversation, Thread: t.ID, Names: []AgentID{}}
	for _, w := range open {
		if w.Open() {
			told.Names = append(told.Names, w.Watcher)
		}
		if w.Open() || w.Told == TellCount {
			told.Count++
		}
	}
	return told
}

// MayWatch is the rule of beginning to watch the open Thread. That the agent may
// see it has been asked already. Who only reads it, such as a guest, may not. Who is
// invited by the lead may, whatever the etiquette says.
func MayWatch(s State, a Agent, e Etiquette, invited bool) error {
	t := s.OpenThread()
	switch {
	case t == nil:
		return Errorf(Gone, "This conversation is closed; there is nothing to watch.")
	case t.State == Queued:
		return Errorf(Conflict, "Nobody has this conversation yet. Take it, or wait until somebody answers.")
	case t.TakesPart(a.ID):
		return Errorf(Conflict, "You are in this conversation already.")
	case !invited && e.Watch == watchQuiet:
		return Errorf(Denied, "These are this group's quiet hours: nobody watches its chats unless the lead asks him to.")
	case !invited && MoreThanReading(s, a) != nil:
		return Errorf(Denied, "You see this conversation as a guest, or because it is being passed to you. Ask its lead where you want to watch it.")
	case !invited && !e.letsWatch(t.Group, a):
		return Errorf(Denied, "This group has agreed that you do not watch its chats unless the lead asks you to.")
	}
	return nil
}

// The limits of watching. docs/together.md states them.
const (
	MaxWatches            = 20 // that go on, of one agent
	MaxWatchInvitesOfChat = 10 // open ones of a Thread
	MaxWatchInvitesOf     = 20 // open ones to one agent
)

// OneMoreWatch refuses an agent one more than fit who watches so many already.
func OneMoreWatch(open int) error {
	if open < MaxWatches {
		return nil
	}
	return Errorf(Conflict, "You watch %d conversations, and more than %d do not fit. Stop watching one of them first; nothing was changed.", open, MaxWatches)
}

// OneMoreWatchInvite refuses one more invitation to watch than fit: ofChat are open in
// the Thread, of to the colleague.
func OneMoreWatchInvite(to Agent, ofChat, of int) error {
	switch {
	case ofChat >= MaxWatchInvitesOfChat:
		return Errorf(Conflict, "%d colleagues are asked to watch this conversation; more than %d are not. Those who are asked may come; nothing was changed.", ofChat, MaxWatchInvitesOfChat)
	case of >= MaxWatchInvitesOf:
		return Errorf(Conflict, "%s is asked to watch %d conversations; more than %d do not fit. Ask somebody else, or wait until one of them is over.", to.Name, of, MaxWatchInvitesOf)
	}
	return nil
}

// InviteToWatch is the rule of a lead or member asking a colleague to watch. The
// colleague must be able to see the Thread: an invitation opens no door.
func InviteToWatch(s State, by, to Agent) error {
	t := s.OpenThread()
	switch {
	case t == nil:
		return Errorf(Gone, "This conversation is closed; there is nothing to watch.")
	case !t.TakesPart(by.ID):
		return Errorf(Denied, "Only who is in this conversation can ask a colleague to watch it.")
	case to.Disabled:
		return Errorf(Denied, "%s is not in the team any more.", to.Name)
	case t.TakesPart(to.ID):
		return Errorf(Conflict, "%s is in this conversation already.", to.Name)
	case !t.Access().Admits(to.Viewer()):
		return Errorf(Denied, "%s may not see this conversation.", to.Name)
	}
	return nil
}

// TakeOver is the rule of an agent becoming the lead in place of another. from is
// whom he means to take it from: who comes second is told who has it by now.
// Consent is not asked, a reason is.
func TakeOver(s State, a Agent, from AgentID, reason string, e Etiquette, room Room, now time.Time) ([]Event, error) {
	t := s.OpenThread()
	switch {
	case t == nil:
		return nil, Errorf(Gone, "This conversation is closed; there is nothing to take over.")
	case t.Lead == a.ID:
		return nil, nil
	case t.State == Queued:
		return nil, Errorf(Conflict, "Nobody has this conversation now. Take it.")
	case !e.letsTakeOver(t.Group, a):
		return nil, Errorf(Denied, "Taking over is for supervisors here. Whisper, or join the conversation.")
	case t.Lead != from:
		return nil, taken(t)
	case reason == "":
		return nil, Errorf(Invalid, "Say why you take it over; your colleague reads it, the visitor does not.")
	}
	if err := room.check(); err != nil {
		return nil, err
	}
	return []Event{assign(t, a, a.Actor(), Given{Cause: ByTakeOver, Because: Says("lead.taken-over", a.Name, reason), Reason: reason, Room: room}, now)}, nil
}

// WhileWatching refuses the acts of somebody who watches that a visitor would
// notice: watching is silent until one jumps in. What makes him lead or member is
// no such act.
func WhileWatching(events []Event, a AgentID) error {
	for _, e := range events {
		if change, tells := AccessAfter(e); tells && holdsIn(change.After, a) {
			return nil
		}
	}
	for _, e := range events {
		if e.Audience == ForAll {
			return Errorf(Denied, "You watch this conversation, and the visitor would notice. Jump in first, or whisper; your text is kept.")
		}
	}
	return nil
}

func holdsIn(acc Access, a AgentID) bool {
	return Thread{Lead: acc.Lead, Members: acc.Members}.TakesPart(a)
}

// JumpIn is the rule of somebody who watches becoming a member: as Join, with a
// first line where there is one. It is a message like each of his, so an expert's is
// proposed and a scribe's refused; of who is a member by now it is all that happens.
func JumpIn(s State, a Agent, room Room, line string, now time.Time) ([]Event, error) {
	events, err := Join(s, a, room, now)
	if err != nil || line == "" {
		return events, err
	}
	in := *s.Thread
	for _, e := range events {
		in.apply(e)
	}
	said, err := Post(State{Conversation: s.Conversation, Thread: &in}, a.Actor(), NewMessage{Text: line}, now)
	if err != nil {
		return nil, err
	}
	return append(events, said...), nil
}
