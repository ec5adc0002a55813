package routing_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the tests' zones are there on every machine

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"earshot/internal/routing"
)

func parse(t *testing.T, text string) *routing.Hours {
	t.Helper()
	h := new(routing.Hours)
	if err := json.Unmarshal([]byte(text), h); err != nil {
		t.Fatal(err)
	}
	return h
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

const nights = `"week":[{"day":"fri","from":"22:00","to":"06:00"},{"day":"sat","from":"22:00","to":"06:00"},{"day":"sun","from":"01:00","to":"03:00"}]`

// TestHours_AroundClockChanges is T-03: what the clock on the wall says decides.
func TestHours_AroundClockChanges(t *testing.T) {
	t.Parallel()
	office := `"week":[{"day":"mon","from":"09:00","to":"12:00"},{"day":"mon","from":"13:00","to":"17:00"},{"day":"sun","from":"02:15","to":"02:45"},{"day":"sun","from":"09:00","to":"10:00"}]`
	for _, c := range []struct {
		name, hours     string
		from, next, end string // next opening at or after from, and its end
	}{
		{"Berlin, the half hour that is left out", `{"zone":"Europe/Berlin",` + office + `}`, "2026-03-29T00:00:00Z", "2026-03-29T07:00:00Z", "2026-03-29T08:00:00Z"},
		{"Berlin, the half hour that comes twice, first", `{"zone":"Europe/Berlin",` + office + `}`, "2026-10-25T00:00:00Z", "2026-10-25T00:15:00Z", "2026-10-25T00:45:00Z"},
		{"Berlin, the half hour that comes twice, again", `{"zone":"Europe/Berlin",` + office + `}`, "2026-10-25T00:45:00Z", "2026-10-25T01:15:00Z", "2026-10-25T01:45:00Z"},
		{"Berlin, a night of seven hours", `{"zone":"Europe/Berlin","week":[{"day":"sat","from":"22:00","to":"06:00"}]}`, "2026-03-28T12:00:00Z", "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z"},
		{"Berlin, a night of nine hours", `{"zone":"Europe/Berlin","week":[{"day":"sat","from":"22:00","to":"06:00"}]}`, "2026-10-24T12:00:00Z", "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z"},
		{"New York, spring", `{"zone":"America/New_York",` + office + `}`, "2026-03-08T06:00:00Z", "2026-03-08T13:00:00Z", "2026-03-08T14:00:00Z"},
		{"New York, autumn", `{"zone":"America/New_York","week":[{"day":"sun","from":"01:00","to":"02:00"}]}`, "2026-11-01T00:00:00Z", "2026-11-01T05:00:00Z", "2026-11-01T07:00:00Z"},
		{"Lord Howe goes back half an hour", `{"zone":"Australia/Lord_Howe","week":[{"day":"sun","from":"01:00","to":"03:00"}]}`, "2026-04-04T10:00:00Z", "2026-04-04T14:00:00Z", "2026-04-04T16:30:00Z"},
		{"Lord Howe goes on half an hour", `{"zone":"Australia/Lord_Howe","week":[{"day":"sun","from":"01:00","to":"03:00"}]}`, "2026-10-03T10:00:00Z", "2026-10-03T14:30:00Z", "2026-10-03T16:00:00Z"},
		{"Kathmandu, a quarter of an hour off", `{"zone":"Asia/Kathmandu",` + office + `}`, "2026-03-02T00:00:00Z", "2026-03-02T03:15:00Z", "2026-03-02T06:15:00Z"},
		{"Casablanca goes back for Ramadan", `{"zone":"Africa/Casablanca","week":[{"day":"sun","from":"02:00","to":"03:00"}]}`, "2026-02-15T00:00:00Z", "2026-02-15T01:00:00Z", "2026-02-15T03:00:00Z"},
		{"Dublin, whose winter is the exception", `{"zone":"Europe/Dublin","week":[{"day":"sun","from":"00:30","to":"02:30"}]}`, "2026-10-24T12:00:00Z", "2026-10-24T23:30:00Z", "2026-10-25T02:30:00Z"},
		{"Apia has no Friday, 30 December 2011", `{"zone":"Pacific/Apia","week":[{"day":"fri","from":"09:00","to":"17:00"},{"day":"sat","from":"09:00","to":"17:00"}]}`, "2011-12-29T12:00:00Z", "2011-12-30T19:00:00Z", "2011-12-31T03:00:00Z"},
		{"29 February", `{"zone":"UTC","week":[{"day":"tue","from":"09:00","to":"17:00"}],"exceptions":[{"from":"02-29","spans":[{"from":"12:00","to":"13:00"}]}]}`, "2028-02-29T00:00:00Z", "2028-02-29T12:00:00Z", "2028-02-29T13:00:00Z"},
		{"all day, every day, is one opening", `{"zone":"UTC","week":[{"day":"mon","from":"00:00","to":"24:00"},{"day":"tue","from":"00:00","to":"24:00"}]}`, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-04T00:00:00Z"},
		{"closed over Christmas, the night before included", `{"zone":"UTC",` + nights + `,"exceptions":[{"from":"2026-12-26","to":"2026-12-27","name":"Christmas"}]}`, "2026-12-25T23:00:00Z", "2026-12-25T23:00:00Z", "2026-12-26T00:00:00Z"},
		{"and open again after it", `{"zone":"UTC",` + nights + `,"exceptions":[{"from":"2026-12-26","to":"2026-12-27","name":"Christmas"}]}`, "2026-12-26T00:00:00Z", "2027-01-01T22:00:00Z", "2027-01-02T06:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := parse(t, c.hours)
			next, ok := h.NextOpening(instant(t, c.from))
			end, ends := h.ClosesAt(next)
			got := []string{next.UTC().Format(time.RFC3339), end.UTC().Format(time.RFC3339)}
			if diff := cmp.Diff([]string{c.next, c.end}, got); diff != "" || !ok || !ends {
				t.Errorf("opening and end, %v %v (-want +got):\n%s", ok, ends, diff)
			}
		})
	}
}

// clockChanges are the instants around which the oracle looks.
func clockChanges() map[string][]string {
	return map[string][]string{
		"Europe/Berlin":       {"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"},
		"America/New_York":    {"2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"},
		"Australia/Lord_Howe": {"2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"},
		"Asia/Kathmandu":      {"2026-02-28T12:00:00Z", "2028-02-29T00:00:00Z"},
		"Africa/Casablanca":   {"2026-02-15T02:00:00Z", "2026-03-22T02:00:00Z"},
		"Europe/Dublin":       {"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"},
		"Pacific/Apia":        {"2011-12-30T10:00:00Z"},
		"America/St_Johns":    {"2006-10-29T02:31:00Z", "2006-04-02T03:31:00Z"},
	}
}

// TestHours_AgreeWithAnOracleOfMinutes compares, around every change of the
// clocks, each answer with one that is found by walking through the minutes.
func TestHours_AgreeWithAnOracleOfMinutes(t *testing.T) {
	t.Parallel()
	zones := []string{}
	for z := range clockChanges() {
		zones = append(zones, z)
	}
	slices.Sort(zones)
	rapid.Check(t, func(t *rapid.T) {
		zone := draw(t, "zone", zones...)
		middle, err := time.Parse(time.RFC3339, draw(t, "around", clockChanges()[zone]...))
		if err != nil {
			t.Fatal(err)
		}
		h := drawHours(t, zone, middle)
		begin := middle.Add(-24 * time.Hour)
		open := make([]bool, 4*24*60) // 24 hours before, 72 after
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for i := range open {
			open[i] = plainlyOpen(h, begin.Add(time.Duration(i)*time.Minute).In(location))
		}
		at := rapid.IntRange(0, 48*60).Draw(t, "minute")
		now := begin.Add(time.Duration(at) * time.Minute)
		if h.Open(now) != open[at] {
			t.Fatalf("%s %s: open %v", zone, now, h.Open(now))
		}
		checkEdges(t, h, open, begin, at)
		checkSum(t, h, open, begin, at)
	})
}

func checkEdges(t *rapid.T, h *routing.Hours, open []bool, begin time.Time, at int) {
	now := begin.Add(time.Duration(at) * time.Minute)
	first := func(want bool) time.Time {
		i := slices.Index(open[at:], want)
		if i < 0 {
			return time.Time{}
		}
		return now.Add(time.Duration(i) * time.Minute)
	}
	seen := begin.Add(time.Duration(len(open)) * time.Minute)
	if next, ok := h.NextOpening(now); !first(true).IsZero() && (!ok || !next.Equal(first(true))) || first(true).IsZero() && ok && next.Before(seen) {
		t.Fatalf("%s: opens next after %s at %s, want %s", text(h), now, next, first(true))
	}
	if !open[at] {
		return
	}
	if end, ok := h.ClosesAt(now); !first(false).IsZero() && (!ok || !end.Equal(first(false))) || first(false).IsZero() && ok && end.Before(seen) {
		t.Fatalf("%s: closes after %s at %s, want %s", text(h), now, end, first(false))
	}
}

func checkSum(t *rapid.T, h *routing.Hours, open []bool, begin time.Time, at int) {
	now := begin.Add(time.Duration(at) * time.Minute)
	want := rapid.IntRange(1, 900).Draw(t, "business minutes")
	left, i := want, at
	for ; i < len(open) && left > 0; i++ {
		if open[i] {
			left--
		}
	}
	if left > 0 {
		return // further away than the oracle saw
	}
	end := begin.Add(time.Duration(i) * time.Minute)
	if got, ok := h.Add(now, time.Duration(want)*time.Minute); !ok || !got.Equal(end) {
		t.Fatalf("%s: %d business minutes after %s is %s, want %s", text(h), want, now, got, end)
	}
	if got := h.Between(now, end); got != time.Duration(want)*time.Minute {
		t.Fatalf("%s: %s of business between %s and %s, want %d minutes", text(h), got, now, end, want)
	}
}

func drawHours(t *rapid.T, zone string, near time.Time) *routing.Hours {
	h := routing.Hours{Zone: zone}
	for range rapid.IntRange(1, 8).Draw(t, "shifts") {
		h.Week = append(h.Week, routing.Shift{Day: routing.Day(rapid.IntRange(0, 6).Draw(t, "day")), Span: drawSpan(t)})
	}
	for range rapid.IntRange(0, 2).Draw(t, "exceptions") {
		e := routing.Exception{From: near.AddDate(0, 0, rapid.IntRange(-2, 2).Draw(t, "offset")).Format("2006-01-02")}
		if rapid.Bool().Draw(t, "other hours") {
			e.Spans = append(e.Spans, drawSpan(t))
		}
		h.Exceptions = append(h.Exceptions, e)
	}
	checked, err := h.Check()
	if err != nil {
		t.Fatal(err)
	}
	return &checked
}

func drawSpan(t *rapid.T) routing.Span {
	from := rapid.IntRange(0, 95).Draw(t, "from") * 15
	to := draw(t, "to", 0, 30, 60, 90, 120, 135, 150, 165, 180, 240, 360, 720, 1080, 1320, 1440)
	if from == to {
		to += 15
	}
	return routing.Span{From: routing.Clock(from), To: routing.Clock(to)}
}

// plainlyOpen answers for one minute of local time, in the plainest way.
func plainlyOpen(h *routing.Hours, local time.Time) bool {
	y, m, d := local.Date()
	clock := routing.Clock(local.Hour()*60 + local.Minute())
	day := func(back int) ([]routing.Span, bool) {
		date := time.Date(y, m, d-back, 12, 0, 0, 0, time.UTC)
		for _, e := range h.Exceptions {
			if is := date.Format("2006-01-02"); e.From == is {
				return e.Spans, true
			}
		}
		var spans []routing.Span
		for _, s := range h.Week {
			if int(s.Day) == int(date.Weekday()) {
				spans = append(spans, s.Span)
			}
		}
		return spans, false
	}
	today, ruled := day(0)
	for _, s := range today {
		overnight := s.To <= s.From
		if clock >= s.From && (overnight || clock < s.To) {
			return true
		}
	}
	yesterday, _ := day(1)
	return !ruled && slices.ContainsFunc(yesterday, func(s routing.Span) bool { return s.To <= s.From && clock < s.To })
}

func TestHours_ClosingSoonTakesNoNewChats(t *testing.T) {
	t.Parallel()
	h := parse(t, `{"zone":"UTC","week":[{"day":"mon","from":"09:00","to":"12:00"},{"day":"mon","from":"12:00","to":"17:00"}]}`)
	for clock, want := range map[string][2]bool{ // closing soon, takes new chats
		"08:59": {false, false}, "09:00": {false, true}, "11:55": {false, true}, "16:49": {false, true}, "16:50": {true, false}, "16:59": {true, false}, "17:00": {false, false},
	} {
		at := instant(t, "2026-03-02T"+clock+":00Z")
		if got := [2]bool{h.Closing(at), h.Takes(at)}; got != want {
			t.Errorf("%s: closing, takes = %v, want %v", clock, got, want)
		}
	}
	var always *routing.Hours
	if now := instant(t, "2026-03-02T03:00:00Z"); !always.Open(now) || always.Closing(now) || !always.Takes(now) {
		t.Error("without hours a group is open for ever")
	}
}

func TestHours_NeverOpenIsSaid(t *testing.T) {
	t.Parallel()
	h := parse(t, `{"zone":"UTC","week":[]}`)
	if at, ok := h.NextOpening(morning); ok {
		t.Errorf("opens at %s", at)
	}
	if at, ok := h.Add(morning, time.Minute); ok {
		t.Errorf("a minute is over at %s", at)
	}
}

func TestHours_RefuseWhatNobodyMeant(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"zone":"Europe/Atlantis","week":[]}`, `{"zone":"","week":[]}`, `{"zone":"Local","week":[]}`,
		`{"zone":"UTC","week":[{"day":"mon","from":"25:00","to":"26:00"}]}`, `{"zone":"UTC","week":[{"day":"mon","from":"09:00","to":"09:00"}]}`,
		`{"zone":"UTC","week":[{"day":"someday","from":"09:00","to":"10:00"}]}`, `{"zone":"UTC","week":[],"exceptions":[{"from":"2026-02-30"}]}`,
		`{"zone":"UTC","week":[],"exceptions":[{"from":"2026-02-20","to":"2026-02-10"}]}`, `{"zone":"UTC","week":[],"exceptions":[{"from":"2026-02-20","to":"03-10"}]}`,
	} {
		if err := json.Unmarshal([]byte(text), new(routing.Hours)); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
	whole := `{"zone":"Europe/Berlin","week":[{"day":"mon","from":"09:00","to":"24:00"}],"exceptions":[{"from":"12-24","to":"12-26","name":"Christmas"}]}`
	if got := text(parse(t, whole)); got != whole {
		t.Errorf("read and written:\n%s\nwant\n%s", got, whole)
	}
}
