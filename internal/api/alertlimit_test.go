package api

import (
	"net/http"
	"testing"

	"earshot/internal/chat"
)

// Tests of alerts, of devices and of a webhook go out to other servers: they are acts,
// and of acts there are not more than a person does.
func TestLimits_TestsThatGoOutAreActs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	sue := h.Agent("Sue", chat.Supervisor)
	c := who{cookie: h.SignedIn.Secret}
	asked := func(path, body string) int {
		resp, _ := h.send(h.request(http.MethodPost, path, []byte(body), c))
		return resp.StatusCode
	}
	for h.server.limits.acts.take(string(h.Owner.ID)) == nil {
	}
	for path, body := range map[string]string{"/v1/alerts/test": "{}", "/v1/agents/" + string(sue.ID) + "/check": "", "/v1/admin/groups/" + string(h.Group.ID) + "/hook/test": ""} {
		for h.server.limits.acts.take(string(h.Owner.ID)) == nil {
		}
		if got := asked(path, body); got != http.StatusTooManyRequests {
			t.Errorf("%s answers %d, want 429", path, got)
		}
	}
}
