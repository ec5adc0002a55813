package stream

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"earshot/internal/chat"
)

// channel makes a channel of some agents, the first of whom made it.
func (r *room) channel(c chat.ConversationID, closed bool, by chat.Agent, with ...chat.Agent) {
	events, err := chat.MakeChannel(by, chat.NewTalk{Name: "Lunch", Closed: closed, With: with}, time.Now())
	r.do(c, events, err)
}

func (r *room) say(c chat.ConversationID, by chat.Agent, text string) {
	events, err := chat.SayInTalk(r.src.look(c), by, chat.NewLine{Text: text}, time.Now())
	r.do(c, events, err)
}

func eventKinds(frames []down) string {
	all := ""
	for _, d := range withoutPings(frames) {
		all += d.Type
		if d.Type == "event" {
			all += ":" + string(d.Event.Kind)
		}
		all += " "
	}
	return all
}

// What is said in a talk comes to those who are in it, and to nobody else: not to
// who may read it, not to the owner, and not a byte of it to a visitor.
func TestTalk_ReachesThoseWithinAndNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		ada, bob, out, owner := r.hire("a_1", chat.Member, "g_1"), r.hire("a_2", chat.Member, "g_1"), r.hire("a_3", chat.Member), r.hire("a_4", chat.Owner)
		r.ask("c_1", 1, chat.PolicyOpen)
		r.channel("k_open", false, ada, bob)
		r.channel("k_shut", true, ada, bob)
		r.do("k_team", chat.MakeGroupChannel(chat.System(), chat.Group{ID: "g_1"}, time.Now()), nil)
		synctest.Wait()
		lines := map[string]*line{}
		for name, a := range map[string]chat.Agent{"ada": ada, "bob": bob, "out": out, "owner": owner} {
			l, f := r.follow(a, "")
			defer f.Detach()
			lines[name] = l
		}
		visitor, f := r.visit("c_1", 0)
		defer f.Detach()
		forged := newLine()
		g := r.hub.Attach(Reader{Viewer: chat.Viewer{Kind: chat.ByVisitor, Visitor: "v_x", Conversation: "k_open"}}, "", forged)
		defer g.Detach()
		synctest.Wait()
		for _, l := range lines {
			l.taken(t)
		}
		visitor.take()
		forged.take()
		for _, c := range []chat.ConversationID{"k_open", "k_shut", "k_team"} {
			r.say(c, ada, "CANARY")
		}
		time.Sleep(2 * RowEvery)
		synctest.Wait()
		for name, want := range map[string]string{"ada": "event:message event:message event:message ", "bob": "event:message event:message event:message ", "out": "", "owner": ""} {
			if got := eventKinds(lines[name].taken(t)); got != want {
				t.Errorf("%s received %q, want %q", name, got, want)
			}
		}
		for _, l := range []*line{visitor, forged} {
			if raw, _ := l.take(); len(raw) != 0 {
				t.Errorf("a visitor received %s", raw)
			}
		}
	})
}

// Who is removed, who leaves, and from whom a channel is closed loses it at once,
// live and on resume; who left an open one is told that and hears no more.
func TestTalk_LosingItTakesItFromEveryDevice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		ada, bob, owner := r.hire("a_1", chat.Member), r.hire("a_2", chat.Member), r.hire("a_4", chat.Owner)
		r.channel("k_shut", true, ada, bob)
		r.channel("k_open", false, ada, bob)
		synctest.Wait()
		live, f1 := r.follow(bob, "")
		away, f2 := r.follow(bob, "")
		boss, f3 := r.follow(owner, "")
		defer f1.Detach()
		defer f3.Detach()
		synctest.Wait()
		live.taken(t)
		boss.taken(t)
		cursor := lastCursor(t, away)
		f2.Detach()
		events, err := chat.RemoveFromTalk(r.src.look("k_shut"), ada, bob, time.Now())
		r.do("k_shut", events, err)
		r.say("k_shut", ada, "CANARY")
		events, err = chat.LeaveTalk(r.src.look("k_open"), bob, time.Now())
		r.do("k_open", events, err)
		r.say("k_open", ada, "he is gone")
		synctest.Wait()
		if got := eventKinds(live.taken(t)); got != "gone event:talk.left " {
			t.Errorf("live: %q", got)
		}
		back, f := r.attach(bob, "", cursor)
		synctest.Wait()
		frames := back.taken(t)
		cursor = frames[len(frames)-1].Cursor
		if got := eventKinds(frames); got != "hello gone event:talk.left " {
			t.Errorf("on resume: %q", got)
		}
		f.Detach()
		shut := true
		events, err = chat.ChangeTalk(r.src.look("k_open"), ada, chat.TalkChange{Closed: &shut}, time.Now())
		r.do("k_open", events, err)
		synctest.Wait()
		back, f = r.attach(bob, "", cursor)
		defer f.Detach()
		synctest.Wait()
		for who, l := range map[string]*line{"who had left, live": live, "an owner who was never in it": boss} {
			if got := eventKinds(l.taken(t)); got != "gone " {
				t.Errorf("closing an open channel: %s received %q", who, got)
			}
		}
		if got := eventKinds(back.taken(t)); got != "hello gone " {
			t.Errorf("who had left, on resume: %q", got)
		}
	})
}

