package routing_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// TestWalk_ReachesEveryKindOfDecision holds that the properties are asked of
// everything that the router does.
func TestWalk_ReachesEveryKindOfDecision(t *testing.T) {
	t.Parallel()
	seen := map[routing.Kind]int{}
	walk(t, func(_ *rapid.T, _ routing.State, _ time.Time, ds []routing.Decision, _ time.Time) {
		for _, d := range ds {
			seen[d.Kind]++
		}
	})
	for _, k := range []routing.Kind{routing.DoOffer, routing.DoWithdraw, routing.DoExpire, routing.DoAssign, routing.DoPromote, routing.DoRequeue, routing.DoWarn, routing.DoAway,
		routing.DoWarnIdle, routing.DoIdle, routing.DoWake, routing.DoAlarm, routing.DoAsk, routing.DoReturn, routing.DoQueueFull, routing.DoQueueOpen, routing.DoEndPass, routing.DoInvite, routing.DoInviteEnd} {
		if seen[k] < 3 {
			t.Errorf("%s was decided %d times", k, seen[k])
		}
	}
	t.Log(seen)
}

func TestDecide_NeverAboveCapacity(t *testing.T) {
	t.Parallel()
	walk(t, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, _ time.Time) {
		s = copied(s)
		for _, d := range ds {
			s.Apply(d)
			o := oracle{State: s, now: chat.Micros(now)}
			i := slices.IndexFunc(s.Agents, func(a routing.Agent) bool { return a.ID == d.Agent })
			if i < 0 {
				continue
			}
			load, limit := o.load(d.Agent, ""), s.LimitOf(s.Agents[i])
			g := routing.Group{}
			if d.Group != "" {
				g = o.group(d.Group)
			}
			switch d.Kind {
			case routing.DoOffer, routing.DoAssign, routing.DoPromote, routing.DoInvite:
				if load > limit || (g.Limit > 0 && o.load(d.Agent, g.ID) > 100*g.Limit) {
					t.Fatalf("%s holds %d of %d after: %s", d.Agent, load, limit, prefix(ds))
				}
			case routing.DoWake:
				above := load - limit
				member := slices.ContainsFunc(g.Members, func(m routing.Member) bool { return m.Agent == d.Agent })
				if g.Limit > 0 && member {
					above = max(above, o.load(d.Agent, g.ID)-100*g.Limit)
				}
				if above > 100 || (above > 0) != d.Over {
					t.Fatalf("%s holds %d of %d, over %v, after: %s", d.Agent, load, limit, d.Over, prefix(ds))
				}
			}
		}
	})
}

func TestDecide_NobodyWaitsBesideAFreeAbleAgent(t *testing.T) {
	t.Parallel()
	walk(t, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, _ time.Time) {
		s = copied(s)
		s.Apply(ds...)
		o := oracle{State: s, now: chat.Micros(now)}
		for _, one := range s.Threads {
			method := o.group(one.Group).Distribution.Method
			ringing := method == routing.RingAll && one.Mode != routing.Mail
			if chosen(one) || one.State != chat.Queued || (method == routing.Pull && one.Held == nil) || (len(one.Offers) > 0 && !ringing) || o.waitsForOwner(one) {
				continue
			}
			if one.Held != nil {
				for _, a := range s.Agents {
					if len(one.Offers) == 0 && o.awaited(one, a) {
						t.Fatalf("%s is held for %s, who is here\n%s", one.ID, a.ID, text(s))
					}
				}
				continue
			}
			for _, a := range s.Agents {
				rung := slices.ContainsFunc(one.Offers, func(x routing.Offer) bool { return x.Agent == a.ID })
				if !rung && o.could(one, a) {
					t.Fatalf("%s waits beside %s\n%s", one.ID, a.ID, text(s))
				}
			}
		}
	})
}

