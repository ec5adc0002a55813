package chat

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Audience is who an Event is for. It never changes. Besides the two named here
// there are those of some people alone; see [Private].
type Audience string

// The audiences.
const (
	ForAll    Audience = "all"    // the visitor and the team
	ForAgents Audience = "agents" // the team only
)

const privateTo = "private:"

// Private is the audience of some agents of the team alone, whom it names in its
// text: "private:a_1,a_2". Each of them still needs to be admitted to the Thread.
func Private(people ...AgentID) Audience {
	names := make([]string, 0, len(people))
	for _, p := range people {
		if p != "" {
			names = append(names, string(p))
		}
	}
	slices.Sort(names)
	return Audience(privateTo + strings.Join(slices.Compact(names), ","))
}

// People returns whom a private audience names; false of every other one.
func (a Audience) People() ([]AgentID, bool) {
	text, private := strings.CutPrefix(string(a), privateTo)
	if !private || text == "" {
		return nil, private
	}
	names := strings.Split(text, ",")
	people := make([]AgentID, len(names))
	for i, name := range names {
		people[i] = AgentID(name)
	}
	return people, true
}

// reaches reports whether an event of the audience may be seen by an agent who is
// admitted to its Thread.
func (a Audience) reaches(agent AgentID) bool {
	people, private := a.People()
	if private {
		return slices.Contains(people, agent)
	}
	return a == ForAll || a == ForAgents
}

// Kind names what an Event tells. Bodies are versioned by kind: fields are only
// ever added; another meaning is another kind.
type Kind string

// The kinds of events in customer Conversations.
const (
	KindStarted  Kind = "thread.started"  // Started
	KindReopened Kind = "thread.reopened" // Reopened
	KindClosed   Kind = "thread.closed"   // Closed
	KindMessage  Kind = "message"         // Said
	KindNote     Kind = "note"            // Said
	KindAssign   Kind = "assign"          // Assigned
	KindJoin     Kind = "join"            // Joined
	KindLeave    Kind = "leave"           // Joined
	KindRequeued Kind = "thread.requeued" // Requeued
	KindSeen     Kind = "seen"            // Seen
	KindEdit     Kind = "edit"            // Edited
	KindRedact   Kind = "redact"          // Redacted
	KindVisitor  Kind = "visitor.changed" // Visitor

	KindOffer        Kind = "offer"          // Offered
	KindOfferEnded   Kind = "offer.ended"    // OfferEnded
	KindIdle         Kind = "thread.idle"    // WentIdle
	KindWoke         Kind = "thread.woke"    // Woke
	KindReplyDue     Kind = "reply.due"      // ReplyDue
	KindAlarm        Kind = "alarm"          // Alarm
	KindMailOffered  Kind = "mail.offered"   // MailOffered
	KindMailAnswered Kind = "mail.answered"  // MailAnswered
	KindLeadBack     Kind = "lead.back"      // LeadBack
	KindBackAsked    Kind = "back.asked"     // BackAsked
	KindBackWaived   Kind = "back.waived"    // BackWaived
	KindMoved        Kind = "thread.moved"   // Moved
	KindPolicy       Kind = "thread.policy"  // PolicyChanged
	KindEnded        Kind = "visitor.ended"  // EndedBy
	KindSigned       Kind = "visitor.signed" // SignedAs

	KindTransfer      Kind = "transfer"       // TransferTold
	KindTransferEnded Kind = "transfer.ended" // TransferEnded
	KindHold          Kind = "hold"           // Held
	KindPromiseDue    Kind = "promise.due"    // PromiseDue
	KindPromiseEnded  Kind = "promise.ended"  // PromiseEnded
	KindPromisePassed Kind = "promise.passed" // PromisePassed
	KindHanded        Kind = "handed"         // Handed

	KindInvite        Kind = "invite"          // AskedIn
	KindInviteEnded   Kind = "invite.ended"    // InviteEnded
	KindRole          Kind = "role"            // RoleSet
	KindTrust         Kind = "trust"           // Trusted
	KindProposal      Kind = "proposal"        // Said
	KindProposalEnded Kind = "proposal.ended"  // ProposalEnded
	KindWhisper       Kind = "whisper"         // Said; private
	KindHelp          Kind = "help"            // HelpRaised
	KindHelpCleared   Kind = "help.cleared"    // HelpCleared
	KindHelpTaken     Kind = "help.taken"      // HelpTaken
	KindHelpReturned  Kind = "help.returned"   // HelpReturned
	KindGrant         Kind = "grant"           // Granted
	KindGrantEnded    Kind = "grant.ended"     // Granted
	KindLinked        Kind = "person.linked"   // Linked
	KindUnlinked      Kind = "person.unlinked" // Linked
	KindSideAsked     Kind = "side.asked"      // Said
	KindSideEnded     Kind = "side.ended"      // SideChanged
	KindSideUsed      Kind = "side.used"       // SideChanged
	KindSideTold      Kind = "side.told"       // SideChanged
)

