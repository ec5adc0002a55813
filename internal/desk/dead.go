package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const deadPage = 50

// DeadWhat is what a job of alerts that was given up was to do.
type DeadWhat string

// What they were to do.
const (
	DeadPush   DeadWhat = "push"   // to push an alert to somebody's devices
	DeadNotice DeadWhat = "notice" // to tell a group's webhook
	DeadMail   DeadWhat = "mail"   // to mail somebody what he has not noticed
	DeadStep   DeadWhat = "step"   // to call others, since nobody had noticed
	DeadQueue  DeadWhat = "queue"  // to look whether a visitor still waits
	DeadCheck  DeadWhat = "check"  // to test somebody's devices
)

// deadWhat names what each kind of job of alerts does.
func deadWhat() map[string]DeadWhat {
	return map[string]DeadWhat{JobAlert: DeadPush, JobHook: DeadNotice, JobMail: DeadMail, JobStep: DeadStep, JobWaiting: DeadQueue, JobCheck: DeadCheck}
}

func alertJobs() []string { return []string{JobAlert, JobHook, JobMail, JobStep, JobWaiting, JobCheck} }

// Why a job was given up: whoever was to be called did not take it, or Earshot failed.
const (
	deadService = "service"
	deadFault   = "fault"
)

// DeadAlert is a job of alerts that was given up.
type DeadAlert struct {
	ID   string   `json:"id"`
	What DeadWhat `json:"what" enum:"push,notice,mail,step,queue,check"`
	Kind string   `json:"kind,omitempty" doc:"Of the alert, or of the notice. Empty where it is forgotten."`
	// Step is the step that was to be taken.
	Step      chat.Step    `json:"step,omitempty"`
	Agent     chat.AgentID `json:"agent,omitempty" doc:"For whom it was, where it was for somebody."`
	AgentName string       `json:"agent_name,omitempty"`
	Group     chat.GroupID `json:"group,omitempty" doc:"Whose notice it was, or in which group a visitor waits or help is wanted."`
	GroupName string       `json:"group_name,omitempty"`
	// Conversation is named to who may see what it was about.
	Conversation chat.ConversationID `json:"conversation,omitempty"`
	Talk         bool                `json:"talk,omitempty" doc:"The conversation is a talk."`
	At           int64               `json:"at,omitempty" doc:"When it was decided."`
	GivenUpAt    int64               `json:"given_up_at"`
	Tries        int                 `json:"tries"`
	Cause        string              `json:"cause" enum:"service,fault" doc:"service: whoever was called did not take it, and reason says what he answered. fault: Earshot failed."`
	Reason       string              `json:"reason,omitempty" example:"answered 503"`
	Over         bool                `json:"over" doc:"There is nothing to notice any more: tried again, nothing would go out."`
}

// DeadAlerts are the jobs of alerts that were given up, the newest first: those behind
// a place, where one is named. next is the place of the following page; "" = none.
func (d *Desk) DeadAlerts(ctx context.Context, by chat.Agent, behind string) (all []DeadAlert, next string, err error) {
	place, err := deadPlace(behind)
	if err != nil {
		return nil, "", err
	}
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		all, next = []DeadAlert{}, ""
		me, err := manager(tx, by)
		if err != nil {
			return err
		}
		found, err := tx.DeadJobs(alertJobs(), place, deadPage+1)
		if err != nil {
			return err
		}
		if len(found) > deadPage {
			found = found[:deadPage]
			last := found[deadPage-1]
			next = fmt.Sprintf("%d.%d", last.Due, last.ID)
		}
		for _, j := range found {
			one, err := deadAlert(tx, newEyes(tx, me.Viewer()), j)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		return nil
	})
	return all, next, err
}

func deadPlace(text string) (p store.DeadPlace, err error) {
	if text == "" {
		return p, nil
	}
	at, id, _ := strings.Cut(text, ".")
	if p.At, err = strconv.ParseInt(at, 10, 64); err == nil {
		p.ID, err = strconv.ParseInt(id, 10, 64)
	}
	if err != nil {
		return p, chat.Errorf(chat.Invalid, "That is no place in this list. Ask with the next of the page before.")
	}
	return p, nil
}

