package desk_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// etiquette changes what the world's group has agreed, past the desk.
func etiquette(w *desktest.World, e chat.Etiquette) {
	w.Group.Etiquette = e
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(w.Group) })
}

// facts are the kinds of an agent's own facts about watching.
func facts(w *desktest.World, a chat.Agent) []chat.Event {
	var own []chat.Event
	for _, e := range w.Log(chat.AgentConversation(a.ID)) {
		switch e.Kind {
		case chat.KindWatch, chat.KindWatchEnded, chat.KindWatched, chat.KindWatchInvited:
			own = append(own, e)
		}
	}
	return own
}

func watches(w *desktest.World) (all []chat.Watch) {
	w.Read(func(tx *store.Tx) (err error) {
		all, err = tx.Watches()
		return err
	})
	return all
}

func history(w *desktest.World) (all []chat.Watch) {
	w.Read(func(tx *store.Tx) (err error) {
		all, err = tx.WatchLog(store.WatchQuery{Limit: 100})
		return err
	})
	slices.Reverse(all)
	return all
}

func TestWatch_LeavesNothingInTheConversation(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob, cem := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Cem", chat.Member)
	_, c := w.Taken(ada)
	before := asText(t, w.Log(c)) + asText(t, w.State(c))
	key := w.Key()
	first := must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, c, key))
	if again := must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, c, key)); !again.Again || kinds(again.Events) != "watch" || kinds(first.Events) != "watch" {
		t.Errorf("watching answers %s, again %+v", kinds(first.Events), again)
	}
	must[desk.Done](t)(w.Desk.Watch(t.Context(), cem, c, w.Key()))
	if twice := must[desk.Done](t)(w.Desk.Watch(t.Context(), cem, c, w.Key())); !twice.Again {
		t.Errorf("watching twice: %+v", twice)
	}
	told := last[chat.Watched](t, w, chat.AgentConversation(ada.ID), chat.KindWatched)
	if told.Count != 2 || len(told.Names) != 0 {
		t.Errorf("the lead is told %+v, want two without a name", told)
	}
	must[desk.Done](t)(w.Desk.Unwatch(t.Context(), bob, c, w.Key()))
	must[desk.Done](t)(w.Desk.Unwatch(t.Context(), cem, c, w.Key()))
	if got := asText(t, w.Log(c)) + asText(t, w.State(c)); got != before {
		t.Errorf("the conversation changed:\n%s", cmp.Diff(before, got))
	}
	if told := last[chat.Watched](t, w, chat.AgentConversation(ada.ID), chat.KindWatched); told.Count != 0 {
		t.Errorf("the lead is still told %+v", told)
	}
	log := history(w)
	if len(log) != 2 || log[0].Watcher != bob.ID || log[0].Lead != ada.ID || log[0].How != chat.WatchStopped || log[0].Ended == 0 {
		t.Errorf("the log says %+v", log)
	}
}

func TestWatch_KeepsToTheEtiquette(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	other := chat.Group{ID: "g_other", Name: "Other", Policy: chat.PolicyOpen}
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(other) })
	ada := w.Agent("Ada", chat.Member)
	watchers := map[string]chat.Agent{"member": w.Agent("Bob", chat.Member), "outsider": w.Agent("Cem", chat.Member, other.ID), "supervisor": w.Agent("Sue", chat.Supervisor, other.ID)}
	_, c := w.Taken(ada)
	for rule, may := range map[chat.WatchRule][]string{"": {"member", "outsider", "supervisor"}, chat.WatchAnyone: {"member", "outsider", "supervisor"},
		chat.WatchGroup: {"member", "supervisor"}, chat.WatchSupervisors: {"supervisor"}, chat.WatchNobody: {}} {
		etiquette(w, chat.Etiquette{Watch: rule})
		for name, a := range watchers {
			_, err := w.Desk.Watch(t.Context(), a, c, w.Key())
			if slices.Contains(may, name) != (err == nil) || err != nil && !chat.IsKind(err, chat.Denied) {
				t.Errorf("rule %q, %s: %v", rule, name, err)
			}
			must[desk.Done](t)(w.Desk.Unwatch(t.Context(), a, c, w.Key()))
		}
	}
	_, err := w.Desk.Watch(t.Context(), ada, c, w.Key())
	wantKind(t, "the lead watches himself", err, chat.Conflict)
	_, waits := w.Arrives("anybody?")
	_, err = w.Desk.Watch(t.Context(), watchers["supervisor"], waits, w.Key())
	wantKind(t, "what nobody has", err, chat.Conflict)
	w.SetPolicy(chat.PolicyLead)
	_, closed := w.Taken(ada)
	_, err = w.Desk.Watch(t.Context(), watchers["member"], closed, w.Key())
	wantKind(t, "what he may not see", err, chat.Missing)
}

