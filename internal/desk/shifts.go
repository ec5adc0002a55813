package desk

import (
	"cmp"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing/sim"
	"earshot/internal/store"
)

// longestQueue is how long before his first chat of a day an agent is taken to
// have been there, at most: as long as its visitor had waited.
const longestQueue = time.Hour

// loadShifts loads when agents took chats. For days on which that was not noted
// yet it is taken from their chats.
func (l *lookBack) loadShifts(tx *store.Tx) error {
	first, err := tx.FirstAvailability()
	if err != nil {
		return err
	}
	noted := cmp.Or(first, chat.Micros(l.now))
	if noted > chat.Micros(l.from) {
		l.shifts = l.guessed(noted)
		l.tellOfGuess(first)
	}
	if first == 0 {
		return nil
	}
	times, err := tx.Availability(chat.Micros(l.from), chat.Micros(l.now))
	for _, v := range times {
		l.shifts = append(l.shifts, l.shift(v, max(first, chat.Micros(l.from))))
	}
	if err == nil && len(l.shifts) == 0 {
		l.note(chat.Say("rehearsal.shifts.none"))
	}
	return err
}

func (l *lookBack) tellOfGuess(first int64) {
	switch {
	case first != 0:
		l.note(chat.Say("rehearsal.shifts.since", day(first, l.now)))
	case len(l.shifts) > 0:
		l.note(chat.Say("rehearsal.shifts.chats"))
	default:
		l.note(chat.Say("rehearsal.shifts.nothing"))
	}
}

// shift is a time in which an agent took chats, not before from. It is noted
// every half minute only, so it began and ended a quarter of a minute off on the
// average; one noted just now goes on.
func (l *lookBack) shift(v store.Available, from int64) sim.Shift {
	s := sim.Shift{Agent: v.Agent, From: time.UnixMicro(max(v.Began-availableEvery.Microseconds()/2, from)), To: time.UnixMicro(v.Ended).Add(availableEvery / 2)}
	if l.now.Sub(s.To) < availableEvery {
		s.To = l.now
	}
	return s
}

// workday is a day of an agent, named by its begin.
type workday struct {
	agent chat.AgentID
	begin time.Time
}

// guessed are the days of agents from the first to the last of their chats, as
// far as they lie before a time.
func (l *lookBack) guessed(before int64) []sim.Shift {
	days := map[workday]sim.Shift{}
	for i := range l.past.threads {
		t := &l.past.threads[i]
		for _, a := range l.past.legs(t) {
			if a.At >= before || a.At < chat.Micros(l.from) {
				continue
			}
			l.extend(days, a, cmp.Or(l.past.ended(t), before), before)
		}
	}
	var all []sim.Shift
	for _, s := range days {
		all = append(all, s)
	}
	slices.SortFunc(all, func(x, y sim.Shift) int { return cmp.Or(x.From.Compare(y.From), cmp.Compare(x.Agent, y.Agent)) })
	return all
}

// extend makes a day long enough for a chat: from when its visitor began to wait
// until its end, or the end of the day.
func (l *lookBack) extend(days map[workday]sim.Shift, a store.Assignment, ended, before int64) {
	at := time.UnixMicro(a.At).In(l.now.Location())
	y, m, d := at.Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, l.now.Location())
	// The wait is noted in whole milliseconds, rounded down.
	from := at.Add(-min(time.Duration(a.Waited)*time.Microsecond+time.Millisecond, longestQueue))
	if from.Before(midnight) {
		from = midnight
	}
	to := time.UnixMicro(min(max(ended, a.At), before, chat.Micros(midnight.AddDate(0, 0, 1))))
	key := workday{a.Agent, midnight}
	s, known := days[key]
	if !known {
		s = sim.Shift{Agent: a.Agent, From: from, To: to}
	}
	if from.Before(s.From) {
		s.From = from
	}
	if to.After(s.To) {
		s.To = to
	}
	days[key] = s
}
