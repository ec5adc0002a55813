package chat

import (
	"slices"
	"strings"
)

const maxGreeting = 300

// defaultAccent is the widget's colour where a site names none.
const defaultAccent = "#2457c5"

// Clean checks what a manager entered for a site and returns it as it may be
// stored. At least one origin must be named: without one no page could carry
// the widget.
func (s Site) Clean() (Site, error) {
	s.Name = CleanName(s.Name)
	if s.Name == "" {
		return s, Errorf(Invalid, "The site needs a name.")
	}
	origins, err := cleanOrigins(s.Origins)
	if err != nil {
		return s, err
	}
	s.Origins = origins
	if s.Language == "" {
		s.Language = "en"
	}
	if CleanLanguage(s.Language) == "" {
		return s, Errorf(Invalid, "%q is not a language tag; write it like en or pt-BR.", s.Language)
	}
	s.Appearance, err = s.Appearance.clean()
	return s, err
}

func cleanOrigins(typed []string) ([]string, error) {
	origins := make([]string, 0, len(typed))
	for _, text := range typed {
		if strings.TrimSpace(text) == "" {
			continue
		}
		o, err := ParseOrigin(text)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(origins, o) {
			origins = append(origins, o)
		}
	}
	switch {
	case len(origins) == 0:
		return nil, Errorf(Invalid, "Name at least one origin whose pages carry the widget, such as https://www.example.com.")
	case len(origins) > MaxOrigins:
		return nil, Errorf(Invalid, "%d origins; a site has at most %d.", len(origins), MaxOrigins)
	}
	return origins, nil
}

func (a Appearance) clean() (Appearance, error) {
	if a.Accent == "" {
		a.Accent = defaultAccent
	}
	if a.Position == "" {
		a.Position = "bottom-right"
	}
	a.Greeting = CleanLine(a.Greeting, maxGreeting)
	switch {
	case !isColour(a.Accent):
		return a, Errorf(Invalid, "%q is not a colour; write it like #2457c5.", a.Accent)
	case a.Position != "bottom-right" && a.Position != "bottom-left":
		return a, Errorf(Invalid, "The button stands at bottom-right or bottom-left.")
	}
	return a, nil
}

func isColour(text string) bool {
	if len(text) != 7 || text[0] != '#' {
		return false
	}
	return strings.Trim(strings.ToLower(text[1:]), "0123456789abcdef") == ""
}
