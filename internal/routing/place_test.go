package routing_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

func standings() []routing.Standing {
	return []routing.Standing{
		{Group: "first", Name: "Front desk", Line: routing.FirstLine, State: routing.Online},
		{Group: "sales", Name: "Sales", Line: routing.EndToEnd, State: routing.OnlineForQueue},
		{Group: "billing", Name: "Billing", Line: routing.EndToEnd, State: routing.NotOnline, Closed: true, Because: chat.Says("group.closed", "Billing"), Why: "Billing is closed."},
		{Group: "vip", Name: "VIP", Private: true, State: routing.Online},
		{Group: "alone", Name: "Nights", Line: routing.EndToEnd, State: routing.NotOnline, Why: "Nobody in Nights takes chats now."},
		{Group: "desk", Name: "Second desk", Line: routing.FirstLine, State: routing.QueueFull, Why: "The queue of Second desk is full."},
		{Group: "full", Name: "Returns", Line: routing.EndToEnd, State: routing.QueueFull, Why: "The queue of Returns is full."},
	}
}

func rules() []routing.Route {
	path := func(v string) []routing.Condition {
		return []routing.Condition{{Field: routing.FieldPath, Op: routing.OpPrefix, Values: []string{v}}}
	}
	return []routing.Route{
		{ID: "r0", Name: "Old", Off: true, Group: "sales"},
		{ID: "r1", Name: "Prices", When: path("/pricing"), Group: "sales", Priority: 1, Skills: []string{"prices"}},
		{ID: "r2", Name: "Prices again", When: path("/pricing"), Group: "billing"},
		{ID: "r3", Name: "Invoices", When: path("/invoice"), Group: "billing"},
		{ID: "r4", Name: "Returns", When: path("/returns"), Group: "full"},
		{ID: "r6", Name: "Nights", When: path("/nights"), Group: "alone"},
		{ID: "r5", Name: "Deleted", When: path("/gone"), Group: "deleted"},
	}
}

// TestPlace_KeepsThePrecedence is card B6.
func TestPlace_KeepsThePrecedence(t *testing.T) {
	t.Parallel()
	everything := routing.Choices{Signed: "billing", Visitor: "sales", Default: "first"}
	for _, c := range []struct {
		name    string
		arrival chat.Arrival
		choices routing.Choices
		want    routing.Placement
	}{
		{"the signed API comes first", chat.Arrival{URL: "https://x.example/pricing", Group: "vip"}, everything,
			routing.Placement{Group: "billing", Cause: routing.BySigned, Why: "The signed API named it."}},
		{"then what the page named", chat.Arrival{URL: "https://x.example/pricing", Group: "vip"}, routing.Choices{Visitor: "sales"},
			routing.Placement{Group: "vip", Cause: routing.ByPage, Why: "The page named it."}},
		{"then the visitor's", chat.Arrival{URL: "https://x.example/invoice"}, routing.Choices{Visitor: "sales", Default: "first"},
			routing.Placement{Group: "sales", Cause: routing.ByVisitor, Why: "The visitor chose it."}},
		{"then the first rule that matches", chat.Arrival{URL: "https://x.example/pricing/eu"}, routing.Choices{Default: "first"},
			routing.Placement{Group: "sales", Cause: routing.ByRule, Rule: "r1", Priority: 1, Skills: []string{"prices"}, Why: `Rule "Prices" matches.`}},
		{"then the default", chat.Arrival{URL: "https://x.example/"}, routing.Choices{Default: "first"},
			routing.Placement{Group: "first", Cause: routing.ByDefault, Why: "No rule matches; this is the default."}},
		{"a visitor cannot choose a private group", chat.Arrival{}, routing.Choices{Visitor: "vip", Default: "first"},
			routing.Placement{Group: "first", Cause: routing.ByDefault, Why: "No rule matches; this is the default."}},
		{"nor one that the site does not offer", chat.Arrival{}, routing.Choices{Visitor: "sales", Offered: []chat.GroupID{"first"}, Default: "first"},
			routing.Placement{Group: "first", Cause: routing.ByDefault, Why: "No rule matches; this is the default."}},
		{"and is asked about what it offers alone", chat.Arrival{}, routing.Choices{Visitor: "billing", Offered: []chat.GroupID{"billing", "sales"}, Default: "first"},
			routing.Placement{Group: "billing", Cause: routing.ByVisitor, Ask: &routing.Ask{Chosen: standings()[2], Others: []routing.Standing{standings()[1]}},
				Why: "The visitor chose it. Billing is closed. The visitor is asked whether to leave a message or to talk to another group."}},
		{"a rule to a group that is gone is passed over", chat.Arrival{URL: "https://x.example/gone"}, routing.Choices{Default: "first"},
			routing.Placement{Group: "first", Cause: routing.ByDefault, Why: "No rule matches; this is the default."}},
		{"a closed group falls back to the first line", chat.Arrival{URL: "https://x.example/invoice/7"}, routing.Choices{Default: "first"},
			routing.Placement{Group: "first", Cause: routing.ByFallback, Rule: "r3", Why: `Rule "Invoices" matches. Billing is closed. Front desk, the first line, takes it.`}},
		{"but not to a group that owns its chats", chat.Arrival{URL: "https://x.example/invoice/7"}, routing.Choices{Default: "sales"},
			routing.Placement{Group: "billing", Cause: routing.ByRule, Rule: "r3", Why: `Rule "Invoices" matches.`}},
		{"nor one that is open while nobody is there: it owns its chats", chat.Arrival{URL: "https://x.example/nights"}, routing.Choices{Default: "first"},
			routing.Placement{Group: "alone", Cause: routing.ByRule, Rule: "r6", Why: `Rule "Nights" matches.`}},
		{"the group of the last chat comes before the rules", chat.Arrival{URL: "https://x.example/pricing"}, routing.Choices{Last: "first", Default: "first"},
			routing.Placement{Group: "first", Cause: routing.ByLast, Why: "The visitor talked to Front desk within the last 7 days."}},
		{"one that owns its chats keeps him while it is full", chat.Arrival{URL: "https://x.example/pricing"}, routing.Choices{Last: "full", Default: "first"},
			routing.Placement{Group: "full", Cause: routing.ByLast, Why: "The visitor talked to Returns within the last 7 days."}},
		{"and while nobody is there", chat.Arrival{}, routing.Choices{Last: "alone", Default: "first"},
			routing.Placement{Group: "alone", Cause: routing.ByLast, Why: "The visitor talked to Nights within the last 7 days."}},
		{"a first line does not", chat.Arrival{}, routing.Choices{Last: "desk", Default: "first"},
			routing.Placement{Group: "first", Cause: routing.ByDefault, Why: "No rule matches; this is the default."}},
		{"nor one that is closed", chat.Arrival{URL: "https://x.example/pricing"}, routing.Choices{Last: "billing", Default: "first"},
			routing.Placement{Group: "sales", Cause: routing.ByRule, Rule: "r1", Priority: 1, Skills: []string{"prices"}, Why: `Rule "Prices" matches.`}},
		{"a full one does not fall back", chat.Arrival{URL: "https://x.example/returns"}, routing.Choices{Default: "first"},
			routing.Placement{Group: "full", Cause: routing.ByRule, Rule: "r4", Why: `Rule "Returns" matches.`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := routing.Place(rules(), c.arrival, c.choices, standings())
			if diff := cmp.Diff(c.want, got, inEnglish); diff != "" || got.Because.English() != c.want.Why {
				t.Errorf("%q (-want +got):\n%s", got.Because.English(), diff)
			}
		})
	}
}

