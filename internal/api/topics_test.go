package api

import (
	"net/http"
	"slices"
	"testing"

	"earshot/internal/chat"
)

func TestTopics_AreChangedByTheAgentHimselfAndByManagers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ann := h.Agent("Ann", chat.Member)
	own := who{cookie: h.SignIn(ann).Secret}
	topicsOf := func() []string {
		var all agents
		h.manage(http.MethodGet, "/v1/admin/agents", "", http.StatusOK, &all)
		return all.Agents[slices.IndexFunc(all.Agents, func(a chat.Agent) bool { return a.ID == ann.ID })].Topics
	}
	for _, c := range []struct {
		body string
		want []string
	}{
		{`{"topics":[" VAT ","VAT","customs duty"]}`, []string{"VAT", "customs duty"}},
		{`{"name":"Anna"}`, []string{"VAT", "customs duty"}},
		{`{}`, []string{"VAT", "customs duty"}},
		{`{"topics":[]}`, nil},
	} {
		resp, raw := h.send(h.request(http.MethodPatch, "/v1/me", []byte(c.body), own))
		if got := topicsOf(); resp.StatusCode != http.StatusOK || !slices.Equal(got, c.want) {
			t.Errorf("%s: %d %s, topics %q, want %q", c.body, resp.StatusCode, raw, got, c.want)
		}
	}
	h.manage(http.MethodPatch, "/v1/admin/agents/"+string(ann.ID), `{"topics":["returns"]}`, http.StatusOK, nil)
	if got := topicsOf(); !slices.Equal(got, []string{"returns"}) {
		t.Errorf("a manager wrote %q", got)
	}
}
