package chat

import (
	"cmp"
	"slices"
)

// Add numbers the events, in order, as the next ones of the Conversation, folds
// each into the state, and returns them. newThread is the id that a
// thread.started among them gets.
func (s *State) Add(newThread ThreadID, events []Event) []Event {
	for i := range events {
		e := &events[i]
		s.Conversation.Head++
		e.Seq, e.Conversation = s.Conversation.Head, s.Conversation.ID
		if e.Audience == ForAll {
			s.Conversation.VHead++
			e.VSeq = s.Conversation.VHead
		}
		if e.Kind == KindStarted {
			e.Thread = newThread
		} else if s.Thread != nil && e.Thread == "" {
			e.Thread = s.Thread.ID
		}
		s.Apply(*e)
	}
	return events
}

// Apply folds one numbered event into the state. Folding all events of a
// Conversation from the first gives the state that the store holds. A body that
// cannot be read changes nothing but the numbers.
func (s *State) Apply(e Event) {
	s.Conversation.Head = max(s.Conversation.Head, e.Seq)
	s.Conversation.VHead = max(s.Conversation.VHead, e.VSeq)
	switch e.Kind {
	case KindStarted:
		s.applyStarted(e)
	case KindMessage, KindNote:
		s.applySaid(e)
	case KindSeen:
		s.applySeen(e)
	case KindEdit:
		s.applyEdit(e)
	case KindTalkEmptied:
		if b, err := Decode[TalkEmptied](e); err == nil && s.Conversation.Last.Seq <= b.UpTo {
			s.Conversation.Last.Text = ""
		}
	case KindRedact:
		if b, err := Decode[Redacted](e); err == nil && s.Conversation.Last.Seq == b.Target {
			s.Conversation.Last.Text = ""
		}
		s.applyThread(e)
	default:
		s.applyThread(e)
	}
	if s.Conversation.Kind.IsTalk() {
		s.applyTalk(e)
	}
}

func (s *State) applyThread(e Event) {
	if s.Thread != nil && s.Thread.ID == e.Thread {
		s.Thread.apply(e)
	}
}

func (s *State) applyStarted(e Event) {
	b, err := Decode[Started](e)
	if err != nil {
		return
	}
	t := &Thread{ID: e.Thread, Conversation: e.Conversation, Number: b.Number, State: Queued, Group: b.Group, Policy: b.Policy,
		Stub: b.Stub, Members: []AgentID{}, StartedAt: e.At, QueuedAt: e.At, First: e.Seq, Version: 1}
	t.Turn = Turn{Mode: b.Mode, Priority: b.Priority, Skills: b.Skills, Place: b.Place, Recent: b.Recent, RecentAt: b.RecentAt, Owner: b.Owner}
	if t.Place == 0 {
		t.Place = e.At
	}
	if b.Lead != "" {
		t.State, t.Lead, t.TakenAt, t.AssignedAt, t.QueuedAt, t.Place, t.Over = Active, b.Lead, e.At, e.At, 0, 0, b.Over
	}
	s.Thread = t
}

func (s *State) applySaid(e Event) {
	b, err := Decode[Said](e)
	if err != nil {
		return
	}
	s.Conversation.Last = Line{Seq: e.Seq, Kind: e.Kind, By: e.Actor.Kind, ByID: e.Actor.ID, Name: e.Actor.Name, Text: preview(b), At: e.At}
	if s.Thread == nil || s.Thread.ID != e.Thread {
		return
	}
	if e.Kind == KindNote && b.Answer != nil {
		s.Thread.answered(*b.Answer, e.Actor.Agent(), e.Seq, e.At)
	}
	if e.Kind != KindMessage || b.Bridge {
		return
	}
	if e.Actor.Kind == ByVisitor {
		s.Thread.visitorWrote(e.At)
	} else {
		s.Thread.teamWrote(e.Actor.Agent(), e.At)
	}
}

// visitorWrote notes a message of the visitor. That it makes a talk by mail live
// again is for routing to decide: it costs its lead more.
func (t *Thread) visitorWrote(at int64) {
	if t.WaitingSince == 0 {
		t.WaitingSince = at
		t.Version++
	}
}

