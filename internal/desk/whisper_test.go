package desk_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

func TestWhisper_ReachesTheLeadAndWhoWatchesOpenly(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	etiquette(w, chat.Etiquette{Told: chat.TellNothing})
	ada, bob, cem, dan := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Cem", chat.Member), w.Agent("Dan", chat.Member)
	v, c := w.Taken(ada)
	_, err := w.Desk.Whisper(t.Context(), bob, c, desk.Message{Key: w.Key(), Text: "psst"})
	wantKind(t, "who does not watch", err, chat.Denied)
	for _, a := range []chat.Agent{bob, cem} {
		must[desk.Done](t)(w.Desk.Watch(t.Context(), a, c, w.Key()))
	}
	_, err = w.Desk.Whisper(t.Context(), ada, c, desk.Message{Key: w.Key(), Text: "is anybody there?"})
	wantKind(t, "the lead, whom nobody openly watches", err, chat.Conflict)
	said := must[desk.Done](t)(w.Desk.Whisper(t.Context(), bob, c, desk.Message{Key: w.Key(), Text: "offer the refund"}))
	if e := said.Events[0]; e.Kind != chat.KindWhisper || e.Audience != chat.Private(ada.ID, bob.ID) || e.VSeq != 0 {
		t.Errorf("a whisper is %+v; an unseen watcher must not be named", e)
	}
	if told := last[chat.Watched](t, w, chat.AgentConversation(ada.ID), chat.KindWatched); !slices.Equal(told.Names, []chat.AgentID{bob.ID}) || told.Count != 1 {
		t.Errorf("the lead is told %+v", told)
	}
	back := must[desk.Done](t)(w.Desk.Whisper(t.Context(), ada, c, desk.Message{Key: w.Key(), Text: "will do"}))
	if e := back.Events[0]; e.Audience != chat.Private(ada.ID, bob.ID) {
		t.Errorf("the answer is for %s", e.Audience)
	}
	for name, a := range map[string]chat.Agent{"an unseen watcher": cem, "a colleague": dan, "a supervisor": w.Agent("Sue", chat.Supervisor)} {
		opened := must[desk.Conversation](t)(w.Desk.Conversation(t.Context(), a, c))
		if slices.ContainsFunc(opened.Events, func(e chat.Event) bool { return e.Kind == chat.KindWhisper }) {
			t.Errorf("%s reads a whisper", name)
		}
	}
	view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller)), 0))
	if got := kinds(view.Events); got != "message assign" {
		t.Errorf("the visitor has %q", got)
	}
	if hits, _, err := w.Desk.Search(t.Context(), ada, desk.Sought{Words: "refund"}); err != nil || len(hits) != 0 {
		t.Errorf("a whisper is found: %+v, %v", hits, err)
	}
	if row := w.State(c).Conversation; row.Last.Text != "hello" {
		t.Errorf("lists show %q", row.Last.Text)
	}
	taken := must[desk.Done](t)(w.Desk.RedactMessage(t.Context(), bob, c, w.Key(), said.Events[0].Seq))
	if taken.Events[0].Audience != said.Events[0].Audience {
		t.Errorf("taking it back is told to %s", taken.Events[0].Audience)
	}
}

