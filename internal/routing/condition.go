package routing

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/chat"
)

// Field is what a condition looks at.
type Field string

// The fields of an arrival.
const (
	FieldURL      Field = "url"  // the page's address as a whole
	FieldHost     Field = "host" // of the page, lower case, without port
	FieldPath     Field = "path" // of the page, unescaped
	FieldQuery    Field = "query"
	FieldSite     Field = "site"
	FieldReferrer Field = "referrer" // address of the page before
	FieldLanguage Field = "language"
	FieldCountry  Field = "country"
	FieldDevice   Field = "device"
	FieldVisits   Field = "visits"
	FieldData     Field = "data"
)

// Op is how a condition compares. Letters of either case are the same.
type Op string

// The comparisons. OpIs on a language admits its regions: de holds for de-AT.
const (
	OpIs       Op = "is"
	OpPrefix   Op = "prefix"
	OpContains Op = "contains"
	OpGlob     Op = "glob" // * is any text, ? any character
	OpAtLeast  Op = "at_least"
	OpAtMost   Op = "at_most"
	OpExists   Op = "exists"
)

// Condition compares one field of an arrival with values; one that holds is
// enough. Not turns it round, but what is not known never holds.
type Condition struct {
	Field Field `json:"field"`
	// Key names the field of the custom data, or the query parameter; a query
	// without key is compared as a whole.
	Key    string   `json:"key,omitempty"`
	Op     Op       `json:"op"`
	Values []string `json:"values,omitempty"`
	Not    bool     `json:"not,omitempty"`
}

func (c Condition) check() error {
	fields := []Field{FieldURL, FieldHost, FieldPath, FieldQuery, FieldSite, FieldReferrer, FieldLanguage, FieldCountry, FieldDevice, FieldVisits, FieldData}
	ops := []Op{OpIs, OpPrefix, OpContains, OpGlob, OpAtLeast, OpAtMost, OpExists}
	switch {
	case !slices.Contains(fields, c.Field):
		return chat.Errorf(chat.Invalid, "There is no field %q in an arrival.", c.Field)
	case !slices.Contains(ops, c.Op):
		return chat.Errorf(chat.Invalid, "There is no comparison %q.", c.Op)
	case c.Field == FieldData && c.Key == "":
		return chat.Errorf(chat.Invalid, "A condition on custom data needs the name of its field.")
	case c.Op != OpExists && len(c.Values) == 0:
		return chat.Errorf(chat.Invalid, "The condition \"%s\" needs a value.", c)
	}
	for _, v := range c.Values {
		if _, err := strconv.ParseFloat(v, 64); err != nil && (c.Op == OpAtLeast || c.Op == OpAtMost) {
			return chat.Errorf(chat.Invalid, "%q is not a number.", v)
		}
	}
	return nil
}

// String returns the condition in words.
func (c Condition) String() string {
	verb := map[Op]string{OpIs: "is", OpPrefix: "begins with", OpContains: "contains", OpGlob: "is like", OpAtLeast: "is at least",
		OpAtMost: "is at most", OpExists: "is known"}[c.Op]
	if c.Not {
		verb = "not: " + verb
	}
	return strings.TrimSpace(c.subject() + " " + verb + " " + strings.Join(c.Values, " or "))
}

func (c Condition) subject() string {
	if c.Key != "" {
		return string(c.Field) + " " + c.Key
	}
	return string(c.Field)
}

// test compares, and says what was found.
func (c Condition) test(a chat.Arrival) Found {
	got, known, holds := c.meets(a)
	found := c.found(got, known)
	return Found{Condition: c.String(), Holds: holds, Because: found, Why: found.English()}
}

// meets compares: what an arrival has in the field, whether that is known, and
// whether the condition holds for it.
func (c Condition) meets(a chat.Arrival) (got string, known, holds bool) {
	got, known = c.value(a)
	switch {
	case known:
		holds = c.holds(got) != c.Not
	case c.Op == OpExists:
		holds = c.Not
	}
	return got, known, holds
}

