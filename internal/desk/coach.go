package desk

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const (
	pageOfCoaching = 30
	maxCoaches     = 20 // whom one agent asks
	monthsOfCounts = 6
)

// CoachingView is what an agent's page about learning begins with.
type CoachingView struct {
	Counts store.CoachingCounts `json:"counts"`
	// Asked are whom I have asked to coach me.
	Asked []chat.AgentID `json:"asked" doc:"Whom I have asked to coach me."`
	// Coaches may coach me, MayCoach are whom I may coach.
	Coaches  []chat.AgentID  `json:"coaches" doc:"Everybody who may coach me."`
	MayCoach []chat.AgentID  `json:"may_coach" doc:"Everybody whom I may coach."`
	Peers    []chat.GroupID  `json:"peers" doc:"Groups whose members may coach each other."`
	Months   []CoachingMonth `json:"months" doc:"What I was given, month by month in UTC; nobody else's."`
}

// CoachingMonth is how much feedback of each kind one was given in a month.
type CoachingMonth struct {
	From    int64 `json:"from" doc:"Its first moment, microseconds."`
	Praise  int   `json:"praise"`
	Improve int   `json:"improve"`
	Wrong   int   `json:"wrong"`
}

// Coaching loads an agent's own view.
func (d *Desk) Coaching(ctx context.Context, a chat.Agent) (CoachingView, error) {
	v := CoachingView{}
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		if v.Counts, err = tx.CoachingCounts(me.ID); err != nil {
			return err
		}
		if err := v.people(tx, me); err != nil {
			return err
		}
		v.Months, err = countMonths(tx, me.ID, d.now())
		return err
	})
	return v, err
}

func (v *CoachingView) people(tx *store.Tx, me chat.Agent) error {
	rules, err := tx.Coaching()
	if err != nil {
		return err
	}
	team, err := answering(tx)
	if err != nil {
		return err
	}
	v.Asked, v.Peers = append([]chat.AgentID{}, rules.Asked[me.ID]...), rules.Peers
	v.Coaches, v.MayCoach = []chat.AgentID{}, []chat.AgentID{}
	for _, other := range team {
		if rules.MayCoach(other, me) {
			v.Coaches = append(v.Coaches, other.ID)
		}
		if rules.MayCoach(me, other) {
			v.MayCoach = append(v.MayCoach, other.ID)
		}
	}
	return nil
}

func countMonths(tx *store.Tx, a chat.AgentID, now time.Time) ([]CoachingMonth, error) {
	y, m, _ := now.UTC().Date()
	starts := make([]int64, monthsOfCounts+1)
	for i := range starts {
		starts[i] = chat.Micros(time.Date(y, m+time.Month(i+1-monthsOfCounts), 1, 0, 0, 0, 0, time.UTC))
	}
	counts, err := tx.FeedbackFigures(a, starts)
	months := make([]CoachingMonth, monthsOfCounts)
	for i := range months {
		months[i].From = starts[i]
		for _, c := range counts {
			if c.Month == starts[i] {
				months[i].count(c)
			}
		}
	}
	return months, err
}

func (m *CoachingMonth) count(c store.FeedbackCount) {
	switch c.Kind {
	case chat.Praise:
		m.Praise = c.Count
	case chat.Improve:
		m.Improve = c.Count
	case chat.Wrong:
		m.Wrong = c.Count
	}
}

// SetCoaches replaces whom an agent asks to coach him.
func (d *Desk) SetCoaches(ctx context.Context, a chat.Agent, coaches []chat.AgentID) error {
	wanted := slices.Compact(slices.Sorted(slices.Values(coaches)))
	if len(wanted) > maxCoaches {
		return chat.Errorf(chat.Invalid, "At most %d colleagues can be asked.", maxCoaches)
	}
	_, _, err := d.coach(ctx, a, coachingAct{rule: func(tx *store.Tx, me chat.Agent) (change, error) {
		for _, c := range wanted {
			coach, err := tx.Agent(c)
			if chat.IsKind(err, chat.Missing) || err == nil && (coach.Disabled || c == me.ID) {
				err = chat.Errorf(chat.Invalid, "Ask colleagues of the team. Nothing was changed.")
			}
			if err != nil {
				return change{}, err
			}
		}
		rules, err := tx.Coaching()
		if err != nil {
			return change{}, err
		}
		return change{noun: chat.NounCoaches, people: append(slices.Clone(wanted), rules.Asked[me.ID]...)}, tx.SetCoaches(me.ID, wanted)
	}})
	return err
}

