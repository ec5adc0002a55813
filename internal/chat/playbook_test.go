package chat_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"earshot/internal/chat"
)

func TestPlaybookClean_KeepsWordsAndFillsCodes(t *testing.T) {
	t.Parallel()
	got, err := chat.Playbook{
		Group: "g_1", Version: 3,
		Transfer: chat.TransferChapter{
			When:      " For invoices.\r\n\r\n\n\u202eNot for refunds.\x00 \n",
			Reasons:   []chat.ReasonCode{{Label: " VAT & tax "}, {}, {Code: "VAT-Tax", Label: "Old"}, {Label: "請求書"}, {Label: "…"}, {Label: "?"}},
			Questions: []chat.PlaybookQuestion{{Text: "Which\ninvoice?", Required: true, Reasons: []string{"vat-tax", "VAT-tax"}}, {ID: "q1", Text: "Since when?"}, {Text: " "}},
			Except:    []chat.AgentID{"a_2", "", "a_2", "a_1"}, Say: " One moment. ", Promise: "By tomorrow.",
			Held: chat.HeldRule{Way: chat.HeldMail, Due: 60, Say: "We write to you."},
		},
		GroupChat: chat.GroupChatChapter{When: "Never.", Whom: "Ben", Most: 5, Speaks: "The lead", Closes: "The lead", Say: "Hi"},
		JumpIn:    chat.JumpInChapter{When: "When asked.", Say: "Hello"},
	}.Clean()
	// The second reason's code is what the first one's label would make.
	if !chat.IsKind(err, chat.Invalid) {
		t.Errorf("two reasons with one code: %v", err)
	}
	got.Transfer.Reasons = slices.Delete(got.Transfer.Reasons, 1, 2)
	got, err = got.Clean()
	want := chat.Playbook{
		Group: "g_1", Version: 3,
		Transfer: chat.TransferChapter{
			When:      "For invoices.\n\nNot for refunds.",
			Reasons:   []chat.ReasonCode{{Code: "vat-tax", Label: "VAT & tax"}, {Code: "請求書", Label: "請求書"}, {Code: "reason", Label: "…"}, {Code: "reason-2", Label: "?"}},
			Questions: []chat.PlaybookQuestion{{ID: "q2", Text: "Which invoice?", Required: true, Reasons: []string{"vat-tax"}}, {ID: "q1", Text: "Since when?"}},
			Except:    []chat.AgentID{"a_2", "a_1"}, Say: "One moment.", Promise: "By tomorrow.",
			Held: chat.HeldRule{Way: chat.HeldMail, Due: 60, Say: "We write to you."},
		},
		GroupChat: chat.GroupChatChapter{When: "Never.", Whom: "Ben", Most: 5, Speaks: "The lead", Closes: "The lead", Say: "Hi"},
		JumpIn:    chat.JumpInChapter{When: "When asked.", Say: "Hello"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("clean: %v (-want +got):\n%s", err, diff)
	}
	empty, err := chat.Playbook{}.Clean()
	if diff := cmp.Diff(chat.Playbook{}, empty); err != nil || diff != "" {
		t.Errorf("an empty one: %v\n%s", err, diff)
	}
}

func TestPlaybookClean_RefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	long, line := strings.Repeat("ä", chat.MaxPlaybookText+1), strings.Repeat("ä", chat.MaxPlaybookLine+1)
	reasons, questions := make([]chat.ReasonCode, chat.MaxPlaybookReasons+1), make([]chat.PlaybookQuestion, chat.MaxPlaybookQuestions+1)
	for i := range reasons {
		reasons[i].Label = fmt.Sprint("Reason ", i)
	}
	for i := range questions {
		questions[i].Text = fmt.Sprint("Question ", i)
	}
	transfer := func(c chat.TransferChapter) chat.Playbook { return chat.Playbook{Transfer: c} }
	for what, p := range map[string]chat.Playbook{
		"a long when":              transfer(chat.TransferChapter{When: long}),
		"an endless when":          transfer(chat.TransferChapter{When: strings.Repeat(" ", 100_000)}),
		"a long line":              transfer(chat.TransferChapter{Say: line}),
		"a long promise":           transfer(chat.TransferChapter{Promise: line}),
		"a long label":             transfer(chat.TransferChapter{Reasons: []chat.ReasonCode{{Label: line}}}),
		"no label":                 transfer(chat.TransferChapter{Reasons: []chat.ReasonCode{{Code: "x"}}}),
		"many reasons":             transfer(chat.TransferChapter{Reasons: reasons}),
		"a long question":          transfer(chat.TransferChapter{Questions: []chat.PlaybookQuestion{{Text: line}}}),
		"many questions":           transfer(chat.TransferChapter{Questions: questions}),
		"one id twice":             transfer(chat.TransferChapter{Questions: []chat.PlaybookQuestion{{ID: "a", Text: "x"}, {ID: "A", Text: "y"}}}),
		"a question to no reason":  transfer(chat.TransferChapter{Questions: []chat.PlaybookQuestion{{Text: "x", Reasons: []string{"vat"}}}}),
		"no way":                   transfer(chat.TransferChapter{Held: chat.HeldRule{Way: "phone"}}),
		"due before it was passed": transfer(chat.TransferChapter{Held: chat.HeldRule{Due: -1}}),
		"due too late":             transfer(chat.TransferChapter{Held: chat.HeldRule{Due: chat.MaxHeldDue + 1}}),
		"a long held sentence":     transfer(chat.TransferChapter{Held: chat.HeldRule{Say: line}}),
		"many members":             {GroupChat: chat.GroupChatChapter{Most: chat.MaxGroupChat + 1}},
		"few members":              {GroupChat: chat.GroupChatChapter{Most: -1}},
		"a long who":               {GroupChat: chat.GroupChatChapter{Speaks: line}},
		"a long jump in":           {JumpIn: chat.JumpInChapter{When: long}},
	} {
		if _, err := p.Clean(); !chat.IsKind(err, chat.Invalid) {
			t.Errorf("%s: %v, want an invalid one", what, err)
		}
	}
}

