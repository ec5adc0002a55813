package stream

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
)

func TestResume_AnswersExactlyUpToTheLimit(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 10, 499, 500, 501} {
		for _, restarted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d events, restarted %v", n, restarted), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { resumeAfter(t, n, restarted) })
			})
		}
	}
}

// resumeAfter lets a visitor and the agent who answers him miss n events.
func resumeAfter(t *testing.T, n int, restarted bool) {
	r := open(defaults())
	defer func() { r.stop() }()
	a := r.hire("a_1", chat.Member)
	r.ask("c_1", 1, chat.PolicyOpen)
	r.take("c_1", a)
	agent, f := r.follow(a, "")
	visitor, g := r.visit("c_1", 2)
	synctest.Wait()
	agentCursor, visitorCursor := lastCursor(t, agent), lastCursor(t, visitor)
	f.Detach()
	g.Detach()
	r.ask("c_1", n, chat.PolicyOpen)
	synctest.Wait()
	if restarted {
		src, b := r.src, r.bus
		r.stop()
		r = open(defaults())
		r.stop()
		r = &room{src: src, bus: b}
		r.hub = newHub(src, b, Options{Key: make([]byte, 32)}, defaults())
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- r.hub.Run(ctx) }()
		r.stop = func() { cancel(); <-done }
	}
	agent, f = r.attach(a, "", agentCursor)
	defer f.Detach()
	v := visitorOf("c_1")
	visitor = newLine()
	g = r.hub.Attach(Reader{Viewer: v.Viewer()}, visitorCursor, visitor)
	defer g.Detach()
	synctest.Wait()
	for who, frames := range map[string][]down{"agent": agent.taken(t), "visitor": visitor.taken(t)} {
		if n > chat.MaxResume {
			wantTypes(t, frames, "hello", "reset")
			if frames[0].Resumed || frames[1].Reason != reasonGap {
				t.Errorf("%s: %+v, want reset for a gap", who, frames)
			}
			continue
		}
		if len(frames) != n+2 || !frames[0].Resumed || frames[n+1].Type != "ping" {
			t.Fatalf("%s: %d frames, want hello, %d events, ping", who, len(frames), n)
		}
		for i, d := range only(frames, "event") {
			if want := fmt.Sprintf("question %d", i); !strings.Contains(string(d.Event.Body), want) {
				t.Fatalf("%s: event %d is %s", who, i, d.Event.Body)
			}
		}
	}
}

func lastCursor(t *testing.T, l *line) string {
	t.Helper()
	cursor := ""
	for _, d := range l.taken(t) {
		if d.Cursor != "" {
			cursor = d.Cursor
		}
	}
	if cursor == "" {
		t.Fatal("no cursor came")
	}
	return cursor
}

func TestCursor_WrongOnesAnswerReset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a, b := r.hire("a_1", chat.Member), r.hire("a_2", chat.Member)
		r.ask("c_1", 2, chat.PolicyOpen)
		r.ask("c_2", 2, chat.PolicyOpen)
		synctest.Wait()
		head, _ := r.src.Head(context.Background())
		good := r.hub.Seal(a.Viewer(), head)
		elsewhere := newSealer(make([]byte, 32), "another epoch")
		otherKey := newSealer([]byte("another key"), "one")
		older := a.Viewer()
		older.Rights = 7
		cases := []struct {
			name, cursor string
			want         reason
		}{
			{"none", "", reasonNew},
			{"tampered", good[:20] + flip(good[20]) + good[21:], reasonBad},
			{"shortened", good[:30], reasonBad},
			{"not base64", "%%%", reasonBad},
			{"10 kB", strings.Repeat("A", 10_000), reasonBad},
			{"another agent's", r.hub.Seal(b.Viewer(), head), reasonBad},
			{"a visitor's", r.hub.SealVisitor(visitorOf("c_1").Viewer(), 2), reasonBad},
			{"another key", otherKey.seal(a.Viewer(), mark{pos: head.Pos, fp: fingerprint(head.Event), low: head.Pos}), reasonBad},
			{"another epoch", elsewhere.seal(a.Viewer(), mark{pos: head.Pos, fp: fingerprint(head.Event), low: head.Pos}), reasonEpoch},
			{"another event there", r.hub.Seal(a.Viewer(), chat.Position{Pos: head.Pos, Event: "e_other"}), reasonEpoch},
			{"ahead of the log", r.hub.Seal(a.Viewer(), chat.Position{Pos: head.Pos + 1, Event: "e_x"}), reasonEpoch},
			{"other rights", r.hub.Seal(older, head), reasonRights},
		}
		for _, c := range cases {
			l, f := r.attach(a, "", c.cursor)
			synctest.Wait()
			frames := l.taken(t)
			if len(frames) != 2 || frames[0].Type != "hello" || frames[0].Resumed || frames[1].Reason != c.want {
				t.Errorf("%s: %+v, want reset %q", c.name, frames, c.want)
			}
			f.Detach()
		}
		visitors := []struct {
			name, cursor string
			want         reason
		}{
			{"another visitor's", r.hub.SealVisitor(visitorOf("c_2").Viewer(), 2), reasonBad},
			{"ahead", r.hub.SealVisitor(visitorOf("c_1").Viewer(), 3), reasonEpoch},
			{"another event there", r.hub.seal.seal(visitorOf("c_1").Viewer(), mark{low: 2, lowFP: 1}), reasonEpoch},
		}
		for _, c := range visitors {
			l := newLine()
			f := r.hub.Attach(Reader{Viewer: visitorOf("c_1").Viewer()}, c.cursor, l)
			synctest.Wait()
			frames := l.taken(t)
			if len(frames) != 2 || frames[1].Reason != c.want {
				t.Errorf("visitor, %s: %+v, want reset %q", c.name, frames, c.want)
			}
			f.Detach()
		}
	})
}

