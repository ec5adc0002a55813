package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// JobPromise warns of a promise that is due soon, or overdue.
const JobPromise = "promise"

type promiseJob struct {
	Conversation chat.ConversationID `json:"conversation"`
	Seq          int64               `json:"seq"`
	Stage        chat.PromiseStage   `json:"stage"`
}

// keepPromise keeps the ledger and the jobs of promises in step with the events.
func keepPromise(tx *store.Tx, s chat.State, e chat.Event) error {
	switch e.Kind {
	case chat.KindHold:
		b, err := chat.Decode[chat.Held](e)
		if err != nil {
			return err
		}
		b.Promise.Seq = e.Seq
		if err := tx.MakePromise(store.Owed{Promise: b.Promise, Conversation: e.Conversation, Thread: e.Thread, Deviated: b.Deviated, Deviation: b.Deviation}); err != nil {
			return err
		}
		return warnLater(tx, e.Conversation, b.Promise)
	case chat.KindAssign, chat.KindRequeued, chat.KindMoved, chat.KindPolicy, chat.KindPromisePassed:
		if t := s.Thread; t != nil && t.ID == e.Thread && t.Promise != nil {
			return tx.OwePromise(e.Conversation, *t.Promise)
		}
	case chat.KindPromiseEnded:
		b, err := chat.Decode[chat.PromiseEnded](e)
		if err != nil {
			return err
		}
		return tx.EndPromise(e.Conversation, b.Promise.Seq, b.How, b.Late, e.At)
	}
	return nil
}

func warnLater(tx *store.Tx, c chat.ConversationID, p chat.Promise) error {
	for stage, due := range map[chat.PromiseStage]int64{chat.PromiseSoon: p.SoonAt, chat.PromiseOverdue: p.Due} {
		body, err := json.Marshal(promiseJob{Conversation: c, Seq: p.Seq, Stage: stage})
		if err != nil {
			return fmt.Errorf("desk: encode job: %w", err)
		}
		if err := tx.Enqueue(store.Job{Kind: JobPromise, Key: fmt.Sprintf("%s %d %s", c, p.Seq, stage), Due: due, Body: body}); err != nil {
			return err
		}
	}
	return nil
}

// WarnOfPromise does the job: its owner and the supervisors of the group are told.
// What has ended meanwhile, or was said already, is not said again.
func (d *Desk) WarnOfPromise(ctx context.Context, job []byte) error {
	var body promiseJob
	if err := json.Unmarshal(job, &body); err != nil {
		return fmt.Errorf("desk: job %s: %w", JobPromise, err)
	}
	return d.write(ctx, func(tx *store.Tx) error {
		s, err := tx.Lock(body.Conversation)
		if chat.IsKind(err, chat.Missing) {
			return nil
		}
		if err != nil {
			return err
		}
		var tell []chat.AgentID
		if t := s.OpenThread(); t != nil && t.Promise != nil {
			if tell, err = concerned(tx, t); err != nil {
				return err
			}
		}
		if e, warns := chat.WarnOfPromise(s, body.Seq, body.Stage, tell, d.now()); warns {
			_, err = appendTo(tx, &s, []chat.Event{e})
		}
		return err
	})
}

// concerned are who owes a promise and the supervisors of the group that has the chat;
// where it has none, all who oversee. Nobody is told of a chat that he may not see.
func concerned(tx *store.Tx, t *chat.Thread) ([]chat.AgentID, error) {
	agents, err := tx.Agents()
	if err != nil {
		return nil, err
	}
	var owner, own, all []chat.AgentID
	for _, a := range agents {
		if a.Disabled || !t.Access().Admits(a.Viewer()) {
			continue
		}
		if a.ID == t.Promise.Owner {
			owner = append(owner, a.ID)
		}
		if a.InGroup(t.Group) && a.Oversees(t.Group) {
			own = append(own, a.ID)
		}
		if a.Role.Oversees() {
			all = append(all, a.ID)
		}
	}
	if len(own) == 0 {
		own = all
	}
	tell := append(owner, own...)
	slices.Sort(tell)
	return slices.Compact(tell), nil
}

// CancelPromise says that nothing is owed any more, and why.
func (d *Desk) CancelPromise(ctx context.Context, a chat.Agent, c chat.ConversationID, key, why string) (Done, error) {
	why = chat.CleanLine(why, maxMoveReason)
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "cancel-promise", Text: why},
		rule: func(_ *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			return chat.CancelPromise(s, me, why, d.now())
		},
	})
}