func TestPlace_AsksWhoChoseAGroupThatTakesNoChats(t *testing.T) {
	t.Parallel()
	p := routing.Place(rules(), chat.Arrival{}, routing.Choices{Visitor: "billing", Default: "first"}, standings())
	if p.Group != "billing" || p.Ask == nil || p.Ask.Chosen.Group != "billing" {
		t.Fatalf("moved silently: %s", text(p))
	}
	var others []chat.GroupID
	for _, o := range p.Ask.Others {
		others = append(others, o.Group)
	}
	if diff := cmp.Diff([]chat.GroupID{"first", "sales"}, others); diff != "" {
		t.Errorf("offered instead (-want +got):\n%s", diff)
	}
	if !strings.Contains(p.Why, "Billing is closed.") {
		t.Errorf("why: %s", p.Why)
	}
}

func TestExplain_TellsEachConditionsFate(t *testing.T) {
	t.Parallel()
	a := chat.Arrival{Site: "s1", URL: "https://Shop.Example:8443/a%20b/c?item=7&q=x", Referrer: "https://news.example/story", Language: "de-AT", Device: "iPhone, Safari", Visits: 3,
		Data: map[string]string{"plan": "Gold", "seats": "12"}}
	for _, c := range []struct {
		condition routing.Condition
		holds     bool
		why       string
	}{
		{routing.Condition{Field: "host", Op: "is", Values: []string{"shop.example"}}, true, `host is "shop.example".`},
		{routing.Condition{Field: "path", Op: "prefix", Values: []string{"/a b"}}, true, `path is "/a b/c".`},
		{routing.Condition{Field: "path", Op: "prefix", Values: []string{"/a"}}, false, `path is "/a b/c".`},
		{routing.Condition{Field: "path", Op: "glob", Values: []string{"/x", "/*/c"}}, true, `path is "/a b/c".`},
		{routing.Condition{Field: "url", Op: "glob", Values: []string{"https://*item=7*"}}, true, `url is "https://Shop.Example:8443/a%20b/c?item=7&q=x".`},
		{routing.Condition{Field: "query", Op: "contains", Values: []string{"ITEM="}}, true, `query is "item=7&q=x".`},
		{routing.Condition{Field: "query", Key: "item", Op: "is", Values: []string{"7"}}, true, `query item is "7".`},
		{routing.Condition{Field: "query", Key: "ref", Op: "exists"}, false, `query ref is not known.`},
		{routing.Condition{Field: "site", Op: "is", Values: []string{"s1"}}, true, `site is "s1".`},
		{routing.Condition{Field: "referrer", Op: "contains", Values: []string{"news"}, Not: true}, false, `referrer is "https://news.example/story".`},
		{routing.Condition{Field: "language", Op: "is", Values: []string{"de"}}, true, `language is "de-AT".`},
		{routing.Condition{Field: "language", Op: "is", Values: []string{"d"}}, false, `language is "de-AT".`},
		{routing.Condition{Field: "country", Op: "is", Values: []string{"AT"}}, false, `country unknown: no database, or no entry in it.`},
		{routing.Condition{Field: "country", Op: "is", Values: []string{"AT"}, Not: true}, false, `country unknown: no database, or no entry in it.`},
		{routing.Condition{Field: "device", Op: "contains", Values: []string{"iphone"}}, true, `device is "iPhone, Safari".`},
		{routing.Condition{Field: "visits", Op: "at_least", Values: []string{"3"}}, true, `visits is "3".`},
		{routing.Condition{Field: "visits", Op: "at_most", Values: []string{"2"}}, false, `visits is "3".`},
		{routing.Condition{Field: "data", Key: "plan", Op: "is", Values: []string{"gold"}}, true, `data plan is "Gold".`},
		{routing.Condition{Field: "data", Key: "seats", Op: "at_least", Values: []string{"10"}}, true, `data seats is "12".`},
		{routing.Condition{Field: "data", Key: "age", Op: "exists", Not: true}, true, `data age is not known.`},
	} {
		t.Run(c.condition.String(), func(t *testing.T) {
			t.Parallel()
			v := routing.Explain([]routing.Route{{ID: "r", Name: "R", When: []routing.Condition{c.condition}, Group: "first"}}, a)
			want := []routing.Found{{Condition: c.condition.String(), Holds: c.holds, Why: c.why}}
			found := v[0].Conditions
			if diff := cmp.Diff(want, found, inEnglish); diff != "" || v[0].Matches != c.holds || found[0].Because.English() != c.why {
				t.Errorf("%q (-want +got):\n%s", found[0].Because.English(), diff)
			}
		})
	}
}

