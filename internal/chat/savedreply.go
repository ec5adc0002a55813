package chat

import (
	"slices"
	"strings"
	"time"
)

// The limits of saved replies. docs/replies.md states them; a test keeps the two
// equal.
const (
	MaxSavedName    = 60    // characters of the name of a saved reply
	MaxSavedText    = 4_000 // characters of its text
	MaxSavedFiles   = 5     // files of one
	MaxOwnReplies   = 200   // of one agent's own, drafts included
	MaxGroupReplies = 300   // of one group
	MaxTeamReplies  = 500   // of the whole team
	MaxUsedReplies  = 10    // that one message says it was made of
)

// SavedReply is a text with files that is written once and used again: an agent's
// own, a group's, or the team's. A draft is one that somebody has suggested and
// nobody can use before it is published.
type SavedReply struct {
	ID    SavedReplyID `json:"id"`
	Scope Scope        `json:"scope"`
	Group GroupID      `json:"group,omitempty"`
	// By is who made it, and whose it is where the scope is own.
	By       AgentID `json:"by"`
	Name     string  `json:"name"`
	Text     string  `json:"text"`
	Language string  `json:"language,omitempty"`
	// Files are its own: a message that uses them has copies under other ids.
	Files  []FileRef    `json:"files,omitempty"`
	Draft  bool         `json:"draft,omitempty"`
	Origin *ReplyOrigin `json:"origin,omitempty"`

	Created   int64   `json:"created"`
	Changed   int64   `json:"changed"`
	ChangedBy AgentID `json:"changed_by"`
	Version   int64   `json:"version"`
}

// ReplyOrigin is what a draft was made of.
type ReplyOrigin struct {
	Kind OriginKind `json:"kind"`
	// ID names the feedback; the lines are what it was about, or where the side-talk
	// was held. They are shown to who may see them.
	ID    string `json:"id,omitempty"`
	Lines *Lines `json:"lines,omitempty"`
}

// OriginKind is where a draft of a saved reply came from.
type OriginKind string

// The kinds of origins.
const (
	FromFeedback OriginKind = "feedback"
	FromSideTalk OriginKind = "side_talk"
	FromAgent    OriginKind = "agent" // somebody wrote it who may not publish there
)

// SavedRepliesChanged is the body of saved_replies.changed. It names what changed
// and holds none of it.
type SavedRepliesChanged struct {
	ID    SavedReplyID `json:"id,omitempty"`
	Scope Scope        `json:"scope,omitempty"`
	Group GroupID      `json:"group,omitempty"`
}

// ReplyAct is what somebody does with a saved reply.
type ReplyAct string

// The acts.
const (
	ReplySee     ReplyAct = "see"     // read it, in lists and in the editor
	ReplyUse     ReplyAct = "use"     // put it into a message
	ReplyWrite   ReplyAct = "write"   // make, change, publish
	ReplyDiscard ReplyAct = "discard" // delete it
)

// May is the one rule of who does what with saved replies. One's own are nobody
// else's. A group's are used by its members and whoever oversees it, who alone
// writes them; the team's are used by everybody who answers visitors and written
// by owners and admins. A draft is seen by who could publish it and by who made it,
// who may discard it. Who does not answer visitors has none.
func (r SavedReply) May(a Agent, act ReplyAct) bool {
	if !a.Role.Answers() || a.Disabled || a.ID == "" {
		return false
	}
	uses, writes := r.reach(a)
	mine := a.ID == r.By && r.Draft
	switch act {
	case ReplyUse:
		return uses && !r.Draft
	case ReplySee:
		return writes || mine || uses && !r.Draft
	case ReplyWrite:
		return writes
	case ReplyDiscard:
		return writes || mine
	}
	return false
}

func (r SavedReply) reach(a Agent) (uses, writes bool) {
	switch r.Scope {
	case ScopeOwn:
		return a.ID == r.By, a.ID == r.By
	case ScopeGroup:
		oversees := r.Group != "" && a.Oversees(r.Group)
		return oversees || a.InGroup(r.Group), oversees
	case ScopeTeam:
		return true, a.Role.Manages()
	}
	return false, false
}

