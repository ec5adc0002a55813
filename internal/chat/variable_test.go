package chat_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "earshot/internal/chat"
)

func TestFillIn(t *testing.T) {
	t.Parallel()
	values := map[string]string{"visitor.first_name": "Mia", "data.plan": "gold", "visitor.name": "{{agent.name}}", "page.url": ""}
	for text, c := range map[string]struct{ want, blanks string }{
		"Hi {{visitor.first_name}}!":                  {"Hi Mia!", ""},
		"Hi {{ visitor.first_name | there }}!":        {"Hi Mia!", ""},
		"Hi {{visitor.email|there}}!":                 {"Hi there!", ""},
		"Hi{{visitor.email|}}!":                       {"Hi!", ""},
		"Mail {{ visitor.email }}, {{visitor.email}}": {"Mail {{visitor.email}}, {{visitor.email}}", "visitor.email"},
		"On {{page.url}}":                             {"On {{page.url}}", "page.url"},
		"{{data.plan}} {{data.seats|one}}":            {"gold one", ""},
		"I am {{visitor.name}}":                       {"I am {{agent.name}}", ""},
		"{ } }} {a}":                                  {"{ } }} {a}", ""},
		"open {{visitor.name":                         {"open {{visitor.name", ""},
	} {
		got, blanks := FillIn(text, values)
		if got != c.want || strings.Join(blanks, " ") != c.blanks {
			t.Errorf("%q: %q, blank %q; want %q, blank %q", text, got, blanks, c.want, c.blanks)
		}
	}
}

func TestVariables_RefusesWhatCannotBeFilledIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{{visitor.phone}}":             "There is no variable {{visitor.phone}}.",
		"{{}}":                          "There is no variable {{}}.",
		"{{data.}}":                     "There is no variable {{data.}}.",
		"{{visitor.name":                "not closed",
		"{{visitor.name {{agent.name}}": "not closed",
		"{{visitor.name|" + strings.Repeat("x", 201) + "}}": "too long",
	} {
		_, err := Variables(text)
		if !IsKind(err, Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	got, err := Variables("{{agent.name}} {{data.plan|none}} {{ agent.name }}")
	want := []Variable{{Name: "agent.name"}, {Name: "data.plan", Fallback: "none", HasFallback: true}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// Whatever visitors and agents call themselves, each value stands in the text as it
// is, in its place, and nothing in it is filled in.
func TestFillIn_PutsEachValueWhereItBelongsAndOnlyThere(t *testing.T) {
	t.Parallel()
	hostile := rapid.OneOf(rapid.String(), rapid.StringMatching(`[{}|a-z. ]{0,20}`),
		rapid.SampledFrom([]string{"{{agent.name}}", "}}{{visitor.email}}", "{{", "}}", "|", "{{visitor.name|x}}"}))
	rapid.Check(t, func(rt *rapid.T) {
		names := append(VariableNames(), "data.plan")
		values := map[string]string{}
		for _, n := range names {
			if rapid.Bool().Draw(rt, "has "+n) {
				values[n] = hostile.Draw(rt, n)
			}
		}
		var text, want strings.Builder
		var blank []string
		for i := range rapid.IntRange(0, 6).Draw(rt, "parts") {
			plain := strings.ReplaceAll(rapid.String().Draw(rt, "plain"), "{", "(")
			name := rapid.SampledFrom(names).Draw(rt, "variable")
			text.WriteString(plain + "{{" + name)
			want.WriteString(plain)
			fallback := i%2 == 0
			if fallback {
				text.WriteString("|you")
			}
			text.WriteString("}}")
			switch {
			case values[name] != "":
				want.WriteString(values[name])
			case fallback:
				want.WriteString("you")
			default:
				want.WriteString("{{" + name + "}}")
				if !slices.Contains(blank, name) {
					blank = append(blank, name)
				}
			}
		}
		got, blanks := FillIn(text.String(), values)
		if got != want.String() || !slices.Equal(blanks, blank) {
			rt.Fatalf("%q\n gave %q\n want %q\n blank %q, want %q", text.String(), got, want.String(), blanks, blank)
		}
	})
}

func TestFillIn_NeverPanicsAndLosesNoWords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[{}|a-z.]{0,40}`)).Draw(rt, "text")
		all, err := Variables(text)
		got, _ := FillIn(text, nil)
		if len(all) == 0 && err == nil && !strings.Contains(text, "{{") && got != text {
			rt.Fatalf("%q became %q", text, got)
		}
	})
}

func TestReplySubject_ValuesAreOnOneLineAndThere(t *testing.T) {
	t.Parallel()
	s := ReplySubject{Visitor: Visitor{Name: " Mia  Bo\u202e ", Email: "", Page: "https://x.example/a", Data: map[string]string{"plan": "a\nb", "none": "  "}},
		Agent: Agent{Name: "Ann"}, Site: "Shop"}
	want := map[string]string{"visitor.name": "Mia Bo", "visitor.first_name": "Mia", "agent.name": "Ann", "agent.first_name": "Ann", "site.name": "Shop",
		"page.url": "https://x.example/a", "data.plan": "a b"}
	if diff := cmp.Diff(want, s.Values()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCheckBlanks_StopsWhatAReplyLeftBlank(t *testing.T) {
	t.Parallel()
	used := []SavedReply{{Text: "Hi {{visitor.first_name}}, {{visitor.email|you}}"}}
	for text, refused := range map[string]bool{
		"Hi {{visitor.first_name}}, you": true,
		"Hi Mia, you":                    false,
		"Write {{visitor.email}}":        false, // not one that the reply has left blank
	} {
		if err := CheckBlanks(text, used); IsKind(err, Invalid) != refused {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := CheckBlanks("{{visitor.first_name}}", nil); err != nil {
		t.Errorf("words that no reply brought: %v", err)
	}
}

func TestFillInTalk_LeavesOutWhatHasNoVisitor(t *testing.T) {
	t.Parallel()
	values := ReplySubject{Agent: Agent{Name: "Ann Lee"}}.Values()
	for text, want := range map[string]string{
		"plain":                         "plain",
		"Hello {{visitor.first_name}}!": "Hello!",
		"{{visitor.name}} and {{visitor.name|all}}": "and all",
		"{{agent.first_name}}: {{data.plan}}":       "Ann:",
		"{{visitor.name|{braces} in it}}":           "{braces} in it",
	} {
		got, left := FillInTalk(text, values)
		if bare := strings.Contains(text, "name}}!") || strings.Contains(text, "{{visitor.name}}") || strings.Contains(text, "data."); got != want || bare != (len(left) == 1) {
			t.Errorf("%q is %q without %q, want %q", text, got, left, want)
		}
	}
}
