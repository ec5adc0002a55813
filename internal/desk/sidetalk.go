package desk

import (
	"context"
	"errors"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Asking is a question to a colleague or a group about a customer's Conversation.
// Confirmed: its author knows that some of them may not see the Thread, and see the
// question alone; Grant lets the colleague see it as a guest.
type Asking struct {
	Key, Text        string
	Agent            chat.AgentID
	Group            chat.GroupID
	Confirmed, Grant bool
}

// Ask asks colleagues aside. The question stands in the group's own channel, or in
// the direct talk with the colleague, and what is answered there under it comes
// back as notes. Where somebody who is asked may not see the Thread, the conflict's
// detail is chat.Blind.
func (d *Desk) Ask(ctx context.Context, a chat.Agent, c chat.ConversationID, in Asking) (Done, error) {
	if (in.Agent == "") == (in.Group == "") {
		return Done{}, chat.Errorf(chat.Invalid, "Name a colleague or a group to ask.")
	}
	if c.Reserved() {
		return Done{}, missingConversation()
	}
	meant := intent{Act: "ask", Text: in.Text, Agent: in.Agent, Group: in.Group, Body: in.Grant}
	return d.once(ctx, in.Key, c, meant, func(tx *store.Tx, hash []byte) (Done, error) {
		talk, err := talkFor(tx, a.ID, in)
		if err != nil {
			return Done{}, err
		}
		if talk != "" {
			if err := lockAll(tx, ascending(c, talk)); err != nil {
				return Done{}, err
			}
		}
		me, s, err := lockFor(tx, a.ID, c)
		if err != nil {
			return Done{}, err
		}
		return d.doLocked(tx, me, s, d.asking(in, talk), hash)
	})
}

// ascending are two Conversations in the order in which they are locked.
func ascending(a, b chat.ConversationID) []chat.ConversationID {
	return []chat.ConversationID{min(a, b), max(a, b)}
}

// talkFor finds where a question is asked; "" = a direct talk that is not there
// yet. The two of it are locked, so that nobody makes it at the same time.
func talkFor(tx *store.Tx, me chat.AgentID, in Asking) (chat.ConversationID, error) {
	if in.Agent != "" {
		if err := tx.LockAgents(me, in.Agent); err != nil {
			return "", err
		}
		talk, _, err := tx.DirectTalk([]chat.AgentID{me, in.Agent})
		return talk, err
	}
	if _, err := liveGroup(tx, in.Group); err != nil {
		return "", err
	}
	talk, found, err := tx.GroupChannel(in.Group)
	if err == nil && !found {
		err = chat.Errorf(chat.Unavailable, "The channel of this group is being made. Ask again in a moment; your text is kept.")
	}
	return talk, err
}

func (d *Desk) asking(in Asking, talk chat.ConversationID) act {
	var question []chat.Event
	return act{
		key:  in.Key,
		full: true,
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			whom, err := whomToAsk(tx, me, s, in)
			if err != nil {
				return nil, err
			}
			events, err := chat.AskAside(s, me, whom, d.now())
			if err != nil {
				return nil, err
			}
			if question, err = d.ask(tx, me, s.Conversation.ID, talk, whom); err != nil {
				return nil, err
			}
			return append(events, chat.Asked(me, whom, question[0], d.now())), nil
		},
		after: func(tx *store.Tx, events []chat.Event) error {
			q, asked := question[0], events[len(events)-1]
			return errors.Join(tx.SaveAside(q.Conversation, q.Seq, store.Aside{Conversation: asked.Conversation, Seq: asked.Seq}), d.tellMentioned(tx, question))
		},
	}
}

// whomToAsk loads who is asked, which of them the question calls, and which of them
// may not see the Thread. Of a group it calls those on shift.
func whomToAsk(tx *store.Tx, me chat.Agent, s chat.State, in Asking) (chat.NewSideTalk, error) {
	whom := chat.NewSideTalk{Text: in.Text, Agent: in.Agent, Group: in.Group, Confirmed: in.Confirmed, Grant: in.Grant}
	var asked []chat.Agent
	if in.Agent != "" {
		a, err := colleague(tx, in.Agent)
		if err != nil {
			return whom, err
		}
		asked, whom.Name, whom.Called = []chat.Agent{a}, a.Name, []chat.AgentID{a.ID}
	} else {
		g, err := liveGroup(tx, in.Group)
		if err != nil {
			return whom, err
		}
		team, err := tx.Agents()
		if err != nil {
			return whom, err
		}
		whom.Name = g.Name
		asked = slices.DeleteFunc(team, func(a chat.Agent) bool { return a.Disabled || a.ID == me.ID || !a.InGroup(in.Group) })
		for _, a := range asked {
			if chat.OnShift(a) && len(whom.Called) < chat.MaxCalled {
				whom.Called = append(whom.Called, a.ID)
			}
		}
	}
	for _, a := range asked {
		if !s.Access().Admits(a.Viewer()) {
			whom.Strangers = append(whom.Strangers, a)
		}
	}
	return whom, nil
}

