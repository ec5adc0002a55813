package chat

import (
	"slices"
	"strings"
)

// Playbook is a Group's written guide for its colleagues, in three chapters, each
// shown in the dialog where it matters. The zero Playbook asks for nothing.
type Playbook struct {
	Group GroupID `json:"group"`
	// Version counts what was saved, from 1; 0 = nothing is written yet. Transfers
	// record by which one they went.
	Version   int64            `json:"version"`
	Transfer  TransferChapter  `json:"transfer"`
	GroupChat GroupChatChapter `json:"group_chat"`
	JumpIn    JumpInChapter    `json:"jump_in"`
}

// TransferChapter says when and how a chat is passed to the Group.
type TransferChapter struct {
	When    string       `json:"when,omitempty"`
	Reasons []ReasonCode `json:"reasons,omitempty"` // one must be chosen where there are any
	// Questions are asked before a chat is passed on.
	Questions []PlaybookQuestion `json:"questions,omitempty"`
	// Except are members who are no target.
	Except []AgentID `json:"except,omitempty"`
	// Into is who may pass chats to the Group, Out who may pass its own on to another.
	Into Gate `json:"into,omitzero"`
	Out  Gate `json:"out,omitzero"`
	// Say is the line for the visitor, Promise what the Group promises.
	Say     string   `json:"say,omitempty"`
	Promise string   `json:"promise,omitempty"`
	Held    HeldRule `json:"held"`
}

// ReasonCode is a reason for a transfer: a short code that reports count by, and
// what a person reads.
type ReasonCode struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// PlaybookQuestion is what must be known before a transfer. Reasons are the codes
// that it belongs to; none = all.
type PlaybookQuestion struct {
	ID       string   `json:"id"`
	Text     string   `json:"text"`
	Required bool     `json:"required,omitempty"`
	Reasons  []string `json:"reasons,omitempty"`
}

// HeldWay is what becomes of a chat that is passed on while nobody is there.
type HeldWay string

// The ways. The empty one leaves it to the agent.
const (
	HeldWait HeldWay = "wait" // it stays open and rings when somebody is back
	HeldMail HeldWay = "mail" // it is answered by e-mail
)

// HeldRule is what the team has decided for transfers while nobody is there.
type HeldRule struct {
	Way HeldWay `json:"way,omitempty"`
	// Due is in minutes of the Group's opening hours; 0 = 480.
	Due int    `json:"due,omitempty"`
	Say string `json:"say,omitempty"`
}

// DueMinutes is Due or its default.
func (h HeldRule) DueMinutes() int {
	if h.Due == 0 {
		return 480
	}
	return h.Due
}

// GroupChatChapter says when colleagues are invited into a chat and how they
// behave there.
type GroupChatChapter struct {
	When string `json:"when,omitempty"`
	Whom string `json:"whom,omitempty"`
	// Most is how many members beside the lead; 0 = 5.
	Most   int    `json:"most,omitempty"`
	Speaks string `json:"speaks,omitempty"`
	Closes string `json:"closes,omitempty"`
	Say    string `json:"say,omitempty"`
}

// JumpInChapter says when a colleague who watches steps in.
type JumpInChapter struct {
	When string `json:"when,omitempty"`
	Say  string `json:"say,omitempty"`
}

// MayWritePlaybook refuses who does not oversee the group: what a playbook says binds
// those who pass its chats on, and its own team writes it.
func (a Agent) MayWritePlaybook(g GroupID) error {
	if a.Oversees(g) {
		return nil
	}
	return Errorf(Denied, "Who supervises this group writes its playbook. Ask one of them, or an admin; nothing was stored.")
}

// The limits of a playbook. docs/routing.md states them.
const (
	MaxPlaybookText      = 2_000 // characters of a chapter's text
	MaxPlaybookLine      = 300   // characters of a line, a label or a question
	MaxPlaybookReasons   = 20
	MaxPlaybookQuestions = 10
	MaxHeldDue           = 60 * 24 * 60 // minutes
	MaxGroupChat         = 5            // members beside the lead
	maxReasonCode        = 40
)

// QuestionsFor returns the questions that belong to a reason code.
func (c TransferChapter) QuestionsFor(reason string) []PlaybookQuestion {
	var asked []PlaybookQuestion
	for _, q := range c.Questions {
		if len(q.Reasons) == 0 || slices.Contains(q.Reasons, reason) {
			asked = append(asked, q)
		}
	}
	return asked
}

// CheckAnswers refuses a transfer that the chapter does not let through: an
// unknown or missing reason, or a required question without an answer.
func (c TransferChapter) CheckAnswers(reason string, answers map[string]string) error {
	known := slices.ContainsFunc(c.Reasons, func(r ReasonCode) bool { return r.Code == reason })
	switch {
	case len(c.Reasons) > 0 && !known && reason == "":
		return Errorf(Invalid, "The playbook of this group asks for a reason. Choose one.")
	case len(c.Reasons) > 0 && !known:
		return Errorf(Invalid, "The playbook of this group knows no reason %q. Choose one of its own.", reason)
	}
	for _, q := range c.QuestionsFor(reason) {
		if q.Required && strings.TrimSpace(answers[q.ID]) == "" {
			return Errorf(Invalid, "Answer this first: %s", q.Text)
		}
	}
	return nil
}