// MaySuggest reports whether somebody may leave a draft there: who would use it.
func (r SavedReply) MaySuggest(a Agent) bool {
	r.Draft = false
	return r.Scope != ScopeOwn && r.May(a, ReplyUse)
}

// Limit is how many there may be where the reply stands.
func (r SavedReply) Limit() int {
	switch r.Scope {
	case ScopeGroup:
		return MaxGroupReplies
	case ScopeTeam:
		return MaxTeamReplies
	}
	return MaxOwnReplies
}

// Beside reports whether two stand in one list, in which names differ.
func (r SavedReply) Beside(o SavedReply) bool {
	return r.Scope == o.Scope && r.Group == o.Group && (r.Scope != ScopeOwn || r.By == o.By)
}

// Named reports whether the reply has a name, as people read it.
func (r SavedReply) Named(name string) bool { return strings.EqualFold(r.Name, name) }

// Clean is the rule of what a saved reply may be.
func (r SavedReply) Clean() (SavedReply, error) {
	switch {
	case r.Scope != ScopeOwn && r.Scope != ScopeGroup && r.Scope != ScopeTeam:
		return r, Errorf(Invalid, "A saved reply is your own, of a group, or of the team. Nothing was stored.")
	case r.Scope == ScopeGroup && r.Group == "":
		return r, Errorf(Invalid, "Say which group the reply is for. Nothing was stored.")
	case r.Scope != ScopeGroup:
		r.Group = ""
	}
	if r.Name = CleanLine(strings.ToValidUTF8(r.Name, ""), MaxSavedName+1); r.Name == "" {
		return r, Errorf(Invalid, "Give the reply a name; it is what is found by. Nothing was stored.")
	}
	if n := len([]rune(r.Name)); n > MaxSavedName {
		return r, Errorf(Invalid, "The name is too long; at most %d characters fit. Nothing was stored; shorten it.", MaxSavedName)
	}
	r.Text = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(r.Text))
	if err := r.check(); err != nil || r.Draft {
		// The words of a draft may come from a talk, where braces are braces. Whoever
		// publishes it hears what is wrong with them.
		return r, err
	}
	_, err := Variables(r.Text)
	return r, err
}

func (r SavedReply) check() error {
	if n := len(r.Files); n > MaxSavedFiles {
		return Errorf(Invalid, "%d files in one reply; at most %d fit. Nothing was stored; take some out.", n, MaxSavedFiles)
	}
	if strings.TrimSpace(r.Text) == "" && len(r.Files) == 0 {
		return Errorf(Invalid, "The reply is empty. Write something or add a file; nothing was stored.")
	}
	if err := CheckText(r.Text, len(r.Files)); err != nil {
		return err
	}
	if n := len([]rune(r.Text)); n > MaxSavedText {
		return Errorf(Invalid, "The text has %d characters; at most %d fit into a saved reply. Nothing was stored; shorten it.", n, MaxSavedText)
	}
	if r.Language != "" && CleanLanguage(r.Language) == "" {
		return Errorf(Invalid, "%q is no language; write it like de or pt-BR, or leave it out. Nothing was stored.", r.Language)
	}
	return nil
}

// Same reports whether two say the same, whoever saved them and when.
func (r SavedReply) Same(o SavedReply) bool {
	return r.Beside(o) && r.Name == o.Name && r.Text == o.Text && r.Language == o.Language && r.Draft == o.Draft && slices.Equal(r.Files, o.Files)
}

// Saved marks a reply as saved by somebody at a time.
func (r SavedReply) Saved(by AgentID, now time.Time) SavedReply {
	r.Changed, r.ChangedBy = Micros(now), by
	if r.Created == 0 {
		r.Created = r.Changed
	}
	r.Version++
	return r
}

// NameFor makes a name out of the first words of a text.
func NameFor(text string) string {
	const most = 40
	name := ""
	for word := range strings.FieldsSeq(CleanLine(strings.ToValidUTF8(text, ""), MaxSavedText)) {
		longer := strings.TrimSpace(name + " " + word)
		if len([]rune(longer)) > most {
			break
		}
		name = longer
	}
	if name == "" {
		name = CleanLine(text, most)
	}
	return name
}
