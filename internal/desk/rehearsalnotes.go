package desk

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
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
	if len(there) > 0 {
		l.note("%s %s counted in the hours in which %s taking chats in these days, for whatever group.", listed(there), agree(there, "is", "are"), agree(there, "he was", "they were"))
	}
	if len(absent) > 0 {
		l.note("%s not taking chats at any time in these days, so %s counted as not there and given none here.",
			listed(absent)+agree(absent, " was", " were"), agree(absent, "he is", "they are"))
	}
	if before.settings.Limit != after.settings.Limit || !maps.Equal(limitsOf(before), limitsOf(after)) {
		l.note("A chat is taken to last as long as it did, however many its agent has at once.")
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

// inHours writes a span as hours and minutes.
func inHours(d time.Duration) string {
	if d < time.Minute {
		return "less than a minute"
	}
	m := int(d.Round(time.Minute) / time.Minute)
	return fmt.Sprintf("%d h %02d min", m/60, m%60)
}

// listed writes names as a sentence does.
func listed(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// agree picks the word that goes with one name, or with several.
func agree(names []string, one, several string) string {
	if len(names) == 1 {
		return one
	}
	return several
}
