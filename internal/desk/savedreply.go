package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// ReplyView is a saved reply as an agent sees it.
type ReplyView struct {
	chat.SavedReply
	// Rank orders replies by how often and how lately they were used.
	Rank        int  `json:"rank" doc:"How likely it is wanted: by how often and how lately I, and then my colleagues, have used it."`
	Usable      bool `json:"usable" doc:"I may put it into a message."`
	Writable    bool `json:"writable" doc:"I may change, publish and delete it."`
	Discardable bool `json:"discardable" doc:"I may delete it: it is writable, or a draft of mine."`
}

// SavedReplyInput is a saved reply as somebody wants it to be.
type SavedReplyInput struct {
	Key      string `json:"-"`
	Scope    chat.Scope
	Group    chat.GroupID
	Name     string
	Text     string
	Language string
	// Files are its present ones that stay, and others that were added before.
	Files []chat.FileID
	// Version is the one that was changed; Publish makes a draft a reply.
	Version int64
	Publish bool
}

// SavedReplies loads what an agent may see.
func (d *Desk) SavedReplies(ctx context.Context, a chat.Agent) ([]ReplyView, error) {
	all := []ReplyView{}
	err := d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		found, err := tx.SavedReplies(me.ID)
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found, func(r chat.SavedReply) bool { return !r.May(me, chat.ReplySee) })
		all, err = d.viewReplies(tx, me, found)
		return err
	})
	return all, err
}

func (d *Desk) savedReply(ctx context.Context, a chat.Agent, id chat.SavedReplyID) (out ReplyView, err error) {
	err = d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		r, err := replyFor(tx, me, id, chat.ReplySee)
		if err != nil {
			return err
		}
		all, err := d.viewReplies(tx, me, []chat.SavedReply{r})
		if err == nil {
			out = all[0]
		}
		return err
	})
	return out, err
}

