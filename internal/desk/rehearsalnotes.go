package desk

import (
	"fmt"
	"maps"
	"reflect"
	"time"

	"earshot/internal/chat"
)

// tellOfPeople says what is taken for given about whom a change is about: nobody
// knows in which hours somebody would have been there for a group that he was
// not in.
func (l *lookBack) tellOfPeople(before, after terms) {
	var there, absent []string // where there are no shifts, all are there always, which is said
	at := l.hoursThere()
	for i, a := range after.agents {
		switch hours := at[a.ID]; {
		case !mayGetMore(before.agents[i], a):
		case hours > 0:
			there = append(there, fmt.Sprintf("%s (%s)", a.Name, inHours(hours)))
		case len(l.shifts) > 0:
			absent = append(absent, a.Name)
		}
	}
	switch n := len(there); {
	case n == 1:
		l.note(chat.Say("rehearsal.there.one", there[0]))
	case n > 1:
		l.note(chat.Say("rehearsal.there", there))
	}
	switch n := len(absent); {
	case n == 1:
		l.note(chat.Say("rehearsal.absent.one", absent[0]))
	case n > 1:
		l.note(chat.Say("rehearsal.absent", absent))
	}
	if before.settings.Limit != after.settings.Limit || !maps.Equal(limitsOf(before), limitsOf(after)) {
		l.note(chat.Say("rehearsal.length"))
	}
}

// mayGetMore reports whether a change may bring an agent chats that he would not
// have had.
func mayGetMore(before, after chat.Agent) bool {
	if after.Disabled || len(after.Groups) == 0 {
		return false
	}
	for _, g := range after.Groups {
		if !before.InGroup(g) || classOf(before, g) != classOf(after, g) {
			return true
		}
	}
	return before.Disabled || before.Limit != after.Limit || !reflect.DeepEqual(before.Skills, after.Skills)
}

// hoursThere is how long each agent took chats.
func (l *lookBack) hoursThere() map[chat.AgentID]time.Duration {
	sums := map[chat.AgentID]time.Duration{}
	for _, s := range l.shifts {
		sums[s.Agent] += s.To.Sub(s.From)
	}
	return sums
}

func limitsOf(t terms) map[chat.AgentID]int {
	limits := map[chat.AgentID]int{}
	for _, a := range t.agents {
		limits[a.ID] = a.Limit
	}
	return limits
}

// inHours writes a span as hours and minutes, in signs that every language knows.
func inHours(d time.Duration) string {
	if d < time.Minute {
		return "< 1 min"
	}
	m := int(d.Round(time.Minute) / time.Minute)
	return fmt.Sprintf("%d h %02d min", m/60, m%60)
}
