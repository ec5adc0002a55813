package routing

import (
	"slices"
	"testing"

	"earshot/internal/chat"
)

func TestRaised_NamesWhoHasMoreToDoAfterwards(t *testing.T) {
	t.Parallel()
	active := func(change ...func(*Thread)) Thread {
		th := Thread{ID: "t1", Group: "g1", State: chat.Active, Lead: "ada", Members: []chat.AgentID{"ben"}}
		for _, c := range change {
			c(&th)
		}
		return th
	}
	idle := func(th *Thread) { th.Idle = true }
	mail := func(th *Thread) { th.Mode = Mail }
	closed := func(th *Thread) { th.State = chat.IsClosed }
	queued := func(th *Thread) { th.State, th.Lead = chat.Queued, "" }
	benLeads := func(th *Thread) { th.Lead, th.Members = "ben", []chat.AgentID{"ada"} }
	rings := func(th *Thread) {
		th.Transfer = &chat.Transfer{To: chat.Target{Kind: chat.ToAgent, Agent: "cem", Group: "g2"}}
		th.Offers = []chat.Offer{{Agent: "cem"}}
	}
	asks := func(th *Thread) { th.Invites = []chat.Invite{{Seq: 3}, {Seq: 4, Agent: "cem"}} }
	for name, tt := range map[string]struct {
		before, after Thread
		want          []chat.AgentID
	}{
		"nothing changes":                       {active(), active(), nil},
		"it begins":                             {Thread{State: chat.IsClosed}, active(), []chat.AgentID{"ada", "ben"}},
		"it closes":                             {active(), active(closed), nil},
		"it waits again with those who were in": {active(closed), active(queued), []chat.AgentID{"ben"}},
		"it is put back":                        {active(), active(queued), nil},
		"it wakes":                              {active(idle), active(), []chat.AgentID{"ada"}},
		"it falls asleep":                       {active(), active(idle), nil},
		"it is live again after mails":          {active(mail), active(), []chat.AgentID{"ada", "ben"}},
		"its lead is handed on":                 {active(), active(benLeads), []chat.AgentID{"ben"}},
		"its lead is handed on while it sleeps": {active(idle), active(benLeads), []chat.AgentID{"ada", "ben"}},
		"it is passed on":                       {active(), active(rings), []chat.AgentID{"cem"}},
		"it is not passed on after all":         {active(rings), active(), nil},
		"somebody is asked in":                  {active(), active(asks), []chat.AgentID{"cem"}},
		"it goes to another group":              {active(), active(func(th *Thread) { th.Group = "g2" }), []chat.AgentID{"ada", "ben"}},
	} {
		if got := Raised(tt.before, tt.after); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v have more, want %v", name, got, tt.want)
		}
	}
}
