package desk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

const (
	// leastPause is between two rounds of the router; a round that is slow waits
	// restFactor times as long as it took, so that it leaves the machine to others.
	leastPause = 20 * time.Millisecond
	restFactor = 3
	mostRest   = 250 * time.Millisecond
	// sweepRound is how late a round comes at the latest.
	sweepRound = 5 * time.Second
	// decisionsAtOnce are written in one transaction at most. Who acts upon one of
	// their agents or Conversations waits for all of them: for less than a tenth of a
	// second, or they become fewer.
	decisionsAtOnce = 8
	mostHeld        = 100 * time.Millisecond
)

// stir asks the router to look again. Ten times are as good as once.
func (d *Desk) stir() {
	select {
	case d.stirred <- struct{}{}:
	default:
	}
}

// RunRouter decides until ctx ends: after every change, when a decision is due,
// and every 5 s. complain is told of a round that failed; the next one looks at
// everything again.
func (d *Desk) RunRouter(ctx context.Context, complain func(error)) error {
	heard, deafen := d.bus.Subscribe()
	defer deafen()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case s := <-heard.Signals:
			d.hearTyping(s)
			continue
		case <-heard.Wakes: // what this node wrote has stirred already, where it matters
			continue
		case <-d.stirred:
		case <-timer.C:
		}
		began := time.Now()
		wake, err := d.Route(ctx)
		if err != nil && ctx.Err() == nil {
			complain(err)
		}
		if !d.rest(ctx, heard.Signals, max(leastPause, min(restFactor*time.Since(began), mostRest))) {
			return nil
		}
		timer.Reset(d.untilNext(wake))
	}
}

// rest waits, listening on; false when ctx ended.
func (d *Desk) rest(ctx context.Context, signals <-chan chat.Signal, pause time.Duration) bool {
	rested := time.NewTimer(pause)
	defer rested.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case s := <-signals:
			d.hearTyping(s)
		case <-rested.C:
			return true
		}
	}
}

func (d *Desk) untilNext(wake time.Time) time.Duration {
	if wake.IsZero() {
		return sweepRound
	}
	return min(max(wake.Sub(d.now()), 0), sweepRound)
}

func (d *Desk) hearTyping(s chat.Signal) {
	if a := s.Actor.Agent(); s.Kind == chat.SignalTyping && s.On && s.Audience == chat.ForAll && a != "" {
		d.typing.heard(s.Conversation, a, chat.Micros(d.now()))
	}
}

// Route does one round: it loads the situation, asks the router, and writes what
// it decided, each decision only where nothing that it rests on has changed. It
// returns when the router must be asked again at the latest; zero = never.
func (d *Desk) Route(ctx context.Context) (time.Time, error) {
	untold := d.recall(ctx)
	s, err := d.fresh(ctx)
	if err != nil {
		return time.Time{}, err
	}
	ds, wake := routing.Decide(s.state, s.at)
	ds = d.excuse(s, ds)
	for rest, n := ds, decisionsAtOnce; len(rest) > 0; {
		n = min(n, len(rest))
		began := time.Now()
		mine, err := d.carryOut(ctx, s, rest[:n])
		if err != nil {
			return wake, err
		}
		if !mine {
			wake = s.at.Add(mostRest) // what is left then is decided anew
			break
		}
		rest, n = rest[n:], nextBatch(n, time.Since(began))
	}
	return wake, errors.Join(s.broken, untold, d.tellQueues(ctx, s, len(ds) > 0), d.extendAvailability(ctx, s))
}

// nextBatch is how many decisions to write at once after so many took so long.
func nextBatch(n int, took time.Duration) int {
	if took > mostHeld {
		return max(1, n/2)
	}
	return min(2*n, decisionsAtOnce)
}

// excuse turns the misses of offers that rang while the server was down into
// withdrawals: nobody could answer them. What was decided about such a Thread
// because of the miss is left out; the next round looks again.
func (d *Desk) excuse(s *situation, ds []routing.Decision) []routing.Decision {
	started, excused := chat.Micros(d.started), map[chat.ThreadID]bool{}
	kept := make([]routing.Decision, 0, len(ds))
	for _, one := range ds {
		o, rang := s.threads[one.Thread].OfferTo(one.Agent)
		i, asked := s.threads[one.Thread].InviteTo(one.Agent)
		switch {
		case one.Kind == routing.DoInviteEnd && one.Cause == routing.CauseExpired && asked && i.At < started:
			one.Cause, one.Because = routing.CauseWithdrawn, chat.Says("offer.restart")
			one.Why = one.Because.English()
			excused[one.Thread] = true
		case one.Kind == routing.DoExpire && rang && o.At < started:
			one.Kind, one.Because = routing.DoWithdraw, chat.Says("offer.restart")
			one.Why = one.Because.English()
			excused[one.Thread] = true
		case excused[one.Thread] && one.Thread != "":
			continue
		}
		kept = append(kept, one)
	}
	return kept
}

