package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Line is what an agent says in a talk. Mentions are colleagues by name; Groups
// and Here call more, as they are at that moment.
type Line struct {
	Key      string
	Text     string
	Files    []chat.FileID
	TypingMS int64
	ReplyTo  int64
	Mentions []chat.AgentID
	Groups   []chat.GroupID
	Here     bool
	Cards    []chat.Reference
}

// SayInTalk posts a message in a talk.
func (d *Desk) SayInTalk(ctx context.Context, a chat.Agent, c chat.ConversationID, in Line) (Done, error) {
	if err := chat.CheckText(in.Text, len(in.Files)); err != nil {
		return Done{}, err
	}
	called, err := chat.CleanMentions(a.ID, in.Mentions)
	if err != nil {
		return Done{}, err
	}
	in.Mentions = called
	meant := in
	meant.Key, meant.TypingMS = "", 0 // no part of what was meant
	return d.doTalk(ctx, a, c, talkAct{
		key:    in.Key,
		intent: intent{Act: "talk.say", Body: meant},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			m, err := d.newLine(tx, me, s, in)
			if err != nil {
				return nil, err
			}
			return chat.SayInTalk(s, me, m, d.now())
		},
		after: func(tx *store.Tx, events []chat.Event) error {
			return errors.Join(holdFiles(tx, events, in.Files), d.comeBack(tx, events), d.tellMentioned(tx, events))
		},
		beside: func(tx *store.Tx) (chat.ConversationID, error) { return besideReply(tx, c, in.ReplyTo) },
	})
}

func (d *Desk) newLine(tx *store.Tx, me chat.Agent, s chat.State, in Line) (chat.NewLine, error) {
	refs, err := unsentFiles(tx, s.Conversation.ID, in.Files, agentOwner(me.ID))
	if err != nil {
		return chat.NewLine{}, err
	}
	typing := min(max(time.Duration(in.TypingMS)*time.Millisecond, 0), maxTyping)
	m := chat.NewLine{Text: in.Text, Files: refs, Typing: typing, Groups: in.Groups, Here: in.Here, Cards: in.Cards}
	if in.ReplyTo > 0 {
		target, err := targetOf(tx, me, s.Conversation.ID, in.ReplyTo)
		if err != nil {
			return m, err
		}
		m.ReplyTo = &target
	}
	if err := mayRefer(tx, me, in.Cards); err != nil {
		return m, err
	}
	m.Called, err = calledBy(tx, me, s, in)
	return m, err
}

// mayRefer refuses references to what their author may not see himself: he could
// not know what he shows.
func mayRefer(tx *store.Tx, me chat.Agent, cards []chat.Reference) error {
	for _, c := range cards {
		if _, err := readableState(tx, me.Viewer(), c.Conversation); err != nil {
			return err
		}
		if c.Seq != 0 {
			if _, err := targetOf(tx, me, c.Conversation, c.Seq); err != nil {
				return err
			}
		}
	}
	return nil
}

// calledBy resolves whom a message calls: those who are named, then the people of
// groups and those on shift, as far as they may read it. Who is named and may not
// is an error, since nobody would tell the author that he was not heard.
func calledBy(tx *store.Tx, me chat.Agent, s chat.State, in Line) ([]chat.AgentID, error) {
	acc := s.Access()
	called := in.Mentions
	for _, id := range in.Mentions {
		p, err := colleague(tx, id)
		if err != nil {
			return nil, err
		}
		if !acc.Admits(p.Viewer()) {
			return nil, chat.Errorf(chat.Denied, "%s may not read this, so a mention would not reach anybody. Add %s first, or take the mention out; nothing was stored and your text is kept.", p.Name, p.Name)
		}
	}
	if len(in.Groups) == 0 && !in.Here {
		return called, nil
	}
	for _, g := range in.Groups {
		if _, err := liveGroup(tx, g); err != nil {
			return nil, err
		}
	}
	team, err := tx.Agents()
	if err != nil {
		return nil, err
	}
	for _, a := range team {
		of := in.Here && acc.Within(a.Viewer()) && chat.OnShift(a) || slices.ContainsFunc(in.Groups, a.InGroup) && acc.Admits(a.Viewer())
		if of && !a.Disabled && a.ID != me.ID && !slices.Contains(called, a.ID) {
			called = append(called, a.ID)
		}
	}
	return called, nil
}

// EditInTalk replaces the text of the agent's own message. Whom it calls stays as
// it was.
func (d *Desk) EditInTalk(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, seq int64, text string) (Done, error) {
	return d.doTalk(ctx, a, c, talkAct{key: key, intent: intent{Act: "edit", Seq: seq, Text: text}, rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		target, err := targetOf(tx, me, c, seq)
		if err != nil {
			return nil, err
		}
		e, said, err := chat.EditInTalk(s, target, me, text, d.now())
		if err != nil {
			return nil, err
		}
		return []chat.Event{e}, tx.ReplaceBody(c, seq, said)
	}, beside: func(tx *store.Tx) (chat.ConversationID, error) {
		return about(tx, c, seq)
	}, after: func(tx *store.Tx, events []chat.Event) error {
		return d.rewordAside(tx, events[0])
	}})
}

// RedactInTalk takes a message back.
func (d *Desk) RedactInTalk(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, seq int64) (Done, error) {
	return d.doTalk(ctx, a, c, talkAct{key: key, intent: intent{Act: "redact", Seq: seq}, rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		target, err := targetOf(tx, me, c, seq)
		if err != nil {
			return nil, err
		}
		e, empty, err := chat.RedactInTalk(s, target, me, d.now())
		if err != nil {
			return nil, err
		}
		return []chat.Event{e}, d.emptyMessage(tx, target, empty)
	}, beside: func(tx *store.Tx) (chat.ConversationID, error) {
		return about(tx, c, seq)
	}, after: func(tx *store.Tx, events []chat.Event) error {
		return d.emptyAside(tx, events[0])
	}})
}

// React sets an emoji under a message, or takes it away.
func (d *Desk) React(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, in chat.Reacted) (Done, error) {
	return d.doTalk(ctx, a, c, talkAct{key: key, intent: intent{Act: "talk.react", Body: in}, rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		target, err := targetOf(tx, me, c, in.Target)
		if err != nil {
			return nil, err
		}
		events, said, err := chat.React(s, target, me, in.Emoji, in.On, d.now())
		if err != nil || len(events) == 0 {
			return nil, err
		}
		return events, tx.ReplaceBody(c, in.Target, said)
	}})
}

// Pin pins a message of a talk, or ends that.
func (d *Desk) Pin(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, in chat.Pinned) (Done, error) {
	return d.doTalk(ctx, a, c, talkAct{key: key, intent: intent{Act: "talk.pin", Body: in}, rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		target, err := targetOf(tx, me, c, in.Target)
		if err != nil {
			return nil, err
		}
		return chat.Pin(s, target, me, in.On, d.now())
	}})
}
