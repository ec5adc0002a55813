package desk

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// NewReplyDraft suggests a saved reply to a group or to the team.
type NewReplyDraft struct {
	Key   string `json:"-"`
	Scope chat.Scope
	Group chat.GroupID
	// Name may be empty: then it is the first words.
	Name string
	Text string
	// Origin is what it was made of; nil = the agent's own words.
	Origin *chat.ReplyOrigin
}

// DraftReply leaves a draft of a saved reply for whoever may publish it. Of one
// feedback or side-talk there is one draft. Its caller has made sure that the agent
// may read what it was made of.
func (d *Desk) DraftReply(ctx context.Context, a chat.Agent, in NewReplyDraft) (ReplyView, bool, error) {
	return d.draftReply(ctx, a, in.Key, in, func(*store.Tx, chat.Agent) (NewReplyDraft, error) { return in, nil })
}

// DraftReplyOfFeedback makes a draft of the reply that feedback suggests, for the
// group of the chat that it was about. Its coach and its agent may.
func (d *Desk) DraftReplyOfFeedback(ctx context.Context, a chat.Agent, key string, id chat.FeedbackID) (ReplyView, bool, error) {
	return d.draftReply(ctx, a, key, id, func(tx *store.Tx, me chat.Agent) (NewReplyDraft, error) {
		f, err := feedbackOf(tx, me.ID, id)
		if err != nil {
			return NewReplyDraft{}, err
		}
		if f.Suggestion == "" {
			return NewReplyDraft{}, chat.Errorf(chat.Conflict, "This feedback suggests no reply.")
		}
		t, err := tx.Thread(f.Thread)
		if err != nil {
			return NewReplyDraft{}, err
		}
		in := NewReplyDraft{Scope: chat.ScopeGroup, Group: t.Group, Text: f.Suggestion,
			Origin: &chat.ReplyOrigin{Kind: chat.FromFeedback, ID: string(f.ID), Lines: &f.Lines}}
		return in, nil
	})
}

func (d *Desk) draftReply(ctx context.Context, a chat.Agent, key string, means any, suggested func(*store.Tx, chat.Agent) (NewReplyDraft, error)) (ReplyView, bool, error) {
	what, err := meant("draft-reply", "", means)
	if err != nil {
		return ReplyView{}, false, err
	}
	return d.replying(ctx, a, replyAct{key, what, func(tx *store.Tx, me chat.Agent) (replyChange, error) {
		in, err := suggested(tx, me)
		if err != nil {
			return replyChange{}, err
		}
		return d.storeDraft(tx, me, in)
	}})
}

func (d *Desk) storeDraft(tx *store.Tx, me chat.Agent, in NewReplyDraft) (replyChange, error) {
	r := chat.SavedReply{ID: chat.SavedReplyID(newID("y")), Scope: in.Scope, Group: in.Group, By: me.ID, Name: in.Name, Text: in.Text, Draft: true, Origin: in.Origin}
	if r.Origin == nil {
		r.Origin = &chat.ReplyOrigin{Kind: chat.FromAgent}
	}
	if r.Name == "" {
		r.Name = chat.NameFor(r.Text)
	}
	r, err := r.Clean()
	if err != nil {
		return replyChange{}, err
	}
	if !r.MaySuggest(me) {
		return replyChange{}, chat.Errorf(chat.Denied, "You cannot suggest replies there: choose a group of yours, or the team.")
	}
	if err := replyFits(tx, chat.SavedReply{}, r); err != nil {
		return replyChange{}, err
	}
	if err := onlyDraft(tx, r); err != nil {
		return replyChange{}, err
	}
	r = r.Saved(me.ID, d.now())
	return replyChange{r.ID, []chat.SavedReply{r}}, tx.PutSavedReply(r)
}

func onlyDraft(tx *store.Tx, r chat.SavedReply) error {
	made, err := tx.RepliesFrom(r.Origin.ID)
	if err == nil && len(made) > 0 {
		err = chat.Errorf(chat.Conflict, "A draft was made of this already.")
	}
	return err
}