// Leaving a group leaves its channel: the line is reset at that position, and
// nothing of the channel comes any more.
func TestTalk_LeavingAGroupLeavesItsChannelAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		ada, bob := r.hire("a_1", chat.Member, "g_1"), r.hire("a_2", chat.Member, "g_1")
		r.do("k_team", chat.MakeGroupChannel(chat.System(), chat.Group{ID: "g_1"}, time.Now()), nil)
		synctest.Wait()
		live, f1 := r.follow(bob, "")
		away, f2 := r.follow(bob, "")
		defer f1.Detach()
		synctest.Wait()
		live.taken(t)
		cursor := lastCursor(t, away)
		f2.Detach()
		bob = bob.Expel("g_1")
		r.src.commit(chat.TeamConversation, chat.Fact(chat.KindAgent, chat.System(), chat.ForAgents, 1, bob))
		r.say("k_team", ada, "CANARY")
		synctest.Wait()
		if got := eventKinds(live.taken(t)); got != "reset " {
			t.Errorf("live: %q", got)
		}
		back, f := r.attach(bob, "", cursor)
		defer f.Detach()
		synctest.Wait()
		if got := eventKinds(back.taken(t)); got != "hello reset " {
			t.Errorf("on resume: %q", got)
		}
		head, _ := r.src.Head(context.Background())
		up(t, f1, upFrame{Type: "from", Cursor: r.hub.Seal(bob.Viewer(), head)})
		synctest.Wait()
		live.taken(t)
		r.say("k_team", ada, "CANARY")
		synctest.Wait()
		if got := eventKinds(live.taken(t)); got != "" {
			t.Errorf("from the new snapshot: %q", got)
		}
	})
}

func TestTalk_TypingIsHeardByThoseWithin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		ada, bob, out := r.hire("a_1", chat.Member), r.hire("a_2", chat.Member), r.hire("a_3", chat.Member)
		r.channel("k_open", false, ada, bob)
		synctest.Wait()
		la, fa := r.follow(ada, "")
		lb, fb := r.follow(bob, "")
		lo, fo := r.follow(out, "")
		defer fa.Detach()
		defer fb.Detach()
		defer fo.Detach()
		synctest.Wait()
		la.taken(t)
		lb.taken(t)
		lo.taken(t)
		up(t, fa, upFrame{Type: "typing", Conversation: "k_open", Voice: chat.VoiceReply, On: true})
		up(t, fo, upFrame{Type: "typing", Conversation: "k_open", Voice: chat.VoiceNote, On: true})
		synctest.Wait()
		frames := only(lb.taken(t), "signal")
		if len(frames) != 1 || frames[0].Signal.Actor.ID != "a_1" || frames[0].Signal.Audience != chat.ForAgents {
			t.Errorf("who is in it hears %+v", frames)
		}
		if frames := only(lo.taken(t), "signal"); len(frames) != 0 {
			t.Errorf("who is not in it hears %+v", frames)
		}
		typing := func(a chat.Agent) int {
			return len(slices.DeleteFunc(r.hub.Signals(a.Viewer()), func(s chat.Signal) bool { return s.Kind != chat.SignalTyping }))
		}
		if typing(out) != 0 || typing(bob) != 1 {
			t.Errorf("a snapshot tells who is not in it of %d that type, and who is of %d", typing(out), typing(bob))
		}
	})
}

// talkReader holds what a client holds of a channel, and forgets it where it is told.
type talkReader struct {
	agent  chat.Agent
	line   *line
	feed   *Feed
	cursor string
	held   map[int64]chat.Event
}

