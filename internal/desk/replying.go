package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// replyAct is one act upon saved replies. A key makes doing it again harmless; what
// is the same when it is done twice needs none.
type replyAct struct {
	key    string
	intent intent
	rule   func(*store.Tx, chat.Agent) (replyChange, error)
}

// replyChange is which reply an act has made or changed, "" = none that is there
// still, and the places where there is something else to see now.
type replyChange struct {
	id     chat.SavedReplyID
	places []chat.SavedReply
}

// replying runs an act and tells those who may have something else before them: the
// agent himself, and the team unless it was his own alone. It answers the reply.
func (d *Desk) replying(ctx context.Context, a chat.Agent, in replyAct) (out ReplyView, again bool, err error) {
	var hash []byte
	if in.intent.Act != "" {
		if err = checkKey(in.key); err != nil {
			return out, false, err
		}
		if hash, err = d.fingerprint(ctx, in.intent); err != nil {
			return out, false, err
		}
	}
	var id chat.SavedReplyID
	err = d.write(ctx, func(tx *store.Tx) (err error) {
		id, again, err = d.replyOnce(tx, a.ID, in, hash)
		return err
	})
	if err != nil || id == "" {
		return out, again, err
	}
	out, err = d.savedReply(ctx, a, id)
	return out, again, err
}

func (d *Desk) replyOnce(tx *store.Tx, a chat.AgentID, in replyAct, hash []byte) (id chat.SavedReplyID, again bool, err error) {
	me, err := present(tx, a)
	if err != nil {
		return "", false, err
	}
	// Before the look for the key, so that of two at once the second finds it.
	if _, err := lockReserved(tx, chat.AgentConversation(me.ID)); err != nil {
		return "", false, err
	}
	if hash != nil {
		events, found, err := earlier(tx, in.key, agentOwner(me.ID), hash)
		if err != nil || found && len(events) > 0 {
			return savedBefore(events, err)
		}
	}
	done, err := in.rule(tx, me)
	if err != nil {
		return "", false, err
	}
	own, err := d.tellReplies(tx, me, done)
	if err != nil || hash == nil {
		return done.id, false, err
	}
	return done.id, false, remember(tx, in.key, agentOwner(me.ID), hash, chat.AgentConversation(me.ID), own)
}

func savedBefore(events []chat.Event, err error) (chat.SavedReplyID, bool, error) {
	if err != nil {
		return "", false, err
	}
	body, err := chat.Decode[chat.SavedRepliesChanged](events[0])
	return body.ID, true, err
}

// tellReplies tells the actor, and the team of what is not his own: without a word of
// it, since who may read it is asked when it is read.
func (d *Desk) tellReplies(tx *store.Tx, me chat.Agent, c replyChange) ([]chat.Event, error) {
	own, err := noted(tx, chat.AgentConversation(me.ID), d.fact(chat.KindSavedReplies, me.Actor(), chat.SavedRepliesChanged{ID: c.id}))
	if err != nil {
		return nil, err
	}
	var facts []chat.Event
	var told []chat.SavedRepliesChanged
	for _, r := range c.places {
		body := chat.SavedRepliesChanged{Scope: r.Scope, Group: r.Group}
		if r.Scope == "" || r.Scope == chat.ScopeOwn || slices.Contains(told, body) {
			continue
		}
		told = append(told, body)
		facts = append(facts, d.fact(chat.KindSavedReplies, me.Actor(), body))
	}
	if len(facts) == 0 {
		return own, nil
	}
	return own, tell(tx, chat.TeamConversation, facts...)
}
