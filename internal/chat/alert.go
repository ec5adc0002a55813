package chat

// AlertID names an alert; prefix "al".
type AlertID string

// AlertKind is what an alert is about.
type AlertKind string

// The kinds of alerts.
const (
	AlertQueue    AlertKind = "queue"    // a visitor waits, and nobody is asked
	AlertAssigned AlertKind = "assigned" // a chat was given to the agent
	AlertOffer    AlertKind = "offer"    // a chat rings for him
	AlertTransfer AlertKind = "transfer" // a colleague passes one on to him
	AlertInvite   AlertKind = "invite"   // he is asked into a group chat
	AlertMention  AlertKind = "mention"  // a note, or a message of a talk, calls him
	AlertHelp     AlertKind = "help"     // help is wanted in a group that he oversees
	AlertPromise  AlertKind = "promise"  // a promised answer is due
	AlertMessage  AlertKind = "message"  // a visitor wrote in a chat that he leads
	AlertTalk     AlertKind = "talk"     // a colleague wrote in a talk
	AlertTest     AlertKind = "test"     // he asked for it, to see that it arrives
)
