package desk

import (
	"cmp"
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// Inviting is whom an agent asks into a conversation: Agent, or the first who is
// free of Group.
type Inviting struct {
	Key   string
	Agent chat.AgentID
	Group chat.GroupID
	Role  chat.ChatRole
	Note  string
	// Say is posted to the visitor first, in the name of who invites.
	Say string
}

// InviteIn asks a colleague into a conversation, who accepts or declines.
func (d *Desk) InviteIn(ctx context.Context, a chat.Agent, c chat.ConversationID, in Inviting) (Done, error) {
	in.Note = chat.CleanLine(in.Note, chat.MaxInviteNote)
	if (in.Agent == "") == (in.Group == "") {
		return Done{}, chat.Errorf(chat.Invalid, "Invite one colleague, or one group.")
	}
	return d.do(ctx, a, c, act{
		key:    in.Key,
		intent: intent{Act: "invite", Agent: in.Agent, Group: in.Group, Text: string(in.Role) + "\n" + in.Note + "\n" + in.Say},
		raises: []chat.AgentID{in.Agent},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			whom, err := d.inviting(tx, s, in)
			if err != nil {
				return nil, err
			}
			return chat.InviteIn(s, me, whom, d.now())
		},
	})
}

// inviting loads whom an invitation is for, and what the playbook allows.
func (d *Desk) inviting(tx *store.Tx, s chat.State, in Inviting) (whom chat.Inviting, err error) {
	whom = chat.Inviting{Role: in.Role, Note: in.Note, Say: in.Say}
	t := s.OpenThread()
	if t == nil {
		return whom, nil
	}
	if whom.Most, err = mostIn(tx, t.Group); err != nil {
		return whom, err
	}
	if in.Group != "" {
		whom.Group, err = tx.Group(in.Group)
		if chat.IsKind(err, chat.Missing) {
			err = chat.Errorf(chat.Missing, "There is no such group.")
		}
		return whom, err
	}
	if whom.Agent, err = answerer(tx, in.Agent); err != nil {
		return whom, err
	}
	whom.Room, err = d.roomAsMember(tx, whom.Agent, t)
	return whom, err
}

// AcceptInvitation makes the invited agent a member. He need not be admitted
// before: the invitation is his right. Whom it rang, and who does not see the chat, is
// told that it is over; to everybody else there is no such chat.
func (d *Desk) AcceptInvitation(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, invite int64) (Done, error) {
	done, err := d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "accept-invite", Seq: invite},
		raises: []chat.AgentID{a.ID},
		also:   rings,
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			var room chat.Room
			if t := s.OpenThread(); t != nil {
				var err error
				if room, err = d.roomAsMember(tx, me, t); err != nil {
					return nil, err
				}
			}
			return chat.AcceptInvite(s, me, invite, room, d.now())
		},
	})
	if !chat.IsKind(err, chat.Missing) {
		return done, err
	}
	rang, looked := d.rangOnce(ctx, a.ID, c, invite)
	if rang {
		err = chat.InvitationOver()
	}
	return done, cmp.Or(looked, err)
}

// DeclineInvitation refuses an invitation, with a reason or without. Refusing one that
// is over changes nothing.
func (d *Desk) DeclineInvitation(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, invite int64, reason string) (Done, error) {
	reason = chat.CleanLine(reason, chat.MaxInviteNote)
	done, err := d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "decline-invite", Seq: invite, Text: reason},
		also:   rings,
		rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			return chat.DeclineInvite(s, me, invite, reason, d.now())
		},
	})
	if !chat.IsKind(err, chat.Missing) {
		return done, err
	}
	rang, looked := d.rangOnce(ctx, a.ID, c, invite)
	if rang {
		done, err = Done{Events: []chat.Event{}, Again: true}, nil
	}
	return done, cmp.Or(looked, err)
}

