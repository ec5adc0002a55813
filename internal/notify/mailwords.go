package notify

import (
	"earshot/internal/chat"
	"earshot/internal/desk"
)

// subjectOf is what a mail is about: what happened, and nothing of what was written.
func subjectOf(k chat.AlertKind) string {
	switch k {
	case chat.AlertAssigned:
		return "A chat was assigned to you"
	case chat.AlertTransfer:
		return "A chat is passed on to you"
	case chat.AlertInvite:
		return "You are asked into a chat"
	case chat.AlertMention:
		return "You are mentioned"
	case chat.AlertPromise:
		return "A promised answer is due"
	case chat.AlertQueue, chat.AlertOffer, chat.AlertHelp, chat.AlertMessage, chat.AlertTalk, chat.AlertTest:
	}
	return "Something in Earshot needs you"
}

func (a Alerts) textOf(m desk.AlertMail) string {
	text := subjectOf(m.Kind)
	if m.By != "" {
		text += ", by " + m.By
	}
	text += ".\n\nNobody has seen the notice of it."
	if link := linkTo(a.Base, m.Conversation, m.Talk); link != "" {
		text += "\n\n" + link
	}
	return text + "\n"
}
