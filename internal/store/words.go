package store

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// token is a word of a text: where it stands, and how it is compared. A run of a
// script that is written without spaces is one token.
type token struct {
	start, end int // bytes
	word       string
	run        bool
}

// tokens takes a text apart. It is the same for what is indexed and what is
// asked for, so that the index only has to split at spaces.
func tokens(text string) []token {
	var all []token
	start, run := -1, false
	flush := func(end int) {
		if start >= 0 {
			if word := fold(text[start:end], run); word != "" {
				all = append(all, token{start, end, word, run})
			}
			start = -1
		}
	}
	for i, r := range text {
		switch spaceless := unspaced(r); {
		case !spaceless && !wordly(r):
			flush(i)
		case start >= 0 && run == spaceless:
		case start >= 0 && unicode.Is(unicode.M, r):
			// A mark belongs to the letter before it.
		default:
			flush(i)
			start, run = i, spaceless
		}
	}
	flush(len(text))
	return all
}

func wordly(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r) || unicode.Is(unicode.Co, r)
}

// unspaced reports whether the script is written without spaces between words,
// or, as Korean, with endings that a search should not have to know.
func unspaced(r rune) bool {
	return r >= 0x0e00 && (r == 0x30fc || r == 0xff70 ||
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar))
}

// fold makes words equal that differ in case, accents or width alone.
func fold(word string, run bool) string {
	if run {
		return norm.NFKC.String(word)
	}
	if plain := strings.ToLower(word); isASCII(plain) {
		return plain
	}
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(word)))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// indexed returns the words of a text as the index holds them. A run becomes its
// pairs of characters and its last one, so that any part of it can be found.
func indexed(text string) string {
	var words []string
	for _, t := range tokens(text) {
		if !t.run {
			words = append(words, t.word)
			continue
		}
		words = append(words, pairs(t.word)...)
		runes := []rune(t.word)
		words = append(words, string(runes[len(runes)-1:]))
	}
	return strings.Join(words, " ")
}

// pairs returns the overlapping pairs of a run; none for a single character.
func pairs(run string) []string {
	runes := []rune(run)
	var two []string
	for i := 0; i+1 < len(runes); i++ {
		two = append(two, string(runes[i:i+2]))
	}
	return two
}
