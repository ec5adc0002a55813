package desk

import "earshot/internal/store"

// Names of what desk hands out and takes in, for rooms that may not look into
// the store.
type (
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
)
