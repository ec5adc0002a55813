package routing

import (
	"strings"

	"earshot/internal/chat"
)

// because says why best was chosen out of n, by what sets him apart from second.
func (b *board) because(t *Thread, c *counter, best, second *place, n int) chat.Because {
	switch {
	case second == nil && len(t.Skills) > 0 && t.has(best) == len(t.Skills):
		return chat.Says("choice.only.skills", best.Name, c.Name, strings.Join(t.Skills, ", "))
	case second == nil && !b.plain(t):
		return chat.Says("choice.only.able", best.Name, c.Name)
	case second == nil:
		return chat.Says("choice.only", best.Name, c.Name)
	}
	_, at := b.rank(t, c, best, second)
	switch at {
	case byPreferred, byRecent:
		return chat.Says("choice.before", best.Name)
	case byClass:
		return chat.Says("choice.class", best.Name, c.Name)
	case bySkill:
		return chat.Says("choice.skills", best.Name, strings.Join(t.Skills, ", "))
	}
	return c.becauseOfLoad(best, second, n)
}

func (c *counter) becauseOfLoad(best, second *place, n int) chat.Because {
	switch {
	case c.Distribution.Method == RoundRobin && best.member.Turn != second.member.Turn:
		return chat.Says("choice.turn", best.Name, c.Name)
	case c.Distribution.Method != RoundRobin && best.seat.load*second.limit != second.seat.load*best.limit:
		return chat.Says("choice.load", best.Name, n, c.Name, chats(best.seat.load), chats(best.limit))
	case c.Distribution.Method != RoundRobin && best.AssignedAt != second.AssignedAt:
		return chat.Says("choice.longest", best.Name, n, c.Name)
	}
	return chat.Says("choice.level", best.Name, second.Name, c.Name)
}

// runnerUp is who comes second, with what speaks for him or against him.
func (p *place) runnerUp(c *counter) *RunnerUp {
	state := chat.Because{p.state(c)}
	return &RunnerUp{Agent: p.ID, Because: state, Why: state.English()}
}

// state says how much he has, or that it would be his turn.
func (p *place) state(c *counter) chat.Sentence {
	class, special := p.class()
	switch turns := c.Distribution.Method == RoundRobin; {
	case turns && special:
		return chat.Say("next.turn.class", p.Name, class)
	case turns:
		return chat.Say("next.turn", p.Name)
	case special:
		return chat.Say("next.load.class", p.Name, chats(p.seat.load), chats(p.limit), class)
	}
	return chat.Say("next.load", p.Name, chats(p.seat.load), chats(p.limit))
}

// class is the place's class in words, where it is not the normal one.
func (p *place) class() (chat.Word, bool) {
	if p.member == nil {
		return "", false
	}
	word, special := map[Class]chat.Word{ClassFirst: "class.first", ClassLast: "class.last", ClassSupervisor: "class.supervisor"}[p.member.Class]
	return word, special
}

// chats is a load, or a limit, in chats: 125 hundredths are 1.25.
func chats(hundredths int) float64 { return float64(hundredths) / 100 }
