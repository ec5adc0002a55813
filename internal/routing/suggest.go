package routing

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"earshot/internal/chat"
)

// The rules of suggestions.
const (
	// AlikeLeast is how many alike there must be; AlikeMost how many are looked
	// at, the newest: a team changes.
	AlikeLeast, AlikeMost = 5, 100
	// MaxSuggestions is how many are made.
	MaxSuggestions = 3
	// suggestLeast is the share that must have gone there, at the careful end of
	// what the numbers allow.
	suggestLeast = 0.3
	// everyday is the part of all precedents from which on a word tells nothing.
	everyday = 0.4
	// topicScore is what a topic counts; each further one a little more.
	topicScore, topicMore, topicsMost = 0.5, 0.05, 0.65
	// agentsLess is what precedents of one agent count beside those of his Group:
	// in a group somebody is there more often.
	agentsLess = 0.8
	carefully  = 2.576 // the place of 99.5 % in a normal distribution
)

// Precedent is a chat of this team that was passed on: what it was about, where
// it went, and who took it in the end.
type Precedent struct {
	N     int64 // grows with time
	Page  string
	Words []string // at least those of its words that are asked about
	Group chat.GroupID
	Agent chat.AgentID
	// Next is where it was passed on to soon after: the way was wrong, unless it
	// is the same Group, where only the agent was. "" = it stayed.
	Next chat.GroupID
}

// Asked is what suggestions are asked for: a Subject, and who can be suggested.
type Asked struct {
	Subject
	Groups []chat.GroupID
	// Topics are those of each agent who can be suggested.
	Topics map[chat.AgentID][]string
}

// Suggestion is a Group or an agent to whom a chat may be passed on, and the
// figures that speak for it.
type Suggestion struct {
	Group chat.GroupID `json:"group,omitempty"`
	Agent chat.AgentID `json:"agent,omitempty"`
	// Page and Word are what those that were alike had in common; neither = they
	// are the last ones of all. Of Alike, Went went there and stayed; Back went
	// there and were passed on soon. Alike 0 = only Topics speak for it.
	Page  string `json:"page,omitempty"`
	Word  string `json:"word,omitempty"`
	Alike int    `json:"alike,omitempty"`
	Went  int    `json:"went,omitempty"`
	Back  int    `json:"back,omitempty"`
	// Topics are the agent's own that the visitor has named.
	Topics  []string     `json:"topics,omitempty"`
	Why     string       `json:"why"`
	Because chat.Because `json:"because" nullable:"false"`
	score   float64
}

// Suggest returns the likeliest targets, the best first. It counts what became of
// those that were passed on before and had the page, a word, or both in common,
// and takes for each target the look that speaks most clearly for it. Where fewer
// than AlikeLeast are alike it says nothing. past comes in any order; only the
// newest AlikeMost of each page and word, and of all, make a difference.
func Suggest(a Asked, past []Precedent) []Suggestion {
	found := map[target]Suggestion{}
	for _, l := range looks(a.Subject, past) {
		for to, s := range l.judge() {
			if s.score > 0 && s.score >= found[to].score && a.allows(to) {
				found[to] = s
			}
		}
	}
	for agent, topics := range a.Topics {
		to := target{agent: agent}
		if s := topical(found[to], a.Subject, topics); s.score > 0 {
			s.Agent = agent
			found[to] = s
		}
	}
	all := make([]Suggestion, 0, len(found))
	for _, s := range found {
		s.Word = cmp.Or(a.Forms[s.Word], s.Word)
		s.Because = s.because()
		s.Why = s.Because.English()
		all = append(all, s)
	}
	slices.SortFunc(all, func(x, y Suggestion) int {
		return cmp.Or(cmp.Compare(y.score, x.score), strings.Compare(string(x.Agent), string(y.Agent)), strings.Compare(string(x.Group), string(y.Group)))
	})
	return all[:min(len(all), MaxSuggestions)]
}

// target is a Group or an agent.
type target struct {
	group chat.GroupID
	agent chat.AgentID
}

func (a Asked) allows(to target) bool {
	if to.agent != "" {
		_, able := a.Topics[to.agent]
		return able
	}
	return slices.Contains(a.Groups, to.group)
}

// look is the Precedents that have something in common.
type look struct {
	page, word string
	alike      []Precedent
}

