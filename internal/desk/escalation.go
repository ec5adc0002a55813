package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// JobStep takes the next step of an alert that nobody has noticed.
const JobStep = "alert.step"

// Reasons of a step that called none: nobody could be, a step before it has called them,
// or there is no mailer.
const (
	nobodyToCall  = "nobody"
	calledAlready = "already"
	noMailer      = "no_mail"
)

// stepJob is the next step of a ladder: of one agent's alert, whose name it has then,
// or of what a Conversation calls everybody for. There is one such job for a ladder at
// a time, which moves on in the transaction in which its step is taken.
type stepJob struct {
	Ladder       string              `json:"ladder"`
	Kind         chat.AlertKind      `json:"kind"`
	Conversation chat.ConversationID `json:"conversation"`
	Seq          int64               `json:"seq"`
	Begun        int64               `json:"begun"`
	Step         chat.Step           `json:"step,omitempty"`
}

// sharedLadder names what a Conversation calls everybody for since an event of it.
func sharedLadder(k chat.AlertKind, c chat.ConversationID, seq int64) string {
	return fmt.Sprintf("%s %s %d", k, c, seq)
}

// stepOn enqueues the step beyond the one that a job has taken; "" = none yet.
func stepOn(tx *store.Tx, e chat.Escalation, j stepJob) error {
	step, after, more := e.Next(j.Step)
	if !more {
		return nil
	}
	j.Step = step
	key := j.Ladder
	if j.Kind.Shared() { // what a Conversation called for before is past
		key = fmt.Sprintf("%s %s", j.Kind, j.Conversation)
	}
	return enqueue(tx, JobStep, key, j.Begun+after.Microseconds(), j)
}

// ClimbAlert does the job: where still nobody has noticed, a step calls those whose
// turn it is, and the next one is due later.
func (d *Desk) ClimbAlert(ctx context.Context, job []byte) error {
	var j stepJob
	if err := json.Unmarshal(job, &j); err != nil {
		return fmt.Errorf("desk: job %s: %w", JobStep, err)
	}
	return d.write(ctx, func(tx *store.Tx) error {
		s, err := tx.Lock(j.Conversation)
		if chat.IsKind(err, chat.Missing) {
			return nil
		}
		if err != nil {
			return err
		}
		whose, climbs, err := unnoticed(tx, s, j)
		if err != nil || !climbs {
			return err
		}
		e, err := escalationOf(tx, j.Kind)
		j.Seq = max(j.Seq, whose.Seq)
		if err == nil && e.Takes(j.Step) {
			err = d.takeStep(tx, s, j, whose, e)
		}
		return errors.Join(err, stepOn(tx, e, j))
	})
}

// unnoticed reports whether a ladder climbs on, and whose alert it is; nobody's where
// it is everybody's.
func unnoticed(tx *store.Tx, s chat.State, j stepJob) (chat.Alert, bool, error) {
	if j.Kind.Shared() {
		return chat.Alert{}, chat.Alert{Kind: j.Kind}.Holds(s), nil
	}
	called, err := tx.AlertsOfLadder(j.Ladder)
	if err != nil {
		return chat.Alert{}, false, err
	}
	var own chat.Alert
	for _, a := range called {
		if a.End == chat.AlertSeen {
			return own, false, nil // whoever it is: somebody knows
		}
		if a.Step == "" {
			own = a
		}
	}
	if own.ID == "" || own.EndedAt != 0 || !own.Holds(s) {
		return own, false, nil
	}
	read, err := tx.ReadUpTo(own.Conversation, own.Agent)
	return own, read < own.Seq, err
}

// climbsStill asks unnoticed by the name of a ladder alone.
func climbsStill(tx *store.Tx, s chat.State, ladder string) (bool, error) {
	j := stepJob{Ladder: ladder}
	if kind, _, shared := strings.Cut(ladder, " "); shared { // see sharedLadder
		j.Kind = chat.AlertKind(kind)
	}
	_, climbs, err := unnoticed(tx, s, j)
	return climbs, err
}

