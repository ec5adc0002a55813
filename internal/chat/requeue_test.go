package chat_test

import (
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
)

// led is a script of a visitor who queued at noon and whom Ada took a minute
// later.
func led(t *testing.T) *script {
	t.Helper()
	s := newScript()
	if err := s.add(chat.Post(s.state, mia.Actor(), chat.NewMessage{Text: "hi", Begin: chat.Beginning{Group: team}}, noon)); err != nil {
		t.Fatal(err)
	}
	if err := s.add(chat.Take(s.state, ada, chat.Given{}, noon.Add(time.Minute))); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRequeue_GoesBackToItsOldPlace(t *testing.T) {
	t.Parallel()
	s := led(t)
	if err := s.add(chat.Requeue(s.state, ada, ada, chat.PutBack, chat.Order{}, noon.Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	th := s.state.Thread
	if th.State != chat.Queued || th.Lead != "" || th.QueuedAt != chat.Micros(noon) {
		t.Errorf("the thread is %+v, want it queued since noon and led by nobody", th)
	}
	e := s.events[len(s.events)-1]
	change, ok := chat.AccessAfter(e)
	if !ok || change.Before.Lead != ada.ID || change.After.Lead != "" {
		t.Errorf("access of %s is %+v, %v", e.Body, change, ok)
	}
	if err := s.add(chat.Take(s.state, bob, chat.Given{}, noon.Add(2*time.Hour))); err != nil || s.state.Thread.Lead != bob.ID {
		t.Errorf("a colleague cannot take it: %v", err)
	}
}

func TestRequeue_TheVisitorReadsNoName(t *testing.T) {
	t.Parallel()
	for _, cause := range []string{chat.PutBack, chat.Disabled} {
		s := led(t)
		if err := s.add(chat.Requeue(s.state, ada, bob, cause, chat.Order{}, noon.Add(time.Hour))); err != nil {
			t.Fatal(err)
		}
		e := s.events[len(s.events)-1]
		if !chat.Visible(e, s.state.Access(), mia.Viewer()) {
			t.Error("the visitor does not hear that somebody else will answer")
		}
		got := chat.ForVisitor(e)
		if string(got.Body) != "{}" || got.Actor != chat.System() {
			t.Errorf("the visitor receives %s by %+v", got.Body, got.Actor)
		}
		if why := string(e.Body); !strings.Contains(why, "Ada") && !strings.Contains(why, "Bob") {
			t.Errorf("the team is not told why: %s", why)
		}
	}
}

func TestRequeue_OnlyTheLeadOfAnOpenThread(t *testing.T) {
	t.Parallel()
	s := led(t)
	if _, err := chat.Requeue(s.state, bob, bob, chat.PutBack, chat.Order{}, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("who does not lead: %v, want denied", err)
	}
	if err := s.add(chat.Requeue(s.state, ada, ada, chat.PutBack, chat.Order{}, noon)); err != nil {
		t.Fatal(err)
	}
	if again, err := chat.Requeue(s.state, ada, ada, chat.PutBack, chat.Order{}, noon); err != nil || len(again) != 0 {
		t.Errorf("a second time: %v, %v, want nothing", again, err)
	}
	if err := s.add(chat.Close(s.state, mia.Actor(), chat.Ended, 0, noon)); err != nil {
		t.Fatal(err)
	}
	if _, err := chat.Requeue(s.state, ada, ada, chat.PutBack, chat.Order{}, noon); !chat.IsKind(err, chat.Gone) {
		t.Errorf("a closed one: %v, want gone", err)
	}
}

// Nobody may lose a question that an agent had begun to answer because its
// visitor is not connected just now.
func TestClose_WhatAnAgentHadIsNotAbandoned(t *testing.T) {
	t.Parallel()
	s := led(t)
	if err := s.add(chat.Requeue(s.state, ada, ada, chat.Disabled, chat.Order{}, noon)); err != nil {
		t.Fatal(err)
	}
	if events, err := chat.Close(s.state, chat.System(), chat.Abandoned, 0, noon); err != nil || len(events) != 0 {
		t.Errorf("abandoned: %v, %v, want nothing", events, err)
	}
}

func TestRequeue_OneThatAnAgentBeganWaitsSinceTheVisitorWrote(t *testing.T) {
	t.Parallel()
	s := newScript()
	if err := s.add(chat.Post(s.state, ada.Actor(), chat.NewMessage{Text: "hello", Begin: chat.Beginning{Group: team}}, noon)); err != nil {
		t.Fatal(err)
	}
	if err := s.add(chat.Post(s.state, mia.Actor(), chat.NewMessage{Text: "yes?"}, noon.Add(time.Minute))); err != nil {
		t.Fatal(err)
	}
	if err := s.add(chat.Requeue(s.state, ada, ada, chat.PutBack, chat.Order{}, noon.Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	if got := s.state.Thread.QueuedAt; got != chat.Micros(noon.Add(time.Minute)) {
		t.Errorf("queued at %d", got)
	}
}
