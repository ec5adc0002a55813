package e2e

import (
	"context"
	"math/rand/v2"
	"slices"

	"earshot/client"
	"earshot/internal/chat"
)

// heard is what agents were told of conversations that several of them are in.
type heard struct {
	asked   map[chat.AgentID][]string         // conversations to which one was invited
	invites map[chat.AgentID]map[string]int64 // by what
	open    map[string]int64                  // the latest invitation that was made
	came    map[string]chat.AgentID           // who came in last
	leads   map[string]led
	passing map[string]bool         // which their lead passes on
	calls   []string                // which ask for help, the oldest call first
	taken   map[string]chat.AgentID // who has said that he comes
}

// led is whose a conversation is, in which group.
type led struct {
	lead  chat.AgentID
	group chat.GroupID
}

func newHeard() heard {
	return heard{asked: map[chat.AgentID][]string{}, invites: map[chat.AgentID]map[string]int64{}, open: map[string]int64{},
		came: map[string]chat.AgentID{}, leads: map[string]led{}, taken: map[string]chat.AgentID{}, passing: map[string]bool{}}
}

// hear is what the line of an agent tells him of it.
func (h *heard) hear(me chat.AgentID, e client.Event) {
	h.hearCall(e)
	b, err := chat.Decode[struct {
		Conversation string       `json:"conversation"`
		Invite       int64        `json:"invite"`
		Agent        chat.AgentID `json:"agent"`
		Lead         chat.AgentID `json:"lead"`
		Access       struct {
			After chat.Access `json:"after"`
		} `json:"access"`
	}](chat.Event{Body: e.Body})
	if err != nil {
		return
	}
	switch chat.Kind(e.Kind) {
	case chat.KindInvitation:
		if h.invites[me] == nil {
			h.invites[me] = map[string]int64{}
		}
		h.asked[me], h.invites[me][b.Conversation] = append(h.asked[me], b.Conversation), b.Invite
	case chat.KindInvite:
		if b.Invite == 0 {
			h.open[e.Conversation] = e.Seq
		}
	case chat.KindTransfer, chat.KindTransferEnded:
		h.passing[e.Conversation] = chat.Kind(e.Kind) == chat.KindTransfer
	case chat.KindJoin:
		h.came[e.Conversation] = b.Agent
	case chat.KindAssign:
		h.leads[e.Conversation] = led{b.Lead, b.Access.After.Group}
	case chat.KindLeave:
		delete(h.came, e.Conversation)
	case chat.KindClosed, chat.KindRequeued, chat.KindMoved, chat.KindHold:
		delete(h.leads, e.Conversation)
		delete(h.came, e.Conversation)
	}
}

func (c *crowd) nextInvited(a chat.AgentID) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return first(c.asked, a)
}

// first takes the oldest of an agent's own conversations; "" = none is left.
func first(of map[chat.AgentID][]string, a chat.AgentID) string {
	if len(of[a]) == 0 {
		return ""
	}
	id := of[a][0]
	of[a] = of[a][1:]
	return id
}

// shared is a conversation in which somebody else is: of the agent's own one into
// which somebody came, of others' one that he may take over.
func (c *crowd) shared(m *mate, verb string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, l := range c.heard.leads {
		i := slices.IndexFunc(c.seeded.groups, func(g chat.Group) bool { return g.ID == l.group })
		mayTake := asTheyAre(m, l.group) || i >= 0 && c.seeded.groups[i].Etiquette.TakeOver && slices.Contains(m.groups, l.group)
		if verb == "hand-lead" && l.lead == m.id && c.came[id] != "" || verb == "take-over" && l.lead != m.id && mayTake {
			return id
		}
	}
	return ""
}

// gather does those deeds by which several agents come together in a conversation,
// and change places in it.
func (c *crowd) gather(ctx context.Context, m *mate, d *deed) (client.Done, error) {
	c.meant(m, d)
	answer := client.InvitationAnswer{Invite: d.invite}
	switch d.verb {
	case "ask-in":
		return m.AskIn(ctx, d.conversation, client.AskingIn{Agent: string(d.to.Agent), Group: string(d.to.Group), Role: string(d.role)})
	case "accept-invite":
		return m.AcceptInvitation(ctx, d.conversation, answer)
	case "decline-invite":
		return m.DeclineInvitation(ctx, d.conversation, answer)
	case "withdraw-invite":
		return m.WithdrawInvitation(ctx, d.conversation, answer)
	case "hand-lead":
		return m.HandLead(ctx, d.conversation, string(d.to.Agent), "")
	}
	return m.TakeOverFrom(ctx, d.conversation, client.TakingOver{From: string(d.to.Agent), Reason: "I know him"})
}

// meant fills in whom a deed is about, as far as the agent knows. An invitation of
// which he has not heard is guessed.
func (c *crowd) meant(m *mate, d *deed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	anybody := c.mates[rand.IntN(len(c.mates))].id
	or := func(a chat.AgentID) chat.AgentID {
		if a == "" || rand.IntN(8) == 0 {
			return anybody
		}
		return a
	}
	switch d.verb {
	case "ask-in":
		d.role = []chat.ChatRole{"", "", "", chat.Expert, chat.Scribe}[rand.IntN(5)]
		if d.to.Agent = anybody; rand.IntN(3) == 0 {
			d.to = chat.Target{Group: c.groups[rand.IntN(len(c.groups))].ID}
		}
	case "accept-invite", "decline-invite":
		if d.invite = max(c.invites[m.id][d.conversation], 1); d.invite == 1 || rand.IntN(8) == 0 {
			d.invite = max(c.open[d.conversation], 1) // which may be a colleague's
		}
	case "withdraw-invite":
		d.invite = max(c.open[d.conversation], 1)
	case "hand-lead":
		d.to.Agent = or(c.came[d.conversation])
	case "take-over":
		d.to.Agent = or(c.heard.leads[d.conversation].lead)
	}
}