// Whatever is done to a channel, live or while somebody is away: nothing comes that
// its reader may not see at that moment, who is not admitted any more holds nothing
// of it once he is level, and who is in it holds everything since he came.
func TestTalk_NobodyHoldsWhatHeMayNotSee(t *testing.T) {
	t.Parallel()
	var events, gones int
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			e, g := walkTalk(t, rand.New(rand.NewPCG(seed, 9)))
			events, gones = events+e, gones+g
		})
	}
	if events < 500 || gones < 50 {
		t.Errorf("only %d events and %d gones came", events, gones)
	}
}

func walkTalk(t *testing.T, rng *rand.Rand) (events, gones int) {
	r := open(defaults())
	defer r.stop()
	var readers []*talkReader
	for i := range 4 {
		role := chat.Member
		if i == 3 {
			role = chat.Admin
		}
		readers = append(readers, &talkReader{agent: r.hire(chat.AgentID(fmt.Sprintf("a_%d", i)), role), held: map[int64]chat.Event{}})
	}
	synctest.Wait()
	for _, c := range readers {
		c.line, c.feed = r.follow(c.agent, "")
	}
	synctest.Wait()
	r.channel("k_1", rng.IntN(2) == 0, readers[0].agent, readers[1].agent)
	for range 60 {
		by, other := readers[rng.IntN(4)], readers[rng.IntN(4)]
		s := r.src.look("k_1")
		var made []chat.Event
		switch rng.IntN(9) {
		case 0, 1:
			made, _ = chat.SayInTalk(s, by.agent, chat.NewLine{Text: "x"}, time.Now())
		case 2:
			made, _ = chat.JoinTalk(s, by.agent, time.Now())
		case 3:
			made, _ = chat.LeaveTalk(s, by.agent, time.Now())
		case 4:
			made, _ = chat.AddToTalk(s, by.agent, []chat.Agent{other.agent}, time.Now())
		case 5:
			made, _ = chat.RemoveFromTalk(s, by.agent, other.agent, time.Now())
		case 6:
			shut := rng.IntN(2) == 0
			made, _ = chat.ChangeTalk(s, by.agent, chat.TalkChange{Closed: &shut}, time.Now())
		case 7:
			made, _ = chat.ArchiveTalk(s, readers[0].agent, false, time.Now())
		case 8:
			if by.feed != nil {
				by.feed.Detach()
				e, g := by.take(t, r)
				events, gones, by.feed = events+e, gones+g, nil
			} else {
				by.line, by.feed = r.attach(by.agent, "", by.cursor)
			}
		}
		r.do("k_1", made, nil)
		synctest.Wait()
		for _, c := range readers {
			if c.feed != nil {
				e, g := c.take(t, r)
				events, gones = events+e, gones+g
				c.check(t, r)
			}
		}
	}
	for _, c := range readers {
		if c.feed != nil {
			c.feed.Detach()
		}
	}
	return events, gones
}

// take takes what came, each event of which must be visible now: nothing happens
// between two takes but one commit.
func (c *talkReader) take(t *testing.T, r *room) (events, gones int) {
	t.Helper()
	acc := r.src.look("k_1").Access()
	for _, d := range c.line.taken(t) {
		if d.Cursor != "" {
			c.cursor = d.Cursor
		}
		switch d.Type {
		case "event":
			if !chat.Visible(d.Event, acc, c.agent.Viewer()) {
				t.Fatalf("%s received %s %d, which he may not see", c.agent.ID, d.Event.Kind, d.Event.Seq)
			}
			c.held[d.Event.Seq] = d.Event
			events++
		case "gone":
			c.held = map[int64]chat.Event{}
			gones++
		case "reset":
			t.Fatalf("%s was reset", c.agent.ID)
		}
	}
	return events, gones
}

func (c *talkReader) check(t *testing.T, r *room) {
	t.Helper()
	s := r.src.look("k_1")
	if !s.Access().Admits(c.agent.Viewer()) && len(c.held) > 0 {
		t.Fatalf("%s still holds %v of a channel that he may not see", c.agent.ID, slices.Sorted(maps.Keys(c.held)))
	}
	if !s.Access().Within(c.agent.Viewer()) {
		return
	}
	for seq := s.Conversation.Head; seq > 0; seq-- {
		e, held := c.held[seq]
		if !held {
			t.Fatalf("%s, who is in it, lacks %d of %d", c.agent.ID, seq, s.Conversation.Head)
		}
		b, _ := chat.Decode[chat.Talkers](e)
		if e.Kind == chat.KindTalkJoined && slices.Contains(b.Agents, c.agent.ID) || e.Kind == chat.KindTalkCreated {
			return // what was before he loads
		}
	}
}