// teamWrote notes a message to the visitor. Only what changes a decision changes
// the Thread: most messages change nothing.
func (t *Thread) teamWrote(by AgentID, at int64) {
	first := t.Lead == by && by != "" && (t.RepliedAt == 0 || len(t.Tries) > 0 || t.Round > 0)
	anew := by != "" && !slices.Contains(t.Wrote, by)
	if t.WaitingSince == 0 && t.AnsweredAt != 0 && !first && !anew {
		return
	}
	if anew {
		t.Wrote = append(slices.Clone(t.Wrote), by)
	}
	if t.WaitingSince != 0 || t.AnsweredAt == 0 {
		t.AnsweredAt = at
	}
	t.WaitingSince = 0
	if first {
		if t.RepliedAt == 0 {
			t.RepliedAt = at
		}
		t.Tries, t.Round, t.RoundAt = nil, 0, 0
	}
	t.Version++
}

func preview(b Said) string {
	text := b.Text
	if text == "" && len(b.Files) > 0 {
		text = b.Files[0].Name
	}
	if runes := []rune(text); len(runes) > maxPreview {
		return string(runes[:maxPreview])
	}
	return text
}

func (s *State) applySeen(e Event) {
	b, err := Decode[Seen](e)
	if err != nil {
		return
	}
	if b.Side == SideVisitor {
		s.Conversation.SeenVisitor = max(s.Conversation.SeenVisitor, b.UpTo)
	} else {
		s.Conversation.SeenTeam = max(s.Conversation.SeenTeam, b.UpTo)
	}
}

func (s *State) applyEdit(e Event) {
	if b, err := Decode[Edited](e); err == nil && s.Conversation.Last.Seq == b.Target {
		s.Conversation.Last.Text = preview(Said{Text: b.Text})
	}
}

// Retell folds what was done about a Thread that is not the newest of its Conversation:
// what was said in it is taken back after it is over, too.
func (t *Thread) Retell(events []Event) {
	for _, e := range events {
		if e.Thread == t.ID {
			t.apply(e)
		}
	}
}

// apply folds what changes a Thread. Kinds that it does not know change nothing.
func (t *Thread) apply(e Event) {
	switch e.Kind {
	case KindReopened:
		b, _ := Decode[Reopened](e)
		t.State, t.Reason, t.ClosedAt, t.QueuedAt = Queued, "", 0, b.QueuedAt
		t.AskedAt, t.Asked, t.MailDone = 0, "", false
	case KindRequeued:
		b, _ := Decode[Requeued](e)
		t.back(b, e.At)
	case KindClosed:
		b, _ := Decode[Closed](e)
		t.State, t.Reason, t.ClosedAt, t.WaitingSince, t.Offers, t.Transfer = IsClosed, b.Reason, e.At, 0, nil, nil
		t.Held, t.Promise = nil, nil
		t.Invites, t.Proposals, t.Help = nil, nil, nil
		t.closeSides(e.At)
	case KindAssign:
		b, _ := Decode[Assigned](e)
		t.give(b, e.At)
	case KindJoin:
		b, _ := Decode[Joined](e)
		t.Members = append(without(t.Members, b.Agent), b.Agent)
		t.dropInvites(func(i Invite) bool { return i.Agent == b.Agent })
		t.recast(b.Agent, b.Role)
	case KindLeave:
		b, _ := Decode[Joined](e)
		t.Members = without(t.Members, b.Agent)
		if t.Lead == b.Agent {
			t.Lead = ""
		}
		t.recast(b.Agent, "")
		t.dropProposals(t.byGone)
	case KindGrant:
		b, _ := Decode[Granted](e)
		t.Guests = append(without(t.Guests, b.Agent), b.Agent)
		t.stay(b.Agent, b.Watching)
	case KindGrantEnded:
		b, _ := Decode[Granted](e)
		t.Guests = guestsWithout(t.Guests, b.Agent)
		t.stay(b.Agent, false)
	case KindMoved:
		b, _ := Decode[Moved](e)
		t.move(b, e.At)
	case KindPolicy:
		b, _ := Decode[PolicyChanged](e)
		t.Policy, t.Stub, t.Group = b.Policy, b.Stub, cmp.Or(b.Group, t.Group)
		t.inherited(b.Group)
	default:
		if !t.applyTurn(e) && !t.applyGroupChat(e) && !t.applySide(e) {
			return
		}
	}
	t.Version++
}

