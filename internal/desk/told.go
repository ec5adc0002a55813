package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const (
	// tellEvery is how often a waiting visitor is told where nothing changed, well
	// before the word expires.
	tellEvery = 30 * time.Second
	// tellSoonest is how often the whole queue is told of changes.
	tellSoonest = 2 * time.Second
	// tellAtOnce signals go out at one look at the queues. The bus holds
	// bus.MaxSignals for everybody, and drops the oldest: typing and presence must
	// not be lost for a long queue.
	tellAtOnce = 400
)

// told is what this node knows of what each waiting visitor was told last. The truth
// is stored, for all nodes and for after a restart.
type told struct {
	mu sync.Mutex // guards everything below
	at time.Time  // of the last look at the queues
	// last are the words as they were read or written last; nil = they are to be read.
	last map[chat.ThreadID]word
}

// due is a visitor who is to be told a word: on says that he waits, again that he was
// told the same before, and quiet that nothing is signalled, since he waits in another
// Thread now.
type due struct {
	thread           chat.ThreadID
	word             word
	on, again, quiet bool
}

// recall reads what was told where this node does not know it. It comes before the
// situation that is told is loaded.
func (d *Desk) recall(ctx context.Context) error {
	d.told.mu.Lock()
	defer d.told.mu.Unlock()
	if d.told.last != nil {
		return nil
	}
	var all []store.Told
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.AllTold()
		return err
	})
	if err != nil {
		return err
	}
	d.told.last = make(map[chat.ThreadID]word, len(all))
	for _, t := range all {
		w := wordOf(t)
		w.repeated, w.load = w.at, d.latest.loads.Load()+1
		d.told.last[t.Thread] = w
	}
	return nil
}

// tellQueues tells those who wait where they stand, by signals: at once where
// something changed, in a large queue every 2 s, and again before the word
// expires. Of very many, those who have not been told for longest.
func (d *Desk) tellQueues(ctx context.Context, s *situation, changed bool) error {
	d.told.mu.Lock()
	defer d.told.mu.Unlock()
	age := s.at.Sub(d.told.at)
	if soon := age >= 0 && age < tellSoonest; d.told.last == nil || soon && (!changed || s.took > quickly) {
		return nil
	}
	d.told.at = s.at
	all := longestUntold(d.untold(ctx, s))
	d.learnLanguages(ctx, s, all)
	return d.tell(ctx, s, all)
}

// longestUntold are those of many who have not been told for longest.
func longestUntold(all []due) []due {
	order := make([]*due, len(all)) // a due is large to be moved about
	for i := range all {
		order[i] = &all[i]
	}
	slices.SortFunc(order, func(x, y *due) int {
		return cmp.Or(x.word.repeated.Compare(y.word.repeated), strings.Compare(string(x.thread), string(y.thread)))
	})
	order = order[:min(len(order), tellAtOnce)]
	first := make([]due, len(order))
	for i, one := range order {
		first[i] = *one
	}
	return first
}

// untold are those who are to be told something now. Their words say when they were
// told last. What was told already is said again by one node. Of whom more is known
// than this situation knows, nothing is said.
func (d *Desk) untold(ctx context.Context, s *situation) []due {
	var all []due
	waiting, waits := make(map[chat.ThreadID]bool, len(s.threads)), make(map[chat.ConversationID]bool, len(s.threads))
	repeats, at := !d.follows.Load(), d.now() // not s.at: what is read counts from when it is told
	for g, queue := range d.waits(ctx, s) {
		for _, one := range queue {
			waiting[one.Thread] = true
			was, told := d.told.last[one.Thread]
			was.conversation = s.threads[one.Thread].Conversation
			waits[was.conversation] = true
			now := next(was, g, one, at)
			now.repeated = was.repeated
			switch age := at.Sub(was.repeated); {
			case was.load > s.load:
			case !told || !was.says(now):
				all = append(all, due{thread: one.Thread, word: now, on: true})
			case repeats && (age >= tellEvery || age < -tellEvery):
				all = append(all, due{thread: one.Thread, word: was, on: true, again: true})
			}
		}
	}
	for id, w := range d.told.last {
		if !waiting[id] && w.load <= s.load {
			all = append(all, due{thread: id, word: w, quiet: waits[w.conversation]})
		}
	}
	return all
}

