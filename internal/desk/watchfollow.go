package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// followWatches keeps who watches in step with the events of a Conversation that
// have led to a state: a watch ends with the Thread, with the right to see it, and
// with taking part; where another leads, it goes on as one of his chat.
func followWatches(tx *store.Tx, s chat.State, events []chat.Event) error {
	if s.Thread == nil || !slices.ContainsFunc(events, movesPeople) {
		return nil
	}
	t, at := *s.Thread, events[len(events)-1].At
	watches, err := tx.WatchesOf(t.ID)
	if err != nil || len(watches) == 0 && t.Open() {
		return err
	}
	if !t.Open() {
		if err := tx.ForgetWatchInvites(t.ID); err != nil {
			return err
		}
	}
	out := facts{}
	rest, err := out.endFollowed(tx, t, watches, at)
	if err == nil {
		err = out.passOn(tx, t, rest, at)
	}
	if err == nil {
		err = out.tell(tx)
	}
	return err
}

// stayOn lets who passed a Thread on and wanted to stay watch it from then on, as
// far as he may still see it.
func stayOn(tx *store.Tx, s chat.State, events []chat.Event) error {
	for _, e := range events {
		ended, err := chat.Decode[chat.TransferEnded](e)
		if e.Kind != chat.KindTransferEnded || err != nil || ended.How != chat.Accepted || s.OpenThread() == nil {
			continue
		}
		asked, err := tx.Event(e.Conversation, ended.Transfer)
		if err != nil {
			return err
		}
		told, err := chat.Decode[chat.TransferTold](asked)
		if err != nil || !told.Transfer.Stay || s.Thread.TakesPart(told.Transfer.By) {
			return err
		}
		return letWatch(tx, told.Transfer.By, *s.Thread, s.Thread.Lead, e.At)
	}
	return nil
}

// letWatch makes somebody who had a part in a Thread watch it openly, as far as he
// may see it.
func letWatch(tx *store.Tx, id chat.AgentID, t chat.Thread, by chat.AgentID, at int64) error {
	a, err := tx.Agent(id)
	if err != nil || a.Disabled || !t.Access().Admits(a.Viewer()) {
		return err
	}
	watches, err := tx.WatchesOf(t.ID)
	if err != nil || slices.ContainsFunc(watches, func(w chat.Watch) bool { return w.Watcher == id }) {
		return err // he does so already
	}
	facts, err := beginWatch(tx, id, t, chat.Etiquette{}, by, at)
	if err != nil {
		return err
	}
	return tell(tx, chat.AgentConversation(id), facts...)
}

func movesPeople(e chat.Event) bool {
	_, moves := chat.AccessAfter(e)
	return moves || e.Kind == chat.KindClosed
}

// endFollowed ends what the Thread itself ends and returns what goes on.
func (f facts) endFollowed(tx *store.Tx, t chat.Thread, watches []chat.Watch, at int64) (rest []chat.Watch, err error) {
	for _, w := range watches {
		end, err := endOf(tx, t, w)
		if err != nil {
			return nil, err
		}
		if end == "" {
			rest = append(rest, w)
			continue
		}
		w.Ended, w.How = at, end
		if err := tx.SaveWatch(w); err != nil {
			return nil, err
		}
		f.add(w.Watcher, chat.KindWatchEnded, at, chat.WatchEnded{Conversation: w.Conversation, Thread: w.Thread, How: end})
	}
	if len(watches) > 0 && watches[0].Lead == t.Lead {
		f.lead(t, watches, rest, at)
	}
	return rest, nil
}

// endOf is how the Thread ends a watch; "" = it goes on.
func endOf(tx *store.Tx, t chat.Thread, w chat.Watch) (chat.WatchEnd, error) {
	switch {
	case !t.Open():
		return chat.WatchClosed, nil
	case t.TakesPart(w.Watcher):
		return chat.WatchJoined, nil
	}
	a, err := tx.Agent(w.Watcher)
	if err == nil && (a.Disabled || !t.Access().Admits(a.Viewer())) {
		return chat.WatchAccess, nil
	}
	return "", err
}

// passOn makes the watches of a former lead's chat those of the present one's:
// each entry of the log is of one lead. Both are told. Whom the former lead had asked
// nobody has asked now, and of former whispers the present one knows nothing.
func (f facts) passOn(tx *store.Tx, t chat.Thread, watches []chat.Watch, at int64) error {
	if len(watches) == 0 {
		return nil
	}
	e, err := etiquetteOf(tx, t.Group)
	if err != nil {
		return err
	}
	var passed, begun []chat.Watch
	for _, w := range watches {
		if w.Lead == t.Lead {
			continue
		}
		next := w
		w.Ended, w.How = at, chat.WatchLead
		next.ID, next.Lead, next.Group, next.Began = chat.WatchID(newID("w")), t.Lead, t.Group, at
		next.Invited, next.Whispered = "", 0
		next.Told = toldOf(next, e)
		if err := tx.SaveWatch(w); err != nil {
			return err
		}
		if err := tx.SaveWatch(next); err != nil {
			return err
		}
		passed, begun = append(passed, w), append(begun, next)
		f.add(w.Watcher, chat.KindWatch, at, next)
	}
	if len(passed) > 0 {
		former := t
		former.Lead = passed[0].Lead
		f.lead(former, passed, nil, at)
		f.lead(t, nil, begun, at)
	}
	return nil
}

