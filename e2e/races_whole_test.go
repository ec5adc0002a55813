package e2e

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"earshot/internal/chat"
)

// half is what the following events of one transaction have to make whole.
type half struct {
	what string
	at   int64
	by   []chat.Kind
	who  chat.AgentID // whom an offer or assign is for
	// handing: who goes home hands it over, which ends what he has passed on.
	handing bool
}

// whole wants a transfer to an agent, and what triage sends to one, with its offer, an accepted one with its new
// lead, one that was overtaken with what has overtaken it, and what is handed over with
// who has it: each in the same
// transaction.
func (r *race) whole(e chat.Event, t chat.Thread) {
	if h := r.next[e.Conversation]; h != nil {
		between := e.Kind == chat.KindPromiseEnded || e.Kind == chat.KindLeave || e.Kind == chat.KindGrantEnded ||
			h.handing && (e.Kind == chat.KindTransferEnded || e.Kind == chat.KindOfferEnded)
		fits := slices.Contains(h.by, e.Kind) && (h.who == "" || h.who == agentIn(e))
		switch {
		case e.At != h.at || !fits && !between:
			r.wrong(&r.halves, e, h.what)
		case !fits:
			return
		}
		delete(r.next, e.Conversation)
	} else if cause := causeOf(e); cause == chat.ByTransfer || cause == chat.ByHandover || cause == chat.HandedBack || cause == chat.SignedOut {
		r.wrong(&r.halves, e, "given as if it had been passed on")
	}
	switch e.Kind {
	case chat.KindBackAsked:
		r.passes["asked back"]++
	case chat.KindAssign:
		if b, err := chat.Decode[chat.Assigned](e); err == nil && slices.Contains([]string{chat.ByGiving, chat.ByHandover, chat.ByHandLead, chat.ByTakeOver}, b.Cause) {
			r.passes[b.Cause]++
		}
	case chat.KindInvite:
		r.passes["invitations rang"]++
	case chat.KindInviteEnded:
		if b, err := chat.Decode[chat.InviteEnded](e); err == nil {
			r.passes["invitations "+b.How]++
		}
	case chat.KindHelpTaken, chat.KindHelpReturned:
		r.passes[string(e.Kind)]++
	case chat.KindJoin:
		if b, err := chat.Decode[chat.Joined](e); err == nil && b.Invite != 0 {
			r.passes["came in"]++
		}
	case chat.KindTransfer:
		if r.passes["transfers"]++; t.Transfer.To.Kind == chat.ToAgent {
			r.next[e.Conversation] = &half{what: "passed to an agent whom it does not ring", at: e.At, by: []chat.Kind{chat.KindOffer}, who: t.Transfer.To.Agent}
		}
	case chat.KindMoved:
		if b, err := chat.Decode[chat.Moved](e); err == nil && b.Agent != "" {
			r.passes["triage rang"]++
			r.next[e.Conversation] = &half{what: "sent to an agent whom it does not ring", at: e.At, by: []chat.Kind{chat.KindOffer}, who: b.Agent}
		}
	case chat.KindHanded:
		b, err := chat.Decode[chat.Handed](e)
		if err != nil {
			r.wrong(&r.lost, e, err.Error())
		}
		r.passes["handed"]++
		r.next[e.Conversation] = &half{what: "handed over, and nobody has it", at: e.At, by: []chat.Kind{chat.KindAssign, chat.KindRequeued}, who: b.To.Agent, handing: true}
	case chat.KindTransferEnded:
		r.ended(e)
	}
}

// causeOf is why an agent was given a Thread, or it went back into the queue.
func causeOf(e chat.Event) string {
	if e.Kind != chat.KindAssign && e.Kind != chat.KindRequeued {
		return ""
	}
	b, err := chat.Decode[struct {
		Cause string `json:"cause"`
	}](e)
	if err != nil {
		return ""
	}
	return b.Cause
}

