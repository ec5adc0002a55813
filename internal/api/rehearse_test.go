package api

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// TestRehearsal_FromTheChangeToTheChatsBehindEachNumber is a manager's way: start,
// look until it is done, and find his visitors' conversations in the answer.
func TestRehearsal_FromTheChangeToTheChatsBehindEachNumber(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Write(func(tx *store.Tx) error {
		return tx.SaveGroup(chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyOpen, Rules: json.RawMessage(`{"hours":{"zone":"UTC","week":[]}}`)})
	})
	h.Group.Rules = json.RawMessage(`{"line":"end_to_end"}`)
	h.Write(func(tx *store.Tx) error { return tx.SaveGroup(h.Group) })
	var came []string
	for range 3 {
		_, c := h.Arrives("hello")
		came = append(came, string(c))
	}
	owner := who{cookie: h.SignedIn.Secret}
	ask := func(method, path, body string, want int, into any) {
		t.Helper()
		resp, raw := h.send(h.request(method, path, []byte(body), owner))
		if resp.StatusCode != want {
			t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, raw)
		}
		if into != nil {
			if err := json.Unmarshal(raw, into); err != nil {
				t.Fatalf("%s: %v", raw, err)
			}
		}
	}
	var r desk.Rehearsal
	change := `{"days": 1, "routes": [{"id": "", "name": "Cart", "when": [{"field": "path", "op": "prefix", "values": ["/cart"]}], "group": "g_sales"}]}`
	ask(http.MethodPost, "/v1/admin/rehearsals", change, http.StatusAccepted, &r)
	for r.State == desk.RehearsalRunning {
		ask(http.MethodGet, "/v1/admin/rehearsals/"+r.ID, "", http.StatusOK, &r)
	}
	if r.State != desk.RehearsalDone || r.Done != 6 || r.Total != 6 || r.Diff == nil {
		t.Fatalf("ended as %+v", r)
	}
	if len(r.Diff.Moves) != 1 || r.Diff.Moves[0].To != "g_sales" || !cmp.Equal(r.Diff.Moves[0].IDs, came) || !cmp.Equal(r.Diff.Nobody.New, came) {
		t.Errorf("%+v, want %v to move and to meet nobody", r.Diff, came)
	}
	for _, refused := range []string{`{"days": 0}`, `{"days": 1, "limits": 3}`, `{"days": 1, "groups": [{"id": "g_none", "rules": {}}]}`, `{"days": 1, "groups": [{"id": "g_sales", "rules": 7}]}`,
		`{"days": 1, "groups": [{"id": "g_sales", "rules": {"distribution": {"methods": "pull"}}}]}`,
		`{"days": 1, "groups": [{"id": "g_sales", "members": [{"agent": "a_none"}]}]}`, `{"days": 1, "agents": [{"id": "a_none"}]}`, `{"days": 1, "agents": [{"id": "a_none", "skill": []}]}`} {
		ask(http.MethodPost, "/v1/admin/rehearsals", refused, http.StatusUnprocessableEntity, nil)
	}
	ask(http.MethodGet, "/v1/admin/rehearsals/r_none", "", http.StatusNotFound, nil)
	ask(http.MethodPost, "/v1/admin/rehearsals", `{"days": 1, "agents": [{"id": "`+string(h.Owner.ID)+`", "disabled": true}]}`, http.StatusConflict, nil)
	change = `{"days": 1, "groups": [{"id": "` + string(h.Group.ID) + `", "members": []}], "agents": [{"id": "` + string(h.Owner.ID) + `", "limit": 2, "skills": ["french"]}]}`
	ask(http.MethodPost, "/v1/admin/rehearsals", change, http.StatusAccepted, &r)
	for r.State == desk.RehearsalRunning {
		ask(http.MethodGet, "/v1/admin/rehearsals/"+r.ID, "", http.StatusOK, &r)
	}
	if r.Diff == nil || !cmp.Equal(r.Diff.Nobody.New, came) {
		t.Errorf("nobody is in the group: %+v, want %v to meet nobody", r.Diff, came)
	}
}

func TestShare_AnswersAsManyWeeksAsAskedFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for path, want := range map[string]int{"/v1/share": 4, "/v1/share?weeks=2": 2} {
		resp, raw := h.send(h.request(http.MethodGet, path, nil, who{cookie: h.SignedIn.Secret}))
		var got struct{ Weeks []desk.DriftWeek }
		if err := json.Unmarshal(raw, &got); err != nil || resp.StatusCode != http.StatusOK || len(got.Weeks) != want {
			t.Errorf("%s: %d %s (%v)", path, resp.StatusCode, raw, err)
		}
	}
	if resp, _ := h.send(h.request(http.MethodGet, "/v1/share?weeks=0", nil, who{cookie: h.SignedIn.Secret})); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no weeks: %d", resp.StatusCode)
	}
}
