package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

const (
	// tellEvery is how often a waiting visitor is told where nothing changed, well
	// before the word expires.
	tellEvery = 30 * time.Second
	// tellSoonest is how often the whole queue is told of changes.
	tellSoonest = 2 * time.Second
	// tellMost are told their place; those behind them read the range alone.
	tellMost = 50
	// tellAtOnce signals go out at one look at the queues. The bus holds
	// bus.MaxSignals for everybody, and drops the oldest: typing and presence must
	// not be lost for a long queue.
	tellAtOnce = 400
)

// told remembers what each waiting visitor was told last, so that a position
// never goes up and a range rises mark by mark. A restart forgets it.
type told struct {
	mu   sync.Mutex // guards everything below
	at   time.Time  // of the last look at the queues
	last map[chat.ThreadID]word

	of     *situation // whose queues these are
	queues map[chat.GroupID][]routing.Told
}

// word is what a visitor was told: a position (0 = not) and the lowest that he
// was told in the queue of that group, a range (zero = no estimate), and since when
// and when he was told it.
type word struct {
	conversation chat.ConversationID
	group        chat.GroupID
	language     string
	position     int
	lowest       int
	wait         chat.Minutes
	since, at    time.Time
}

// due is a visitor who is to be told a word; on says that he waits.
type due struct {
	thread chat.ThreadID
	word   word
	on     bool
	was    time.Time // when he was told last
}

// tellQueues tells those who wait where they stand, by signals: at once where
// something changed, in a large queue every 2 s, and again before the word
// expires. Of very many, those who have not been told for longest.
func (d *Desk) tellQueues(ctx context.Context, s *situation, changed bool) {
	d.told.mu.Lock()
	defer d.told.mu.Unlock()
	age := s.at.Sub(d.told.at)
	if soon := age >= 0 && age < tellSoonest; soon && (!changed || s.took > quickly) {
		return
	}
	d.told.at = s.at
	if d.told.last == nil {
		d.told.last = map[chat.ThreadID]word{}
	}
	all := d.untold(ctx, s)
	slices.SortFunc(all, func(x, y due) int {
		return cmp.Or(x.was.Compare(y.was), strings.Compare(string(x.thread), string(y.thread)))
	})
	all = all[:min(len(all), tellAtOnce)]
	d.learnLanguages(ctx, s, all)
	for _, one := range all {
		if !one.on {
			d.signalQueue(one.word.conversation, chat.QueuePlace{}, false)
			delete(d.told.last, one.thread)
			continue
		}
		t := s.threads[one.thread]
		d.signalQueue(t.Conversation, one.word.place(s.queueName(t.Group, one.word.language)), true)
		d.told.last[one.thread] = one.word
	}
}

// queueName is what a visitor reads of the group in whose queue he is: nothing
// where there is no other that he could be in.
func (s *situation) queueName(g chat.GroupID, language string) string {
	public := 0
	for _, one := range s.groups {
		if !one.Deleted && !one.Private {
			public++
		}
	}
	if public < 2 {
		return ""
	}
	return s.groups[g].PublicName(language)
}

// untold are those who are to be told something now.
func (d *Desk) untold(ctx context.Context, s *situation) []due {
	var all []due
	waiting := map[chat.ThreadID]bool{}
	for g, queue := range d.queues(ctx, s) {
		for _, one := range queue {
			waiting[one.Thread] = true
			was := d.told.last[one.Thread]
			now := next(was, g, one, s.at)
			if was.holds(now, s.at) {
				continue
			}
			now.conversation = s.threads[one.Thread].Conversation
			all = append(all, due{thread: one.Thread, word: now, on: true, was: was.at})
		}
	}
	for id, w := range d.told.last {
		if !waiting[id] {
			all = append(all, due{thread: id, word: w, was: w.at})
		}
	}
	return all
}

// queues are the queues of a situation, worked out once. The caller holds
// told.mu.
func (d *Desk) queues(ctx context.Context, s *situation) map[chat.GroupID][]routing.Told {
	if d.told.of != s {
		d.told.of, d.told.queues = s, s.state.AllWaits(d.knownOf(ctx, s), s.at)
	}
	return d.told.queues
}

