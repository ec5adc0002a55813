package notify_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/jobs"
	"earshot/internal/notify"
	"earshot/internal/store"
)

// hanging starts a push service that does not answer before it is released, and then
// that it is to be asked again.
func (s *stage) hanging() (address string, release chan struct{}) {
	s.t.Helper()
	release = make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-release
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	s.t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	s.must(err)
	keys, err := notify.NewKeys()
	s.must(err)
	s.alerts.Pusher = notify.NewPusher(keys, "ops@acme.example", notify.Targets{Own: []string{s.service.Host(), at.Host}})
	return server.URL + "/push/hanging", release
}

// moves has the first device of an agent be pushed to at another address.
func (s *stage) moves(a chat.Agent, address string) (first store.Subscription) {
	s.t.Helper()
	s.Write(func(tx *store.Tx) error {
		all, err := tx.Subscriptions(a.ID)
		if err != nil {
			return err
		}
		first = all[0]
		first.Endpoint = address
		return tx.SaveSubscription(first)
	})
	return first
}

// TestAlerts_AServiceThatHangsKeepsNoPromiseWaiting pushes more alerts into a service
// that does not answer than there are places for, and has a promise be due beside them.
func TestAlerts_AServiceThatHangsKeepsNoPromiseWaiting(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ben := s.Agent("Ben", chat.Member)
	s.status(ben, chat.Away)
	_, c := s.Taken(s.ann)
	_, err := s.Desk.Hold(t.Context(), s.ann, c, desk.Hold{Transfer: desk.Transfer{Key: s.Key(), To: chat.Target{Kind: chat.ToAgent, Agent: ben.ID}, Reason: "invoice"},
		Way: chat.HeldWait, Due: s.Clock.Now().Add(time.Hour)})
	s.must(err)
	address, release := s.hanging()
	for i := range 2 * jobs.AtOnce {
		a := s.Agent(fmt.Sprint("Agent", i), chat.Member)
		s.device(a, a.Name)
		s.moves(a, fmt.Sprint(address, i))
		_, err := s.Desk.TestAlert(t.Context(), a)
		s.must(err)
	}
	pushing, warned := make(chan bool, 100), make(chan error, 10)
	handlers := map[string]jobs.Handler{
		desk.JobAlert: func(ctx context.Context, j store.Job) error {
			pushing <- true
			err := s.alerts.Push(ctx, j.Body)
			<-release // its own patience is shorter than a busy machine may be slow
			return err
		},
		desk.JobPromise: func(ctx context.Context, j store.Job) error {
			err := s.Desk.WarnOfPromise(ctx, j.Body)
			warned <- err
			return err
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- jobs.Run(ctx, s.Store, handlers, s.Clock.Now, desk.JobsOutside()...) }()
	for range jobs.AtOnce {
		<-pushing
	}
	s.Clock.Advance(50 * time.Minute)
	s.Write(func(tx *store.Tx) error { return tx.Enqueue(store.Job{Kind: "bell", Key: "bell", Due: 1 << 60}) })
	select {
	case err := <-warned:
		s.must(err)
	case <-time.After(time.Minute):
		t.Error("the promise waits for pushes")
	}
	close(release)
	cancel()
	s.must(<-done)
}

// TestAlerts_AServiceThatHangsKeepsNoOtherDeviceWaiting has two devices, of which the one
// that is sent to first is at a service that does not answer.
func TestAlerts_AServiceThatHangsKeepsNoOtherDeviceWaiting(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.device(s.ann, "tablet")
	address, release := s.hanging()
	first := s.moves(s.ann, address)
	_, err := s.Desk.TestAlert(t.Context(), s.ann)
	s.must(err)
	failed := make(chan int)
	go func() { failed <- s.later(0) }()
	<-s.service.Pushed
	if all, err := s.Desk.Alerts(t.Context(), s.ann); err != nil || outcomeOf(all[0], first) != "" {
		t.Errorf("the other device was sent to when the first had failed: %+v, %v", all[0].Devices, err)
	}
	close(release)
	if n := <-failed; n != 1 {
		t.Errorf("%d jobs are to be tried again, want 1", n)
	}
	if all, err := s.Desk.Alerts(t.Context(), s.ann); err != nil || outcomeOf(all[0], first) != string(notify.Later) {
		t.Errorf("what became of the first: %+v, %v", all[0].Devices, err)
	}
}

func outcomeOf(a desk.Alerted, to store.Subscription) string {
	for _, d := range a.Devices {
		if d.Session == to.Session {
			return d.Outcome
		}
	}
	return "not sent"
}
