package desk

import (
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// QuotedFeedback is feedback with its lines as its reader may see them now.
type QuotedFeedback struct {
	chat.Feedback
	Quote Quote `json:"quote"`
}

// NewFeedback is feedback to be drafted: about a moment, or about lines.
type NewFeedback struct {
	Key    string `json:"-"`
	Moment chat.MomentID
	Stretch
	// Agent is whom it is for, where several wrote the lines.
	Agent      chat.AgentID
	Kind       chat.FeedbackKind
	Text       string
	Suggestion string
}

// The sides of feedback.
const (
	FeedbackReceived = "received"
	FeedbackGiven    = "given"
)

// Feedback loads what an agent was given, or what he has given or drafted, the
// newest first, before an id.
func (d *Desk) Feedback(ctx context.Context, a chat.Agent, side string, before chat.FeedbackID) (all []QuotedFeedback, more bool, err error) {
	err = d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		load := tx.FeedbackReceivedBy
		if side == FeedbackGiven {
			load = tx.FeedbackGivenBy
		}
		found, err := load(me.ID, before, pageOfCoaching+1)
		if err != nil {
			return err
		}
		found, more = page(found)
		all, err = quoteAll(tx, me, found, quoteFeedback)
		return err
	})
	return all, more, err
}

func quoteFeedback(q quoter, f chat.Feedback) (QuotedFeedback, error) {
	quote, err := q.quote(f.Lines, f.Coach, f.Agent)
	return QuotedFeedback{f, quote}, err
}

// DraftFeedback begins feedback. It stays its coach's until it is given.
func (d *Desk) DraftFeedback(ctx context.Context, a chat.Agent, in NewFeedback) (QuotedFeedback, bool, error) {
	what, err := meant("feedback", string(in.Conversation), in)
	if err != nil {
		return QuotedFeedback{}, false, err
	}
	id, again, err := d.coach(ctx, a, coachingAct{in.Key, what, func(tx *store.Tx, me chat.Agent) (change, error) {
		f, err := d.draftFeedback(tx, me, in)
		if err != nil {
			return change{}, err
		}
		if err := useMoment(tx, in.Moment, f.ID); err != nil {
			return change{}, err
		}
		return change{noun: chat.NounFeedback, id: string(f.ID)}, tx.SaveFeedback(f)
	}})
	if err != nil {
		return QuotedFeedback{}, false, err
	}
	f, err := d.oneFeedback(ctx, a, chat.FeedbackID(id))
	return f, again, err
}

func (d *Desk) draftFeedback(tx *store.Tx, me chat.Agent, in NewFeedback) (f chat.Feedback, err error) {
	if in.Moment != "" {
		m, err := unusedMoment(tx, me.ID, in.Moment)
		if err != nil {
			return f, err
		}
		in.Stretch = Stretch{Conversation: m.Conversation, Thread: m.Thread, From: m.From, To: m.To}
	}
	between := slices.DeleteFunc([]chat.AgentID{me.ID, in.Agent}, func(a chat.AgentID) bool { return a == "" })
	lines, _, err := mark(tx, me, in.Stretch, between...)
	if err != nil {
		return f, err
	}
	said, err := newQuoter(tx, me.Viewer()).quote(lines, between...)
	if err != nil {
		return f, err
	}
	agent, err := chat.WriterOf(said.Events, me.ID, in.Agent)
	if err != nil {
		return f, err
	}
	if err := mayCoach(tx, me, agent); err != nil {
		return f, err
	}
	now := d.now()
	f = chat.Feedback{ID: chat.FeedbackID(newID("b")), Lines: lines, Coach: me.ID, Agent: agent, State: chat.FeedbackDraft,
		Words: []chat.FeedbackWord{}, Created: chat.Micros(now)}
	return f.Change(me.ID, chat.FeedbackChange{Kind: &in.Kind, Text: &in.Text, Suggestion: &in.Suggestion}, now)
}

func unusedMoment(tx *store.Tx, me chat.AgentID, id chat.MomentID) (chat.Moment, error) {
	m, err := ownMoment(tx, me, id)
	if err == nil && m.Feedback != "" {
		err = chat.Errorf(chat.Conflict, "This moment has become feedback already.")
	}
	return m, err
}

func useMoment(tx *store.Tx, id chat.MomentID, f chat.FeedbackID) error {
	if id == "" {
		return nil
	}
	m, err := tx.Moment(id)
	if err != nil {
		return err
	}
	m.Feedback = f
	return tx.SaveMoment(m)
}

