package chat

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sentence is one thing that the server says to the team of its own accord: a code
// and what it speaks of. Its English is made from both by one table, see English; a
// front end has a text for each code in each of its languages. Codes are stored:
// one that was in use keeps its meaning and its parameters.
type Sentence struct {
	Code string `json:"code"`
	// What it speaks of, by the name of the placeholder: names and other words of
	// people, numbers, spans of time in seconds, names that stand in a row, and words
	// of the server, each a code itself.
	Names   map[string]string   `json:"names,omitempty"`
	Numbers map[string]float64  `json:"numbers,omitempty"`
	Seconds map[string]int64    `json:"seconds,omitempty"`
	Lists   map[string][]string `json:"lists,omitempty"`
	Words   map[string]string   `json:"words,omitempty"`
}

// Because is why something is as it is, in sentences for the team. What carries it
// carries its English too, which stands alone in what is older than codes.
type Because []Sentence

// Word is a word of the server within a sentence: a code, as a sentence has one.
type Word string

// Say makes a sentence. The parameters come in the order in which the English text
// of the code names them first; a test counts them at every call.
func Say(code string, params ...any) Sentence {
	s := Sentence{Code: code}
	for i, name := range parameters[code] {
		if i < len(params) {
			s.set(name, params[i])
		}
	}
	return s
}

// Says is a reason of one sentence.
func Says(code string, params ...any) Because { return Because{Say(code, params...)} }

func (s *Sentence) set(name string, value any) {
	switch v := value.(type) {
	case string:
		put(&s.Names, name, v)
	case int:
		put(&s.Numbers, name, float64(v))
	case float64:
		put(&s.Numbers, name, v)
	case time.Duration:
		put(&s.Seconds, name, int64(v/time.Second))
	case []string:
		put(&s.Lists, name, v)
	case Word:
		put(&s.Words, name, string(v))
	default:
		put(&s.Names, name, fmt.Sprint(v))
	}
}

func put[T any](all *map[string]T, name string, value T) {
	if *all == nil {
		*all = map[string]T{}
	}
	(*all)[name] = value
}

// English is the reason as the log, the API and whoever has no text for one of its
// codes read it.
func (b Because) English() string {
	return strings.Join(b.Lines(), " ")
}

// Lines are the sentences in English, one by one.
func (b Because) Lines() []string {
	lines := make([]string, len(b))
	for i, s := range b {
		lines[i] = s.English()
	}
	return lines
}

// English is the sentence in English.
func (s Sentence) English() string {
	return fill(english[s.Code], s.param)
}

func (s Sentence) param(name string) string {
	if v, there := s.Names[name]; there {
		return v
	}
	if v, there := s.Numbers[name]; there {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	if v, there := s.Seconds[name]; there {
		return spanInEnglish(v)
	}
	if v, there := s.Lists[name]; there {
		return inARow(v)
	}
	return english[s.Words[name]]
}

// spanInEnglish writes a span in whole minutes, where it has them.
func spanInEnglish(seconds int64) string {
	switch {
	case seconds == 60:
		return "1 minute"
	case seconds%60 == 0:
		return strconv.FormatInt(seconds/60, 10) + " minutes"
	}
	return strconv.FormatInt(seconds, 10) + " seconds"
}

// inARow writes names as a sentence does.
func inARow(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// parameters are the placeholders of each code: the router says thousands of
// sentences in one round.
var parameters = func() map[string][]string {
	all := make(map[string][]string, len(english))
	for code, text := range english {
		all[code] = placeholders(text)
	}
	return all
}()

// placeholders returns the names in braces of a text, each once, in order.
func placeholders(text string) []string {
	var names []string
	fill(text, func(name string) string {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		return ""
	})
	return names
}

// fill puts a value for each name in braces. Braces round anything else stay, and
// so does what stands in a value.
func fill(text string, value func(name string) string) string {
	var out strings.Builder
	for {
		before, rest, opens := strings.Cut(text, "{")
		out.WriteString(before)
		if !opens {
			return out.String()
		}
		if name, after, closes := strings.Cut(rest, "}"); closes && isName(name) {
			out.WriteString(value(name))
			text = after
			continue
		}
		out.WriteByte('{')
		text = rest
	}
}

func isName(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz") == ""
}