func flip(b byte) string {
	if b == 'A' {
		return "B"
	}
	return "A"
}

// A cursor tells nothing: those of a busy and of a quiet system look alike.
func TestCursor_TellsNothing(t *testing.T) {
	t.Parallel()
	s := newSealer(make([]byte, 32), "one")
	v := visitorOf("c_1").Viewer()
	first := s.seal(v, mark{pos: 1, low: 1})
	if again := s.seal(v, mark{pos: 1, low: 1}); again == first {
		t.Error("the same place has the same cursor: a reader could see that nothing happened")
	}
	if far := s.seal(v, mark{pos: 1 << 40, low: 1 << 30}); len(far) != len(first) {
		t.Errorf("cursors of %d and %d characters", len(first), len(far))
	}
}

// A snapshot may be newer than the tailer by a moment.
func TestResume_SnapshotAheadOfTheTailer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		synctest.Wait()
		r.src.deaf = true
		r.src.commit(chat.TeamConversation, chat.Fact(chat.KindSite, chat.System(), chat.ForAgents, 1, chat.Site{}))
		l, f := r.follow(a, "")
		defer f.Detach()
		synctest.Wait()
		wantTypes(t, l.taken(t), "hello", "ping")
	})
}

// Thousands of visitors who come back at once must not ask the database.
func TestResume_VisitorFromTheRingCostsNoQuery(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		l, f := r.visit("c_1", 0)
		synctest.Wait()
		cursor := lastCursor(t, l)
		f.Detach()
		r.ask("c_1", 3, chat.PolicyOpen)
		synctest.Wait()
		before := r.src.queries
		l = newLine()
		f = r.hub.Attach(Reader{Viewer: visitorOf("c_1").Viewer()}, lastOf(t, r, cursor), l)
		defer f.Detach()
		synctest.Wait()
		wantTypes(t, l.taken(t), "hello", "event", "event", "event", "ping")
		if asked := r.src.queries - before; asked != 0 {
			t.Errorf("%d queries, want none", asked)
		}
	})
}

// lastOf returns the cursor that a connected visitor holds after something has
// happened in the log: one with a position.
func lastOf(t *testing.T, r *room, cursor string) string {
	t.Helper()
	if m, why := r.hub.seal.open(visitorOf("c_1").Viewer(), cursor); why != "" || m.pos == 0 {
		r.src.mu.Lock()
		defer r.src.mu.Unlock()
		return r.hub.seal.seal(visitorOf("c_1").Viewer(), mark{pos: 1, fp: fingerprint(r.src.entries[0].Event.ID)})
	}
	return cursor
}

