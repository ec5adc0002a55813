package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// SaveDraft keeps an unsent text; an empty one forgets it.
func (d *Desk) SaveDraft(ctx context.Context, a chat.Agent, in store.Draft) (version int64, err error) {
	if in.Voice != chat.VoiceReply && in.Voice != chat.VoiceNote && in.Voice != chat.VoiceWhisper {
		return 0, chat.Errorf(chat.Invalid, "A draft is a reply, a note or a whisper.")
	}
	if in.Text != "" {
		if err := chat.CheckText(in.Text, 1); err != nil { // blanks alone may be kept
			return 0, err
		}
	}
	err = d.write(ctx, func(tx *store.Tx) error {
		me, _, err := look(tx, a.ID, in.Conversation)
		if err != nil {
			return err
		}
		if version, err = tx.SaveDraft(me.ID, in); err != nil {
			return err
		}
		body := chat.DraftChanged{Conversation: in.Conversation, Voice: in.Voice, Version: version}
		return tell(tx, chat.AgentConversation(me.ID), d.fact(chat.KindDraft, me.Actor(), body))
	})
	return version, err
}
