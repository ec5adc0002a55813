package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// fewMembers is up to how many members a channel's row names them; the channel
// itself names all.
const fewMembers = 50

// OpenedTalk is a talk as an agent opens it.
type OpenedTalk struct {
	Position chat.Position
	Row      chat.TalkRow // with every member
	Within   bool         // in it, and not only admitted
	Runs     bool         // may change it
	Events   []chat.Event // the newest ones, ascending
	More     bool         // there are older ones
	// Reads is how far the others of a direct talk have read.
	Reads []store.ReadMark
}

// Talks lists the talks that an agent is in, those with the newest words first.
func (d *Desk) Talks(ctx context.Context, a chat.Agent) ([]chat.TalkRow, error) {
	return d.talkList(ctx, a, talksOf)
}

// OpenChannels lists the channels that an agent may read and is not in.
func (d *Desk) OpenChannels(ctx context.Context, a chat.Agent) ([]chat.TalkRow, error) {
	return d.talkList(ctx, a, func(tx *store.Tx, v chat.Viewer) ([]chat.TalkRow, error) {
		rows, err := tx.OpenChannels(v)
		return shortened(rows), err
	})
}

func talksOf(tx *store.Tx, v chat.Viewer) ([]chat.TalkRow, error) {
	rows, err := tx.Talks(v)
	return shortened(rows), err
}

func (d *Desk) talkList(ctx context.Context, a chat.Agent, load func(*store.Tx, chat.Viewer) ([]chat.TalkRow, error)) (rows []chat.TalkRow, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = load(tx, a.Viewer())
		return err
	})
	return rows, err
}

// shortened leaves the members of large channels out of a list.
func shortened(rows []chat.TalkRow) []chat.TalkRow {
	for i := range rows {
		if len(rows[i].Talk.Members) > fewMembers {
			rows[i].Talk.Members = []chat.AgentID{}
		}
	}
	return rows
}

// Talk loads a talk with its newest 50 events.
func (d *Desk) Talk(ctx context.Context, a chat.Agent, id chat.ConversationID) (OpenedTalk, error) {
	var t OpenedTalk
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		t, err = openTalk(tx, a, id)
		return err
	})
	if err != nil {
		return OpenedTalk{}, err
	}
	return t, nil
}

func openTalk(tx *store.Tx, a chat.Agent, id chat.ConversationID) (t OpenedTalk, err error) {
	// The position comes first, as in every snapshot.
	if t.Position, err = tx.Head(); err != nil {
		return t, err
	}
	v := a.Viewer()
	s, err := talkState(tx, v, id)
	if err != nil {
		return t, err
	}
	if t.Row, err = tx.TalkRow(v, id); err != nil {
		return t, err
	}
	t.Within, t.Runs = s.Access().Within(v), s.Runs(a)
	if t.Reads, err = tx.TalkReads(id); err != nil {
		return t, err
	}
	t.Events, t.More, err = backward(tx, newEyes(tx, v), id, s.Conversation.Head+1, pageOfEvents)
	return t, err
}

// talkState loads a talk that a viewer may read.
func talkState(tx *store.Tx, v chat.Viewer, id chat.ConversationID) (chat.State, error) {
	s, err := readableState(tx, v, id)
	if err == nil && !s.Conversation.Kind.IsTalk() {
		err = missingTalk()
	}
	return s, err
}

func missingTalk() error {
	return chat.Errorf(chat.Missing, "There is no such channel, or you may not see it.")
}

// TalkPins loads what is pinned in a talk, the newest pin first.
func (d *Desk) TalkPins(ctx context.Context, a chat.Agent, id chat.ConversationID) (pinned []chat.Event, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		s, err := talkState(tx, a.Viewer(), id)
		if err != nil {
			return err
		}
		seen := newEyes(tx, a.Viewer())
		pinned = make([]chat.Event, 0, len(s.Talk.Pins))
		for i := len(s.Talk.Pins) - 1; i >= 0; i-- {
			e, err := tx.Event(id, s.Talk.Pins[i])
			if err != nil {
				return err
			}
			ok, err := seen.see(e)
			if err != nil {
				return err
			}
			if ok {
				pinned = append(pinned, e)
			}
		}
		return nil
	})
	return pinned, err
}