// TestExplain_AgreesWithPlace holds that the tester shows what really happens.
func TestExplain_AgreesWithPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := chat.Arrival{URL: "https://x.example" + draw(t, "path", "", "/", "/pricing", "/pricing-list", "/invoice/3", "/gone", "/returns"),
			Country: draw(t, "country", "", "AT"), Visits: rapid.IntRange(0, 3).Draw(t, "visits")}
		all := append([]routing.Route{{ID: "c", Name: "C", Group: "vip", When: []routing.Condition{{Field: "country", Op: "is", Values: []string{"AT"}}, {Field: "visits", Op: "at_least", Values: []string{"2"}}}}}, rules()[:5]...)
		decided := ""
		for _, v := range routing.Explain(all, a) {
			if v.Decides {
				decided += v.Rule
			}
			if v.Why == "" {
				t.Fatalf("no reason: %+v", v)
			}
		}
		if p := routing.Place(all, a, routing.Choices{Default: "sales"}, standings()); p.Rule != decided {
			t.Fatalf("%s: Place says %q, Explain says %q", a.URL, p.Rule, decided)
		}
	})
}

func TestGlob_AgreesWithRegexp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringOfN(rapid.RuneFrom([]rune("ab/*?.")), 0, 8, -1).Draw(t, "pattern")
		path := "/" + rapid.StringOfN(rapid.RuneFrom([]rune("ab/.")), 0, 10, -1).Draw(t, "text")
		source := regexp.QuoteMeta(pattern)
		source = strings.ReplaceAll(strings.ReplaceAll(source, `\*`, ".*"), `\?`, ".")
		want := regexp.MustCompile("^(?:" + source + ")$").MatchString(path)
		v := routing.Explain([]routing.Route{{When: []routing.Condition{{Field: "referrer", Op: "glob", Values: []string{pattern}}}}}, chat.Arrival{Referrer: path})
		if v[0].Matches != want {
			t.Fatalf("%q like %q: %v, want %v", path, pattern, v[0].Matches, want)
		}
	})
}

func TestRoute_RefusesWhatCouldNeverMatch(t *testing.T) {
	t.Parallel()
	there := []chat.GroupID{"sales"}
	good := routing.Route{Name: "R", Group: "sales", When: []routing.Condition{{Field: "visits", Op: "at_least", Values: []string{"2"}}}}
	if err := good.Check(there); err != nil {
		t.Fatal(err)
	}
	for _, c := range []routing.Condition{
		{Field: "colour", Op: "is", Values: []string{"red"}}, {Field: "path", Op: "rhymes", Values: []string{"x"}}, {Field: "path", Op: "is"},
		{Field: "data", Op: "exists"}, {Field: "visits", Op: "at_least", Values: []string{"many"}},
	} {
		bad := good
		bad.When = []routing.Condition{c}
		if err := bad.Check(there); !chat.IsKind(err, chat.Invalid) {
			t.Errorf("%s: %v", c, err)
		}
	}
	if err := (routing.Route{Name: "R", Group: "gone"}).Check(there); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("a group that is not there: %v", err)
	}
}