// TestDecide_GivesOnlyToWhoCould asks the plain oracle about every choice.
func TestDecide_GivesOnlyToWhoCould(t *testing.T) {
	t.Parallel()
	given, passed, held := 0, 0, 0
	enough := func() bool { return given >= 1000 && passed >= 30 && held >= 30 }
	walkUntil(t, enough, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, _ time.Time) {
		s = copied(s)
		for _, d := range ds {
			o := oracle{State: s, now: chat.Micros(now)}
			if d.Kind == routing.DoOffer || d.Kind == routing.DoAssign {
				one := o.thread(d.Thread)
				i := slices.IndexFunc(s.Agents, func(a routing.Agent) bool { return a.ID == d.Agent })
				if d.Cause == routing.CausePassed {
					if !o.inherits(one, s.Agents[i]) {
						t.Fatalf("%s cannot take over %s\n%s\n%s", d.Agent, d.Thread, prefix(ds), text(s))
					}
					passed++
				} else if one.Held != nil {
					if !o.awaited(one, s.Agents[i]) {
						t.Fatalf("%s is not who %s waits for\n%s\n%s", d.Agent, d.Thread, prefix(ds), text(s))
					}
					held++
				} else if one.State != chat.Queued || (one.Owner != d.Agent && !o.could(one, s.Agents[i])) || !o.works(s.Agents[i]) {
					t.Fatalf("%s could not be given %s\n%s", d.Agent, d.Thread, prefix(ds))
				}
				if r := d.RunnerUp; r != nil && (r.Why == "" || r.Why != r.Because.English() || r.Agent == d.Agent) {
					t.Fatalf("runner-up %+v", d.RunnerUp)
				}
				given++
			}
			if d.Why == "" || d.Why != d.Because.English() || d.At != chat.Micros(now) {
				t.Fatalf("no reason or no time: %+v", d)
			}
			s.Apply(d)
		}
	})
	if !enough() {
		t.Errorf("only %d choices were checked, %d of them of what is passed on, %d of what is held", given, passed, held)
	}
}

func TestDecide_DoesNotDependOnTheOrderOfRows(t *testing.T) {
	t.Parallel()
	walk(t, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, wake time.Time) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		other := copied(s)
		r.Shuffle(len(other.Agents), func(i, j int) { other.Agents[i], other.Agents[j] = other.Agents[j], other.Agents[i] })
		r.Shuffle(len(other.Threads), func(i, j int) { other.Threads[i], other.Threads[j] = other.Threads[j], other.Threads[i] })
		r.Shuffle(len(other.Groups), func(i, j int) { other.Groups[i], other.Groups[j] = other.Groups[j], other.Groups[i] })
		for _, g := range other.Groups {
			r.Shuffle(len(g.Members), func(i, j int) { g.Members[i], g.Members[j] = g.Members[j], g.Members[i] })
		}
		was := text(other)
		again, wakeAgain := routing.Decide(other, now)
		if text(again) != text(ds) || !wakeAgain.Equal(wake) {
			t.Fatalf("in one order:\n%s\nin another:\n%s", prefix(ds), prefix(again))
		}
		if text(other) != was {
			t.Fatal("Decide changed the State it was given")
		}
	})
}

func TestDecide_IsDoneAfterItsOwnDecisions(t *testing.T) {
	t.Parallel()
	walk(t, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, _ time.Time) {
		s = copied(s)
		s.Apply(ds...)
		if again, _ := routing.Decide(s, now); len(again) > 0 {
			t.Fatalf("decided:\n%s\nand then again:\n%s", prefix(ds), prefix(again))
		}
	})
}

// TestDecide_NothingFallsDueBeforeTheWake looks again just before the time that
// Decide named: there must be nothing to do.
func TestDecide_NothingFallsDueBeforeTheWake(t *testing.T) {
	t.Parallel()
	walk(t, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, wake time.Time) {
		if !wake.IsZero() && !wake.After(now) {
			t.Fatalf("wakes at %v, now %v", wake, now)
		}
		s = copied(s)
		s.Apply(ds...)
		before := now.Add(24 * time.Hour)
		if !wake.IsZero() {
			before = wake.Add(-time.Microsecond)
		}
		if early, _ := routing.Decide(s, before); len(early) > 0 {
			t.Fatalf("%v before the wake at %v:\n%s", wake.Sub(before), wake, prefix(early))
		}
	})
}

func TestDecide_FirstComeFirstServedInsideAClass(t *testing.T) {
	t.Parallel()
	walk(t, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, _ time.Time) {
		s = copied(s)
		for _, d := range ds {
			o := oracle{State: s, now: chat.Micros(now)}
			if (d.Kind == routing.DoOffer || d.Kind == routing.DoAssign) && o.shared(o.thread(d.Thread)) {
				one := o.thread(d.Thread)
				for _, older := range s.Threads {
					same := older.Group == one.Group && older.Front == one.Front && older.Priority == one.Priority && older.QueuedAt < one.QueuedAt
					a := s.Agents[slices.IndexFunc(s.Agents, func(a routing.Agent) bool { return a.ID == d.Agent })]
					if same && older.State == chat.Queued && older.Held == nil && len(older.Offers) == 0 && !o.waitsForOwner(older) && o.could(older, a) {
						t.Fatalf("%s passed over for %s\n%s", older.ID, one.ID, prefix(ds))
					}
				}
			}
			s.Apply(d)
		}
	})
}

