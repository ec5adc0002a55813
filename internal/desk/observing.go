package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const (
	pageOfWatches = 50
	maxWall       = 200
)

// Observing is what an agent has to do with watching, as of a snapshot.
type Observing struct {
	// Watching is what he watches now.
	Watching []chat.Watch `json:"watching"`
	// Watched is who watches the chats that he leads, as far as he may know.
	Watched []chat.Watched `json:"watched"`
	// Invited is what he is asked to watch and may see.
	Invited []chat.WatchInvited `json:"invited"`
}

// observing loads it.
func observing(tx *store.Tx, me chat.Agent) (o Observing, err error) {
	o = Observing{Watched: []chat.Watched{}, Invited: []chat.WatchInvited{}}
	if o.Watching, err = tx.WatchesBy(me.ID); err != nil {
		return o, err
	}
	if o.Watching == nil {
		o.Watching = []chat.Watch{}
	}
	if o.Watched, err = watchedOf(tx, me.ID); err != nil {
		return o, err
	}
	o.Invited, err = invitedOf(tx, me)
	return o, err
}

func watchedOf(tx *store.Tx, lead chat.AgentID) ([]chat.Watched, error) {
	all := []chat.Watched{}
	watches, err := tx.Watches()
	if err != nil {
		return all, err
	}
	byThread := map[chat.ThreadID][]chat.Watch{}
	for _, w := range watches {
		if w.Lead == lead {
			byThread[w.Thread] = append(byThread[w.Thread], w)
		}
	}
	for id, open := range byThread {
		known := chat.TellLead(chat.Thread{ID: id, Conversation: open[0].Conversation}, open)
		if known.Count > 0 {
			all = append(all, known)
		}
	}
	slices.SortFunc(all, func(x, y chat.Watched) int { return cmp.Compare(x.Thread, y.Thread) })
	return all, nil
}

func invitedOf(tx *store.Tx, me chat.Agent) ([]chat.WatchInvited, error) {
	all := []chat.WatchInvited{}
	invites, err := tx.WatchInvites(me.ID)
	if err != nil {
		return all, err
	}
	for _, i := range invites {
		t, err := tx.Thread(i.Thread)
		if err != nil {
			return all, err
		}
		if !t.Access().Admits(me.Viewer()) || t.TakesPart(me.ID) {
			continue
		}
		by, err := tx.Agent(i.By)
		if err != nil {
			return all, err
		}
		all = append(all, chat.WatchInvited{Conversation: i.Conversation, Thread: i.Thread, By: by.ID, ByName: by.Name})
	}
	return all, nil
}

// Observation is one entry of the log of watches. Visitor is his name, where the
// reader may see the chat.
type Observation struct {
	chat.Watch
	Visitor string `json:"visitor,omitempty"`
}

// Observations asks for a page of the log of watches, newest first. Of is whose;
// Before is where the page before ended.
type Observations struct {
	Of     chat.AgentID
	Before chat.WatchMark
}

// ObservationPage is a page of the log of watches. Next is where the next one begins;
// nil = this is the last.
type ObservationPage struct {
	Observations []Observation   `json:"observations" nullable:"false" doc:"Newest first."`
	Next         *chat.WatchMark `json:"next,omitempty" doc:"Where the next page begins; absent = this is the last."`
}

// MyObservations are those in which the agent was watched, or watched himself where
// mine says so. Of one that goes on and that he is not to know of by name he reads
// when it is over.
func (d *Desk) MyObservations(ctx context.Context, a chat.Agent, mine bool, before chat.WatchMark) (ObservationPage, error) {
	q := store.WatchQuery{Lead: a.ID, Before: before, Limit: pageOfWatches + 1}
	if mine {
		q.Lead, q.Watcher = "", a.ID
	}
	return d.observations(ctx, a, q, func(w chat.Watch) bool { return mine || w.Ended != 0 || w.Open() })
}

// Observations are those of an agent, or all, for who oversees the team; who
// oversees a group reads those of its chats.
func (d *Desk) Observations(ctx context.Context, a chat.Agent, in Observations) (ObservationPage, error) {
	q := store.WatchQuery{Lead: in.Of, Before: in.Before, Limit: pageOfWatches + 1}
	return d.observations(ctx, a, q, nil)
}

