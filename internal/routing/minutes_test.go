package routing_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

func told(low, high time.Duration) chat.Minutes {
	return routing.Estimate{Shown: true, Low: low, High: high}.Minutes()
}

func TestMinutes_RoundOutwards(t *testing.T) {
	t.Parallel()
	const s, m = time.Second, time.Minute
	for _, c := range []struct {
		low, high time.Duration
		want      chat.Minutes
	}{
		{0, 0, chat.Minutes{To: 1}},
		{6 * s, 59 * s, chat.Minutes{To: 1}},
		{6 * s, m, chat.Minutes{To: 1}},
		{6 * s, m + 1, chat.Minutes{To: 2}},
		{59 * s, 4*m + 15*s, chat.Minutes{To: 5}},
		{m, 2 * m, chat.Minutes{From: 1, To: 2}},
		{m, m, chat.Minutes{From: 1, To: 2}},
		{90 * s, 100 * s, chat.Minutes{From: 1, To: 2}},
		// What the agents read as 4 to 5 minutes fell into a hole.
		{4*m + s, 4*m + 59*s, chat.Minutes{From: 4, To: 5}},
		{2*m + 10*s, 4*m + 40*s, chat.Minutes{From: 2, To: 5}},
		{6 * m, 8 * m, chat.Minutes{From: 5, To: 10}},
		{12 * m, 16 * m, chat.Minutes{From: 10, To: 20}},
		{29 * m, 31 * m, chat.Minutes{From: 20, To: 45}},
		{35 * m, 60 * m, chat.Minutes{From: 30, To: 60}},
		{35 * m, 61 * m, chat.Minutes{From: 30}},
		{60 * m, 60 * m, chat.Minutes{From: 60}},
		{5 * time.Hour, 9 * time.Hour, chat.Minutes{From: 60}},
		// From nothing to more than an hour says nothing.
		{59 * s, 2 * time.Hour, chat.Minutes{}},
	} {
		if got := told(c.low, c.high); got != c.want {
			t.Errorf("%s to %s reads %+v, want %+v", c.low, c.high, got, c.want)
		}
	}
	if got := (routing.Estimate{Low: m, High: 2 * m}).Minutes(); got != (chat.Minutes{}) {
		t.Errorf("what is not shown reads %+v", got)
	}
}

// drawn is a range up to three hours, most of them short.
func drawn(t *rapid.T, what string) (low, high time.Duration) {
	most := draw(t, what, 3*time.Minute, 15*time.Minute, 3*time.Hour)
	low = time.Duration(rapid.Int64Range(0, int64(most)).Draw(t, "low"))
	return low, low + time.Duration(rapid.Int64Range(0, int64(most)).Draw(t, "width"))
}

// TestMinutes_CoverWhatTheAgentsRead: and no more than up to the next marks, of which
// none is further than half of the minutes before it and one.
func TestMinutes_CoverWhatTheAgentsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		low, high := drawn(t, "most")
		got := told(low, high)
		from, to := time.Duration(got.From)*time.Minute, time.Duration(got.To)*time.Minute
		if got == (chat.Minutes{}) {
			if low >= time.Minute || high <= time.Hour {
				t.Fatalf("%s to %s is not told", low, high)
			}
			return
		}
		if from > low || (got.To != 0 && to < high) || (got.To != 0 && to <= from) {
			t.Fatalf("%s to %s reads %+v, which is less", low, high, got)
		}
		if got.From < 60 && low >= from+from/2+time.Minute {
			t.Fatalf("%s to %s reads from %d minutes", low, high, got.From)
		}
		if got.To == 0 && high < time.Hour {
			t.Fatalf("%s to %s reads %+v, without an end", low, high, got)
		}
		if end := max(high, from); got.To != 0 && to > end+end/2+time.Minute {
			t.Fatalf("%s to %s reads to %d minutes", low, high, got.To)
		}
	})
}

// open is an end that sorts behind all others where there is none.
func open(to int) int {
	if to == 0 {
		return 1000
	}
	return to
}

// TestMinutes_NeverFallWhereTheWaitRises: longer waits never read shorter.
func TestMinutes_NeverFallWhereTheWaitRises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		low, high := drawn(t, "most")
		more, wider := drawn(t, "more")
		short, long := told(low, high), told(low+more, high+wider)
		if long.From < short.From || open(long.To) < open(short.To) {
			t.Fatalf("%s to %s reads %+v, %s to %s %+v", low, high, short, low+more, high+wider, long)
		}
	})
}

func TestNextMinutes_RiseSlowlyAndFallAtOnce(t *testing.T) {
	t.Parallel()
	upTo := func(from, to int) chat.Minutes { return chat.Minutes{From: from, To: to} }
	for _, c := range []struct {
		told, now chat.Minutes
		since     time.Duration
		want      chat.Minutes
	}{
		{upTo(0, 1), upTo(5, 10), 29 * time.Second, upTo(0, 1)},
		{upTo(0, 1), upTo(5, 10), 30 * time.Second, upTo(1, 2)},
		{upTo(4, 7), upTo(5, 10), time.Minute, upTo(5, 10)},
		{upTo(5, 10), upTo(0, 1), 0, upTo(0, 1)},
		{upTo(5, 10), upTo(2, 30), 0, upTo(2, 10)},
		{upTo(5, 10), upTo(2, 30), time.Minute, upTo(2, 15)},
		{upTo(2, 4), upTo(2, 4), time.Hour, upTo(2, 4)},
		{upTo(20, 60), upTo(30, 0), time.Minute, upTo(30, 0)},
		{upTo(20, 45), upTo(60, 0), time.Minute, upTo(30, 60)},
		{upTo(60, 0), upTo(7, 60), 0, upTo(7, 60)},
		// Ends that are no marks stand in the database since there were others.
		{upTo(6, 8), upTo(20, 30), 0, upTo(5, 10)},
		{upTo(6, 8), upTo(20, 30), time.Minute, upTo(7, 15)},
		{upTo(50, 90), upTo(60, 0), 0, upTo(45, 0)},
		{upTo(90, 0), upTo(60, 0), 0, upTo(60, 0)},
		{upTo(-3, -1), upTo(2, 3), 0, upTo(0, 3)},
	} {
		if got := routing.NextMinutes(c.told, c.now, c.since); got != c.want {
			t.Errorf("from %+v to %+v after %s: %+v, want %+v", c.told, c.now, c.since, got, c.want)
		}
	}
}

// TestNextMinutes_ArriveAtWhatIsTrue: from any range, through ranges only, a mark a
// half minute at most, and at once where the wait is shorter.
func TestNextMinutes_ArriveAtWhatIsTrue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		was, now := told(drawn(t, "was")), told(drawn(t, "now"))
		if was == (chat.Minutes{}) || now == (chat.Minutes{}) {
			t.Skip("nothing is told")
		}
		n := 0
		for was != now {
			next := routing.NextMinutes(was, now, 30*time.Second)
			switch {
			case n > 13:
				t.Fatalf("after %d half minutes %+v, want %+v", n, was, now)
			case next == (chat.Minutes{}) || open(next.To) <= next.From:
				t.Fatalf("%+v is no range", next)
			case next.From > now.From || open(next.To) > open(now.To):
				t.Fatalf("from %+v to %+v by %+v, which is above", was, now, next)
			case now.From <= was.From && next.From != now.From, open(now.To) <= open(was.To) && next.To != now.To:
				t.Fatalf("from %+v to %+v by %+v, though it is shorter", was, now, next)
			}
			was, n = next, n+1
		}
	})
}