// SetPeers says whether the members of a group may coach each other.
func (d *Desk) SetPeers(ctx context.Context, by chat.Agent, g chat.GroupID, peers bool) error {
	_, _, err := d.coach(ctx, by, coachingAct{rule: func(tx *store.Tx, me chat.Agent) (change, error) {
		if _, err := manager(tx, me); err != nil {
			return change{}, err
		}
		if _, err := liveGroup(tx, g); err != nil {
			return change{}, err
		}
		return change{noun: chat.NounCoaches, id: string(g), team: true}, tx.SetPeers(g, peers)
	}})
	return err
}

// coachingAct is one act of coaching. A key makes doing it again harmless;
// what is the same when it is done twice needs none.
type coachingAct struct {
	key    string
	intent intent
	rule   func(*store.Tx, chat.Agent) (change, error)
}

// change is what an act of coaching has changed, and whom besides its actor it
// concerns.
type change struct {
	noun   chat.CoachingNoun
	id     string
	people []chat.AgentID
	team   bool // the team is told that there is something to look at, or no more
}

// meant is what a key of coaching stands for.
func meant(act, id string, in any) (intent, error) {
	raw, err := json.Marshal(in)
	return intent{Act: act + " " + id, Text: string(raw)}, err
}

// coach runs an act and tells those whom it concerns, each in his own reserved
// Conversation. It answers the id of what changed, and whether the key had done
// it before.
func (d *Desk) coach(ctx context.Context, a chat.Agent, in coachingAct) (id string, again bool, err error) {
	var hash []byte
	if in.intent.Act != "" {
		if err = checkKey(in.key); err != nil {
			return "", false, err
		}
		if hash, err = d.fingerprint(ctx, in.intent); err != nil {
			return "", false, err
		}
	}
	err = d.write(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		if hash != nil {
			if id, again, err = coachedBefore(tx, in.key, me.ID, hash); err != nil || again {
				return err
			}
		}
		done, err := in.rule(tx, me)
		if err != nil {
			return err
		}
		id = done.id
		own, err := d.tellOf(tx, me, done)
		if err != nil || hash == nil {
			return err
		}
		return remember(tx, in.key, agentOwner(me.ID), hash, chat.AgentConversation(me.ID), own)
	})
	return id, again, err
}

// coachedBefore finds what a key has done: its event names it. There is one
// writer, so nobody comes between the look and what follows.
func coachedBefore(tx *store.Tx, key string, a chat.AgentID, hash []byte) (id string, found bool, err error) {
	events, found, err := earlier(tx, key, agentOwner(a), hash)
	if err != nil || !found || len(events) == 0 {
		return "", found, err
	}
	body, err := chat.Decode[chat.CoachingChanged](events[0])
	return body.ID, true, err
}

// tellOf tells everybody whom a change concerns, in the order of locks, and
// answers what the actor was told.
func (d *Desk) tellOf(tx *store.Tx, by chat.Agent, c change) (own []chat.Event, err error) {
	fact := func() chat.Event {
		return d.fact(chat.KindCoaching, by.Actor(), chat.CoachingChanged{Noun: c.noun, ID: c.id})
	}
	people := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(c.people), by.ID))))
	for _, p := range people {
		events, err := noted(tx, chat.AgentConversation(p), fact())
		if err != nil {
			return nil, err
		}
		if p == by.ID {
			own = events
		}
	}
	if c.team {
		err = tell(tx, chat.TeamConversation, fact())
	}
	return own, err
}

// mayCoach refuses who may not coach an agent.
func mayCoach(tx *store.Tx, coach chat.Agent, agent chat.AgentID) error {
	rules, err := tx.Coaching()
	if err != nil {
		return err
	}
	who, err := tx.Agent(agent)
	if err == nil && !rules.MayCoach(coach, who) {
		err = chat.Errorf(chat.Denied, "You may not coach %s. Supervisors may, and whom %s has asked.", who.Name, who.Name)
	}
	return err
}
