package api

import (
	"encoding/json"
	"net/http"
	"testing"

	"earshot/internal/desk"
)

// The operator's page says how each part does, and a bus that is away.
func TestInstallation_SaysHowEachPartDoes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	away := desk.NodeHealth{Ready: true, Feeds: 2, Bus: desk.BusHealth{Kind: "nats", Since: 77, Reason: "no route"}, Files: desk.FilesHealth{Kind: "disk", OK: true}}
	h.must(h.Desk.Report(t.Context(), "1.2", away))
	resp, raw := h.send(h.request(http.MethodGet, "/v1/admin/installation", nil, who{cookie: h.SignedIn.Secret}))
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%d: %s", resp.StatusCode, raw)
	}
	var got installationBody
	h.must(json.Unmarshal(raw, &got))
	if len(got.Nodes) != 1 || !got.Nodes[0].Here || got.Nodes[0].Version != "1.2" || got.Nodes[0].Health.Bus != away.Bus || got.Nodes[0].Health.Feeds != 2 {
		t.Errorf("the node: %+v", got.Nodes)
	}
	if got.Database.Engine == "" || got.Database.Bytes == 0 || got.Now == 0 {
		t.Errorf("the database: %+v", got.Database)
	}
	for _, one := range got.Database.Settings {
		if !one.OK {
			t.Errorf("a setting: %+v", one)
		}
	}
	if len(got.Database.Settings) == 0 {
		t.Error("it names no settings")
	}
}