func TestWatch_TheLeadIsToldWhatTheGroupHasAgreed(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	for _, c := range []struct {
		told  chat.Told
		count int
		names []chat.AgentID
	}{{"", 1, []chat.AgentID{}}, {chat.TellCount, 1, []chat.AgentID{}}, {chat.TellNames, 1, []chat.AgentID{bob.ID}}, {chat.TellNothing, 0, nil}} {
		etiquette(w, chat.Etiquette{Told: c.told})
		_, id := w.Taken(ada)
		before := len(facts(w, ada))
		must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, id, w.Key()))
		after := facts(w, ada)[before:]
		box := must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), ada, desk.ListMy))
		known := slices.DeleteFunc(box.Observing.Watched, func(one chat.Watched) bool { return one.Conversation != id })
		if c.count == 0 {
			if len(after) != 0 || len(known) != 0 {
				t.Errorf("told nothing: %s, in the snapshot %+v", kinds(after), known)
			}
			must[desk.Done](t)(w.Desk.Unwatch(t.Context(), bob, id, w.Key()))
			if got := facts(w, ada)[before:]; len(got) != 0 {
				t.Errorf("its end is told: %s", kinds(got))
			}
			continue
		}
		want := []chat.Watched{{Conversation: id, Thread: w.State(id).Thread.ID, Count: c.count, Names: c.names}}
		if kinds(after) != "watched" {
			t.Fatalf("told %q: %s", c.told, kinds(after))
		}
		if diff := cmp.Diff(want[0], must[chat.Watched](t)(chat.Decode[chat.Watched](after[0]))); diff != "" {
			t.Errorf("told %q (-want +got):\n%s", c.told, diff)
		}
		if diff := cmp.Diff(want, known); diff != "" {
			t.Errorf("in the snapshot, %q (-want +got):\n%s", c.told, diff)
		}
	}
}

func TestWatchMe_AsksWhomTheEtiquetteForbidsAndNobodyElse(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	other := chat.Group{ID: "g_other", Name: "Other", Policy: chat.PolicyOpen}
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(other) })
	etiquette(w, chat.Etiquette{Watch: chat.WatchNobody, Told: chat.TellNothing})
	w.SetPolicy(chat.PolicyGroup)
	ada, bob, cem, out := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Cem", chat.Member), w.Agent("Out", chat.Member, other.ID)
	_, c := w.Taken(ada)
	_, err := w.Desk.WatchMe(t.Context(), bob, c, w.Key(), cem.ID)
	wantKind(t, "who is not in it", err, chat.Denied)
	_, err = w.Desk.WatchMe(t.Context(), ada, c, w.Key(), out.ID)
	wantKind(t, "who may not see it", err, chat.Denied)
	_, err = w.Desk.WatchMe(t.Context(), ada, c, w.Key(), "a_nobody")
	wantKind(t, "nobody", err, chat.Missing)
	must[desk.Done](t)(w.Desk.WatchMe(t.Context(), ada, c, w.Key(), bob.ID))
	if got := last[chat.WatchInvited](t, w, chat.AgentConversation(bob.ID), chat.KindWatchInvited); got.By != ada.ID || got.Conversation != c {
		t.Errorf("he is asked %+v", got)
	}
	if box := must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), bob, desk.ListMy)); len(box.Observing.Invited) != 1 {
		t.Errorf("in his snapshot: %+v", box.Observing)
	}
	must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, c, w.Key()))
	_, err = w.Desk.Watch(t.Context(), cem, c, w.Key())
	wantKind(t, "who was not asked", err, chat.Denied)
	if told := last[chat.Watched](t, w, chat.AgentConversation(ada.ID), chat.KindWatched); !slices.Equal(told.Names, []chat.AgentID{bob.ID}) {
		t.Errorf("who was asked watches openly: %+v", told)
	}
	w.Connect(bob)
	must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, c, w.Key()))
	if err := w.Desk.Sweep(t.Context()); err != nil || len(watches(w)) != 1 {
		t.Errorf("a sweep ended what was asked for: %v", err)
	}
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, w.Key()))
	if box := must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), bob, desk.ListMy)); len(box.Observing.Invited)+len(box.Observing.Watching) != 0 {
		t.Errorf("after the close: %+v", box.Observing)
	}
}