// deadAlert says of a job what may be said: never its own error, which may name what it
// failed on, but what the other side answered, as it is shown elsewhere too.
func deadAlert(tx *store.Tx, e *eyes, j store.DeadJob) (DeadAlert, error) {
	one := DeadAlert{ID: strconv.FormatInt(j.ID, 10), What: deadWhat()[j.Kind], GivenUpAt: j.Due, Tries: j.Attempts, Cause: deadFault}
	var err error
	switch one.What {
	case DeadPush, DeadMail:
		err = one.ofAlert(tx, e, j)
	case DeadNotice:
		err = one.ofNotice(tx, e, j)
	case DeadStep:
		err = one.ofStep(tx, e, j)
	case DeadQueue:
		err = one.ofQueue(tx, e, j)
	case DeadCheck:
		err = one.ofCheck(tx, j)
	}
	if err == nil && one.Reason != "" {
		one.Cause = deadService
	}
	return one, err
}

func bodyOf[T any](j store.DeadJob) (body T, err error) {
	if err = json.Unmarshal(j.Body, &body); err != nil {
		err = fmt.Errorf("desk: job %s: %w", j.Kind, err)
	}
	return body, err
}

func (o *DeadAlert) ofAlert(tx *store.Tx, e *eyes, j store.DeadJob) error {
	body, err := bodyOf[alertJob](j)
	if err != nil {
		return err
	}
	a, err := tx.Alert(body.Alert)
	if chat.IsKind(err, chat.Missing) {
		o.Over = true // older than the log of alerts
		return nil
	}
	if err != nil {
		return err
	}
	o.Kind, o.Step, o.At, o.Over = string(a.Kind), a.Step, a.At, a.EndedAt != 0
	if o.What == DeadMail {
		o.Step = chat.StepMail
		o.Reason, err = mailReason(tx, a)
	} else {
		o.Reason, err = pushReason(tx, a)
	}
	if err == nil {
		err = o.whom(tx, a.Agent)
	}
	if err == nil && a.Conversation != "" {
		err = o.where(tx, e, a.Conversation, a.Seq)
	}
	return err
}

// pushReason is what services answered whose devices have not taken an alert over.
func pushReason(tx *store.Tx, a chat.Alert) (string, error) {
	ways, err := tx.Deliveries(a.ID)
	var reasons []string
	for _, w := range ways {
		if w.Outcome == pushLater && w.Reason != "" {
			reasons = append(reasons, w.Reason)
		}
	}
	return strings.Join(reasons, "; "), err
}

func mailReason(tx *store.Tx, a chat.Alert) (string, error) {
	steps, err := tx.AlertSteps(a.Ladder)
	for _, s := range steps {
		if s.Step == chat.StepMail {
			return s.Reason, err
		}
	}
	return "", err
}

func (o *DeadAlert) ofNotice(tx *store.Tx, e *eyes, j store.DeadJob) error {
	body, err := bodyOf[hookJob](j)
	if err != nil {
		return err
	}
	n, err := tx.Notice(body.Notice)
	if chat.IsKind(err, chat.Missing) {
		o.Over = true
		return nil
	}
	if err != nil {
		return err
	}
	o.Kind, o.At, o.Reason = string(n.Kind), n.At, n.Reason
	_, stands, err := hookCall(tx, n)
	o.Over = !stands
	if err == nil {
		err = o.of(tx, n.Group)
	}
	if err == nil && n.Conversation != "" {
		err = o.where(tx, e, n.Conversation, 0)
	}
	return err
}