// TestWhileWatching_NothingThatAVisitorWouldNotice calls every act in which a
// watcher could show himself.
func TestWhileWatching_NothingThatAVisitorWouldNotice(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.Write(func(tx *store.Tx) error {
		return tx.SaveGroup(chat.Group{ID: "g_other", Name: "Other", Policy: chat.PolicyOpen})
	})
	ada, sue := w.Agent("Ada", chat.Member), w.Agent("Sue", chat.Supervisor)
	v, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Join(t.Context(), sue, c, w.Key()))
	own := must[desk.Done](t)(w.Desk.PostMessage(t.Context(), sue, c, desk.Message{Key: w.Key(), Text: "hello from Sue", Seen: 100}))
	must[desk.Done](t)(w.Desk.JumpOut(t.Context(), sue, c, w.Key()))
	visitor := must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
	before := asText(t, must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), visitor, 0)))
	ctx, seq := t.Context(), own.Events[0].Seq
	for act, err := range map[string]error{
		"answer":  second(w.Desk.PostMessage(ctx, sue, c, desk.Message{Key: w.Key(), Text: "x", Seen: 100})),
		"edit":    second(w.Desk.EditMessage(ctx, sue, c, w.Key(), seq, "changed")),
		"redact":  second(w.Desk.RedactMessage(ctx, sue, c, w.Key(), seq)),
		"move":    second(w.Desk.Move(ctx, sue, c, desk.Moving{Key: w.Key(), Group: "g_other", Reason: "because"})),
		"close":   second(w.Desk.Close(ctx, sue, c, w.Key())),
		"give":    second(w.Desk.Give(ctx, sue, c, w.Key(), sue.ID)),
		"requeue": second(w.Desk.Requeue(ctx, sue, c, w.Key())),
	} {
		if !chat.IsKind(err, chat.Denied) {
			t.Errorf("%s: %v, want denied", act, err)
		}
	}
	if _, err := w.Desk.Leave(ctx, sue, c, w.Key()); err != nil {
		t.Errorf("leaving what he is not in: %v", err)
	}
	if err := w.Desk.MarkRead(ctx, sue, c, 100); err != nil {
		t.Error(err)
	}
	must[desk.Done](t)(w.Desk.Whisper(ctx, sue, c, desk.Message{Key: w.Key(), Text: "calm down"}))
	must[desk.Done](t)(w.Desk.AddNote(ctx, sue, c, desk.Message{Key: w.Key(), Text: "a note"}))
	if after := asText(t, must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(ctx, visitor, 0))); after != before {
		t.Errorf("the visitor has noticed:\n%s", cmp.Diff(before, after))
	}
	must[desk.Done](t)(w.Desk.JumpIn(ctx, sue, c, desk.Message{Key: w.Key(), Text: "Sue here, let me help."}))
	if got := kinds(w.Log(c)[len(w.Log(c))-2:]); got != "join message" || len(watches(w)) != 0 {
		t.Errorf("jumping in makes %q, and watches %+v", got, watches(w))
	}
}

func second[T any](_ T, err error) error { return err }

func TestTakeOver_NeedsTheRightAndAReasonAndTheLeadStays(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob, sue := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Sue", chat.Supervisor)
	_, c := w.Taken(ada)
	_, err := w.Desk.TakeOver(t.Context(), bob, c, desk.TakingOver{Key: w.Key(), From: ada.ID, Reason: "me"})
	wantKind(t, "a colleague", err, chat.Denied)
	_, err = w.Desk.TakeOver(t.Context(), sue, c, desk.TakingOver{Key: w.Key(), From: ada.ID})
	wantKind(t, "without a reason", err, chat.Invalid)
	must[desk.Done](t)(w.Desk.Watch(t.Context(), sue, c, w.Key()))
	must[desk.Done](t)(w.Desk.TakeOver(t.Context(), sue, c, desk.TakingOver{Key: w.Key(), From: ada.ID, Reason: "a big\ncustomer"}))
	th := w.State(c).Thread
	body := last[chat.Assigned](t, w, c, chat.KindAssign)
	if th.Lead != sue.ID || body.Cause != chat.ByTakeOver || body.Previous != ada.ID || body.Why != "Sue took it over: a big customer" {
		t.Errorf("lead %s by %+v", th.Lead, body)
	}
	now := watches(w)
	if len(now) != 1 || now[0].Watcher != ada.ID || now[0].Lead != sue.ID || now[0].Invited != sue.ID {
		t.Errorf("who watches: %+v", now)
	}
	seen := chat.ForVisitor(w.Log(c)[len(w.Log(c))-1])
	if got := string(seen.Body); got != fmt.Sprintf(`{"lead":%q,"lead_name":"Sue"}`, sue.ID) {
		t.Errorf("the visitor reads %s", got)
	}
	_, err = w.Desk.TakeOver(t.Context(), w.Owner, c, desk.TakingOver{Key: w.Key(), From: ada.ID, Reason: "too late"})
	if holder, ok := detail[chat.Holder](err); !chat.IsKind(err, chat.Conflict) || !ok || holder.Agent != sue.ID {
		t.Errorf("who comes second is told %v", err)
	}
	etiquette(w, chat.Etiquette{TakeOver: true})
	must[desk.Done](t)(w.Desk.TakeOver(t.Context(), bob, c, desk.TakingOver{Key: w.Key(), From: sue.ID, Reason: "we may"}))
	if w.State(c).Thread.Lead != bob.ID {
		t.Error("a member may not though the group has agreed")
	}
}