// applyTurn folds what changes the Turn alone, and reports whether it did.
func (t *Thread) applyTurn(e Event) bool {
	switch e.Kind {
	case KindOffer:
		b, _ := Decode[Offered](e)
		t.Offers = append(slices.Clone(t.Offers), Offer{Agent: b.Agent, At: e.At, Deadline: b.Deadline, By: b.By})
	case KindOfferEnded:
		b, _ := Decode[OfferEnded](e)
		if t.Offers = slices.DeleteFunc(slices.Clone(t.Offers), func(o Offer) bool { return o.Agent == b.Agent }); len(t.Offers) == 0 {
			t.Offers = nil
		}
		switch {
		case b.How == Withdrawn:
		case t.Transfer != nil:
			t.asked(b.Agent)
		default:
			t.tried(b.Agent)
		}
	case KindTransfer:
		b, _ := Decode[TransferTold](e)
		t.transferred(b, e.Seq)
	case KindTransferEnded:
		b, _ := Decode[TransferEnded](e)
		t.transferEnded(b, e.At)
	case KindHold:
		b, _ := Decode[Held](e)
		t.hold(b, e.Seq, e.At)
	case KindPromiseDue:
		b, _ := Decode[PromiseDue](e)
		t.warned(b.Stage, e.At)
	case KindPromiseEnded:
		// Nothing is owed, so nobody is waited for: else it would be held for ever.
		t.Promise, t.Held = nil, nil
	case KindHanded:
		b, _ := Decode[Handed](e)
		t.passed(Passage{By: b.By, Agent: b.To.Agent, Group: b.To.Group, Reason: b.Reason, At: e.At})
	case KindPromisePassed:
		b, _ := Decode[PromisePassed](e)
		t.promisePassed(b.Owner)
	case KindIdle:
		t.Idle = true
	case KindWoke:
		b, _ := Decode[Woke](e)
		t.Idle, t.Over, t.Mode = false, b.Over, ""
	case KindReplyDue:
		t.WarnedAt = e.At
	case KindAlarm:
		if b, _ := Decode[Alarm](e); b.Cause == "" {
			t.Round, t.RoundAt = t.Round+1, e.At
		}
	case KindMailOffered:
		b, _ := Decode[MailOffered](e)
		t.AskedAt, t.Asked, t.MailDone = e.At, b.Cause, false
	case KindMailAnswered:
		b, _ := Decode[MailAnswered](e)
		t.MailDone, t.NoMail = true, !b.Accepted
		if t.AskedAt == 0 {
			t.AskedAt, t.Asked = e.At, MailAsked
		}
		if b.Accepted {
			t.Mode = Mail
		}
	case KindLeadBack:
		t.MovedFrom, t.TakenFrom = "", t.MovedFrom
	case KindBackAsked:
		b, _ := Decode[BackAsked](e)
		t.AskedBy = b.Agent
	case KindBackWaived:
		b, _ := Decode[BackWaived](e)
		t.waived(b.Agent)
	case KindHelp:
		b, _ := Decode[HelpRaised](e)
		t.Help = t.Help.again(Help{Since: e.At, Cause: b.Cause, Reason: b.Reason, By: b.By})
	case KindHelpTaken:
		b, _ := Decode[HelpTaken](e)
		t.Help = t.Help.taken(b.By, e.At)
	case KindHelpReturned:
		t.Help = t.Help.taken("", 0)
	case KindHelpCleared:
		t.Help = nil
	default:
		return false
	}
	return true
}

