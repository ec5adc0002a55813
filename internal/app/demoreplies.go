package app

import (
	"context"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/desk"
)

// demoReply is a saved reply of the demo: the team's, or that of the group it names.
type demoReply struct{ group, name, text string }

func demoReplies() []demoReply {
	return []demoReply{
		{name: "hello", text: "Hello {{visitor.first_name|there}}, this is {{agent.first_name}}. Thank you for writing to us!"},
		{name: "one moment", text: "I am looking into it. One moment, please."},
		{name: "opening hours", text: "We are here from Monday to Friday, 9:00 to 17:00. You can write at any time: the answer comes the next working day."},
		{name: "goodbye", text: "Is there anything else that I can do for you? Otherwise I wish you a good day, and good coffee."},
		{group: "Orders", name: "two days late", text: "Your order left us on Friday and will be with you by Thursday. I am sorry for the delay."},
		{group: "Orders", name: "refund", text: "Your refund is on its way and arrives within five working days."},
		{group: "Machines", name: "descaling", text: "Please fill the tank with the descaler up to the mark, press both buttons for three seconds, and let it run through twice."},
		{group: "Machines", name: "warranty", text: "Your machine has two years of warranty. Please send me the number under its base, and I will see to the rest."},
	}
}

// replies saves what the team would otherwise write every day. Those of a group are
// the owner's work, too, who oversees them all.
func (f *filler) replies(ctx context.Context) error {
	groups, err := f.desk.Groups(ctx, f.agents[0])
	if err != nil {
		return err
	}
	ids := make(map[string]chat.GroupID, len(groups))
	for _, g := range groups {
		ids[g.Name] = g.ID
	}
	for _, r := range demoReplies() {
		in := desk.SavedReplyInput{Key: client.NewKey(), Scope: chat.ScopeTeam, Name: r.name, Text: r.text}
		if r.group != "" {
			in.Scope, in.Group = chat.ScopeGroup, ids[r.group]
		}
		if _, _, err := f.desk.MakeSavedReply(ctx, f.agents[0], in); err != nil {
			return err
		}
	}
	return nil
}
