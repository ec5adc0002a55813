package stream

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func TestRows_AtMostOneASecondAndTheFirstAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		l, f := r.follow(r.hire("a_1", chat.Member), "")
		defer f.Detach()
		synctest.Wait()
		l.taken(t)
		r.ask("c_1", 1, chat.PolicyOpen)
		synctest.Wait()
		first := l.taken(t)
		wantTypes(t, first, "row")
		if first[0].Row.Conversation.Head != 2 || first[0].Row.Read != 0 {
			t.Errorf("row %+v", first[0].Row)
		}
		for range 30 {
			time.Sleep(100 * time.Millisecond)
			r.ask("c_1", 1, chat.PolicyOpen)
			synctest.Wait()
		}
		time.Sleep(time.Second)
		synctest.Wait()
		rows := l.taken(t)
		if len(rows) != 4 && len(rows) != 3 {
			t.Errorf("%d rows in four seconds, want 3 or 4", len(rows))
		}
		if last := rows[len(rows)-1]; last.Row.Conversation.Head != 32 {
			t.Errorf("the last row tells of %d events, want 32", last.Row.Conversation.Head)
		}
	})
}

// A ping or an event must not move the cursor past a row that is still held back.
func TestRows_HeldBackRowSurvivesACut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		r.ask("c_1", 1, chat.PolicyOpen)
		r.take("c_1", a)
		l, f := r.follow(a, "")
		synctest.Wait()
		r.ask("c_2", 1, chat.PolicyOpen) // its row goes out at once
		synctest.Wait()
		r.ask("c_2", 1, chat.PolicyOpen) // its row is held back
		r.ask("c_1", 1, chat.PolicyOpen) // this event is not
		synctest.Wait()
		cursor := lastCursor(t, l)
		f.Detach()
		l, f = r.attach(a, "", cursor)
		defer f.Detach()
		synctest.Wait()
		frames := l.taken(t)
		wantTypes(t, frames, "hello", "row", "ping")
		if frames[1].Row.Conversation.Head != 3 {
			t.Errorf("row of %d events, want 3", frames[1].Row.Conversation.Head)
		}
	})
}

func TestWatch_RowThenEveryEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		r.ask("c_1", 3, chat.PolicyOpen)
		synctest.Wait()
		l, f := r.follow(a, "")
		defer f.Detach()
		synctest.Wait()
		l.taken(t)
		up(t, f, upFrame{Type: "watch", Conversations: []chat.ConversationID{"c_1", "c_none"}})
		r.ask("c_1", 2, chat.PolicyOpen)
		synctest.Wait()
		frames := l.taken(t)
		row := only(frames, "row")
		if len(row) != 1 || row[0].Row.Conversation.Head < 4 {
			t.Fatalf("frames %v, row %+v; want one row of at least 4 events", types(frames), row)
		}
		events := only(frames, "event")
		if len(events) != 2 || events[0].Event.Seq != 5 || events[1].Event.Seq != 6 {
			t.Errorf("events %+v, want seq 5 and 6", events)
		}
		up(t, f, upFrame{Type: "watch"})
		r.ask("c_1", 1, chat.PolicyOpen)
		synctest.Wait()
		wantTypes(t, l.taken(t), "row")
	})
}

func TestTake_TheTakerGetsTheEventAndAllAfterIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		r.ask("c_1", 1, chat.PolicyOpen)
		synctest.Wait()
		l, f := r.follow(a, "")
		defer f.Detach()
		synctest.Wait()
		l.taken(t)
		r.take("c_1", a)
		r.ask("c_1", 2, chat.PolicyOpen)
		synctest.Wait()
		events := l.taken(t)
		wantTypes(t, events, "event", "event", "event")
		for i, d := range events {
			if d.Event.Seq != int64(3+i) {
				t.Errorf("event %d has seq %d", i, d.Event.Seq)
			}
		}
	})
}

