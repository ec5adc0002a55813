package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const (
	// alertTTL is how long a push service keeps a push for a device that is off.
	alertTTL = 10 * time.Minute
	// alertsKept is how long the log of alerts goes back.
	alertsKept = 7 * 24 * time.Hour
	// pushText is how much of a text a push holds, where it may.
	pushText = 120
	// oneTopic is how many characters the topic of a push has.
	oneTopic = 32
)

// showTextSetting is whether a push may hold the beginning of what was written.
const showTextSetting = "alert_text"

// Outgoing is one push that is to be sent now.
type Outgoing struct {
	To    store.Subscription
	Alert chat.AlertID
	Count int
	Body  []byte
	Topic string
	TTL   time.Duration
	// Silent is a test that wakes nobody.
	Silent bool
}

// DuePushes judges an alert anew and answers what is to be sent of it: nothing where it
// was seen, is over, or its agent may not see it any more, and nothing that a push
// service has accepted already.
func (d *Desk) DuePushes(ctx context.Context, job []byte) ([]Outgoing, error) {
	var body alertJob
	if err := json.Unmarshal(job, &body); err != nil {
		return nil, fmt.Errorf("desk: job %s: %w", JobAlert, err)
	}
	var out []Outgoing
	err := d.write(ctx, func(tx *store.Tx) error {
		out = nil
		a, err := tx.Alert(body.Alert)
		if chat.IsKind(err, chat.Missing) || err == nil && a.EndedAt != 0 {
			return nil
		}
		if err != nil {
			return err
		}
		out, err = d.pushesOf(tx, a, body.Loud)
		return err
	})
	return out, err
}

func (d *Desk) pushesOf(tx *store.Tx, a chat.Alert, loudly bool) ([]Outgoing, error) {
	now := d.now()
	to, err := tx.Agent(a.Agent)
	if err != nil {
		return nil, err
	}
	what, stands, err := alerted(tx, a, to)
	if err == nil && stands {
		stands, err = ownStands(tx, a)
	}
	if err != nil {
		return nil, err
	}
	if !stands {
		return nil, endAlert(tx, a, chat.AlertOver, chat.Micros(now))
	}
	if read, err := tx.ReadUpTo(a.Conversation, a.Agent); err != nil || read >= a.Seq && a.Seq > 0 {
		return nil, errors.Join(err, endAlert(tx, a, chat.AlertSeen, chat.Micros(now)))
	}
	hush, err := d.hushOf(tx, to, a.Kind, cmp.Or(a.Step, chat.StepPush))
	if err == nil && hush != "" {
		hush, err = d.hushedStill(tx, a)
	}
	if err != nil {
		return nil, err
	}
	if hush != "" {
		return nil, d.holdBack(tx, a, hush)
	}
	return d.address(tx, a, what, loudly)
}

// hushedStill judges once more, while nobody changes the agent: who comes back in this
// moment asks for what was held back, and would not find this.
func (d *Desk) hushedStill(tx *store.Tx, a chat.Alert) (chat.Hush, error) {
	if err := tx.LockAgents(a.Agent); err != nil {
		return "", err
	}
	to, err := tx.Agent(a.Agent)
	if err != nil {
		return "", err
	}
	return d.hushOf(tx, to, a.Kind, cmp.Or(a.Step, chat.StepPush))
}

// ownStands reports whether the alert is open still for which an agent was called. Whoever
// ended it has ended those of all who were called by then: a step that ran at the same
// moment may have called one more.
func ownStands(tx *store.Tx, a chat.Alert) (bool, error) {
	if a.Step == "" || a.Kind.Shared() {
		return true, nil
	}
	own, err := tx.Alert(chat.AlertID(a.Ladder))
	if chat.IsKind(err, chat.Missing) {
		return false, nil
	}
	return err == nil && own.EndedAt == 0, err
}

// alerted is the event that an alert is about, and whether there is still something
// that its agent, as of now, may and ought to notice.
func alerted(tx *store.Tx, a chat.Alert, to chat.Agent) (chat.Event, bool, error) {
	if a.Kind == chat.AlertTest || a.Kind == chat.AlertCheck {
		return chat.Event{}, !to.Disabled, nil
	}
	s, err := tx.State(a.Conversation)
	if chat.IsKind(err, chat.Missing) {
		return chat.Event{}, false, nil
	}
	if err != nil || to.Disabled || !a.Holds(s) {
		return chat.Event{}, false, err
	}
	e, err := tx.Event(a.Conversation, a.Seq)
	if err != nil {
		return e, false, err
	}
	if a.Kind == chat.AlertInvite {
		return chat.Event{}, true, nil // who is asked in need not be admitted yet: he reads nothing of it
	}
	sees, err := newEyes(tx, to.Viewer()).see(e)
	if err != nil || !sees {
		return e, false, err
	}
	wants, err := wanted(tx, s, e, a, to)
	return e, wants, err
}

