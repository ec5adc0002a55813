package desk

import (
	"context"
	"errors"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// AskFurther asks those who were asked aside something more. It stands under their
// question, calls those who answered, and is a note in the chat, so that the answers
// there have their question before them.
func (d *Desk) AskFurther(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, side int64, text string) (Done, error) {
	var question []chat.Event
	return d.doAside(ctx, a, c, side, act{key: key, full: true, intent: intent{Act: "side.further", Seq: side, Text: text},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			one, err := chat.AskFurther(s, side, text)
			if err != nil {
				return nil, err
			}
			if question, err = d.furtherIn(tx, me, one, text); err != nil {
				return nil, err
			}
			return []chat.Event{chat.AskedFurther(one, me, text, question[0], d.now())}, nil
		},
		after: func(tx *store.Tx, events []chat.Event) error {
			q, note := question[0], events[0]
			return errors.Join(tx.SaveAside(q.Conversation, q.Seq, store.Aside{Conversation: note.Conversation, Seq: note.Seq}), d.tellMentioned(tx, question))
		}})
}

func (d *Desk) furtherIn(tx *store.Tx, me chat.Agent, one chat.SideTalk, text string) ([]chat.Event, error) {
	s, err := tx.Lock(one.Talk)
	if err != nil {
		return nil, err
	}
	if s.Talk == nil || s.Talk.Archived != 0 {
		return nil, chat.Errorf(chat.Gone, "The channel is archived, so nobody would read the question. Ask somebody else; your text is kept.")
	}
	call, err := calledFurther(tx, me, s, one)
	if err != nil {
		return nil, err
	}
	return appendTo(tx, &s, []chat.Event{chat.Further(one, me, text, call, d.now())})
}

// calledFurther is who has answered and may read it still, or else whom the first
// question called.
func calledFurther(tx *store.Tx, me chat.Agent, s chat.State, one chat.SideTalk) ([]chat.AgentID, error) {
	team, err := tx.Agents()
	if err != nil {
		return nil, err
	}
	var answered, first []chat.AgentID
	for _, a := range team {
		switch {
		case a.Disabled || a.ID == me.ID || !s.Access().Admits(a.Viewer()):
		case slices.Contains(one.Answerers, a.ID):
			answered = append(answered, a.ID)
		case a.ID == one.Agent || one.Group != "" && a.InGroup(one.Group) && chat.OnShift(a) && len(first) < chat.MaxCalled:
			first = append(first, a.ID)
		}
	}
	if len(answered) > 0 {
		return answered, nil
	}
	return first, nil
}
