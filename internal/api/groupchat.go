package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type inviteInBody struct {
	Key   string        `json:"key" format:"uuid"`
	Agent chat.AgentID  `json:"agent,omitempty" doc:"Whom to ask, or …"`
	Group chat.GroupID  `json:"group,omitempty" doc:"… the first who is free of this group; the next one where he declines or lets it ring 30 seconds."`
	Role  chat.ChatRole `json:"role,omitempty" enum:"expert,scribe" doc:"An expert proposes what the host releases; a scribe writes notes alone. Without it he writes as the host does."`
	Note  string        `json:"note,omitempty" doc:"At most 300 characters; who is asked reads it before he accepts." example:"She asks about a refund in francs."`
	Say   string        `json:"say,omitempty" doc:"Posted to the visitor first, in my name." example:"I am asking a colleague who knows this."`
}

type invitationBody struct {
	Key    string `json:"key" format:"uuid"`
	Invite int64  `json:"invite" minimum:"1" doc:"The seq of the invitation."`
}

type declineInviteBody struct {
	Key    string `json:"key" format:"uuid"`
	Invite int64  `json:"invite" minimum:"1" doc:"The seq of the invitation."`
	Reason string `json:"reason,omitempty" doc:"At most 300 characters." example:"On the phone until three."`
}

type roleBody struct {
	Key   string        `json:"key" format:"uuid"`
	Agent chat.AgentID  `json:"agent" doc:"A member."`
	Role  chat.ChatRole `json:"role" enum:",expert,scribe" doc:"Empty: he writes as the host does."`
}

type trustBody struct {
	Key     string       `json:"key" format:"uuid"`
	Agent   chat.AgentID `json:"agent" doc:"An expert."`
	Minutes int          `json:"minutes" minimum:"0" maximum:"60" doc:"So long what he writes goes straight to the visitor; 0 ends it." example:"5"`
}

type handLeadBody struct {
	Key string       `json:"key" format:"uuid"`
	To  chat.AgentID `json:"to" doc:"A member, who leads from then on; I stay as a member."`
}

type leaveBody struct {
	Key       string       `json:"key" format:"uuid" doc:"Made by the client (UUIDv7). Sending the same key again does nothing a second time."`
	Successor chat.AgentID `json:"successor,omitempty" doc:"Who leads when the lead leaves; without it the member who has been in it the longest."`
}

type releaseBody struct {
	Key      string `json:"key" format:"uuid"`
	Proposal int64  `json:"proposal" minimum:"1" doc:"The seq of the proposal."`
	Text     string `json:"text,omitempty" doc:"In place of its words; the team sees that the host changed them."`
}

type discardBody struct {
	Key      string `json:"key" format:"uuid"`
	Proposal int64  `json:"proposal" minimum:"1" doc:"The seq of the proposal."`
	Word     string `json:"word,omitempty" doc:"Why, for who proposed it; at most 300 characters."`
}

// groupChatRoutes are what several agents do in one conversation.
func (s *Server) groupChatRoutes() {
	memberAct(s, "ask-in", "Ask a colleague, or the first who is free of a group, into a conversation", "He accepts or declines; an open invitation keeps half a place of his. At most five fit beside the lead, those who are asked included; the playbook of the conversation's group may say fewer.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b inviteInBody) (desk.Done, error) {
			return s.Desk.InviteIn(ctx, a, c, desk.Inviting{Key: b.Key, Agent: b.Agent, Group: b.Group, Role: b.Role, Note: b.Note, Say: b.Say})
		})
	memberAct(s, "accept-invitation", "Take up an invitation", "Missing or gone where it is over. I may do it without having been able to see the conversation.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b invitationBody) (desk.Done, error) {
			return s.Desk.AcceptInvitation(ctx, a, c, b.Key, b.Invite)
		})
	memberAct(s, "decline-invitation", "Refuse an invitation", "One for a group goes on to the next who is free.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b declineInviteBody) (desk.Done, error) {
			return s.Desk.DeclineInvitation(ctx, a, c, b.Key, b.Invite, b.Reason)
		})
	memberAct(s, "withdraw-invitation", "Take an invitation back", "Who invited, the host, and who oversees may.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b invitationBody) (desk.Done, error) {
			return s.Desk.WithdrawInvitation(ctx, a, c, b.Key, b.Invite)
		})
	memberAct(s, "role", "Make a member an expert or a scribe", "The host decides, who leads the conversation, and who oversees. The visitor is told nothing.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b roleBody) (desk.Done, error) {
			return s.Desk.SetChatRole(ctx, a, c, b.Key, b.Agent, b.Role)
		})
	memberAct(s, "trust", "Let an expert speak for some minutes", "It ends by itself.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b trustBody) (desk.Done, error) {
			return s.Desk.Trust(ctx, a, c, b.Key, b.Agent, b.Minutes)
		})
	memberAct(s, "hand-lead", "Pass the lead to a member", "Whoever had it stays as a member.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b handLeadBody) (desk.Done, error) {
			return s.Desk.HandLead(ctx, a, c, b.Key, b.To)
		})
	memberAct(s, "leave", "Leave a conversation that I take part in", "Where I lead it, a member leads it from then on; where nobody is left who can, it is a conflict.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b leaveBody) (desk.Done, error) {
			return s.Desk.LeaveTo(ctx, a, c, b.Key, b.Successor)
		})
	memberAct(s, "release", "Release a proposal as a message in its expert's name", "Once; the second host gets a conflict.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b releaseBody) (desk.Done, error) {
			return s.Desk.Release(ctx, a, c, b.Key, b.Proposal, b.Text)
		})
	memberAct(s, "discard", "Refuse a proposal, or take back my own", "",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b discardBody) (desk.Done, error) {
			return s.Desk.Discard(ctx, a, c, b.Key, b.Proposal, b.Word)
		})
}

// memberAct is an act in a conversation whose body says more than its key.
func memberAct[B any](s *Server, verb, summary, about string, act func(context.Context, chat.Agent, chat.ConversationID, B) (desk.Done, error)) {
	register(s, operation{method: http.MethodPost, path: "/v1/conversations/{id}/" + verb, id: verb, who: forAgents, status: http.StatusCreated,
		summary: summary, about: about, errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *actInput[B]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return act(ctx, a, in.ID, in.Body) })
		})
}
