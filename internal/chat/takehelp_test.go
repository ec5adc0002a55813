package chat_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
)

// calling is a chat of Ada that asks for help since noon.
func calling(h chat.Help) chat.State {
	h.Since = chat.Micros(noon)
	return chat.State{Conversation: chat.Conversation{ID: "c_1"}, Thread: &chat.Thread{ID: "t_1", Conversation: "c_1", State: chat.Active, Group: "g_1", Policy: chat.PolicyOpen,
		Lead: ada.ID, Members: []chat.AgentID{}, Turn: chat.Turn{Help: &h}}}
}

func TestTakeHelp_IsForWhoMayComeAndTheFirstOfThem(t *testing.T) {
	t.Parallel()
	cleo, dan := chat.Agent{ID: "a_cleo", Name: "Cleo", Role: chat.Supervisor}, chat.Agent{ID: "a_dan", Name: "Dan", Role: chat.Member}
	asked, alone := chat.Help{Cause: chat.HelpAsked, By: ada.ID}, chat.Help{Cause: chat.HelpWaiting}
	had := func(h chat.Help, by chat.AgentID) chat.Help {
		h.TakenBy, h.TakenAt = by, chat.Micros(noon)
		return h
	}
	change := func(s chat.State, fn func(*chat.Thread)) chat.State {
		fn(s.Thread)
		return s
	}
	bobAsks := change(calling(chat.Help{Cause: chat.HelpAsked, By: bob.ID}), func(t *chat.Thread) { t.Members = []chat.AgentID{bob.ID, "a_dan"} })
	guest := change(calling(alone), func(t *chat.Thread) { t.Policy, t.Guests = chat.PolicyLead, []chat.AgentID{dan.ID} })
	for name, c := range map[string]struct {
		s       chat.State
		by      chat.Agent
		invited bool
		want    chat.ErrorKind
	}{
		"a supervisor":           {calling(asked), cleo, false, ""},
		"a colleague":            {calling(alone), dan, false, ""},
		"a member":               {bobAsks, dan, false, ""},
		"its lead, of another's": {bobAsks, ada, false, chat.Denied},
		"its lead, of none's":    {calling(alone), ada, false, chat.Denied},
		"who asked":              {bobAsks, bob, false, chat.Denied},
		"a guest":                {guest, dan, false, chat.Denied},
		"a guest who was asked":  {guest, dan, true, ""},
		"who has it":             {calling(had(asked, cleo.ID)), cleo, false, ""},
		"who comes second":       {calling(had(asked, cleo.ID)), dan, false, chat.Conflict},
		"where it is down":       {change(calling(alone), func(t *chat.Thread) { t.Help = nil }), cleo, false, chat.Gone},
		"where it is closed":     {change(calling(alone), func(t *chat.Thread) { t.State = chat.IsClosed }), cleo, false, chat.Gone},
		"where nobody leads":     {change(calling(alone), func(t *chat.Thread) { t.State, t.Lead = chat.Queued, "" }), cleo, false, chat.Conflict},
	} {
		events, err := chat.TakeHelp(c.s, c.by, chat.Etiquette{}, c.invited, noon.Add(90_000_000_000))
		switch mine := c.s.Thread.Help != nil && c.s.Thread.Help.TakenBy == c.by.ID; {
		case c.want != "" && !chat.IsKind(err, c.want) || c.want == "" && err != nil:
			t.Errorf("%s: %v, want %s", name, err, c.want)
		case c.want == "" && !mine:
			b, _ := chat.Decode[chat.HelpTaken](events[0])
			want := chat.HelpTaken{By: c.by.ID, ByName: c.by.Name, WaitedMS: 90_000}
			if len(events) != 1 || events[0].Kind != chat.KindHelpTaken || events[0].Audience != chat.ForAgents || b != want {
				t.Errorf("%s: %+v %s", name, b, events[0].Audience)
			}
		case len(events) != 0:
			t.Errorf("%s: %+v", name, events)
		}
	}
	_, err := chat.TakeHelp(calling(had(asked, cleo.ID)), dan, chat.Etiquette{}, false, noon)
	var told *chat.Error
	if want := (chat.Holder{Agent: cleo.ID, Since: chat.Micros(noon)}); !errors.As(err, &told) || told.Detail != want {
		t.Errorf("the second is told %+v, want %+v", told, want)
	}
}

