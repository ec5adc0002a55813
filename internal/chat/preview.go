package chat

import (
	"slices"
	"strings"
	"time"
)

// PreviewRule is who of those who watch a chat reads a text before it is sent.
type PreviewRule string

// The rules.
const (
	ReadByWatchers    PreviewRule = "watchers" // whoever watches
	ReadBySupervisors PreviewRule = "supervisors"
	ReadByNobody      PreviewRule = "nobody"
)

// The limits of previews. docs/protocol.md states them.
const (
	MaxTyped     = 1_000                  // characters of a text that is shown before it is sent: its last ones
	PreviewEvery = time.Second            // a client sends at most one in this time
	PreviewGap   = 400 * time.Millisecond // one that follows sooner is dropped
)

// Preview is a text while it is typed, without the text: where, by whom, and all
// that decides who reads it along, as of now. It is a Signal; nothing of it is ever
// stored.
type Preview struct {
	By        Actor
	Thread    Thread
	Site      Site  // whose visitors may be read along, or not
	Lead      Agent // whose consent his draft needs
	Etiquette Etiquette
	Watches   []Watch // who watches now
}

// Reads reports whether an agent reads the text along. The visitor's is for who
// takes part, and for those who watch as far as the Group has agreed, where the site
// allows it; the lead's for those alone who watch and have the right, where he
// consents. Nobody else's is ever shown.
func (p Preview) Reads(a Agent) bool {
	t := p.Thread
	if a.Disabled || !t.Open() || !t.Access().Admits(a.Viewer()) {
		return false
	}
	follows := !t.TakesPart(a.ID) && watches(p.Watches, a.ID)
	switch p.By.Kind {
	case ByVisitor:
		return p.Site.Preview && (t.TakesPart(a.ID) || follows && p.Etiquette.letsPreview(t.Group, a))
	case ByAgent:
		return p.By.ID != "" && t.Lead == p.By.Agent() && p.Lead.ID == t.Lead && p.Lead.OpenDrafts && follows && p.Etiquette.letsReadDrafts(t.Group, a)
	}
	return false
}

// Readers are those of some people who read the text along.
func (p Preview) Readers(people []Agent) []AgentID {
	var readers []AgentID
	for _, a := range people {
		if p.Reads(a) && !slices.Contains(readers, a.ID) {
			readers = append(readers, a.ID)
		}
	}
	return readers
}

// CleanTyped is a text as it is shown while it is typed: its last MaxTyped
// characters, and nothing where there are only spaces.
func CleanTyped(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	if runes := []rune(text); len(runes) > MaxTyped {
		return string(runes[len(runes)-MaxTyped:])
	}
	return text
}

// letsPreview reports whether who watches may read what the visitor types.
func (e Etiquette) letsPreview(g GroupID, a Agent) bool {
	return e.Preview == "" || e.Preview.lets(g, a)
}

// letsReadDrafts reports whether who watches may read what the lead types. Without
// an agreement it is for supervisors.
func (e Etiquette) letsReadDrafts(g GroupID, a Agent) bool {
	if e.Drafts == "" {
		return ReadBySupervisors.lets(g, a)
	}
	return e.Drafts.lets(g, a)
}

func (r PreviewRule) lets(g GroupID, a Agent) bool {
	switch r {
	case ReadByWatchers:
		return true
	case ReadBySupervisors:
		return a.Oversees(g)
	}
	return false
}

func (r PreviewRule) known() bool {
	return slices.Contains([]PreviewRule{"", ReadByWatchers, ReadBySupervisors, ReadByNobody}, r)
}
