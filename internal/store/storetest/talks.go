package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func talkSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"a talk is stored as it is folded":            talksFold,
		"talks are found where access admits":         talksAdmit,
		"search and mentions find what talks admit":   talkSearchAdmits,
		"nothing of a talk can be for a visitor":      talksRefuse,
		"the same people have one direct talk":        directTalkIsOne,
		"a level is kept for each agent and talk":     levelsAreKept,
		"a level ends with being in the talk":         levelsEndWithBeingIn,
		"unread and calls count from the read mark":   talksCount,
		"a message that is replaced by itself stays":  sameWordsStay,
		"old talks are those with old words":          oldTalks,
		"groups without a channel are found":          groupsWithout,
		"a rolled back talk is not remembered either": talksRollBack,
		"an answer stands for one note":               asidesAreOne,
	}
}

// Talk makes a Conversation of a form and appends what begins it.
func (w *World) Talk(form chat.Form, events []chat.Event, err error) chat.ConversationID {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
	c := chat.ConversationID(fmt.Sprintf("c_talk_%d", w.Next()))
	w.Write(func(tx *store.Tx) error {
		s := chat.State{Conversation: chat.Conversation{ID: c, Kind: form}}
		if err := tx.NewConversation(s.Conversation); err != nil {
			return err
		}
		added := s.Add("", events)
		for i := range added {
			added[i].ID = chat.EventID(fmt.Sprintf("e_%d", w.Next()))
		}
		return tx.Append(s, added)
	})
	return c
}