// looks are what can be compared: those of the page, of each word that is not
// everybody's, of both; all of them where none of these says anything.
func looks(s Subject, past []Precedent) []look {
	past = slices.SortedFunc(slices.Values(past), func(x, y Precedent) int { return cmp.Compare(y.N, x.N) })
	newest := func(has func(Precedent) bool) (some []Precedent) {
		for _, p := range past {
			if len(some) < AlikeMost && has(p) {
				some = append(some, p)
			}
		}
		return some
	}
	every := newest(func(Precedent) bool { return true })
	var all []look
	onPage := func(p Precedent) bool { return p.Page == s.Page }
	if s.Page != "" {
		all = append(all, look{page: s.Page, alike: newest(onPage)})
	}
	for _, word := range s.Words {
		has := func(p Precedent) bool { return slices.Contains(p.Words, word) }
		if count(every, has) > int(everyday*float64(len(every))) && len(every) >= AlikeLeast {
			continue
		}
		with := newest(has)
		all = append(all, look{word: word, alike: with})
		if s.Page != "" {
			all = append(all, look{page: s.Page, word: word, alike: slices.DeleteFunc(slices.Clone(with), func(p Precedent) bool { return !onPage(p) })})
		}
	}
	if slices.ContainsFunc(all, func(l look) bool { return count(l.alike, stayed) >= AlikeLeast }) {
		return all
	}
	return []look{{alike: every}} // nothing closer is known
}

func stayed(p Precedent) bool { return p.Next == "" }

func count(all []Precedent, has func(Precedent) bool) (n int) {
	for _, p := range all {
		if has(p) {
			n++
		}
	}
	return n
}

// judge returns what a look speaks for, if it is clear enough.
func (l look) judge() map[target]Suggestion {
	alike, tally := count(l.alike, stayed), map[target]Suggestion{}
	add := func(to target, went, back int) {
		if to == (target{}) {
			return
		}
		s := tally[to]
		s.Went, s.Back = s.Went+went, s.Back+back
		tally[to] = s
	}
	for _, p := range l.alike {
		switch p.Next {
		case "":
			add(target{group: p.Group}, 1, 0)
			add(target{agent: p.Agent}, 1, 0)
		case p.Group: // where it stayed is counted with the one that follows
			add(target{agent: p.Agent}, 0, 1)
		default:
			add(target{group: p.Group}, 0, 1)
			add(target{agent: p.Agent}, 0, 1)
		}
	}
	for to, s := range tally {
		if fault == faultBack {
			s.Went, s.Back = s.Went+s.Back, 0
		}
		s.Group, s.Agent, s.Page, s.Word, s.Alike = to.group, to.agent, l.page, l.word, alike
		if s.score = surely(s.Went-s.Back, alike); alike < AlikeLeast || s.score < suggestLeast {
			delete(tally, to)
			continue
		}
		if to.agent != "" {
			s.score *= agentsLess
		}
		tally[to] = s
	}
	return tally
}

// surely is the lower end of the share that k of n may stand for (Wilson).
func surely(k, n int) float64 {
	if k <= 0 || n <= 0 {
		return 0
	}
	share, of, z := float64(k)/float64(n), float64(n), carefully*carefully
	return (share + z/(2*of) - carefully*math.Sqrt((share*(1-share)+z/(4*of))/of)) / (1 + z/of)
}

// topical adds the topics that the visitor has named: those whose words he used,
// all of them.
func topical(s Suggestion, about Subject, topics []string) Suggestion {
	for _, topic := range topics {
		words := NewSubject("", []string{topic}).Words
		used := func(w string) bool { return slices.Contains(about.Words, w) }
		if len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !used(w) }) {
			s.Topics = append(s.Topics, topic)
		}
	}
	if n := len(s.Topics); n > 0 {
		s.score = max(s.score, min(topicScore+topicMore*float64(n-1), topicsMost))
	}
	return s
}

// because is the suggestion's reason in words for the team.
func (s Suggestion) because() chat.Because {
	var all chat.Because
	if s.Alike > 0 {
		all = append(all, s.figures())
	}
	if len(s.Topics) > 0 {
		all = append(all, chat.Say("suggest.topics", strings.Join(s.Topics, ", ")))
	}
	return all
}

func (s Suggestion) figures() chat.Sentence {
	switch went, of, back := s.Went, s.Alike, s.Back; {
	case s.Page != "" && s.Word != "" && back > 0:
		return chat.Say("suggest.both.back", s.Page, s.Word, went, of, back)
	case s.Page != "" && s.Word != "":
		return chat.Say("suggest.both", s.Page, s.Word, went, of)
	case s.Page != "" && back > 0:
		return chat.Say("suggest.page.back", s.Page, went, of, back)
	case s.Page != "":
		return chat.Say("suggest.page", s.Page, went, of)
	case s.Word != "" && back > 0:
		return chat.Say("suggest.word.back", s.Word, went, of, back)
	case s.Word != "":
		return chat.Say("suggest.word", s.Word, went, of)
	case back > 0:
		return chat.Say("suggest.all.back", went, of, back)
	}
	return chat.Say("suggest.all", s.Went, s.Alike)
}