func (r *race) ended(e chat.Event) {
	b, err := chat.Decode[chat.TransferEnded](e)
	if err != nil {
		r.wrong(&r.lost, e, err.Error())
		return
	}
	switch {
	case b.How == chat.Accepted:
		r.next[e.Conversation] = &half{what: "accepted without a new lead", at: e.At, by: []chat.Kind{chat.KindAssign}, who: b.Agent}
	case b.How == chat.Withdrawn && e.Actor.Kind == chat.BySystem:
		b.How = "overtaken"
		r.next[e.Conversation] = &half{what: "overtaken by nothing", at: e.At,
			by: []chat.Kind{chat.KindAssign, chat.KindRequeued, chat.KindMoved, chat.KindClosed, chat.KindHold}}
	}
	r.passes[b.How]++
}

// agentIn is whom an offer or an assign is for.
func agentIn(e chat.Event) chat.AgentID {
	b, err := chat.Decode[struct {
		Agent chat.AgentID `json:"agent"`
		Lead  chat.AgentID `json:"lead"`
	}](e)
	if err != nil {
		return ""
	}
	return max(b.Agent, b.Lead)
}

func transferOf(e chat.Event) int64 {
	b, err := chat.Decode[chat.TransferEnded](e)
	if err != nil {
		return 0
	}
	return b.Transfer
}

// madeAt names a promise, kept is what the log tells of it.
type madeAt struct {
	conversation chat.ConversationID
	seq          int64
}

type kept struct {
	owner chat.AgentID
	group chat.GroupID
	how   string
	ended int
}

// promise wants every promise made by a hold, and ended once at most.
func (r *race) promise(e chat.Event, t chat.Thread) {
	switch e.Kind {
	case chat.KindHold:
		r.passes["holds"]++
		r.promises[madeAt{e.Conversation, e.Seq}] = &kept{owner: t.Promise.Owner, group: t.Promise.Group}
	case chat.KindAssign, chat.KindRequeued, chat.KindMoved, chat.KindPolicy, chat.KindPromisePassed:
		if t.Promise == nil {
			return
		}
		if p := r.promises[madeAt{e.Conversation, t.Promise.Seq}]; p != nil {
			p.owner, p.group = t.Promise.Owner, t.Promise.Group
		}
	case chat.KindPromiseEnded:
		b, err := chat.Decode[chat.PromiseEnded](e)
		p := r.promises[madeAt{e.Conversation, b.Promise.Seq}]
		if err != nil || p == nil {
			r.wrong(&r.broke, e, "a promise ended that nobody has made")
			return
		}
		if p.ended++; p.ended > 1 {
			r.wrong(&r.broke, e, "a promise ended twice")
		}
		p.how = b.How
		r.passes[b.How]++
	}
}

// owed holds the ledger of promises in a database file against the log.
func (r *race) owed(t testing.TB, w workspace) {
	t.Helper()
	rows := readPromises(t, w)
	for at, p := range r.promises {
		row, held := rows[at]
		if !held || row.owner != p.owner || row.group != p.group || row.how != p.how || row.ended != p.ended {
			r.wrong(&r.broke, r.events[at.conversation][at.seq-1], fmt.Sprintf("the log gives %+v, the ledger %+v", *p, row))
		}
		delete(rows, at)
	}
	for at := range rows {
		r.wrong(&r.broke, chat.Event{Conversation: at.conversation, Seq: at.seq}, "a promise of which the log knows nothing")
	}
}

func readPromises(t testing.TB, w workspace) map[madeAt]kept {
	t.Helper()
	all := map[madeAt]kept{}
	w.query(t, "SELECT conversation, seq, owner, grp, how, CASE WHEN ended_at <> 0 THEN 1 ELSE 0 END FROM promises", func(rows *sql.Rows) error {
		var at madeAt
		var p kept
		err := rows.Scan(&at.conversation, &at.seq, &p.owner, &p.group, &p.how, &p.ended)
		all[at] = p
		return err
	})
	return all
}