// waits are the queues of a situation for whoever shows them.
func (d *Desk) waits(ctx context.Context, s *situation) map[chat.GroupID][]routing.Told {
	d.told.mu.Lock()
	defer d.told.mu.Unlock()
	return d.queues(ctx, s)
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

// next is what is said after what was said: a position above the lowest that was
// said is not said. A range falls at once and rises mark by mark. What was said in
// another group's queue does not count.
func next(was word, g chat.GroupID, one routing.Told, at time.Time) word {
	knew := was.group == g
	w := word{group: g, language: was.language, position: one.Position, wait: one.Estimate.Minutes(), since: at, at: at}
	if knew {
		w.lowest = was.lowest
	}
	if unknown := (chat.Minutes{}); knew && w.wait != unknown && was.wait != unknown {
		w.wait = routing.NextMinutes(was.wait, w.wait, at.Sub(was.since))
	}
	if knew && w.wait == was.wait {
		w.since = was.since
	}
	overtaken := w.lowest > 0 && one.Position > w.lowest
	if one.Position > tellMost || overtaken {
		w.position = 0
	} else {
		w.lowest = one.Position
	}
	return w
}

// holds reports whether a word need not be said anew: it says the same, and has not
// grown old.
func (w word) holds(now word, at time.Time) bool {
	return w.group == now.group && w.position == now.position && w.wait == now.wait && at.Sub(w.at) < tellEvery
}

func (w word) place(group string) chat.QueuePlace {
	return chat.QueuePlace{Position: w.position, Wait: w.wait, Group: group}
}

func (d *Desk) signalQueue(c chat.ConversationID, p chat.QueuePlace, on bool) {
	d.bus.Signal(chat.Signal{Kind: chat.SignalQueue, Conversation: c, Actor: chat.System(), Audience: chat.ForAll, On: on,
		Expires: chat.Micros(d.now().Add(chat.QueueTTL)), Data: &p})
}

// learnLanguages notes the languages of visitors whose group has names in several.
// One that cannot be loaded is not known: he reads the team's own name.
func (d *Desk) learnLanguages(ctx context.Context, s *situation, all []due) {
	lacks := func(one due) bool {
		g := s.groups[s.threads[one.thread].Group]
		return one.on && one.word.language == "" && !g.Private && len(g.Names) > 0
	}
	if !slices.ContainsFunc(all, lacks) {
		return
	}
	_ = d.store.Read(ctx, func(tx *store.Tx) error {
		for i, one := range all {
			if !lacks(one) {
				continue
			}
			state, err := tx.State(one.word.conversation)
			if err != nil {
				return err
			}
			v, err := tx.Visitor(state.Conversation.Visitor)
			if err != nil {
				return err
			}
			all[i].word.language = v.Language
		}
		return nil
	})
}

// placeOf is what a waiting visitor is told when he loads his conversation: what
// he was told last, or would be next. It is nil where he does not wait.
func (d *Desk) placeOf(ctx context.Context, id chat.ThreadID, language string) (*chat.QueuePlace, error) {
	s, err := d.situation(ctx)
	if err != nil {
		return nil, err
	}
	if s.threads[id].State != chat.Queued { // he began, or came back, a moment ago
		if s, err = d.current(ctx); err != nil {
			return nil, err
		}
	}
	t := s.threads[id]
	if t.State != chat.Queued {
		return nil, nil
	}
	d.told.mu.Lock()
	defer d.told.mu.Unlock()
	w := d.told.last[id]
	if age := s.at.Sub(w.at); w.group != t.Group || age < 0 || age > 2*tellEvery {
		i := slices.IndexFunc(d.queues(ctx, s)[t.Group], func(one routing.Told) bool { return one.Thread == id })
		if i < 0 {
			return nil, nil
		}
		w = next(w, t.Group, d.told.queues[t.Group][i], s.at)
	}
	p := w.place(s.queueName(t.Group, language))
	return &p, nil
}