// talks fills a Store with talks of every kind, each with words and calls.
func talks(w *World) []chat.ConversationID {
	random, agents := rand.New(rand.NewPCG(5, 6)), team()
	var all []chat.ConversationID
	for _, g := range []chat.GroupID{"g_1", "g_2", "g_3", "g_4"} {
		all = append(all, w.Talk(chat.FormChannel, chat.MakeGroupChannel(system, chat.Group{ID: g}, clock()), nil))
	}
	for i := range 12 {
		by := agents[random.IntN(len(agents))]
		events, err := chat.MakeChannel(by, chat.NewTalk{Name: fmt.Sprint("channel ", i), Closed: i%2 == 0, With: []chat.Agent{agents[random.IntN(len(agents))]}}, clock())
		all = append(all, w.Talk(chat.FormChannel, events, err))
	}
	for i := range 4 {
		people, err := chat.People(agents[i].ID, []chat.AgentID{agents[i+1].ID, agents[(i*3)%len(agents)].ID})
		all = append(all, w.Talk(chat.FormDirect, chat.OpenDirect(agents[i], people, clock()), err))
	}
	for _, c := range all {
		for range random.IntN(6) {
			a := agents[random.IntN(len(agents))]
			act := random.IntN(3)
			w.Append(c, func(s chat.State) ([]chat.Event, error) {
				// Whoever may not answers no event.
				var events []chat.Event
				switch act {
				case 0:
					events, _ = chat.JoinTalk(s, a, clock())
				case 1:
					events, _ = chat.LeaveTalk(s, a, clock())
				case 2:
					shut := random.IntN(2) == 0
					events, _ = chat.ChangeTalk(s, a, chat.TalkChange{Closed: &shut}, clock())
				}
				return events, nil
			})
		}
		e := w.Fact(c, chat.KindMessage, system, chat.ForAgents, chat.Said{Text: "hello everybody"})
		w.Write(func(tx *store.Tx) error {
			for _, a := range agents {
				if err := tx.AddMention(a.ID, e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return all
}

func talksFold(t *testing.T, w *World) {
	for _, c := range talks(w) {
		w.Read(func(tx *store.Tx) error {
			got, err := tx.State(c)
			if err != nil {
				return err
			}
			events, err := tx.Events(c, store.Span{})
			want := chat.State{Conversation: chat.Conversation{ID: c, Kind: got.Conversation.Kind}}
			for _, e := range events {
				want.Apply(e)
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s is stored otherwise (-folded +stored):\n%s", c, diff)
			}
			return err
		})
	}
}

// What SQL finds and what chat admits are the same, for viewers of every kind.
func talksAdmit(t *testing.T, w *World) {
	all := talks(w)
	compared := 0
	w.Read(func(tx *store.Tx) error {
		for _, a := range team() {
			v := a.Viewer()
			mine, errMine := tx.Talks(v)
			open, errOpen := tx.OpenChannels(v)
			if err := errors.Join(errMine, errOpen); err != nil {
				return err
			}
			for _, c := range all {
				s, err := tx.State(c)
				if err != nil {
					return err
				}
				acc := s.Access()
				is := func(r chat.TalkRow) bool { return r.Conversation.ID == c }
				if got := slices.ContainsFunc(mine, is); got != acc.Within(v) {
					t.Errorf("%s has %s (%+v) in his list: %v, want %v", a.Name, c, acc, got, acc.Within(v))
				}
				offered := acc.Admits(v) && !acc.Within(v)
				if got := slices.ContainsFunc(open, is); got != offered {
					t.Errorf("%s is offered %s (%+v): %v, want %v", a.Name, c, acc, got, offered)
				}
				_, err = tx.TalkRow(v, c)
				if (err == nil) != acc.Admits(v) {
					t.Errorf("%s opens %s (%+v): %v, want %v", a.Name, c, acc, err, acc.Admits(v))
				}
				compared++
			}
		}
		for _, nobody := range []chat.Viewer{{}, {Kind: chat.ByAgent}, {Kind: chat.ByVisitor, Visitor: "v_1", Conversation: all[0]}} {
			rows, err := tx.Talks(nobody)
			open, errOpen := tx.OpenChannels(nobody)
			if len(rows)+len(open) > 0 {
				t.Errorf("%+v finds %d talks", nobody, len(rows)+len(open))
			}
			if err := errors.Join(err, errOpen); err != nil {
				return err
			}
		}
		return nil
	})
	if compared < 150 {
		t.Errorf("only %d were compared", compared)
	}
}

func talkSearchAdmits(t *testing.T, w *World) {
	crowded, all := crowd(w, 5), talks(w)
	w.Read(func(tx *store.Tx) error {
		for _, a := range team() {
			v := a.Viewer()
			want, calls := 0, 0
			for _, c := range all {
				s, err := tx.State(c)
				if err != nil {
					return err
				}
				if s.Access().Admits(v) {
					want, calls = want+1, calls+1
				}
			}
			for _, visitor := range crowded {
				events, err := tx.Events(visitor.Conversation, store.Span{})
				if err != nil {
					return err
				}
				for _, e := range events {
					thread, err := tx.Thread(e.Thread)
					if err != nil {
						return err
					}
					if e.Kind == chat.KindMessage && chat.Visible(e, thread.Access(), v) {
						want++
					}
				}
			}
			if got := allHits(t, tx, v, "everybody", 7); got != want {
				t.Errorf("%s finds %d, want %d", a.Name, got, want)
			}
			got, err := tx.UnreadMentions(v)
			if got != calls {
				t.Errorf("%s is called %d times, want %d", a.Name, got, calls)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func talksRefuse(t *testing.T, w *World) {
	c := w.Talk(chat.FormChannel, chat.MakeGroupChannel(system, chat.Group{ID: "g_1"}, clock()), nil)
	for name, e := range map[string]chat.Event{
		"for all": chat.Fact(chat.KindMessage, system, chat.ForAll, 1, chat.Said{Text: "x"}),
		"in a thread": func() chat.Event {
			e := chat.Fact(chat.KindMessage, system, chat.ForAgents, 1, chat.Said{Text: "x"})
			e.Thread = "t_1"
			return e
		}(),
	} {
		err := w.S.Write(context.Background(), func(tx *store.Tx) error {
			_, err := w.AppendIn(tx, c, func(chat.State) ([]chat.Event, error) { return []chat.Event{e}, nil })
			return err
		})
		if err == nil {
			t.Errorf("an event %s was stored in a talk", name)
		}
	}
}

func directTalkIsOne(t *testing.T, w *World) {
	ann, bob := Agent("ann", chat.Member), Agent("bob", chat.Member)
	people := []chat.AgentID{ann.ID, bob.ID}
	c := w.Talk(chat.FormDirect, chat.OpenDirect(ann, people, clock()), nil)
	w.Read(func(tx *store.Tx) error {
		got, found, err := tx.DirectTalk([]chat.AgentID{bob.ID, ann.ID})
		if !found || got != c {
			t.Errorf("found %v %q, want %q", found, got, c)
		}
		if _, found, _ := tx.DirectTalk([]chat.AgentID{ann.ID}); found {
			t.Error("one of the two alone has it, too")
		}
		return err
	})
	second := chat.Conversation{ID: "c_twice", Kind: chat.FormDirect}
	err := w.S.Write(context.Background(), func(tx *store.Tx) error {
		s := chat.State{Conversation: second}
		if err := tx.NewConversation(second); err != nil {
			return err
		}
		events := s.Add("", chat.OpenDirect(bob, people, clock()))
		events[0].ID = "e_twice"
		return tx.Append(s, events)
	})
	if err == nil {
		t.Error("the same people have a second direct talk")
	}
}

func levelsAreKept(t *testing.T, w *World) {
	ann, bob := Agent("ann", chat.Member, "g_1"), Agent("bob", chat.Member, "g_1")
	c := w.Talk(chat.FormChannel, chat.MakeGroupChannel(system, chat.Group{ID: "g_1"}, clock()), nil)
	level := func(a chat.Agent) (r chat.TalkRow) {
		w.Read(func(tx *store.Tx) (err error) {
			r, err = tx.TalkRow(a.Viewer(), c)
			return err
		})
		return r
	}
	if got := level(ann).Level; got != chat.LevelMentions {
		t.Errorf("before a choice the level is %q", got)
	}
	for i, want := range []bool{true, false} {
		w.Write(func(tx *store.Tx) error {
			changed, err := tx.SetTalkLevel(ann.ID, chat.TalkLevel{Conversation: c, Level: chat.LevelNone, MutedUntil: 7})
			if changed != want {
				t.Errorf("time %d: changed %v", i+1, changed)
			}
			return err
		})
	}
	if got := level(ann); got.Level != chat.LevelNone || got.MutedUntil != 7 {
		t.Errorf("the level is %q until %d", got.Level, got.MutedUntil)
	}
	if got := level(bob).Level; got != chat.LevelMentions {
		t.Errorf("a colleague's level is %q", got)
	}
}

func levelsEndWithBeingIn(t *testing.T, w *World) {
	ann, bob := Agent("ann", chat.Member), Agent("bob", chat.Member)
	events, err := chat.MakeChannel(ann, chat.NewTalk{Name: "Lunch", With: []chat.Agent{bob}}, clock())
	c := w.Talk(chat.FormChannel, events, err)
	for _, a := range []chat.Agent{ann, bob} {
		w.Write(func(tx *store.Tx) error {
			_, err := tx.SetTalkLevel(a.ID, chat.TalkLevel{Conversation: c, Level: chat.LevelAll})
			return err
		})
	}
	w.Append(c, func(s chat.State) ([]chat.Event, error) { return chat.LeaveTalk(s, bob, clock()) })
	var left map[chat.AgentID]chat.TalkLevel
	w.Read(func(tx *store.Tx) (err error) {
		left, err = tx.TalkLevels(c)
		return err
	})
	if len(left) != 1 || left[ann.ID].Level != chat.LevelAll {
		t.Errorf("after Bob has left they are %+v", left)
	}
}

func talksCount(t *testing.T, w *World) {
	ann, bob := Agent("ann", chat.Member), Agent("bob", chat.Member)
	c := w.Talk(chat.FormDirect, chat.OpenDirect(ann, []chat.AgentID{ann.ID, bob.ID}, clock()), nil)
	said := func(by chat.Agent, text string) chat.Event {
		return w.Fact(c, chat.KindMessage, by.Actor(), chat.ForAgents, chat.Said{Text: text})
	}
	first := said(bob, "one")
	called := said(bob, "two")
	said(ann, "my own")
	gone := said(bob, "three")
	w.Fact(c, chat.KindPin, bob.Actor(), chat.ForAgents, chat.Pinned{Target: first.Seq, On: true})
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.AddMention(ann.ID, called), tx.ReplaceBody(c, gone.Seq, chat.Said{Emptied: 1}))
	})
	check := func(what string, unread, calls int) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			rows, err := tx.Talks(ann.Viewer())
			if len(rows) != 1 || rows[0].Unread != unread || rows[0].Calls != calls {
				t.Errorf("%s: %+v; want %d unread and %d calls", what, rows, unread, calls)
			}
			return err
		})
	}
	check("at first", 2, 1)
	w.Write(func(tx *store.Tx) error { return second(tx.SetRead(c, ann.ID, first.Seq)) })
	check("after the first", 1, 1)
	w.Write(func(tx *store.Tx) error { return second(tx.SetRead(c, ann.ID, called.Seq)) })
	check("after both", 0, 0)
	w.Read(func(tx *store.Tx) error {
		reads, err := tx.TalkReads(c)
		want := []store.ReadMark{{Agent: ann.ID, Seq: called.Seq}, {Agent: bob.ID}}
		if diff := gocmp.Diff(want, reads); diff != "" {
			t.Errorf("read marks (-want +got):\n%s", diff)
		}
		return err
	})
}

func sameWordsStay(t *testing.T, w *World) {
	ann := Agent("ann", chat.Member, "g_1")
	c := w.Talk(chat.FormChannel, chat.MakeGroupChannel(system, chat.Group{ID: "g_1"}, clock()), nil)
	e := w.Fact(c, chat.KindMessage, ann.Actor(), chat.ForAgents, chat.Said{Text: "marzipan"})
	w.Write(func(tx *store.Tx) error {
		return tx.ReplaceBody(c, e.Seq, chat.Said{Text: "marzipan", Reactions: []chat.Reaction{{Emoji: "👍", Agents: []chat.AgentID{ann.ID}}}})
	})
	find := func(words string, want int) {
		t.Helper()
		w.Read(func(tx *store.Tx) error {
			hits, _, err := tx.Search(ann.Viewer(), store.Sought{Words: words, Limit: 10})
			if len(hits) != want || want > 0 && (hits[0].Talk == nil || hits[0].Talk.Group != "g_1" || hits[0].Visitor.ID != "") {
				t.Errorf("%q finds %+v, want %d", words, hits, want)
			}
			return err
		})
	}
	find("marzipan", 1)
	w.Write(func(tx *store.Tx) error { return tx.ReplaceBody(c, e.Seq, chat.Said{Text: "nougat"}) })
	find("marzipan", 0)
	find("nougat", 1)
	w.Write(func(tx *store.Tx) error { return tx.ReplaceBody(c, e.Seq, chat.Said{Emptied: 1}) })
	find("nougat", 0)
}

func oldTalks(t *testing.T, w *World) {
	events, err := chat.MakeChannel(Agent("ann", chat.Member), chat.NewTalk{Name: "Lunch"}, clock())
	c := w.Talk(chat.FormChannel, events, err)
	e := w.Fact(c, chat.KindMessage, system, chat.ForAgents, chat.Said{Text: "x"})
	old := func(before int64) (all []chat.ConversationID) {
		w.Read(func(tx *store.Tx) (err error) {
			all, err = tx.OldTalks(before, 10)
			return err
		})
		return all
	}
	if got := old(events[0].At); len(got) != 0 {
		t.Errorf("before its first event: %v", got)
	}
	if got := old(events[0].At + 1); len(got) != 1 || got[0] != c {
		t.Errorf("after it: %v", got)
	}
	w.Append(c, func(s chat.State) ([]chat.Event, error) { return chat.EmptyTalk(s, e.Seq, clock()), nil })
	if got := old(clock().UnixMicro()); len(got) != 0 {
		t.Errorf("once it is emptied: %v", got)
	}
}

func groupsWithout(t *testing.T, w *World) {
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.SaveGroup(chat.Group{ID: "g_a", Name: "A"}), tx.SaveGroup(chat.Group{ID: "g_b", Name: "B"}),
			tx.SaveGroup(chat.Group{ID: "g_c", Name: "C", Deleted: true}))
	})
	w.Talk(chat.FormChannel, chat.MakeGroupChannel(system, chat.Group{ID: "g_a"}, clock()), nil)
	w.Read(func(tx *store.Tx) error {
		got, err := tx.GroupsWithoutChannel()
		if diff := gocmp.Diff([]chat.GroupID{"g_b"}, got); diff != "" {
			t.Errorf("groups without a channel (-want +got):\n%s", diff)
		}
		return err
	})
	c := w.Talk(chat.FormChannel, chat.MakeGroupChannel(system, chat.Group{ID: "g_c"}, clock()), nil)
	deleted := func() (all []chat.ConversationID) {
		w.Read(func(tx *store.Tx) (err error) {
			all, err = tx.ChannelsOfDeletedGroups()
			return err
		})
		return all
	}
	if got := deleted(); len(got) != 1 || got[0] != c {
		t.Errorf("channels of deleted groups: %v, want %s", got, c)
	}
	w.Append(c, func(s chat.State) ([]chat.Event, error) { return chat.EndGroupChannel(s, system, clock()), nil })
	if got := deleted(); len(got) != 0 {
		t.Errorf("archived ones are listed: %v", got)
	}
}

func talksRollBack(t *testing.T, w *World) {
	ann := Agent("ann", chat.Member)
	events, err := chat.MakeChannel(ann, chat.NewTalk{Name: "Lunch"}, clock())
	c := w.Talk(chat.FormChannel, events, err)
	late := errors.New("too late")
	err = w.S.Write(context.Background(), func(tx *store.Tx) error {
		if _, err := w.AppendIn(tx, c, func(s chat.State) ([]chat.Event, error) {
			return chat.JoinTalk(s, Agent("bob", chat.Member), clock())
		}); err != nil {
			return err
		}
		return late
	})
	if !errors.Is(err, late) {
		t.Fatal(err)
	}
	w.Write(func(tx *store.Tx) error {
		s, err := tx.Lock(c)
		if len(s.Talk.Members) != 1 {
			t.Errorf("after a rollback the members are %v", s.Talk.Members)
		}
		return err
	})
}
