package stream

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/internal/chat"
)

func TestResume_SlowClientSeesEachEventOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lim := defaults()
		lim.queueBytes = 16 << 10
		r := open(lim)
		defer r.stop()
		l, f := r.visit("c_1", 0)
		defer f.Detach()
		synctest.Wait()
		l.taken(t)
		l.block()
		r.ask("c_1", 300, chat.PolicyOpen)
		time.Sleep(5 * time.Second)
		r.ask("c_1", 100, chat.PolicyOpen)
		l.release()
		synctest.Wait()
		events := only(l.taken(t), "event")
		if len(events) != 400 {
			t.Fatalf("%d events, want 400", len(events))
		}
		for i, d := range events {
			if d.Event.Seq != int64(i+1) {
				t.Fatalf("event %d has seq %d", i, d.Event.Seq)
			}
		}
		if r.hub.Stats().Lagged == 0 {
			t.Error("the queue was never over its bound; the test shows nothing")
		}
	})
}

func TestFeed_OldQueueIsReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		l, f := r.visit("c_1", 0)
		defer f.Detach()
		synctest.Wait()
		l.block()
		r.ask("c_1", 2, chat.PolicyOpen) // one is being written, one waits
		synctest.Wait()
		// The first write ends just before its own limit; the one that waits is
		// older than a queue may be when the next comes.
		time.Sleep(9900 * time.Millisecond)
		l.release()
		l.block()
		time.Sleep(200 * time.Millisecond)
		r.ask("c_1", 1, chat.PolicyOpen)
		synctest.Wait()
		l.release()
		synctest.Wait()
		if got := len(only(l.taken(t), "event")); got != 3 {
			t.Fatalf("%d events, want 3", got)
		}
	})
}

func TestFeed_BlockedWriteIsCutWith4408(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		l, f := r.visit("c_1", 0)
		defer f.Detach()
		synctest.Wait()
		l.taken(t)
		l.block()
		r.ask("c_1", 1, chat.PolicyOpen)
		time.Sleep(10*time.Second + time.Millisecond)
		synctest.Wait()
		frames, code := l.take()
		if len(frames) != 0 || code != CloseSlow {
			t.Fatalf("%d frames and code %d, want none and %d", len(frames), code, CloseSlow)
		}
		if r.hub.Stats().Feeds != 0 {
			t.Error("the feed is still registered")
		}
	})
}

func TestFeed_IdleHasNoGoroutineAndNoQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		_, f := r.visit("c_1", 0)
		defer f.Detach()
		r.ask("c_1", 3, chat.PolicyOpen)
		synctest.Wait()
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.running || f.queue != nil || f.budget != nil {
			t.Errorf("running %v, queue %v, budget %v; want none", f.running, f.queue, f.budget)
		}
	})
}

func TestFeed_NothingIsWrittenAfterDetach(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		l, f := r.visit("c_1", 0)
		synctest.Wait()
		l.block()
		r.ask("c_1", 5, chat.PolicyOpen)
		synctest.Wait()
		time.AfterFunc(time.Second, l.release)
		f.Detach()
		before := len(l.taken(t))
		r.ask("c_1", 5, chat.PolicyOpen)
		time.Sleep(time.Minute)
		if after := len(l.taken(t)); after != 0 {
			t.Errorf("%d frames after Detach (%d before)", after, before)
		}
		f.Detach() // twice does no harm
	})
}

func TestPing_SaysEvery20sHowFar(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		l, f := r.follow(a, "")
		synctest.Wait()
		wantTypes(t, l.taken(t), "hello", "ping")
		time.Sleep(60*time.Second + time.Millisecond)
		synctest.Wait()
		pings := only(l.taken(t), "ping")
		if len(pings) != 3 {
			t.Fatalf("%d pings in 60 s, want 3", len(pings))
		}
		f.Detach()
		r.ask("c_1", 1, chat.PolicyOpen)
		synctest.Wait()
		l, f = r.attach(a, "", pings[2].Cursor)
		defer f.Detach()
		synctest.Wait()
		wantTypes(t, l.taken(t), "hello", "row", "ping")
	})
}

func TestPing_WithoutCursorWhileASnapshotIsAwaited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		l, f := r.attach(r.hire("a_1", chat.Member), "", "")
		defer f.Detach()
		time.Sleep(20 * time.Second)
		synctest.Wait()
		frames := l.taken(t)
		wantTypes(t, frames, "hello", "reset", "ping")
		if frames[2].Cursor != "" || frames[0].Resumed || frames[1].Reason != reasonNew {
			t.Errorf("frames %+v", frames)
		}
	})
}

