package chat

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean checks what a manager wrote for a Group and returns it as it may be
// stored. What is too long is refused, never cut: a sentence without its end says
// something else. Empty rows are left out; a reason without a code gets one from
// its label, a question without an id the next free one. Whether the agents in
// Except exist is for the caller to check.
func (p Playbook) Clean() (Playbook, error) {
	var w wording
	p.Transfer = w.transfer(p.Transfer)
	p.GroupChat = GroupChatChapter{When: w.text("when colleagues are invited", p.GroupChat.When), Whom: w.line("whom to invite", p.GroupChat.Whom),
		Most: w.within("members of a group chat", p.GroupChat.Most, MaxGroupChat), Speaks: w.line("who speaks", p.GroupChat.Speaks),
		Closes: w.line("who closes", p.GroupChat.Closes), Say: w.line("the line for the visitor", p.GroupChat.Say)}
	p.JumpIn = JumpInChapter{When: w.text("when to jump in", p.JumpIn.When), Say: w.line("the line for the visitor", p.JumpIn.Say)}
	return p, w.wrong
}

// wording cleans texts and remembers the first thing that is wrong with them.
type wording struct{ wrong error }

func (w *wording) refuse(format string, args ...any) {
	if w.wrong == nil {
		w.wrong = Errorf(Invalid, format+" Nothing was stored.", args...)
	}
}

func (w *wording) transfer(c TransferChapter) TransferChapter {
	c.When = w.text("when to transfer here", c.When)
	c.Reasons = w.reasons(c.Reasons)
	c.Questions = w.questions(c.Questions, c.Reasons)
	c.Except = w.except(c.Except)
	c.Into, c.Out = w.gate(c.Into), w.gate(c.Out)
	c.Say, c.Promise = w.line("the line for the visitor", c.Say), w.line("what the group promises", c.Promise)
	switch c.Held.Way {
	case "", HeldWait, HeldMail:
	default:
		w.refuse("There is no way %q; use wait, mail, or none to leave it to the agent.", c.Held.Way)
	}
	c.Held.Due, c.Held.Say = w.within("minutes until it is due", c.Held.Due, MaxHeldDue), w.line("the sentence for the visitor", c.Held.Say)
	return c
}

// line flattens what stands on one line.
func (w *wording) line(what, text string) string {
	clean := CleanLine(text, MaxPlaybookLine+1)
	if utf8.RuneCountInString(clean) > MaxPlaybookLine {
		w.refuse("The text %q is too long; at most %d characters.", what, MaxPlaybookLine)
	}
	return clean
}

// text keeps its lines; each is harmless, and two empty ones never follow each
// other.
func (w *wording) text(what, text string) string {
	if utf8.RuneCountInString(text) > 4*MaxPlaybookText { // before it is looked at in detail
		w.refuse("The text %q is too long; at most %d characters.", what, MaxPlaybookText)
		return ""
	}
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		line = CleanLine(line, len(line))
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	clean := strings.TrimSpace(strings.Join(lines, "\n"))
	if utf8.RuneCountInString(clean) > MaxPlaybookText {
		w.refuse("The text %q is too long; at most %d characters.", what, MaxPlaybookText)
	}
	return clean
}

func (w *wording) within(what string, n, most int) int {
	if n < 0 || n > most {
		w.refuse("%d %s; it is a number from 1 to %d, or 0 for the default.", n, what, most)
	}
	return n
}

func (w *wording) reasons(typed []ReasonCode) []ReasonCode {
	var kept []ReasonCode
	for _, r := range typed {
		r.Label = w.line("a reason", r.Label)
		r.Code = codeOf(r.Code)
		switch {
		case r.Label == "" && r.Code == "":
			continue
		case r.Label == "":
			w.refuse("The reason %q has no words that a colleague could read.", r.Code)
		case r.Code == "":
			r.Code = freeCode(codeOf(r.Label), kept)
		}
		if slices.ContainsFunc(kept, func(k ReasonCode) bool { return k.Code == r.Code }) {
			w.refuse("Two reasons have the code %q; reports could not tell them apart.", r.Code)
		}
		kept = append(kept, r)
	}
	if len(kept) > MaxPlaybookReasons {
		w.refuse("%d reasons; at most %d fit.", len(kept), MaxPlaybookReasons)
	}
	return kept
}

// codeOf is a text as a code: its letters and digits in lower case, with a dash
// between.
func codeOf(text string) string {
	var code []rune
	for _, r := range text {
		r = unicode.ToLower(r)
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
			r = '-'
		}
		if r == '-' && (len(code) == 0 || code[len(code)-1] == '-') {
			continue
		}
		code = append(code, r)
	}
	return strings.Trim(string(code[:min(len(code), maxReasonCode)]), "-")
}

func freeCode(code string, taken []ReasonCode) string {
	if code == "" {
		code = "reason"
	}
	if long := []rune(code); len(long) > maxReasonCode-3 { // room for the number
		code = strings.Trim(string(long[:maxReasonCode-3]), "-")
	}
	for n, free := 2, code; ; n++ {
		if !slices.ContainsFunc(taken, func(t ReasonCode) bool { return t.Code == free }) {
			return free
		}
		free = fmt.Sprintf("%s-%d", code, n)
	}
}

func (w *wording) questions(typed []PlaybookQuestion, reasons []ReasonCode) []PlaybookQuestion {
	var kept []PlaybookQuestion
	has := func(id string) bool {
		return slices.ContainsFunc(kept, func(q PlaybookQuestion) bool { return q.ID == id })
	}
	for _, q := range typed {
		if q.Text = w.line("a question", q.Text); q.Text == "" {
			continue
		}
		if q.ID = codeOf(q.ID); has(q.ID) {
			w.refuse("Two questions have the id %q.", q.ID)
		}
		q.Reasons = w.belongs(q, reasons)
		kept = append(kept, q)
	}
	for i, n := 0, 1; i < len(kept); i++ {
		for ; kept[i].ID == ""; n++ {
			if id := fmt.Sprintf("q%d", n); !has(id) {
				kept[i].ID = id
			}
		}
	}
	if len(kept) > MaxPlaybookQuestions {
		w.refuse("%d questions; at most %d fit.", len(kept), MaxPlaybookQuestions)
	}
	return kept
}

// belongs are the reasons that a question belongs to, each once.
func (w *wording) belongs(q PlaybookQuestion, reasons []ReasonCode) []string {
	var kept []string
	for _, code := range q.Reasons {
		if code = codeOf(code); slices.Contains(kept, code) {
			continue
		}
		if !slices.ContainsFunc(reasons, func(r ReasonCode) bool { return r.Code == code }) {
			w.refuse("The question %q belongs to the reason %q, which is not there.", q.Text, code)
		}
		kept = append(kept, code)
	}
	return kept
}

func (w *wording) except(typed []AgentID) []AgentID {
	var kept []AgentID
	for _, a := range typed {
		if a != "" && !slices.Contains(kept, a) {
			kept = append(kept, a)
		}
	}
	return kept
}
