package chat

import (
	"slices"
	"strings"
)

const (
	openVariable  = "{{"
	closeVariable = "}}"
	dataVariable  = "data."
	maxFallback   = 200
)

// Variable is a place in a saved reply that is filled when it is used:
// {{visitor.first_name|there}}.
type Variable struct {
	Name string
	// Fallback is what stands there where the value is missing. Without one the place
	// stays blank, and what is blank is not sent.
	Fallback    string
	HasFallback bool
}

// Blank is what stands for the variable where nothing fills it.
func (v Variable) Blank() string { return openVariable + v.Name + closeVariable }

// VariableNames are those that every reply can use. The fields that a page tells
// about its visitors are there besides: "data." and the name of the field.
func VariableNames() []string {
	return []string{"visitor.name", "visitor.first_name", "visitor.email", "agent.name", "agent.first_name", "group.name", "site.name", "page.url", "page.title"}
}

// ReplySubject is where a reply is used: what its variables are filled from.
type ReplySubject struct {
	Visitor Visitor
	Agent   Agent
	Group   string
	Site    string
}

// Values are the variables that have a value, each on one line.
func (s ReplySubject) Values() map[string]string {
	all := map[string]string{
		"visitor.name": s.Visitor.Name, "visitor.first_name": firstName(s.Visitor.Name), "visitor.email": s.Visitor.Email,
		"agent.name": s.Agent.Name, "agent.first_name": firstName(s.Agent.Name),
		"group.name": s.Group, "site.name": s.Site,
		"page.url": s.Visitor.Page, "page.title": s.Visitor.Title,
	}
	for key, value := range s.Visitor.Data {
		all[dataVariable+key] = value
	}
	for name, value := range all {
		if value = CleanLine(strings.ToValidUTF8(value, ""), maxArrivalField); value == "" {
			delete(all, name)
		} else {
			all[name] = value
		}
	}
	return all
}

func firstName(name string) string {
	if words := strings.Fields(name); len(words) > 0 {
		return words[0]
	}
	return ""
}

// Variables lists what a text asks for, each variable once, and refuses a text that
// could not be filled in.
func Variables(text string) ([]Variable, error) {
	var all []Variable
	_, err := walk(text, func(v Variable) (string, error) {
		if err := v.check(); err != nil {
			return "", err
		}
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
		return "", nil
	})
	return all, err
}

func (v Variable) check() error {
	key, data := strings.CutPrefix(v.Name, dataVariable)
	named := data && key != "" && CleanLine(key, maxDataKey) == key && !strings.ContainsAny(key, "{}|")
	switch {
	case !named && !slices.Contains(VariableNames(), v.Name):
		return Errorf(Invalid, "There is no variable {{%s}}. Use one of %s, or data. and the name of a field. Nothing was stored.",
			CleanLine(v.Name, maxDataKey), strings.Join(VariableNames(), ", "))
	case len([]rune(v.Fallback)) > maxFallback:
		return Errorf(Invalid, "What stands for {{%s}} where it is missing is too long; at most %d characters fit. Nothing was stored.", v.Name, maxFallback)
	}
	return nil
}

// FillIn puts values into a text, and answers which variables stay blank: those that
// have neither a value nor a fallback. It goes through the text once: braces in a
// value are words like others and are never filled in themselves.
func FillIn(text string, values map[string]string) (filled string, blanks []string) {
	filled, _ = walk(text, func(v Variable) (string, error) {
		value, has := values[v.Name]
		switch {
		case has && value != "":
			return value, nil
		case v.HasFallback:
			return v.Fallback, nil
		case !slices.Contains(blanks, v.Name):
			blanks = append(blanks, v.Name)
		}
		return v.Blank(), nil
	})
	return filled, blanks
}

// FillInTalk puts values into a text for a talk of the team, where there is no
// visitor: what has neither a value nor a fallback is left out, with the space before
// it, and named.
func FillInTalk(text string, values map[string]string) (filled string, left []string) {
	const gone = "\x00"
	filled, _ = walk(strings.ReplaceAll(text, gone, ""), func(v Variable) (string, error) {
		word, blanks := FillIn(v.full(), values)
		if len(blanks) == 0 {
			return word, nil
		}
		if !slices.Contains(left, v.Name) {
			left = append(left, v.Name)
		}
		return gone, nil
	})
	return strings.TrimSpace(strings.NewReplacer(" "+gone, "", gone, "").Replace(filled)), left
}

// full is the variable as it stands in a text.
func (v Variable) full() string {
	if !v.HasFallback {
		return v.Blank()
	}
	return openVariable + v.Name + "|" + v.Fallback + closeVariable
}

// walk puts what put answers in the place of each variable. Where a variable is not
// closed the rest of the text stays as it is, and the error says so.
func walk(text string, put func(Variable) (string, error)) (string, error) {
	var b strings.Builder
	for {
		before, rest, opened := strings.Cut(text, openVariable)
		b.WriteString(before)
		if !opened {
			return b.String(), nil
		}
		inside, after, closed := strings.Cut(rest, closeVariable)
		if !closed || strings.Contains(inside, openVariable) {
			b.WriteString(openVariable + rest)
			return b.String(), Errorf(Invalid, "A variable begins with {{ and is not closed with }}. Nothing was stored; close it, or take the braces out.")
		}
		name, fallback, has := strings.Cut(inside, "|")
		word, err := put(Variable{Name: strings.TrimSpace(name), Fallback: strings.TrimSpace(fallback), HasFallback: has})
		if err != nil {
			return b.String(), err
		}
		b.WriteString(word)
		text = after
	}
}

// CheckBlanks refuses a text in which a place is still blank that one of the replies
// that it was made of has left so.
func CheckBlanks(text string, used []SavedReply) error {
	for _, r := range used {
		all, err := Variables(r.Text)
		if err != nil {
			return err
		}
		for _, v := range all {
			if !v.HasFallback && strings.Contains(text, v.Blank()) {
				return Errorf(Invalid, "Not sent: %s is still blank. Write what belongs there, or take it out.", v.Blank())
			}
		}
	}
	return nil
}
