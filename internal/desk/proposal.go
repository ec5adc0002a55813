package desk

import (
	"cmp"
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Release lets a proposal out as a new message in its expert's name; text replaces
// his words where it is not empty.
func (d *Desk) Release(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, proposal int64, text string) (Done, error) {
	var files []chat.FileID
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "release", Seq: proposal, Text: text},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			target, err := targetOf(tx, me, c, proposal)
			if err != nil {
				return nil, err
			}
			said, err := chat.Decode[chat.Said](target)
			if err != nil {
				return nil, err
			}
			files = files[:0]
			for _, f := range said.Files {
				files = append(files, f.ID)
			}
			events, err := chat.Release(s, me, target, text, d.now())
			if err != nil || len(events) == 0 {
				return events, err
			}
			expert, err := tx.Agent(target.Actor.Agent())
			if err != nil {
				return nil, err
			}
			help, err := d.answered(tx, s, expert, cmp.Or(text, said.Text), events)
			return append(events, help...), err
		},
		// The files are the visitor's from now on: the message holds them.
		after: func(tx *store.Tx, events []chat.Event) error { return holdFiles(tx, events, files) },
	})
}

// Discard refuses a proposal, or takes back one's own.
func (d *Desk) Discard(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, proposal int64, word string) (Done, error) {
	word = chat.CleanLine(word, chat.MaxInviteNote)
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "discard", Seq: proposal, Text: word},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			target, err := targetOf(tx, me, c, proposal)
			if err != nil {
				return nil, err
			}
			return chat.Discard(s, me, target, word, d.now())
		},
	})
}
