package chat

import (
	"net/url"
	"strings"
)

// Site is a website that carries the widget.
type Site struct {
	ID   SiteID `json:"id"`
	Name string `json:"name"`
	// Key is the public name of the site in the snippet. It is not secret.
	Key string `json:"key"`
	// Origins are the exact origins whose pages may carry the widget, such as
	// "https://shop.example".
	Origins    []string   `json:"origins"`
	Language   string     `json:"language"`
	Appearance Appearance `json:"appearance"`
	Group      GroupID    `json:"group"`
	// Choose are the groups that a visitor may choose from, in order; none = he
	// does not choose.
	Choose []GroupID `json:"choose,omitempty"`
	// QuietJoins: its visitors are not told who joins and leaves.
	QuietJoins bool `json:"quiet_joins,omitempty"`
	// Preview: what its visitors type is shown to the team before they send it, and
	// they are told so.
	Preview bool `json:"preview,omitempty"`
}

// Appearance is how the widget looks on a site.
type Appearance struct {
	// Accent is a CSS colour of the form #rrggbb.
	Accent string `json:"accent"`
	// Position is one of "bottom-right", "bottom-left".
	Position string `json:"position"`
	// Greeting is the first line that the visitor reads; empty = the
	// catalogue's.
	Greeting string `json:"greeting"`
}

// Allows reports whether a page of the origin may carry the widget. The
// comparison is exact: no suffix, no wildcard.
func (s Site) Allows(origin string) bool {
	for _, o := range s.Origins {
		if o == origin {
			return true
		}
	}
	return false
}

// ParseOrigin checks and normalises an origin that a person typed: scheme http
// or https, lower-case host, port only where it is not the default one.
func ParseOrigin(text string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	bad := err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.Hostname() == "" || u.User != nil ||
		(u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "" || strings.Contains(u.Host, "*")
	if bad {
		return "", Errorf(Invalid, "%q is not an origin; write it like https://www.example.com, without a path", text)
	}
	host := strings.ToLower(u.Host)
	if (u.Scheme == "https" && u.Port() == "443") || (u.Scheme == "http" && u.Port() == "80") {
		host = strings.TrimSuffix(host, ":"+u.Port())
	}
	return u.Scheme + "://" + host, nil
}

// Arrival is a visitor's coming as routing rules will see it. It is stored in
// thread.started so that any rule can be rehearsed on it later.
type Arrival struct {
	Site     SiteID            `json:"site"`
	URL      string            `json:"url,omitempty"`
	Title    string            `json:"title,omitempty"`
	Referrer string            `json:"referrer,omitempty"`
	Language string            `json:"language,omitempty"`
	Country  string            `json:"country,omitempty"`
	Device   string            `json:"device,omitempty"`
	Visits   int               `json:"visits,omitempty"`
	Data     map[string]string `json:"data,omitempty"`
	// Group is what the page named, Chosen what the visitor picked.
	Group  GroupID `json:"group,omitempty"`
	Chosen GroupID `json:"chosen,omitempty"`
}
