package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"earshot/client"
	"earshot/internal/chat"
)

// shift is a hand-over of everything that an agent has: what was to become of each
// conversation, and which of that was in the way of all.
type shift struct {
	lines   []shiftLine
	refused []client.RefusedLine
}

type shiftLine struct {
	client.Handing
	part string
	done bool // the log tells that it became of it
}

// goHome hands over all that an agent has. He goes by what is proposed, three times
// of four.
func (c *crowd) goHome(ctx context.Context, m *mate) error {
	c.counts("hand-over")
	mine, err := m.Handover(ctx)
	if err != nil || len(mine) == 0 {
		return c.fault(err)
	}
	d := deed{verb: "hand-over", by: m.id, call: time.Now().UnixMicro(), shift: &shift{}}
	in := client.HandingOver{}
	for _, l := range mine {
		one := shiftLine{Handing: client.Handing{Conversation: l.Conversation, Way: l.Way, To: l.To}, part: l.Part}
		if rand.IntN(4) == 0 {
			one.Way, one.To = c.otherwise(l)
		}
		if one.Way == "agent" && l.Part == "lead" {
			one.Say = "my colleague goes on"
			if rand.IntN(8) > 0 { // without one it is refused from the third time on
				one.Reason = c.why()
			}
		}
		d.shift.lines, in.Lines = append(d.shift.lines, one), append(in.Lines, one.Handing)
	}
	if rand.IntN(2) == 0 {
		in.Brief = "the shop was down"
	}
	_, err = m.HandOver(ctx, in)
	d.answered(nil, err)
	c.history.add(d)
	return c.fault(err)
}

// otherwise is what an agent says in place of what is proposed.
func (c *crowd) otherwise(l client.HandoverLine) (way, to string) {
	ways := []string{"agent", "group", "keep"}
	if l.Part == "member" {
		ways = []string{"leave", "keep"}
	}
	if l.MayClose {
		ways = append(ways, "close")
	}
	if way = ways[rand.IntN(len(ways))]; way == "agent" {
		to = string(c.mates[rand.IntN(len(c.mates))].id)
	}
	return way, to
}

// claimShifts finds what became of a conversation by hand-overs that were carried
// out, and is told which of those that were not name it as in the way.
func (r *race) claimShifts(id chat.ConversationID, facts []fact, shifts []deed) (all []attempt) {
	for _, d := range shifts {
		for k := range d.shift.lines {
			l := &d.shift.lines[k]
			if l.Conversation != string(id) {
				continue
			}
			a := attempt{deed: d}
			a.conversation, a.way, a.to.Agent = l.Conversation, l.Way, chat.AgentID(l.To)
			if d.outcome == "ok" {
				r.became(id, facts, l, &a)
			}
			named := slices.ContainsFunc(d.shift.refused, func(w client.RefusedLine) bool { return w.Conversation == l.Conversation })
			if a.first != a.end || named {
				all = append(all, a)
			}
		}
	}
	return all
}

// became finds the facts of one line, and the promise that it passes on.
func (r *race) became(id chat.ConversationID, facts []fact, l *shiftLine, a *attempt) {
	l.done = l.Way == "keep"
	for _, e := range r.events[id] {
		passed := e.Kind == chat.KindPromisePassed && e.Actor.Agent() == a.by && e.At >= a.call && e.At <= a.ret
		l.done = l.done || passed && l.part != "member" && (l.Way == "agent" || l.Way == "group")
	}
	for i, f := range facts {
		if !f.mine && f.at >= a.call && f.at <= a.ret && l.makes(f, a.by) {
			a.first, a.end = claim(facts, i)
			l.done = true
			return
		}
	}
}

// makes reports whether a fact is such as the line makes.
func (l shiftLine) makes(f fact, by chat.AgentID) bool {
	switch f.kind {
	case chat.KindAssign:
		return l.Way == "agent" && f.cause == chat.ByHandover && f.previous == by && f.lead == chat.AgentID(l.To)
	case chat.KindRequeued:
		return l.Way == "group" && f.cause == chat.HandedBack && f.previous == by
	case chat.KindClosed:
		return l.Way == "close" && f.actor.Agent() == by
	case chat.KindLeave:
		return f.agent == by && (l.Way == "leave" || l.part == "promise")
	}
	return false
}

// wholeShifts wants every line of a hand-over that was carried out done. What became
// of one that was refused is a fact that nobody has asked for.
func (r *race) wholeShifts(shifts []deed) {
	for _, d := range shifts {
		if d.outcome != "ok" {
			r.passes["shifts refused"]++
			continue
		}
		r.passes["shifts"]++
		for _, l := range d.shift.lines {
			if !l.done {
				r.wrong(&r.halves, chat.Event{Conversation: chat.ConversationID(l.Conversation)}, fmt.Sprintf("%s has handed over, but not this: %+v", d.by, l))
			}
		}
	}
}