// found is what an arrival has in the condition's field.
func (c Condition) found(got string, known bool) chat.Because {
	field := fieldWords[c.Field]
	switch {
	case !known && c.Field == FieldCountry:
		return chat.Says("found.no-country")
	case !known && c.Key != "":
		return chat.Says("found.nothing.key", field, c.Key)
	case !known:
		return chat.Says("found.nothing", field)
	case c.Key != "":
		return chat.Says("found.key", field, c.Key, got)
	}
	return chat.Says("found", field, got)
}

// fieldWords are the fields as sentences name them.
var fieldWords = map[Field]chat.Word{
	FieldURL: "field.url", FieldHost: "field.host", FieldPath: "field.path", FieldQuery: "field.query", FieldSite: "field.site",
	FieldReferrer: "field.referrer", FieldLanguage: "field.language", FieldCountry: "field.country", FieldDevice: "field.device",
	FieldVisits: "field.visits", FieldData: "field.data",
}

// value returns the compared text of an arrival, and whether there is any.
func (c Condition) value(a chat.Arrival) (string, bool) {
	switch c.Field {
	case FieldURL:
		return a.URL, a.URL != ""
	case FieldHost, FieldPath, FieldQuery:
		return c.part(a.URL)
	case FieldSite:
		return string(a.Site), a.Site != ""
	case FieldReferrer:
		return a.Referrer, a.Referrer != ""
	case FieldLanguage:
		return a.Language, a.Language != ""
	case FieldCountry:
		return a.Country, a.Country != ""
	case FieldDevice:
		return a.Device, a.Device != ""
	case FieldVisits:
		return strconv.Itoa(a.Visits), true
	case FieldData:
		v, there := a.Data[c.Key]
		return v, there
	}
	return "", false
}

func (c Condition) part(page string) (string, bool) {
	u, err := url.Parse(page)
	if err != nil || page == "" {
		return "", false
	}
	switch c.Field {
	case FieldHost:
		return strings.ToLower(u.Hostname()), u.Host != ""
	case FieldPath:
		if u.Path == "" {
			return "/", true
		}
		return u.Path, true
	}
	if c.Key == "" {
		return u.RawQuery, u.RawQuery != ""
	}
	return u.Query().Get(c.Key), u.Query().Has(c.Key)
}

func (c Condition) holds(got string) bool {
	if c.Op == OpExists {
		return true
	}
	return slices.ContainsFunc(c.Values, func(want string) bool { return c.compare(strings.ToLower(got), strings.ToLower(want)) })
}

func (c Condition) compare(got, want string) bool {
	switch c.Op {
	case OpIs:
		return got == want || (c.Field == FieldLanguage && strings.HasPrefix(got, want+"-"))
	case OpPrefix:
		if c.Field == FieldPath {
			return under(got, want)
		}
		return strings.HasPrefix(got, want)
	case OpContains:
		return strings.Contains(got, want)
	case OpGlob:
		return glob(want, got)
	}
	g, errGot := strconv.ParseFloat(got, 64)
	w, errWant := strconv.ParseFloat(want, 64)
	if errGot != nil || errWant != nil {
		return false
	}
	return (c.Op == OpAtLeast && g >= w) || (c.Op == OpAtMost && g <= w)
}

// under reports whether a path lies at or below a prefix, by whole segments:
// /shop holds for /shop/cart and not for /shopping.
func under(path, prefix string) bool {
	rest, has := strings.CutPrefix(path, strings.TrimSuffix(prefix, "/"))
	if strings.HasSuffix(prefix, "/") {
		return has && strings.HasPrefix(rest, "/")
	}
	return has && (rest == "" || rest[0] == '/')
}

// glob reports whether the text fits the pattern as a whole, in at most
// len(pattern)·len(text) steps.
func glob(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	i, j, star, mark := 0, 0, -1, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