// shared reports whether a Thread stands in a queue that the router shares out: not
// where agents take from it themselves, and not one that its lead still has.
func (o oracle) shared(t routing.Thread) bool {
	return t.State == chat.Queued && o.group(t.Group).Distribution.Method != routing.Pull
}

func TestDecide_EveryThreadIsInOnePlace(t *testing.T) {
	t.Parallel()
	walk(t, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, _ time.Time) {
		s = copied(s)
		were := len(s.Threads)
		s.Apply(ds...)
		if len(s.Threads) != were {
			t.Fatalf("%d threads were %d", len(s.Threads), were)
		}
		o := oracle{State: s, now: chat.Micros(now)}
		for _, one := range s.Threads {
			queued := one.State == chat.Queued && one.Lead == "" && one.Transfer == nil
			led := one.State == chat.Active && one.Lead != "" && o.ringsForLead(one) && !slices.Contains(one.Members, one.Lead)
			if queued == led {
				t.Fatalf("%s is in two places or in none: %s", one.ID, text(one))
			}
		}
	})
}

// ringsForLead reports whether a Thread that somebody leads rings whom it may: nobody
// while it is not passed on, exactly the colleague who is asked, and of a Group at
// most those who are in it and were not asked before; nobody of them only where
// each who might take it over is full.
func (o oracle) ringsForLead(t routing.Thread) bool {
	x := t.Transfer
	switch {
	case x == nil:
		return len(t.Offers) == 0
	case x.To.Kind == chat.ToAgent:
		return len(t.Offers) == 1 && t.Offers[0].Agent == x.To.Agent
	case len(t.Offers) == 0:
		return o.anybody(t, o.heir) && !o.anybody(t, o.inherits)
	}
	rung := map[chat.AgentID]bool{}
	for _, x := range t.Offers {
		i := slices.IndexFunc(o.Agents, func(a routing.Agent) bool { return a.ID == x.Agent })
		if rung[x.Agent] || !o.left(t, o.Agents[i]) { // who grows deaf while it rings is asked still
			return false
		}
		rung[x.Agent] = true
	}
	return true
}

// TestDecide_WhatIsPassedToAGroupRingsWhoCouldTakeIt: as long as somebody of the
// Group could take over now, somebody is asked. While all are full it waits, and it
// ends when nobody is left to ask.
func TestDecide_WhatIsPassedToAGroupRingsWhoCouldTakeIt(t *testing.T) {
	t.Parallel()
	var all heirs
	all.getRoomWhileItWaits(t)
	enough := func() bool { return all.rang >= 20 && all.waited >= 20 && all.ended >= 30 }
	walkUntil(t, enough, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, _ time.Time) {
		all.judge(t, s, now, ds)
	})
	if !enough() {
		t.Errorf("only %d rang, %d waited for room, %d ended", all.rang, all.waited, all.ended)
	}
}

// heirs counts what became of what was passed to a Group.
type heirs struct{ rang, waited, ended int }

// getRoomWhileItWaits is the case that a walk comes upon by luck alone: everybody is
// full when it is passed on, and one gets room later, with nothing else happening.
func (h *heirs) getRoomWhileItWaits(t *testing.T) {
	s := shared([]chat.AgentID{"anna", "ben", "cleo"})
	s.PassOn("busy-anna", chat.Transfer{Seq: 1, By: "anna", To: chat.Target{Kind: chat.ToGroup, Group: "g0"}, At: chat.Micros(morning), Deadline: chat.Micros(morning.Add(time.Hour))})
	ds, _ := routing.Decide(s, morning)
	h.judge(t, s, morning, ds)
	s.Apply(ds...)
	s.Close("busy-cleo")
	later := morning.Add(time.Second)
	ds, _ = routing.Decide(s, later)
	h.judge(t, s, later, ds)
	if h.waited != 1 || h.rang != 1 {
		t.Fatalf("waited %d, rang %d times, want it to wait once and to ring once:\n%s", h.waited, h.rang, text(s))
	}
}

func (h *heirs) judge(t rapid.TB, s routing.State, now time.Time, ds []routing.Decision) {
	t.Helper()
	s = copied(s)
	o := oracle{now: chat.Micros(now)}
	for _, d := range ds {
		o.State = s
		if d.Kind == routing.DoEndPass {
			one := o.thread(d.Thread)
			if x := one.Transfer; x.To.Kind != chat.ToAgent && x.Deadline > o.now && o.anybody(one, o.heir) {
				t.Fatalf("%s is not passed on any more, and somebody is left to ask: %s\n%s", d.Thread, text(one), prefix(ds))
			}
			h.ended++
		}
		s.Apply(d)
	}
	o.State = s
	for _, one := range s.Threads {
		switch {
		case one.Transfer == nil || one.Transfer.To.Kind == chat.ToAgent:
		case len(one.Offers) > 0:
			h.rang++
		case o.anybody(one, o.inherits):
			t.Fatalf("%s rings nobody, and somebody could take it over\n%s", one.ID, text(s))
		default:
			h.waited++
		}
	}
}