func TestGone_WhoCouldSeeBeforeAndNotAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		taker, other := r.hire("a_1", chat.Member, "g_1"), r.hire("a_2", chat.Member, "g_1")
		stranger := r.hire("a_3", chat.Member)
		r.ask("c_1", 1, chat.PolicyLead)
		synctest.Wait()
		l2, f2 := r.follow(other, "")
		l3, f3 := r.follow(stranger, "")
		gone, f4 := r.follow(other, "")
		defer f2.Detach()
		defer f3.Detach()
		synctest.Wait()
		cursor := lastCursor(t, gone)
		f4.Detach()
		l2.taken(t)
		l3.taken(t)
		r.take("c_1", taker)
		synctest.Wait()
		wantTypes(t, l2.taken(t), "gone")
		wantTypes(t, l3.taken(t))
		resumed, f := r.attach(other, "", cursor)
		defer f.Detach()
		synctest.Wait()
		wantTypes(t, resumed.taken(t), "hello", "gone", "ping")
	})
}

// A guest reads along while he is one; then what he holds goes, whether he is
// connected at that moment or comes back later, and a colleague notices nothing.
func TestGone_AGuestWhoseAccessEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		lead, guest, stranger := r.hire("a_1", chat.Member, "g_1"), r.hire("a_2", chat.Member), r.hire("a_3", chat.Member)
		r.ask("c_1", 1, chat.PolicyLead)
		r.take("c_1", lead)
		synctest.Wait()
		inside, f1 := r.follow(guest, "")
		outside, f2 := r.follow(stranger, "")
		cutOff, f3 := r.follow(guest, "")
		defer f1.Detach()
		defer f2.Detach()
		up(t, f1, upFrame{Type: "watch", Conversations: []chat.ConversationID{"c_1"}})
		synctest.Wait()
		inside.taken(t)
		outside.taken(t)
		let, err := chat.Grant(r.src.look("c_1"), lead, []chat.Agent{guest}, time.Now())
		r.do("c_1", let, err)
		note, err := chat.AddNote(r.src.look("c_1"), lead.Actor(), chat.NewMessage{Text: "CANARY"}, time.Now())
		r.do("c_1", note, err)
		time.Sleep(2 * RowEvery)
		synctest.Wait()
		wantTypes(t, withoutPings(inside.taken(t)), "event", "event")
		cursor := lastCursor(t, cutOff)
		f3.Detach()
		ends, err := chat.Revoke(r.src.look("c_1"), lead, guest, time.Now())
		r.do("c_1", ends, err)
		note, err = chat.AddNote(r.src.look("c_1"), lead.Actor(), chat.NewMessage{Text: "CANARY"}, time.Now())
		r.do("c_1", note, err)
		time.Sleep(2 * RowEvery)
		synctest.Wait()
		wantTypes(t, withoutPings(inside.taken(t)), "gone")
		wantTypes(t, withoutPings(outside.taken(t)))
		resumed, f := r.attach(guest, "", cursor)
		defer f.Detach()
		synctest.Wait()
		wantTypes(t, resumed.taken(t), "hello", "gone", "ping")
	})
}

func withoutPings(frames []down) []down {
	return slices.DeleteFunc(frames, func(d down) bool { return d.Type == "ping" })
}