// give makes an agent the lead. What was tried stays until he has replied.
func (t *Thread) give(b Assigned, at int64) {
	previous := t.Lead
	t.State, t.Lead, t.TakenAt, t.AssignedAt = Active, b.Lead, at, at
	if t.Members = without(t.Members, b.Lead); b.Stays && previous != "" {
		t.Members = append(t.Members, previous)
	}
	if now := b.Access.After; now.Group != "" {
		t.Group, t.Policy, t.Stub = now.Group, now.Policy, now.Stub
	}
	t.owes(b.Lead, t.Group)
	t.Transfer, t.Held = nil, nil
	t.recast(b.Lead, "")
	t.dropInvites(func(i Invite) bool { return i.Agent == b.Lead })
	t.dropProposals(t.byGone)
	t.Offers, t.Front, t.BackAt, t.AskedAt, t.Asked = nil, false, 0, 0, ""
	t.RepliedAt, t.WarnedAt, t.Rest, t.Idle, t.Over, t.AskedBy = 0, 0, nil, false, b.Over, ""
	if b.Cause == ByPromotion {
		t.MovedFrom, t.TakenFrom, t.LostAt = previous, "", at
	}
	t.waived(b.Lead)
}

// waived notes that an agent has nothing to ask for any more.
func (t *Thread) waived(a AgentID) {
	for _, by := range []*AgentID{&t.MovedFrom, &t.TakenFrom, &t.AskedBy} {
		if *by == a {
			*by = ""
		}
	}
	if t.MovedFrom == "" && t.TakenFrom == "" {
		t.LostAt = 0
	}
}

// back puts the Thread into the queue again, before those who have not talked.
func (t *Thread) back(b Requeued, at int64) {
	t.State, t.Lead, t.AssignedAt, t.QueuedAt = Queued, "", 0, b.QueuedAt
	t.Front, t.BackAt, t.AskedAt, t.Asked, t.Place = true, at, 0, "", b.Place
	t.RepliedAt, t.WarnedAt, t.Rest, t.Idle, t.Over, t.Offers, t.AskedBy, t.Transfer = 0, 0, nil, false, false, nil, "", nil
	t.Held = nil
	if p := t.Promise; p != nil && p.Owner == b.Previous {
		t.owes("", t.Group)
	}
	t.Invites = nil
	t.dropProposals(t.byGone)
	switch b.Cause {
	case PutBack, MissedReply, HandedBack:
		t.tried(b.Previous)
	case LostLead:
		t.Recent, t.RecentAt, t.MovedFrom, t.TakenFrom, t.LostAt = b.Previous, at, b.Previous, "", at
	case WokeNowhere:
		t.Recent, t.RecentAt = b.Previous, at
	}
}

// move puts the Thread into the queue of another Group, before those who have
// not talked.
func (t *Thread) move(b Moved, at int64) {
	t.back(Requeued{QueuedAt: b.QueuedAt, Place: b.Place, Previous: b.Previous}, at)
	t.Group, t.Policy, t.Stub = b.Group, b.Policy, b.Stub
	t.owes("", b.Group) // who owed it so far need not see it there
	t.Tries, t.Round, t.RoundAt, t.MovedFrom, t.TakenFrom, t.LostAt = nil, 0, 0, "", "", 0
	t.Excluded = nil // who passed it on elsewhere may have it from another group
	if b.By != "" {
		t.Excluded = append([]AgentID{b.By}, b.Gave...)
		t.passed(Passage{By: b.By, Agent: b.Agent, Group: b.Group, Reason: b.Reason, At: at})
	}
}

func (t *Thread) tried(a AgentID) {
	if a == "" {
		return
	}
	t.Tries = slices.Clone(t.Tries)
	for i := range t.Tries {
		if t.Tries[i].Agent == a {
			t.Tries[i].Count++
			return
		}
	}
	t.Tries = append(t.Tries, Try{Agent: a, Count: 1})
}

// without returns a copy, so that states that share a slice stay apart.
func without(members []AgentID, a AgentID) []AgentID {
	kept := make([]AgentID, 0, len(members)+1)
	for _, m := range members {
		if m != a {
			kept = append(kept, m)
		}
	}
	return kept
}
