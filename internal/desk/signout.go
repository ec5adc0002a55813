package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// What becomes of the open chats of an agent who signs out.
const (
	ChatsToGroup = "group" // back into their groups' queues, before those who have not talked
	ChatsToAgent = "agent" // to one colleague, as far as he has room
	ChatsKept    = "keep"  // they stay until the visitor writes, 10 minutes at most
)

// SignOut is what an agent says when he signs out.
type SignOut struct {
	// Chats is empty where he has not been asked yet.
	Chats string
	To    chat.AgentID
}

// OpenChats is the detail of the conflict that asks what becomes of open chats.
type OpenChats struct {
	Open []chat.ConversationID `json:"open"`
}

// SignOut ends a session. An agent who is connected on no other device, whichever
// node it reaches, and leads open chats is asked first what becomes of them: a
// session that he has forgotten somewhere answers nobody.
func (d *Desk) SignOut(ctx context.Context, a chat.Agent, session chat.SessionID, in SignOut) error {
	switch in.Chats {
	case "", ChatsToGroup, ChatsToAgent, ChatsKept:
	default:
		return chat.Errorf(chat.Invalid, "Open chats go to the %s, to an %s, or you %s them.", ChatsToGroup, ChatsToAgent, ChatsKept)
	}
	defer d.look()
	return d.write(ctx, func(tx *store.Tx) error {
		me, err := tx.Agent(a.ID)
		if err != nil {
			return err
		}
		if err := d.leaveChats(tx, me, session, in); err != nil {
			return err
		}
		if elsewhere, err := d.connectedBut(tx, me, session); err != nil {
			return err
		} else if !elsewhere {
			if err := d.stopWatching(tx, me.ID, chat.WatchSignOut); err != nil {
				return err
			}
		}
		if err := tx.DeleteSession(me.ID, session); err != nil && !chat.IsKind(err, chat.Missing) {
			return err
		}
		return tell(tx, chat.AgentConversation(me.ID), d.fact(chat.KindSession, me.Actor(), chat.SessionEnded{Session: session}))
	})
}

func (d *Desk) leaveChats(tx *store.Tx, me chat.Agent, session chat.SessionID, in SignOut) error {
	if in.Chats == ChatsKept {
		return nil
	}
	if elsewhere, err := d.connectedBut(tx, me, session); err != nil || elsewhere {
		return err
	}
	led, err := ledBy(tx, me)
	switch {
	case err != nil || len(led) == 0:
		return err
	case in.Chats == "":
		return &chat.Error{Kind: chat.Conflict, Message: "You lead open conversations. Say what becomes of them; you are still signed in.", Detail: OpenChats{led}}
	case in.Chats == ChatsToAgent:
		return d.handOver(tx, me, led, in.To)
	}
	return d.handAllBack(tx, me, led)
}

// connectedBut reports whether an agent is connected on a device other than that of
// a session.
func (d *Desk) connectedBut(tx *store.Tx, a chat.Agent, session chat.SessionID) (bool, error) {
	lives, err := tx.DeviceLives(a.ID, d.holding())
	for id, life := range lives {
		if id != session && life.DownAt == 0 {
			return true, err
		}
	}
	return false, err
}

// handOver gives all that an agent leads to one colleague, through the gates of every
// hand-over; where one is in the way of some of it nothing is given.
func (d *Desk) handOver(tx *store.Tx, me chat.Agent, led []chat.ConversationID, id chat.AgentID) error {
	if err := tx.LockAgents(id); err != nil {
		return err
	}
	h := handing{desk: d, tx: tx, me: me}
	to, err := h.heir(id)
	if err == nil {
		h.here, err = tx.PresentAgents(d.holding())
	}
	if err == nil {
		err = h.isHere(to)
	}
	if err != nil {
		return err
	}
	states, err := lockLed(tx, led, me.ID)
	if err != nil {
		return err
	}
	for _, s := range states {
		events, err := h.give(s, Handing{To: to.ID}, chat.Says("agent.sign-out", me.Name))
		if err := h.keep(s, events, err); err != nil {
			return err
		}
	}
	return h.inTheWay("You are still signed in, and nothing was handed over: something is in the way of %d. Hand them over one by one.")
}

// handAllBack leaves all that an agent leads to the queues of their groups, in the
// order of locks.
func (d *Desk) handAllBack(tx *store.Tx, me chat.Agent, led []chat.ConversationID) error {
	states, err := lockLed(tx, led, me.ID)
	if err != nil {
		return err
	}
	h := handing{desk: d, tx: tx, me: me}
	for _, s := range states {
		events, err := h.leave(s, chat.SignedOut)
		if err != nil {
			return err
		}
		if _, err := appendTo(tx, &s, events); err != nil {
			return err
		}
	}
	return nil
}