// takeStep calls those whose turn it is, and notes it.
func (d *Desk) takeStep(tx *store.Tx, s chat.State, j stepJob, whose chat.Alert, e chat.Escalation) error {
	if j.Step == chat.StepMail {
		return d.mailStep(tx, j, whose)
	}
	who, err := d.calledAt(tx, s, j)
	if err != nil {
		return err
	}
	taken := store.AlertStep{Ladder: j.Ladder, Step: j.Step, At: chat.Micros(d.now()), Called: len(who)}
	if len(who) == 0 {
		before, err := calledBefore(tx, s, j)
		if err != nil {
			return err
		}
		taken.Reason = nobodyToCall
		if before {
			taken.Reason = calledAlready
		}
	}
	if first, err := tx.TakeStep(taken); err != nil || !first {
		return err
	}
	if err := tellOfLeads(tx, s, j, who, taken.At); err != nil {
		return err
	}
	told := chat.AlertRaised{Kind: j.Kind, Conversation: j.Conversation, Seq: j.Seq, Step: j.Step}
	if whose.Agent != "" {
		of, err := tx.Agent(whose.Agent)
		if err != nil {
			return err
		}
		told.ForName = of.Name
	}
	for _, a := range who {
		c := chat.Call{Agent: a, Kind: j.Kind, Seq: j.Seq, By: whose.By, Step: j.Step, For: whose.Agent, Ladder: j.Ladder}
		made, _, err := call(tx, j.Conversation, c, taken.At, e.PushAfter().Microseconds())
		if err != nil {
			return err
		}
		told.Alert = made.ID
		if err := tell(tx, chat.AgentConversation(a), chat.Fact(chat.KindAlertRaised, chat.System(), chat.ForAgents, taken.At, told)); err != nil {
			return err
		}
	}
	return nil
}

// calledBefore reports whether those whom a step calls were called by one before it.
func calledBefore(tx *store.Tx, s chat.State, j stepJob) (called bool, err error) {
	before, err := tx.AlertsOfLadder(j.Ladder)
	for _, one := range before {
		if string(one.ID) == j.Ladder {
			continue // whose alert it is
		}
		a, err := tx.Agent(one.Agent)
		if err != nil {
			return false, err
		}
		called = called || j.Step.Serves(a, groupOf(s))
	}
	return called, err
}

// tellOfLeads has a Group's hook told that its supervisors are called: by this step, or
// some of them before it.
func tellOfLeads(tx *store.Tx, s chat.State, j stepJob, who []chat.AgentID, at int64) error {
	if j.Step != chat.StepLead {
		return nil
	}
	called := len(who) > 0
	if !called {
		var err error
		if called, err = calledBefore(tx, s, j); err != nil || !called {
			return err
		}
	}
	return notice(tx, s, chat.HookUnnoticed, j.Ladder, at)
}

// calledAt is whom a step calls, in the order of their ids, which is that of locks.
func (d *Desk) calledAt(tx *store.Tx, s chat.State, j stepJob) ([]chat.AgentID, error) {
	what, err := tx.Event(j.Conversation, j.Seq)
	if err != nil {
		return nil, err
	}
	team, err := tx.Agents()
	if err != nil {
		return nil, err
	}
	last, err := tx.LastStepIn(j.Step)
	if err != nil {
		return nil, err
	}
	group := groupOf(s)
	var able []chat.Candidate
	for _, a := range team {
		if !j.Step.Serves(a, group) {
			continue
		}
		c := chat.Candidate{Agent: a, Last: last[a.ID]}
		c.Sees, err = newEyes(tx, a.Viewer()).see(what)
		if err == nil && c.Sees { // muted is muted, also for who is called for another
			c.Sees, err = wanted(tx, s, what, chat.Alert{Agent: a.ID, Kind: j.Kind, Conversation: j.Conversation}, a)
		}
		if err == nil && c.Sees {
			c.Called, err = d.knowsOf(tx, s, j, what, a)
		}
		if err == nil && c.Sees && !c.Called {
			var hush chat.Hush
			hush, err = d.hushOf(tx, a, j.Kind, j.Step)
			c.Hushed = hush != ""
		}
		if err != nil {
			return nil, err
		}
		able = append(able, c)
	}
	who := chat.CalledAt(j.Step, group, able)
	slices.Sort(who)
	return who, nil
}

