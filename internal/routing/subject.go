package routing

import (
	"net/url"
	"strings"
	"unicode"

	"earshot/internal/chat"
)

// The limits of a Subject.
const (
	MaxSubjectWords = 16  // of one chat, the first ones
	maxSubjectWord  = 24  // characters
	maxSubjectPage  = 120 // bytes
	maxSubjectSteps = 4   // of a page's path
)

// Subject is what a chat is about, as far as suggestions look: the page on which
// it began, and the words that the visitor has used.
type Subject struct {
	Page  string
	Words []string // in lower case, each once
	// Forms are the words as they were written.
	Forms map[string]string
}

// NewSubject reads a Subject out of the address of a page and the visitor's
// texts. What may name a person or a thing is left out: numbers, addresses of
// mail and pages, numbers in the path.
func NewSubject(page string, texts []string) Subject {
	s := Subject{Page: pathOf(page), Forms: map[string]string{}}
	for _, text := range texts {
		for piece := range strings.FieldsSeq(text) {
			if strings.ContainsAny(piece, "@/\\") {
				continue
			}
			for _, form := range wordsIn(piece) {
				word := strings.ToLower(form)
				if _, known := s.Forms[word]; known || len(s.Words) == MaxSubjectWords {
					continue
				}
				s.Forms[word], s.Words = form, append(s.Words, word)
			}
		}
	}
	return s
}

// pathOf is a page as its path, without what differs from visit to visit.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	path := ""
	for i, step := range strings.Split(strings.Trim(u.Path, "/"), "/") {
		if i == maxSubjectSteps {
			break
		}
		if strings.ContainsFunc(step, unicode.IsDigit) {
			step = "*"
		}
		path += "/" + chat.CleanLine(strings.ToLower(step), maxSubjectPage)
	}
	if len(path) > maxSubjectPage {
		return ""
	}
	return path
}

// wordsIn are the words of a piece of text without spaces. Scripts that are
// written without any give pairs of characters.
func wordsIn(piece string) (words []string) {
	var word []rune
	end := func() {
		if keeps(word) {
			words = append(words, string(word))
		}
		word = word[:0]
	}
	for _, r := range piece {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			if len(word) > 0 && !spaceless(word[len(word)-1]) {
				end()
			}
			if word = append(word, r); len(word) == 2 {
				words = append(words, string(word))
				word = append(word[:0], r)
			}
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			if len(word) > 0 && spaceless(word[len(word)-1]) {
				word = word[:0]
			}
			word = append(word, r)
		default:
			end()
		}
	}
	end()
	return words
}

func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// keeps reports whether a word says something: no number, not too long, and at
// least three letters unless it is written in capitals like IT.
func keeps(word []rune) bool {
	if len(word) < 2 || len(word) > maxSubjectWord || spaceless(word[0]) {
		return false
	}
	capitals := true
	for _, r := range word {
		if unicode.IsDigit(r) {
			return false
		}
		capitals = capitals && unicode.IsUpper(r)
	}
	return len(word) > 2 || capitals
}