// ChangeFeedback writes at an own draft.
func (d *Desk) ChangeFeedback(ctx context.Context, a chat.Agent, id chat.FeedbackID, in chat.FeedbackChange) (QuotedFeedback, error) {
	_, _, err := d.coach(ctx, a, coachingAct{rule: func(tx *store.Tx, me chat.Agent) (change, error) {
		f, err := feedbackOf(tx, me.ID, id)
		if err != nil {
			return change{}, err
		}
		if f, err = f.Change(me.ID, in, d.now()); err != nil {
			return change{}, err
		}
		return change{noun: chat.NounFeedback, id: string(id)}, tx.SaveFeedback(f)
	}})
	if err != nil {
		return QuotedFeedback{}, err
	}
	return d.oneFeedback(ctx, a, id)
}

// FeedbackDeed is an act with feedback.
type FeedbackDeed struct {
	Key  string `json:"-"`
	Act  chat.FeedbackAct
	Text string
}

// ActOnFeedback is what either of the two does with feedback: give, see, answer,
// accept, dispute, reply, settle, withdraw. A draft that is withdrawn is gone.
func (d *Desk) ActOnFeedback(ctx context.Context, a chat.Agent, id chat.FeedbackID, in FeedbackDeed) (out QuotedFeedback, again bool, err error) {
	what, err := meant("feedback "+string(in.Act), string(id), in)
	if err != nil {
		return out, false, err
	}
	dropped := false
	_, again, err = d.coach(ctx, a, coachingAct{in.Key, what, func(tx *store.Tx, me chat.Agent) (change, error) {
		f, err := feedbackOf(tx, me.ID, id)
		if err != nil {
			return change{}, err
		}
		if in.Act == chat.FeedbackGive && f.State == chat.FeedbackDraft {
			if err := mayGive(tx, me, f); err != nil {
				return change{}, err
			}
		}
		if f, err = f.Act(me.ID, in.Act, in.Text, d.now()); err != nil {
			return change{}, err
		}
		dropped = f.Given == 0
		out.Feedback = f
		return d.keepFeedback(tx, f)
	}})
	if err == nil && !dropped {
		out, err = d.oneFeedback(ctx, a, id)
	}
	if again && in.Act == chat.FeedbackWithdraw && chat.IsKind(err, chat.Missing) {
		// The first time has deleted the draft.
		out.Feedback, err = chat.Feedback{ID: id, State: chat.FeedbackWithdrawn, Words: []chat.FeedbackWord{}}, nil
	}
	if out.Quote.Events == nil {
		out.Quote.Events = []chat.Event{}
	}
	return out, again, err
}

// keepFeedback stores what an act made. Of a draft that was withdrawn its agent
// never hears.
func (d *Desk) keepFeedback(tx *store.Tx, f chat.Feedback) (change, error) {
	c := change{noun: chat.NounFeedback, id: string(f.ID), people: []chat.AgentID{f.Coach}}
	if f.Given > 0 {
		c.people = append(c.people, f.Agent)
		return c, tx.SaveFeedback(f)
	}
	if err := tx.FreeMoments(f.ID); err != nil {
		return c, err
	}
	return c, tx.DeleteFeedback(f.ID)
}

// mayGive asks, as of now, what may have changed since the draft was begun: the
// chat is over, its coach may still see the lines and still coach their writer.
func mayGive(tx *store.Tx, me chat.Agent, f chat.Feedback) error {
	t, err := tx.Thread(f.Thread)
	if chat.IsKind(err, chat.Missing) || err == nil && !t.Access().Admits(me.Viewer()) {
		return chat.Errorf(chat.Denied, "The lines are not open to you any more, so this cannot be given. The draft is kept.")
	}
	if err != nil {
		return err
	}
	if err := chat.MayGive(t); err != nil {
		return err
	}
	return mayCoach(tx, me, f.Agent)
}

func (d *Desk) oneFeedback(ctx context.Context, a chat.Agent, id chat.FeedbackID) (out QuotedFeedback, err error) {
	err = d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		f, err := feedbackOf(tx, me.ID, id)
		if err != nil {
			return err
		}
		out, err = quoteFeedback(newQuoter(tx, me.Viewer()), f)
		return err
	})
	return out, err
}

// feedbackOf loads feedback that a person may read.
func feedbackOf(tx *store.Tx, me chat.AgentID, id chat.FeedbackID) (chat.Feedback, error) {
	f, err := tx.Feedback(id)
	if chat.IsKind(err, chat.Missing) || err == nil && !f.ShownTo(me) {
		return chat.Feedback{}, chat.Errorf(chat.Missing, "There is no such feedback, or it is not yours.")
	}
	return f, err
}
