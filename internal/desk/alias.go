package desk

import (
	"earshot/internal/routing"
	"earshot/internal/routing/sim"
	"earshot/internal/store"
)

// Names of what desk hands out and takes in, for rooms that may not look into
// the store or at routing.
type (
	// Route is a rule that sends arrivals to a Group.
	Route = routing.Route
	// Timing is the spans that decisions keep to.
	Timing = routing.Timing
	// RehearsalDiff is what a change of rules would have done.
	RehearsalDiff = sim.Diff
	// RehearsalShare is how many chats an agent had before and after.
	RehearsalShare = sim.Shared
	// List names a list of the inbox.
	List = store.List
	// Page is a page of rows.
	Page = store.Page
	// Counts are how many Conversations each list holds.
	Counts = store.Counts
	// Span selects events of a Conversation.
	Span = store.Span
	// Hit is what a search found.
	Hit = store.Hit
	// ReadMark is how far an agent has read.
	ReadMark = store.ReadMark
	// Draft is an unsent text of an agent.
	Draft = store.Draft
	// Session is a sign-in of an agent.
	Session = store.Session
	// Ticket is a one-time right, such as an invitation.
	Ticket = store.Ticket
	// PageView is one view of a page that carries the widget.
	PageView = store.PageView
	// Present is somebody with a live connection.
	Present = store.Present
	// Rules is how a group shares out its chats.
	Rules = routing.Rules
	// Verdict is how a route fared with an arrival.
	Verdict = routing.Verdict
)

// Owed is a promise as the ledger keeps it; Kept counts what became of them.
type (
	Owed = store.Owed
	Kept = store.Kept
)