// carryOut writes decisions in one transaction, unless the router of another node
// does so at that moment; then it is not this one's turn.
func (d *Desk) carryOut(ctx context.Context, s *situation, ds []routing.Decision) (mine bool, err error) {
	err = d.write(ctx, func(tx *store.Tx) (err error) {
		if mine, err = tx.LockRouter(); err != nil || !mine {
			return err
		}
		r := round{d: d, tx: tx, s: s, states: map[chat.ConversationID]*chat.State{}, versions: map[chat.ThreadID]int64{}}
		if err := r.lock(ds); err != nil {
			return err
		}
		for _, one := range ds {
			if err := r.do(one); err != nil {
				return err
			}
		}
		if len(r.facts) > 0 {
			return tell(tx, chat.TeamConversation, r.facts...)
		}
		return nil
	})
	return mine, err
}

// round is decisions on their way into the log.
type round struct {
	d        *Desk
	tx       *store.Tx
	s        *situation
	states   map[chat.ConversationID]*chat.State
	versions map[chat.ThreadID]int64 // as they were decided upon, and what this round made of them
	facts    []chat.Event            // for the team
}

// lock takes the agents and the Conversations that the decisions are about, in
// ascending order. What is gone is left out.
func (r *round) lock(ds []routing.Decision) error {
	ids, agents := map[chat.ConversationID]bool{}, map[chat.AgentID]bool{}
	for _, one := range ds {
		if one.Agent != "" {
			agents[one.Agent] = true
		}
		if t, known := r.s.threads[one.Thread]; known {
			ids[t.Conversation] = true
		}
	}
	if err := r.tx.LockAgents(slices.Collect(maps.Keys(agents))...); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		state, err := r.tx.Lock(id)
		switch {
		case chat.IsKind(err, chat.Missing):
		case err != nil:
			return err
		default:
			r.states[id] = &state
		}
	}
	return nil
}

// do writes one decision. One that lost its race is left out: the next round
// decides again.
func (r *round) do(one routing.Decision) error {
	if one.Thread == "" {
		return r.doAgent(one)
	}
	t := r.s.threads[one.Thread]
	s := r.states[t.Conversation]
	if s == nil || s.Thread == nil || s.Thread.ID != t.ID || (guardVersions && s.Thread.Version != r.version(t)) {
		return nil
	}
	room, fits, err := r.room(one, s.Thread)
	if err != nil || !fits {
		return err
	}
	if one.Kind == routing.DoWake {
		one.Over = room.Above() // as it is now, not as it was decided
	}
	events, err := one.Events(*s, r.s.team, room, r.s.order(t.Group))
	if chat.IsKind(err, chat.Conflict) || chat.IsKind(err, chat.Gone) || len(events) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := appendTo(r.tx, s, events); err != nil {
		return err
	}
	r.versions[t.ID] = s.Thread.Version
	r.d.passed(t.Conversation, events)
	return r.turn(one)
}

func (r *round) version(t chat.Thread) int64 {
	if v, changed := r.versions[t.ID]; changed {
		return v
	}
	return t.Version
}

// room looks, under the lock, whether an agent who is to be given or offered a
// Thread may still have it: he takes chats, is in the group, and has room.
func (r *round) room(one routing.Decision, t *chat.Thread) (room chat.Room, fits bool, err error) {
	switch one.Kind {
	case routing.DoOffer, routing.DoAssign, routing.DoPromote, routing.DoWake, routing.DoInvite:
	default:
		return chat.Room{}, true, nil
	}
	a, err := r.tx.Agent(one.Agent)
	if chat.IsKind(err, chat.Missing) {
		return chat.Room{}, false, nil
	}
	if err != nil {
		return chat.Room{}, false, err
	}
	if one.Kind == routing.DoWake {
		return r.wakes(a, t)
	}
	if one.Kind == routing.DoInvite {
		return r.guest(a, t, one)
	}
	works := a.Status == chat.Accepting || (one.Kind == routing.DoPromote && a.Status == chat.Finishing)
	if a.Disabled || !works || !a.InGroup(one.Group) {
		return chat.Room{}, false, nil
	}
	there := *t
	there.Group = one.Group // another one than its own where it is being passed on
	room, err = r.d.roomFor(r.tx, a, &there, false)
	return room, !room.Above(), err
}