func (o oracle) anybody(t routing.Thread, is func(routing.Thread, routing.Agent) bool) bool {
	return slices.ContainsFunc(o.Agents, func(a routing.Agent) bool { return is(t, a) })
}

func TestDecide_OffersEndByTheirDeadline(t *testing.T) {
	t.Parallel()
	walk(t, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, wake time.Time) {
		s = copied(s)
		s.Apply(ds...)
		for _, one := range s.Threads {
			if x := one.Transfer; x != nil && (x.Deadline <= chat.Micros(now) || wake.IsZero() || wake.UnixMicro() > x.Deadline) {
				t.Fatalf("%s is passed on until %d, now %d, wake %v", one.ID, x.Deadline, chat.Micros(now), wake)
			}
			for _, o := range one.Offers {
				if until := rings(one, o); o.Deadline <= chat.Micros(now) || o.Deadline != until || wake.IsZero() || wake.UnixMicro() > o.Deadline {
					t.Fatalf("offer of %s to %s until %d, not %d, now %d, wake %v", one.ID, o.Agent, o.Deadline, until, chat.Micros(now), wake)
				}
			}
		}
	})
}

// rings is until when an offer rings: 20 s, or 30 s where a colleague passes the
// Thread on or has chosen whom to ask, and never longer than it is passed on. Who
// is asked by name though he takes no chats has as long as that.
func rings(t routing.Thread, o routing.Offer) int64 {
	switch x := t.Transfer; {
	case x == nil && o.By == "":
		return o.At + 20e6
	case x == nil:
		return o.At + 30e6
	case x.To.Kind == chat.ToAgent:
		return x.Deadline
	default:
		return min(o.At+30e6, x.Deadline)
	}
}

// chosen reports whether somebody has said who should have a Thread that waits.
func chosen(t routing.Thread) bool {
	return slices.ContainsFunc(t.Offers, func(o routing.Offer) bool { return o.By != "" })
}

// TestDecide_WhomAColleagueChoseIsAskedAlone: whatever the method of the group, what
// somebody sent to a colleague rings him and nobody else until that is over; then it
// is served as any other, and he has missed nothing.
func TestDecide_WhomAColleagueChoseIsAskedAlone(t *testing.T) {
	t.Parallel()
	rang, over := 0, 0
	enough := func() bool { return rang >= 15 && over > 0 }
	walkUntil(t, enough, func(t *rapid.T, s routing.State, now time.Time, ds []routing.Decision, _ time.Time) {
		s = copied(s)
		for _, d := range ds {
			o := oracle{State: s, now: chat.Micros(now)}
			if d.Thread == "" || !chosen(o.thread(d.Thread)) {
				s.Apply(d)
				continue
			}
			offer := o.thread(d.Thread).Offers[0]
			a := s.Agents[slices.IndexFunc(s.Agents, func(a routing.Agent) bool { return a.ID == offer.Agent })]
			switch d.Kind {
			case routing.DoOffer, routing.DoAssign:
				t.Fatalf("while it rings at %s: %s", offer.Agent, prefix(ds))
			case routing.DoWithdraw:
				member := slices.ContainsFunc(o.group(o.thread(d.Thread).Group).Members, func(m routing.Member) bool { return m.Agent == a.ID })
				if o.works(a) && member {
					t.Fatalf("%s takes chats there, and is not asked any more: %s", a.ID, prefix(ds))
				}
			case routing.DoExpire:
				s.Apply(d)
				if after := s.Agents[slices.IndexFunc(s.Agents, func(x routing.Agent) bool { return x.ID == a.ID })]; after.Misses != a.Misses {
					t.Fatalf("%s is said to have missed it: %s", a.ID, prefix(ds))
				}
				over++
				continue
			}
			s.Apply(d)
		}
		for _, one := range s.Threads {
			if !chosen(one) {
				continue
			}
			if rang++; len(one.Offers) != 1 {
				t.Fatalf("%s rings others, too: %s", one.ID, text(one))
			}
		}
	})
	if !enough() {
		t.Errorf("only %d rang and %d rang in vain", rang, over)
	}
}