// viewReplies is how replies leave. What a draft came from is for who could publish
// it and for who made it, and the lines for who may see them now.
func (d *Desk) viewReplies(tx *store.Tx, me chat.Agent, found []chat.SavedReply) ([]ReplyView, error) {
	now := chat.WeekOf(chat.Micros(d.now()))
	weeks, err := tx.ReplyWeeks(me.ID, now-chat.FrecencyWeeks+1)
	if err != nil {
		return nil, err
	}
	eyes := newEyes(tx, me.Viewer())
	all := make([]ReplyView, 0, len(found))
	for _, r := range found {
		v := ReplyView{SavedReply: r, Rank: chat.Frecency(weeks[r.ID], now), Usable: r.May(me, chat.ReplyUse),
			Writable: r.May(me, chat.ReplyWrite), Discardable: r.May(me, chat.ReplyDiscard)}
		if v.Origin, err = originFor(eyes, me, r); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func originFor(eyes *eyes, me chat.Agent, r chat.SavedReply) (*chat.ReplyOrigin, error) {
	if r.Origin == nil || !r.May(me, chat.ReplyWrite) && r.By != me.ID {
		return nil, nil
	}
	shown := chat.ReplyOrigin{Kind: r.Origin.Kind}
	if l := r.Origin.Lines; l != nil {
		seen, err := eyes.see(chat.Event{Conversation: l.Conversation, Thread: l.Thread, Audience: chat.ForAgents})
		if err != nil {
			return nil, err
		}
		if seen {
			shown.Lines = l
		}
	}
	return &shown, nil
}

// replyFor loads a reply that an agent may do something with. One that he may not
// even see is not there.
func replyFor(tx *store.Tx, me chat.Agent, id chat.SavedReplyID, act chat.ReplyAct) (chat.SavedReply, error) {
	r, err := tx.SavedReply(id)
	switch {
	case chat.IsKind(err, chat.Missing), err == nil && !r.May(me, chat.ReplySee):
		return chat.SavedReply{}, chat.Errorf(chat.Missing, "There is no such reply, or it is not for you.")
	case err == nil && !r.May(me, act) && r.Draft && act == chat.ReplyUse:
		err = chat.Errorf(chat.Denied, "This reply is a draft. It can be used once it is published.")
	case err == nil && !r.May(me, act):
		err = mayNotWrite(r)
	}
	return r, err
}

func mayNotWrite(r chat.SavedReply) error {
	if r.Scope == chat.ScopeTeam {
		return chat.Errorf(chat.Denied, "The team's replies are written by owners and admins. Nothing was stored; you can suggest a draft.")
	}
	return chat.Errorf(chat.Denied, "The replies of a group are written by whoever oversees it. Nothing was stored; you can suggest a draft.")
}

// MakeSavedReply stores a new reply.
func (d *Desk) MakeSavedReply(ctx context.Context, a chat.Agent, in SavedReplyInput) (ReplyView, bool, error) {
	what, err := meant("make-reply", "", in)
	if err != nil {
		return ReplyView{}, false, err
	}
	return d.replying(ctx, a, replyAct{in.Key, what, func(tx *store.Tx, me chat.Agent) (replyChange, error) {
		r := chat.SavedReply{ID: chat.SavedReplyID(newID("y")), By: me.ID}
		return d.storeReply(tx, me, r, in)
	}})
}

// ChangeSavedReply stores a reply anew, elsewhere too, or publishes a draft. Where
// somebody has saved it meanwhile nothing is stored, and the conflict holds his.
func (d *Desk) ChangeSavedReply(ctx context.Context, a chat.Agent, id chat.SavedReplyID, in SavedReplyInput) (ReplyView, error) {
	v, _, err := d.replying(ctx, a, replyAct{rule: func(tx *store.Tx, me chat.Agent) (replyChange, error) {
		r, err := replyFor(tx, me, id, chat.ReplyWrite)
		if err != nil {
			return replyChange{}, err
		}
		return d.storeReply(tx, me, r, in)
	}})
	return v, err
}

// storeReply checks a reply as it is wanted, whoever had it before, and stores it. What
// is so already stays: then it may be said twice.
func (d *Desk) storeReply(tx *store.Tx, me chat.Agent, before chat.SavedReply, in SavedReplyInput) (replyChange, error) {
	after := before
	after.Scope, after.Group, after.Name, after.Text, after.Language = in.Scope, in.Group, in.Name, in.Text, in.Language
	after.Draft = before.Draft && !in.Publish
	if after.Scope == chat.ScopeOwn {
		after.By, after.Draft = me.ID, false
	}
	files, err := replyFiles(tx, me, before, in.Files)
	if err != nil {
		return replyChange{}, err
	}
	after.Files = files
	if after, err = after.Clean(); err != nil {
		return replyChange{}, err
	}
	if !after.May(me, chat.ReplyWrite) {
		return replyChange{}, mayNotWrite(after)
	}
	if before.Same(after) {
		return replyChange{id: before.ID}, nil
	}
	if before.Version != in.Version {
		return replyChange{}, &chat.Error{Kind: chat.Conflict, Detail: before,
			Message: "Somebody has saved this reply meanwhile. Nothing was stored; look at it, then save yours again if it is still right."}
	}
	if err := replyFits(tx, before, after); err != nil {
		return replyChange{}, err
	}
	after = after.Saved(me.ID, d.now())
	gone := slices.DeleteFunc(slices.Clone(before.Files), func(f chat.FileRef) bool { return slices.Contains(in.Files, f.ID) })
	if err := d.dropFiles(tx, gone); err != nil {
		return replyChange{}, err
	}
	if err := holdForReply(tx, after); err != nil {
		return replyChange{}, err
	}
	return replyChange{after.ID, []chat.SavedReply{before, after}}, tx.PutSavedReply(after)
}

// replyFits refuses a second one of a name in one place, more than fit there, and a group
// that is not there. The place is locked, so that nobody comes between. What has its name
// and place already keeps them: a deleted group may have left it a twin.
func replyFits(tx *store.Tx, before, r chat.SavedReply) error {
	if r.Scope != chat.ScopeOwn {
		if _, err := lockReserved(tx, chat.TeamConversation); err != nil {
			return err
		}
	}
	if r.Scope == chat.ScopeGroup {
		if _, err := liveGroup(tx, r.Group); err != nil {
			return err
		}
	}
	beside, err := tx.RepliesBeside(r)
	if err != nil {
		return err
	}
	there := slices.ContainsFunc(beside, func(o chat.SavedReply) bool { return o.ID == r.ID })
	if !there && len(beside) >= r.Limit() {
		return chat.Errorf(chat.Limited, "There are %d replies here already, drafts among them; more do not fit. Nothing was stored; delete some that nobody uses.", len(beside))
	}
	twin := func(o chat.SavedReply) bool { return o.ID != r.ID && !o.Draft && o.Named(r.Name) }
	has := before.Beside(r) && before.Named(r.Name) && before.Draft == r.Draft
	if !r.Draft && !has && slices.ContainsFunc(beside, twin) {
		return chat.Errorf(chat.Conflict, "There is a reply named %q here already. Nothing was stored; choose another name, or change that one.", r.Name)
	}
	return nil
}

// DeleteSavedReply forgets a reply or discards a draft. Messages that were made of it
// stay as they are.
func (d *Desk) DeleteSavedReply(ctx context.Context, a chat.Agent, id chat.SavedReplyID) error {
	_, _, err := d.replying(ctx, a, replyAct{rule: func(tx *store.Tx, me chat.Agent) (replyChange, error) {
		r, err := replyFor(tx, me, id, chat.ReplyDiscard)
		if err != nil {
			return replyChange{}, err
		}
		if err := d.dropFiles(tx, r.Files); err != nil {
			return replyChange{}, err
		}
		return replyChange{"", []chat.SavedReply{r}}, tx.DeleteSavedReply(id)
	}})
	return err
}