// rangOnce reports whether an invitation has rung an agent, by what he was told himself
// lately: of the chat he learns nothing that he was not told.
func (d *Desk) rangOnce(ctx context.Context, a chat.AgentID, c chat.ConversationID, invite int64) (rang bool, err error) {
	own := chat.AgentConversation(a)
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		s, err := tx.State(own)
		if err != nil {
			return err
		}
		told, err := tx.Events(own, store.Span{Before: s.Conversation.Head + 1, Limit: scanStep})
		rang = slices.ContainsFunc(told, func(e chat.Event) bool {
			b, err := chat.Decode[chat.ChatInvitation](e)
			return e.Kind == chat.KindInvitation && err == nil && b.Conversation == c && b.Invite == invite
		})
		return err
	})
	if chat.IsKind(err, chat.Missing) {
		return false, nil // nobody has told him anything yet
	}
	return rang, err
}

// WithdrawInvitation takes an invitation back.
func (d *Desk) WithdrawInvitation(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, invite int64) (Done, error) {
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "withdraw-invite", Seq: invite},
		rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			return chat.WithdrawInvite(s, me, invite, d.now())
		},
	})
}

// invitationsTo lists what rings an agent now, the oldest first.
func invitationsTo(tx *store.Tx, a chat.AgentID) ([]chat.ChatInvitation, error) {
	threads, err := tx.ThreadsOf(a)
	if err != nil {
		return nil, err
	}
	var all []chat.ChatInvitation
	for _, t := range threads {
		if i, rings := t.InviteTo(a); rings && t.Open() {
			one, err := invitationOf(tx, t, i)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(x, y chat.ChatInvitation) int { return int(x.At - y.At) })
	return all, nil
}

// invitationOf is an invitation as its agent is told of it: without the visitor.
func invitationOf(tx *store.Tx, t chat.Thread, i chat.Invite) (chat.ChatInvitation, error) {
	by, err := tx.Agent(i.By)
	if err != nil && !chat.IsKind(err, chat.Missing) {
		return chat.ChatInvitation{}, err
	}
	g, err := tx.Group(t.Group)
	if err != nil && !chat.IsKind(err, chat.Missing) {
		return chat.ChatInvitation{}, err
	}
	return chat.ChatInvitation{Conversation: t.Conversation, Invite: i.Seq, By: i.By, ByName: by.Name, GroupName: g.Name, Role: i.Role, Note: i.Note, At: i.At, Deadline: i.Deadline}, nil
}

// ringing are the invitations of a Conversation that ring somebody.
func ringing(s chat.State) []chat.Invite {
	t := s.OpenThread()
	if t == nil {
		return nil
	}
	var all []chat.Invite
	for _, i := range t.Invites {
		if i.Agent != "" {
			all = append(all, i)
		}
	}
	return all
}

// tellInvited tells those whom an invitation has begun or ceased to ring, each in
// his own Conversation: he may not be admitted to this one. It goes by what is
// different after the events, so that no way of ending is forgotten.
func tellInvited(tx *store.Tx, s chat.State, before []chat.Invite, at int64) error {
	after := ringing(s)
	same := func(x chat.Invite) func(chat.Invite) bool {
		return func(y chat.Invite) bool { return x.Seq == y.Seq && x.Agent == y.Agent && x.Deadline == y.Deadline }
	}
	for _, i := range before {
		if slices.ContainsFunc(after, same(i)) {
			continue
		}
		over := chat.ChatInvitationEnded{Conversation: s.Conversation.ID, Invite: i.Seq}
		if err := tell(tx, chat.AgentConversation(i.Agent), chat.Fact(chat.KindInvitationEnded, chat.System(), chat.ForAgents, at, over)); err != nil {
			return err
		}
	}
	for _, i := range after {
		if slices.ContainsFunc(before, same(i)) {
			continue
		}
		one, err := invitationOf(tx, *s.Thread, i)
		if err != nil {
			return err
		}
		if err := tell(tx, chat.AgentConversation(i.Agent), chat.Fact(chat.KindInvitation, chat.System(), chat.ForAgents, at, one)); err != nil {
			return err
		}
	}
	return nil
}
