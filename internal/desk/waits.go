package desk

import (
	"context"
	"sync"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

const (
	// tellEvery is how often a waiting visitor is told where nothing changed, well
	// before the word expires.
	tellEvery = 30 * time.Second
	// tellSoonest is how often the whole queue is told of changes.
	tellSoonest = 2 * time.Second
	// tellMost are told their place; those behind them read the range alone.
	tellMost = 50
)

// told remembers what each waiting visitor was told last, so that a position
// never goes up and a range moves step by step. A restart forgets it.
type told struct {
	mu   sync.Mutex // guards everything below
	at   time.Time  // of the last look at the queues
	last map[chat.ThreadID]word
}

// word is what a visitor was told: a position (0 = not), a step (-1 = none), and
// since when and when he was told it.
type word struct {
	conversation chat.ConversationID
	position     int
	step         int
	since, at    time.Time
}

// tellQueues tells those who wait where they stand, by signals: at once where
// something changed, in a large queue every 2 s, and again before the word
// expires.
func (d *Desk) tellQueues(ctx context.Context, s *situation, changed bool) {
	d.told.mu.Lock()
	defer d.told.mu.Unlock()
	age := s.at.Sub(d.told.at)
	if soon := age >= 0 && age < tellSoonest; soon && (!changed || s.took > quickly) {
		return
	}
	d.told.at = s.at
	waiting := map[chat.ThreadID]word{}
	for _, queue := range s.state.AllWaits(d.knownOf(ctx, s), s.at) {
		for _, one := range queue {
			waiting[one.Thread] = d.tellOne(s, one)
		}
	}
	for id, w := range d.told.last {
		if _, still := waiting[id]; !still {
			d.signalQueue(w.conversation, chat.QueuePlace{}, false)
		}
	}
	d.told.last = waiting
}

// knownOf is what is known of the groups in which somebody waits. Where that
// cannot be loaded, no estimate is better than no word of the queue.
func (d *Desk) knownOf(ctx context.Context, s *situation) map[chat.GroupID]routing.Known {
	all := map[chat.GroupID]routing.Known{}
	for i := range s.state.Threads {
		t := &s.state.Threads[i]
		if _, asked := all[t.Group]; asked || t.State != chat.Queued {
			continue
		}
		known, err := d.known(ctx, t.Group)
		if err != nil {
			known = routing.Known{}
		}
		all[t.Group] = known
	}
	return all
}

// tellOne tells one visitor where that is due, and returns what he knows now.
func (d *Desk) tellOne(s *situation, one routing.Told) word {
	t := s.threads[one.Thread]
	was, knew := d.told.last[one.Thread]
	now := next(was, knew, one, s.at)
	now.conversation = t.Conversation
	if knew && now.position == was.position && now.step == was.step && s.at.Sub(was.at) < tellEvery {
		now.at = was.at
		return now
	}
	now.at = s.at
	d.signalQueue(t.Conversation, now.place(s.groups[t.Group].Name), true)
	return now
}

// next is what is said after what was said: a position that has gone up is not
// said, the range is. A range falls at once and rises step by step.
func next(was word, knew bool, one routing.Told, at time.Time) word {
	w := word{position: one.Position, step: -1, since: at}
	if one.Estimate.Shown {
		w.step = one.Estimate.Step()
		if knew && was.step >= 0 {
			w.step = routing.NextStep(was.step, w.step, at.Sub(was.since))
		}
	}
	if knew && w.step == was.step {
		w.since = was.since
	}
	overtaken := knew && was.position > 0 && one.Position > was.position
	silenced := knew && was.position == 0 && was.step >= 0
	if one.Position > tellMost || ((overtaken || silenced) && w.step >= 0) {
		w.position = 0
	}
	return w
}

func (w word) place(group string) chat.QueuePlace {
	p := chat.QueuePlace{Position: w.position, Group: group}
	if w.step >= 0 {
		step := w.step
		p.Step = &step
	}
	return p
}

func (d *Desk) signalQueue(c chat.ConversationID, p chat.QueuePlace, on bool) {
	d.bus.Signal(chat.Signal{Kind: chat.SignalQueue, Conversation: c, Actor: chat.System(), Audience: chat.ForAll, On: on,
		Expires: chat.Micros(d.now().Add(chat.QueueTTL)), Data: &p})
}

// placeOf is what a waiting visitor is told when he loads his conversation; nil
// where he does not wait.
func (d *Desk) placeOf(ctx context.Context, id chat.ThreadID) (*chat.QueuePlace, error) {
	s, err := d.situation(ctx)
	if err != nil {
		return nil, err
	}
	t, open := s.threads[id]
	if !open || t.State != chat.Queued {
		return nil, nil
	}
	known, err := d.known(ctx, t.Group)
	if err != nil {
		return nil, err
	}
	d.told.mu.Lock()
	defer d.told.mu.Unlock()
	for _, one := range s.state.Waits(t.Group, known, s.at) {
		if one.Thread == id {
			was, knew := d.told.last[id]
			p := next(was, knew, one, s.at).place(s.groups[t.Group].Name)
			return &p, nil
		}
	}
	return nil, nil
}