func (o *DeadAlert) ofStep(tx *store.Tx, e *eyes, j store.DeadJob) error {
	body, err := bodyOf[stepJob](j)
	if err != nil {
		return err
	}
	o.Kind, o.Step, o.At = string(body.Kind), body.Step, body.Begun
	s, err := tx.State(body.Conversation)
	if chat.IsKind(err, chat.Missing) {
		o.Over = true
		return nil
	}
	if err != nil {
		return err
	}
	whose, climbs, err := unnoticed(tx, s, body)
	o.Over = !climbs
	if err == nil && whose.Agent != "" {
		err = o.whom(tx, whose.Agent)
	} else if err == nil {
		err = o.of(tx, groupOf(s))
	}
	if err == nil {
		err = o.where(tx, e, body.Conversation, body.Seq)
	}
	return err
}

func (o *DeadAlert) ofQueue(tx *store.Tx, e *eyes, j store.DeadJob) error {
	body, err := bodyOf[waitingJob](j)
	if err != nil {
		return err
	}
	o.Kind = string(chat.AlertQueue)
	s, err := tx.State(body.Conversation)
	if chat.IsKind(err, chat.Missing) {
		o.Over = true
		return nil
	}
	if err != nil {
		return err
	}
	if o.Over = !chat.StandingOf(s).Waits; s.Thread != nil {
		o.At = s.Thread.WaitingSince
	}
	if err := o.of(tx, groupOf(s)); err != nil {
		return err
	}
	return o.where(tx, e, body.Conversation, 0)
}

func (o *DeadAlert) ofCheck(tx *store.Tx, j store.DeadJob) error {
	body, err := bodyOf[checkJob](j)
	if err != nil {
		return err
	}
	o.Kind = string(chat.AlertCheck)
	return o.whom(tx, body.Agent)
}

func (o *DeadAlert) whom(tx *store.Tx, id chat.AgentID) error {
	a, err := tx.Agent(id)
	o.Agent, o.AgentName = id, a.Name
	return err
}

func (o *DeadAlert) of(tx *store.Tx, id chat.GroupID) error {
	if id == "" {
		return nil
	}
	g, err := tx.Group(id)
	o.Group, o.GroupName = id, g.Name
	if chat.IsKind(err, chat.Missing) { // it was deleted since
		err = nil
	}
	return err
}

// where names the Conversation to who may see its event, 0 = the newest one, and no
// other: an admin is not in every talk.
func (o *DeadAlert) where(tx *store.Tx, e *eyes, c chat.ConversationID, seq int64) error {
	if seq == 0 {
		s, err := tx.State(c)
		if chat.IsKind(err, chat.Missing) {
			return nil
		}
		if err != nil {
			return err
		}
		seq = s.Conversation.Last.Seq
	}
	about, err := tx.Event(c, seq)
	if chat.IsKind(err, chat.Missing) {
		return nil
	}
	if err != nil {
		return err
	}
	sees, err := e.see(about)
	if sees {
		o.Conversation, o.Talk = c, ofTalk(about)
	}
	return err
}

// RetryAlert has a job of alerts that was given up done once more.
func (d *Desk) RetryAlert(ctx context.Context, by chat.Agent, id string) error {
	return d.changeDead(ctx, by, id, func(tx *store.Tx, n int64) (bool, error) {
		return tx.ReviveJob(n, alertJobs(), chat.Micros(d.now()))
	})
}

// DismissAlert forgets one.
func (d *Desk) DismissAlert(ctx context.Context, by chat.Agent, id string) error {
	return d.changeDead(ctx, by, id, func(tx *store.Tx, n int64) (bool, error) {
		return tx.DropDeadJob(n, alertJobs())
	})
}

func (d *Desk) changeDead(ctx context.Context, by chat.Agent, id string, change func(*store.Tx, int64) (bool, error)) error {
	n, errID := strconv.ParseInt(id, 10, 64)
	return d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		found := false
		if errID == nil {
			var err error
			if found, err = change(tx, n); err != nil {
				return err
			}
		}
		if !found {
			return chat.Errorf(chat.Missing, "This is not in the list any more: somebody has had it tried again or has dismissed it.")
		}
		return nil
	})
}