// talkAct is one command of an agent in one talk.
type talkAct struct {
	key    string
	intent intent
	// rule asks chat and answers events that have no numbers yet.
	rule func(*store.Tx, chat.Agent, chat.State) ([]chat.Event, error)
	// after, where set, saves what belongs to the numbered events.
	after func(*store.Tx, []chat.Event) error
	// beside, where set, finds a customer's Conversation that changes with the talk, so
	// that both are locked in their order; "" = none.
	beside func(*store.Tx) (chat.ConversationID, error)
}

// doTalk runs an act in a talk: lock, look the key up, judge, append, remember,
// commit. A visitor's Conversation is none, as a talk is none for [Desk.do].
func (d *Desk) doTalk(ctx context.Context, a chat.Agent, c chat.ConversationID, in talkAct) (Done, error) {
	return d.once(ctx, in.key, c, in.intent, func(tx *store.Tx, hash []byte) (Done, error) {
		if err := lockBeside(tx, c, in.beside); err != nil {
			return Done{}, err
		}
		me, s, err := lockTalk(tx, a.ID, c)
		if err != nil {
			return Done{}, err
		}
		return doInTalk(tx, me, s, in, hash)
	})
}

func doInTalk(tx *store.Tx, me chat.Agent, s chat.State, in talkAct, hash []byte) (Done, error) {
	actor := agentOwner(me.ID)
	events, again, err := earlier(tx, in.key, actor, hash)
	if err != nil {
		return Done{}, err
	}
	if !again {
		if !s.Access().Admits(me.Viewer()) {
			return Done{}, missingTalk()
		}
		if events, err = in.rule(tx, me, s); err != nil {
			return Done{}, err
		}
		if events, err = appendTo(tx, &s, events); err != nil {
			return Done{}, err
		}
		if err := remember(tx, in.key, actor, hash, s.Conversation.ID, events); err != nil {
			return Done{}, err
		}
		if in.after != nil {
			if err := in.after(tx, events); err != nil {
				return Done{}, err
			}
		}
	}
	seen, err := seenBy(tx, me.Viewer(), s, events)
	return Done{Events: seen, Again: again || len(events) == 0}, err
}

// lockTalk loads an agent as of now and a talk under its lock.
func lockTalk(tx *store.Tx, a chat.AgentID, c chat.ConversationID) (chat.Agent, chat.State, error) {
	me, err := present(tx, a)
	if err != nil {
		return me, chat.State{}, err
	}
	if c.Reserved() {
		return me, chat.State{}, missingTalk()
	}
	s, err := tx.Lock(c)
	if chat.IsKind(err, chat.Missing) || err == nil && s.Talk == nil {
		err = missingTalk()
	}
	return me, s, err
}

// SetTalkLevel says what the agent wants to be alerted of in a talk, on all his
// devices.
func (d *Desk) SetTalkLevel(ctx context.Context, a chat.Agent, in chat.TalkLevel) error {
	if !in.Level.Valid() || in.MutedUntil < 0 {
		return chat.Errorf(chat.Invalid, "The level is all, mentions or none, and a mute ends at a time.")
	}
	return d.write(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		s, err := talkState(tx, me.Viewer(), in.Conversation)
		if err == nil {
			err = chat.MayChooseLevel(s, me)
		}
		if err != nil {
			return err
		}
		changed, err := tx.SetTalkLevel(me.ID, in)
		if err != nil || !changed {
			return err
		}
		return tell(tx, chat.AgentConversation(me.ID), d.fact(chat.KindTalkLevel, me.Actor(), in))
	})
}
