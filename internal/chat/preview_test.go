package chat_test

import (
	"strings"
	"testing"

	"earshot/internal/chat"
)

func TestHears_ATypedTextIsForThoseItNamesAlone(t *testing.T) {
	t.Parallel()
	open := chat.Access{Group: "g_1", Policy: chat.PolicyOpen}
	closed := chat.Access{Group: "g_1", Policy: chat.PolicyLead, Lead: "a_lead"}
	visits := chat.Actor{Kind: chat.ByVisitor, ID: "v_1"}
	for _, kind := range []chat.SignalKind{chat.SignalPreview, chat.SignalReading} {
		to := func(audience chat.Audience) chat.Signal {
			return chat.Signal{Kind: kind, Conversation: "c_1", Actor: visits, Audience: audience, On: true, Text: "secret"}
		}
		for name, c := range map[string]struct {
			signal chat.Signal
			access chat.Access
			viewer chat.Viewer
			want   bool
		}{
			"named and admitted":            {to(chat.Private("a_1", "a_2")), open, agent("a_2", chat.Member), true},
			"admitted and not named":        {to(chat.Private("a_1")), open, agent("a_2", chat.Admin), false},
			"named and not admitted":        {to(chat.Private("a_2")), closed, agent("a_2", chat.Member, "g_1"), false},
			"for the team, which it is not": {to(chat.ForAgents), open, agent("a_2", chat.Member), false},
			"for all, which it is not":      {to(chat.ForAll), open, agent("a_2", chat.Member), false},
			"for all, to the visitor":       {to(chat.ForAll), open, visitor("v_1", "c_1"), false},
			"to another visitor":            {to(chat.Private("v_2")), open, visitor("v_2", "c_2"), false},
			"nobody named":                  {to(chat.Private()), open, agent("", chat.Member), false},
		} {
			if got := chat.Hears(c.signal, c.access, c.viewer); got != c.want {
				t.Errorf("%s, %s: hears %v, want %v", kind, name, got, c.want)
			}
		}
	}
}

func TestCleanTyped_KeepsTheLastCharacters(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", " \n\t ": "", " hello ": " hello ",
		strings.Repeat("ä", chat.MaxTyped):         strings.Repeat("ä", chat.MaxTyped),
		"old" + strings.Repeat("😀", chat.MaxTyped): strings.Repeat("😀", chat.MaxTyped),
	} {
		if got := chat.CleanTyped(text); got != want {
			t.Errorf("%.20q: %d bytes, want %d", text, len(got), len(want))
		}
	}
}

// TestPreview_IsOfALiveThreadAndOfKnownPeopleAlone covers what the ladder's matrix does
// not: who types.
func TestPreview_IsOfALiveThreadAndOfKnownPeopleAlone(t *testing.T) {
	t.Parallel()
	lead := chat.Agent{ID: "a_lead", Role: chat.Member, OpenDrafts: true}
	sup := chat.Agent{ID: "a_sup", Role: chat.Supervisor}
	open := chat.Preview{Thread: chat.Thread{ID: "t_1", State: chat.Active, Policy: chat.PolicyOpen, Lead: lead.ID, Members: []chat.AgentID{"a_part"}},
		Site: chat.Site{Preview: true}, Lead: lead, Watches: []chat.Watch{{Watcher: sup.ID}}}
	by := func(p chat.Preview, kind chat.ActorKind, id string) chat.Preview {
		p.By = chat.Actor{Kind: kind, ID: id}
		return p
	}
	closed, unwilling, unwatched := open, open, open
	closed.Thread.State, unwilling.Lead.OpenDrafts, unwatched.Watches = chat.IsClosed, false, nil
	for name, c := range map[string]struct {
		preview chat.Preview
		reader  chat.Agent
		want    bool
	}{
		"the visitor, to the lead":              {by(open, chat.ByVisitor, "v_1"), lead, true},
		"the visitor, to who watches":           {by(open, chat.ByVisitor, "v_1"), sup, true},
		"the visitor, to who merely may see":    {by(unwatched, chat.ByVisitor, "v_1"), sup, false},
		"the visitor, when it is over":          {by(closed, chat.ByVisitor, "v_1"), lead, false},
		"the lead, to who watches":              {by(open, chat.ByAgent, "a_lead"), sup, true},
		"the lead, to himself":                  {by(open, chat.ByAgent, "a_lead"), lead, false},
		"the lead, to a member":                 {by(open, chat.ByAgent, "a_lead"), chat.Agent{ID: "a_part", Role: chat.Admin}, false},
		"the lead, without consent":             {by(unwilling, chat.ByAgent, "a_lead"), sup, false},
		"a member, who has no draft to show":    {by(open, chat.ByAgent, "a_part"), sup, false},
		"the system":                            {by(open, chat.BySystem, ""), sup, false},
		"an agent without a name, nobody leads": {chat.Preview{By: chat.Actor{Kind: chat.ByAgent}, Thread: chat.Thread{State: chat.Queued, Policy: chat.PolicyOpen}, Lead: chat.Agent{OpenDrafts: true}, Watches: open.Watches}, sup, false},
		"to who is disabled":                    {by(open, chat.ByVisitor, "v_1"), chat.Agent{ID: "a_sup", Role: chat.Supervisor, Disabled: true}, false},
	} {
		if got := c.preview.Reads(c.reader); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestOpenDrafts_IsOnesOwnConsent: not even an owner gives it for somebody else.
func TestOpenDrafts_IsOnesOwnConsent(t *testing.T) {
	t.Parallel()
	on, member := true, chat.Agent{ID: "a_1", Name: "Ann", Role: chat.Member}
	after, err := chat.ChangeAgent(member, member, chat.AgentChange{OpenDrafts: &on}, 1)
	if err != nil || !after.OpenDrafts {
		t.Errorf("her own: %+v, %v", after, err)
	}
	owner := chat.Agent{ID: "a_2", Name: "Otto", Role: chat.Owner}
	if after, err := chat.ChangeAgent(owner, member, chat.AgentChange{OpenDrafts: &on}, 1); !chat.IsKind(err, chat.Denied) || after.OpenDrafts {
		t.Errorf("by the owner: %+v, %v", after, err)
	}
}
