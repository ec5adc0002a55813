package desk

import (
	"cmp"
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// BookUse is how often chats were passed on by one version of a group's playbook for
// one reason, and what became of that.
type BookUse struct {
	Group   chat.GroupID `json:"group" doc:"Where they were passed to, and whose playbook it is."`
	Version int64        `json:"version,omitempty" doc:"Absent where nothing was written yet, or it was not noted."`
	Reason  string       `json:"reason,omitempty" doc:"A code of that version, or words where it had none."`
	N       int          `json:"n"`
	Back    int          `json:"back" doc:"How many of them were passed back next: to the group that they came from, or to the colleague in the same one."`
	On      int          `json:"on" doc:"How many were passed on to somebody else next."`
	// Conversations are those behind the number that the reader may open, the
	// newest first, at most 200.
	Conversations []chat.ConversationID `json:"conversations"`
}

// MaxBookUseDays is how far the use of playbooks looks back.
const MaxBookUseDays = 90

// BookUse counts what was passed on in the last days to each group that the agent
// oversees, by the version of its playbook and the reason: the most first.
func (d *Desk) BookUse(ctx context.Context, a chat.Agent, days int) ([]BookUse, error) {
	if days < 1 || days > MaxBookUseDays {
		return nil, chat.Errorf(chat.Invalid, "The use of playbooks is counted over 1 to %d days.", MaxBookUseDays)
	}
	var all []BookUse
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		if groups, err := tx.Groups(); err != nil || !slices.ContainsFunc(groups, func(g chat.Group) bool { return me.Oversees(g.ID) }) {
			all = []BookUse{}
			return err
		}
		events, err := tx.Moves(d.since(days), chat.Micros(d.now())+1, mostPaths)
		if err != nil {
			return err
		}
		all, err = usesOf(tx, me, events)
		return err
	})
	return all, err
}

// passage is one time that somebody passed a Thread on.
type passage struct {
	event    chat.Event
	from, to chat.GroupID
	by       chat.AgentID
	agent    chat.AgentID
	version  int64
	reason   string
}

// returns reports whether the next passage of the same Thread undoes one.
func (p passage) returns(next passage) bool {
	if p.from == p.to {
		return next.agent != "" && next.agent == p.by
	}
	return next.to == p.from
}

// usesOf counts passages, which are ordered by time.
func usesOf(tx *store.Tx, me chat.Agent, events []chat.Event) ([]BookUse, error) {
	type key struct {
		group   chat.GroupID
		version int64
		reason  string
	}
	uses, next, eyes := map[key]*BookUse{}, map[chat.ThreadID]passage{}, newEyes(tx, me.Viewer())
	for _, e := range slices.Backward(events) {
		p, passed, err := passageOf(tx, e)
		if err != nil {
			return nil, err
		}
		if !passed {
			continue
		}
		after, went := next[e.Thread]
		next[e.Thread] = p
		if !me.Oversees(p.to) {
			continue
		}
		k := key{p.to, p.version, p.reason}
		if uses[k] == nil {
			uses[k] = &BookUse{Group: p.to, Version: p.version, Reason: p.reason, Conversations: []chat.ConversationID{}}
		}
		seen, err := eyes.see(e)
		if err != nil {
			return nil, err
		}
		uses[k].count(p, after, went, seen)
	}
	all := []BookUse{}
	for _, u := range uses {
		all = append(all, *u)
	}
	slices.SortFunc(all, func(x, y BookUse) int {
		return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.Group, y.Group), cmp.Compare(y.Version, x.Version), cmp.Compare(x.Reason, y.Reason))
	})
	return all, nil
}

func (u *BookUse) count(p, after passage, went, seen bool) {
	u.N++
	switch {
	case went && p.returns(after):
		u.Back++
	case went:
		u.On++
	}
	u.Conversations = behind(u.Conversations, p.event.Conversation, seen)
}

// passageOf is what an event passed on; false where nobody did, or nobody took it up.
func passageOf(tx *store.Tx, e chat.Event) (passage, bool, error) {
	p := passage{event: e}
	switch e.Kind {
	case chat.KindMoved:
		b, err := chat.Decode[chat.Moved](e)
		p.from, p.to, p.by, p.agent, p.version, p.reason = b.From, b.Group, b.By, b.Agent, b.Playbook, b.Reason
		return p, err == nil && b.By != "", err
	case chat.KindHold:
		b, err := chat.Decode[chat.Held](e)
		p.from, p.to, p.by, p.agent, p.version, p.reason = b.Access.Before.Group, b.Access.After.Group, b.Promise.By, b.To.Agent, b.Playbook, b.Reason
		return p, err == nil, err
	case chat.KindHanded:
		b, err := chat.Decode[chat.Handed](e)
		p.from, p.to, p.by, p.agent, p.version, p.reason = b.From, b.To.Group, b.By, b.To.Agent, b.Playbook, b.Reason
		return p, err == nil, err
	}
	b, err := chat.Decode[chat.TransferEnded](e)
	if err != nil || b.How != chat.Accepted || b.Access == nil {
		return p, false, err
	}
	told, err := askedWith(tx, e.Conversation, b.Transfer)
	p.from, p.to, p.by, p.agent, p.version, p.reason = b.Access.Before.Group, b.To.Group, told.Transfer.By, b.Agent, told.Playbook, told.Transfer.Reason
	return p, err == nil, err
}
