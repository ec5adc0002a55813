package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// The jobs of alerts: one pushes an alert that nobody has seen, the other looks
// whether a visitor still waits.
const (
	JobAlert   = "alert"
	JobWaiting = "alert.waiting"
)

// JobsOutside are the kinds of jobs that wait for somebody else's server: a push service,
// the other side of a webhook, a mail server. Nothing else may wait for them.
func JobsOutside() []string { return []string{JobAlert, JobHook, JobMail, JobVisitorMail} }

type alertJob struct {
	Alert chat.AlertID `json:"alert"`
	// Loud lets a test go to devices, too, that cannot be tested without being noticed.
	Loud bool `json:"loud,omitempty"`
}

type waitingJob struct {
	Conversation chat.ConversationID `json:"conversation"`
	Ladder       string              `json:"ladder,omitempty"`
}

// raise decides, in the transaction of the events, whom they alert, and which alerts
// they end: an alert is stored where its event is, or neither.
func raise(tx *store.Tx, was chat.Standing, s chat.State, events []chat.Event) error {
	if err := endedBy(tx, s, events); err != nil {
		return err
	}
	calls := chat.Calls(was, s, events)
	for _, more := range []func(*store.Tx, chat.Standing, chat.State, []chat.Event) ([]chat.Call, error){helpCalls, talkCalls, mentionCalls} {
		found, err := more(tx, was, s, events)
		if err != nil {
			return err
		}
		calls = append(calls, found...)
	}
	last := events[len(events)-1]
	for _, c := range calls {
		if err := alert(tx, s.Conversation.ID, c, last.At); err != nil {
			return err
		}
	}
	if s.Conversation.Kind != chat.FormCustomer {
		return nil
	}
	if err := mailLater(tx, s, events); err != nil {
		return err
	}
	for _, e := range events {
		if e.Kind == chat.KindPromiseDue {
			if err := notice(tx, s, chat.HookPromise, occasion(s, e), e.At); err != nil {
				return err
			}
		}
	}
	now := chat.StandingOf(s)
	if now.Help != 0 && now.Help != was.Help {
		if err := errors.Join(callAll(tx, s.Conversation.ID, chat.AlertHelp, last), notice(tx, s, chat.HookHelp, occasion(s, last), last.At)); err != nil {
			return err
		}
	}
	if !was.Waits && now.Waits {
		return callAll(tx, s.Conversation.ID, chat.AlertQueue, last)
	}
	return nil
}

// occasion names what an event has begun.
func occasion(s chat.State, e chat.Event) string {
	return fmt.Sprintf("%s %d", s.Conversation.ID, e.Seq)
}

// callAll begins the steps of what a Conversation calls everybody for.
func callAll(tx *store.Tx, c chat.ConversationID, k chat.AlertKind, since chat.Event) error {
	e, err := escalationOf(tx, k)
	if err != nil {
		return err
	}
	ladder := sharedLadder(k, c, since.Seq)
	if k == chat.AlertQueue {
		if err := enqueue(tx, JobWaiting, string(c), since.At+e.PushAfter().Microseconds(), waitingJob{c, ladder}); err != nil {
			return err
		}
	}
	return stepOn(tx, e, stepJob{Ladder: ladder, Kind: k, Conversation: c, Seq: since.Seq, Begun: since.At})
}

// alert calls an agent in the first place, and begins the steps of what is his own.
func alert(tx *store.Tx, about chat.ConversationID, c chat.Call, at int64) error {
	e, err := escalationOf(tx, c.Kind)
	if err != nil {
		return err
	}
	a, begins, err := call(tx, about, c, at, e.PushAfter().Microseconds())
	if err != nil || !begins || c.Plain || c.Kind.Shared() {
		return err
	}
	return stepOn(tx, e, stepJob{Ladder: a.Ladder, Kind: c.Kind, Conversation: about, Seq: c.Seq, Begun: at})
}

// call stores one alert and the job that pushes it later, unless it is seen by then,
// and answers it; none where it is for devices alone and there is none. It reports
// whether something begins with it for the agent himself. In a mention the Conversation
// is the one that it stands in.
func call(tx *store.Tx, about chat.ConversationID, c chat.Call, at, grace int64) (chat.Alert, bool, error) {
	if c.Kind.Chatter() {
		if has, err := tx.HasDevice(c.Agent); err != nil || !has {
			return chat.Alert{}, false, err
		}
	}
	a, fresh, err := tx.RaiseAlert(chat.Alert{ID: chat.AlertID(newID("al")), Agent: c.Agent, Kind: c.Kind, Conversation: about, Seq: c.Seq, By: c.By, At: at,
		Step: c.Step, For: c.For, Ladder: c.Ladder})
	if err != nil || !fresh && at < a.At+grace {
		return a, false, err // its first job waits still
	}
	// A job for each, since one that is put off again and again never runs: the first
	// of them pushes what there is, and the others find nothing to do.
	return a, fresh, enqueue(tx, JobAlert, fmt.Sprintf("%s %d", a.ID, a.Count), at+grace, alertJob{Alert: a.ID})
}

func enqueue(tx *store.Tx, kind, key string, due int64, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("desk: encode job: %w", err)
	}
	return tx.Enqueue(store.Job{Kind: kind, Key: key, Due: due, Body: raw})
}

