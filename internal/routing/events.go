package routing

import (
	"slices"
	"time"

	"earshot/internal/chat"
)

// Events returns what a decision about a Thread writes into its Conversation.
// team names the agents, o is the order of its Group's queue, room what the agent
// has and would have. A decision that does not fit the state any more is a
// conflict, and nothing is written.
func (d Decision) Events(s chat.State, team map[chat.AgentID]chat.Agent, room chat.Room, o chat.Order) ([]chat.Event, error) {
	t, now := s.OpenThread(), time.UnixMicro(d.At)
	if t == nil || t.ID != d.Thread {
		return nil, chat.Errorf(chat.Conflict, "The chat is closed.")
	}
	agent := team[d.Agent]
	var second *chat.RunnerUp
	if d.RunnerUp != nil {
		second = &chat.RunnerUp{Agent: d.RunnerUp.Agent, Why: d.RunnerUp.Why, Because: d.RunnerUp.Because}
	}
	fact := func(kind chat.Kind, to chat.Audience, body any) ([]chat.Event, error) {
		return []chat.Event{chat.Fact(kind, chat.System(), to, d.At, body)}, nil
	}
	switch d.Kind {
	case DoOffer:
		return []chat.Event{chat.Ring(s, agent, d.Deadline, d.Because, second, now)}, nil
	case DoWithdraw:
		return []chat.Event{chat.Silence(s, named(agent, d.Agent), chat.System(), chat.Withdrawn, d.Because, now)}, nil
	case DoExpire:
		return []chat.Event{chat.Silence(s, named(agent, d.Agent), chat.System(), chat.Expired, d.Because, now)}, nil
	case DoEndPass:
		if t.Transfer == nil {
			return nil, chat.Errorf(chat.Conflict, "Nothing is being passed on.")
		}
		return chat.EndTransfer(t, chat.System(), chat.Expired, d.Because, now), nil
	case DoAssign:
		return chat.Assign(s, agent, chat.System(), chat.Given{Cause: chat.ByRoute, Because: d.Because, RunnerUp: second, Room: room}, now)
	case DoPromote:
		return chat.Assign(s, agent, chat.System(), chat.Given{Cause: chat.ByPromotion, Because: d.Because, Room: room}, now)
	case DoRequeue:
		return []chat.Event{chat.TakeAway(s, chat.Agent{}, d.backCause(), d.Because, o, now)}, nil
	case DoWarn:
		return fact(chat.KindReplyDue, chat.ForAgents, chat.ReplyDue{Agent: d.Agent, AgentName: agent.Name, Deadline: d.Deadline, Why: d.Why, Because: d.Because})
	case DoIdle:
		return fact(chat.KindIdle, chat.ForAgents, chat.WentIdle{Lead: d.Agent, Why: d.Why, Because: d.Because})
	case DoWake:
		return fact(chat.KindWoke, chat.ForAgents, chat.Woke{Lead: d.Agent, Over: d.Over, Why: d.Why, Because: d.Because})
	case DoAlarm:
		return fact(chat.KindAlarm, chat.ForAgents, chat.Alarm{Round: t.Round + 1, Why: d.Why, Because: d.Because})
	case DoAsk:
		return fact(chat.KindMailOffered, chat.ForAll, chat.MailOffered{Cause: chat.MailCause(d.Cause), Why: d.Why, Because: d.Because})
	case DoInvite, DoInviteEnd:
		return d.inviteEvents(*t, agent, now)
	case DoReturn:
		return fact(chat.KindLeadBack, chat.ForAgents, chat.LeadBack{Agent: d.Agent, AgentName: agent.Name, Why: d.Why, Because: d.Because})
	}
	return nil, chat.Errorf(chat.Conflict, "%s is no decision about a chat.", d.Kind)
}

// inviteEvents is what a decision about an invitation writes.
func (d Decision) inviteEvents(t chat.Thread, agent chat.Agent, now time.Time) ([]chat.Event, error) {
	at := slices.IndexFunc(t.Invites, func(i chat.Invite) bool { return i.Seq == d.Invite })
	if at < 0 {
		return nil, chat.Errorf(chat.Conflict, "The invitation is over.")
	}
	if d.Kind == DoInvite {
		return []chat.Event{chat.RingInvite(t.Invites[at], agent, d.Deadline, d.Because, now)}, nil
	}
	return []chat.Event{chat.EndInvite(t.Invites[at], named(agent, d.Agent), chat.System(), d.Cause, "", d.Because, now)}, nil
}

// named is the agent, or where he is not on the team any more one with his id.
func named(a chat.Agent, id chat.AgentID) chat.Agent {
	a.ID = id
	return a
}

// backCause is the decision's cause in the words of a requeue.
func (d Decision) backCause() string {
	switch d.Cause {
	case CauseLost:
		return chat.LostLead
	case CauseGone:
		return chat.GoneLead
	case CauseMissedReply:
		return chat.MissedReply
	}
	return chat.WokeNowhere
}