// The kinds of events in talks, besides message, edit and redact.
const (
	KindTalkCreated  Kind = "talk.created"  // TalkCreated
	KindTalkChanged  Kind = "talk.changed"  // TalkChanged
	KindTalkArchived Kind = "talk.archived" // TalkArchived
	KindTalkJoined   Kind = "talk.joined"   // Talkers
	KindTalkLeft     Kind = "talk.left"     // Talkers
	KindTalkEmptied  Kind = "talk.emptied"  // TalkEmptied
	KindReaction     Kind = "reaction"      // Reacted
	KindPin          Kind = "pin"           // Pinned
	KindSideCard     Kind = "side.card"     // SideCarded
)

// The kinds of events in the reserved Conversations.
const (
	KindAgent   Kind = "agent.changed"   // Agent; team
	KindSite    Kind = "site.changed"    // Site; team
	KindGroup   Kind = "group.changed"   // Group; team
	KindRead    Kind = "read"            // Read; the agent's own
	KindDraft   Kind = "draft"           // DraftChanged; the agent's own
	KindSession Kind = "session.ended"   // SessionEnded; the agent's own
	KindQueue   Kind = "group.queue"     // QueueBound; team
	KindRoutes  Kind = "routes.changed"  // RoutesChanged; team
	KindRouting Kind = "routing.changed" // RoutingChanged; team
	KindIdling  Kind = "idle.warned"     // IdleWarned; the agent's own
	KindLoss    Kind = "loss.changed"    // Loss; the agent's own
	// CoachingChanged; the agent's own, and the team's for what it is shown
	KindCoaching Kind = "coaching.changed"
	// SavedRepliesChanged; the agent's own, and the team's for what others may use
	KindSavedReplies Kind = "saved_replies.changed"

	KindInvitation      Kind = "invitation"       // ChatInvitation; the invited agent's own
	KindInvitationEnded Kind = "invitation.ended" // ChatInvitationEnded; the invited agent's own

	KindPlaybook     Kind = "playbook.changed" // Playbook; team
	KindWatch        Kind = "watch"            // Watch; the watcher's own
	KindWatchEnded   Kind = "watch.ended"      // WatchEnded; the watcher's own
	KindWatched      Kind = "watched"          // Watched; the lead's own
	KindWatchInvited Kind = "watch.invited"    // WatchInvited; the invited one's own
	KindHelpWords    Kind = "help.words"       // HelpWords; team
	KindMentioned    Kind = "mentioned"        // Mentioned; the agent's own
	KindKnows        Kind = "knows"            // Knows; the agent's own
	KindKnowsEnded   Kind = "knows.ended"      // Knows; the agent's own
	KindTalkLevel    Kind = "talk.level"       // TalkLevel; the agent's own
	KindAlertRaised  Kind = "alert.raised"     // AlertRaised; the agent's own
	KindAlertEnded   Kind = "alert.ended"      // AlertEnded; the agent's own
)