func TestWatch_EndsByItself(t *testing.T) {
	t.Parallel()
	for how, end := range map[chat.WatchEnd]func(*testing.T, *desktest.World, chat.Agent, chat.Agent, chat.ConversationID){
		chat.WatchClosed: func(t *testing.T, w *desktest.World, ada, _ chat.Agent, c chat.ConversationID) {
			must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, w.Key()))
		},
		chat.WatchJoined: func(t *testing.T, w *desktest.World, _, bob chat.Agent, c chat.ConversationID) {
			must[desk.Done](t)(w.Desk.Join(t.Context(), bob, c, w.Key()))
		},
		chat.WatchAccess: func(t *testing.T, w *desktest.World, ada, _ chat.Agent, c chat.ConversationID) {
			lead := chat.PolicyLead
			must[desk.ManagedGroup](t)(w.Desk.ChangeGroup(t.Context(), w.Owner, w.Group.ID, desk.GroupChange{Policy: &lead}))
		},
		chat.WatchRefused: func(t *testing.T, w *desktest.World, _, _ chat.Agent, _ chat.ConversationID) {
			must[desk.ManagedGroup](t)(w.Desk.ChangeGroup(t.Context(), w.Owner, w.Group.ID, desk.GroupChange{Etiquette: &chat.Etiquette{Watch: chat.WatchNobody}}))
		},
		chat.WatchSignOut: func(t *testing.T, w *desktest.World, _, bob chat.Agent, _ chat.ConversationID) {
			in := w.SignIn(bob)
			if err := w.Desk.SignOut(t.Context(), bob, in.Session.ID, desk.SignOut{}); err != nil {
				t.Fatal(err)
			}
		},
		chat.WatchGone: func(t *testing.T, w *desktest.World, _, bob chat.Agent, _ chat.ConversationID) {
			w.Disconnect(bob)
			w.Clock.Advance(45 * time.Second)
			if err := w.Desk.Sweep(t.Context()); err != nil || len(watches(w)) != 1 {
				t.Fatalf("ended after 45 s, want later: %v", err)
			}
			w.Clock.Advance(time.Second)
		},
	} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			w := desktest.New(t)
			ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
			w.Connect(ada, bob)
			_, c := w.Taken(ada)
			must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, c, w.Key()))
			if err := w.Desk.Sweep(t.Context()); err != nil || len(watches(w)) != 1 {
				t.Fatalf("a sweep ended it too soon: %v", err)
			}
			end(t, w, ada, bob, c)
			if err := w.Desk.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := last[chat.WatchEnded](t, w, chat.AgentConversation(bob.ID), chat.KindWatchEnded); got.How != how || len(watches(w)) != 0 {
				t.Errorf("it ended as %+v, open %+v", got, watches(w))
			}
			if told := last[chat.Watched](t, w, chat.AgentConversation(ada.ID), chat.KindWatched); told.Count != 0 {
				t.Errorf("the lead is told %+v", told)
			}
		})
	}
}

func TestWatch_GoesOnWithTheNextLead(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob, cem := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Cem", chat.Member)
	_, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, c, w.Key()))
	must[desk.Done](t)(w.Desk.Requeue(t.Context(), ada, c, w.Key()))
	must[desk.Done](t)(w.Desk.Take(t.Context(), cem, c, desk.Taking{Key: w.Key()}))
	if told := last[chat.Watched](t, w, chat.AgentConversation(ada.ID), chat.KindWatched); told.Count != 0 {
		t.Errorf("the former lead is told %+v", told)
	}
	if told := last[chat.Watched](t, w, chat.AgentConversation(cem.ID), chat.KindWatched); told.Count != 1 {
		t.Errorf("the present lead is told %+v", told)
	}
	var leads []chat.AgentID
	for _, one := range history(w) {
		leads = append(leads, one.Lead)
	}
	if len(leads) != 3 || !slices.Contains(leads, ada.ID) || !slices.Contains(leads, cem.ID) {
		t.Errorf("the log has the leads %v", leads)
	}
	if now := watches(w); len(now) != 1 || now[0].Lead != cem.ID {
		t.Errorf("now %+v", now)
	}
}

