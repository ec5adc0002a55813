package chat_test

import (
	"testing"
	"time"

	. "earshot/internal/chat"
)

func TestFrecency_OwnAndLateUsesCountMore(t *testing.T) {
	t.Parallel()
	uses := func(w int64, own, all int) []ReplyWeek { return []ReplyWeek{{Week: w, Own: own, All: all}} }
	for what, c := range map[string]struct{ more, less []ReplyWeek }{
		"used at all":           {uses(100-FrecencyWeeks+1, 0, 1), nil},
		"lately":                {uses(100, 0, 1), uses(99, 0, 1)},
		"by oneself":            {uses(100, 1, 1), uses(100, 0, 2)},
		"twice a fortnight ago": {uses(98, 0, 3), uses(100, 0, 1)},
		"not for ever":          {uses(100, 0, 1), uses(100-FrecencyWeeks, 50, 50)},
	} {
		if more, less := Frecency(c.more, 100), Frecency(c.less, 100); more <= less {
			t.Errorf("%s: %d, not more than %d", what, more, less)
		}
	}
	if got := Frecency(uses(101, 0, 1), 100); got != Frecency(uses(100, 0, 1), 100) {
		t.Errorf("a week that another node is in already counts %d", got)
	}
}

func TestWeekOf_ChangesAfterSevenDays(t *testing.T) {
	t.Parallel()
	at := time.Unix(0, 0).Add(100 * 7 * 24 * time.Hour)
	if WeekOf(Micros(at)) != 100 || WeekOf(Micros(at)-1) != 99 {
		t.Errorf("%d %d", WeekOf(Micros(at)), WeekOf(Micros(at)-1))
	}
}
