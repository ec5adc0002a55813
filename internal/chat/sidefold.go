package chat

import "slices"

// applySide folds what changes the side-talks of a Thread, and reports whether it
// did. An answer comes as a note: see answered.
func (t *Thread) applySide(e Event) bool {
	switch e.Kind {
	case KindSideAsked:
		b, _ := Decode[Said](e)
		if b.Asks == nil {
			return false
		}
		one := SideTalk{Seq: e.Seq, By: e.Actor.Agent(), Agent: b.Asks.Agent, Group: b.Asks.Group, Talk: b.Asks.Talk, Message: b.Asks.Message,
			Text: preview(b), At: e.At, Due: b.Asks.Due}
		t.SideTalks = append(slices.Clone(t.SideTalks), one)
	case KindSideEnded:
		b, _ := Decode[SideChanged](e)
		t.side(b.Side, func(s *SideTalk) { s.end(e.At, b.How) })
	case KindSideUsed:
		b, _ := Decode[SideChanged](e)
		t.side(b.Side, func(s *SideTalk) { s.Used = e.At })
	case KindSideTold:
		b, _ := Decode[SideChanged](e)
		t.side(b.Side, func(s *SideTalk) { s.Told = e.At })
	case KindRedact:
		b, _ := Decode[Redacted](e)
		if b.Side == nil {
			return false
		}
		t.side(b.Side.Side, func(s *SideTalk) { s.keep(*b.Side) })
	default:
		return false
	}
	return true
}

// side changes one side-talk in a copy, since states share what they hold.
func (t *Thread) side(seq int64, change func(*SideTalk)) {
	t.SideTalks = slices.Clone(t.SideTalks)
	for i := range t.SideTalks {
		if t.SideTalks[i].Seq == seq {
			change(&t.SideTalks[i])
		}
	}
}

func (s *SideTalk) end(at int64, how string) {
	if how == TakenBack {
		s.Text = ""
	}
	if s.Ended == 0 {
		s.Ended, s.How = at, how
	}
}

// askFurther lets the visitor be told again, unless he waits for the same still.
func (s *SideTalk) askFurther(note, due int64) {
	if s.State() != SideOpen {
		s.Due, s.Told = due, 0
	}
	s.Further, s.Used = note, 0
}

// keep notes what is left when something of it was taken back. Without an answer none
// is in a reply any more.
func (s *SideTalk) keep(left SideLeft) {
	s.Answers, s.Last, s.Answered, s.Answerers, s.Further = left.Answers, left.Last, left.Answered, left.Answerers, left.Further
	if left.Answers == 0 {
		s.Used = 0
	}
}

// leftOf is what a side-talk has of the notes of its Thread, which come in their order,
// without one of them.
func leftOf(side int64, notes []Event, without int64) SideLeft {
	t := Thread{Turn: Turn{SideTalks: []SideTalk{{Seq: side}}}}
	for _, n := range notes {
		said, err := Decode[Said](n)
		if err == nil && said.Answer != nil && said.Emptied == 0 && n.Seq != without {
			t.answered(*said.Answer, n.Actor.Agent(), n.Seq, n.At)
		}
	}
	s := t.SideTalks[0]
	return SideLeft{Side: side, Answers: s.Answers, Last: s.Last, Answered: s.Answered, Answerers: s.Answerers, Further: s.Further}
}

// closeSides ends with the Thread what was asked in it.
func (t *Thread) closeSides(at int64) {
	t.SideTalks = slices.Clone(t.SideTalks)
	for i := range t.SideTalks {
		t.SideTalks[i].end(at, SideClosed)
	}
}

// answered notes an answer that came back as a note, or a further question, after which
// the side-talk is open again.
func (t *Thread) answered(a SideAnswer, by AgentID, note, at int64) {
	t.side(a.Side, func(s *SideTalk) {
		if a.Due != 0 {
			s.askFurther(note, a.Due)
			return
		}
		if s.Answers, s.Last = s.Answers+1, note; s.Answered == 0 {
			s.Answered = at
		}
		if !slices.Contains(s.Answerers, by) && len(s.Answerers) < maxSideBy {
			s.Answerers = append(slices.Clone(s.Answerers), by)
		}
	})
	t.Version++
}
