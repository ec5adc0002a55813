package chat_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"earshot/internal/chat"
)

func TestKnowers_ChoosesTheNearestAndNobodyTwice(t *testing.T) {
	t.Parallel()
	now := chat.Thread{ID: "t_now", State: chat.Active, Lead: "a_lead", Members: []chat.AgentID{"a_member"}}
	past := []chat.Helped{
		{Agent: "a_lead", Thread: "t_1", Until: 90}, {Agent: "a_member", Thread: "t_1", Until: 90}, {Agent: "a_now", Thread: "t_now", Until: 99},
		{Agent: "a_blind", Thread: "t_2", Until: 80},
		{Agent: "a_maybe", Thread: "t_9", Until: 95, Maybe: true},
		{Agent: "a_old", Thread: "t_1", Since: 1, Until: 10},
		{Agent: "a_short", Thread: "t_3", Since: 69, Until: 70}, {Agent: "a_long", Thread: "t_3", Since: 40, Until: 70},
		{Agent: "a_long", Thread: "t_4", Until: 99, Maybe: true}, {Agent: "a_long", Thread: "t_0", Until: 5},
	}
	sees := func(a chat.AgentID) bool { return a != "a_blind" }
	for name, c := range map[string]struct {
		had  []chat.AgentID
		want []chat.AgentID
	}{
		"the first time":              {nil, []chat.AgentID{"a_long", "a_short", "a_old"}},
		"one has a card already":      {[]chat.AgentID{"a_long"}, []chat.AgentID{"a_short", "a_old"}},
		"two have, and one is gone":   {[]chat.AgentID{"a_gone", "a_short"}, []chat.AgentID{"a_long"}},
		"as many as there may be":     {[]chat.AgentID{"a_x", "a_y", "a_z"}, nil},
		"more than there may be":      {[]chat.AgentID{"a_w", "a_x", "a_y", "a_z"}, nil},
		"only who may be the same is": {[]chat.AgentID{"a_long"}, []chat.AgentID{"a_short", "a_old"}},
	} {
		var got []chat.AgentID
		for _, h := range chat.Knowers(now, past, c.had, sees) {
			got = append(got, h.Agent)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := chat.Knowers(now, past, nil, sees)[0]; got.Thread != "t_3" || got.Maybe {
		t.Errorf("he knows him from %+v, want what is sure", got)
	}
	if got := chat.Knowers(now, past[4:5], nil, sees); len(got) != 1 || !got[0].Maybe {
		t.Errorf("who may know him: %+v", got)
	}
}

// Whatever the past: nobody who is in the chat, may not see it or had a card; at
// most three in all; and the order of the rows does not matter.
func TestKnowers_Laws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SampledFrom([]chat.AgentID{"a_1", "a_2", "a_3", "a_4", "a_5", "a_6", "a_7"})
		one := rapid.Custom(func(t *rapid.T) chat.Helped {
			since := rapid.Int64Range(0, 5).Draw(t, "since")
			return chat.Helped{Agent: names.Draw(t, "agent"), Thread: chat.ThreadID(rapid.SampledFrom([]string{"t_now", "t_1", "t_2"}).Draw(t, "thread")), Since: since,
				Until: since + rapid.Int64Range(0, 5).Draw(t, "for"), Maybe: rapid.Bool().Draw(t, "maybe")}
		})
		past := rapid.SliceOfN(one, 0, 12).Draw(t, "past")
		had := rapid.SliceOfNDistinct(names, 0, 4, func(a chat.AgentID) chat.AgentID { return a }).Draw(t, "had")
		blind := names.Draw(t, "blind")
		th := chat.Thread{ID: "t_now", State: chat.Active, Lead: names.Draw(t, "lead"), Members: []chat.AgentID{names.Draw(t, "member")}}
		sees := func(a chat.AgentID) bool { return a != blind }
		got := chat.Knowers(th, past, had, sees)
		seen := map[chat.AgentID]bool{blind: true, th.Lead: true, th.Members[0]: true}
		for _, a := range had {
			seen[a] = true
		}
		for _, h := range got {
			if seen[h.Agent] || h.Thread == th.ID {
				t.Fatalf("%+v gets a card", h)
			}
			seen[h.Agent] = true
		}
		if len(got) > 0 && len(got)+len(had) > chat.MaxKnowers {
			t.Fatalf("%d after %d", len(got), len(had))
		}
		mixed := rapid.Permutation(past).Draw(t, "mixed")
		if diff := cmp.Diff(got, chat.Knowers(th, mixed, had, sees)); diff != "" {
			t.Fatalf("in another order:\n%s", diff)
		}
	})
}

func TestOfferContext_IsForTheLeadAloneWhereThereIsOne(t *testing.T) {
	t.Parallel()
	s := newScript()
	if _, err := chat.OfferContext(s.state, bob, "VAT", noon); !chat.IsKind(err, chat.Gone) {
		t.Errorf("before the first thread: %v, want gone", err)
	}
	_ = s.add(chat.Post(s.state, mia.Actor(), chat.NewMessage{Text: "hello", Begin: chat.Beginning{Group: team}}, noon))
	if e, err := chat.OfferContext(s.state, bob, "VAT", noon); err != nil || e[0].Kind != chat.KindNote || e[0].Audience != chat.ForAgents {
		t.Errorf("while he waits: %+v, %v, want a note", e, err)
	}
	_ = s.add(chat.Take(s.state, ada, chat.Given{}, noon))
	if e, err := chat.OfferContext(s.state, bob, "VAT", noon); err != nil || e[0].Kind != chat.KindWhisper || e[0].Audience != chat.Private(ada.ID, bob.ID) {
		t.Errorf("to Ada: %+v, %v, want a whisper for two", e, err)
	}
	if _, err := chat.OfferContext(s.state, bob, " ", noon); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("nothing: %v, want invalid", err)
	}
}