func TestObservations_AreOpenToWhomTheyAreAbout(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	etiquette(w, chat.Etiquette{Told: chat.TellNothing})
	ada, bob, sue := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Sue", chat.Supervisor)
	_, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, c, w.Key()))
	if got := must[desk.ObservationPage](t)(w.Desk.MyObservations(t.Context(), ada, false, chat.WatchMark{})).Observations; len(got) != 0 {
		t.Errorf("while it lasts she reads %+v", got)
	}
	w.Clock.Advance(time.Minute)
	must[desk.Done](t)(w.Desk.Unwatch(t.Context(), bob, c, w.Key()))
	got := must[desk.ObservationPage](t)(w.Desk.MyObservations(t.Context(), ada, false, chat.WatchMark{})).Observations
	if len(got) != 1 || got[0].Watcher != bob.ID || got[0].Ended-got[0].Began != time.Minute.Microseconds() || got[0].How != chat.WatchStopped {
		t.Errorf("afterwards she reads %+v", got)
	}
	if mine := must[desk.ObservationPage](t)(w.Desk.MyObservations(t.Context(), bob, true, chat.WatchMark{})).Observations; len(mine) != 1 {
		t.Errorf("his own: %+v", mine)
	}
	if all := must[desk.ObservationPage](t)(w.Desk.Observations(t.Context(), sue, desk.Observations{Of: ada.ID})).Observations; len(all) != 1 {
		t.Errorf("a supervisor reads %+v", all)
	}
	_, err := w.Desk.Observations(t.Context(), ada, desk.Observations{})
	wantKind(t, "an agent reads all", err, chat.Denied)
}

// TestObservations_EachIsOnOnePageThoughManyBeganAtOnce: twelve tiles of a wall begin
// together, and of what she is not to know yet nothing ends her list early.
func TestObservations_EachIsOnOnePageThoughManyBeganAtOnce(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob, sue := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Sue", chat.Supervisor)
	_, c := w.Taken(ada)
	begun, over, thread := chat.Micros(w.Clock.Now()), 0, w.State(c).Thread.ID
	w.Write(func(tx *store.Tx) error {
		for i := range 130 {
			one := chat.Watch{ID: chat.WatchID(fmt.Sprintf("w_%03d", (i*37)%130)), Watcher: bob.ID, Conversation: c, Thread: thread, Lead: ada.ID, Group: w.Group.ID,
				Told: chat.TellNothing, Began: begun + int64(i/60), Ended: begun + 9, How: chat.WatchStopped}
			if err := tx.SaveWatch(one); err != nil {
				return err
			}
			over++
		}
		return tx.SaveWatch(chat.Watch{ID: "w_now", Watcher: bob.ID, Conversation: c, Thread: thread, Lead: ada.ID, Group: w.Group.ID, Told: chat.TellNothing, Began: begun + 100})
	})
	for name, load := range map[string]func(chat.WatchMark) (desk.ObservationPage, error){
		"of me": func(m chat.WatchMark) (desk.ObservationPage, error) {
			return w.Desk.MyObservations(t.Context(), ada, false, m)
		},
		"everybody's": func(m chat.WatchMark) (desk.ObservationPage, error) {
			return w.Desk.Observations(t.Context(), sue, desk.Observations{Before: m})
		},
	} {
		seen, mark, pages := map[chat.WatchID]int{}, &chat.WatchMark{}, 0
		for ; mark != nil && pages < 9; pages++ {
			page := must[desk.ObservationPage](t)(load(*mark))
			for _, o := range page.Observations {
				seen[o.ID]++
			}
			mark = page.Next
		}
		delete(seen, "w_now")
		if len(seen) != over || pages != 3 || slices.ContainsFunc(slices.Collect(maps.Values(seen)), func(n int) bool { return n != 1 }) {
			t.Errorf("%s: %d of %d are listed on %d pages: %v", name, len(seen), over, pages, seen)
		}
	}
}

func TestTransfer_WhoWantsToStayWatchesFromThenOn(t *testing.T) {
	t.Parallel()
	for _, policy := range []chat.Policy{chat.PolicyOpen, chat.PolicyLead} {
		h := newHandover(t, policy)
		h.mustPass(toAgent(h.ben), func(in *desk.Transfer) { in.Stay = true })
		must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
		now := watches(h.World)
		if got := len(now) == 1 && now[0].Watcher == h.ada.ID && now[0].Lead == h.ben.ID && now[0].Open(); !got {
			t.Errorf("policy %s: %+v watch, want the sender", policy, now)
		}
	}
}