// observations loads a page; known nil asks for a reader who oversees.
func (d *Desk) observations(ctx context.Context, a chat.Agent, q store.WatchQuery, known func(chat.Watch) bool) (ObservationPage, error) {
	var out ObservationPage
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		out = ObservationPage{Observations: []Observation{}}
		me, err := present(tx, a.ID)
		if err == nil && known == nil && !me.Role.Oversees() {
			if q.Groups = me.Viewer().Supervises; len(q.Groups) == 0 {
				err = chat.Errorf(chat.Denied, "The log of all observations is for supervisors. Your own is in your settings.")
			}
		}
		if err != nil {
			return err
		}
		watches, err := tx.WatchLog(q)
		if err != nil {
			return err
		}
		if len(watches) > pageOfWatches {
			watches = watches[:pageOfWatches]
			last := watches[pageOfWatches-1]
			out.Next = &chat.WatchMark{Began: last.Began, ID: last.ID}
		}
		for _, w := range watches {
			if known != nil && !known(w) {
				continue
			}
			o, err := observation(tx, me.Viewer(), w)
			if err != nil {
				return err
			}
			out.Observations = append(out.Observations, o)
		}
		return nil
	})
	return out, err
}

func observation(tx *store.Tx, v chat.Viewer, w chat.Watch) (Observation, error) {
	o := Observation{Watch: w}
	t, err := tx.Thread(w.Thread)
	if err != nil || !t.Access().Admits(v) {
		return o, err
	}
	rows, err := tx.Rows([]chat.ConversationID{w.Conversation})
	if err == nil && len(rows) == 1 {
		o.Visitor = rows[0].Visitor.Name
	}
	return o, err
}

// WallChat is a chat that the agent may watch, or that asks for help.
type WallChat struct {
	Row chat.Row `json:"row"`
	// Watching: he does so now. MayWatch and MayTakeOver: he may.
	Watching    bool `json:"watching,omitempty"`
	MayWatch    bool `json:"may_watch,omitempty"`
	MayTakeOver bool `json:"may_take_over,omitempty"`
	// MayHelp: he may take its help flag, where it has one that nobody has taken.
	MayHelp bool `json:"may_help,omitempty"`
}

// Wall lists the chats that somebody leads and that the agent may watch, those that
// ask for help first, then who waits longest.
func (d *Desk) Wall(ctx context.Context, a chat.Agent) ([]WallChat, error) {
	s, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	out := []WallChat{}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		out, err = s.wall(tx, me, d.now())
		return err
	})
	return out, err
}

func (s *situation) wall(tx *store.Tx, me chat.Agent, now time.Time) ([]WallChat, error) {
	mine, err := tx.WatchesBy(me.ID)
	if err != nil {
		return nil, err
	}
	watching := map[chat.ThreadID]bool{}
	for _, w := range mine {
		watching[w.Thread] = true
	}
	invites, err := tx.WatchInvites(me.ID)
	if err != nil {
		return nil, err
	}
	var ids []chat.ConversationID
	chats := map[chat.ConversationID]WallChat{}
	for _, t := range s.threads {
		if t.State != chat.Active || t.TakesPart(me.ID) || !t.Access().Admits(me.Viewer()) {
			continue
		}
		invited := slices.ContainsFunc(invites, func(i store.WatchInvite) bool { return i.Thread == t.ID })
		one := WallChat{Watching: watching[t.ID]}
		rights := chat.LadderOf(chat.State{Thread: &t}, me, s.groups[t.Group].Etiquette.At(now), invited)
		one.MayWatch, one.MayTakeOver = rights.Follow, rights.TakeOver
		one.MayHelp = rights.Help && t.Help != nil && t.Help.TakenBy == "" && t.Help.By != me.ID
		if one.MayWatch || one.Watching || t.Help != nil {
			ids, chats[t.Conversation] = append(ids, t.Conversation), one
		}
	}
	rows, err := tx.Rows(ids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, byNeed)
	out := make([]WallChat, 0, len(rows))
	for _, r := range rows[:min(len(rows), maxWall)] {
		// The row is newer than the situation: it may be nobody's business by now.
		if r.Thread == nil || r.Thread.State != chat.Active || !r.Access().Admits(me.Viewer()) {
			continue
		}
		one := chats[r.Conversation.ID]
		one.Row = r
		out = append(out, one)
	}
	return out, nil
}

// byNeed orders chats: help flags first, the oldest before and those that somebody has
// taken after the others, then who waits longest,
// then by when the lead got it.
func byNeed(x, y chat.Row) int {
	return cmp.Or(cmp.Compare(flaggedAt(x), flaggedAt(y)), cmp.Compare(unansweredSince(x), unansweredSince(y)),
		cmp.Compare(x.Thread.TakenAt, y.Thread.TakenAt), cmp.Compare(x.Conversation.ID, y.Conversation.ID))
}

const never = int64(1) << 62

func flaggedAt(r chat.Row) int64 {
	if r.Thread.Help == nil {
		return never
	}
	return called(r.Thread.Help.Since, r.Thread.Help.TakenBy)
}

func unansweredSince(r chat.Row) int64 { return cmp.Or(r.Thread.WaitingSince, never) }
