package chat_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"earshot/internal/chat"
)

var dee = chat.Agent{ID: "a_dee", Name: "Dee", Role: chat.Member, Groups: []chat.GroupID{"g_2"}}

// talkScript is a channel or a direct talk and everything that was said in it, with
// the bodies as the store would hold them now.
type talkScript struct {
	script
}

func newTalk(form chat.Form, events []chat.Event, err error) *talkScript {
	s := &talkScript{script{state: chat.State{Conversation: chat.Conversation{ID: "k_1", Kind: form}}}}
	if s.add(events, err) != nil {
		panic(err)
	}
	return s
}

func channel(closed bool, with ...chat.Agent) *talkScript {
	events, err := chat.MakeChannel(ada, chat.NewTalk{Name: "Lunch", Closed: closed, With: with}, noon)
	return newTalk(chat.FormChannel, events, err)
}

func (s *talkScript) event(seq int64) chat.Event { return s.events[seq-1] }

// put keeps what a rule says stands in the target's place from now on.
func (s *talkScript) put(target chat.Event, said chat.Said) {
	e := target
	e.Body = chat.Fact(chat.KindMessage, e.Actor, e.Audience, e.At, said).Body
	s.events[target.Seq-1] = e
}

func (s *talkScript) said(t testing.TB, seq int64) chat.Said {
	t.Helper()
	said, err := chat.Decode[chat.Said](s.event(seq))
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// Folding the events of a talk gives its state, whatever is done in whatever order;
// none of them is for a visitor, and the Access that readers fold beside it is the
// one that the state has.
func TestTalk_FoldingTheEventsGivesTheState(t *testing.T) {
	t.Parallel()
	seen := map[chat.Kind]int{}
	rapid.Check(t, func(t *rapid.T) {
		forms := map[string]*talkScript{
			"open": channel(false), "closed": channel(true, bob),
			"group":  newTalk(chat.FormChannel, chat.MakeGroupChannel(chat.System(), team, noon), nil),
			"direct": newTalk(chat.FormDirect, chat.OpenDirect(ada, []chat.AgentID{ada.ID, bob.ID}, noon), nil),
		}
		s := forms[rapid.SampledFrom([]string{"open", "closed", "group", "direct"}).Draw(t, "form")]
		who := rapid.SampledFrom([]chat.Agent{ada, bob, dee, {ID: "a_adm", Name: "Adm", Role: chat.Admin}})
		// target is mostly a message.
		target := func(t *rapid.T) chat.Event {
			said := slices.DeleteFunc(slices.Clone(s.events), func(e chat.Event) bool { return e.Kind != chat.KindMessage })
			if len(said) == 0 || rapid.IntRange(0, 5).Draw(t, "anything") == 0 {
				said = s.events
			}
			return rapid.SampledFrom(said).Draw(t, "target")
		}
		// author alone may change what he said.
		author := func(e chat.Event) chat.Agent {
			return chat.Agent{ID: e.Actor.Agent(), Name: e.Actor.Name, Groups: []chat.GroupID{"g_1"}}
		}
		must(t, s.add(chat.SayInTalk(s.state, ada, chat.NewLine{Text: "first"}, noon)))
		t.Repeat(map[string]func(*rapid.T){
			"say": func(t *rapid.T) {
				m := chat.NewLine{Text: "hello"}
				if to := target(t); rapid.Bool().Draw(t, "reply") {
					m.ReplyTo = &to
				}
				_ = s.add(chat.SayInTalk(s.state, who.Draw(t, "who"), m, noon))
			},
			"join":  func(t *rapid.T) { _ = s.add(chat.JoinTalk(s.state, who.Draw(t, "who"), noon)) },
			"leave": func(t *rapid.T) { _ = s.add(chat.LeaveTalk(s.state, who.Draw(t, "who"), noon)) },
			"add": func(t *rapid.T) {
				_ = s.add(chat.AddToTalk(s.state, who.Draw(t, "who"), []chat.Agent{who.Draw(t, "new"), dee}, noon))
			},
			"remove": func(t *rapid.T) {
				_ = s.add(chat.RemoveFromTalk(s.state, who.Draw(t, "who"), who.Draw(t, "out"), noon))
			},
			"accounts end": func(t *rapid.T) {
				gone := who.Draw(t, "gone")
				gone.Disabled = true
				_ = s.add(chat.LeaveWithAccount(s.state, []chat.Agent{gone, bob}, noon), nil)
			},
			"change": func(t *rapid.T) {
				name, closed := rapid.SampledFrom([]string{"Lunch", "Tea"}).Draw(t, "name"), rapid.Bool().Draw(t, "closed")
				_ = s.add(chat.ChangeTalk(s.state, who.Draw(t, "who"), chat.TalkChange{Name: &name, Topic: &name, Closed: &closed}, noon))
				_ = s.add(chat.ChangeTalk(s.state, who.Draw(t, "who"), chat.TalkChange{Topic: &name}, noon))
			},
			"archive": func(t *rapid.T) {
				_ = s.add(chat.ArchiveTalk(s.state, who.Draw(t, "who"), rapid.Bool().Draw(t, "on"), noon))
			},
			"group ends": func(*rapid.T) {
				if s.state.Talk.Policy == chat.PolicyCrew {
					_ = s.add(chat.EndGroupChannel(s.state, chat.System(), noon), nil)
				}
			},
			"react": func(t *rapid.T) {
				to := target(t)
				events, said, err := chat.React(s.state, to, who.Draw(t, "who"), rapid.SampledFrom([]string{"👍", "🎉"}).Draw(t, "emoji"), rapid.Bool().Draw(t, "on"), noon)
				if s.add(events, err) == nil && len(events) > 0 {
					s.put(to, said)
				}
			},
			"pin": func(t *rapid.T) {
				_ = s.add(chat.Pin(s.state, target(t), who.Draw(t, "who"), rapid.Bool().Draw(t, "on"), noon))
			},
			"edit": func(t *rapid.T) {
				to := target(t)
				if e, said, err := chat.EditInTalk(s.state, to, author(to), "changed", noon); err == nil {
					_ = s.add([]chat.Event{e}, nil)
					s.put(to, said)
				}
			},
			"redact": func(t *rapid.T) {
				to := target(t)
				if e, said, err := chat.RedactInTalk(s.state, to, author(to), noon); err == nil {
					_ = s.add([]chat.Event{e}, nil)
					s.put(to, said)
				}
			},
			"emptied": func(t *rapid.T) {
				_ = s.add(chat.EmptyTalk(s.state, rapid.Int64Range(0, s.state.Conversation.Head).Draw(t, "upto"), noon), nil)
			},
			"": func(t *rapid.T) { checkTalk(t, s, seen) },
		})
	})
	for _, kind := range []chat.Kind{chat.KindTalkCreated, chat.KindTalkChanged, chat.KindTalkArchived, chat.KindTalkJoined, chat.KindTalkLeft,
		chat.KindTalkEmptied, chat.KindReaction, chat.KindPin, chat.KindMessage, chat.KindEdit, chat.KindRedact} {
		if seen[kind] == 0 {
			t.Errorf("no %s was folded", kind)
		}
	}
}

func checkTalk(t *rapid.T, s *talkScript, seen map[chat.Kind]int) {
	fresh := chat.State{Conversation: chat.Conversation{ID: "k_1", Kind: s.state.Conversation.Kind}}
	var acc chat.Access
	for _, e := range s.events {
		seen[e.Kind]++
		fresh.Apply(e)
		acc, _ = acc.Fold(e)
		if e.Audience != chat.ForAgents || e.VSeq != 0 {
			t.Fatalf("a %s of a talk has the audience %s", e.Kind, e.Audience)
		}
		if got := chat.ForVisitor(e); chat.Visible(e, acc, chat.Viewer{Kind: chat.ByVisitor, Visitor: "v", Conversation: e.Conversation}) {
			t.Fatalf("a visitor sees %+v", got)
		}
	}
	fresh.Conversation.Last = s.state.Conversation.Last // an emptied body tells less than it did
	if diff := cmp.Diff(s.state, fresh); diff != "" {
		t.Fatalf("folding gives another state (-state +folded):\n%s", diff)
	}
	if diff := cmp.Diff(s.state.Access(), acc, cmpNil()); diff != "" {
		t.Fatalf("readers fold another Access (-state +folded):\n%s", diff)
	}
	if talk := s.state.Talk; talk.Policy == chat.PolicyNamed {
		if len(talk.Members) == 0 && talk.Archived == 0 {
			t.Fatal("a closed channel has nobody in it: nobody can read, open or archive it")
		}
		for _, a := range []chat.Agent{ada, bob, dee, {ID: "a_own", Role: chat.Owner}} {
			if s.state.Access().Admits(a.Viewer()) != slices.Contains(talk.Members, a.ID) {
				t.Fatalf("a closed talk of %v admits %s: %v", talk.Members, a.ID, s.state.Access().Admits(a.Viewer()))
			}
		}
	}
}

// cmpNil compares slices by what they hold.
func cmpNil() cmp.Option {
	return cmp.Transformer("empty", func(in []chat.AgentID) []string {
		out := []string{}
		for _, a := range in {
			out = append(out, string(a))
		}
		return out
	})
}

func TestTalk_WhoIsAdmittedAndWhoIsInIt(t *testing.T) {
	t.Parallel()
	everyone := chat.Access{Policy: chat.PolicyEveryone, Members: []chat.AgentID{"a_in"}}
	crew := chat.Access{Policy: chat.PolicyCrew, Group: "g_1"}
	named := chat.Access{Policy: chat.PolicyNamed, Members: []chat.AgentID{"a_in"}}
	for name, c := range map[string]struct {
		access           chat.Access
		viewer           chat.Viewer
		admitted, within bool
	}{
		"open, a member":                {everyone, agent("a_in", chat.Member), true, true},
		"open, anybody of the team":     {everyone, agent("a_x", chat.Member), true, false},
		"open, a visitor":               {everyone, visitor("v_1", "k_1"), false, false},
		"open, the zero viewer":         {everyone, chat.Viewer{}, false, false},
		"group's own, who is in it":     {crew, agent("a_x", chat.Member, "g_1"), true, true},
		"group's own, another group":    {crew, agent("a_x", chat.Member, "g_2"), false, false},
		"group's own, its supervisor":   {crew, supervising(agent("a_x", chat.Member, "g_1"), "g_1"), true, true},
		"group's own, who oversees all": {crew, agent("a_x", chat.Admin), true, false},
		"group's own, a visitor":        {crew, visitor("v_1", "k_1"), false, false},
		"group of none, a groupless":    {chat.Access{Policy: chat.PolicyCrew}, agent("a_x", chat.Member), false, false},
		"closed, who is named":          {named, agent("a_in", chat.Member), true, true},
		"closed, the owner":             {named, agent("a_x", chat.Owner), false, false},
		"closed, a visitor":             {named, visitor("v_1", "k_1"), false, false},
		"closed, nobody's name":         {chat.Access{Policy: chat.PolicyNamed, Members: []chat.AgentID{""}}, agent("", chat.Owner), false, false},
		"a guest or lead by mistake":    {chat.Access{Policy: chat.PolicyNamed, Lead: "a_x", Guests: []chat.AgentID{"a_x"}}, agent("a_x", chat.Member), false, false},
		"open thread, its member":       {chat.Access{Policy: chat.PolicyOpen, Members: []chat.AgentID{"a_in"}}, agent("a_in", chat.Member), true, false},
	} {
		if got := c.access.Admits(c.viewer); got != c.admitted {
			t.Errorf("%s: admitted %v, want %v", name, got, c.admitted)
		}
		if got := c.access.Within(c.viewer); got != c.within {
			t.Errorf("%s: within %v, want %v", name, got, c.within)
		}
	}
	if everyone.Speaks("a_in") {
		t.Error("who types in a channel is told to visitors")
	}
}

// Who could see before and may not now is found by undoing the event.
func TestTalk_WhatTookARightAwayIsKnownFromTheEvent(t *testing.T) {
	t.Parallel()
	s := channel(true, bob)
	must(t, s.add(chat.LeaveTalk(s.state, bob, noon)))
	left := s.events[len(s.events)-1]
	if now := s.state.Access(); now.Admits(bob.Viewer()) || !now.Unfold(left).Admits(bob.Viewer()) || now.Unfold(left).Admits(dee.Viewer()) {
		t.Errorf("leaving took the right from somebody else: now %+v, before %+v", now, now.Unfold(left))
	}
	open, closed := channel(false), true
	must(t, open.add(chat.ChangeTalk(open.state, ada, chat.TalkChange{Closed: &closed}, noon)))
	shut := open.events[len(open.events)-1]
	if now := open.state.Access(); now.Admits(dee.Viewer()) || !now.Unfold(shut).Admits(dee.Viewer()) {
		t.Errorf("closing: now %+v, before %+v", now, now.Unfold(shut))
	}
}

func must(t interface {
	Helper()
	Fatal(...any)
}, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTalk_WhoMayDoWhat(t *testing.T) {
	t.Parallel()
	admin := chat.Agent{ID: "a_adm", Name: "Adm", Role: chat.Admin}
	super := chat.Agent{ID: "a_bob", Name: "Bob", Role: chat.Member}.Enrol("g_1", chat.ClassSupervisor)
	own := newTalk(chat.FormChannel, chat.MakeGroupChannel(chat.System(), team, noon), nil)
	direct := newTalk(chat.FormDirect, chat.OpenDirect(ada, []chat.AgentID{ada.ID, bob.ID}, noon), nil)
	open, closed := channel(false, bob), channel(true, bob)
	over := channel(false, bob)
	must(t, over.add(chat.ArchiveTalk(over.state, ada, true, noon)))
	orphan := channel(true, bob)
	must(t, orphan.add(chat.LeaveTalk(orphan.state, ada, noon)))
	name, shut := "Tea", true
	say := func(s *talkScript, a chat.Agent) error {
		_, err := chat.SayInTalk(s.state, a, chat.NewLine{Text: "hello"}, noon)
		return err
	}
	rename := func(s *talkScript, a chat.Agent) error {
		_, err := chat.ChangeTalk(s.state, a, chat.TalkChange{Name: &name}, noon)
		return err
	}
	topic := func(s *talkScript, a chat.Agent) error {
		_, err := chat.ChangeTalk(s.state, a, chat.TalkChange{Topic: &name}, noon)
		return err
	}
	archive := func(s *talkScript, a chat.Agent) error {
		_, err := chat.ArchiveTalk(s.state, a, true, noon)
		return err
	}
	back := func(s *talkScript, a chat.Agent) error {
		_, err := chat.ArchiveTalk(s.state, a, false, noon)
		return err
	}
	join := func(s *talkScript, a chat.Agent) error { _, err := chat.JoinTalk(s.state, a, noon); return err }
	leave := func(s *talkScript, a chat.Agent) error { _, err := chat.LeaveTalk(s.state, a, noon); return err }
	add := func(s *talkScript, a chat.Agent) error {
		_, err := chat.AddToTalk(s.state, a, []chat.Agent{dee}, noon)
		return err
	}
	remove := func(s *talkScript, a chat.Agent) error {
		_, err := chat.RemoveFromTalk(s.state, a, ada, noon)
		return err
	}
	const fine chat.ErrorKind = ""
	for what, c := range map[string]struct {
		act  func(*talkScript, chat.Agent) error
		talk *talkScript
		by   chat.Agent
		want chat.ErrorKind
	}{
		"a member writes":                          {say, open, bob, fine},
		"who only reads does not write":            {say, open, dee, chat.Denied},
		"the group's member writes":                {say, own, ada, fine},
		"an admin reads a group's channel only":    {say, own, admin, chat.Denied},
		"both write in a direct talk":              {say, direct, bob, fine},
		"nobody else writes there":                 {say, direct, admin, chat.Denied},
		"nothing is written in an archive":         {say, over, ada, chat.Gone},
		"its maker renames":                        {rename, open, ada, fine},
		"a member does not":                        {rename, open, bob, chat.Denied},
		"an admin renames an open one":             {rename, open, admin, fine},
		"an admin has no say in a closed one":      {rename, closed, admin, chat.Denied},
		"members run what its maker has left":      {rename, orphan, bob, fine},
		"a direct talk has no name":                {rename, direct, ada, chat.Denied},
		"a group's channel has the group's name":   {rename, own, admin, chat.Denied},
		"its topic is for its supervisor":          {topic, own, super, fine},
		"and not for its members":                  {topic, own, ada, chat.Denied},
		"its maker archives":                       {archive, open, ada, fine},
		"a member does not archive":                {archive, open, bob, chat.Denied},
		"a group's own lives with the group":       {archive, own, admin, chat.Denied},
		"a direct talk is not archived":            {archive, direct, ada, chat.Denied},
		"its maker brings it back":                 {back, over, ada, fine},
		"a member does not bring it back":          {back, over, bob, chat.Denied},
		"anybody joins an open one":                {join, open, dee, fine},
		"nobody joins a closed one":                {join, closed, admin, chat.Denied},
		"nor a direct talk":                        {join, direct, dee, chat.Denied},
		"nor another group's":                      {join, own, dee, chat.Denied},
		"nor an archive":                           {join, over, dee, chat.Gone},
		"a member leaves":                          {leave, open, bob, fine},
		"nobody leaves a direct talk":              {leave, direct, ada, chat.Denied},
		"a group's channel is left with the group": {leave, own, ada, chat.Denied},
		"a member adds to a closed one":            {add, closed, bob, fine},
		"who is not in it does not":                {add, closed, admin, chat.Denied},
		"a direct talk stays the same":             {add, direct, ada, chat.Denied},
		"who is in a group is for its settings":    {add, own, ada, chat.Denied},
		"its maker removes":                        {remove, closed, ada, fine},
		"a member does not remove":                 {remove, closed, bob, chat.Denied},
		"nor anybody from a direct talk":           {remove, direct, ada, chat.Denied},
	} {
		err := c.act(c.talk, c.by)
		if (err == nil) != (c.want == fine) || err != nil && !chat.IsKind(err, c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
	}
	if events, err := chat.ChangeTalk(open.state, ada, chat.TalkChange{Closed: &shut}, noon); err != nil || len(events) != 1 {
		t.Errorf("closing: %v, %v", events, err)
	}
}

func TestTalk_TheLastOneToLeaveAClosedChannelArchivesIt(t *testing.T) {
	t.Parallel()
	s := channel(true)
	must(t, s.add(chat.LeaveTalk(s.state, ada, noon)))
	if s.state.Talk.Archived == 0 || len(s.state.Talk.Members) != 0 {
		t.Errorf("the channel is %+v", s.state.Talk)
	}
	s = channel(true)
	must(t, s.add(chat.RemoveFromTalk(s.state, ada, ada, noon)))
	if s.state.Talk.Archived == 0 {
		t.Error("who removes himself as the last leaves a closed channel that nobody can reach")
	}
	s = channel(false)
	must(t, s.add(chat.LeaveTalk(s.state, ada, noon)))
	if s.state.Talk.Archived != 0 {
		t.Error("an open channel ended with its last member: others may still join")
	}
}

// Who is in a channel whose maker's account was deactivated runs it; one who is
// active stays.
func TestTalk_AnAccountThatEndsLeavesItsChannels(t *testing.T) {
	t.Parallel()
	gone := ada
	gone.Disabled = true
	s := channel(true, bob)
	if s.state.Runs(bob) {
		t.Fatal("bob runs ada's channel while she is there")
	}
	must(t, s.add(chat.LeaveWithAccount(s.state, []chat.Agent{gone, bob, dee}, noon), nil))
	if talk := s.state.Talk; !slices.Equal(talk.Members, []chat.AgentID{bob.ID}) || talk.Archived != 0 || !s.state.Runs(bob) {
		t.Errorf("the channel is %+v, run by bob: %v", talk, s.state.Runs(bob))
	}
	if events := chat.LeaveWithAccount(s.state, []chat.Agent{gone}, noon); len(events) != 0 {
		t.Errorf("twice: %v", events)
	}
	direct := newTalk(chat.FormDirect, chat.OpenDirect(ada, []chat.AgentID{ada.ID, bob.ID}, noon), nil)
	if events := chat.LeaveWithAccount(direct.state, []chat.Agent{gone}, noon); len(events) != 0 {
		t.Errorf("a direct talk has lost somebody: %v", events)
	}
}

// Who closes a channel reads it afterwards.
func TestTalk_NobodyClosesHimselfOut(t *testing.T) {
	t.Parallel()
	shut, admin := true, chat.Agent{ID: "a_adm", Name: "Adm", Role: chat.Admin}
	s := channel(false)
	if _, err := chat.ChangeTalk(s.state, admin, chat.TalkChange{Closed: &shut}, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("an admin who is not in it closes it: %v", err)
	}
	must(t, s.add(chat.JoinTalk(s.state, admin, noon)))
	must(t, s.add(chat.ChangeTalk(s.state, admin, chat.TalkChange{Closed: &shut}, noon)))
}

func TestTalk_RepliesStandUnderTheFirstMessage(t *testing.T) {
	t.Parallel()
	s := channel(false, bob)
	must(t, s.add(chat.SayInTalk(s.state, ada, chat.NewLine{Text: "who eats?"}, noon)))
	root := s.event(2)
	must(t, s.add(chat.SayInTalk(s.state, bob, chat.NewLine{Text: "me", ReplyTo: &root}, noon)))
	reply := s.event(3)
	must(t, s.add(chat.SayInTalk(s.state, ada, chat.NewLine{Text: "good", ReplyTo: &reply}, noon)))
	if a, b := s.said(t, 3).ReplyTo, s.said(t, 4).ReplyTo; a != 2 || b != 2 {
		t.Errorf("the replies stand under %d and %d, want 2", a, b)
	}
	created := s.event(1)
	if _, err := chat.SayInTalk(s.state, bob, chat.NewLine{Text: "x", ReplyTo: &created}, noon); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("a reply to what is no message: %v", err)
	}
	e, said, err := chat.RedactInTalk(s.state, root, ada, noon)
	must(t, s.add([]chat.Event{e}, err))
	s.put(root, said)
	root = s.event(2)
	must(t, s.add(chat.SayInTalk(s.state, bob, chat.NewLine{Text: "and we talk on", ReplyTo: &root}, noon)))
	if at := s.said(t, s.state.Conversation.Head).ReplyTo; at != 2 {
		t.Errorf("a reply under what was taken back stands under %d, want 2", at)
	}
}

func TestTalk_ReactionsAreOneOfEachFromEach(t *testing.T) {
	t.Parallel()
	s := channel(false, bob)
	must(t, s.add(chat.SayInTalk(s.state, ada, chat.NewLine{Text: "cake"}, noon)))
	react := func(by chat.Agent, emoji string, on bool) int {
		t.Helper()
		events, said, err := chat.React(s.state, s.event(2), by, emoji, on, noon)
		must(t, s.add(events, err))
		if len(events) > 0 {
			s.put(s.event(2), said)
		}
		return len(events)
	}
	for _, step := range []struct {
		by    chat.Agent
		emoji string
		on    bool
		want  int
	}{{ada, "👍", true, 1}, {ada, "👍", true, 0}, {bob, "👍", true, 1}, {bob, "🎉", true, 1}, {ada, "👍", false, 1}, {ada, "👍", false, 0}} {
		if got := react(step.by, step.emoji, step.on); got != step.want {
			t.Errorf("%+v made %d events, want %d", step, got, step.want)
		}
	}
	want := []chat.Reaction{{Emoji: "👍", Agents: []chat.AgentID{bob.ID}}, {Emoji: "🎉", Agents: []chat.AgentID{bob.ID}}}
	if diff := cmp.Diff(want, s.said(t, 2).Reactions); diff != "" {
		t.Errorf("reactions (-want +got):\n%s", diff)
	}
	for _, bad := range []string{"", "a", "ok", "<b>", "👍 👍", "12", "\u202e👍", strings.Repeat("👍", 13), "👍\n", "\u200d", "ي"} {
		if _, _, err := chat.React(s.state, s.event(2), ada, bad, true, noon); !chat.IsKind(err, chat.Invalid) {
			t.Errorf("%q is taken for an emoji: %v", bad, err)
		}
	}
	for _, good := range []string{"👍🏽", "❤️", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "🇩🇪", "™️", "⏰", "‼️", "✔️"} {
		if _, _, err := chat.React(s.state, s.event(2), ada, good, true, noon); err != nil {
			t.Errorf("%q is no emoji: %v", good, err)
		}
	}
}

func TestTalk_LimitsHold(t *testing.T) {
	t.Parallel()
	s := channel(false, bob)
	for range chat.MaxPins + 1 {
		must(t, s.add(chat.SayInTalk(s.state, ada, chat.NewLine{Text: "x"}, noon)))
	}
	for i := range int64(chat.MaxPins) {
		must(t, s.add(chat.Pin(s.state, s.event(i+2), bob, true, noon)))
	}
	if _, err := chat.Pin(s.state, s.event(chat.MaxPins+2), bob, true, noon); !chat.IsKind(err, chat.Limited) {
		t.Errorf("one pin too many: %v", err)
	}
	var many []chat.Reaction
	for i := range chat.MaxReactions {
		many = append(many, chat.Reaction{Emoji: string(rune(0x1f400 + i)), Agents: []chat.AgentID{bob.ID}})
	}
	s.put(s.event(2), chat.Said{Text: "x", Reactions: many})
	if _, _, err := chat.React(s.state, s.event(2), ada, "🎉", true, noon); !chat.IsKind(err, chat.Limited) {
		t.Errorf("one emoji too many: %v", err)
	}
	if events, _, err := chat.React(s.state, s.event(2), ada, many[0].Emoji, true, noon); err != nil || len(events) != 1 {
		t.Errorf("another agent's same emoji: %v", err)
	}
	var crowd []chat.AgentID
	for i := range chat.MaxTalkers {
		crowd = append(crowd, chat.AgentID(fmt.Sprintf("a_%d", i)))
	}
	s.state.Talk.Members = crowd
	if _, err := chat.JoinTalk(s.state, dee, noon); !chat.IsKind(err, chat.Limited) {
		t.Errorf("one member too many: %v", err)
	}
	if _, err := chat.SayInTalk(s.state, chat.Agent{ID: "a_0"}, chat.NewLine{Text: "x", Called: crowd[:chat.MaxCalled+1]}, noon); !chat.IsKind(err, chat.Limited) {
		t.Errorf("one called too many: %v", err)
	}
	for name, wantsIt := range map[string]bool{"": false, "  ": false, strings.Repeat("x", chat.MaxName+1): false, strings.Repeat("x", chat.MaxName): true} {
		if _, err := chat.MakeChannel(ada, chat.NewTalk{Name: name}, noon); (err == nil) != wantsIt {
			t.Errorf("a name of %d characters: %v", len(name), err)
		}
	}
	if _, err := chat.People(ada.ID, []chat.AgentID{ada.ID}); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("a direct talk with oneself: %v", err)
	}
	if _, err := chat.People(ada.ID, crowd[:chat.MaxDirect]); !chat.IsKind(err, chat.Limited) {
		t.Errorf("a direct talk of nine: %v", err)
	}
	people, err := chat.People(bob.ID, []chat.AgentID{dee.ID, ada.ID, dee.ID})
	if diff := cmp.Diff([]chat.AgentID{ada.ID, bob.ID, dee.ID}, people); err != nil || diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
}

func TestTalk_WhoTakesBackWhat(t *testing.T) {
	t.Parallel()
	s := channel(false, bob, dee)
	must(t, s.add(chat.SayInTalk(s.state, bob, chat.NewLine{Text: "oops"}, noon)))
	must(t, s.add(chat.Pin(s.state, s.event(2), dee, true, noon)))
	if _, _, err := chat.RedactInTalk(s.state, s.event(2), dee, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a member takes another's words back: %v", err)
	}
	if _, _, err := chat.EditInTalk(s.state, s.event(2), ada, "better", noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("its maker puts words into another's mouth: %v", err)
	}
	e, said, err := chat.RedactInTalk(s.state, s.event(2), ada, noon)
	must(t, s.add([]chat.Event{e}, err))
	if said.Text != "" || said.Emptied == 0 || len(s.state.Talk.Pins) != 0 {
		t.Errorf("taken back: %+v, pins %v", said, s.state.Talk.Pins)
	}
}
