package desk

import (
	"context"
	"errors"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// act is one command of an agent in one customer Conversation.
type act struct {
	key    string
	intent intent
	// rule asks chat and answers events that have no numbers yet.
	rule func(*store.Tx, chat.Agent, chat.State) ([]chat.Event, error)
	// also, where set, admits an agent whom the Access does not.
	also func(chat.State, chat.AgentID) bool
	// after, where set, saves what belongs to the numbered events.
	after func(*store.Tx, []chat.Event) error
	// beside, where set, finds a talk that changes with the Conversation, so that both are
	// locked in their order; "" = none.
	beside func(*store.Tx) (chat.ConversationID, error)
	// full acts are not for who only reads the Thread; see chat.MoreThanReading.
	full bool
	// raises are agents who will have more to do after it: they are locked before the
	// Conversation, so that their load is what it is until the commit. Who is not
	// named is found out by appendTo, and the act runs a second time.
	raises []chat.AgentID
}

// do runs an act: lock, look the key up, judge, append, remember, commit.
func (d *Desk) do(ctx context.Context, a chat.Agent, c chat.ConversationID, in act) (Done, error) {
	return d.once(ctx, in.key, c, in.intent, func(tx *store.Tx, hash []byte) (Done, error) {
		if err := tx.LockAgents(in.raises...); err != nil {
			return Done{}, err
		}
		if err := lockBeside(tx, c, in.beside); err != nil {
			return Done{}, err
		}
		me, s, err := lockFor(tx, a.ID, c)
		if err != nil {
			return Done{}, err
		}
		return d.doLocked(tx, me, s, in, hash)
	})
}

// lockBeside locks a Conversation and another one that changes with it, in the order of
// their ids.
func lockBeside(tx *store.Tx, c chat.ConversationID, beside func(*store.Tx) (chat.ConversationID, error)) error {
	if beside == nil {
		return nil
	}
	other, err := beside(tx)
	if err != nil || other == "" {
		return err
	}
	return lockAll(tx, ascending(c, other))
}

// once writes a command: what run is to do goes by the key and by the hash of what the
// person meant in the Conversation. Nothing is answered before the commit.
func (d *Desk) once(ctx context.Context, key string, c chat.ConversationID, meant intent, run func(*store.Tx, []byte) (Done, error)) (Done, error) {
	if err := checkKey(key); err != nil {
		return Done{}, err
	}
	meant.Conversation = c
	hash, err := d.fingerprint(ctx, meant)
	if err != nil {
		return Done{}, err
	}
	var done Done
	err = d.write(ctx, func(tx *store.Tx) (err error) {
		done, err = run(tx, hash)
		return err
	})
	if err != nil {
		return Done{}, err
	}
	return done, nil
}

func (d *Desk) doLocked(tx *store.Tx, me chat.Agent, s chat.State, in act, hash []byte) (Done, error) {
	actor := agentOwner(me.ID)
	events, again, err := earlier(tx, in.key, actor, hash)
	if err != nil {
		return Done{}, err
	}
	if !again {
		if !s.Access().Admits(me.Viewer()) && (in.also == nil || !in.also(s, me.ID)) {
			return Done{}, missingConversation()
		}
		if in.full {
			if err := chat.MoreThanReading(s, me); err != nil {
				return Done{}, err
			}
		}
		if events, err = d.perform(tx, me, &s, in); err != nil {
			return Done{}, err
		}
		if err := remember(tx, in.key, actor, hash, s.Conversation.ID, events); err != nil {
			return Done{}, err
		}
	}
	seen, err := seenBy(tx, me.Viewer(), s, events)
	return Done{Events: seen, Again: again || len(events) == 0}, err
}

func rings(s chat.State, a chat.AgentID) bool {
	return slices.ContainsFunc(ringing(s), func(i chat.Invite) bool { return i.Agent == a })
}

func (d *Desk) perform(tx *store.Tx, me chat.Agent, s *chat.State, in act) ([]chat.Event, error) {
	events, err := in.rule(tx, me, *s)
	if err == nil {
		err = stayUnnoticed(tx, me.ID, *s, events)
	}
	if err != nil {
		return nil, err
	}
	if events, err = appendTo(tx, s, events); err != nil {
		return nil, err
	}
	d.passed(s.Conversation.ID, events)
	if in.after != nil {
		err = in.after(tx, events)
	}
	return events, err
}

// stayUnnoticed refuses what a visitor would notice of somebody who watches.
func stayUnnoticed(tx *store.Tx, me chat.AgentID, s chat.State, events []chat.Event) error {
	noticed := slices.ContainsFunc(events, func(e chat.Event) bool { return e.Audience == chat.ForAll })
	t := s.OpenThread()
	if !noticed || t == nil || t.TakesPart(me) {
		return nil
	}
	watches, err := tx.WatchesOf(t.ID)
	if err == nil && slices.ContainsFunc(watches, func(w chat.Watch) bool { return w.Watcher == me }) {
		err = chat.WhileWatching(events, me)
	}
	return err
}

// lockAll locks customers' Conversations, which are in the order of their ids. Who
// changes several does so first: what is told of each to its agents comes behind
// all of them.
func lockAll(tx *store.Tx, ids []chat.ConversationID) error {
	for _, id := range ids {
		if _, err := tx.Lock(id); err != nil {
			return err
		}
	}
	return nil
}

// lockFor loads an agent as of now and a customer Conversation under its lock.
func lockFor(tx *store.Tx, a chat.AgentID, c chat.ConversationID) (chat.Agent, chat.State, error) {
	me, err := present(tx, a)
	if err != nil {
		return me, chat.State{}, err
	}
	if c.Reserved() {
		return me, chat.State{}, missingConversation()
	}
	if !guardHeads && len(me.Viewer().Supervises) > 0 {
		me.Role = chat.Supervisor
	}
	s, err := tx.Lock(c)
	if chat.IsKind(err, chat.Missing) || err == nil && s.Conversation.Kind != chat.FormCustomer {
		err = missingConversation()
	}
	return me, s, err
}

// present loads an agent and refuses one who was disabled meanwhile.
func present(tx *store.Tx, a chat.AgentID) (chat.Agent, error) {
	me, err := tx.Agent(a)
	if err == nil && me.Disabled {
		err = chat.Errorf(chat.Denied, "This account is disabled. Ask an admin.")
	}
	return me, err
}

// missingConversation is the one answer for what is not there and what is not
// for this reader: the difference would tell.
func missingConversation() error {
	return chat.Errorf(chat.Missing, "There is no such conversation, or you may not see it.")
}

// appendTo numbers events, gives them ids, and stores them with the state.
func appendTo(tx *store.Tx, s *chat.State, events []chat.Event) ([]chat.Event, error) {
	if len(events) == 0 {
		return nil, nil
	}
	events = chat.Follow(*s, events)
	lost := s.Thread.Loss()
	var thread chat.ThreadID
	for i := range events {
		events[i].ID = chat.EventID(newID("e"))
		if events[i].Kind == chat.KindStarted {
			thread = chat.ThreadID(newID("t"))
		}
	}
	if err := hushed(tx, *s, events); err != nil {
		return nil, err
	}
	rang, before, standing := ringing(*s), routed(*s), chat.StandingOf(*s)
	events = s.Add(thread, events)
	if err := tx.NeedAgents(routing.Raised(before, routed(*s))...); err != nil {
		return nil, err
	}
	if err := tx.Append(*s, events); err != nil {
		return nil, err
	}
	if err := keepHelped(tx, *s, events); err != nil {
		return nil, err
	}
	if err := keepDuty(tx, *s, events); err != nil {
		return nil, err
	}
	last := events[len(events)-1].At
	if err := tellInvited(tx, *s, rang, last); err != nil {
		return nil, err
	}
	if err := raise(tx, standing, *s, events); err != nil {
		return nil, err
	}
	if err := tellLoss(tx, lost, s.Thread.Loss(), last); err != nil {
		return nil, err
	}
	if err := followWatches(tx, *s, events); err != nil {
		return nil, err
	}
	if err := sidesClosed(tx, *s, events); err != nil {
		return nil, err
	}
	return events, stayOn(tx, *s, events)
}

// routed is the Thread of a Conversation as routing sees it; none is one that costs
// nobody anything.
func routed(s chat.State) routing.Thread {
	if s.Thread == nil {
		return routing.Thread{State: chat.IsClosed}
	}
	return routing.ViewThread(*s.Thread)
}

// tell appends facts to a reserved Conversation, making it on demand. An agent's
// is told before the team's: that is the order of locks.
func tell(tx *store.Tx, c chat.ConversationID, facts ...chat.Event) error {
	_, err := noted(tx, c, facts...)
	return err
}

// noted is tell, and answers the numbered events.
func noted(tx *store.Tx, c chat.ConversationID, facts ...chat.Event) ([]chat.Event, error) {
	s, err := lockReserved(tx, c)
	if err != nil {
		return nil, err
	}
	return appendTo(tx, &s, facts)
}

// lockReserved locks a reserved Conversation, making it on demand.
func lockReserved(tx *store.Tx, c chat.ConversationID) (chat.State, error) {
	s, err := tx.Lock(c)
	if chat.IsKind(err, chat.Missing) {
		s = chat.State{Conversation: chat.Conversation{ID: c, Kind: chat.FormReserved}}
		err = tx.NewConversation(s.Conversation)
	}
	return s, err
}

// fact is an event of a reserved Conversation.
func (d *Desk) fact(kind chat.Kind, by chat.Actor, body any) chat.Event {
	return chat.Fact(kind, by, chat.ForAgents, chat.Micros(d.now()), body)
}

// eyes judges events for one viewer, as of this transaction.
type eyes struct {
	tx     *store.Tx
	viewer chat.Viewer
	places map[chat.ThreadID]chat.Access
	talks  map[chat.ConversationID]chat.Access
}

func newEyes(tx *store.Tx, v chat.Viewer) *eyes {
	return &eyes{tx: tx, viewer: v, places: map[chat.ThreadID]chat.Access{}, talks: map[chat.ConversationID]chat.Access{}}
}

func (e *eyes) see(ev chat.Event) (bool, error) {
	if ev.Thread == "" {
		return e.seeOutside(ev)
	}
	acc, known := e.places[ev.Thread]
	if !known {
		t, err := e.tx.Thread(ev.Thread)
		if err != nil && !chat.IsKind(err, chat.Missing) {
			return false, err
		}
		acc = t.Access()
		e.places[ev.Thread] = acc
	}
	return chat.Visible(ev, acc, e.viewer), nil
}

// seeOutside judges an event that stands in no Thread: by its talk, where it is one
// of a talk's.
func (e *eyes) seeOutside(ev chat.Event) (bool, error) {
	if ev.Conversation.Reserved() {
		return chat.Visible(ev, chat.Access{}, e.viewer), nil
	}
	acc, known := e.talks[ev.Conversation]
	if !known {
		t, err := e.tx.Talk(ev.Conversation)
		if err != nil && !chat.IsKind(err, chat.Missing) {
			return false, err
		}
		acc = t.Access()
		e.talks[ev.Conversation] = acc
	}
	return chat.Visible(ev, acc, e.viewer), nil
}

// filter keeps, in a new slice, what the viewer may see.
func (e *eyes) filter(events []chat.Event) ([]chat.Event, error) {
	kept := make([]chat.Event, 0, len(events))
	var errs error
	for _, ev := range events {
		ok, err := e.see(ev)
		errs = errors.Join(errs, err)
		if ok {
			kept = append(kept, ev)
		}
	}
	return slices.Clip(kept), errs
}

// seenBy keeps those events that a viewer may see, of a Conversation whose state
// is at hand.
func seenBy(tx *store.Tx, v chat.Viewer, s chat.State, events []chat.Event) ([]chat.Event, error) {
	seen := newEyes(tx, v)
	if s.Thread != nil {
		seen.places[s.Thread.ID] = s.Access()
	}
	if s.Talk != nil {
		seen.talks[s.Conversation.ID] = s.Access()
	}
	return seen.filter(events)
}
