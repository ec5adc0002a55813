package chat

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Shouts reports whether a text is written in capitals: at least least letters that
// have a case, four of five of them capitals, in two words or more. Scripts without
// capitals never do, and a number such as AB-4711 is no shouting.
func Shouts(text string, least int) bool {
	letters, capitals, words := 0, 0, 0
	for _, word := range strings.FieldsFunc(norm.NFC.String(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		loud := 0
		for _, r := range word {
			switch {
			case unicode.IsUpper(r):
				loud++
				letters++
			case unicode.IsLower(r):
				letters++
			}
		}
		if capitals += loud; loud > 1 {
			words++
		}
	}
	return letters >= least && words > 1 && capitals*5 >= letters*4
}

// PromisesTooMuch is the event of a chat that asks for help because an agent has
// promised the visitor a refund above what the Group allows. lowered: the same answer
// lowers the flag that is up; one that stays up answers none.
func PromisesTooMuch(s State, by Agent, text string, e Etiquette, lowered bool, now time.Time) []Event {
	if t := s.OpenThread(); e.HelpRefund <= 0 || t != nil && t.Help != nil && !lowered {
		return nil
	}
	sum := HighestSum(text)
	if sum <= int64(e.HelpRefund)*100 || !aboutRefund(text) {
		return nil
	}
	body := HelpRaised{Cause: HelpRefund, Reason: writeSum(sum), By: by.ID, ByName: by.Name}
	return []Event{Fact(KindHelp, System(), ForAgents, Micros(now), body)}
}

// refundStems are how words about giving money back begin or what they contain, in
// the languages of the product, as spelt returns them. docs/together.md lists them.
var refundStems = [...]string{
	"refund", "reimburs", "money back", "erstatt", "gutschr", "zuruckzahl", "ruckzahl", "geld zuruck", "rembours", "avoir de",
	"reembols", "devoluc", "devolv", "devoluç", "返金", "払い戻", "استرداد", "استرجاع",
}

// aboutRefund reports whether a text speaks of giving money back.
func aboutRefund(text string) bool {
	said := spelt(text)
	for _, stem := range refundStems {
		if strings.Contains(said, spelt(stem)) {
			return true
		}
	}
	return false
}

const (
	money  = `(?:[€$£¥₹]|\b(?:eur|usd|gbp|chf|jpy|cad|aud|brl|mxn|sar|aed|egp|inr)\b|\b(?:euros?|dollars?|pounds?|pfund|franken|francs?|reais|yen|d[oó]lare?s|libras?)\b|円|ريال|درهم|دولار|يورو)`
	number = `\d{1,3}(?:[.,' \x{a0}\x{202f}]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?`
)

// sums finds amounts of money: a number beside a currency, or one with two decimals.
var sums = regexp.MustCompile(`(?i)(?:` + money + `\s?(` + number + `))|(?:(` + number + `)(?:[.,]?[-–])?\s?` + money + `)|(?:^|[^\d.,])(\d[\d.,' ]*[.,]\d{2})(?:$|[^\d.,]|[.,](?:\s|$))`)

// HighestSum is the greatest amount of money that a text names, in hundredths,
// whatever the currency; 0 = none.
func HighestSum(text string) int64 {
	most := int64(0)
	for _, found := range sums.FindAllStringSubmatch(plainDigits(text), -1) {
		most = max(most, sumOf(found[1]+found[2]+found[3]))
	}
	return most
}

// plainDigits is a text whose digits are those of ASCII.
func plainDigits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x660 && r <= 0x669:
			return '0' + r - 0x660
		case r >= 0x6f0 && r <= 0x6f9:
			return '0' + r - 0x6f0
		}
		return r
	}, norm.NFKC.String(text))
}

// sumOf reads a number as it is written anywhere: what parts its last one or two
// digits is the decimal sign, everything else parts thousands.
func sumOf(number string) int64 {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	if len(digits) == 0 || len(digits) > 15 {
		return 0
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	switch last := strings.LastIndexAny(number, ".,"); {
	case last >= 0 && len(number)-last-1 == 2:
		return n
	case last >= 0 && len(number)-last-1 == 1:
		return n * 10
	}
	return n * 100
}

// writeSum is an amount as the team reads it: 1250.00 as 1250, 12.5 as 12.50.
func writeSum(hundredths int64) string {
	whole, rest := hundredths/100, hundredths%100
	if rest == 0 {
		return strconv.FormatInt(whole, 10)
	}
	return strconv.FormatInt(whole, 10) + "." + strconv.FormatInt(100+rest, 10)[1:]
}
