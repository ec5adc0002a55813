package routing

import (
	"slices"
	"time"
)

// horizon is how many days ahead an opening or closing is looked for.
const horizon = 800

// Open reports whether the Group is open at t.
func (h *Hours) Open(t time.Time) bool {
	if h == nil {
		return true
	}
	local := t.In(h.where())
	return h.openAt(civil(local), local.Hour()*60+local.Minute())
}

// civil returns the date of a local time as midnight UTC, which is safe to add
// days to: there every day has 24 hours.
func civil(local time.Time) time.Time {
	y, m, d := local.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func (h *Hours) openAt(day time.Time, minute int) bool {
	today, excepted := h.spans(day)
	for _, s := range today {
		if minute >= int(s.From) && (minute < int(s.To) || s.To <= s.From) {
			return true
		}
	}
	if excepted {
		return false
	}
	yesterday, _ := h.spans(day.AddDate(0, 0, -1))
	for _, s := range yesterday {
		if s.To <= s.From && minute < int(s.To) {
			return true
		}
	}
	return false
}

// spans returns what begins on a day, and whether an exception rules it.
func (h *Hours) spans(day time.Time) (begin []Span, excepted bool) {
	if len(h.Exceptions) > 0 {
		text := day.Format("2006-01-02")
		for _, e := range h.Exceptions {
			if e.covers(text) {
				return e.Spans, true
			}
		}
	}
	for _, s := range h.Week {
		if time.Weekday(s.Day) == day.Weekday() {
			begin = append(begin, s.Span)
		}
	}
	return begin, false
}

// NextOpening returns t where the Group is open, else when it opens next; false
// where it does not within two years.
func (h *Hours) NextOpening(t time.Time) (time.Time, bool) {
	if h.Open(t) {
		return t, true
	}
	return h.change(t, horizon)
}

// OpensWithin returns when the Group, closed at t, opens next, where that is within a
// span of less than a day.
func (h *Hours) OpensWithin(t time.Time, span time.Duration) (time.Time, bool) {
	if h.Open(t) {
		return time.Time{}, false
	}
	at, changes := h.change(t, 1)
	return at, changes && at.Sub(t) <= span
}

// ClosesAt returns when the Group, open at t, closes next. It returns false
// where it is closed at t or does not close within two years.
func (h *Hours) ClosesAt(t time.Time) (time.Time, bool) {
	if h == nil || !h.Open(t) {
		return time.Time{}, false
	}
	return h.change(t, horizon)
}

// ClosesWithin returns when the Group, open at t, closes next, within so many
// days. It is for who asks often: a Group that never closes costs no long search.
func (h *Hours) ClosesWithin(t time.Time, days int) (time.Time, bool) {
	if h == nil || !h.Open(t) {
		return time.Time{}, false
	}
	return h.change(t, days)
}

// Closing reports whether the Group is open at t and closes within SoonBefore.
func (h *Hours) Closing(t time.Time) bool {
	if h == nil || !h.Open(t) {
		return false
	}
	end, ends := h.change(t, 1)
	return ends && end.Sub(t) <= SoonBefore
}

// Takes reports whether a new chat may begin at t: open, and not closing soon.
func (h *Hours) Takes(t time.Time) bool { return h.Open(t) && !h.Closing(t) }

// Add returns when the Group has been open for d since t; false where that is
// not within two years of some step. Adding nothing returns t.
func (h *Hours) Add(t time.Time, d time.Duration) (time.Time, bool) {
	for d > 0 {
		begin, opens := h.NextOpening(t)
		if !opens {
			return time.Time{}, false
		}
		end, ends := h.ClosesAt(begin)
		if !ends || end.Sub(begin) >= d {
			return begin.Add(d), true
		}
		d -= end.Sub(begin)
		t = end
	}
	return t, true
}

// Between returns how long the Group is open from one time to another.
func (h *Hours) Between(from, to time.Time) time.Duration {
	var sum time.Duration
	for from.Before(to) {
		begin, opens := h.NextOpening(from)
		if !opens || !begin.Before(to) {
			return sum
		}
		end, ends := h.ClosesAt(begin)
		if !ends || end.After(to) {
			end = to
		}
		sum += end.Sub(begin)
		from = end
	}
	return sum
}

// change returns the first instant after t, within so many days, at which Open
// answers otherwise than at t. Open can only change where a span begins or
// ends, at a midnight, or where the zone changes its offset.
func (h *Hours) change(t time.Time, days int) (time.Time, bool) {
	was, zone := h.Open(t), h.where()
	today := civil(t.In(zone))
	next := h.edges(today.AddDate(0, 0, -1), zone)
	for n := range days + 1 {
		these := next
		next = h.edges(today.AddDate(0, 0, n), zone)
		changes := func(at time.Time) bool { return at.After(t) && h.Open(at) != was }
		i := slices.IndexFunc(these, changes)
		if i < 0 {
			continue
		}
		// A clock that is set back just after midnight shows the end of one day
		// after the begin of the next.
		if j := slices.IndexFunc(next, changes); j >= 0 && next[j].Before(these[i]) {
			return next[j], true
		}
		return these[i], true
	}
	return time.Time{}, false
}

// edges returns, in order, the instants of one civil day at which Open may change.
func (h *Hours) edges(day time.Time, zone *time.Location) []time.Time {
	minutes := []int{0}
	today, _ := h.spans(day)
	yesterday, _ := h.spans(day.AddDate(0, 0, -1))
	for _, s := range slices.Concat(today, yesterday) {
		minutes = append(minutes, int(s.From), int(s.To)%dayMinutes)
	}
	var at []time.Time
	for _, m := range minutes {
		at = append(at, instants(day.Add(time.Duration(m)*time.Minute), zone)...)
	}
	begin, end := day.Add(12 * time.Hour).In(zone).ZoneBounds()
	for _, shift := range []time.Time{begin, end} {
		if civil(shift.In(zone)).Equal(day) && fault != faultHours {
			at = append(at, shift)
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	return at
}

// instants returns when the clocks of a zone show a wall time, given as if it
// were UTC: once, twice where an hour is repeated, never where it is left out.
func instants(wall time.Time, zone *time.Location) []time.Time {
	var found []time.Time
	for _, near := range []time.Duration{-26 * time.Hour, 26 * time.Hour} {
		if fault == faultHours && near > 0 {
			break
		}
		_, offset := wall.Add(near).In(zone).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		if _, is := at.Zone(); (is == offset || fault == faultHours) && !slices.ContainsFunc(found, at.Equal) {
			found = append(found, at)
		}
	}
	return found
}