// TestFollow_WhoComesHasTheFlag: by whispering, coming in or taking over himself.
func TestFollow_WhoComesHasTheFlag(t *testing.T) {
	t.Parallel()
	cleo, asked, alone := chat.Agent{ID: "a_cleo", Name: "Cleo", Role: chat.Supervisor}, chat.Help{Cause: chat.HelpAsked, By: ada.ID}, chat.Help{Cause: chat.HelpWaiting}
	danHas := chat.Help{Cause: chat.HelpWaiting, TakenBy: "a_dan", TakenAt: 1}
	cleoHas := func(h chat.Help) chat.Help {
		h.TakenBy, h.TakenAt = cleo.ID, 1
		return h
	}
	whisper := func(s chat.State, by chat.Agent) []chat.Event {
		events, err := chat.Whisper(s, by, chat.NewMessage{Text: "psst"}, []chat.Watch{{Watcher: cleo.ID, Told: chat.TellNames}}, noon)
		if err != nil {
			t.Fatal(err)
		}
		return append(events, chat.LowerByAnswer(s, by, false, noon)...)
	}
	join := func(s chat.State, by chat.Agent) []chat.Event {
		events, _ := chat.Join(s, by, chat.Room{}, noon)
		return events
	}
	over := func(s chat.State, by chat.Agent) []chat.Event {
		events, _ := chat.TakeOver(s, by, ada.ID, "why", chat.Etiquette{}, chat.Room{}, noon)
		return append(events, chat.LowerByAnswer(s, by, false, noon)...)
	}
	accept := func(s chat.State, by chat.Agent) []chat.Event {
		events, _ := chat.Assign(s, by, by.Actor(), chat.Given{Cause: chat.ByTransfer}, noon)
		return events
	}
	promote := func(s chat.State, by chat.Agent) []chat.Event {
		events, _ := chat.Assign(s, by, chat.System(), chat.Given{Cause: chat.ByPromotion}, noon)
		return events
	}
	for name, c := range map[string]struct {
		help chat.Help
		act  func(chat.State, chat.Agent) []chat.Event
		by   chat.Agent
		want string
	}{
		"a whisper settles what was asked":          {asked, whisper, cleo, "whisper help.cleared"},
		"a whisper where the visitor waits":         {alone, whisper, cleo, "whisper help.taken"},
		"a whisper where somebody else comes":       {danHas, whisper, cleo, "whisper"},
		"the lead's own whisper":                    {alone, whisper, ada, "whisper"},
		"coming in":                                 {asked, join, cleo, "join help.taken"},
		"taking over what was asked":                {asked, over, cleo, "assign help.cleared"},
		"taking over where the visitor waits":       {alone, over, cleo, "assign help.taken"},
		"somebody accepts what is passed on":        {asked, accept, cleo, "assign help.taken"},
		"he who has it accepts what was asked":      {cleoHas(asked), accept, cleo, "assign help.cleared"},
		"he who has it accepts while he waits":      {cleoHas(alone), accept, cleo, "assign"},
		"he who has it is promoted by the router":   {cleoHas(asked), promote, cleo, "assign help.cleared"},
		"somebody is promoted by the router":        {asked, promote, cleo, "assign"},
		"somebody comes where somebody has it":      {danHas, join, cleo, "join"},
		"somebody takes over where somebody has it": {danHas, over, cleo, "assign"},
	} {
		s := calling(c.help)
		got := ""
		for _, e := range s.Add("", chat.Follow(s, c.act(s, c.by))) {
			got += " " + string(e.Kind)
		}
		if got != " "+c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestHelpTaken_StaysWhereTheLeadSaysMoreAndEndsWithTheFlag(t *testing.T) {
	t.Parallel()
	cleo := chat.Agent{ID: "a_cleo", Name: "Cleo", Role: chat.Supervisor}
	s := calling(chat.Help{Cause: chat.HelpWaiting})
	add := func(events []chat.Event, err error) []chat.Event {
		if err != nil {
			t.Fatal(err)
		}
		return s.Add("", events)
	}
	add(chat.TakeHelp(s, cleo, chat.Etiquette{}, false, noon))
	add(chat.RaiseHelp(s, ada, "he wants his money back", noon))
	want := &chat.Help{Since: chat.Micros(noon), Cause: chat.HelpAsked, Reason: "he wants his money back", By: ada.ID, TakenBy: cleo.ID, TakenAt: chat.Micros(noon)}
	if diff := cmp.Diff(want, s.Thread.Help); diff != "" {
		t.Errorf("raised anew (-want +got):\n%s", diff)
	}
	if _, err := chat.ReturnHelp(s, ada, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("somebody else gives it back: %v", err)
	}
	add(chat.ReturnHelp(s, cleo, noon))
	if h := s.Thread.Help; h == nil || h.TakenBy != "" || h.TakenAt != 0 {
		t.Errorf("given back: %+v", h)
	}
	if events := add(chat.ReturnHelp(s, cleo, noon)); len(events) != 0 {
		t.Errorf("given back twice: %+v", events)
	}
	add(chat.TakeHelp(s, cleo, chat.Etiquette{}, false, noon))
	for _, c := range []struct {
		had  chat.Agent
		here bool
		want string
	}{{cleo, true, ""}, {cleo, false, chat.ReturnedGone}, {chat.Agent{ID: cleo.ID, Disabled: true}, true, chat.ReturnedGone}, {bob, false, ""}} {
		got := ""
		for _, e := range chat.FreeHelp(s, c.had, chat.Etiquette{}, false, c.here, noon) {
			b, _ := chat.Decode[chat.HelpReturned](e)
			got = b.How
		}
		if got != c.want {
			t.Errorf("%s, here %v: %q, want %q", c.had.ID, c.here, got, c.want)
		}
	}
	shut := s
	one := *s.Thread
	one.Policy, shut.Thread = chat.PolicyLead, &one
	if events := chat.FreeHelp(shut, chat.Agent{ID: cleo.ID, Role: chat.Member}, chat.Etiquette{}, false, true, noon); len(events) != 1 {
		t.Errorf("who may not see it any more keeps it: %+v", events)
	}
	events, err := chat.LowerHelp(s, ada, chat.Etiquette{}, false, noon)
	if err != nil {
		t.Fatal(err)
	}
	s.Add("", events)
	if s.Thread.Help != nil {
		t.Errorf("lowered: %+v", s.Thread.Help)
	}
}
