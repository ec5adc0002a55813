package notify

import (
	"net/url"

	"earshot/internal/chat"
)

// linkTo is where the inbox shows a Conversation; "" where nobody has said where the
// inbox is, or there is none to show.
func linkTo(base string, c chat.ConversationID, talk bool) string {
	if base == "" || c == "" {
		return ""
	}
	page := "/c/"
	if talk {
		page = "/talks/"
	}
	return base + page + url.PathEscape(string(c))
}