// Event is a fact with a gapless number in its Conversation. Its JSON is the
// same in the database, on the stream and in every export.
type Event struct {
	ID           EventID        `json:"id"`
	Conversation ConversationID `json:"conversation"`
	Thread       ThreadID       `json:"thread,omitempty"`
	// Seq numbers the events of the Conversation 1, 2, 3 … without gaps. What a
	// visitor receives carries VSeq under this name; see [ForVisitor].
	Seq int64 `json:"seq"`
	// VSeq numbers those of audience all alone, also without gaps; 0 for others.
	VSeq     int64    `json:"vseq,omitempty"`
	Kind     Kind     `json:"kind"`
	Actor    Actor    `json:"actor"`
	Audience Audience `json:"audience"`
	// At is when the server stored it, in microseconds since 1970. It is for
	// showing, never for ordering.
	At   int64           `json:"at"`
	Body json.RawMessage `json:"body"`
}

// Entry is an Event at its position in the one order over everything.
type Entry struct {
	Pos   int64
	Event Event
}

// Position is a place in the log and the fingerprint of the event there: what
// a cursor is made of. Pos 0 is the place before the first event.
type Position struct {
	Pos   int64
	Event EventID
}

// Fact makes an Event that has not been numbered yet. It panics if the body
// cannot be encoded, which would be a broken invariant of this package.
func Fact(kind Kind, by Actor, to Audience, at int64, body any) Event {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("chat: body of %s: %v", kind, err))
	}
	return Event{Kind: kind, Actor: by, Audience: to, At: at, Body: raw}
}

// Decode reads the body of an event as the struct that its kind names.
func Decode[T any](e Event) (T, error) {
	var body T
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return body, fmt.Errorf("chat: decode %s: %w", e.Kind, err)
	}
	return body, nil
}

// Started is the body of thread.started.
type Started struct {
	Number  int      `json:"number"` // 1 for the first Thread of a Conversation
	Group   GroupID  `json:"group"`
	Policy  Policy   `json:"policy"`
	Stub    bool     `json:"stub,omitempty"`
	Lead    AgentID  `json:"lead,omitempty"` // set where an agent began it
	Arrival *Arrival `json:"arrival,omitempty"`
	// Placement is who or what decided the Group.
	Placement *Placed  `json:"placement,omitempty"`
	Priority  int      `json:"priority,omitempty"`
	Skills    []string `json:"skills,omitempty"`
	Mode      Mode     `json:"mode,omitempty"`
	Place     int64    `json:"place,omitempty"`
	Recent    AgentID  `json:"recent,omitempty"`
	RecentAt  int64    `json:"recent_at,omitempty"`
	Owner     AgentID  `json:"owner,omitempty"`
	// Over says that who began it has it above his limit.
	Over bool `json:"over,omitempty"`
}

// Placed is why a Thread reached its Group.
type Placed struct {
	Cause    string  `json:"cause"`
	Rule     string  `json:"rule,omitempty"`
	RuleName string  `json:"rule_name,omitempty"`
	Why      string  `json:"why"`
	Because  Because `json:"because,omitempty" nullable:"false"`
}

// Reopened is the body of thread.reopened: an abandoned Thread whose visitor
// came back in time keeps its place.
type Reopened struct {
	QueuedAt int64 `json:"queued_at"`
}

// Closed is the body of thread.closed.
type Closed struct {
	Reason Reason `json:"reason"`
	// AliveAt is the visitor's last sign of life in microseconds.
	AliveAt int64  `json:"alive_at,omitempty"`
	Lead    string `json:"lead,omitempty"`
	// Also are the others who wrote to the visitor: a rating is the lead's, and
	// they also took part.
	Also []AgentID `json:"also,omitempty"`
}

// Requeued is the body of thread.requeued: nobody leads the Thread any more, and
// it waits before those who have not talked. A visitor receives that it happened
// and nothing of who and why.
type Requeued struct {
	QueuedAt int64 `json:"queued_at"`
	Place    int64 `json:"place,omitempty"`
	// By is who did it, "" the router; the event's own actor is the system, since
	// a visitor reads that one.
	By       AgentID      `json:"by"`
	ByName   string       `json:"by_name"`
	Why      string       `json:"why"`
	Because  Because      `json:"because,omitempty" nullable:"false"`
	Cause    string       `json:"cause"` // see PutBack and the others
	Previous AgentID      `json:"previous"`
	Access   AccessChange `json:"access"`
}

