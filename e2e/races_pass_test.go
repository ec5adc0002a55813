package e2e

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"earshot/client"
	"earshot/internal/chat"
)

// pass does those deeds by which a conversation goes from one to another, after a
// colleague has agreed or although nobody is there.
func (c *crowd) pass(ctx context.Context, m *mate, d *deed) (client.Done, error) {
	switch d.verb {
	case "transfer":
		d.to, d.reason = c.target(m), c.why()
		return m.Transfer(ctx, d.conversation, client.Passing{To: sent(d.to), Reason: d.reason})
	case "hold":
		d.to, d.reason = c.target(m), c.why()
		return m.Hold(ctx, d.conversation, client.Holding{Passing: client.Passing{To: sent(d.to), Reason: d.reason}, Way: "wait", Deviation: "it goes on later", Sure: true})
	case "triage":
		d.to, d.reason = c.elsewhere(), c.why()
		return m.Triage(ctx, d.conversation, client.Passing{To: sent(d.to), Reason: d.reason})
	case "withdraw":
		return m.Withdraw(ctx, d.conversation)
	case "let-go":
		return m.LetGo(ctx, d.conversation)
	case "ask-back":
		return m.AskBack(ctx, d.conversation)
	case "waive":
		return m.Waive(ctx, d.conversation)
	}
	d.to = chat.Target{Kind: chat.ToAgent, Agent: c.wanted(d.conversation)}
	return m.Give(ctx, d.conversation, string(d.to.Agent))
}

func sent(to chat.Target) client.Target {
	return client.Target{Kind: string(to.Kind), Agent: string(to.Agent), Group: string(to.Group)}
}

// why is one of many words: whoever has passed a chat on for the same one is not
// asked again.
func (c *crowd) why() string { return string(rune('a' + rand.IntN(20))) }

// target is a colleague, three times of five, a group, or anyone.
func (c *crowd) target(m *mate) chat.Target {
	switch part := rand.IntN(5); {
	case part < 3:
		return chat.Target{Kind: chat.ToAgent, Agent: c.mates[rand.IntN(len(c.mates))].id}
	case part == 3:
		return chat.Target{Kind: chat.ToGroup, Group: c.groups[rand.IntN(len(c.groups))].ID}
	}
	return chat.Target{Kind: chat.ToAnyone}
}

// elsewhere is a group, or one time of three a colleague.
func (c *crowd) elsewhere() chat.Target {
	if rand.IntN(3) == 0 {
		return chat.Target{Kind: chat.ToAgent, Agent: c.mates[rand.IntN(len(c.mates))].id}
	}
	return chat.Target{Kind: chat.ToGroup, Group: c.groups[rand.IntN(len(c.groups))].ID}
}

// wanted is who would like to have a conversation back; where nobody has asked, a
// colleague who has not.
func (c *crowd) wanted(conversation string) chat.AgentID {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a, asked := c.wants[conversation]; asked {
		return a
	}
	return c.mates[rand.IntN(len(c.mates))].id
}

// mayLeave reports whether the mate can come back after he has signed out: his
// links live 15 minutes.
func (m *mate) mayLeave() bool { return len(m.links) > 0 && time.Since(m.seeded) < 12*time.Minute }

// signOut lets an agent leave what he leads to a colleague, or to its groups, and
// come back by a link. Nobody knows which conversations it concerns before it is
// done.
func (c *crowd) signOut(ctx context.Context, m *mate) error {
	c.counts("sign-out")
	d := deed{verb: "sign-out", by: m.id, call: time.Now().UnixMicro()}
	var err error
	if rand.IntN(3) == 0 {
		err = m.SignOut(ctx, "group")
	} else {
		d.to.Agent = c.mates[rand.IntN(len(c.mates))].id
		err = m.SignOutTo(ctx, string(d.to.Agent))
	}
	d.answered(nil, err)
	c.history.add(d)
	var refused *client.Error
	if errors.As(err, &refused) {
		return c.fault(err)
	}
	if err != nil {
		return err
	}
	m.disconnect()
	in, err := client.New(c.url, client.WithoutRetries()).SignInByLink(ctx, m.links[0])
	if err != nil {
		return err
	}
	m.Agent, m.links = in, m.links[1:]
	return nil
}
