package chat

import (
	"maps"
	"slices"
)

// The limits of what a team decides about its Groups.
const (
	MaxGroups  = 50 // Groups of a workspace
	MaxSkills  = 30 // skills of an agent, or asked for by a Route
	MaxTopics  = 30 // topics of an agent
	maxSkill   = 40 // characters of a skill or topic
	maxTongues = 50 // languages in which a Group has a name
)

// Clean checks what a manager entered for a Group and returns it as it may be
// stored. Its rules are for whoever reads them to check.
func (g Group) Clean() (Group, error) {
	g.Name = CleanName(g.Name)
	if g.Policy == "" {
		g.Policy = PolicyOpen
	}
	switch {
	case g.Name == "":
		return g, Errorf(Invalid, "The group needs a name.")
	case !g.Policy.Valid():
		return g, Errorf(Invalid, "There is no policy %q; use open, group or lead.", g.Policy)
	case len(g.Names) > maxTongues:
		return g, Errorf(Invalid, "A group has names in at most %d languages.", maxTongues)
	}
	var err error
	if g.Etiquette, err = g.Etiquette.Clean(); err != nil {
		return g, err
	}
	names := map[string]string{}
	for _, tag := range slices.Sorted(maps.Keys(g.Names)) {
		if CleanLanguage(tag) == "" {
			return g, Errorf(Invalid, "%q is not a language tag; write it like de or pt-BR.", tag)
		}
		if name := CleanName(g.Names[tag]); name != "" {
			names[tag] = name
		}
	}
	if g.Names = names; len(names) == 0 {
		g.Names = nil
	}
	return g, nil
}

// Valid reports whether the policy is one of the known ones.
func (p Policy) Valid() bool { return p == PolicyOpen || p == PolicyGroup || p == PolicyLead }

// CleanSkills checks skills that a manager entered and returns each once, in
// their order.
func CleanSkills(typed []string) ([]string, error) { return cleanWords("skill", MaxSkills, typed) }

// CleanTopics checks what somebody wrote that an agent is asked about, and
// returns each topic once, in their order.
func CleanTopics(typed []string) ([]string, error) { return cleanWords("topic", MaxTopics, typed) }

func cleanWords(noun string, most int, typed []string) ([]string, error) {
	var words []string
	for _, text := range typed {
		word := CleanLine(text, maxSkill+1)
		if len([]rune(word)) > maxSkill {
			return nil, Errorf(Invalid, "The %s \"%s…\" is too long; at most %d characters.", noun, CleanLine(word, 20), maxSkill)
		}
		if word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	if len(words) > most {
		return nil, Errorf(Invalid, "%d %ss; at most %d fit.", len(words), noun, most)
	}
	return words, nil
}

// Enrol makes the agent a member of the Group in a class. Rights is raised where
// that changes what he may see: he was none before, or begins or ceases to
// supervise it.
func (a Agent) Enrol(g GroupID, c Class) Agent {
	was := a
	if !a.InGroup(g) {
		a.Groups = append(slices.Clone(a.Groups), g)
	}
	a = a.classed(g, c)
	if !was.InGroup(g) || was.Oversees(g) != a.Oversees(g) {
		a.Rights++
	}
	return a
}

// Expel ends the membership. What he leads he keeps; he is given nothing more.
// Rights is raised: he may see less.
func (a Agent) Expel(g GroupID) Agent {
	if !a.InGroup(g) {
		return a
	}
	a.Groups = slices.DeleteFunc(slices.Clone(a.Groups), func(id GroupID) bool { return id == g })
	a.Rights++
	return a.classed(g, ClassNormal)
}

// classed notes the class; the normal one is left out.
func (a Agent) classed(g GroupID, c Class) Agent {
	if a.Classes[g] == c || (a.Classes[g] == "" && c == ClassNormal) {
		return a
	}
	classes := maps.Clone(a.Classes)
	if classes == nil {
		classes = map[GroupID]Class{}
	}
	if classes[g] = c; c == "" || c == ClassNormal {
		delete(classes, g)
	}
	if a.Classes = classes; len(classes) == 0 {
		a.Classes = nil
	}
	return a
}
