package desk_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

func TestRequeue_PutsItBackForColleagues(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	v, c := w.Taken(ada)
	queued := w.State(c).Thread.QueuedAt
	w.Clock.Advance(time.Hour)
	_, err := w.Desk.Requeue(t.Context(), bob, c, w.Key())
	wantKind(t, "who does not lead", err, chat.Denied)
	key := w.Key()
	first := must[desk.Done](t)(w.Desk.Requeue(t.Context(), ada, c, key))
	if kinds(first.Events) != "thread.requeued" || first.Again {
		t.Errorf("answered %s, again %v", kinds(first.Events), first.Again)
	}
	if again := must[desk.Done](t)(w.Desk.Requeue(t.Context(), ada, c, key)); !again.Again || again.Events[0].Seq != first.Events[0].Seq {
		t.Errorf("the same key again: %+v", again)
	}
	if th := w.State(c).Thread; th.State != chat.Queued || th.Lead != "" || th.QueuedAt != queued {
		t.Errorf("the thread is %+v, want it queued since %d", th, queued)
	}
	w.Clock.Advance(time.Hour) // the visitor is not connected
	if err := w.Desk.Sweep(t.Context()); err != nil || w.State(c).OpenThread() == nil {
		t.Errorf("a sweep closed it: %v", err)
	}
	view := must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller)), 0))
	if view.Lead != "" || !view.Open {
		t.Errorf("the visitor is told %+v", view)
	}
	taken := must[desk.Done](t)(w.Desk.TakeNext(t.Context(), bob, w.Key()))
	if kinds(taken.Events) != "assign" || w.State(c).Thread.Lead != bob.ID {
		t.Errorf("a colleague takes it: %s", kinds(taken.Events))
	}
}

// Nobody is stranded with an agent who cannot answer any more.
func TestDisabledAgent_WhatHeLeadsGoesBackIntoTheQueue(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, bob := w.Agent("Ada", chat.Supervisor), w.Agent("Bob", chat.Member)
	var led []chat.ConversationID
	for range 103 { // more than a page
		_, c := w.Taken(ada)
		led = append(led, c)
	}
	_, done := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, done, w.Key()))
	_, others := w.Taken(bob)
	must[desk.Done](t)(w.Desk.Join(t.Context(), ada, others, w.Key()))
	yes := true
	must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, ada.ID, desk.AgentChange{Disabled: &yes}))
	for _, c := range led {
		if th := w.State(c).Thread; th.State != chat.Queued || th.Lead != "" {
			t.Fatalf("%s is %+v", c, th)
		}
		log := w.Log(c)
		body := must[chat.Requeued](t)(chat.Decode[chat.Requeued](log[len(log)-1]))
		if body.Cause != chat.Disabled || body.By != w.Owner.ID || body.Previous != ada.ID || body.Why == "" {
			t.Fatalf("%s was told %+v", c, body)
		}
	}
	if th := w.State(done).Thread; th.State != chat.IsClosed {
		t.Errorf("a closed one became %+v", th)
	}
	if th := w.State(others).Thread; th.Lead != bob.ID {
		t.Errorf("a colleague's became %+v", th)
	}
}

func TestRequeue_LeadOnlyGroupIsToldAndOthersAreNot(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyLead)
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	eve := w.Agent("Eve", chat.Member, "g_other")
	_, c := w.Taken(ada)
	see := func(a chat.Agent) bool {
		_, err := w.Desk.Conversation(t.Context(), a, c)
		return err == nil
	}
	if see(bob) || see(eve) || !see(ada) {
		t.Fatal("before: a lead-only thread is seen by who does not lead it")
	}
	must[desk.Done](t)(w.Desk.Requeue(t.Context(), ada, c, w.Key()))
	if !see(bob) || see(eve) {
		t.Errorf("after: the group sees it %v, a stranger %v", see(bob), see(eve))
	}
}