func TestPlaybookClean_IsWithinItsLimitsAndChangesNothingTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 60, -1)
		of := rapid.SliceOfN(text, 0, 6)
		var p chat.Playbook
		p.Transfer.When, p.Transfer.Say = text.Draw(t, "when"), text.Draw(t, "say")
		for _, label := range of.Draw(t, "labels") {
			p.Transfer.Reasons = append(p.Transfer.Reasons, chat.ReasonCode{Label: label})
		}
		for _, q := range of.Draw(t, "questions") {
			p.Transfer.Questions = append(p.Transfer.Questions, chat.PlaybookQuestion{Text: q, ID: text.Draw(t, "id")})
		}
		clean, err := p.Clean()
		if err != nil {
			return // two of one name
		}
		again, err := clean.Clean()
		if diff := cmp.Diff(clean, again); err != nil || diff != "" {
			t.Fatalf("cleaning again: %v\n%s", err, diff)
		}
		ids := map[string]bool{}
		for _, r := range clean.Transfer.Reasons {
			if r.Label == "" || r.Code == "" || ids[r.Code] || utf8.RuneCountInString(r.Code) > 40 {
				t.Fatalf("reasons %+v", clean.Transfer.Reasons)
			}
			ids[r.Code] = true
		}
		for _, q := range clean.Transfer.Questions {
			if q.Text == "" || q.ID == "" || ids["q:"+q.ID] {
				t.Fatalf("questions %+v", clean.Transfer.Questions)
			}
			ids["q:"+q.ID] = true
		}
	})
}

func TestCheckAnswers_LetsThroughWhatTheChapterAsksFor(t *testing.T) {
	t.Parallel()
	free := chat.TransferChapter{}
	asks := chat.TransferChapter{Reasons: []chat.ReasonCode{{Code: "vat", Label: "VAT"}, {Code: "other", Label: "Other"}},
		Questions: []chat.PlaybookQuestion{{ID: "q1", Text: "Which invoice?", Required: true, Reasons: []string{"vat"}}, {ID: "q2", Text: "Anything else?"}}}
	for what, c := range map[string]struct {
		chapter chat.TransferChapter
		reason  string
		answers map[string]string
		ok      bool
	}{
		"nothing is asked":           {free, "", nil, true},
		"a reason in own words":      {free, "because", nil, true},
		"no reason":                  {asks, "", nil, false},
		"a reason that is not there": {asks, "because", nil, false},
		"a question is not answered": {asks, "vat", nil, false},
		"an empty answer":            {asks, "vat", map[string]string{"q1": " \n"}, false},
		"answered":                   {asks, "vat", map[string]string{"q1": "No. 7"}, true},
		"it belongs to another one":  {asks, "other", nil, true},
		"the wrong one was answered": {asks, "vat", map[string]string{"q2": "No"}, false},
	} {
		if err := c.chapter.CheckAnswers(c.reason, c.answers); (err == nil) != c.ok || err != nil && !chat.IsKind(err, chat.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