// address makes a push for each device that has not taken this alert over as it
// counts now, and notes that it is sent.
func (d *Desk) address(tx *store.Tx, a chat.Alert, what chat.Event, loudly bool) ([]Outgoing, error) {
	devices, err := tx.Subscriptions(a.Agent)
	if err != nil {
		return nil, err
	}
	if len(devices) == 0 {
		return nil, tx.HushAlert(a.ID, chat.HushDevice)
	}
	had, err := tx.Deliveries(a.ID)
	if err != nil {
		return nil, err
	}
	body, err := pushBody(tx, a, what)
	if err != nil {
		return nil, err
	}
	spared, err := d.spared(tx, a, had, loudly)
	if err != nil {
		return nil, err
	}
	var out []Outgoing
	at := chat.Micros(d.now())
	for _, to := range devices {
		done := slices.ContainsFunc(had, func(h store.Delivery) bool { return h.Session == to.Session && h.Count == a.Count && final(h.Outcome) })
		silent := a.Kind == chat.AlertCheck
		if done || spared[to.Session] {
			continue
		}
		if underWay(had, a, to.Session, at) {
			if err := lookAgain(tx, a, at); err != nil {
				return nil, err
			}
			continue
		}
		if err := tx.SaveDelivery(store.Delivery{Alert: a.ID, Session: to.Session, Count: a.Count, SentAt: at}); err != nil {
			return nil, err
		}
		out = append(out, Outgoing{To: to, Alert: a.ID, Count: a.Count, Body: body, Topic: topicOf(a), TTL: alertTTL, Silent: silent})
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, tx.PushAlert(a.ID, at)
}

// The outcomes of notify, as far as desk goes by them: it may not import that room.
const (
	pushLater = "later"
	pushGone  = "gone"
)

// final reports whether nothing is to be tried again after an outcome.
func final(outcome string) bool { return outcome != "" && outcome != pushLater }

// topicOf is one for all of a kind about a Conversation: of several that wait for a
// device that is off, the push service keeps the newest.
func topicOf(a chat.Alert) string {
	name := string(a.Conversation)
	if a.Kind == chat.AlertCheck {
		return checkTopic
	}
	if name == "" {
		name = string(a.ID)
	}
	return shortTopic(string(a.Kind) + " " + name)
}

// pushBody is what a device is told: of a visitor nothing, unless the workspace shows
// texts, and never a text that is not of the event that its agent may see.
func pushBody(tx *store.Tx, a chat.Alert, what chat.Event) ([]byte, error) {
	p := chat.Pushed{Alert: a.ID, Kind: a.Kind, Conversation: a.Conversation, Seq: a.Seq, Count: a.Count, By: a.By, Step: a.Step, Talk: ofTalk(what)}
	if a.For != "" {
		of, err := tx.Agent(a.For)
		if err != nil {
			return nil, err
		}
		p.For = of.Name
	}
	show, err := tx.Setting(showTextSetting)
	if err != nil {
		return nil, err
	}
	if show == "true" && (what.Kind == chat.KindMessage || what.Kind == chat.KindNote) {
		said, err := chat.Decode[chat.Said](what)
		if err != nil {
			return nil, err
		}
		p.Text = chat.CleanLine(said.Text, pushText)
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("desk: encode push: %w", err)
	}
	return raw, nil
}

// NotePush keeps what a push service answered. A subscription that is over is
// forgotten.
func (d *Desk) NotePush(ctx context.Context, o Outgoing, outcome, reason string) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		err := tx.AnswerDelivery(store.Delivery{Alert: o.Alert, Session: o.To.Session, Count: o.Count, AnsweredAt: chat.Micros(d.now()), Outcome: outcome, Reason: reason})
		if err == nil && outcome == pushGone {
			err = tx.DropSubscription(o.To.Session, o.To.Endpoint)
		}
		return err
	})
}

// AskTheQueue does the job: where a visitor still waits and nobody is asked, those of
// the group who are on shift are alerted.
func (d *Desk) AskTheQueue(ctx context.Context, job []byte) error {
	var body waitingJob
	if err := json.Unmarshal(job, &body); err != nil {
		return fmt.Errorf("desk: job %s: %w", JobWaiting, err)
	}
	return d.write(ctx, func(tx *store.Tx) error {
		s, err := tx.Lock(body.Conversation)
		if chat.IsKind(err, chat.Missing) || err == nil && !chat.StandingOf(s).Waits {
			return nil
		}
		if err != nil {
			return err
		}
		team, err := tx.Agents()
		if err != nil {
			return err
		}
		t, at := s.Thread, chat.Micros(d.now())
		if err := notice(tx, s, chat.HookQueue, body.Ladder, at); err != nil {
			return err
		}
		for _, a := range team {
			if a.Disabled || a.Status != chat.Accepting || !a.InGroup(t.Group) || !s.Access().Admits(a.Viewer()) || slices.Contains(t.Excluded, a.ID) {
				continue
			}
			read, err := tx.ReadUpTo(s.Conversation.ID, a.ID)
			if err != nil {
				return err
			}
			if read >= s.Conversation.Last.Seq {
				continue // he has opened it
			}
			c := chat.Call{Agent: a.ID, Kind: chat.AlertQueue, Seq: s.Conversation.Last.Seq, Ladder: body.Ladder}
			if _, _, err := call(tx, s.Conversation.ID, c, at, 0); err != nil {
				return err
			}
		}
		return nil
	})
}
