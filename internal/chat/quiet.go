package chat

import "time"

// watchQuiet stands in for the rule of a Group while its quiet hours last. It cannot
// be chosen.
const watchQuiet WatchRule = "quiet"

// Quiet are hours of every day in which nobody watches a Group's chats unless he was
// asked to. The zero Quiet is none; To may lie on the next day.
type Quiet struct {
	From string `json:"from" example:"12:00"`
	To   string `json:"to" example:"13:00"`
	Zone string `json:"zone" example:"Europe/Berlin"`
}

const clockForm = "15:04"

// check refuses hours that no clock shows.
func (q Quiet) check() error {
	if q == (Quiet{}) {
		return nil
	}
	from, wrong := time.Parse(clockForm, q.From)
	to, alsoWrong := time.Parse(clockForm, q.To)
	// Clocks are compared as they are written: 9:00 must be 09:00.
	if wrong != nil || alsoWrong != nil || from.Equal(to) || from.Format(clockForm) != q.From || to.Format(clockForm) != q.To {
		return Errorf(Invalid, "Quiet hours need a beginning and another end, such as 12:00 and 13:00.")
	}
	if _, err := time.LoadLocation(q.Zone); err != nil || q.Zone == "" || q.Zone == "Local" {
		return Errorf(Invalid, "There is no time zone %q; write it like Europe/Berlin.", q.Zone)
	}
	return nil
}

// Covers reports whether the hours last at a time, by the clocks of their zone.
func (q Quiet) Covers(now time.Time) bool {
	place, err := time.LoadLocation(q.Zone)
	if q == (Quiet{}) || err != nil {
		return false
	}
	return q.covers(now.In(place))
}

func (q Quiet) covers(there time.Time) bool {
	clock := there.Format(clockForm)
	if q.From < q.To {
		return q.From <= clock && clock < q.To
	}
	return q.From <= clock || clock < q.To
}

// Ends is when hours that last at a time end: the first minute that they do not cover.
// It is looked for minute by minute, since clocks that are changed leave out some and
// show others twice.
func (q Quiet) Ends(now time.Time) time.Time {
	place, err := time.LoadLocation(q.Zone)
	if q == (Quiet{}) || err != nil {
		return now
	}
	end := now.In(place)
	for q.covers(end) {
		end = end.Truncate(time.Minute).Add(time.Minute)
	}
	return end
}

// At is the etiquette as it holds at a time: in quiet hours nobody watches unasked.
func (e Etiquette) At(now time.Time) Etiquette {
	if e.Quiet.Covers(now) {
		e.Watch = watchQuiet
	}
	return e
}
