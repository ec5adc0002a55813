package desk

import (
	"hash/fnv"
	"math/rand/v2"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/routing/sim"
	"earshot/internal/store"
)

// lookBack loads the visits of the last days as they can be rehearsed.
type lookBack struct {
	s         *situation
	from, now time.Time
	begun     []store.Begun
	past      past
	shifts    []sim.Shift
	sites     map[chat.SiteID]chat.Site
	notes     chat.Because
	// means is how long a chat of each group took.
	means map[chat.GroupID]time.Duration
	known map[chat.GroupID]routing.Known
}

func (l *lookBack) load(tx *store.Tx) error {
	sites, err := tx.Sites()
	if err != nil {
		return err
	}
	l.sites = map[chat.SiteID]chat.Site{}
	for _, site := range sites {
		l.sites[site.ID] = site
	}
	if l.begun, err = tx.Begun(chat.Micros(l.from), chat.Micros(l.now)+1, MaxRehearsalVisits); err != nil {
		return err
	}
	if len(l.begun) == MaxRehearsalVisits {
		l.note(chat.Say("rehearsal.most", MaxRehearsalVisits, day(l.begun[0].Thread.StartedAt, l.now)))
	}
	if l.past, err = loadPast(tx, l.from, l.now, MaxRehearsalVisits); err != nil {
		return err
	}
	l.learn()
	return l.loadShifts(tx)
}

func (l *lookBack) note(s chat.Sentence) { l.notes = append(l.notes, s) }

func day(at int64, now time.Time) string {
	return time.UnixMicro(at).In(now.Location()).Format("2006-01-02 15:04")
}

func (l *lookBack) learn() {
	sittings := l.past.sittings()
	l.known = routing.Know(sittings, l.past.from, l.past.now)
	sums, counts := map[chat.GroupID]time.Duration{}, map[chat.GroupID]int{}
	for _, s := range sittings {
		if s.Lead != "" && s.EndedAt > s.LedAt {
			sums[s.Group] += time.Duration(s.EndedAt-s.LedAt) * time.Microsecond
			counts[s.Group]++
		}
	}
	l.means = map[chat.GroupID]time.Duration{}
	for g, n := range counts {
		l.means[g] = sums[g] / time.Duration(n)
	}
}

// rehearsal makes the visits. A Conversation that came twice has two, each named
// by its Thread.
func (l *lookBack) rehearsal() *rehearsal {
	r := &rehearsal{chats: map[string]rehearsedChat{}, notes: l.notes}
	times := map[chat.ConversationID]int{}
	for _, b := range l.begun {
		times[b.Thread.Conversation]++
	}
	for _, b := range l.begun {
		started, err := chat.Decode[chat.Started](b.Event)
		if err != nil || started.Lead != "" || started.Arrival == nil {
			continue // an agent began it: nobody came
		}
		id := string(b.Thread.Conversation)
		if times[b.Thread.Conversation] > 1 {
			id = string(b.Thread.ID)
		}
		r.visits = append(r.visits, l.visit(id, b.Thread, started))
		r.chats[id] = rehearsedChat{b.Thread.Conversation, b.Thread.ID}
	}
	if len(r.visits) == 0 {
		r.notes = append(r.notes, chat.Say("rehearsal.nobody"))
	}
	return r
}

// visit is one visitor as he came, with what is known of his patience and of how
// long his chat took; what is not known is drawn, always the same for the same
// visit.
func (l *lookBack) visit(id string, t chat.Thread, b chat.Started) sim.Visit {
	site := l.sites[b.Arrival.Site]
	v := sim.Visit{ID: id, At: time.UnixMicro(t.StartedAt).In(l.now.Location()), Arrival: *b.Arrival, Recent: b.Recent, RecentAt: b.RecentAt, Owner: b.Owner,
		Choices: routing.Choices{Visitor: b.Arrival.Chosen, Offered: site.Choose, Default: l.s.existing(site.Group)}}
	if b.Placement != nil {
		reached := l.s.existing(l.s.successor(b.Group))
		switch routing.Cause(b.Placement.Cause) {
		case routing.ByLast:
			v.Choices.Last = reached
		case routing.BySigned: // the token itself is not kept
			v.Choices.Signed = reached
		}
	}
	draw := drawFor(id)
	drawn := func(mean time.Duration) time.Duration { return time.Duration(draw.ExpFloat64() * float64(mean)) }
	patience := drawn(time.Duration(float64(time.Second) / l.leaving(t.Group)))
	handling := drawn(l.mean(t.Group))
	waited, took, left := l.saw(t)
	if took > 0 {
		handling = took
	}
	if left {
		patience = 0
	}
	v.Handling, v.Patience = max(handling, time.Second), max(waited+patience, time.Second)
	return v
}

// saw tells how long the visitor has waited before anybody came, how long his
// chat then took, and whether he gave up.
func (l *lookBack) saw(t chat.Thread) (waited, took time.Duration, left bool) {
	sittings := l.past.sittingsOf(&t)
	for i, s := range sittings {
		end := s.EndedAt
		if end == 0 {
			end = l.past.now
		}
		if s.Lead != "" {
			took += time.Duration(max(end-s.LedAt, 0)) * time.Microsecond
			end = s.TakenAt
		}
		if i == 0 && s.QueuedAt > 0 {
			waited, left = time.Duration(max(end-s.QueuedAt, 0))*time.Microsecond, s.Left
		}
	}
	return waited, took, left
}

func (l *lookBack) leaving(g chat.GroupID) float64 {
	if k, known := l.known[g]; known {
		return k.Leaving
	}
	return routing.LearnPatience(0, 0)
}

func (l *lookBack) mean(g chat.GroupID) time.Duration {
	if m := l.means[g]; m > 0 {
		return m
	}
	return rehearsedHandling
}

// drawFor is the chance of one visit.
func drawFor(id string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return rand.New(rand.NewPCG(h.Sum64(), 0x7e4ea45e))
}
