package routing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

func TestNewSubject_KeepsWhatTellsAndDropsWhatNames(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		page  string
		texts []string
		want  routing.Subject
	}{
		"a question": {"https://shop.example/Invoice/2024-17/?token=1#x", []string{"My VAT is wrong, my vat!", "No. 4711 of IT"},
			routing.Subject{Page: "/invoice/*", Words: []string{"vat", "wrong", "it"}}},
		"no names":      {"", []string{"I am ann@home.example https://x.example/me tel 0043123 a1b2"}, routing.Subject{Words: []string{"tel"}}},
		"the front":     {"https://shop.example", []string{""}, routing.Subject{Page: "/"}},
		"no page":       {"javascript:alert(1)", nil, routing.Subject{}},
		"a deep page":   {"https://shop.example/a/b/c/d/e", nil, routing.Subject{Page: "/a/b/c/d"}},
		"a long page":   {"https://shop.example/" + strings.Repeat("x", 200), nil, routing.Subject{}},
		"Japanese":      {"", []string{"請求書のVAT"}, routing.Subject{Words: []string{"請求", "求書", "書の", "vat"}}},
		"Arabic, marks": {"", []string{"الفاتورةُ cafés"}, routing.Subject{Words: []string{"الفاتورةُ", "cafés"}}},
		"endless":       {"", []string{strings.Repeat("x", 30)}, routing.Subject{}},
	} {
		got := routing.NewSubject(c.page, c.texts)
		if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(routing.Subject{}, "Forms"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	if s := routing.NewSubject("", []string{"The VAT, and vat"}); s.Forms["vat"] != "VAT" {
		t.Errorf("forms %v", s.Forms)
	}
	if s := routing.NewSubject("", []string{strings.Repeat("abc abcd abcde abcdef ", 3), many("w", 60)}); len(s.Words) != routing.MaxSubjectWords {
		t.Errorf("%d words", len(s.Words))
	}
}

// many is so many different words.
func many(stem string, n int) string {
	var words []string
	for i := range n {
		words = append(words, stem+string(rune('a'+i%26))+string(rune('a'+i/26)))
	}
	return strings.Join(words, " ")
}

// ways makes so many precedents.
func ways(past []routing.Precedent, n int, p routing.Precedent) []routing.Precedent {
	for range n {
		p.N = int64(len(past) + 1)
		past = append(past, p)
	}
	return past
}

func asked(text string) routing.Asked {
	return routing.Asked{Subject: routing.NewSubject("https://shop.example/invoice", []string{text}),
		Groups: []chat.GroupID{"g_billing", "g_sales", "g_tech"}, Topics: map[chat.AgentID][]string{"a_ann": nil, "a_ben": {"VAT", "customs duty"}}}
}

func TestSuggest_SaysWhereThoseAlikeWent(t *testing.T) {
	t.Parallel()
	page, words := "/invoice", []string{"vat"}
	invoices := ways(ways(nil, 31, routing.Precedent{Page: page, Words: words, Group: "g_billing", Agent: "a_ann"}), 9, routing.Precedent{Page: page, Words: words, Group: "g_sales"})
	others := ways(slices.Clone(invoices), 60, routing.Precedent{Page: "/", Words: []string{"price"}, Group: "g_sales"})
	for what, c := range map[string]struct {
		past []routing.Precedent
		text string
		want []string
	}{
		"page and word": {others, "VAT", []string{
			`g_billing: Page /invoice, word "VAT": 31 of 40 like this went there.`,
			`a_ben: The visitor names what this colleague is asked about: VAT.`,
			`a_ann: Page /invoice, word "VAT": 31 of 40 like this went there.`}},
		"the page alone":            {others, "hello", []string{`g_billing: Page /invoice: 31 of 40 like this went there.`, `a_ann: Page /invoice: 31 of 40 like this went there.`}},
		"thin":                      {others[:4], "VAT", []string{`a_ben: The visitor names what this colleague is asked about: VAT.`}},
		"nothing":                   {nil, "hello", nil},
		"a topic of two words":      {nil, "customs and duty", []string{`a_ben: The visitor names what this colleague is asked about: customs duty.`}},
		"half a topic":              {nil, "customs", nil},
		"elsewhere":                 {others[40:], "hello", []string{`g_sales: 60 of the last 60 that were passed on went there.`}},
		"undecided":                 {ways(ways(ways(ways(nil, 3, routing.Precedent{Group: "g_billing"}), 3, routing.Precedent{Group: "g_sales"}), 3, routing.Precedent{Group: "g_tech"}), 3, routing.Precedent{Group: "g_x"}), "hello", nil},
		"who cannot be is left out": {ways(nil, 9, routing.Precedent{Page: page, Group: "g_gone", Agent: "a_gone"}), "hello", nil},
		"both speak for him": {ways(nil, 20, routing.Precedent{Page: page, Group: "g_gone", Agent: "a_ben"}), "VAT", []string{
			`a_ben: Page /invoice: 20 of 20 like this went there. The visitor names what this colleague is asked about: VAT.`}},
	} {
		var got []string
		for _, s := range routing.Suggest(asked(c.text), c.past) {
			got = append(got, fmt.Sprintf("%s%s: %s", s.Group, s.Agent, s.Why))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

// A word that is clearer than the page, and one that everybody uses.
func TestSuggest_TakesTheLookThatSaysMost(t *testing.T) {
	t.Parallel()
	var past []routing.Precedent
	for range 20 {
		past = ways(past, 1, routing.Precedent{Page: "/invoice", Words: []string{"refund", "please"}, Group: "g_sales"})
		past = ways(past, 2, routing.Precedent{Page: "/invoice", Words: []string{"please"}, Group: "g_billing"})
		past = ways(past, 1, routing.Precedent{Page: "/", Words: []string{"please"}, Group: "g_tech"})
	}
	got := routing.Suggest(asked("Refund please"), past)
	want := []routing.Suggestion{
		{Group: "g_sales", Page: "/invoice", Word: "Refund", Alike: 20, Went: 20, Why: `Page /invoice, word "Refund": 20 of 20 like this went there.`},
		{Group: "g_billing", Page: "/invoice", Alike: 60, Went: 40, Why: `Page /invoice: 40 of 60 like this went there.`},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(routing.Suggestion{}), inEnglish); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSuggest_WrongWaysSpeakAgainst(t *testing.T) {
	t.Parallel()
	wrong := routing.Precedent{Page: "/invoice", Group: "g_billing", Agent: "a_ann", Next: "g_sales"}
	right := routing.Precedent{Page: "/invoice", Group: "g_sales"}
	got := routing.Suggest(asked("hello"), ways(ways(nil, 10, wrong), 10, right))
	if len(got) != 1 || got[0].Group != "g_sales" || got[0].Alike != 10 {
		t.Errorf("ten wrong ways suggest %+v", got)
	}
	some := ways(ways(nil, 30, routing.Precedent{Page: "/invoice", Group: "g_billing"}), 4, wrong)
	if got := routing.Suggest(asked("hello"), some); len(got) != 1 || got[0].Back != 4 || got[0].Went != 30 || !strings.HasSuffix(got[0].Why, "; 4 were soon passed on again.") {
		t.Errorf("some wrong ways suggest %+v", got)
	}
	// Passed on inside the group: the agent was wrong, the group was not.
	within := ways(ways(nil, 10, routing.Precedent{Group: "g_billing", Agent: "a_ann", Next: "g_billing"}), 10, routing.Precedent{Group: "g_billing", Agent: "a_ben"})
	got = routing.Suggest(asked("hello"), within)
	if len(got) != 2 || got[0].Agent+got[1].Agent != "a_ben" || got[0].Alike != 10 || got[0].Back != 0 {
		t.Errorf("passed on inside suggests %+v", got)
	}
}

func anyPast(t *rapid.T) []routing.Precedent {
	groups, agents, pages := []chat.GroupID{"g_billing", "g_sales", "g_gone"}, []chat.AgentID{"", "a_ann", "a_ben"}, []string{"", "/invoice", "/other"}
	n := rapid.IntRange(0, 400).Draw(t, "n")
	lean := rapid.IntRange(0, 3).Draw(t, "lean")
	r := rapid.Custom(func(t *rapid.T) routing.Precedent {
		p := routing.Precedent{Group: rapid.SampledFrom(groups).Draw(t, "group"), Agent: rapid.SampledFrom(agents).Draw(t, "agent"), Page: rapid.SampledFrom(pages).Draw(t, "page")}
		if rapid.IntRange(0, 3).Draw(t, "leans") < lean {
			p.Group, p.Agent = "g_billing", "a_ann"
		}
		if rapid.IntRange(0, 5).Draw(t, "wrong") == 0 {
			p.Next = rapid.SampledFrom(groups).Draw(t, "next")
		}
		for _, w := range []string{"vat", "refund", "hello"} {
			if rapid.IntRange(0, 4).Draw(t, w) == 0 {
				p.Words = append(p.Words, w)
			}
		}
		return p
	})
	past := make([]routing.Precedent, n)
	for i := range past {
		past[i] = r.Draw(t, "past")
		past[i].N = int64(i + 1)
	}
	return past
}

// What is loaded by index is what would have been found in everything.
func TestSuggest_OnlyTheNewestOfEachLookMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		past, a := anyPast(t), asked("VAT refund hello")
		kept := map[int64]routing.Precedent{}
		keep := func(has func(routing.Precedent) bool) {
			for i, n := len(past)-1, 0; i >= 0 && n < routing.AlikeMost; i-- {
				if has(past[i]) {
					kept[past[i].N], n = past[i], n+1
				}
			}
		}
		keep(func(routing.Precedent) bool { return true })
		keep(func(p routing.Precedent) bool { return p.Page == a.Page })
		for _, word := range a.Words {
			keep(func(p routing.Precedent) bool { return slices.Contains(p.Words, word) })
		}
		var some []routing.Precedent
		for _, p := range kept { // in the order of chance
			some = append(some, p)
		}
		want, got := routing.Suggest(a, past), routing.Suggest(a, some)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(routing.Suggestion{}), inEnglish); diff != "" {
			t.Fatalf("of %d of %d (-all +newest):\n%s", len(some), len(past), diff)
		}
	})
}

// Every figure can be counted again by hand, nothing is said of a few, and nobody
// is suggested who was not asked for.
func TestSuggest_ItsFiguresAreTrue(t *testing.T) {
	t.Parallel()
	said := 0
	rapid.Check(t, func(t *rapid.T) {
		past, a := anyPast(t), asked("VAT refund")
		for _, s := range routing.Suggest(a, past) {
			if _, able := a.Topics[s.Agent]; s.Agent != "" && !able || s.Agent == "" && !slices.Contains(a.Groups, s.Group) {
				t.Fatalf("suggested %+v", s)
			}
			if s.Alike == 0 {
				continue
			}
			said++
			stayed, went, back, seen := 0, 0, 0, 0
			for _, p := range slices.Backward(past) {
				if s.Word != "" && !slices.Contains(p.Words, strings.ToLower(s.Word)) || s.Word == "" && s.Page != "" && p.Page != s.Page {
					continue
				}
				if seen++; seen > routing.AlikeMost {
					break
				}
				if s.Page != "" && p.Page != s.Page {
					continue
				}
				it := p.Group == s.Group && s.Group != "" || p.Agent == s.Agent && s.Agent != ""
				switch {
				case p.Next == "":
					stayed++
					if it {
						went++
					}
				case it && (s.Agent != "" || p.Next != p.Group):
					back++
				}
			}
			if stayed != s.Alike || went != s.Went || back != s.Back || stayed < routing.AlikeLeast || went-back < 1 {
				t.Fatalf("%+v; counted %d of %d, back %d", s, went, stayed, back)
			}
		}
	})
	if said < 20 {
		t.Errorf("only %d suggestions were checked", said)
	}
}
