package chat

import "slices"

// WatchRule is who of those who may see a Group's chats may also watch them.
type WatchRule string

// The rules. The empty one is WatchAnyone.
const (
	WatchAnyone      WatchRule = "anyone" // who may see the chat
	WatchGroup       WatchRule = "group"  // members of the Group, and who oversees
	WatchSupervisors WatchRule = "supervisors"
	WatchNobody      WatchRule = "nobody" // unless the lead asks for it
)

// Told is what the lead of a chat is told about who watches it.
type Told string

// What he is told. The empty one is TellCount.
const (
	TellNames   Told = "names"
	TellCount   Told = "count"
	TellNothing Told = "nothing"
)

// Etiquette is what a Group has agreed about colleagues who watch its chats and
// step in. The zero Etiquette is the default: whoever may see a chat may watch
// it, the lead is told how many do, and supervisors take over.
type Etiquette struct {
	Watch WatchRule `json:"watch,omitempty"`
	Told  Told      `json:"told,omitempty"`
	// Quiet are hours in which nobody watches unless he was asked to.
	Quiet Quiet `json:"quiet,omitzero"`
	// TakeOver lets the Group's members take chats over, too.
	TakeOver bool `json:"take_over,omitempty"`
	// Preview is who of the watchers reads what the visitor types, where the site
	// allows it at all; "" = whoever watches.
	Preview PreviewRule `json:"preview,omitempty"`
	// Drafts is who of the watchers reads what the lead types, where he consents;
	// "" = supervisors.
	Drafts PreviewRule `json:"drafts,omitempty"`
	// HelpAfter is how many seconds a visitor waits for an answer until his chat
	// asks for help by itself; 0 = 300, -1 = never.
	HelpAfter int `json:"help_after,omitempty"`
	// HelpQuestions is how many questions without an answer ask for help; 0 = 3,
	// -1 = never.
	HelpQuestions int `json:"help_questions,omitempty"`
	// HelpCapitals is how many letters, written in capitals, ask for help; 0 = 12,
	// -1 = never.
	HelpCapitals int `json:"help_capitals,omitempty"`
	// HelpRefund is the sum, in whole units of any currency, above which a refund
	// that the team promises asks for help; 0 = never.
	HelpRefund int `json:"help_refund,omitempty"`
}

const (
	helpAfter     = 300
	helpQuestions = 3
	helpCapitals  = 12
	maxHelpAfter  = 24 * 3600
	maxQuestions  = 100
	maxCapitals   = 1_000
	maxRefund     = 1_000_000_000
)

// Clean refuses an etiquette that nobody could keep.
func (e Etiquette) Clean() (Etiquette, error) {
	switch {
	case !slices.Contains([]WatchRule{"", WatchAnyone, WatchGroup, WatchSupervisors, WatchNobody}, e.Watch):
		return e, Errorf(Invalid, "There is no rule %q for who may watch; use anyone, group, supervisors or nobody.", e.Watch)
	case !slices.Contains([]Told{"", TellNames, TellCount, TellNothing}, e.Told):
		return e, Errorf(Invalid, "The lead is told names, count or nothing, not %q.", e.Told)
	case !e.Preview.known():
		return e, Errorf(Invalid, "What the visitor types is read by watchers, supervisors or nobody, not %q.", e.Preview)
	case !e.Drafts.known():
		return e, Errorf(Invalid, "What the lead types is read by watchers, supervisors or nobody, not %q.", e.Drafts)
	case e.HelpAfter < -1 || e.HelpAfter > maxHelpAfter:
		return e, Errorf(Invalid, "A chat asks for help after 1 second to 24 hours; 0 is the default, -1 never.")
	case e.HelpQuestions < -1 || e.HelpQuestions > maxQuestions:
		return e, Errorf(Invalid, "A chat asks for help after 1 to %d questions; 0 is the default, -1 never.", maxQuestions)
	case e.HelpCapitals < -1 || e.HelpCapitals > maxCapitals:
		return e, Errorf(Invalid, "A chat asks for help after 1 to %d letters in capitals; 0 is the default, -1 never.", maxCapitals)
	case e.HelpRefund < 0 || e.HelpRefund > maxRefund:
		return e, Errorf(Invalid, "A refund asks for help above a sum of 1 to %d; 0 is never.", maxRefund)
	}
	return e, e.Quiet.check()
}

// TellsLead is Told or its default.
func (e Etiquette) TellsLead() Told {
	if e.Told == "" {
		return TellCount
	}
	return e.Told
}

// WaitForHelp is after how many microseconds without an answer a chat asks for
// help by itself, and false where it never does.
func (e Etiquette) WaitForHelp() (int64, bool) {
	n, on := orDefault(e.HelpAfter, helpAfter)
	return int64(n) * 1_000_000, on
}

// QuestionsForHelp is after how many questions without an answer a chat asks for
// help by itself, and false where it never does.
func (e Etiquette) QuestionsForHelp() (int, bool) { return orDefault(e.HelpQuestions, helpQuestions) }

// CapitalsForHelp is how many letters in capitals make a chat ask for help by itself,
// and false where they never do.
func (e Etiquette) CapitalsForHelp() (int, bool) { return orDefault(e.HelpCapitals, helpCapitals) }

func orDefault(n, otherwise int) (int, bool) {
	if n == 0 {
		return otherwise, true
	}
	return n, n > 0
}

// letsWatch reports whether the etiquette lets the agent watch a chat of the Group
// without having been asked to. That he may see it is asked elsewhere.
func (e Etiquette) letsWatch(g GroupID, a Agent) bool {
	switch e.Watch {
	case "", WatchAnyone:
		return true
	case WatchGroup:
		return a.InGroup(g) || a.Oversees(g)
	case WatchSupervisors:
		return a.Oversees(g)
	}
	return false
}

// letsTakeOver reports whether the agent may take a chat of the Group over.
func (e Etiquette) letsTakeOver(g GroupID, a Agent) bool {
	return a.Oversees(g) || (e.TakeOver && a.InGroup(g))
}
