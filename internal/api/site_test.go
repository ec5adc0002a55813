package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// TestSite_SaysHowTheGroupStandsThatThePageNames: somebody is in the site's own group,
// and in the only one to choose from; nobody in the one that the page names.
func TestSite_SaysHowTheGroupStandsThatThePageNames(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Connect(h.Agent("Ada", chat.Member))
	name := "Sales"
	sales, err := h.Desk.AddGroup(t.Context(), h.Owner, desk.GroupChange{Name: &name})
	h.must(err)
	h.Site.Choose = []chat.GroupID{h.Group.ID}
	h.Write(func(tx *store.Tx) error { return tx.SaveSite(h.Site) })
	for query, want := range map[string]struct {
		online bool
		state  string
	}{
		"": {true, "online"},
		"?" + url.Values{"group": {string(sales.ID)}}.Encode(): {false, "offline"},
		"?url=https%3A%2F%2Fshop.example%2F&group=g_none":      {true, "online"},
	} {
		r := h.request(http.MethodGet, "/v1/visitor/site"+query, nil, who{})
		r.Header.Set("Earshot-Site", h.Site.Key)
		answer, raw := h.send(r)
		var got struct {
			Online bool
			State  string
		}
		if err := json.Unmarshal(raw, &got); answer.StatusCode != http.StatusOK || err != nil || got.Online != want.online || got.State != want.state {
			t.Errorf("%q: %d, %+v, %v; want %+v", query, answer.StatusCode, got, err, want)
		}
	}
}