// The policy of a former Thread changes under somebody who takes part in the
// present one: what he holds goes, and the row tells that the rest is still his.
func TestGone_AFormerThreadTakesItsWordsAndLeavesThePresentOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		ann, bob := r.hire("a_1", chat.Member), r.hire("a_2", chat.Member)
		r.ask("c_1", 1, chat.PolicyOpen)
		r.take("c_1", bob)
		events, err := chat.Close(r.src.look("c_1"), bob.Actor(), chat.Resolved, 0, time.Now())
		r.do("c_1", events, err)
		r.ask("c_1", 1, chat.PolicyOpen)
		r.take("c_1", ann)
		synctest.Wait()
		lead, f1 := r.follow(ann, "")
		watcher, f2 := r.follow(r.hire("a_4", chat.Member), "")
		cutOff, f4 := r.follow(ann, "")
		defer f1.Detach()
		defer f2.Detach()
		up(t, f2, upFrame{Type: "watch", Conversations: []chat.ConversationID{"c_1"}})
		synctest.Wait()
		cursor := lastCursor(t, cutOff)
		f4.Detach()
		lead.taken(t)
		watcher.taken(t)
		former := r.src.threads["c_1"][0]
		e, changes := chat.SetPolicy(former, chat.Group{ID: former.Group, Policy: chat.PolicyLead}, chat.System(), time.Now())
		if !changes {
			t.Fatal("nothing changes")
		}
		r.do("c_1", []chat.Event{e}, nil)
		time.Sleep(2 * RowEvery)
		wantTypes(t, withoutPings(lead.taken(t)), "gone", "row")
		wantTypes(t, withoutPings(watcher.taken(t)), "gone", "row")
		resumed, f := r.attach(ann, "", cursor)
		defer f.Detach()
		synctest.Wait()
		wantTypes(t, resumed.taken(t), "hello", "gone", "row", "ping")
	})
}

// A group's policy reaches a hundred thousand Threads that are over: lists are not
// told of each. What is open they are told of.
func TestRows_WhoSeesWhatIsOverIsNoNews(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		ann, boss := r.hire("a_1", chat.Member), r.hire("a_3", chat.Supervisor)
		r.ask("c_1", 1, chat.PolicyOpen)
		r.take("c_1", ann)
		l, f := r.follow(boss, "")
		defer f.Detach()
		synctest.Wait()
		l.taken(t)
		change := func(p chat.Policy) {
			e, changes := chat.SetPolicy(*r.src.look("c_1").Thread, chat.Group{ID: "g_1", Policy: p}, chat.System(), time.Now())
			if !changes {
				t.Fatal("nothing changes")
			}
			r.do("c_1", []chat.Event{e}, nil)
			time.Sleep(2 * RowEvery)
		}
		change(chat.PolicyGroup)
		wantTypes(t, withoutPings(l.taken(t)), "row")
		events, err := chat.Close(r.src.look("c_1"), ann.Actor(), chat.Resolved, 0, time.Now())
		r.do("c_1", events, err)
		time.Sleep(2 * RowEvery)
		wantTypes(t, withoutPings(l.taken(t)), "row")
		change(chat.PolicyLead)
		wantTypes(t, withoutPings(l.taken(t)))
	})
}

func TestUp_InvalidFramesAreRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		_, f := r.follow(r.hire("a_1", chat.Member), "")
		defer f.Detach()
		v, g := r.visit("c_1", 0)
		defer g.Detach()
		synctest.Wait()
		many := upFrame{Type: "watch", Conversations: make([]chat.ConversationID, chat.MaxWatch+1)}
		for name, err := range map[string]error{
			"not JSON":          f.Up([]byte("{")),
			"no type":           f.Up([]byte("{}")),
			"unknown type":      f.Up([]byte(`{"type":"sudo"}`)),
			"too long":          f.Up([]byte(`{"type":"` + strings.Repeat("x", MaxFrame) + `"}`)),
			"too many":          f.Up(encode(many)),
			"visitor's watch":   g.Up([]byte(`{"type":"watch","conversations":["c_2"]}`)),
			"wrong field types": f.Up([]byte(`{"type":"watch","conversations":"c_1"}`)),
		} {
			if !chat.IsKind(err, chat.Invalid) {
				t.Errorf("%s: %v, want an error of kind invalid", name, err)
			}
		}
		r.ask("c_2", 1, chat.PolicyOpen)
		synctest.Wait()
		if events := only(v.taken(t), "event"); len(events) != 0 {
			t.Errorf("a visitor who asked to watch received %v", events)
		}
	})
}

func TestUp_AFloodIsCutWith4429(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		l, f := r.follow(r.hire("a_1", chat.Member), "")
		defer f.Detach()
		synctest.Wait()
		for range 31 {
			up(t, f, upFrame{Type: "watch"})
		}
		synctest.Wait()
		if _, code := l.take(); code != CloseTooMany {
			t.Errorf("code %d, want %d", code, CloseTooMany)
		}
	})
}

