package desk

import (
	"context"
	"errors"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

const maxTyping = 24 * time.Hour

// Message is what an agent sends. Key makes a retry harmless: the same key by
// the same actor answers the stored events; with other words it is a conflict.
type Message struct {
	Key      string
	Text     string
	Files    []chat.FileID
	TypingMS int64
	// Mentions are colleagues whom a note calls. Grant lets those of them see the
	// Thread who may not, where the author may do that.
	Mentions []chat.AgentID
	Grant    bool
	// Replies are the saved ones that it was made of; not part of what the key stands
	// for either.
	Replies []chat.UsedReply
	// Seen is the last seq that the author had before him; not part of what the
	// key stands for.
	Seen int64
}

// PostMessage answers the visitor.
func (d *Desk) PostMessage(ctx context.Context, a chat.Agent, c chat.ConversationID, in Message) (Done, error) {
	rule := func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		m, err := d.newMessage(tx, c, in, agentOwner(me.ID))
		if err != nil {
			return nil, err
		}
		if m.Unseen, err = unseen(tx, me, s, in.Seen); err != nil {
			return nil, err
		}
		if m.Begin, err = d.beginAsAgent(tx, me, s); err != nil {
			return nil, err
		}
		events, err := chat.Post(s, me.Actor(), m, d.now())
		if err != nil {
			return nil, err
		}
		help, err := d.answered(tx, s, me, in.Text, events)
		return append(events, help...), err
	}
	return d.say(ctx, a, c, in, chat.ForAll, rule)
}

// AddNote writes to the team alone. Colleagues whom it mentions are called; where
// one may not see the Thread, the conflict's detail is chat.NoAccess, or the note
// is denied where its author may not change that.
func (d *Desk) AddNote(ctx context.Context, a chat.Agent, c chat.ConversationID, in Message) (Done, error) {
	called, err := chat.CleanMentions(a.ID, in.Mentions)
	if err != nil {
		return Done{}, err
	}
	in.Mentions = called
	rule := func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		m, err := d.newMessage(tx, c, in, agentOwner(me.ID))
		if err != nil {
			return nil, err
		}
		let, err := d.mentioned(tx, me, s, in)
		if err != nil {
			return nil, err
		}
		m.Mentions = in.Mentions
		note, err := chat.AddNote(s, me.Actor(), m, d.now())
		return append(let, note...), err
	}
	return d.say(ctx, a, c, in, chat.ForAgents, rule)
}

func (d *Desk) say(ctx context.Context, a chat.Agent, c chat.ConversationID, in Message, to chat.Audience,
	rule func(*store.Tx, chat.Agent, chat.State) ([]chat.Event, error)) (Done, error) {
	if err := chat.CheckText(in.Text, len(in.Files)); err != nil {
		return Done{}, err
	}
	if len(in.Replies) > chat.MaxUsedReplies {
		return Done{}, chat.Errorf(chat.Invalid, "One message is made of %d saved replies at most. Nothing was stored.", chat.MaxUsedReplies)
	}
	var used []chat.SavedReply
	return d.do(ctx, a, c, act{
		key:    in.Key,
		intent: intent{Act: "say", Audience: to, Text: in.Text, Files: in.Files, Mentions: in.Mentions},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) (events []chat.Event, err error) {
			if used, err = usedReplies(tx, me, in.Replies); err != nil {
				return nil, err
			}
			if err := chat.CheckBlanks(in.Text, used); err != nil {
				return nil, err
			}
			return rule(tx, me, s)
		},
		full: to == chat.ForAll,
		after: func(tx *store.Tx, events []chat.Event) error {
			return errors.Join(holdFiles(tx, events, in.Files), d.tellMentioned(tx, events), noteReplies(tx, a.ID, events, used, in.Replies))
		},
	})
}

// newMessage loads the files that a message names.
func (d *Desk) newMessage(tx *store.Tx, c chat.ConversationID, in Message, owners ...string) (chat.NewMessage, error) {
	refs, err := unsentFiles(tx, c, in.Files, owners...)
	typing := min(max(time.Duration(in.TypingMS)*time.Millisecond, 0), maxTyping)
	return chat.NewMessage{Text: in.Text, Files: refs, Typing: typing}, err
}