// helpCalls are the supervisors of the group whose help flag was raised, or left by
// who was to come.
func helpCalls(tx *store.Tx, was chat.Standing, s chat.State, events []chat.Event) ([]chat.Call, error) {
	now := chat.StandingOf(s)
	if now.Help == 0 || was.Help == now.Help {
		return nil, nil
	}
	team, err := tx.Agents()
	if err != nil {
		return nil, err
	}
	last := events[len(events)-1]
	var calls []chat.Call
	for _, a := range team {
		if a.Disabled || !a.Viewer().Oversees(s.Thread.Group) || !s.Access().Admits(a.Viewer()) || s.Thread.TakesPart(a.ID) || last.Actor.Agent() == a.ID {
			continue
		}
		c := chat.Call{Agent: a.ID, Kind: chat.AlertHelp, Seq: last.Seq, Ladder: sharedLadder(chat.AlertHelp, s.Conversation.ID, last.Seq)}
		if last.Actor.Kind == chat.ByAgent {
			c.By = last.Actor.Name
		}
		calls = append(calls, c)
	}
	return calls, nil
}

// talkCalls are those who want to be alerted of every line of a talk.
func talkCalls(tx *store.Tx, _ chat.Standing, s chat.State, events []chat.Event) ([]chat.Call, error) {
	if s.Talk == nil {
		return nil, nil
	}
	var calls []chat.Call
	for _, e := range events {
		if e.Kind != chat.KindMessage {
			continue
		}
		said, err := chat.Decode[chat.Said](e)
		if err != nil {
			return nil, err
		}
		levels, err := levelsOf(tx, s)
		if err != nil {
			return nil, err
		}
		for _, a := range chat.Listeners(s, e, said.Mentions, levels) {
			calls = append(calls, chat.Call{Agent: a, Kind: chat.AlertTalk, Seq: e.Seq, By: e.Actor.Name})
		}
	}
	return calls, nil
}

// mentionCalls are whom a note or a message of a talk calls by name.
func mentionCalls(tx *store.Tx, _ chat.Standing, s chat.State, events []chat.Event) ([]chat.Call, error) {
	var calls []chat.Call
	for _, e := range events {
		if e.Kind != chat.KindNote && e.Kind != chat.KindMessage || e.Actor.Kind != chat.ByAgent {
			continue
		}
		said, err := chat.Decode[chat.Said](e)
		if err != nil {
			return nil, err
		}
		who, err := rung(tx, s, e, said.Mentions)
		if err != nil {
			return nil, err
		}
		for _, a := range who {
			if a != e.Actor.Agent() {
				calls = append(calls, chat.Call{Agent: a, Kind: chat.AlertMention, Seq: e.Seq, By: e.Actor.Name})
			}
		}
	}
	return calls, nil
}

// endedBy ends the alerts about a Conversation that its events leave nothing to
// notice of. Who acts in it has seen it.
func endedBy(tx *store.Tx, s chat.State, events []chat.Event) error {
	if s.Conversation.ID.Reserved() {
		return nil
	}
	open, err := tx.OpenAlerts(s.Conversation.ID)
	if err != nil {
		return err
	}
	at := events[len(events)-1].At
	for _, a := range open {
		acted, err := actedHere(tx, a.Agent, events)
		switch {
		case err != nil:
		case acted:
			err = endAlert(tx, a, chat.AlertSeen, at)
		case a.TakenBack(events):
			err = takeBack(tx, a, events, at)
		case !a.Holds(s):
			err = endAlert(tx, a, chat.AlertOver, at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// endAlert ends an alert, and takes it off the agent's other devices where it may be
// shown on one. Those who were called for him have nothing to notice any more.
func endAlert(tx *store.Tx, a chat.Alert, how chat.AlertEnd, at int64) error {
	upTo := int64(math.MaxInt64)
	if how == chat.AlertSeen {
		upTo = a.Seq
	}
	ended, err := tx.EndAlert(a.ID, how, at, upTo)
	if err != nil || !ended {
		return err
	}
	if err := endCalled(tx, a, at); err != nil || a.PushedAt == 0 && a.Step == "" {
		return err
	}
	over := chat.AlertEnded{Alert: a.ID, Kind: a.Kind, Conversation: a.Conversation, How: how}
	return tell(tx, chat.AgentConversation(a.Agent), chat.Fact(chat.KindAlertEnded, chat.System(), chat.ForAgents, at, over))
}

// endCalled ends the alerts of those whom the steps of an agent's own have called.
func endCalled(tx *store.Tx, a chat.Alert, at int64) error {
	if a.Step != "" || a.Kind.Shared() || !slices.Contains(a.Kind.Steps(), chat.StepColleague) {
		return nil
	}
	called, err := tx.AlertsOfLadder(a.Ladder)
	for _, one := range called {
		if err == nil && one.EndedAt == 0 && one.ID != a.ID {
			err = endAlert(tx, one, chat.AlertOver, at)
		}
	}
	return err
}

// sawUpTo ends the agent's alerts about what he has read.
func sawUpTo(tx *store.Tx, a chat.AgentID, c chat.ConversationID, seq, at int64) error {
	open, err := tx.OpenAlerts(c)
	if err != nil {
		return err
	}
	for _, one := range open {
		if one.Agent == a && one.Seq <= seq {
			if err := endAlert(tx, one, chat.AlertSeen, at); err != nil {
				return err
			}
		}
	}
	return nil
}
