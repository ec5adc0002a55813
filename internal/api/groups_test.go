package api

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// manage sends a request of the owner and reads the answer into out, where its
// status is the expected one.
func (h *house) manage(method, path, body string, want int, out any) string {
	h.t.Helper()
	resp, raw := h.send(h.request(method, path, []byte(body), who{cookie: h.SignedIn.Secret}))
	if resp.StatusCode != want {
		h.t.Fatalf("%s %s %s: %d %s, want %d", method, path, body, resp.StatusCode, raw, want)
	}
	if out != nil {
		h.must(json.Unmarshal(raw, out))
	}
	return string(raw)
}

func TestGroups_AreMadeChangedAndFilledOverHTTP(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var made, changed desk.ManagedGroup
	raw := h.manage(http.MethodPost, "/v1/admin/groups", `{"name":"Sales","names":{"de":"Verkauf"},"rules":{"line":"end_to_end",
		"distribution":{"method":"round_robin","skill_wait":-1},"hours":{"zone":"Europe/Berlin","week":[{"day":"mon","from":"22:00","to":"02:00"}],
		"exceptions":[{"from":"12-24","spans":[{"from":"09:00","to":"12:00"}]}]},"share":{"most":3,"oldest_first":true}}}`, http.StatusCreated, &made)
	for _, want := range []string{`"method":"round_robin"`, `"skill_wait":-1`, `{"day":"mon","from":"22:00","to":"02:00"}`, `"members":[]`, `"open":0`} {
		if !strings.Contains(raw, want) {
			t.Errorf("the new group lacks %s: %s", want, raw)
		}
	}
	h.manage(http.MethodPatch, "/v1/admin/groups/"+string(made.ID), `{"policy":"lead"}`, http.StatusOK, &changed)
	if changed.Policy != chat.PolicyLead || changed.Rules.Hours == nil || changed.Name != "Sales" {
		t.Errorf("changed to %+v", changed)
	}
	h.manage(http.MethodPut, "/v1/admin/groups/"+string(made.ID)+"/members", `{"members":[{"agent":"`+string(h.Owner.ID)+`","class":"last"}]}`, http.StatusOK, &changed)
	if len(changed.Members) != 1 || changed.Members[0].Class != chat.ClassLast {
		t.Errorf("members: %+v", changed.Members)
	}
	var all managedGroups
	h.manage(http.MethodGet, "/v1/admin/groups", "", http.StatusOK, &all)
	if len(all.Groups) != 2 || all.Groups[0].Name != "Sales" {
		t.Errorf("listed: %+v", all.Groups)
	}
}

// What a manager reads must tell him what to mend.
func TestGroups_RefusalsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	g := "/v1/admin/groups/" + string(h.Group.ID)
	for _, c := range []struct{ method, path, body, want string }{
		{http.MethodPost, "/v1/admin/groups", `{"name":"X","rulse":{}}`, "rulse"},
		{http.MethodPatch, g, `{"rules":{"hours":{"zone":"Europe/Berlin","week":[{"day":"mon","from":"09:00","till":"17:00"}]}}}`, "rules.hours.week.till"},
		{http.MethodPatch, g, `{"rules":{"hours":{"zone":"Europe/Atlantis","week":[]}}}`, "no time zone"},
		{http.MethodPatch, g, `{"rules":{"hours":{"zone":"Europe/Berlin","week":[{"day":"mon","from":"9 am","to":"17:00"}]}}}`, "is not a time of the day"},
		{http.MethodPatch, g, `{"rules":{"distribution":{"method":"shout"}}}`, "ring_all"},
		{http.MethodPatch, g, `{"policy":"closed"}`, "policy"},
		{http.MethodPatch, g, `{"names":{"not a tag":"X"}}`, "language tag"},
		{http.MethodPatch, g, `{"rules":{"limit":51}}`, "0 to 50"},
		{http.MethodPut, g + "/members", `{"members":[{"agent":"a_none"}]}`, "not in the team"},
		{http.MethodPut, g + "/members", `{"members":[{"agent":"a_none","class":"boss"}]}`, "supervisor"},
		{http.MethodPut, "/v1/admin/routes", `{"routes":[{"id":"","name":"R","group":"` + string(h.Group.ID) + `","when":[{"field":"url","op":"is","values":["x"],"no":true}]}]}`, "routes.when.no"},
		{http.MethodPut, "/v1/admin/routes", `{"routes":[{"id":"","name":"R","when":[],"group":"g_none"}]}`, "names a group that is not there"},
		{http.MethodPut, "/v1/admin/routing", `{"timing":{"warn":90,"reply":60}}`, "warning comes before"},
		{http.MethodPatch, "/v1/admin/sites/" + string(h.Site.ID), `{"choose":["g_none"]}`, "not there"},
	} {
		resp, raw := h.send(h.request(c.method, c.path, []byte(c.body), who{cookie: h.SignedIn.Secret}))
		if p := h.problem(raw); resp.StatusCode/100 != 4 || !strings.Contains(p.Detail, c.want) || strings.Contains(p.Detail, ": .") {
			t.Errorf("%s %s %s: %d %q, want words with %q", c.method, c.path, c.body, resp.StatusCode, p.Detail, c.want)
		}
	}
}

func TestRoutes_AreStoredAndTried(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.CountryOf = func(netip.Addr) string { return "" } })
	var sales desk.ManagedGroup
	h.manage(http.MethodPost, "/v1/admin/groups", `{"name":"Sales"}`, http.StatusCreated, &sales)
	rule := `{"id":"","name":"Cart","when":[{"field":"path","op":"prefix","values":["/cart"]}],"group":"` + string(sales.ID) + `","skills":["french"]}`
	var stored routesBody
	h.manage(http.MethodPut, "/v1/admin/routes", `{"routes":[`+rule+`]}`, http.StatusOK, &stored)
	if len(stored.Routes) != 1 || !strings.HasPrefix(stored.Routes[0].ID, "r_") {
		t.Fatalf("stored: %+v", stored)
	}
	var got tried
	h.manage(http.MethodPost, "/v1/admin/routes/try", `{"url":"https://shop.example/cart/1"}`, http.StatusOK, &got)
	if got.Placement.Group != sales.ID || got.Placement.Rule != stored.Routes[0].ID || !got.Verdicts[0].Decides || !got.CountryKnown || len(got.Standings) != 2 {
		t.Errorf("the stored rules: %+v", got)
	}
	h.manage(http.MethodPost, "/v1/admin/routes/try", `{"url":"https://shop.example/cart/1","routes":[]}`, http.StatusOK, &got)
	if got.Placement.Group != h.Group.ID || got.Placement.Cause != "default" || len(got.Verdicts) != 0 {
		t.Errorf("no rules: %+v", got)
	}
	h.manage(http.MethodPost, "/v1/admin/routes/try", `{"chosen":"`+string(sales.ID)+`"}`, http.StatusOK, &got)
	if got.Placement.Cause != "visitor" || got.Placement.Ask == nil || got.Placement.Ask.Chosen.Group != sales.ID {
		t.Errorf("chosen, with nobody there: %+v", got)
	}
	var now routingSettings
	h.manage(http.MethodPut, "/v1/admin/routing", `{"limit":7,"timing":{"offer":30}}`, http.StatusOK, nil)
	h.manage(http.MethodGet, "/v1/admin/routing", "", http.StatusOK, &now)
	if now.Limit != 7 || now.Timing.Offer != 30 || now.Timing.Reply != 90 {
		t.Errorf("routing: %+v", now)
	}
}
