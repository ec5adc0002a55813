package chat_test

import (
	"testing"
	"time"

	"earshot/internal/chat"
)

// Hours end at the first minute that they do not cover, also in nights whose clocks are
// changed.
func TestQuiet_EndsWhenItsClocksSay(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(y int, m time.Month, d, h, min int) time.Time { return time.Date(y, m, d, h, min, 17, 3, berlin) }
	for _, c := range []struct {
		what     string
		from, to string
		now      time.Time
		want     string // UTC
	}{
		{"over midnight", "22:00", "07:00", at(2026, 3, 2, 23, 30), "2026-03-03T06:00:00Z"},
		{"after midnight", "22:00", "07:00", at(2026, 3, 3, 0, 10), "2026-03-03T06:00:00Z"},
		{"by day", "12:00", "13:00", at(2026, 3, 3, 12, 0), "2026-03-03T12:00:00Z"},
		{"clocks go forward over their end", "22:00", "02:30", at(2026, 3, 28, 23, 0), "2026-03-29T01:00:00Z"},
		{"clocks go back after their end", "22:00", "02:30", at(2026, 10, 24, 23, 0), "2026-10-25T00:30:00Z"},
		{"and in a longer night", "22:00", "07:00", at(2026, 10, 24, 23, 0), "2026-10-25T06:00:00Z"},
	} {
		q := chat.Quiet{From: c.from, To: c.to, Zone: "Europe/Berlin"}
		if got := q.Ends(c.now).UTC().Format(time.RFC3339Nano); got != c.want {
			t.Errorf("%s: end at %s, want %s", c.what, got, c.want)
		}
	}
	none := at(2026, 3, 3, 12, 0)
	if got := (chat.Quiet{}).Ends(none); !got.Equal(none) {
		t.Errorf("no hours end at %s", got)
	}
}