// signals is a queue with everybody who may listen.
func TestSignals_ReachWhoMayHearThem(t *testing.T) {
	t.Parallel()
	reply, note := chat.VoiceReply, chat.VoiceNote
	for _, c := range []struct {
		name string
		by   string
		up   upFrame
		want string // who hears
	}{
		{"the lead types an answer", "lead", upFrame{Type: "typing", Conversation: "c_1", Voice: reply, On: true}, "member visitor"},
		{"the lead types a note", "lead", upFrame{Type: "typing", Conversation: "c_1", Voice: note, On: true}, "member"},
		{"the lead looks", "lead", upFrame{Type: "viewing", Conversation: "c_1", On: true}, "member"},
		{"a bystander types an answer", "member", upFrame{Type: "typing", Conversation: "c_1", Voice: reply, On: true}, "lead"},
		{"a stranger types", "stranger", upFrame{Type: "typing", Conversation: "c_1", Voice: reply, On: true}, ""},
		{"the visitor types", "visitor", upFrame{Type: "typing", On: true}, "lead member"},
		{"the visitor names another conversation", "visitor", upFrame{Type: "typing", Conversation: "c_2", On: true}, "lead member"},
		{"a reserved conversation", "lead", upFrame{Type: "typing", Conversation: "agent:a_3", On: true}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := open(defaults())
				defer r.stop()
				lead := r.hire("a_1", chat.Member, "g_1")
				r.ask("c_1", 1, chat.PolicyGroup)
				r.ask("c_2", 1, chat.PolicyGroup)
				r.take("c_1", lead)
				synctest.Wait()
				lines, feeds := map[string]*line{}, map[string]*Feed{}
				lines["lead"], feeds["lead"] = r.follow(lead, "")
				lines["member"], feeds["member"] = r.follow(r.hire("a_2", chat.Member, "g_1"), "")
				lines["stranger"], feeds["stranger"] = r.follow(r.hire("a_3", chat.Member), "")
				lines["visitor"], feeds["visitor"] = r.visit("c_1", 2)
				lines["another visitor"], feeds["another visitor"] = r.visit("c_2", 1)
				synctest.Wait()
				for _, l := range lines {
					l.taken(t)
				}
				up(t, feeds[c.by], c.up)
				synctest.Wait()
				var heard []string
				for _, who := range []string{"lead", "member", "stranger", "visitor", "another visitor"} {
					if len(only(lines[who].taken(t), "signal")) > 0 {
						heard = append(heard, who)
					}
					feeds[who].Detach()
				}
				if got := strings.Join(heard, " "); got != c.want {
					t.Errorf("heard by %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestSignals_ASnapshotHoldsTheUnexpired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a, b := r.hire("a_1", chat.Member), r.hire("a_2", chat.Member)
		stranger := r.hire("a_3", chat.Member)
		r.ask("c_1", 1, chat.PolicyOpen)
		r.ask("c_2", 1, chat.PolicyGroup)
		_, f := r.follow(a, "")
		defer f.Detach()
		synctest.Wait()
		up(t, f, upFrame{Type: "viewing", Conversation: "c_1", On: true})
		r.bus.Signal(chat.Signal{Kind: chat.SignalViewing, Conversation: "c_2", Actor: a.Actor(), On: true, Expires: chat.Micros(time.Now().Add(time.Minute))})
		synctest.Wait()
		count := func(v chat.Viewer) (n int) {
			for _, s := range r.hub.Signals(v) {
				if s.Kind == chat.SignalViewing {
					n++
				}
			}
			return n
		}
		if got := [3]int{count(b.Viewer()), count(a.Viewer()), count(visitorOf("c_1").Viewer())}; got != [3]int{1, 0, 0} {
			t.Errorf("colleague, oneself, visitor hear %v, want [1 0 0]", got)
		}
		boss := stranger
		boss.Role = chat.Supervisor
		if got := count(boss.Viewer()); got != 2 {
			t.Errorf("a supervisor hears %d, want 2", got)
		}
		time.Sleep(chat.SignalTTL + time.Second)
		if got := count(b.Viewer()); got != 0 {
			t.Errorf("%d signals after their time, want none", got)
		}
	})
}

func TestSignals_AreCoalescedAndTheFirstToGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		r.ask("c_1", 1, chat.PolicyOpen)
		l, f := r.follow(r.hire("a_1", chat.Member), "")
		defer f.Detach()
		_, g := r.visit("c_1", 1)
		defer g.Detach()
		synctest.Wait()
		l.taken(t)
		l.block()
		r.ask("c_2", 1, chat.PolicyOpen) // a row that is being written
		synctest.Wait()
		for i := range 20 {
			up(t, g, upFrame{Type: "typing", On: i%2 == 0})
			synctest.Wait()
		}
		l.release()
		synctest.Wait()
		signals := only(l.taken(t), "signal")
		if len(signals) != 1 || signals[0].Signal.On {
			t.Errorf("%d signals, want the last alone: %+v", len(signals), signals)
		}
	})
}

