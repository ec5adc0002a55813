package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// AskBack asks for a Thread that was handed on while the agent's connection was
// lost. He may ask though he does not see it any more.
func (d *Desk) AskBack(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "ask-back"},
		also:   lostBy,
		rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			return chat.AskBack(s, me, d.now())
		},
	})
}

// Waive leaves a Thread that the agent lost to whoever has it: nothing is
// told to him of it any more, on any of his devices.
func (d *Desk) Waive(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "waive"},
		also:   lostBy,
		rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			return chat.Waive(s, me, d.now())
		},
	})
}

// lostBy is by what those two are judged: that one lost a Thread tells no more
// than he was told when he came back.
func lostBy(s chat.State, a chat.AgentID) bool { return s.Thread.LostBy(a) }

// tellLoss tells an agent, in his own Conversation, what became of a Thread that he
// lost: in the Thread itself he may not see it.
func tellLoss(tx *store.Tx, before, after chat.Loss, at int64) error {
	for _, one := range chat.LossChanges(before, after) {
		if err := tell(tx, chat.AgentConversation(one.Agent), chat.Fact(chat.KindLoss, chat.System(), chat.ForAgents, at, one)); err != nil {
			return err
		}
	}
	return nil
}