func TestShutdown_SpreadsTheReturn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		const n = 2000
		lines := make([]*line, n)
		feeds := make([]*Feed, n)
		for i := range lines {
			lines[i], feeds[i] = r.visit(chat.ConversationID(fmt.Sprintf("c_%d", i)), 0)
		}
		synctest.Wait()
		r.stop()
		var least, most int64 = 1 << 40, 0
		var seconds [4]int
		for i, l := range lines {
			frames, code := l.take()
			last := parse(t, frames[len(frames)-1])
			if code != CloseShutdown || last.Type != "bye" || last.Code != CloseShutdown {
				t.Fatalf("line %d: code %d, last frame %+v", i, code, last)
			}
			least, most = min(least, last.After), max(most, last.After)
			seconds[min(last.After/1000, 3)]++
			feeds[i].Detach()
		}
		// 2,000 feeds at 500 a second need four seconds. The times are drawn: beyond
		// these bounds is what happens once in a hundred million runs.
		if least > 40 || most < 3960 || most > 4000 {
			t.Errorf("they come back after %d to %d ms, want spread over 0 to 4000", least, most)
		}
		if slices.Min(seconds[:]) < 380 || slices.Max(seconds[:]) > 620 {
			t.Errorf("so many come back each second: %v, want about 500", seconds)
		}
		l, f := r.visit("c_1", 0)
		synctest.Wait()
		if _, code := l.take(); code != CloseShutdown {
			t.Errorf("who comes late gets code %d, want %d", code, CloseShutdown)
		}
		f.Detach()
	})
}

func TestSession_EndedIsCutWith4403(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		session chat.SessionID
		codes   [2]int // of the sessions n_1 and n_2
	}{
		{"one of them", "n_1", [2]int{CloseRevoked, 0}},
		{"all of them", "", [2]int{CloseRevoked, CloseRevoked}},
		{"another", "n_9", [2]int{0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := open(defaults())
				defer r.stop()
				a := r.hire("a_1", chat.Member)
				l1, f1 := r.follow(a, "n_1")
				l2, f2 := r.follow(a, "n_2")
				defer f1.Detach()
				defer f2.Detach()
				synctest.Wait()
				r.do(chat.AgentConversation("a_1"), []chat.Event{chat.Fact(chat.KindSession, a.Actor(), chat.ForAgents, 1, chat.SessionEnded{Session: c.session})}, nil)
				synctest.Wait()
				_, code1 := l1.take()
				_, code2 := l2.take()
				if got := [2]int{code1, code2}; got != c.codes {
					t.Errorf("codes %v, want %v", got, c.codes)
				}
			})
		})
	}
}

// The session ends after the request was checked and before the feed listens.
func TestSession_EndedBeforeAttachIsCutWith4403(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		r.src.ended["n_1"] = true
		l, f := r.follow(a, "n_1")
		defer f.Detach()
		synctest.Wait()
		if _, code := l.take(); code != CloseRevoked {
			t.Errorf("code %d, want %d", code, CloseRevoked)
		}
	})
}

func TestRights_DisabledAgentIsCutWith4403(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		l, f := r.follow(a, "n_1")
		defer f.Detach()
		synctest.Wait()
		a.Disabled = true
		r.do(chat.TeamConversation, []chat.Event{chat.Fact(chat.KindAgent, chat.System(), chat.ForAgents, 1, a)}, nil)
		synctest.Wait()
		if _, code := l.take(); code != CloseRevoked {
			t.Errorf("code %d, want %d", code, CloseRevoked)
		}
	})
}

func TestRights_ChangeAnswersReset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		r.ask("c_1", 1, chat.PolicyGroup)
		l, f := r.follow(a, "n_1")
		defer f.Detach()
		synctest.Wait()
		old := only(l.taken(t), "ping")[0].Cursor
		a.Rights, a.Groups = 1, []chat.GroupID{"g_1"}
		r.do(chat.TeamConversation, []chat.Event{chat.Fact(chat.KindAgent, chat.System(), chat.ForAgents, 1, a)}, nil)
		r.ask("c_1", 1, chat.PolicyGroup)
		synctest.Wait()
		frames := l.taken(t)
		wantTypes(t, frames, "reset")
		if frames[0].Reason != reasonRights {
			t.Errorf("reason %q, want rights", frames[0].Reason)
		}
		up(t, f, upFrame{Type: "from", Cursor: old})
		synctest.Wait()
		wantTypes(t, l.taken(t), "reset") // a snapshot of before does not help
		up(t, f, upFrame{Type: "from", Cursor: r.hub.Seal(a.Viewer(), chat.Position{Pos: 3, Event: r.src.entries[2].Event.ID})})
		synctest.Wait()
		wantTypes(t, l.taken(t), "event", "row", "ping")
	})
}

