package routing

import (
	_ "time/tzdata" // a machine without zone files knows the same zones

	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/internal/chat"
)

// SoonBefore is how long before the end of its hours a Group takes no new chats.
const SoonBefore = 10 * time.Minute

// Hours is when a Group is open, by the clock on the wall of its zone: where a
// clock change repeats an hour, that hour counts twice, and where one is left
// out, nobody is open in it. A nil *Hours is open for ever.
type Hours struct {
	// Zone is an IANA name such as "Europe/Berlin".
	Zone string `json:"zone"`
	// Week is the shifts of an ordinary week, in any order; several on one day
	// are a split shift.
	Week []Shift `json:"week"`
	// Exceptions rule their day entirely, the end of a shift that began the day
	// before included. The first that names a day wins.
	Exceptions []Exception `json:"exceptions,omitempty"`

	location *time.Location
}

// Shift is a Span that begins on a day of the week.
type Shift struct {
	Day Day `json:"day"`
	Span
}

// Span is a time of the day. An end that is not after its begin lies on the
// next day.
type Span struct {
	From Clock `json:"from"`
	To   Clock `json:"to"`
}

// Day is a day of the week, written "mon" to "sun".
type Day time.Weekday

// Clock is minutes since midnight, written "09:30"; "24:00" ends a day.
type Clock int

// Exception is a day, or several, with other hours than the week's.
type Exception struct {
	// From and To are days like "2026-12-24", or "12-24" for every year. An
	// empty To means one day.
	From string `json:"from"`
	To   string `json:"to,omitempty"`
	Name string `json:"name,omitempty"`
	// Spans are the hours of those days; none means closed.
	Spans []Span `json:"spans,omitempty"`
}

const dayMinutes = 24 * 60

// Check loads the zone and returns the Hours ready for use. What it refuses is
// a chat.Error for the person who typed it.
func (h Hours) Check() (Hours, error) {
	if h.Zone == "" || h.Zone == "Local" {
		return h, chat.Errorf(chat.Invalid, "The hours need a time zone such as Europe/Berlin.")
	}
	l, err := time.LoadLocation(h.Zone)
	if err != nil {
		return h, chat.Errorf(chat.Invalid, "There is no time zone %q; write it like Europe/Berlin.", h.Zone)
	}
	h.location = l
	for _, s := range h.Week {
		if err := s.check(); err != nil {
			return h, err
		}
	}
	for _, e := range h.Exceptions {
		if err := e.check(); err != nil {
			return h, err
		}
	}
	return h, nil
}

func (s Span) check() error {
	if s.From < 0 || s.From >= dayMinutes || s.To < 0 || s.To > dayMinutes || s.From == s.To {
		return chat.Errorf(chat.Invalid, "%s to %s is not a time of the day; all day is 00:00 to 24:00.", s.From, s.To)
	}
	return nil
}

func (e Exception) check() error {
	for _, day := range []string{e.From, e.last()} {
		if _, err := time.Parse("2006-01-02", whole(day)); err != nil {
			return chat.Errorf(chat.Invalid, "%q is not a day; write it like 2026-12-24, or 12-24 for every year.", day)
		}
	}
	if len(e.From) != len(e.last()) || e.last() < e.From {
		return chat.Errorf(chat.Invalid, "The exception from %s to %s ends before it begins.", e.From, e.last())
	}
	for _, s := range e.Spans {
		if err := s.check(); err != nil {
			return err
		}
	}
	return nil
}

// whole puts a leap year before a day of every year, so that 02-29 is one.
func whole(day string) string {
	if len(day) == len("12-24") {
		return "2000-" + day
	}
	return day
}

func (e Exception) last() string {
	if e.To == "" {
		return e.From
	}
	return e.To
}

// covers reports whether the day, like "2026-12-24", is one of the exception.
func (e Exception) covers(day string) bool {
	if len(e.From) == len("12-24") {
		day = day[len("2026-"):]
	}
	return e.From <= day && day <= e.last()
}

// where returns the zone. One that cannot be loaded counts as UTC; Check and
// reading JSON refuse it before it can come here.
func (h *Hours) where() *time.Location {
	if h.location != nil {
		return h.location
	}
	if l, err := time.LoadLocation(h.Zone); err == nil {
		return l
	}
	return time.UTC
}

// UnmarshalJSON reads and checks the hours.
func (h *Hours) UnmarshalJSON(text []byte) error {
	type plain Hours
	var p plain
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	checked, err := Hours(p).Check()
	*h = checked
	return err
}

// String returns the clock like "09:30".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText writes the clock like "09:30".
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a clock like "09:30".
func (c *Clock) UnmarshalText(text []byte) error {
	parsed, err := ParseClock(string(text))
	*c = parsed
	return err
}

// ParseClock reads a clock like "09:30", up to "24:00".
func ParseClock(text string) (Clock, error) {
	hour, minute, ok := strings.Cut(text, ":")
	h, errH := strconv.Atoi(hour)
	m, errM := strconv.Atoi(minute)
	if !ok || errH != nil || errM != nil || h < 0 || m < 0 || m > 59 || h*60+m > dayMinutes {
		return 0, chat.Errorf(chat.Invalid, "%q is not a time of the day; write it like 09:30.", text)
	}
	return Clock(h*60 + m), nil
}

func dayNames() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// String returns the day like "mon".
func (d Day) String() string { return dayNames()[((int(d)%7)+7)%7] }

// MarshalText writes the day like "mon".
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a day like "mon".
func (d *Day) UnmarshalText(text []byte) error {
	i := slices.Index(dayNames(), strings.ToLower(string(text)))
	if i < 0 {
		return chat.Errorf(chat.Invalid, "%q is not a day of the week; write it like mon.", text)
	}
	*d = Day(i)
	return nil
}
