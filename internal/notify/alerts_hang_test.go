package notify_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"earshot/internal/desk"
	"earshot/internal/notify"
	"earshot/internal/store"
)

// TestAlerts_AServiceThatHangsKeepsNoOtherDeviceWaiting has two devices, of which the one
// that is sent to first is at a service that does not answer.
func TestAlerts_AServiceThatHangsKeepsNoOtherDeviceWaiting(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.device(s.ann, "tablet")
	release := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-release
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer hanging.Close()
	at, err := url.Parse(hanging.URL)
	s.must(err)
	var first store.Subscription
	s.Write(func(tx *store.Tx) error {
		all, err := tx.Subscriptions(s.ann.ID)
		if err != nil {
			return err
		}
		first = all[0]
		first.Endpoint = hanging.URL + "/push/hanging"
		return tx.SaveSubscription(first)
	})
	keys, err := notify.NewKeys()
	s.must(err)
	s.alerts.Pusher = notify.NewPusher(keys, "ops@acme.example", notify.Targets{Own: []string{s.service.Host(), at.Host}})
	_, err = s.Desk.TestAlert(t.Context(), s.ann)
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
