package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"earshot/internal/chat"
)

// TestSiteSecret_StandsInNoEventNoListAndNoLog asks for the secret, makes a new
// one and changes the site, and looks for both wherever the team reads.
func TestSiteSecret_StandsInNoEventNoListAndNoLog(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	boss := who{cookie: h.SignedIn.Secret}
	path := "/v1/admin/sites/" + string(h.Site.ID)
	ask := func(method string) string {
		t.Helper()
		resp, raw := h.send(h.request(method, path+"/secret", nil, boss))
		var said siteSecret
		h.must(json.Unmarshal(raw, &said))
		if resp.StatusCode != http.StatusOK || len(said.Secret) != 43 || resp.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %d %s %v", method, resp.StatusCode, raw, resp.Header)
		}
		return said.Secret
	}
	first := ask(http.MethodGet)
	if again := ask(http.MethodGet); again != first {
		t.Error("the secret is another one each time")
	}
	second := ask(http.MethodPost)
	if second == first || ask(http.MethodGet) != second {
		t.Error("the new secret is the one before, or is not kept")
	}
	var read strings.Builder
	for method, path := range map[string]string{http.MethodPatch: path, http.MethodGet: "/v1/admin/sites"} {
		var body []byte
		if method == http.MethodPatch {
			body = []byte(`{"name":"Shop renamed"}`)
		}
		resp, raw := h.send(h.request(method, path, body, boss))
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, raw)
		}
		read.Write(raw)
	}
	_, raw := h.send(h.request(http.MethodGet, "/v1/inbox", nil, boss))
	read.Write(raw)
	team, err := json.Marshal(h.Log(chat.TeamConversation))
	h.must(err)
	read.Write(team)
	read.WriteString(h.log.String())
	if !strings.Contains(string(team), "Shop renamed") {
		t.Fatal("the team's events do not tell of the site: this test could not fail")
	}
	for _, secret := range []string{first, second} {
		if strings.Contains(read.String(), secret) {
			t.Errorf("the secret %s… stands where the team reads", secret[:4])
		}
	}
}