// unseen loads what colleagues answered after a seq that the author had seen.
func unseen(tx *store.Tx, me chat.Agent, s chat.State, seen int64) ([]chat.Event, error) {
	if seen <= 0 || seen >= s.Conversation.Head {
		return nil, nil
	}
	replies, err := tx.RepliesAfter(s.Conversation.ID, seen, me.ID)
	if err != nil || len(replies) == 0 {
		return nil, err
	}
	return seenBy(tx, me.Viewer(), s, replies)
}

// beginAsAgent is how a Thread begins that an agent's message opens: he leads it,
// and where that is above his limit it says so.
func (d *Desk) beginAsAgent(tx *store.Tx, me chat.Agent, s chat.State) (chat.Beginning, error) {
	if s.OpenThread() != nil {
		return chat.Beginning{}, nil
	}
	g, err := groupAgain(tx, s)
	if err != nil {
		return chat.Beginning{}, err
	}
	room, err := d.roomOf(tx, me, g.ID, routing.NeedOfNew(), true)
	why := chat.Says("place.began", me.Name)
	placed := &chat.Placed{Cause: "agent_began", Why: why.English(), Because: why}
	return chat.Beginning{Group: g, Placed: placed, Over: room.Above()}, err
}

// EditMessage replaces the text of the agent's own message or note.
func (d *Desk) EditMessage(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, seq int64, text string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "edit", Seq: seq, Text: text},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			target, err := targetOf(tx, me, c, seq)
			if err != nil {
				return nil, err
			}
			if s.Thread != nil {
				if err := s.Thread.MayReword(me.ID, target, d.now()); err != nil {
					return nil, err
				}
			}
			e, said, err := chat.Edit(target, me.Actor(), text, d.now())
			if err != nil {
				return nil, err
			}
			events := []chat.Event{e}
			if target.Audience == chat.ForAll {
				too, err := d.promises(tx, s, me, text, events, false)
				if err != nil {
					return nil, err
				}
				events = append(events, too...)
			}
			return events, tx.ReplaceBody(c, seq, said)
		},
	})
}

// RedactMessage takes the agent's own message or note back.
func (d *Desk) RedactMessage(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, seq int64) (Done, error) {
	var aside chat.Event // what is taken back, where it stands in a talk, too
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "redact", Seq: seq},
		beside: func(tx *store.Tx) (chat.ConversationID, error) { return talkBeside(tx, c, seq) },
		rule: func(tx *store.Tx, me chat.Agent, _ chat.State) ([]chat.Event, error) {
			target, err := targetOf(tx, me, c, seq)
			if err != nil {
				return nil, err
			}
			if talk, _ := target.Aside(); talk != "" {
				aside = target
				return d.takeBackAside(tx, me, target)
			}
			e, empty, err := chat.Redact(target, me.Actor(), d.now())
			if err != nil {
				return nil, err
			}
			return []chat.Event{e}, d.emptyMessage(tx, target, empty)
		},
		after: func(tx *store.Tx, events []chat.Event) error {
			if aside.Seq == 0 {
				return nil
			}
			return d.leftAside(tx, aside, events)
		},
	})
}

// targetOf loads the message that an edit or redact names, as far as the agent
// may see it.
func targetOf(tx *store.Tx, me chat.Agent, c chat.ConversationID, seq int64) (chat.Event, error) {
	target, err := tx.Event(c, seq)
	if err != nil {
		return target, err
	}
	ok, err := newEyes(tx, me.Viewer()).see(target)
	if err == nil && !ok {
		err = chat.Errorf(chat.Missing, "There is no such message.")
	}
	return target, err
}

// emptyMessage takes a text out of every place that holds it: the message, the
// edits that brought and replaced it, the proposal that it was, and the files.
func (d *Desk) emptyMessage(tx *store.Tx, target chat.Event, empty chat.Said) error {
	said, err := chat.Decode[chat.Said](target)
	if err != nil {
		return err
	}
	if err := d.dropFiles(tx, said.Files); err != nil {
		return err
	}
	if err := tx.ForgetMentions(target.Conversation, target.Seq, said.Mentions); err != nil {
		return err
	}
	if said.Edited != 0 {
		if err := tx.EmptyEdits(target.Conversation, target.Seq); err != nil {
			return err
		}
	}
	if said.Proposal != 0 {
		if err := tx.ReplaceBody(target.Conversation, said.Proposal, empty); err != nil {
			return err
		}
	}
	return tx.ReplaceBody(target.Conversation, target.Seq, empty)
}