func TestTakeOver_OfManyAtOnceOneWins(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	_, c := w.Taken(ada)
	errs := make([]error, 20)
	var start, wg sync.WaitGroup
	start.Add(1)
	for i := range errs {
		sue, key := w.Agent(fmt.Sprintf("Sue%02d", i), chat.Supervisor), w.Key()
		must[desk.Done](t)(w.Desk.Watch(t.Context(), sue, c, w.Key()))
		wg.Go(func() {
			start.Wait()
			_, errs[i] = w.Desk.TakeOver(t.Context(), sue, c, desk.TakingOver{Key: key, From: ada.ID, Reason: "race"})
		})
	}
	start.Done()
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !chat.IsKind(err, chat.Conflict) {
			t.Errorf("a loser is told %v", err)
		}
	}
	if now := watches(w); won != 1 || len(now) != len(errs) {
		t.Errorf("%d won; %d watch, want the losers and the former lead", won, len(now))
	}
	for _, one := range watches(w) {
		if one.Lead != w.State(c).Thread.Lead || one.Watcher == one.Lead {
			t.Errorf("%+v under lead %s", one, w.State(c).Thread.Lead)
		}
	}
}

func TestJumpOut_GoesBackOnlyWhereHeMayWatch(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	_, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.JumpIn(t.Context(), bob, c, desk.Message{Key: w.Key()}))
	etiquette(w, chat.Etiquette{Watch: chat.WatchSupervisors})
	_, err := w.Desk.JumpOut(t.Context(), bob, c, w.Key())
	wantKind(t, "who may not watch", err, chat.Denied)
	if !w.State(c).Thread.TakesPart(bob.ID) {
		t.Error("the refusal has thrown him out")
	}
	etiquette(w, chat.Etiquette{})
	must[desk.Done](t)(w.Desk.JumpOut(t.Context(), bob, c, w.Key()))
	if now := watches(w); w.State(c).Thread.TakesPart(bob.ID) || len(now) != 1 || now[0].Watcher != bob.ID {
		t.Errorf("afterwards %+v", now)
	}
}

// A guest reads; he watches and whispers where somebody in the chat wants it.
func TestWatch_AGuestDoesWhereHeIsAskedTo(t *testing.T) {
	t.Parallel()
	w, ada, bob, _, c := locked(t)
	must[desk.Done](t)(w.Desk.Grant(t.Context(), ada, c, w.Key(), bob.ID))
	_, err := w.Desk.Watch(t.Context(), bob, c, w.Key())
	wantKind(t, "watching unasked", err, chat.Denied)
	_, err = w.Desk.Whisper(t.Context(), bob, c, says(w, "psst"))
	wantKind(t, "whispering unasked", err, chat.Denied)
	must[desk.Done](t)(w.Desk.WatchMe(t.Context(), ada, c, w.Key(), bob.ID))
	must[desk.Done](t)(w.Desk.Watch(t.Context(), bob, c, w.Key()))
	must[desk.Done](t)(w.Desk.Whisper(t.Context(), bob, c, says(w, "psst")))
	_, err = w.Desk.JumpIn(t.Context(), bob, c, says(w, "hello"))
	wantKind(t, "jumping in", err, chat.Denied)
}
