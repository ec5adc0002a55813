package app

import (
	"context"
	"slices"
	"time"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/desk"
)

// spoken is one message of the demo's talks: by whom, and which earlier one it
// stands under, counted from 1; 0 = none.
type spoken struct {
	by    int
	text  string
	under int
	calls []int
	// card: it refers to the newest conversation.
	card bool
	// liked are those who set a thumb under it.
	liked []int
}

// demoTalk is one of the demo's talks: the channel of a group, a free channel, or
// a direct talk where it has no name.
type demoTalk struct {
	group, name, topic string
	closed             bool
	people             []int // the first makes it
	lines              []spoken
}

// demoTalks are what the team talks about among itself. people[0], whom nobody
// simulates, is called and asked, so that the list shows what that looks like.
func demoTalks() []demoTalk {
	return []demoTalk{
		{group: "Orders", lines: []spoken{
			{by: 3, text: "The carrier says two days late for everything that left on Friday. Say so before they ask.", liked: []int{1, 4}},
			{by: 4, text: "Is there a line we all use?", under: 1},
			{by: 1, text: "“Your order left us on Friday and will be with you by Thursday.” No promise beyond that.", under: 1, liked: []int{3, 4}},
			{by: 4, text: "@Ada Lindqvist this one asks for a refund already, may I?", calls: []int{0}, card: true},
		}},
		{group: "Machines", lines: []spoken{
			{by: 2, text: "New descaling guide is in the playbook. Please send that one, the old one names the wrong valve."},
			{by: 5, text: "Thanks, sent it twice today.", liked: []int{2}},
		}},
		{name: "lunch", topic: "Who eats what, and when. The kitchen closes at two.", people: []int{1, 0, 2, 3, 4, 5}, lines: []spoken{
			{by: 5, text: "Soup or noodles today?"},
			{by: 4, text: "Noodles", under: 1, liked: []int{5}},
			{by: 2, text: "I have a call until one, soup for me please 🍜", under: 1},
			{by: 5, text: "Ordering at half past twelve."},
		}},
		{name: "leads", topic: "For those who look after groups", closed: true, people: []int{0, 1, 2}, lines: []spoken{
			{by: 2, text: "Noor did very well in the machine chats this week. I would let her take the hard ones."},
			{by: 1, text: "Agreed."},
		}},
		{people: []int{2, 0}, lines: []spoken{{by: 2, text: "Do you have ten minutes this afternoon? It is about the shifts in May."}}},
	}
}

// talks makes the team's own talks and plays what was said in them.
func (f *filler) talks(ctx context.Context) error {
	if err := f.desk.Sweep(ctx); err != nil { // each group has its channel then
		return err
	}
	newest, _, err := f.desk.List(ctx, f.agents[0], "all", "", 1)
	if err != nil {
		return err
	}
	for _, talk := range demoTalks() {
		c, err := f.begin(ctx, talk)
		if err != nil {
			return err
		}
		var card []chat.Reference
		for _, row := range newest.Rows {
			card = []chat.Reference{{Conversation: row.Conversation.ID}}
		}
		if err := f.talk(ctx, c, talk.lines, card); err != nil {
			return err
		}
	}
	return nil
}

// begin finds the channel of a group, or makes what is none.
func (f *filler) begin(ctx context.Context, t demoTalk) (chat.ConversationID, error) {
	if t.group != "" {
		return f.groupTalk(ctx, t)
	}
	with := make([]chat.AgentID, 0, len(t.people))
	for _, i := range t.people[1:] {
		with = append(with, f.agents[i].ID)
	}
	by := f.agents[t.people[0]]
	if t.name == "" {
		c, _, err := f.desk.OpenDirect(ctx, by, client.NewKey(), with)
		return c, err
	}
	c, _, err := f.desk.MakeChannel(ctx, by, desk.NewChannel{Key: client.NewKey(), Name: t.name, Topic: t.topic, Closed: t.closed, With: with})
	return c, err
}

func (f *filler) groupTalk(ctx context.Context, t demoTalk) (chat.ConversationID, error) {
	groups, err := f.desk.Groups(ctx, f.agents[0])
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(groups, func(g desk.ManagedGroup) bool { return g.Name == t.group })
	for _, load := range []func(context.Context, chat.Agent) ([]chat.TalkRow, error){f.desk.Talks, f.desk.OpenChannels} {
		rows, err := load(ctx, f.agents[0])
		if err != nil {
			return "", err
		}
		for _, r := range rows {
			if at >= 0 && r.Talk.Group == groups[at].ID {
				return r.Conversation.ID, nil
			}
		}
	}
	return "", chat.Errorf(chat.Missing, "The demo's group %s has no channel.", t.group)
}

func (f *filler) talk(ctx context.Context, c chat.ConversationID, lines []spoken, card []chat.Reference) error {
	seqs := make([]int64, len(lines)+1)
	for i, l := range lines {
		f.pass(time.Second)
		in := desk.Line{Key: client.NewKey(), Text: l.text, ReplyTo: seqs[l.under]}
		if l.card {
			in.Cards = card
		}
		for _, who := range l.calls {
			in.Mentions = append(in.Mentions, f.agents[who].ID)
		}
		done, err := f.desk.SayInTalk(ctx, f.agents[l.by], c, in)
		if err != nil {
			return err
		}
		seqs[i+1] = done.Events[0].Seq
		for _, who := range l.liked {
			key := client.NewKey()
			if _, err := f.desk.React(ctx, f.agents[who], c, key, chat.Reacted{Target: seqs[i+1], Emoji: "👍", On: true}); err != nil {
				return err
			}
		}
	}
	return nil
}