// TestWatch_WhoHasNoConnectionYetHasTheTimeToMakeOne: he began a moment ago.
func TestWatch_WhoHasNoConnectionYetHasTheTimeToMakeOne(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	w.Connect(ada)
	w.Clock.Advance(time.Hour) // after the start of the server
	w.Connect(ada)
	_, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, c, w.Key()))
	for _, step := range []struct {
		after time.Duration
		left  int
	}{{45 * time.Second, 1}, {time.Second, 0}} {
		w.Clock.Advance(step.after)
		if err := w.Desk.Sweep(t.Context()); err != nil || len(watches(w)) != step.left {
			t.Errorf("after %s more: %+v, %v", step.after, watches(w), err)
		}
	}
}

// TestWatch_InQuietHoursNobodyWatchesUnlessHeWasAsked: it does not begin then, what goes
// on ends with their beginning, and who was asked stays.
func TestWatch_InQuietHoursNobodyWatchesUnlessHeWasAsked(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	soon := w.Clock.Now().Add(time.Hour).UTC()
	etiquette(w, chat.Etiquette{Quiet: chat.Quiet{From: soon.Format("15:04"), To: soon.Add(2 * time.Hour).Format("15:04"), Zone: "UTC"}})
	ada, sue, ben := w.Agent("Ada", chat.Member), w.Agent("Sue", chat.Supervisor), w.Agent("Ben", chat.Member)
	_, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Watch(t.Context(), sue, c, w.Key()))
	must[desk.Done](t)(w.Desk.WatchMe(t.Context(), ada, c, w.Key(), ben.ID))
	must[desk.Done](t)(w.Desk.Watch(t.Context(), ben, c, w.Key()))
	w.Clock.Advance(61 * time.Minute)
	w.Connect(ada, sue, ben)
	if err := w.Desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if own := facts(w, sue); own[len(own)-1].Kind != chat.KindWatchEnded {
		t.Errorf("she watches on: %v", own)
	}
	if own := facts(w, ben); own[len(own)-1].Kind != chat.KindWatch {
		t.Errorf("who was asked was sent away: %v", own)
	}
	_, err := w.Desk.Watch(t.Context(), sue, c, w.Key())
	wantKind(t, "a watch in quiet hours", err, chat.Denied)
	w.Clock.Advance(2 * time.Hour)
	must[desk.Done](t)(w.Desk.Watch(t.Context(), sue, c, w.Key()))
}

// Another lead has asked nobody and has heard no whisper, and what he is told is what
// the group has agreed by now.
func TestWatch_GoesOnToAnotherLeadUnderPresentTerms(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	etiquette(w, chat.Etiquette{Told: chat.TellNothing})
	ada, bob, cem, sue := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Cem", chat.Member), w.Agent("Sue", chat.Supervisor)
	w.Connect(ada, bob, cem, sue)
	_, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.WatchMe(t.Context(), ada, c, w.Key(), bob.ID))
	for _, a := range []chat.Agent{bob, cem} {
		must[desk.Done](t)(w.Desk.Watch(t.Context(), a, c, w.Key()))
	}
	must[desk.Done](t)(w.Desk.Whisper(t.Context(), cem, c, says(w, "psst")))
	must[desk.Done](t)(w.Desk.TakeOver(t.Context(), sue, c, desk.TakingOver{Key: w.Key(), From: ada.ID, Reason: "a complaint"}))
	for _, one := range watches(w) {
		if one.Watcher != ada.ID && (one.Lead != sue.ID || one.Open() || one.Invited != "" || one.Whispered != 0) {
			t.Errorf("it goes on as %+v; Sue knows of nobody", one)
		}
	}
	etiquette(w, chat.Etiquette{Told: chat.TellNames})
	if err := w.Desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if told := last[chat.Watched](t, w, chat.AgentConversation(sue.ID), chat.KindWatched); len(told.Names) != 3 {
		t.Errorf("the group has agreed on names, and Sue is told %+v", told)
	}
	if own := facts(w, cem); own[len(own)-1].Kind != chat.KindWatch {
		t.Errorf("Cem is told %s last; the terms of his watching have changed", own[len(own)-1].Kind)
	}
}
