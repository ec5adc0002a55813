package desk_test

import (
	"bytes"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// talking is a world with three agents of two groups, each with its channel.
type talking struct {
	*desktest.World
	t             *testing.T
	ada, bob, cem chat.Agent
	sales         chat.Group
}

func newTalking(t *testing.T) *talking {
	t.Helper()
	w := &talking{World: desktest.New(t), t: t, sales: chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyGroup}}
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(w.sales) })
	w.ada, w.bob, w.cem = w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Cem", chat.Member, w.sales.ID)
	w.sweep()
	return w
}

func (w *talking) sweep() {
	w.t.Helper()
	if err := w.Desk.Sweep(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *talking) channel(by chat.Agent, closed bool, with ...chat.Agent) chat.ConversationID {
	w.t.Helper()
	in := desk.NewChannel{Key: w.Key(), Name: "Lunch", Closed: closed}
	for _, a := range with {
		in.With = append(in.With, a.ID)
	}
	c, _, err := w.Desk.MakeChannel(w.t.Context(), by, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *talking) say(by chat.Agent, c chat.ConversationID, in desk.Line) chat.Event {
	w.t.Helper()
	in.Key = w.Key()
	done, err := w.Desk.SayInTalk(w.t.Context(), by, c, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return done.Events[0]
}

// list names the talks of an agent.
func (w *talking) list(a chat.Agent) []string {
	w.t.Helper()
	rows, err := w.Desk.Talks(w.t.Context(), w.now(a))
	if err != nil {
		w.t.Fatal(err)
	}
	names := []string{}
	for _, r := range rows {
		names = append(names, string(r.Conversation.Kind)+" "+r.Talk.Name+string(r.Talk.Group))
	}
	slices.Sort(names)
	return names
}

func (w *talking) now(a chat.Agent) (is chat.Agent) {
	w.t.Helper()
	w.Read(func(tx *store.Tx) (err error) {
		is, err = tx.Agent(a.ID)
		return err
	})
	return is
}

func TestTalks_EachGroupHasItsChannelAndItsPeople(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	team := "channel " + string(w.Group.ID)
	want := map[string][]string{"Ada": {team}, "Bob": {team}, "Cem": {"channel g_sales"}, "Olivia": {team}}
	for _, a := range []chat.Agent{w.ada, w.bob, w.cem, w.Owner} {
		if diff := cmp.Diff(want[a.Name], w.list(a)); diff != "" {
			t.Errorf("%s's list (-want +got):\n%s", a.Name, diff)
		}
	}
	before := w.headOf(t)
	w.sweep()
	if after := w.headOf(t); after != before {
		t.Errorf("another sweep made something: %v after %v", after, before)
	}
	// A group that is made has its channel at once, and who leaves it has it no more.
	name := "Support"
	made, err := w.Desk.AddGroup(t.Context(), w.Owner, desk.GroupChange{Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	c := w.channelOf(made.ID)
	set := func(who ...chat.Agent) {
		t.Helper()
		var members []desk.Membership
		for _, a := range who {
			members = append(members, desk.Membership{Agent: a.ID})
		}
		if _, err := w.Desk.SetMembers(t.Context(), w.Owner, made.ID, members); err != nil {
			t.Fatal(err)
		}
	}
	set(w.ada)
	w.say(w.now(w.ada), c, desk.Line{Text: "hello"})
	if _, err := w.Desk.Talk(t.Context(), w.now(w.ada), c); err != nil {
		t.Error(err)
	}
	set()
	if _, err := w.Desk.Talk(t.Context(), w.now(w.ada), c); !chat.IsKind(err, chat.Missing) {
		t.Errorf("who left the group opens its channel: %v", err)
	}
	if _, err := w.Desk.SayInTalk(t.Context(), w.ada, c, desk.Line{Key: w.Key(), Text: "still here"}); !chat.IsKind(err, chat.Missing) {
		t.Errorf("who left the group writes in its channel, with the rights of before: %v", err)
	}
	if err := w.Desk.DeleteGroup(t.Context(), w.Owner, made.ID, w.Group.ID); err != nil {
		t.Fatal(err)
	}
	w.sweep()
	if s := w.State(c); s.Talk.Archived == 0 {
		t.Error("the channel of a deleted group is not archived")
	}
	if _, err := w.Desk.Talk(t.Context(), w.Owner, c); err != nil {
		t.Errorf("the owner cannot read what was said there: %v", err)
	}
	if _, err := w.Desk.Talk(t.Context(), w.now(w.bob), c); !chat.IsKind(err, chat.Missing) {
		t.Errorf("the successor's people read what was said there: %v", err)
	}
}

func (w *talking) headOf(t *testing.T) (p chat.Position) {
	t.Helper()
	w.Read(func(tx *store.Tx) (err error) {
		p, err = tx.Head()
		return err
	})
	return p
}

func (w *talking) channelOf(g chat.GroupID) (c chat.ConversationID) {
	w.t.Helper()
	w.Read(func(tx *store.Tx) (err error) {
		c, _, err = tx.GroupChannel(g)
		return err
	})
	if c == "" {
		w.t.Fatalf("the group %s has no channel", g)
	}
	return c
}

func TestTalks_TheSamePeopleComeToTheSameTalk(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	talks := make([]chat.ConversationID, 12)
	var wg sync.WaitGroup
	for i := range talks {
		by, with := w.ada, []chat.AgentID{w.bob.ID}
		if i%2 == 1 {
			by, with = w.bob, []chat.AgentID{w.ada.ID, w.bob.ID}
		}
		wg.Go(func() {
			c, _, err := w.Desk.OpenDirect(t.Context(), by, w.Key(), with)
			if err != nil {
				t.Error(err)
			}
			talks[i] = c
		})
	}
	wg.Wait()
	if all := slices.Compact(slices.Sorted(slices.Values(talks))); len(all) != 1 {
		t.Fatalf("two people have the direct talks %v", all)
	}
	three, _, err := w.Desk.OpenDirect(t.Context(), w.ada, w.Key(), []chat.AgentID{w.bob.ID, w.cem.ID})
	if err != nil || three == talks[0] {
		t.Errorf("three people are in the talk of two: %v", err)
	}
	for what, with := range map[string][]chat.AgentID{"nobody": nil, "a stranger": {"a_nobody"}} {
		if _, _, err := w.Desk.OpenDirect(t.Context(), w.ada, w.Key(), with); err == nil {
			t.Errorf("a direct talk with %s was opened", what)
		}
	}
	if _, err := w.Desk.Talk(t.Context(), w.Owner, talks[0]); !chat.IsKind(err, chat.Missing) {
		t.Errorf("the owner opens a direct talk that he is not in: %v", err)
	}
}

// How far somebody has read is told to the others of a direct talk and to nobody
// else; in a channel to himself alone.
func TestTalks_TheOthersOfADirectTalkHearHowFarOneHasRead(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	direct, _, err := w.Desk.OpenDirect(t.Context(), w.ada, w.Key(), []chat.AgentID{w.bob.ID})
	if err != nil {
		t.Fatal(err)
	}
	channel := w.channel(w.ada, false, w.bob)
	heard := func(a chat.Agent, c chat.ConversationID) (n int) {
		for _, e := range w.Log(chat.AgentConversation(a.ID)) {
			if b, _ := chat.Decode[chat.Read](e); e.Kind == chat.KindRead && b.Conversation == c && e.Actor.Agent() == w.bob.ID {
				n++
			}
		}
		return n
	}
	for _, c := range []chat.ConversationID{direct, channel} {
		e := w.say(w.ada, c, desk.Line{Text: "hello"})
		for range 2 {
			if err := w.Desk.MarkRead(t.Context(), w.bob, c, e.Seq); err != nil {
				t.Fatal(err)
			}
		}
	}
	got := [][]int{{heard(w.ada, direct), heard(w.bob, direct), heard(w.cem, direct)}, {heard(w.ada, channel), heard(w.bob, channel), heard(w.cem, channel)}}
	if diff := cmp.Diff([][]int{{1, 1, 0}, {0, 1, 0}}, got); diff != "" {
		t.Errorf("who hears that bob has read (-want +got):\n%s", diff)
	}
}

func TestTalks_OneKeyIsOneChannel(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	in := desk.NewChannel{Key: "one", Name: "Lunch", With: []chat.AgentID{w.bob.ID}}
	c, first, err := w.Desk.MakeChannel(t.Context(), w.ada, in)
	if err != nil || first.Again {
		t.Fatal(first, err)
	}
	again, second, err := w.Desk.MakeChannel(t.Context(), w.ada, in)
	if err != nil || again != c || !second.Again || cmp.Diff(first.Events, second.Events) != "" {
		t.Errorf("again: %s, %+v, %v", again, second, err)
	}
	in.Name = "Dinner"
	if _, _, err := w.Desk.MakeChannel(t.Context(), w.ada, in); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("the key of something else: %v", err)
	}
	said := desk.Line{Key: "two", Text: "hello"}
	for i := range 2 {
		done, err := w.Desk.SayInTalk(t.Context(), w.ada, c, said)
		if err != nil || done.Again != (i == 1) || len(done.Events) != 1 {
			t.Errorf("time %d: %+v, %v", i+1, done, err)
		}
	}
	said.Text = "bye"
	if _, err := w.Desk.SayInTalk(t.Context(), w.ada, c, said); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("the key of other words: %v", err)
	}
	// Who has left is answered, and not with what he may not see.
	if _, err := w.Desk.RemoveFromTalk(t.Context(), w.ada, c, w.Key(), w.bob.ID); err != nil {
		t.Fatal(err)
	}
	if done, err := w.Desk.LeaveTalk(t.Context(), w.bob, c, w.Key()); err != nil || !done.Again {
		t.Errorf("leaving what one is not in: %+v, %v", done, err)
	}
}

// Acts on visitors' chats find nothing where there is a talk, and acts on talks
// nothing where there is a visitor: neither rule ever meets the other's state.
func TestTalks_AreNoChatsAndChatsAreNoTalks(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	open := w.channel(w.ada, false, w.bob)
	said := w.say(w.ada, open, desk.Line{Text: "hello"})
	_, c := w.Taken(w.ada)
	ctx := t.Context()
	before := w.headOf(t)
	for what, act := range map[string]func() error{
		"post": func() error {
			return second(w.Desk.PostMessage(ctx, w.ada, open, desk.Message{Key: w.Key(), Text: "x"}))
		},
		"note":    func() error { return second(w.Desk.AddNote(ctx, w.ada, open, desk.Message{Key: w.Key(), Text: "x"})) },
		"take":    func() error { return second(w.Desk.Take(ctx, w.ada, open, desk.Taking{Key: w.Key()})) },
		"join":    func() error { return second(w.Desk.Join(ctx, w.ada, open, w.Key())) },
		"close":   func() error { return second(w.Desk.Close(ctx, w.ada, open, w.Key())) },
		"edit":    func() error { return second(w.Desk.EditMessage(ctx, w.ada, open, w.Key(), said.Seq, "x")) },
		"redact":  func() error { return second(w.Desk.RedactMessage(ctx, w.ada, open, w.Key(), said.Seq)) },
		"requeue": func() error { return second(w.Desk.Requeue(ctx, w.ada, open, w.Key())) },
		"help":    func() error { return second(w.Desk.AskForHelp(ctx, w.ada, open, w.Key(), "x")) },
		"invite": func() error {
			return second(w.Desk.InviteIn(ctx, w.ada, open, desk.Inviting{Key: w.Key(), Agent: w.bob.ID}))
		},
		"open":       func() error { return second(w.Desk.Conversation(ctx, w.ada, open)) },
		"person":     func() error { return second(w.Desk.Person(ctx, w.ada, open)) },
		"targets":    func() error { return second(w.Desk.Targets(ctx, w.ada, open)) },
		"say":        func() error { return second(w.Desk.SayInTalk(ctx, w.ada, c, desk.Line{Key: w.Key(), Text: "x"})) },
		"open talk":  func() error { return second(w.Desk.Talk(ctx, w.ada, c)) },
		"join talk":  func() error { return second(w.Desk.JoinTalk(ctx, w.ada, c, w.Key())) },
		"leave talk": func() error { return second(w.Desk.LeaveTalk(ctx, w.ada, c, w.Key())) },
		"react": func() error {
			return second(w.Desk.React(ctx, w.ada, c, w.Key(), chat.Reacted{Target: 2, Emoji: "👍", On: true}))
		},
		"pin": func() error { return second(w.Desk.Pin(ctx, w.ada, c, w.Key(), chat.Pinned{Target: 2, On: true})) },
		"level": func() error {
			return w.Desk.SetTalkLevel(ctx, w.ada, chat.TalkLevel{Conversation: c, Level: chat.LevelAll})
		},
		"archive": func() error { return second(w.Desk.ArchiveTalk(ctx, w.ada, c, w.Key(), true)) },
		"the team's": func() error {
			return second(w.Desk.SayInTalk(ctx, w.ada, chat.TeamConversation, desk.Line{Key: w.Key(), Text: "x"}))
		},
	} {
		if err := act(); !chat.IsKind(err, chat.Missing) {
			t.Errorf("%s: %v, want missing", what, err)
		}
	}
	if after := w.headOf(t); after != before {
		t.Errorf("something was stored: %v after %v", after, before)
	}
}

func TestTalks_WhomAMessageCalls(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	away := w.Agent("Dan", chat.Member)
	away.Status = chat.Away
	finishing := w.Agent("Eve", chat.Member)
	finishing.Status = chat.Finishing
	off := w.Agent("Fay", chat.Member)
	off.Disabled = true
	w.Write(func(tx *store.Tx) error {
		for _, a := range []chat.Agent{away, finishing, off} {
			if err := tx.SaveAgent(a); err != nil {
				return err
			}
		}
		return nil
	})
	eva := w.Agent("Eva", chat.Colleague) // who has no status
	w.Write(func(tx *store.Tx) error {
		eva.Status, eva.Groups = chat.Offline, nil
		return tx.SaveAgent(eva)
	})
	open := w.channel(w.ada, false, w.bob, away, finishing)
	others, alone := w.channel(w.ada, true, eva, away), w.channel(w.ada, true, away)
	closed := w.channel(w.ada, true, w.bob)
	team := w.channelOf(w.Group.ID)
	ids := func(all ...chat.Agent) []chat.AgentID {
		out := []chat.AgentID{}
		for _, a := range all {
			out = append(out, a.ID)
		}
		slices.Sort(out)
		return out
	}
	for what, c := range map[string]struct {
		talk chat.ConversationID
		in   desk.Line
		want []chat.AgentID
	}{
		"by name":                       {open, desk.Line{Mentions: ids(w.bob, w.ada)}, ids(w.bob)},
		"a colleague who is not in it":  {open, desk.Line{Mentions: ids(w.cem)}, ids(w.cem)},
		"here is who is on shift":       {open, desk.Line{Here: true}, ids(w.bob, finishing)},
		"here are colleagues, too":      {others, desk.Line{Here: true}, ids(eva)},
		"nobody is here":                {alone, desk.Line{Here: true}, nil},
		"a group, without the disabled": {team, desk.Line{Groups: []chat.GroupID{w.Group.ID}}, ids(w.bob, away, finishing, w.Owner)},
		"a group in a closed channel":   {closed, desk.Line{Groups: []chat.GroupID{w.Group.ID}}, ids(w.bob)},
		"all ways at once":              {closed, desk.Line{Here: true, Groups: []chat.GroupID{w.Group.ID, w.sales.ID}, Mentions: ids(w.bob)}, ids(w.bob)},
	} {
		c.in.Text = what
		e := w.say(w.ada, c.talk, c.in)
		said, err := chat.Decode[chat.Said](e)
		got := slices.Sorted(slices.Values(said.Mentions))
		if err != nil || cmp.Diff(c.want, got) != "" && len(c.want)+len(got) > 0 {
			t.Errorf("%s: called %v, want %v (%v)", what, got, c.want, err)
		}
	}
	if _, err := w.Desk.SayInTalk(t.Context(), w.ada, closed, desk.Line{Key: w.Key(), Text: "x", Mentions: ids(w.cem)}); !chat.IsKind(err, chat.Denied) {
		t.Errorf("who may not read is called: %v", err)
	}
	if _, err := w.Desk.SayInTalk(t.Context(), w.ada, open, desk.Line{Key: w.Key(), Text: "x", Groups: []chat.GroupID{"g_none"}}); !chat.IsKind(err, chat.Missing) {
		t.Errorf("a group that is not there is called: %v", err)
	}
	all, unread, _, err := w.Desk.Mentions(t.Context(), w.cem, 0, 10)
	if err != nil || unread != 1 || len(all) != 1 || all[0].Talk == nil || all[0].Talk.Name != "Lunch" {
		t.Errorf("Cem's mentions: %+v, %d unread, %v", all, unread, err)
	}
	if log := w.Log(chat.AgentConversation(w.cem.ID)); len(log) != 1 || log[0].Kind != chat.KindMentioned {
		t.Errorf("Cem was told %v", log)
	}
	rows, err := w.Desk.Talks(t.Context(), w.bob)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Conversation.ID == open && (r.Calls != 2 || r.Unread != 3) {
			t.Errorf("Bob has %d calls and %d unread, want 2 and 3", r.Calls, r.Unread)
		}
	}
}

func TestTalks_MessagesAreChangedSearchedAndRead(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	ctx := t.Context()
	c := w.channel(w.ada, true, w.bob)
	ref, err := w.Desk.AddFile(ctx, w.ada, c, "menu.png", bytes.NewReader(desktest.Picture()))
	if err != nil {
		t.Fatal(err)
	}
	e := w.say(w.ada, c, desk.Line{Text: "marzipan for everybody", Files: []chat.FileID{ref.ID}})
	reply := w.say(w.bob, c, desk.Line{Text: "me too", ReplyTo: e.Seq})
	w.Numbered()
	find := func(a chat.Agent, words string) int {
		t.Helper()
		hits, _, err := w.Desk.Search(ctx, a, desk.Sought{Words: words})
		if err != nil {
			t.Fatal(err)
		}
		return len(hits)
	}
	file := func(a chat.Agent) error {
		f, err := w.Desk.OpenFile(ctx, a.Viewer(), ref.ID, false)
		if err == nil {
			_ = f.Content.Close()
		}
		return err
	}
	for _, a := range []chat.Agent{w.ada, w.bob} {
		if find(a, "marzipan") != 1 || file(a) != nil {
			t.Errorf("%s, who is in it, does not find it", a.Name)
		}
	}
	for _, a := range []chat.Agent{w.cem, w.Owner} {
		if find(a, "marzipan") != 0 || !chat.IsKind(file(a), chat.Missing) {
			t.Errorf("%s, who is not in it, finds it", a.Name)
		}
	}
	if _, err := w.Desk.React(ctx, w.bob, c, w.Key(), chat.Reacted{Target: e.Seq, Emoji: "👍", On: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.Pin(ctx, w.bob, c, w.Key(), chat.Pinned{Target: e.Seq, On: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.EditInTalk(ctx, w.ada, c, w.Key(), e.Seq, "nougat for everybody"); err != nil {
		t.Fatal(err)
	}
	w.Numbered()
	if find(w.bob, "marzipan") != 0 || find(w.bob, "nougat") != 1 {
		t.Error("the search goes by the former words")
	}
	pinned, err := w.Desk.TalkPins(ctx, w.bob, c)
	if err != nil || len(pinned) != 1 {
		t.Fatal(pinned, err)
	}
	said, err := chat.Decode[chat.Said](pinned[0])
	if err != nil || said.Text != "nougat for everybody" || len(said.Reactions) != 1 || said.Edited == 0 {
		t.Errorf("pinned is %+v, %v", said, err)
	}
	if err := w.Desk.MarkRead(ctx, w.bob, c, reply.Seq); err != nil {
		t.Fatal(err)
	}
	opened, err := w.Desk.Talk(ctx, w.bob, c)
	if err != nil || opened.Row.Read != reply.Seq || opened.Row.Unread != 0 || !opened.Within || opened.Runs {
		t.Errorf("opened %+v, %v", opened.Row, err)
	}
	if _, err := w.Desk.RedactInTalk(ctx, w.ada, c, w.Key(), e.Seq); err != nil {
		t.Fatal(err)
	}
	w.Numbered()
	if find(w.bob, "nougat") != 0 || !chat.IsKind(file(w.bob), chat.Missing) {
		t.Error("what was taken back is found")
	}
	for _, e := range w.Log(c) {
		if bytes.Contains(e.Body, []byte("marzipan")) || bytes.Contains(e.Body, []byte("nougat")) {
			t.Errorf("what was taken back stands in event %d: %s", e.Seq, e.Body)
		}
	}
	if got := kinds(w.Log(c)); got != "talk.created message message reaction pin edit redact" {
		t.Errorf("the log holds %q", got)
	}
}

func TestTalks_ACardShowsWhatItsReaderMaySee(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	w.SetPolicy(chat.PolicyLead)
	ctx := t.Context()
	_, c := w.Taken(w.ada)
	note, err := w.Desk.AddNote(ctx, w.ada, c, desk.Message{Key: w.Key(), Text: "she is angry"})
	if err != nil {
		t.Fatal(err)
	}
	open := w.channel(w.ada, false, w.bob)
	seq := note.Events[0].Seq
	e := w.say(w.ada, open, desk.Line{Text: "look", Cards: []chat.Reference{{Conversation: c, Seq: seq}, {Conversation: c}}})
	if bytes.Contains(e.Body, []byte("angry")) {
		t.Errorf("the message holds what it refers to: %s", e.Body)
	}
	card := func(a chat.Agent, ref chat.Reference) desk.ReferenceCard {
		t.Helper()
		got, err := w.Desk.ReferenceCard(ctx, a, ref)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	mine := card(w.ada, chat.Reference{Conversation: c, Seq: seq})
	if !mine.Open || mine.Message == nil || mine.Lead != w.ada.ID || mine.Kind != chat.FormCustomer {
		t.Errorf("its lead sees %+v", mine)
	}
	for name, ref := range map[string]chat.Reference{"may not see": {Conversation: c, Seq: seq}, "is not there": {Conversation: "c_none"}, "is the team's": {Conversation: chat.TeamConversation}} {
		if diff := cmp.Diff(desk.ReferenceCard{}, card(w.bob, ref)); diff != "" {
			t.Errorf("of what he %s Bob learns (-want +got):\n%s", name, diff)
		}
	}
	if _, err := w.Desk.SayInTalk(ctx, w.bob, open, desk.Line{Key: w.Key(), Text: "x", Cards: []chat.Reference{{Conversation: c}}}); !chat.IsKind(err, chat.Missing) {
		t.Errorf("Bob refers to what he may not see: %v", err)
	}
	of := card(w.bob, chat.Reference{Conversation: open, Seq: e.Seq})
	if !of.Open || of.Talk == nil || of.Talk.Name != "Lunch" || of.Message == nil {
		t.Errorf("a card of a talk is %+v", of)
	}
}

func TestTalks_ALevelIsOnesOwnAndToldToOneself(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	c := w.channelOf(w.Group.ID)
	set := chat.TalkLevel{Conversation: c, Level: chat.LevelNone, MutedUntil: 99}
	for range 2 {
		if err := w.Desk.SetTalkLevel(t.Context(), w.ada, set); err != nil {
			t.Fatal(err)
		}
	}
	if got := kinds(w.Log(chat.AgentConversation(w.ada.ID))); got != "talk.level" {
		t.Errorf("Ada was told %q", got)
	}
	in, err := w.Desk.Inbox(t.Context(), w.ada, desk.ListMy)
	if err != nil || len(in.Talks) != 1 || in.Talks[0].Level != chat.LevelNone || in.Talks[0].MutedUntil != 99 {
		t.Errorf("the snapshot holds %+v, %v", in.Talks, err)
	}
	if err := w.Desk.SetTalkLevel(t.Context(), w.ada, chat.TalkLevel{Conversation: c, Level: "loud"}); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("a level that is none: %v", err)
	}
	if err := w.Desk.SetTalkLevel(t.Context(), w.cem, set); !chat.IsKind(err, chat.Missing) {
		t.Errorf("the level of what one may not see: %v", err)
	}
}

func TestTalks_OpenChannelsAreOfferedAndJoined(t *testing.T) {
	t.Parallel()
	w := newTalking(t)
	ctx := t.Context()
	open, closed := w.channel(w.ada, false), w.channel(w.ada, true)
	offered := func(a chat.Agent) (ids []chat.ConversationID) {
		t.Helper()
		rows, err := w.Desk.OpenChannels(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			ids = append(ids, r.Conversation.ID)
		}
		return ids
	}
	if diff := cmp.Diff([]chat.ConversationID{open}, offered(w.cem)); diff != "" {
		t.Errorf("Cem is offered (-want +got):\n%s", diff)
	}
	if _, err := w.Desk.SayInTalk(ctx, w.cem, open, desk.Line{Key: w.Key(), Text: "x"}); !chat.IsKind(err, chat.Denied) {
		t.Errorf("who has not joined writes: %v", err)
	}
	if done, err := w.Desk.JoinTalk(ctx, w.cem, open, w.Key()); err != nil || len(done.Events) != 1 {
		t.Fatal(done, err)
	}
	w.say(w.cem, open, desk.Line{Text: "hello"})
	if got := offered(w.cem); len(got) != 0 {
		t.Errorf("Cem is offered what he is in: %v", got)
	}
	shut := true
	if _, err := w.Desk.ChangeTalk(ctx, w.ada, open, w.Key(), chat.TalkChange{Closed: &shut}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.Talk(ctx, w.bob, open); !chat.IsKind(err, chat.Missing) {
		t.Errorf("Bob reads what was closed: %v", err)
	}
	if _, err := w.Desk.Talk(ctx, w.Owner, closed); !chat.IsKind(err, chat.Missing) {
		t.Errorf("the owner reads a closed channel: %v", err)
	}
	if _, err := w.Desk.ArchiveTalk(ctx, w.ada, open, w.Key(), true); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.SayInTalk(ctx, w.cem, open, desk.Line{Key: w.Key(), Text: "x"}); !chat.IsKind(err, chat.Gone) {
		t.Errorf("somebody writes in an archive: %v", err)
	}
}