// The visitor's token ends with the chat, and so does every connection that it
// opened; the end itself is still told.
func TestVisitor_EndedChatEndsTheFeed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		r.ask("c_1", 1, chat.PolicyOpen)
		l, f := r.visit("c_1", 1)
		defer f.Detach()
		synctest.Wait()
		l.taken(t)
		events, err := chat.Close(r.src.look("c_1"), visitorOf("c_1").Actor(), chat.Ended, 0, time.Now())
		r.do("c_1", append(events, endOf("c_1")), err)
		synctest.Wait()
		frames, code := l.take()
		if len(frames) != 2 || parse(t, frames[0]).Event.Kind != chat.KindClosed || code != CloseRevoked {
			t.Errorf("%d frames, code %d; want the end, bye and %d", len(frames), code, CloseRevoked)
		}
	})
}

func endOf(c chat.ConversationID) chat.Event {
	v := visitorOf(c)
	return chat.Fact(chat.KindEnded, v.Actor(), chat.ForAgents, 1, chat.EndedBy{Visitor: v.ID})
}

// Where no thread is open, nothing is told to the visitor, and his line ends all
// the same; a line that comes too late for the word ends, too.
func TestVisitor_EndedTokenEndsTheFeedWithoutAThread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		r.ask("c_1", 1, chat.PolicyOpen)
		r.ask("c_2", 1, chat.PolicyOpen)
		closed, err := chat.Close(r.src.look("c_1"), chat.System(), chat.Abandoned, 0, time.Now())
		r.do("c_1", closed, err)
		l, f := r.visit("c_1", 2)
		defer f.Detach()
		other, g := r.visit("c_2", 1)
		defer g.Detach()
		waits := newLine() // was told to reset and loads its snapshot
		w := r.hub.Attach(Reader{Viewer: visitorOf("c_1").Viewer()}, "", waits)
		defer w.Detach()
		synctest.Wait()
		l.taken(t)
		waits.taken(t)
		r.do("c_1", []chat.Event{endOf("c_1")}, nil)
		synctest.Wait()
		late, h := r.visit("c_1", 2)
		defer h.Detach()
		synctest.Wait()
		for name, one := range map[string]*line{"following": l, "waiting": waits, "late": late} {
			frames, code := one.take()
			if code != CloseRevoked || strings.Contains(string(bytes.Join(frames, nil)), "ended") {
				t.Errorf("%s: %s, code %d; want bye and %d alone", name, frames, code, CloseRevoked)
			}
		}
		if _, code := other.take(); code != 0 {
			t.Errorf("another visitor's line was closed with %d", code)
		}
	})
}

// What the team says among itself leaves no trace on the visitor's line: not a
// frame, not a gap.
func TestVisitor_ANoteLeavesNoTrace(t *testing.T) {
	t.Parallel()
	lines := func(notes bool) (types []string, seqs []int64) {
		synctest.Test(t, func(t *testing.T) {
			r := open(defaults())
			defer r.stop()
			a := r.hire("a_1", chat.Member)
			r.ask("c_1", 1, chat.PolicyOpen)
			r.take("c_1", a)
			l, f := r.visit("c_1", 2)
			defer f.Detach()
			for range 5 {
				if notes {
					r.note("c_1", a, "CANARY")
				}
				time.Sleep(time.Second)
			}
			r.ask("c_1", 1, chat.PolicyOpen)
			time.Sleep(20 * time.Second)
			synctest.Wait()
			for _, d := range l.taken(t) {
				types, seqs = append(types, d.Type), append(seqs, d.Event.Seq)
			}
		})
		return types, seqs
	}
	types, seqs := lines(false)
	typesWith, seqsWith := lines(true)
	if fmt.Sprint(types, seqs) != fmt.Sprint(typesWith, seqsWith) {
		t.Errorf("with notes the visitor's line is %v %v, without %v %v", typesWith, seqsWith, types, seqs)
	}
}

func TestSpread_IsNeverAtOnce(t *testing.T) {
	t.Parallel()
	for range 10_000 {
		if after := spread(2 * time.Millisecond); after.Milliseconds() < 1 || after > 3*time.Millisecond {
			t.Fatalf("a client is sent away for %v, want 1 ms or more", after)
		}
	}
}