// knowsOf reports whether an agent knows of it already, since he did it himself, takes
// part, was called, or has read it.
func (d *Desk) knowsOf(tx *store.Tx, s chat.State, j stepJob, what chat.Event, a chat.Agent) (bool, error) {
	t := s.OpenThread()
	if what.Actor.Agent() == a.ID || t != nil && (t.TakesPart(a.ID) || slices.Contains(t.Excluded, a.ID)) {
		return true, nil
	}
	open, err := tx.OpenAlerts(j.Conversation)
	if err != nil {
		return false, err
	}
	called, err := tx.AlertsOfLadder(j.Ladder)
	if err != nil {
		return false, err
	}
	his := func(one chat.Alert) bool { return one.Agent == a.ID && one.Kind == j.Kind }
	if slices.ContainsFunc(open, his) || slices.ContainsFunc(called, his) {
		return true, nil
	}
	read, err := tx.ReadUpTo(j.Conversation, a.ID)
	return read >= what.Seq, err
}

// groupOf is the Group that a Conversation belongs to; "" = none.
func groupOf(s chat.State) chat.GroupID {
	switch {
	case s.Thread != nil:
		return s.Thread.Group
	case s.Talk != nil:
		return s.Talk.Group
	}
	return ""
}

// escalationSetting holds how alerts of each kind climb, where that is not as usual.
const escalationSetting = "alert_steps"

func escalations(tx *store.Tx) (map[chat.AlertKind]chat.Escalation, error) {
	text, err := tx.Setting(escalationSetting)
	if err != nil || text == "" {
		return nil, err
	}
	var set map[chat.AlertKind]chat.Escalation
	if err := json.Unmarshal([]byte(text), &set); err != nil {
		return nil, fmt.Errorf("desk: setting %s: %w", escalationSetting, err)
	}
	return set, nil
}

// escalationOf is how alerts of a kind climb now.
func escalationOf(tx *store.Tx, k chat.AlertKind) (chat.Escalation, error) {
	if !slices.Contains(chat.Escalated(), k) {
		return k.Escalation(), nil // of these the log is long, and nobody decides
	}
	set, err := escalations(tx)
	if e, decided := set[k]; decided {
		return e, err
	}
	return k.Escalation(), err
}

// Escalating is how alerts of a kind climb, and which steps they can take.
type Escalating struct {
	Kind  chat.AlertKind `json:"kind"`
	Steps []chat.Step    `json:"steps,omitempty" doc:"Those that alerts of the kind can take at all."`
	chat.Escalation
}

// Escalations are how alerts of every kind climb.
func (d *Desk) Escalations(ctx context.Context) ([]Escalating, error) {
	var all []Escalating
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		all = nil
		for _, k := range chat.Escalated() {
			e, err := escalationOf(tx, k)
			if err != nil {
				return err
			}
			all = append(all, Escalating{Kind: k, Steps: k.Steps(), Escalation: e})
		}
		return nil
	})
	return all, err
}

// SetEscalations says how alerts of some kinds climb; the others stay as they are.
func (d *Desk) SetEscalations(ctx context.Context, by chat.Agent, all []Escalating) error {
	for _, one := range all {
		if err := one.Escalation.Check(one.Kind); err != nil {
			return err
		}
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		set, err := escalations(tx)
		if err != nil {
			return err
		}
		if set == nil {
			set = map[chat.AlertKind]chat.Escalation{}
		}
		for _, one := range all {
			set[one.Kind] = one.Escalation
		}
		text, err := json.Marshal(set)
		if err != nil {
			return fmt.Errorf("desk: setting %s: %w", escalationSetting, err)
		}
		return tx.SetSetting(escalationSetting, string(text))
	})
}
