package e2e

import (
	"slices"

	"earshot/internal/chat"
)

// facts are the events of a conversation that the model knows, with the index of
// each by its seq.
func (r *race) facts(id chat.ConversationID) (all []fact, at map[int64]int) {
	at = map[int64]int{}
	for _, e := range r.events[id] {
		switch e.Kind {
		case chat.KindStarted, chat.KindReopened, chat.KindClosed, chat.KindAssign, chat.KindJoin, chat.KindLeave, chat.KindRequeued, chat.KindMoved,
			chat.KindOffer, chat.KindOfferEnded, chat.KindEnded, chat.KindTransfer, chat.KindTransferEnded, chat.KindHold, chat.KindHanded, chat.KindLeadBack,
			chat.KindBackAsked, chat.KindBackWaived, chat.KindInvite, chat.KindInviteEnded, chat.KindGrant, chat.KindGrantEnded,
			chat.KindHelp, chat.KindHelpTaken, chat.KindHelpReturned, chat.KindHelpCleared:
		default:
			continue
		}
		b, err := chat.Decode[struct {
			Agent    chat.AgentID  `json:"agent"`
			By       chat.AgentID  `json:"by"`
			Lead     chat.AgentID  `json:"lead"`
			Previous chat.AgentID  `json:"previous"`
			Cause    string        `json:"cause"`
			How      string        `json:"how"`
			Group    chat.GroupID  `json:"group"`
			Policy   chat.Policy   `json:"policy"`
			Deadline int64         `json:"deadline"`
			To       chat.Target   `json:"to"`
			Reason   string        `json:"reason"`
			Stays    bool          `json:"stays"`
			Role     chat.ChatRole `json:"role"`
			Invite   int64         `json:"invite"`
			GoesOn   bool          `json:"goes_on"`
			Promise  chat.Promise  `json:"promise"`
			Access   struct {
				After chat.Access `json:"after"`
			} `json:"access"`
		}](e)
		if err != nil {
			r.wrong(&r.lost, e, err.Error())
			continue
		}
		f := fact{kind: e.Kind, actor: e.Actor, at: e.At, agent: b.Agent, lead: b.Lead, previous: b.Previous, cause: b.Cause, how: b.How,
			group: b.Group, policy: b.Policy, deadline: b.Deadline, seq: e.Seq, to: b.To, reason: b.Reason, stays: b.Stays, role: b.Role, invite: b.Invite, goesOn: b.GoesOn, by: b.By}
		switch e.Kind {
		case chat.KindRequeued, chat.KindMoved, chat.KindHanded:
			f.agent = b.By
		case chat.KindHold:
			f.agent, f.group, f.policy = b.Promise.By, b.Access.After.Group, b.Access.After.Policy
		case chat.KindAssign:
			f.group, f.policy = b.Access.After.Group, b.Access.After.Policy
		case chat.KindInvite:
			if f.rings = b.Invite != 0; !f.rings {
				f.invite = e.Seq
			}
		case chat.KindTransferEnded:
			f.seq = transferOf(e)
		case chat.KindTransfer:
			told, _ := chat.Decode[chat.TransferTold](e)
			f.agent, f.to, f.reason, f.deadline = told.Transfer.By, told.Transfer.To, told.Transfer.Reason, told.Transfer.Deadline
		}
		at[e.Seq] = len(all)
		all = append(all, f)
	}
	return all, at
}

// history makes one conversation's attempts out of its deeds and of what the log
// holds besides: the router's decisions. missing are deeds that were answered with
// events which the log does not hold.
func (r *race) history(id chat.ConversationID, deeds, left, shifts []deed) (facts []fact, all []attempt, missing int) {
	facts, at := r.facts(id)
	for _, d := range deeds {
		a := attempt{deed: d}
		seqs, held := r.seqsOf(id, d)
		if !held {
			missing++
		}
		for _, seq := range seqs {
			if i, known := at[seq]; known {
				facts[i].mine = true
				if a.first == a.end {
					a.first, a.end = i, i
				}
				a.end = max(a.end, i+1)
			}
		}
		all = append(all, a)
	}
	claimUnseen(facts, all)
	all = append(all, r.claimShifts(id, facts, shifts)...)
	all = append(all, claimLeft(facts, left)...)
	for i, f := range facts {
		bySomebody := (f.kind == chat.KindRequeued || f.kind == chat.KindMoved || f.kind == chat.KindHold) && f.agent != ""
		byRouter := f.actor.Kind == chat.BySystem && !bySomebody
		if byRouter && !f.mine {
			facts[i].mine = true
			all = append(all, attempt{deed: deed{verb: "route", outcome: "ok", call: f.at, ret: never}, system: true, first: i, end: i + 1})
		}
	}
	return facts, all, missing
}

// claimUnseen finds the fact of who was answered without its event: by his own
// deed he may not see the Thread any more.
func claimUnseen(facts []fact, all []attempt) {
	for k := range all {
		a := &all[k]
		if a.outcome != "ok" || len(a.events) > 0 || a.by == "" || a.again {
			continue
		}
		for i, f := range facts {
			inside := f.at >= a.call && f.at <= a.ret
			if !f.mine && inside && a.makes(f) && (a.verb != "move" || f.group == a.group) {
				a.first, a.end = claim(facts, i)
				break
			}
		}
	}
}

// claim takes a fact and those beside it that were made in the same moment: one
// transaction.
func claim(facts []fact, i int) (first, end int) {
	first, end = i, i+1
	for first > 0 && facts[first-1].at == facts[i].at && !facts[first-1].mine {
		first--
	}
	for end < len(facts) && facts[end].at == facts[i].at && !facts[end].mine {
		end++
	}
	for k := first; k < end; k++ {
		facts[k].mine = true
	}
	return first, end
}

// claimLeft finds what became of a conversation whose lead signed out.
func claimLeft(facts []fact, left []deed) (all []attempt) {
	for i, f := range facts {
		byLeaving := f.kind == chat.KindAssign && f.cause == chat.ByHandover || f.kind == chat.KindRequeued && f.cause == chat.SignedOut
		if f.mine || !byLeaving {
			continue
		}
		for _, d := range left {
			if d.by == f.previous && f.at >= d.call && f.at <= d.ret && (d.outcome == "ok" || d.outcome == "") {
				a := attempt{deed: d}
				a.outcome = "ok"
				a.first, a.end = claim(facts, i)
				all = append(all, a)
				break
			}
		}
	}
	return all
}

// seqsOf are the numbers of the events that a deed was answered with. A visitor
// is answered with his message alone: what it opened stands before it.
func (r *race) seqsOf(id chat.ConversationID, d deed) (seqs []int64, held bool) {
	events := r.events[id]
	if d.by != "" {
		for _, e := range d.events {
			if e.Seq < 1 || e.Seq > int64(len(events)) || string(events[e.Seq-1].ID) != e.ID {
				return nil, false
			}
			seqs = append(seqs, e.Seq)
		}
		return seqs, true
	}
	if d.outcome != "ok" {
		return nil, true
	}
	for i, e := range events {
		ended := d.verb == "end" && e.Kind == chat.KindEnded
		said := d.verb == "say" && len(d.events) > 0 && string(e.ID) == d.events[len(d.events)-1].ID
		if !ended && !said {
			continue
		}
		for k := i - 1; k >= 0 && events[k].At == e.At && events[k].Kind != chat.KindMessage; k-- {
			seqs = append(seqs, events[k].Seq)
		}
		slices.Sort(seqs)
		return append(seqs, e.Seq), true
	}
	return nil, false
}