// EndedBy is the body of visitor.ended: the visitor's token is dead, and his
// connections close. What he writes afterwards begins another Conversation.
type EndedBy struct {
	Visitor VisitorID `json:"visitor"`
}

// Said is the body of message and note.
type Said struct {
	Text  string    `json:"text"`
	Files []FileRef `json:"files,omitempty"`
	// TypingMS is how long the author typed, in milliseconds: staffing needs it.
	TypingMS int64 `json:"typing_ms,omitempty"`
	// Bridge says that it tells who goes on and answers nothing: who waits for an
	// answer waits still.
	Bridge bool `json:"bridge,omitempty"`
	// Edited is when the text was replaced, in microseconds; 0 = never.
	Edited int64 `json:"edited,omitempty"`
	// Mentions are colleagues whom a note or a message of a talk calls, those of
	// Groups and of Here among them.
	Mentions []AgentID `json:"mentions,omitempty"`
	Groups   []GroupID `json:"groups,omitempty"`
	Here     bool      `json:"here,omitempty"`
	// ReplyTo is the seq of the message of a talk that this one stands under.
	ReplyTo   int64      `json:"reply_to,omitempty"`
	Reactions []Reaction `json:"reactions,omitempty"`
	// Cards are other Conversations and messages that it speaks of.
	Cards []Reference `json:"cards,omitempty"`
	// Side is of a question that stands in a talk, Asks of the same where it was
	// asked, and Answer of a note that is an answer to it.
	Side   *SideCard   `json:"side,omitempty"`
	Asks   *SideAsked  `json:"asks,omitempty"`
	Answer *SideAnswer `json:"answer,omitempty"`
	// Emptied is when it was taken back, in microseconds; 0 = never.
	Emptied int64 `json:"emptied,omitempty"`
	// Proposal is the seq of the proposal that a host released with this message,
	// Reworded that he changed its words.
	Proposal     int64   `json:"proposal,omitempty"`
	ReleasedBy   AgentID `json:"released_by,omitempty"`
	ReleasedName string  `json:"released_name,omitempty"`
	Reworded     bool    `json:"reworded,omitempty"`
}