// A lost wake-up and a lost batch cost at most the safety poll.
func TestTailer_LostWakeUpCostsAQuarterSecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		l, f := r.visit("c_1", 0)
		defer f.Detach()
		synctest.Wait()
		l.taken(t)
		r.src.deaf = true
		m := chat.NewMessage{Text: "hello", Begin: chat.Beginning{Group: chat.Group{ID: "g_1", Policy: chat.PolicyOpen}}}
		events, _ := chat.Post(r.src.look("c_1"), visitorOf("c_1").Actor(), m, time.Now())
		r.src.commit("c_1", events...)
		time.Sleep(251 * time.Millisecond)
		synctest.Wait()
		if got := len(only(l.taken(t), "event")); got != 1 {
			t.Errorf("%d events after 251 ms, want 1", got)
		}
	})
}

// What was taken back aside must not come from memory either, and what stays of it is
// what the log has: whoever folds it comes to the same.
func TestRing_WhatWasTakenBackIsThereAsItIsStored(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		r.ask("c_1", 1, chat.PolicyOpen)
		r.take("c_1", a)
		l, f := r.follow(a, "s_1")
		synctest.Wait()
		cursor := lastCursor(t, l)
		f.Detach()
		at := chat.Micros(time.Now())
		say := func(kind chat.Kind, said chat.Said) chat.Event {
			said.Text = "SECRET"
			r.src.commit("c_1", chat.Fact(kind, a.Actor(), chat.ForAgents, at, said))
			return r.src.entries[len(r.src.entries)-1].Event
		}
		asked := say(chat.KindSideAsked, chat.Said{Asks: &chat.SideAsked{Name: "Billing", Talk: "k_1", Message: 1}})
		back, kept, err := chat.TakeBackAside(asked, nil, a.Actor(), time.Now())
		r.do("c_1", back, err)
		want := map[int64]chat.Said{asked.Seq: kept}
		for kind, said := range map[chat.Kind]chat.Said{chat.KindNote: {Answer: &chat.SideAnswer{Side: asked.Seq, Talk: "k_1", Seq: 2}}, chat.KindMessage: {Bridge: true, ReplyTo: 1}} {
			e := say(kind, said)
			r.src.commit("c_1", chat.Fact(chat.KindRedact, a.Actor(), chat.ForAgents, at, chat.Redacted{Target: e.Seq}))
			said.Emptied = at
			want[e.Seq] = said
		}
		synctest.Wait()
		l, f = r.attach(a, "s_1", cursor)
		defer f.Detach()
		synctest.Wait()
		got := map[int64]chat.Said{}
		for _, d := range only(l.taken(t), "event") {
			if said, err := chat.Decode[chat.Said](d.Event); err == nil && want[d.Event.Seq].Emptied != 0 {
				got[d.Event.Seq] = said
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("from memory (-stored +got):\n%s", diff)
		}
	})
}

// What was taken back must not come from memory.
func TestRing_FormerWordsAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		r.ask("c_1", 1, chat.PolicyOpen)
		r.take("c_1", a)
		l, f := r.visit("c_1", 2)
		synctest.Wait()
		cursor := lastCursor(t, l)
		f.Detach()
		post := func(text string) chat.Event {
			events, err := chat.Post(r.src.look("c_1"), a.Actor(), chat.NewMessage{Text: text}, time.Now())
			r.do("c_1", events, err)
			synctest.Wait()
			return r.src.entries[len(r.src.entries)-1].Event
		}
		edit, _, err := chat.Edit(post("SECRET one"), a.Actor(), "better", time.Now())
		r.do("c_1", []chat.Event{edit}, err)
		redact, _, err := chat.Redact(post("SECRET two"), a.Actor(), time.Now())
		r.do("c_1", []chat.Event{redact}, err)
		third := post("SECRET three")
		edit, said, err := chat.Edit(third, a.Actor(), "SECRET four", time.Now())
		r.do("c_1", []chat.Event{edit}, err)
		third.Body = encode(said)
		redact, _, err = chat.Redact(third, a.Actor(), time.Now())
		r.do("c_1", []chat.Event{redact}, err)
		synctest.Wait()
		l = newLine()
		f = r.hub.Attach(Reader{Viewer: visitorOf("c_1").Viewer()}, cursor, l)
		defer f.Detach()
		synctest.Wait()
		frames := l.taken(t)
		wantTypes(t, frames, "hello", "event", "event", "event", "event", "event", "event", "event", "ping")
		for _, d := range frames {
			if strings.Contains(string(d.Event.Body), "SECRET") {
				t.Errorf("a visitor received former words: %s", d.Event.Body)
			}
		}
	})
}