func TestChangePassword_EndsEverySessionButThisOne(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	in := invite(t, w, chat.Member, "rain on a tin roof")
	ina := in.Agent
	other := w.SignIn(ina)
	link := must[string](t)(w.Desk.SignInTicket(t.Context(), ina.Email))
	change := func(current, next string) error {
		return w.Desk.ChangePassword(t.Context(), ina, in.Session, desk.NewPassword{Current: current, Password: next, Address: "192.0.2.4"})
	}
	wantKind(t, "a wrong current one", change("rain on a tin hat", "snow on a tin roof"), chat.Denied)
	wantKind(t, "a short one", change("rain on a tin roof", "short"), chat.Invalid)
	wantKind(t, "a common one", change("rain on a tin roof", desktest.Common()[0]), chat.Invalid)
	if _, _, err := w.Desk.Authenticate(t.Context(), other.Secret); err != nil {
		t.Fatalf("a refused change ended a session: %v", err)
	}
	if err := change("rain on a tin roof", "snow on a tin roof"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Desk.Authenticate(t.Context(), in.Secret); err != nil {
		t.Errorf("the session that asked: %v", err)
	}
	_, _, err := w.Desk.Authenticate(t.Context(), other.Secret)
	wantKind(t, "another session", err, chat.Missing)
	if got := ended(w, ina.ID); len(got) != 1 || got[0].Session != other.Session.ID {
		t.Errorf("session.ended: %+v, want the other one", got)
	}
	_, err = w.Desk.SignInByTicket(t.Context(), link, from("192.0.2.3"))
	wantKind(t, "a link from before", err, chat.Gone)
	_, err = w.Desk.SignIn(t.Context(), ina.Email, "rain on a tin roof", from("192.0.2.4"))
	wantKind(t, "the former password", err, chat.Denied)
	if _, err := w.Desk.SignIn(t.Context(), ina.Email, "snow on a tin roof", from("192.0.2.4")); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

// A browser that was left open must not be a place to guess the password at.
func TestChangePassword_GuessesAreLimited(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	in := w.SignedIn
	through := 0
	for i := range 20 {
		err := w.Desk.ChangePassword(t.Context(), in.Agent, in.Session, desk.NewPassword{Current: fmt.Sprintf("guess number %d", i),
			Password: "snow on a tin roof", Address: "192.0.2.1"})
		if chat.IsKind(err, chat.Denied) {
			through++
		} else {
			wantKind(t, "a guess", err, chat.Limited)
		}
	}
	if through != 5 {
		t.Errorf("%d guesses were let through, want 5", through)
	}
}

func TestFile_TwentyMayWaitToBeSent(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	v, c := w.Taken(ada)
	fresh := w.Visitor()
	for who, add := range map[string]func() (chat.FileRef, error){
		"agent": func() (chat.FileRef, error) { return w.Desk.AddFile(t.Context(), ada, c, "a.png", picture()) },
		"visitor": func() (chat.FileRef, error) {
			return w.Desk.AddFileAsVisitor(t.Context(), v.Caller, "a.png", picture())
		},
		"new visitor": func() (chat.FileRef, error) {
			return w.Desk.AddFileAsVisitor(t.Context(), fresh.Caller, "a.png", picture())
		},
	} {
		for range chat.MaxUnsent {
			must[chat.FileRef](t)(add())
		}
		_, err := add()
		wantKind(t, who+": one more", err, chat.Conflict)
	}
	left := 0
	if err := w.Files.Each(t.Context(), w.Clock.Now().Add(24*365*time.Hour), func(chat.FileID) error { left++; return nil }); err != nil {
		t.Fatal(err)
	}
	if left != 3*chat.MaxUnsent {
		t.Errorf("%d contents on disk, want %d: a refused file was kept, or one that was taken is gone", left, 3*chat.MaxUnsent)
	}
	w.Clock.Advance(25 * time.Hour)
	if err := w.Desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	must[chat.FileRef](t)(w.Desk.AddFile(t.Context(), ada, c, "a.png", picture()))
}

func TestEndAsVisitor_WithoutAnOpenThreadIsToldAllTheSame(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	v, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, w.Key()))
	if err := w.Desk.EndAsVisitor(t.Context(), v.Caller); err != nil {
		t.Fatal(err)
	}
	log := w.Log(c)
	if last := log[len(log)-1]; last.Kind != chat.KindEnded || last.Audience != chat.ForAgents {
		t.Errorf("the log ends with %s for %s", last.Kind, last.Audience)
	}
	if err := w.Desk.EndAsVisitor(t.Context(), v.Caller); err != nil || len(w.Log(c)) != len(log) {
		t.Errorf("ended twice: %d events more, %v", len(w.Log(c))-len(log), err)
	}
	if slices.ContainsFunc(log, func(e chat.Event) bool { return e.Kind == chat.KindEnded && e.VSeq != 0 }) {
		t.Error("the team's fact takes a number of the visitor's")
	}
}
