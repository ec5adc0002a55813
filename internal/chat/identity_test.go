package chat_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
)

func TestIdentity_ItsSubIsTakenExactlyOrRefused(t *testing.T) {
	t.Parallel()
	in := chat.Identity{Sub: "Customer 42", Name: " Mia\n", Email: "Mia@Example.com", Data: map[string]string{"plan": "gold\n"}}
	want := chat.Identity{Sub: "Customer 42", Name: "Mia", Email: "mia@example.com", Data: map[string]string{"plan": "gold"}}
	got, err := in.Clean()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for name, bad := range map[string]chat.Identity{
		"no sub":                {},
		"a space before":        {Sub: " 42"},
		"two spaces":            {Sub: "4  2"},
		"a line break":          {Sub: "42\n"},
		"a direction mark":      {Sub: "42\u202e"},
		"a zero byte":           {Sub: "42\x00"},
		"too long":              {Sub: strings.Repeat("x", chat.MaxSub+1)},
		"an address that isn't": {Sub: "42", Email: "mia"},
	} {
		if got, err := bad.Clean(); !chat.IsKind(err, chat.Invalid) || got.Sub != "" {
			t.Errorf("%s: %+v, %v; want invalid", name, got, err)
		}
	}
}

func TestIdentity_WhatIsSignedStandsBeforeWhatIsTyped(t *testing.T) {
	t.Parallel()
	typed := chat.Visitor{}.Called("Eve", "eve@home.example")
	if typed.Name != "Eve" || typed.Email != "eve@home.example" {
		t.Fatalf("typed: %+v", typed)
	}
	proven := typed.Proven(chat.Identity{Sub: "42", Name: "Mia", Email: "mia@home.example"})
	if later := proven.Called("Eve", "eve@home.example"); later.Name != "Mia" || later.Email != "mia@home.example" || later.Signed.Sub != "42" {
		t.Errorf("typed after it was signed: %+v", later)
	}
	bare := typed.Proven(chat.Identity{Sub: "42"}).Called("Eva", "eva@home.example")
	if bare.Name != "Eva" || bare.Email != "eva@home.example" {
		t.Errorf("a sub alone says nothing of name and address: %+v", bare)
	}
}

func TestSignIn_TheFirstIsTheVisitorOfTheIdentityAndLaterOnesStandBeside(t *testing.T) {
	t.Parallel()
	anonymous := chat.Visitor{ID: "v_1", Site: "s_1", Conversation: "c_1"}
	for _, known := range []bool{false, true} {
		v, e, err := chat.SignIn(anonymous, chat.Identity{Sub: "42", Name: "Mia"}, known, noon)
		if err != nil || v.Signed == nil || v.Signed.Sub != "42" || v.Beside != known || v.Conversation != "c_1" {
			t.Errorf("known %v: %+v, %v", known, v, err)
		}
		body, err := chat.Decode[chat.SignedAs](e)
		if want := (chat.SignedAs{Visitor: "v_1", Sub: "42", Beside: known}); err != nil || body != want || e.Audience != chat.ForAgents || !e.EndsToken() {
			t.Errorf("known %v: %+v %+v, %v", known, e, body, err)
		}
		if _, _, err := chat.SignIn(v, chat.Identity{Sub: "43"}, false, noon); !chat.IsKind(err, chat.Denied) {
			t.Errorf("signed in a second time: %v", err)
		}
	}
}

func TestLinkPerson_DifferentIdentitiesNeedWhoOversees(t *testing.T) {
	t.Parallel()
	signed := func(site chat.SiteID, sub string) chat.Visitor {
		return chat.Visitor{Site: site}.Proven(chat.Identity{Sub: sub})
	}
	ada, boss := chat.Agent{ID: "a_ada", Name: "Ada", Role: chat.Member}, chat.Agent{ID: "a_boss", Name: "Boss", Role: chat.Supervisor}
	for name, c := range map[string]struct {
		person []chat.Visitor
		apart  bool
	}{
		"nobody signed":           {[]chat.Visitor{{}, {}}, false},
		"one signed":              {[]chat.Visitor{{}, signed("s_1", "42")}, false},
		"the same":                {[]chat.Visitor{signed("s_1", "42"), {}, signed("s_1", "42")}, false},
		"different":               {[]chat.Visitor{signed("s_1", "42"), {}, signed("s_1", "43")}, true},
		"of different sites":      {[]chat.Visitor{signed("s_1", "42"), signed("s_2", "42")}, true},
		"different in their case": {[]chat.Visitor{signed("s_1", "mia"), signed("s_1", "Mia")}, true},
	} {
		_, _, err := chat.LinkPerson("l_1", "v_1", "v_2", c.person, ada, noon)
		if got := chat.IsKind(err, chat.Denied); got != c.apart || (err != nil) != c.apart {
			t.Errorf("%s: an agent is answered %v", name, err)
		}
		if _, _, err := chat.LinkPerson("l_1", "v_1", "v_2", c.person, boss, noon); err != nil {
			t.Errorf("%s: who oversees is answered %v", name, err)
		}
		l, e, ok := chat.LinkSigned("l_1", "v_1", "v_2", c.person, noon)
		if ok == c.apart {
			t.Errorf("%s: linked by itself %v", name, ok)
		}
		if !ok {
			continue
		}
		if _, err := chat.UnlinkPerson(l, ada, noon); e.Actor != chat.System() || !chat.IsKind(err, chat.Denied) {
			t.Errorf("%s: by %+v, undone by an agent: %v", name, e.Actor, err)
		}
		if _, err := chat.UnlinkPerson(l, boss, noon); err != nil {
			t.Errorf("%s: undone by who oversees: %v", name, err)
		}
	}
}
