package chat

import "slices"

// MaxMentions is how many colleagues one note mentions at most.
const MaxMentions = 10

// Mentioned is the body of mentioned: a colleague's note calls the agent. It
// names the note and does not hold it.
type Mentioned struct {
	Conversation ConversationID `json:"conversation"`
	Thread       ThreadID       `json:"thread"`
	Seq          int64          `json:"seq"`
	By           AgentID        `json:"by"`
	ByName       string         `json:"by_name"`
}

// CleanMentions drops doubles and the author himself, whom his own note does not
// call.
func CleanMentions(by AgentID, all []AgentID) ([]AgentID, error) {
	var kept []AgentID
	for _, a := range all {
		if a != "" && a != by && !slices.Contains(kept, a) {
			kept = append(kept, a)
		}
	}
	if len(kept) > MaxMentions {
		return nil, Errorf(Invalid, "A note mentions at most %d colleagues. Nothing was stored; your text is kept.", MaxMentions)
	}
	return kept, nil
}

// MentionTo is the rule of a note that mentions colleagues whom the Thread does
// not admit: its author lets them see it where he may and says so, and is asked
// otherwise. names are theirs, for the sentence.
func MentionTo(t Thread, by Agent, strangers []AgentID, names string, grant bool) error {
	switch {
	case len(strangers) == 0:
		return nil
	case !t.MayGrant(by):
		return Errorf(Denied, "%s may not see this conversation, and only its lead or a supervisor can change that. Take the mention out or ask one of them; nothing was stored and your text is kept.", names)
	case !grant:
		return &Error{Kind: Conflict, Message: "Not sent yet: " + names + " may not see this conversation. Grant access to it, or take the mention out; your text is kept.", Detail: NoAccess{Agents: strangers}}
	}
	return nil
}