// ask appends the question to its talk, making the talk where there is none.
func (d *Desk) ask(tx *store.Tx, me chat.Agent, c, talk chat.ConversationID, whom chat.NewSideTalk) ([]chat.Event, error) {
	var s chat.State
	var err error
	if talk == "" {
		if s, err = newTalk(tx, chat.FormDirect); err != nil {
			return nil, err
		}
		people, err := chat.People(me.ID, []chat.AgentID{whom.Agent})
		if err != nil {
			return nil, err
		}
		if _, err := appendTo(tx, &s, chat.OpenDirect(me, people, d.now())); err != nil {
			return nil, err
		}
	} else if s, err = tx.Lock(talk); err != nil {
		return nil, err
	}
	if s.Talk == nil || s.Talk.Archived != 0 {
		return nil, chat.Errorf(chat.Gone, "The channel of %s is archived, so nobody would read the question. Ask somebody else; your text is kept.", whom.Name)
	}
	return appendTo(tx, &s, []chat.Event{chat.Question(c, me, whom, d.now())})
}

// EndAside withdraws a question: answers do not come back any more.
func (d *Desk) EndAside(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, side int64) (Done, error) {
	return d.doAside(ctx, a, c, side, act{key: key, intent: intent{Act: "side.end", Seq: side}, rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		return chat.EndAside(s, me, side, d.now())
	}})
}

// UseAnswer notes that an answer goes into a reply.
func (d *Desk) UseAnswer(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, side, note int64) (Done, error) {
	return d.doAside(ctx, a, c, side, act{key: key, full: true, intent: intent{Act: "side.use", Seq: side, Body: note}, rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		target, err := targetOf(tx, me, c, note)
		if err != nil {
			return nil, err
		}
		return chat.UseAnswer(s, me, side, target, d.now())
	}})
}

// TellAside tells the visitor that the answer to a question takes a moment, once
// for each.
func (d *Desk) TellAside(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, side int64, line string) (Done, error) {
	return d.do(ctx, a, c, act{key: key, full: true, intent: intent{Act: "side.tell", Seq: side, Text: line}, rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
		return chat.TellAside(s, me, side, line, d.now())
	}})
}

// doAside runs an act on a side-talk, and shows in the talk what came of it. Where
// the question stands never changes, so it is found without a lock.
func (d *Desk) doAside(ctx context.Context, a chat.Agent, c chat.ConversationID, side int64, in act) (Done, error) {
	if c.Reserved() {
		return Done{}, missingConversation()
	}
	also := in.after
	in.after = func(tx *store.Tx, events []chat.Event) error {
		if len(events) == 0 {
			return nil
		}
		if also != nil {
			if err := also(tx, events); err != nil {
				return err
			}
		}
		return d.showSide(tx, c, side, events[0].Actor)
	}
	return d.once(ctx, in.key, c, in.intent, func(tx *store.Tx, hash []byte) (Done, error) {
		s, err := tx.State(c)
		if err != nil && !chat.IsKind(err, chat.Missing) {
			return Done{}, err
		}
		if one, found := s.Thread.SideTalk(side); found {
			if err := lockAll(tx, ascending(c, one.Talk)); err != nil {
				return Done{}, err
			}
		}
		me, s, err := lockFor(tx, a.ID, c)
		if err != nil {
			return Done{}, err
		}
		return d.doLocked(tx, me, s, in, hash)
	})
}

// showSide brings the card of a question in line with its side-talk; both
// Conversations are locked.
func (d *Desk) showSide(tx *store.Tx, c chat.ConversationID, side int64, by chat.Actor) error {
	s, err := tx.Lock(c)
	if err != nil {
		return err
	}
	one, found := s.Thread.SideTalk(side)
	if !found {
		return nil
	}
	return d.recard(tx, one.Talk, one.Message, one.Card(c), by)
}

func (d *Desk) recard(tx *store.Tx, talk chat.ConversationID, message int64, card chat.SideCard, by chat.Actor) error {
	s, err := tx.Lock(talk)
	if err != nil {
		return err
	}
	question, err := tx.Event(talk, message)
	if err != nil {
		return err
	}
	events, said, err := chat.Recard(question, card, by, d.now())
	if err != nil || len(events) == 0 {
		return err
	}
	if err := tx.ReplaceBody(talk, message, said); err != nil {
		return err
	}
	_, err = appendTo(tx, &s, events)
	return err
}
