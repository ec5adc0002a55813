package e2e

import (
	"cmp"
	"context"
	"slices"

	"earshot/client"
	"earshot/internal/chat"
)

// wanted is what everybody says in a race who asks for help.
const wanted = "please"

// calling is that part of the model's state by which a Thread asks for help.
type calling struct {
	up      bool
	cause   chat.HelpCause
	reason  string
	by      chat.AgentID
	takenBy chat.AgentID
}

// after is that part behind a fact.
func (c calling) after(f fact) calling {
	switch f.kind {
	case chat.KindHelp:
		next := calling{up: true, cause: chat.HelpCause(f.cause), reason: f.reason, by: f.by}
		if c.up && c.takenBy != f.by {
			next.takenBy = c.takenBy
		}
		return next
	case chat.KindHelpTaken:
		c.takenBy = f.by
	case chat.KindHelpReturned:
		c.takenBy = ""
	case chat.KindHelpCleared, chat.KindClosed, chat.KindStarted:
		return calling{}
	}
	return c
}

// needs reports whether it is the agent himself who needs help.
func (s spot) needs(a chat.AgentID) bool { return s.lead == a || s.by != "" && s.by == a }

// mayHelp reports whether an agent may come where help is wanted: who only reads it
// while it is passed to him may not.
func (r raceRules) mayHelp(s spot, a chat.AgentID) bool {
	unasked := s
	unasked.rings = nil
	return s.takesPart(a) || r.admits(unasked, a)
}

// mayCall reports whether one of the facts of the help flag may follow.
func (r raceRules) mayCall(s spot, f fact, a attempt) bool {
	byHand := f.actor.Agent() == a.by && f.by == a.by
	switch f.kind {
	case chat.KindHelp:
		return a.system && s.status == chat.Active && !s.up || a.verb == "call" && byHand && s.open() && s.takesPart(a.by)
	case chat.KindHelpTaken:
		if !s.up || s.takenBy != "" || s.status != chat.Active || !byHand || s.by == a.by {
			return false
		}
		// The others have come in, or become the lead, just now.
		return a.verb == "come" && s.lead != a.by && r.mayHelp(s, a.by) || slices.Contains([]string{"join", "jump-in", "accept-invite", "accept", "take-over", "hand-lead"}, a.verb)
	case chat.KindHelpReturned:
		return s.up && s.takenBy != "" && s.takenBy == f.by && (a.system || a.verb == "back-off" && byHand)
	case chat.KindHelpCleared:
		own := (a.verb == "post" || a.verb == "jump-in") && s.cause == chat.HelpAsked && s.by == a.by
		return s.up && !own && (a.system || f.actor.Agent() == a.by)
	}
	return false
}

// observesCalling is what a deed about the flag is answered with that changed nothing.
func (s spot) observesCalling(r raceRules, a attempt) bool {
	fine, gone, conflict, denied := a.outcome == "ok", a.outcome == string(chat.Gone), a.outcome == string(chat.Conflict), a.outcome == string(chat.Denied)
	switch a.verb {
	case "call":
		switch {
		case !s.open():
			return gone
		case !s.takesPart(a.by):
			return denied
		}
		return fine && s.up && s.cause == chat.HelpAsked && s.reason == wanted
	case "come":
		switch {
		case !s.open() || !s.up:
			return gone
		case s.takenBy == a.by:
			return fine
		case s.takenBy != "":
			return conflict && a.holder == s.takenBy
		case s.status == chat.Queued:
			return conflict && a.holder == ""
		}
		return denied && (s.needs(a.by) || !r.mayHelp(s, a.by))
	case "back-off":
		if s.open() && s.up && s.takenBy != "" {
			return denied && s.takenBy != a.by
		}
		return fine
	}
	return fine && !(s.open() && s.up) // settle
}

// call does one of the deeds about the help flag.
func (c *crowd) call(ctx context.Context, m *mate, d *deed) (client.Done, error) {
	switch d.verb {
	case "call":
		return m.AskForHelp(ctx, d.conversation, wanted)
	case "come":
		return m.TakeHelp(ctx, d.conversation)
	case "back-off":
		return m.ReturnHelp(ctx, d.conversation)
	}
	return m.SettleHelp(ctx, d.conversation)
}

// flagged is a conversation that asks for help, as far as the agents have heard: the
// first of them, so that several come to it at once. Of one's own it is one to ask in.
func (c *crowd) flagged(m *mate, verb, id string) string {
	if verb == "call" {
		return cmp.Or(c.own(m.id), id)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.calls {
		if by := c.taken[one]; (verb == "back-off") == (by == m.id) {
			return one
		}
	}
	return id
}

// onIt is a conversation whose flag the agent has taken, as far as he has heard.
func (c *crowd) onIt(a chat.AgentID) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, by := range c.taken {
		if by == a {
			return id
		}
	}
	return ""
}

// hearCall is what the line of an agent tells him of help flags.
func (h *heard) hearCall(e client.Event) {
	b, err := chat.Decode[struct {
		By chat.AgentID `json:"by"`
	}](chat.Event{Body: e.Body})
	if err != nil {
		return
	}
	switch chat.Kind(e.Kind) {
	case chat.KindHelp:
		if !slices.Contains(h.calls, e.Conversation) {
			h.calls = append(h.calls, e.Conversation)
		}
	case chat.KindHelpTaken:
		h.taken[e.Conversation] = b.By
	case chat.KindHelpReturned:
		delete(h.taken, e.Conversation)
	case chat.KindHelpCleared, chat.KindClosed:
		h.calls = slices.DeleteFunc(h.calls, func(id string) bool { return id == e.Conversation })
		delete(h.taken, e.Conversation)
	}
}
