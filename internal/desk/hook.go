package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// JobHook tells a hook one notice.
const JobHook = "hook"

const (
	hookPage = 20
	// hookOver is the outcome of a notice of something that was over before it went out.
	hookOver = "over"
)

type hookJob struct {
	Notice string `json:"notice"`
}

// notice has a Group's hook told of something in one of its Conversations, where it
// wants to know; once, whoever asks again. name tells the occasion apart.
func notice(tx *store.Tx, s chat.State, k chat.HookKind, name string, at int64) error {
	h, found, err := tx.Hook(groupOf(s))
	if err != nil || !found || !h.Tells(k) {
		return err
	}
	n := store.HookNotice{ID: fmt.Sprintf("%s %s", k, name), Group: h.Group, Kind: k, Conversation: s.Conversation.ID, At: at}
	if fresh, err := tx.AddNotice(n); err != nil || !fresh {
		return err
	}
	return enqueue(tx, JobHook, n.ID, at, hookJob{n.ID})
}

// HookCall is a notice that is to go out now. Its URL is a secret.
type HookCall struct {
	URL          string
	Notice       string
	Kind         chat.HookKind
	Language     string
	Group        string
	Conversation chat.ConversationID
	Talk         bool   // the Conversation is one
	Text         string // of the visitor, where the Group allows that
}

// DueHook judges a notice anew and answers what is to go out; false where its hook is
// gone, does not want to know any more, or it is over.
func (d *Desk) DueHook(ctx context.Context, job []byte) (call HookCall, due bool, err error) {
	var body hookJob
	if err := json.Unmarshal(job, &body); err != nil {
		return call, false, fmt.Errorf("desk: job %s: %w", JobHook, err)
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		call, due = HookCall{}, false
		n, err := tx.Notice(body.Notice)
		if chat.IsKind(err, chat.Missing) || err == nil && n.Outcome != "" && final(n.Outcome) {
			return nil
		}
		if err != nil {
			return err
		}
		call, due, err = hookCall(tx, n)
		if err == nil && !due {
			err = tx.AnswerNotice(n.ID, hookOver, "", chat.Micros(d.now()))
		}
		return err
	})
	return call, due, err
}

func hookCall(tx *store.Tx, n store.HookNotice) (HookCall, bool, error) {
	h, found, err := tx.Hook(n.Group)
	if err != nil || !found || !h.Tells(n.Kind) {
		return HookCall{}, false, err
	}
	g, err := tx.Group(n.Group)
	if err != nil {
		return HookCall{}, false, err
	}
	c := HookCall{URL: h.URL, Notice: n.ID, Kind: n.Kind, Language: h.Language, Group: g.Name, Conversation: n.Conversation}
	if n.Conversation == "" {
		return c, true, nil
	}
	s, err := tx.State(n.Conversation)
	if chat.IsKind(err, chat.Missing) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	c.Talk = s.Talk != nil
	if stands, err := noticeStands(tx, s, n); err != nil || !stands {
		return c, false, err
	}
	if last := s.Conversation.Last; h.Text && n.Kind == chat.HookQueue && last.Kind == chat.KindMessage && last.By == chat.ByVisitor {
		c.Text = chat.CleanLine(last.Text, pushText)
	}
	return c, true, nil
}

// noticeStands reports whether what a notice says of a Conversation is still so.
func noticeStands(tx *store.Tx, s chat.State, n store.HookNotice) (bool, error) {
	if groupOf(s) != n.Group || !chat.HookStands(n.Kind, s) {
		return false, nil
	}
	if ladder, of := strings.CutPrefix(n.ID, string(chat.HookUnnoticed)+" "); of {
		return climbsStill(tx, s, ladder)
	}
	return true, nil
}

// NoteHook keeps what became of a try.
func (d *Desk) NoteHook(ctx context.Context, c HookCall, outcome, reason string) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		return tx.AnswerNotice(c.Notice, outcome, reason, chat.Micros(d.now()))
	})
}

// HookView is what may be shown of a Group's hook, and what it was told last.
type HookView struct {
	// Host is where it leads; "" = there is none. The rest of its address is a secret.
	Host string `json:"host"`
	chat.Hook
	Log []store.HookNotice `json:"log"`
}

// Hook shows a Group's.
func (d *Desk) Hook(ctx context.Context, by chat.Agent, g chat.GroupID) (v HookView, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		if _, err := managedGroup(tx, by, g); err != nil {
			return err
		}
		h, found, err := tx.Hook(g)
		if err != nil {
			return err
		}
		if !found {
			h = chat.Hook{Group: g, Kinds: []chat.HookKind{}, Language: "en"}
		}
		log, err := tx.Notices(g, hookPage)
		v = HookView{Host: h.Host(), Hook: h, Log: log}
		return err
	})
	v.URL = ""
	return v, err
}

// NewHook is how a Group's hook is to be. A nil URL leaves the one that is there, an
// empty one takes the hook away.
type NewHook struct {
	URL      *string
	Kinds    []chat.HookKind
	Language string
	Text     bool
}

// SetHook says where a Group's notices go.
func (d *Desk) SetHook(ctx context.Context, by chat.Agent, g chat.GroupID, in NewHook) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := managedGroup(tx, by, g); err != nil {
			return err
		}
		if in.URL != nil && *in.URL == "" {
			return tx.DropHook(g)
		}
		h, _, err := tx.Hook(g)
		if err != nil {
			return err
		}
		if in.URL != nil {
			h.URL = *in.URL
		}
		h.Kinds, h.Language, h.Text = in.Kinds, in.Language, in.Text
		if err := h.Check(); err != nil {
			return err
		}
		if check := d.opt.Hook; check == nil {
			return chat.Errorf(chat.Unavailable, "The operator of this server has switched webhooks off.")
		} else if err := check(h.URL); err != nil {
			return err
		}
		return tx.SaveHook(h, chat.Micros(d.now()))
	})
}

// TestHook has a Group's hook told that it is reached.
func (d *Desk) TestHook(ctx context.Context, by chat.Agent, g chat.GroupID) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := managedGroup(tx, by, g); err != nil {
			return err
		}
		if _, found, err := tx.Hook(g); err != nil || !found {
			return orElse(err, chat.Errorf(chat.Missing, "This group has no webhook yet. Save one first."))
		}
		n := store.HookNotice{ID: newID("hn"), Group: g, Kind: chat.HookTest, At: chat.Micros(d.now())}
		if _, err := tx.AddNotice(n); err != nil {
			return err
		}
		return enqueue(tx, JobHook, n.ID, n.At, hookJob{n.ID})
	})
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// managedGroup is a Group that somebody may decide about.
func managedGroup(tx *store.Tx, by chat.Agent, g chat.GroupID) (chat.Group, error) {
	if _, err := manager(tx, by); err != nil {
		return chat.Group{}, err
	}
	found, err := tx.Group(g)
	if err == nil && found.Deleted {
		err = chat.Errorf(chat.Missing, "This group was deleted.")
	}
	return found, err
}
