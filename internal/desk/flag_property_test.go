package desk_test

import (
	"fmt"
	"slices"

	"earshot/internal/chat"
)

// flagWrong says what an act has done to the help flag that it may not: taking and
// giving back do what they say or are refused, and nobody is pushed aside by it. was
// and is are the open Thread before and after; nil = there is none.
func flagWrong(was, is *chat.Thread, a chat.Agent, act string, err error) string {
	if was == nil || was.Help == nil {
		return ""
	}
	had, has := was.Help.TakenBy, chat.AgentID("")
	up := is != nil && is.Help != nil
	if up {
		has = is.Help.TakenBy
	}
	switch {
	case act == "take help" && err == nil && (had != "" && had != a.ID || has != a.ID):
		return fmt.Sprintf("it went through, and %q had it before, %q has it now", had, has)
	case act == "take help" && err != nil && (had == a.ID || has != had):
		return fmt.Sprintf("it was refused, and %q had it before, %q has it now", had, has)
	case act == "take help" && chat.IsKind(err, chat.Denied) && was.Help.By != a.ID && was.Lead != a.ID:
		return "he may join the chat, and may not take its flag"
	case act == "give help back" && err == nil && has != "":
		return fmt.Sprintf("it went through, and %q has it still", has)
	case act == "give help back" && err != nil && (had == a.ID || has != had):
		return fmt.Sprintf("it was refused, and %q had it before, %q has it now", had, has)
	case act == "gone" && had == a.ID && up && has != "":
		return "he was gone for 46 s, and everybody relies on him"
	case slices.Contains([]string{"watch", "unwatch", "watch me", "sign out"}, act) && has != had:
		return fmt.Sprintf("%q had the flag before, %q has it now", had, has)
	}
	return ""
}

// callsWrong says where the log of one Conversation tells of a help flag what cannot
// be: one that is taken while it is down or another's, or given back or lowered though
// it was not up.
func callsWrong(log []chat.Event) string {
	up, taken, asks := false, chat.AgentID(""), chat.AgentID("")
	for _, e := range log {
		b, err := chat.Decode[struct {
			By chat.AgentID `json:"by"`
		}](e)
		wrong := err != nil
		switch e.Kind {
		case chat.KindHelp:
			if up, asks = true, b.By; taken == asks {
				taken = ""
			}
		case chat.KindHelpTaken:
			wrong = wrong || !up || taken != "" || b.By == "" || b.By == asks || e.Audience != chat.ForAgents
			taken = b.By
		case chat.KindHelpReturned:
			wrong = wrong || !up || taken == "" || b.By != taken || e.Audience != chat.ForAgents
			taken = ""
		case chat.KindHelpCleared, chat.KindClosed:
			wrong = wrong || e.Kind == chat.KindHelpCleared && !up
			up, taken, asks = false, "", ""
		default:
			continue
		}
		if wrong {
			return fmt.Sprintf("%d %s %s: up %v, taken by %q, asked by %q", e.Seq, e.Kind, e.Body, up, taken, asks)
		}
	}
	return ""
}
