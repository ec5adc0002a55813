package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const (
	// MaxUseWeeks is how far the report of saved replies looks back.
	MaxUseWeeks = 52
	// unusedAfter is when a reply that nobody uses is called so.
	unusedAfter = 90 * 24 * time.Hour
)

// ReplyUse is how one saved reply was used.
type ReplyUse struct {
	Reply chat.SavedReplyID `json:"reply"`
	store.ReplyFigures
	Unused bool `json:"unused,omitempty" doc:"Nobody has used it for 90 days, and it is older than that."`
}

// ReplyUse reports how the replies that an agent may use were used in the last
// weeks, this one among them: the most first.
func (d *Desk) ReplyUse(ctx context.Context, a chat.Agent, weeks int) ([]ReplyUse, error) {
	if weeks < 1 || weeks > MaxUseWeeks {
		return nil, chat.Errorf(chat.Invalid, "The use of replies is counted over 1 to %d weeks.", MaxUseWeeks)
	}
	all := []ReplyUse{}
	err := d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		found, err := tx.SavedReplies(me.ID)
		if err != nil {
			return err
		}
		figures, err := tx.ReplyFigures(chat.WeekOf(chat.Micros(d.now())) - int64(weeks) + 1)
		if err != nil {
			return err
		}
		limit := chat.Micros(d.now().Add(-unusedAfter))
		for _, r := range found {
			if f := figures[r.ID]; r.May(me, chat.ReplyUse) {
				all = append(all, ReplyUse{r.ID, f, max(f.Last, r.Created) < limit})
			}
		}
		return nil
	})
	slices.SortFunc(all, func(x, y ReplyUse) int {
		return cmp.Or(cmp.Compare(y.Sent, x.Sent), cmp.Compare(y.Last, x.Last), cmp.Compare(x.Reply, y.Reply))
	})
	return all, err
}

// ReplyChats are the Conversations in which a reply was used in the last weeks, as
// far as the agent may see the message: the newest first, at most 200.
func (d *Desk) ReplyChats(ctx context.Context, a chat.Agent, id chat.SavedReplyID, weeks int) ([]chat.ConversationID, error) {
	if weeks < 1 || weeks > MaxUseWeeks {
		return nil, chat.Errorf(chat.Invalid, "The use of replies is counted over 1 to %d weeks.", MaxUseWeeks)
	}
	all := []chat.ConversationID{}
	err := d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		if _, err := replyFor(tx, me, id, chat.ReplyUse); err != nil {
			return err
		}
		since := chat.WeekOf(chat.Micros(d.now())) - int64(weeks) + 1
		uses, err := tx.ReplyUses(id, chat.StartOfWeek(since), mostUses)
		if err != nil {
			return err
		}
		eyes := newEyes(tx, me.Viewer())
		for _, u := range uses {
			e, err := tx.Event(u.Conversation, u.Seq)
			if err != nil {
				return err
			}
			seen, err := eyes.see(e)
			if err != nil {
				return err
			}
			all = behind(all, u.Conversation, seen)
		}
		return nil
	})
	return all, err
}

const mostUses = 500

// ForgetReplyUses removes which messages were made of replies, as far back as no report
// looks any more.
func (d *Desk) ForgetReplyUses(ctx context.Context) error {
	since := chat.WeekOf(chat.Micros(d.now())) - MaxUseWeeks + 1
	return d.store.Write(ctx, func(tx *store.Tx) error { return tx.ForgetReplyUses(chat.StartOfWeek(since)) })
}