// FileRef is a file as an event holds it: never a URL.
type FileRef struct {
	ID     FileID `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// Assigned is the body of assign: the lead passes to somebody.
type Assigned struct {
	Lead     AgentID `json:"lead"`
	LeadName string  `json:"lead_name"`
	// PublicName is what the visitor reads of the Group that the lead was asked in, as
	// in TransferTold.
	PublicName string  `json:"public_name,omitempty"`
	Why        string  `json:"why"`
	Because    Because `json:"because,omitempty" nullable:"false"`
	Cause      string  `json:"cause"` // see ByTaking and the others
	Previous   AgentID `json:"previous,omitempty"`
	// Reason is what whoever took it over said.
	Reason string `json:"reason,omitempty"`
	// WaitedMS is how long the visitor had queued, in milliseconds.
	WaitedMS int64     `json:"waited_ms"`
	RunnerUp *RunnerUp `json:"runner_up,omitempty"`
	// Load is what the lead had before, in hundredths of a chat; Over says that
	// this one is above his limit; Skipped counts those of the Group that had
	// waited longer and still did.
	Load    int  `json:"load,omitempty"`
	Over    bool `json:"over,omitempty"`
	Skipped int  `json:"skipped,omitempty"`
	// Stays says that the previous lead is a member from then on.
	Stays  bool         `json:"stays,omitempty"`
	Access AccessChange `json:"access"`
}

// RunnerUp is who would have been chosen instead, and what speaks for him.
type RunnerUp struct {
	Agent   AgentID `json:"agent"`
	Why     string  `json:"why"`
	Because Because `json:"because,omitempty" nullable:"false"`
}

// Joined is the body of join and leave.
type Joined struct {
	Agent     AgentID `json:"agent"`
	AgentName string  `json:"agent_name"`
	// Over says that he who joins is above his limit with it.
	Over bool `json:"over,omitempty"`
	// Role, Invite and InvitedBy are of who was invited; a visitor receives none of
	// them.
	Role      ChatRole     `json:"role,omitempty"`
	Invite    int64        `json:"invite,omitempty"`
	InvitedBy AgentID      `json:"invited_by,omitempty"`
	Access    AccessChange `json:"access"`
}

// Seen is the body of seen: one side has read the other's messages up to a
// position among those that both see.
type Seen struct {
	Side string `json:"side"` // "visitor" or "team"
	UpTo int64  `json:"upto"` // a vseq
}

// Edited is the body of edit. The target already holds the new text.
type Edited struct {
	Target  int64  `json:"target"`            // seq
	VTarget int64  `json:"vtarget,omitempty"` // vseq
	Text    string `json:"text"`
	Former  string `json:"former"` // for the team
}

// Redacted is the body of redact. The target is already empty.
type Redacted struct {
	Target  int64 `json:"target"`
	VTarget int64 `json:"vtarget,omitempty"`
	// Side is of the note of an answer, or of a further question.
	Side *SideLeft `json:"side,omitempty"`
}

// Read is the body of read: how far an agent has read a Conversation.
type Read struct {
	Conversation ConversationID `json:"conversation"`
	Seq          int64          `json:"seq"`
}

// DraftChanged is the body of draft. It names the draft and does not hold it.
type DraftChanged struct {
	Conversation ConversationID `json:"conversation"`
	Voice        Voice          `json:"voice"`
	Version      int64          `json:"version"`
}

// SessionEnded is the body of session.ended: connections of that sign-in close.
// An empty Session means all of them.
type SessionEnded struct {
	Session SessionID `json:"session,omitempty"`
}

// Voice is who will read what an agent writes.
type Voice string

// The voices of the composer.
const (
	VoiceReply Voice = "reply" // the visitor and the team
	VoiceNote  Voice = "note"  // the team alone
	// VoiceWhisper is for the lead and those who watch openly.
	VoiceWhisper Voice = "whisper"
)

// visitorFields lists, for each kind, the body fields that a visitor may
// receive. A kind that is not listed reaches no visitor.
var visitorFields = map[Kind][]string{
	KindMessage: {"text", "files", "edited", "emptied"},
	KindAssign:  {"lead", "lead_name", "public_name"},
	KindJoin:    {"agent", "agent_name"},
	KindLeave:   {"agent", "agent_name"},
	KindClosed:  {"reason"},
	// That somebody else will answer, and nothing of who and why.
	KindRequeued: {},
	// Where to, and nothing of who and why.
	KindMoved:        {"public_name"},
	KindTransfer:     {"by_name", "to_name", "public_name"},
	KindHold:         {"to_name", "way", "due"},
	KindMailOffered:  {"cause"},
	KindMailAnswered: {"accepted"},
	KindSeen:         {"side", "upto"},
	KindEdit:         {"vtarget", "text"},
	KindRedact:       {"vtarget"},
}

// ForVisitor returns the event as a visitor receives it: numbered by VSeq, with
// the allowed body fields alone. Fields are removed, never reshaped. The event
// must already be Visible to the visitor.
func ForVisitor(e Event) Event {
	e.Seq, e.VSeq, e.Thread = e.VSeq, 0, ""
	var all map[string]json.RawMessage
	if err := json.Unmarshal(e.Body, &all); err != nil {
		e.Body = json.RawMessage(`{}`)
		return e
	}
	kept := make(map[string]json.RawMessage, len(all))
	for _, field := range visitorFields[e.Kind] {
		if v, ok := all[field]; ok {
			kept[field] = v
		}
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		panic(fmt.Sprintf("chat: redact %s: %v", e.Kind, err))
	}
	e.Body = raw
	return e
}
