package routing

import (
	"slices"
	"time"

	"earshot/internal/chat"
)

// riseEvery is how long a range that a visitor has read stands before it rises.
const riseEvery = 30 * time.Second

// marks are the minutes at which a range may begin and end: close together where
// waiting is short. Behind the last one a range is open.
func marks() []int { return []int{0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60} }

// Minutes returns the range as a visitor reads it: Low and High rounded outwards to
// the next marks, so that it never covers less than they do. It is zero where nothing
// is told.
func (e Estimate) Minutes() chat.Minutes {
	if !e.Shown {
		return chat.Minutes{}
	}
	all := marks()
	from := len(all) - 1
	for from > 0 && time.Duration(all[from])*time.Minute > e.Low {
		from--
	}
	to := from + 1
	for to < len(all) && time.Duration(all[to])*time.Minute < e.High {
		to++
	}
	if fault == faultNarrow && to > from+1 {
		to--
	}
	return ranging(from, to)
}

// NextMinutes is what to tell after a range that has been told for so long: each
// end falls at once, and rises by one mark when the range has stood for 30 seconds.
func NextMinutes(told, now chat.Minutes, since time.Duration) chat.Minutes {
	rise := 0
	if since >= riseEvery {
		rise = 1
	}
	from, to := ends(told)
	nowFrom, nowTo := ends(now)
	return ranging(min(from+rise, nowFrom), min(to+rise, nowTo))
}

// ends are the places of a range's ends among the marks; an open end lies behind
// all of them. What was stored while there were other marks is rounded outwards.
func ends(m chat.Minutes) (from, to int) {
	all := marks()
	to = len(all)
	if m.To > 0 {
		to, _ = slices.BinarySearch(all, m.To)
	}
	from, is := slices.BinarySearch(all, m.From)
	if !is && from > 0 {
		from--
	}
	return from, max(to, 1)
}

// ranging is the range between two places among the marks.
func ranging(from, to int) chat.Minutes {
	m := chat.Minutes{From: marks()[from]}
	if to < len(marks()) {
		m.To = marks()[to]
	}
	return m
}
