package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"earshot/client"
	"earshot/internal/chat"
)

// TestCountry_TheDatabaseWinsOverTheProxyWhereItKnows reads what rules will see
// of a visitor's first message.
func TestCountry_TheDatabaseWinsOverTheProxyWhereItKnows(t *testing.T) {
	t.Parallel()
	database := func(a netip.Addr) string {
		return map[string]string{"192.0.2.7": "DE", "2001:db8:1::7": "AT"}[a.String()]
	}
	for name, c := range map[string]struct {
		database       func(netip.Addr) string
		address, proxy string
		stranger       bool
		want           string
	}{
		"both know":                  {database, "192.0.2.7", "FR", false, "DE"},
		"both know, IPv6":            {database, "2001:db8:1::7", "FR", false, "AT"},
		"written as IPv6":            {database, "::ffff:192.0.2.7", "", false, "DE"},
		"the database alone":         {database, "192.0.2.7", "", false, "DE"},
		"the proxy alone":            {database, "198.51.100.7", "FR", false, "FR"},
		"nobody":                     {database, "198.51.100.7", "XX", false, ""},
		"no database":                {nil, "192.0.2.7", "FR", false, "FR"},
		"no database, no word":       {nil, "192.0.2.7", "", false, ""},
		"said by whom nobody trusts": {database, "192.0.2.7", "FR", true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, func(o *Options) {
				o.CountryOf = c.database
				if !c.stranger {
					o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
				}
			})
			v := h.Visitor()
			body, err := json.Marshal(map[string]any{"key": client.NewKey(), "text": "hello"})
			h.must(err)
			r := h.request(http.MethodPost, "/v1/visitor/messages", body, who{by: v.Caller})
			r.Header.Set("X-Forwarded-For", "203.0.113.1, "+c.address)
			r.Header.Set("CF-IPCountry", c.proxy)
			if resp, raw := h.send(r); resp.StatusCode != http.StatusCreated {
				t.Fatalf("%d %s", resp.StatusCode, raw)
			}
			known, err := h.Desk.VisitorOf(t.Context(), v.Caller)
			h.must(err)
			all := h.Log(known.Conversation)
			var begun chat.Started
			h.must(json.Unmarshal(all[0].Body, &begun))
			if begun.Arrival.Country != c.want || known.Country != c.want {
				t.Errorf("rules see %q, the team %q; want %q", begun.Arrival.Country, known.Country, c.want)
			}
			raw, err := json.Marshal(all)
			h.must(err)
			if bytes.Contains(raw, []byte(c.address)) || strings.Contains(h.log.String(), c.address) {
				t.Error("the address was kept or logged")
			}
		})
	}
}
