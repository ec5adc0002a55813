package chat

import (
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strings"
)

const (
	maxTitle     = 200
	maxDataKey   = 80
	maxDataValue = 500
	maxLanguage  = 35
	maxEmail     = 254
	maxVisits    = 1_000_000
)

// CleanLine flattens what a person or a page gave to one line without control
// or direction-changing characters, and cuts it to a number of characters.
func CleanLine(text string, most int) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r < 0x20 || r == 0x7f || (r >= 0x80 && r < 0xa0) || r == 0x2028 || r == 0x2029:
			return ' '
		case (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) || r == 0x200e || r == 0x200f || r == 0x061c || r == 0xfeff:
			return -1
		}
		return r
	}, text)
	clean = strings.Join(strings.Fields(clean), " ")
	if runes := []rune(clean); len(runes) > most {
		clean = strings.TrimSpace(string(runes[:most]))
	}
	return clean
}

// CleanEmail checks an address that a person typed and returns it in lower
// case. It is never proof of who typed it.
func CleanEmail(text string) (string, error) {
	text = strings.TrimSpace(text)
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text || len(text) > maxEmail || CleanLine(text, maxEmail) != text {
		return "", Errorf(Invalid, "This is not an e-mail address. Write it like name@example.com; nothing was stored.")
	}
	return strings.ToLower(text), nil
}

// CleanLanguage returns a language tag such as "de" or "pt-BR", and "" for what
// is none.
func CleanLanguage(tag string) string {
	if tag == "" || len(tag) > maxLanguage {
		return ""
	}
	for i, part := range strings.Split(tag, "-") {
		alnum := strings.IndexFunc(part, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
		}) < 0
		if !alnum || part == "" || len(part) > 8 || (i == 0 && len(part) < 2) {
			return ""
		}
	}
	return tag
}

// Clean returns the arrival as it may be stored: addresses without fragment and
// credentials, lines flattened, everything cut to its limit.
func (a Arrival) Clean() Arrival {
	a.URL, a.Referrer = cleanURL(a.URL), cleanURL(a.Referrer)
	a.Title, a.Device = CleanLine(a.Title, maxTitle), CleanLine(a.Device, maxTitle)
	a.Language, a.Country = CleanLanguage(a.Language), CleanLine(a.Country, 2)
	a.Visits = min(max(a.Visits, 0), maxVisits)
	a.Data = cleanData(a.Data)
	return a
}

// cleanURL keeps http and https alone: an address that an agent may click.
func cleanURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return ""
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	if len(u.String()) > maxArrivalField {
		u.RawQuery = ""
	}
	if len(u.String()) > maxArrivalField {
		u.Path, u.RawPath = "", ""
	}
	if clean := u.String(); len(clean) <= maxArrivalField {
		return clean
	}
	return ""
}

// cleanData keeps the first MaxData fields in the order of their names, so that
// what is kept does not depend on chance.
func cleanData(data map[string]string) map[string]string {
	if len(data) == 0 {
		return nil
	}
	kept := make(map[string]string, min(len(data), MaxData))
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if key := CleanLine(name, maxDataKey); key != "" && len(kept) < MaxData {
			kept[key] = CleanLine(data[name], maxDataValue)
		}
	}
	return kept
}