// endWatches ends the watches of who has lost the right to them, or has had no
// connection for 45 s. It is level-triggered.
func (d *Desk) endWatches(ctx context.Context) error {
	var over map[chat.ThreadID][]chat.WatchID
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		watches, err := tx.Watches()
		if err != nil || len(watches) == 0 {
			return err
		}
		over, err = d.overdue(tx, watches)
		return err
	})
	if err != nil || len(over) == 0 {
		return err
	}
	return d.write(ctx, func(tx *store.Tx) error {
		for t := range over {
			if err := d.endOverdue(tx, t); err != nil {
				return err
			}
		}
		return nil
	})
}

// overdue finds the watches that have to end, by Thread.
func (d *Desk) overdue(tx *store.Tx, watches []chat.Watch) (map[chat.ThreadID][]chat.WatchID, error) {
	over := map[chat.ThreadID][]chat.WatchID{}
	present, err := tx.PresentAgents(chat.Micros(d.now().Add(-presentFor)))
	if err != nil {
		return nil, err
	}
	for _, w := range watches {
		t, err := tx.Thread(w.Thread)
		if err != nil {
			return nil, err
		}
		end, err := d.dueEnd(tx, t, w, present)
		if err != nil {
			return nil, err
		}
		e, err := etiquetteOf(tx, t.Group)
		if err != nil {
			return nil, err
		}
		if end != "" || w.Told != toldOf(w, e) {
			over[w.Thread] = append(over[w.Thread], w.ID)
		}
	}
	return over, nil
}

// dueEnd is how a watch has to end by itself; "" = it goes on.
func (d *Desk) dueEnd(tx *store.Tx, t chat.Thread, w chat.Watch, present map[chat.AgentID]int64) (chat.WatchEnd, error) {
	if end, err := endOf(tx, t, w); err != nil || end != "" {
		return end, err
	}
	a, err := tx.Agent(w.Watcher)
	if err != nil {
		return "", err
	}
	e, err := etiquetteOf(tx, t.Group)
	if err != nil {
		return "", err
	}
	// Who began while nobody led is not asked again; the state of the Thread is no
	// matter of manners.
	s := chat.State{Thread: &t}
	if err := chat.MayWatch(s, a, e.At(d.now()), w.Invited != ""); chat.IsKind(err, chat.Denied) {
		return chat.WatchRefused, nil
	}
	_, here := present[w.Watcher]
	if seen := max(w.Began, chat.Micros(d.started)); !here && chat.Micros(d.now())-seen > presentFor.Microseconds() {
		return chat.WatchGone, nil
	}
	return "", nil
}

// endOverdue looks again under the Conversation's lock.
func (d *Desk) endOverdue(tx *store.Tx, id chat.ThreadID) error {
	watches, err := tx.WatchesOf(id)
	if err != nil || len(watches) == 0 {
		return err
	}
	if _, err := tx.Lock(watches[0].Conversation); err != nil {
		return err
	}
	t, err := tx.Thread(id)
	if err != nil {
		return err
	}
	present, err := tx.PresentAgents(chat.Micros(d.now().Add(-presentFor)))
	if err != nil {
		return err
	}
	ends := map[chat.WatchID]chat.WatchEnd{}
	for _, w := range watches {
		if ends[w.ID], err = d.dueEnd(tx, t, w, present); err != nil {
			return err
		}
	}
	out := facts{}
	if err := out.end(tx, t, watches, chat.Micros(d.now()), func(w chat.Watch) chat.WatchEnd { return ends[w.ID] }); err != nil {
		return err
	}
	if err := out.retell(tx, t, chat.Micros(d.now())); err != nil {
		return err
	}
	return out.tell(tx)
}

// retell puts the watches of a Thread under what its group has agreed by now about
// what the lead is told.
func (f facts) retell(tx *store.Tx, t chat.Thread, at int64) error {
	e, err := etiquetteOf(tx, t.Group)
	if err != nil {
		return err
	}
	before, err := tx.WatchesOf(t.ID)
	if err != nil {
		return err
	}
	after := slices.Clone(before)
	for i, w := range before {
		if w.Told == toldOf(w, e) {
			continue
		}
		after[i].Told = toldOf(w, e)
		if err := tx.SaveWatch(after[i]); err != nil {
			return err
		}
		f.add(w.Watcher, chat.KindWatch, at, after[i])
	}
	f.lead(t, before, after, at)
	return nil
}

// stopWatching ends all that an agent watches.
func (d *Desk) stopWatching(tx *store.Tx, a chat.AgentID, how chat.WatchEnd) error {
	mine, err := tx.WatchesBy(a)
	if err != nil {
		return err
	}
	out := facts{}
	for _, w := range mine {
		t, err := tx.Thread(w.Thread)
		if err != nil {
			return err
		}
		watches, err := tx.WatchesOf(w.Thread)
		if err != nil {
			return err
		}
		if err := out.end(tx, t, watches, chat.Micros(d.now()), func(other chat.Watch) chat.WatchEnd {
			if other.ID == w.ID {
				return how
			}
			return ""
		}); err != nil {
			return err
		}
	}
	return out.tell(tx)
}
