package desk

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	fewWords   = 2 // common passwords in a row
	fewOthers  = 8 // digits and signs around them
	manyWords  = fewWords + 1
	longestRow = 64 // characters; what is longer is not made of two common ones
)

// common are the commonest passwords. Hardly one has twelve characters: people
// who are asked for more write one twice, or a year behind it, and whoever
// guesses knows that.
type common map[string]struct{}

func newCommon(list []string) common {
	c := make(common, len(list))
	for _, p := range list {
		c[strings.ToLower(p)] = struct{}{}
	}
	return c
}

// has reports whether a password in lower case is one of them, or one or two of
// them with a few digits and signs, or digits alone.
func (c common) has(password string) bool {
	if _, is := c[password]; is {
		return true
	}
	if strings.Trim(password, "0123456789") == "" {
		return true
	}
	return len(password) <= longestRow && c.made(password)
}

// way is the cheapest way to write a password up to some place.
type way struct{ words, others int }

func (w way) better(than way) bool {
	return w.words < than.words || w.words == than.words && w.others < than.others
}

// made reports whether a password is written with one or two common ones and a
// few digits and signs. It takes the cheapest way to each place, from the left.
func (c common) made(password string) bool {
	ways := make([]way, len(password)+1)
	for i := range ways[1:] {
		ways[i+1] = way{words: manyWords}
	}
	reach := func(end int, w way) {
		if w.better(ways[end]) {
			ways[end] = w
		}
	}
	for i, r := range password {
		from := ways[i]
		if from.words >= manyWords {
			continue
		}
		if !unicode.IsLetter(r) {
			reach(i+utf8.RuneLen(r), way{from.words, from.others + 1})
		}
		for end := i + 4; end <= len(password); end++ {
			if _, is := c[password[i:end]]; is {
				reach(end, way{from.words + 1, from.others})
			}
		}
	}
	whole := ways[len(password)]
	return whole.words > 0 && whole.words <= fewWords && whole.others <= fewOthers
}