func TestPresence_IsToldWhenItChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a, b := r.hire("a_1", chat.Member), r.hire("a_2", chat.Member)
		l, f := r.follow(a, "")
		defer f.Detach()
		v, g := r.visit("c_1", 0)
		defer g.Detach()
		synctest.Wait()
		l.taken(t)
		told := func() (said []bool) {
			synctest.Wait()
			for _, d := range only(l.taken(t), "signal") {
				if d.Signal.Kind != chat.SignalPresence || d.Signal.Actor.ID != "a_2" {
					t.Errorf("signal %+v", d.Signal)
				}
				said = append(said, d.Signal.On)
			}
			return said
		}
		_, first := r.follow(b, "")
		_, second := r.follow(b, "")
		if said := told(); len(said) != 1 || !said[0] {
			t.Errorf("after the first connection: %v, want [true]", said)
		}
		time.Sleep(time.Minute)
		first.Detach()
		if said := told(); len(said) != 0 {
			t.Errorf("while one is left: %v, want nothing", said)
		}
		second.Detach()
		time.Sleep(3 * time.Second) // a reload of the page
		_, third := r.follow(b, "")
		time.Sleep(10 * time.Second)
		if said := told(); len(said) != 0 {
			t.Errorf("after a reload: %v, want nothing", said)
		}
		third.Detach()
		time.Sleep(7 * time.Second)
		if said := told(); len(said) != 1 || said[0] {
			t.Errorf("after the last one: %v, want [false]", said)
		}
		// A node that dies says nothing; its word expires.
		r.bus.Signal(chat.Signal{Kind: chat.SignalPresence, Actor: b.Actor(), Audience: chat.ForAgents, On: true, Expires: chat.Micros(time.Now().Add(30 * time.Second))})
		time.Sleep(time.Minute)
		if said := told(); len(said) != 2 || !said[0] || said[1] {
			t.Errorf("of a node that died: %v, want [true false]", said)
		}
		if signals := only(v.taken(t), "signal"); len(signals) != 0 {
			t.Errorf("a visitor heard of presence: %+v", signals)
		}
	})
}

func TestPresent_ListsEachDeviceOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		_, f1 := r.follow(a, "n_desk")
		_, f2 := r.follow(a, "n_desk")
		_, f3 := r.follow(a, "n_phone")
		_, g := r.visit("c_1", 0)
		if got := len(r.hub.Present()); got != 3 {
			t.Errorf("%d present, want two devices of the agent and the visitor", got)
		}
		f1.Detach()
		f3.Detach()
		g.Detach()
		if who := r.hub.Present(); len(who) != 1 || who[0] != (store.Present{Agent: "a_1", Session: "n_desk"}) {
			t.Errorf("present %+v, want the agent at his desk", who)
		}
		f2.Detach()
	})
}
