package routing

import (
	"fmt"
	"strconv"
	"strings"
)

// because says why best was chosen out of n, by what sets him apart from second.
func (b *board) because(t *Thread, c *counter, best, second *place, n int) string {
	switch {
	case second == nil && len(t.Skills) > 0 && t.has(best) == len(t.Skills):
		return fmt.Sprintf("%s is the only one free in %s with the skills that were asked for: %s.", best.Name, c.Name, strings.Join(t.Skills, ", "))
	case second == nil && !b.plain(t):
		return fmt.Sprintf("%s is the only one free in %s who can take it.", best.Name, c.Name)
	case second == nil:
		return fmt.Sprintf("%s is the only one free in %s.", best.Name, c.Name)
	}
	_, at := b.rank(t, c, best, second)
	switch at {
	case byPreferred, byRecent:
		return fmt.Sprintf("%s answered this visitor before.", best.Name)
	case byClass:
		return fmt.Sprintf("%s comes before the others in %s.", best.Name, c.Name)
	case bySkill:
		return fmt.Sprintf("%s has the skills that were asked for: %s.", best.Name, strings.Join(t.Skills, ", "))
	}
	return c.becauseOfLoad(best, second, n)
}

func (c *counter) becauseOfLoad(best, second *place, n int) string {
	switch {
	case c.Distribution.Method == RoundRobin && best.member.Turn != second.member.Turn:
		return fmt.Sprintf("It is %s's turn in %s.", best.Name, c.Name)
	case c.Distribution.Method != RoundRobin && best.seat.load*second.limit != second.seat.load*best.limit:
		return fmt.Sprintf("%s is the least busy of %d free in %s, with %s.", best.Name, n, c.Name, chats(best.seat.load, best.limit))
	case c.Distribution.Method != RoundRobin && best.AssignedAt != second.AssignedAt:
		return fmt.Sprintf("%s has waited the longest of the %d free in %s for a new chat.", best.Name, n, c.Name)
	}
	return fmt.Sprintf("%s and %s are level in %s; the order of their ids decides.", best.Name, second.Name, c.Name)
}

// state says what speaks for the runner-up, or against him.
func (p *place) state(c *counter) string {
	class := ""
	if p.member != nil && p.member.Class != "" && p.member.Class != ClassNormal {
		class = ", class " + string(p.member.Class)
	}
	if c.Distribution.Method == RoundRobin {
		return p.Name + " would be next" + class + "."
	}
	return p.Name + " has " + chats(p.seat.load, p.limit) + class + "."
}

// chats writes a load and its limit, both in hundredths: "1.25 of 4".
func chats(load, limit int) string {
	return strconv.FormatFloat(float64(load)/100, 'f', -1, 64) + " of " + strconv.FormatFloat(float64(limit)/100, 'f', -1, 64)
}

func minutes(s Seconds) string {
	switch {
	case s == 60:
		return "1 minute"
	case s%60 == 0:
		return strconv.FormatInt(int64(s/60), 10) + " minutes"
	}
	return seconds(s)
}

func seconds(s Seconds) string { return strconv.FormatInt(int64(s), 10) + " seconds" }
