package store

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// asked is a part of what a person looks for: words that stand side by side.
type asked struct {
	words []string
	run   bool // one run of a script without spaces
	goOn  bool // the last word may be the beginning of one
}

// maxAsked is how many parts of a search count.
const maxAsked = 10

// ask takes apart what a person typed. Nothing that can be typed is a wrong
// query.
func ask(typed string) []asked {
	var all []asked
	for _, field := range strings.Fields(typed) {
		joined := false
		for _, t := range tokens(field) {
			if n := len(all); joined && !t.run && !all[n-1].run {
				all[n-1].words = append(all[n-1].words, t.word)
				continue
			}
			all = append(all, asked{words: []string{t.word}, run: t.run})
			joined = true
		}
	}
	if len(all) > maxAsked {
		return all[:maxAsked]
	}
	if n := len(all); n > 0 && !all[n-1].run {
		// One letter begins too many words to be of use.
		last := all[n-1].words[len(all[n-1].words)-1]
		all[n-1].goOn = utf8.RuneCountInString(last) > 1
	}
	return all
}

// sought are the words of a part as the index holds them, side by side, and
// whether the last one may be the beginning of one.
func (p asked) sought() (words []string, begins bool) {
	if !p.run {
		return p.words, p.goOn
	}
	if two := pairs(p.words[0]); len(two) > 0 {
		return two, p.goOn
	}
	return p.words, true
}

const (
	markBegin, markEnd = "\u0002", "\u0003"
	snippetBefore      = 60  // characters before the first word found
	snippetLength      = 200 // characters in all
)

// snippet returns the text around the first word found, with each found word
// marked.
func snippet(text string, parts []asked) string {
	text = strings.NewReplacer(markBegin, "", markEnd, "").Replace(text)
	spans := found(text, parts)
	from := 0
	if len(spans) > 0 {
		from = back(text, spans[0][0], snippetBefore)
	}
	to := forth(text, from, snippetLength)
	var b strings.Builder
	at := from
	for _, s := range spans {
		if s[0] < at || s[1] > to {
			continue
		}
		b.WriteString(text[at:s[0]] + markBegin + text[s[0]:s[1]] + markEnd)
		at = s[1]
	}
	b.WriteString(text[at:to])
	return b.String()
}

// found returns where in the text the words stand, in order.
func found(text string, parts []asked) (spans [][2]int) {
	for _, t := range tokens(text) {
		for _, part := range parts {
			if t.run && part.run {
				if i := strings.Index(text[t.start:t.end], part.words[0]); i >= 0 {
					spans = append(spans, [2]int{t.start + i, t.start + i + len(part.words[0])})
				}
			} else if part.has(t.word) {
				spans = append(spans, [2]int{t.start, t.end})
				break
			}
		}
	}
	slices.SortFunc(spans, func(a, b [2]int) int { return a[0] - b[0] })
	return spans
}

func (p asked) has(word string) bool {
	last := p.words[len(p.words)-1]
	return slices.Contains(p.words, word) || p.goOn && strings.HasPrefix(word, last)
}

// back and forth move by characters from a byte offset.
func back(text string, at, runes int) int {
	for ; runes > 0 && at > 0; runes-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return at
}

func forth(text string, at, runes int) int {
	for ; runes > 0 && at < len(text); runes-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}