// PassPromise lets a colleague owe the answer, or, without one, whoever of the group
// answers. What waits for its former owner then waits for the new one.
func (d *Desk) PassPromise(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, to chat.AgentID, why string) (Done, error) {
	why = chat.CleanLine(why, maxMoveReason)
	return d.do(ctx, a, c, act{
		key:    key,
		intent: intent{Act: "pass-promise", Agent: to, Text: why},
		rule: func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) {
			var owner chat.Agent
			if to != "" {
				var err error
				if owner, err = answerer(tx, to); err != nil {
					return nil, err
				}
				if err := mayOwe(s, owner); err != nil {
					return nil, err
				}
				if err := excepted(tx, s, owner); err != nil {
					return nil, err
				}
			}
			return chat.PassPromise(s, me, owner, why, nil, d.now())
		},
	})
}

// mayOwe refuses a colleague to whom a promise would be lost.
func mayOwe(s chat.State, to chat.Agent) error {
	switch t := s.OpenThread(); {
	case !s.Access().Admits(to.Viewer()):
		return chat.Errorf(chat.Conflict, "%s may not see this conversation, so the promise cannot be passed there.", to.Name)
	case t != nil && t.Held != nil && !to.InGroup(t.Group):
		return chat.Errorf(chat.Conflict, "%s is not in the group that it waits in, so it would never ring there. Choose somebody of that group.", to.Name)
	}
	return nil
}

// excepted refuses whom the playbook of the Group that has the chat excepts: by name
// he is given nothing there, whichever way.
func excepted(tx *store.Tx, s chat.State, to chat.Agent) error {
	t := s.OpenThread()
	if t == nil || t.Group == "" || t.Lead == to.ID {
		return nil
	}
	written, err := tx.Playbook(t.Group)
	if err != nil || !slices.Contains(written.Playbook.Transfer.Except, to.ID) {
		return err
	}
	g, err := tx.Group(t.Group)
	if err != nil {
		return err
	}
	return chat.Errorf(chat.Denied, "The playbook of %s says: not to %s. Pass the promise to somebody else, or to the group.", g.Name, to.Name)
}

// PromiseList asks for promises: of one owner or group, the open ones or those that
// ended in the last days.
type PromiseList struct {
	Owner chat.AgentID
	Group chat.GroupID
	Ended bool
	Days  int // of ended ones; 1 to 90, 0 = 30
}

// Promises lists what the team owes, as far as the agent may see the chats.
func (d *Desk) Promises(ctx context.Context, a chat.Agent, in PromiseList) ([]Owed, error) {
	days := in.Days
	if days == 0 {
		days = 30
	}
	if days < 1 || days > 90 {
		return nil, chat.Errorf(chat.Invalid, "Promises are kept in view for 1 to 90 days.")
	}
	var all []Owed
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		all, err = tx.Promises(store.PromiseQuery{Viewer: me.Viewer(), Owner: in.Owner, Group: in.Group, Ended: in.Ended, Since: d.since(days)})
		return err
	})
	return all, err
}

func (d *Desk) since(days int) int64 {
	return chat.Micros(d.now().Add(-time.Duration(days) * 24 * time.Hour))
}

// KeptPromises counts what became of the promises of the last days: everybody reads
// his groups' figures and his own, who oversees a group everybody's in it.
func (d *Desk) KeptPromises(ctx context.Context, a chat.Agent, days int) ([]Kept, error) {
	if days < 1 || days > 90 {
		return nil, chat.Errorf(chat.Invalid, "Promises are counted over 1 to 90 days.")
	}
	var kept []Kept
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		all, err := tx.KeptPromises(d.since(days), chat.Micros(d.now()))
		kept = keptFor(me, all)
		return err
	})
	return kept, err
}

// keptFor adds the groups' sums, without owner, and keeps those of single agents
// that the reader may know.
func keptFor(me chat.Agent, all []Kept) []Kept {
	sums := map[chat.GroupID]*Kept{}
	kept := []Kept{}
	for _, k := range all {
		sum := sums[k.Group]
		if sum == nil {
			sum = &Kept{Group: k.Group}
			sums[k.Group] = sum
		}
		sum.InTime, sum.Late, sum.Overdue = sum.InTime+k.InTime, sum.Late+k.Late, sum.Overdue+k.Overdue
		sum.Open, sum.Cancelled, sum.Deviations = sum.Open+k.Open, sum.Cancelled+k.Cancelled, sum.Deviations+k.Deviations
		sum.OtherWay, sum.OtherDue, sum.OtherSay, sum.OtherThere = sum.OtherWay+k.OtherWay, sum.OtherDue+k.OtherDue, sum.OtherSay+k.OtherSay, sum.OtherThere+k.OtherThere
		if k.Owner != "" && (k.Owner == me.ID || me.Oversees(k.Group)) {
			kept = append(kept, k)
		}
	}
	groups := make([]Kept, 0, len(sums))
	for g, sum := range sums {
		if me.InGroup(g) || me.Oversees(g) {
			groups = append(groups, *sum)
		}
	}
	slices.SortFunc(groups, func(x, y Kept) int { return cmp.Compare(x.Group, y.Group) })
	return append(groups, kept...)
}