// guest looks whether an agent may still be asked into a Thread for his group.
func (r *round) guest(a chat.Agent, t *chat.Thread, one routing.Decision) (room chat.Room, fits bool, err error) {
	at := slices.IndexFunc(t.Invites, func(i chat.Invite) bool { return i.Seq == one.Invite })
	if at < 0 || a.Disabled || a.Status != chat.Accepting || !a.InGroup(t.Invites[at].Group) {
		return chat.Room{}, false, nil
	}
	room, err = r.d.roomAsMember(r.tx, a, t)
	return room, !room.Above(), err
}

// wakes looks whether a Thread may wake: at most one above its lead's limit, and
// one that was by mail not above it at all.
func (r *round) wakes(a chat.Agent, t *chat.Thread) (room chat.Room, fits bool, err error) {
	view := routing.ViewThread(*t)
	room, err = r.d.roomOf(r.tx, a, t.Group, view.NeedOfWaking(), false)
	above := room.Load + room.Need - room.Limit
	return room, above <= 0 || (above <= 100 && view.Mode != routing.Mail), err
}

// turn remembers whose turn it was. Ringing everybody is nobody's turn.
func (r *round) turn(one routing.Decision) error {
	if one.Kind != routing.DoOffer && one.Kind != routing.DoAssign || r.s.rules[one.Group].Distribution.Method == routing.RingAll {
		return nil
	}
	return r.tx.TakeTurn(one.Group, one.Agent)
}

// doAgent writes what is decided about an agent or a group.
func (r *round) doAgent(one routing.Decision) error {
	switch one.Kind {
	case routing.DoAway:
		return r.sendAway(one)
	case routing.DoWarnIdle:
		duty, err := r.tx.Duty(one.Agent)
		if err != nil {
			return err
		}
		if duty.InputAt > r.inputOf(one.Agent) { // he has touched a device since
			return nil
		}
		duty.WarnedAt, duty.AwayAt = one.At, one.Deadline
		if err := r.tx.SaveDuty(one.Agent, duty); err != nil {
			return err
		}
		return tell(r.tx, chat.AgentConversation(one.Agent), r.d.fact(chat.KindIdling, chat.System(), chat.IdleWarned{Deadline: one.Deadline}))
	case routing.DoQueueFull, routing.DoQueueOpen:
		full := one.Kind == routing.DoQueueFull
		r.facts = append(r.facts, r.d.fact(chat.KindQueue, chat.System(), chat.QueueBound{Group: one.Group, Full: full, Why: one.Why, Because: one.Because}))
		return r.tx.SetQueueFull(one.Group, full)
	}
	return errors.New("desk: no such decision: " + string(one.Kind))
}

// sendAway puts an agent on away who missed chats or touched nothing, unless he
// has said or done something since.
func (r *round) sendAway(one routing.Decision) error {
	a, err := r.tx.Agent(one.Agent)
	if err != nil {
		return err
	}
	duty, err := r.tx.Duty(a.ID)
	if err != nil {
		return err
	}
	before := r.s.team[a.ID]
	moved := a.Status != chat.Accepting || before.Status != a.Status || before.Until != a.Until
	stirred := (one.Cause == routing.CauseMissed && duty.Misses < 2) || (one.Cause == routing.CauseNoInput && duty.InputAt > r.inputOf(a.ID))
	if moved || stirred {
		return nil
	}
	duty.Misses, duty.AwayAt = 0, 0
	if err := r.tx.SaveDuty(a.ID, duty); err != nil {
		return err
	}
	a.Status, a.Reason, a.Until, a.Lease, a.Cause = chat.Away, "", 0, 0, chat.StatusCause(one.Cause)
	if err := r.tx.SaveAgent(a); err != nil {
		return err
	}
	r.facts = append(r.facts, r.d.fact(chat.KindAgent, chat.System(), a))
	return nil
}

func (r *round) inputOf(a chat.AgentID) int64 {
	for _, v := range r.s.state.Agents {
		if v.ID == a {
			return v.InputAt
		}
	}
	return 0
}

// extendAvailability notes, now and then, who takes chats.
func (d *Desk) extendAvailability(ctx context.Context, s *situation) error {
	if s.at.Sub(d.noted) < availableEvery && !s.at.Before(d.noted) {
		return nil
	}
	who := s.state.Taking(s.at)
	d.noted = s.at
	if len(who) == 0 {
		return nil
	}
	at := chat.Micros(s.at)
	return d.store.Write(ctx, func(tx *store.Tx) error { return tx.ExtendAvailability(who, at, availableGap.Microseconds()) })
}