// tell stores the words that are new and tells all of them then, one node at a time. Of
// those that are out of date it tells none; then there is another look at once. The
// caller holds told.mu.
func (d *Desk) tell(ctx context.Context, s *situation, all []due) error {
	if len(all) == 0 {
		return nil
	}
	var at scene
	err := d.store.Write(ctx, func(tx *store.Tx) (err error) {
		if at, err = presently(tx, all); err != nil || !at.mine {
			return err
		}
		var rows []store.Told
		var over []chat.ThreadID
		for _, one := range all {
			switch {
			case !d.holds(one, at), one.again:
			case one.on:
				rows = append(rows, one.word.row(one.thread))
			default:
				over = append(over, one.thread)
			}
		}
		return errors.Join(tx.SaveTold(rows), tx.EndTold(over))
	})
	if err != nil {
		d.told.last = nil // whether it was stored is not known
		return err
	}
	late := !at.mine
	for _, one := range all {
		switch {
		case !at.mine:
		case d.holds(one, at):
			d.speak(s, one)
		default:
			d.learnTold(one.thread, at.told)
			late = true
		}
	}
	if late {
		d.told.at = time.Time{}
		d.stir()
	}
	return nil
}

// scene is how those who are to be told stand when they are told.
type scene struct {
	mine   bool // no other node tells at this moment
	told   map[chat.ThreadID]store.Told
	queued map[chat.ThreadID]chat.GroupID
}

func presently(tx *store.Tx, all []due) (at scene, err error) {
	if at.mine, err = tx.LockRouter(); err != nil || !at.mine {
		return at, err
	}
	ids := make([]chat.ThreadID, len(all))
	for i, one := range all {
		ids[i] = one.thread
	}
	rows, err := tx.Told(ids...)
	if err != nil {
		return at, err
	}
	at.told = make(map[chat.ThreadID]store.Told, len(rows))
	for _, t := range rows {
		at.told[t.Thread] = t
	}
	at.queued, err = tx.Queued(ids...)
	return at, err
}

// holds reports whether a word may be told: this node knew what was told last, so
// that the word comes from a newer look at the queues, and who is told a place has it.
func (d *Desk) holds(one due, at scene) bool {
	w, known := d.told.last[one.thread]
	t, told := at.told[one.thread]
	g, queued := at.queued[one.thread]
	knew := known == told && (!told || chat.Micros(w.at) == t.At)
	return knew && (!one.on || queued && g == one.word.group)
}

// learnTold takes over what another node has told, which has said it.
func (d *Desk) learnTold(id chat.ThreadID, stored map[chat.ThreadID]store.Told) {
	t, told := stored[id]
	was := d.told.last[id]
	switch w := wordOf(t); {
	case !told:
		delete(d.told.last, id)
	case chat.Micros(was.at) == t.At: // it was known
	default:
		w.language, w.repeated, w.load = was.language, w.at, d.latest.loads.Load()+1
		d.told.last[id] = w
	}
}

// speak signals a word, and remembers it.
func (d *Desk) speak(s *situation, one due) {
	if !one.on {
		if !one.quiet {
			d.signalQueue(one.word.conversation, chat.QueuePlace{}, false)
		}
		delete(d.told.last, one.thread)
		return
	}
	one.word.repeated, one.word.load = d.now(), s.load
	d.signalQueue(one.word.conversation, one.word.place(s.queueName(one.word.group, one.word.language)), true)
	d.told.last[one.thread] = one.word
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
