package chat_test

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
)

var update = flag.Bool("update", false, "write the golden file instead of comparing")

// told is a story of one Conversation and the state that folding it gives.
type told struct {
	Events []chat.Event `json:"events"`
	State  chat.State   `json:"state"`
}

// The front ends fold the same events in a language of their own
// (web/kit/golden.test.ts): this file is what both must come to.
func TestFold_GoldenStories(t *testing.T) {
	t.Parallel()
	lines := make([]string, 102)
	for i := range lines {
		r := rand.New(rand.NewPCG(3, uint64(i)))
		about := drawn
		if i >= 90 {
			about = aside
		}
		story, err := json.Marshal(tell(r, about, 12))
		if err != nil {
			t.Fatal(err)
		}
		lines[i] = string(story)
	}
	got := "[\n" + strings.Join(lines, ",\n") + "\n]\n"
	path := filepath.Join("testdata", "folds.golden.json")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./internal/chat -run %s -update", err, t.Name())
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("folding gives something else now; run with -update, then the front ends' tests (-want +got):\n%s", diff)
	}
}

// tell makes up a story of so many events after the first. Which of them make
// sense after another does not matter: folding must not care.
func tell(r *rand.Rand, about func(*rand.Rand) []chat.Kind, n int) told {
	s := chat.State{Conversation: chat.Conversation{ID: "c_1", Kind: chat.FormCustomer, Visitor: mia.ID}}
	add := func(thread chat.ThreadID, e chat.Event) chat.Event { return s.Add(thread, []chat.Event{e})[0] }
	all := []chat.Event{add("t_1", made(r, chat.KindStarted, 1))}
	few := about(r)
	for i := range n {
		kind := few[r.IntN(len(few))]
		all = append(all, add("t_2", made(r, kind, int64(i+2))))
	}
	return told{Events: all, State: s}
}

// drawn are six kinds that meet each other again and again; in every third story those
// that pass a Thread on, which would meet by luck alone.
func drawn(r *rand.Rand) []chat.Kind {
	if r.IntN(3) == 0 {
		return []chat.Kind{chat.KindHold, chat.KindMoved, chat.KindRequeued, chat.KindAssign, chat.KindTransfer, chat.KindTransferEnded}
	}
	few := make([]chat.Kind, 6)
	for i, k := range r.Perm(len(kinds))[:6] {
		few[i] = kinds[k]
	}
	return few
}

// aside are those that change side-talks, which must be about the same one to mean anything.
func aside(*rand.Rand) []chat.Kind {
	return []chat.Kind{chat.KindSideAsked, chat.KindSideAsked, chat.KindNote, chat.KindNote, chat.KindSideUsed, chat.KindSideTold, chat.KindRedact, chat.KindRedact}
}

var kinds = []chat.Kind{
	chat.KindMessage, chat.KindMessage, chat.KindMessage, chat.KindNote, chat.KindSeen, chat.KindEdit, chat.KindRedact,
	chat.KindAssign, chat.KindAssign, chat.KindRequeued, chat.KindRequeued, chat.KindMoved, chat.KindPolicy, chat.KindJoin, chat.KindLeave,
	chat.KindOffer, chat.KindOffer, chat.KindOfferEnded, chat.KindIdle, chat.KindWoke, chat.KindReplyDue, chat.KindAlarm,
	chat.KindMailOffered, chat.KindMailAnswered, chat.KindLeadBack, chat.KindBackAsked, chat.KindBackWaived, chat.KindGrant, chat.KindGrant, chat.KindGrantEnded, chat.KindLinked, chat.KindClosed, chat.KindReopened, "from.the.future",
	chat.KindTransfer, chat.KindTransfer, chat.KindTransferEnded, chat.KindTransferEnded,
	chat.KindInvite, chat.KindInvite, chat.KindInviteEnded, chat.KindRole, chat.KindRole, chat.KindTrust, chat.KindProposal, chat.KindProposal, chat.KindProposalEnded,
	chat.KindHelp, chat.KindHelp, chat.KindHelpCleared, chat.KindHelpTaken, chat.KindHelpReturned, chat.KindWhisper,
	chat.KindHold, chat.KindPromiseDue, chat.KindPromiseEnded, chat.KindPromisePassed, chat.KindHanded, chat.KindHanded,
	chat.KindSideAsked, chat.KindSideAsked, chat.KindSideEnded, chat.KindSideUsed, chat.KindSideTold, chat.KindNote,
}

func made(r *rand.Rand, kind chat.Kind, at int64) chat.Event {
	audience := chat.ForAgents
	if r.IntN(2) == 0 || kind == chat.KindMessage {
		audience = chat.ForAll
	}
	if kind == chat.KindWhisper {
		audience = chat.Private(ada.ID)
	}
	return chat.Fact(kind, one(r, ada.Actor(), bob.Actor(), mia.Actor()), audience, at, bodyOf(r, kind))
}

func one[T any](r *rand.Rand, all ...T) T { return all[r.IntN(len(all))] }

func bodyOf(r *rand.Rand, kind chat.Kind) any {
	who, yes, seq := one(r, ada.ID, bob.ID), r.IntN(2) == 0, int64(r.IntN(12))
	switch kind {
	case chat.KindStarted:
		return chat.Started{Number: 1, Group: "g_1", Policy: chat.PolicyOpen, Stub: yes, Lead: one(r, "", who), Over: yes, Priority: r.IntN(2),
			Skills: one(r, nil, []string{"spanish"}), Mode: one(r, "", chat.Mail), Place: one(r, 0, seq, -seq), Recent: one(r, "", who), Owner: one(r, "", who)}
	case chat.KindMessage, chat.KindNote:
		return chat.Said{Text: one(r, "hello", "", "a longer line"), Files: one(r, nil, []chat.FileRef{{ID: "f_1", Name: "bill.pdf"}}), Bridge: r.IntN(4) == 0,
			Answer: one(r, nil, &chat.SideAnswer{Side: seq, Talk: "k_1", Seq: 4})}
	case chat.KindSeen:
		return chat.Seen{Side: one(r, chat.SideVisitor, chat.SideTeam), UpTo: seq}
	case chat.KindEdit:
		return chat.Edited{Target: seq, Text: "edited"}
	case chat.KindRedact:
		left := chat.SideLeft{Side: 2 + seq/2, Answers: r.IntN(2), Last: seq, Answered: 7, Answerers: one(r, nil, []chat.AgentID{who}), Further: one(r, 0, seq)}
		return chat.Redacted{Target: seq, Side: one(r, nil, &left)}
	case chat.KindAssign:
		after := one(r, chat.Access{}, chat.Access{Group: "g_4", Policy: chat.PolicyLead, Stub: yes})
		return chat.Assigned{Lead: who, Cause: one(r, chat.ByTaking, chat.ByPromotion, "route"), Over: yes, Stays: r.IntN(3) == 0, Access: chat.AccessChange{After: after}}
	case chat.KindRequeued:
		cause := one(r, chat.PutBack, chat.Disabled, chat.LostLead, chat.GoneLead, chat.MissedReply, chat.WokeNowhere, chat.SignedOut, chat.HandedBack)
		return chat.Requeued{QueuedAt: seq, Place: seq, Cause: cause, Previous: who}
	case chat.KindMoved:
		return chat.Moved{Group: "g_2", GroupName: "Sales", From: "g_1", Policy: chat.PolicyGroup, Stub: yes, By: one(r, "", who), Gave: one(r, nil, []chat.AgentID{cleo.ID}), Agent: one(r, "", ada.ID), Previous: who, QueuedAt: seq, Place: -seq}
	case chat.KindClosed:
		return chat.Closed{Reason: one(r, chat.Resolved, chat.Ended, chat.Abandoned)}
	}
	return turnBody(r, kind, who, yes)
}

func turnBody(r *rand.Rand, kind chat.Kind, who chat.AgentID, yes bool) any {
	switch kind {
	case chat.KindReopened:
		return chat.Reopened{QueuedAt: 3}
	case chat.KindPolicy:
		return chat.PolicyChanged{Policy: chat.PolicyLead, Stub: yes, Group: one[chat.GroupID](r, "", "g_3")}
	case chat.KindOffer:
		return chat.Offered{Agent: who, Deadline: 99, By: one(r, "", "", bob.ID)}
	case chat.KindOfferEnded:
		return chat.OfferEnded{Agent: who, How: one(r, chat.Declined, chat.Expired, chat.Withdrawn)}
	case chat.KindTransfer:
		to := one(r, chat.Target{Kind: chat.ToAgent, Agent: who, Group: "g_1"}, chat.Target{Kind: chat.ToGroup, Group: "g_2"})
		return chat.TransferTold{Transfer: chat.Transfer{By: who, To: to, At: 5, Deadline: 35, Reason: one(r, "", "invoice"), Stay: yes, Drop: one(r, nil, []chat.AgentID{ada.ID})}}
	case chat.KindTransferEnded:
		return chat.TransferEnded{How: one(r, chat.Accepted, chat.Accepted, chat.Declined, chat.Withdrawn), Agent: one(r, "", who)}
	case chat.KindHold:
		to := one(r, chat.Target{Kind: chat.ToAgent, Agent: who, Group: "g_4"}, chat.Target{Kind: chat.ToGroup, Group: "g_4"})
		p := chat.Promise{Owner: to.Agent, Group: "g_4", By: one(r, ada.ID, bob.ID), Way: one(r, chat.HeldWait, chat.HeldMail), At: 4, Due: 90, SoonAt: 70}
		return chat.Held{To: to, Way: p.Way, Due: 90, Promise: p, Reason: one(r, "", "invoice"), Gave: one(r, nil, []chat.AgentID{cleo.ID}), Previous: who, QueuedAt: 3, Place: -3,
			Access: chat.AccessChange{After: chat.Access{Group: "g_4", Policy: chat.PolicyGroup, Stub: yes}}}
	case chat.KindPromiseDue:
		return chat.PromiseDue{Stage: one(r, chat.PromiseSoon, chat.PromiseOverdue)}
	case chat.KindHanded:
		to := one(r, chat.Target{Kind: chat.ToAgent, Agent: who, Group: "g_1"}, chat.Target{Kind: chat.ToAnyone, Group: "g_2"})
		return chat.Handed{By: one(r, ada.ID, bob.ID), To: to, From: "g_2", Reason: one(r, "", "invoice")}
	case chat.KindPromisePassed:
		return chat.PromisePassed{Owner: one(r, "", who)}
	case chat.KindPromiseEnded:
		return chat.PromiseEnded{How: chat.PromiseKept}
	case chat.KindWoke:
		return chat.Woke{Lead: who, Over: yes}
	case chat.KindMailOffered:
		return chat.MailOffered{Cause: one(r, chat.MailMaxWait, chat.MailClosed)}
	case chat.KindMailAnswered:
		return chat.MailAnswered{Accepted: yes}
	case chat.KindHelp:
		return chat.HelpRaised{Cause: one(r, chat.HelpAsked, chat.HelpWord, chat.HelpRefund), Reason: one(r, "", "refund"), By: one(r, "", who)}
	case chat.KindHelpCleared:
		return chat.HelpCleared{How: chat.HelpByHand, By: who}
	case chat.KindHelpTaken:
		return chat.HelpTaken{By: who}
	case chat.KindHelpReturned:
		return chat.HelpReturned{By: who, How: chat.ReturnedByHand}
	case chat.KindWhisper:
		return chat.Said{Text: "psst"}
	case chat.KindReplyDue, chat.KindLeadBack, chat.KindBackAsked, chat.KindBackWaived:
		return chat.BackAsked{Agent: who}
	}
	return groupBody(r, kind, who, yes)
}

func groupBody(r *rand.Rand, kind chat.Kind, who chat.AgentID, yes bool) any {
	role, seq := one(r, "", chat.Expert, chat.Scribe), int64(2+r.IntN(10))
	switch kind {
	case chat.KindInvite:
		return chat.AskedIn{Invite: one(r, 0, 0, seq), Agent: one(r, "", who), Group: one[chat.GroupID](r, "", "g_2"), Role: role, Note: one(r, "", "a note"), Deadline: one[int64](r, 0, 99)}
	case chat.KindInviteEnded:
		return chat.InviteEnded{Invite: seq, Agent: who, How: one(r, chat.Declined, chat.Expired, chat.Withdrawn, chat.NobodyFree), GoesOn: yes}
	case chat.KindRole:
		return chat.RoleSet{Agent: who, Role: role}
	case chat.KindTrust:
		return chat.Trusted{Agent: who, Until: one[int64](r, 0, 77)}
	case chat.KindProposal:
		return chat.Said{Text: "proposed"}
	case chat.KindProposalEnded:
		return chat.ProposalEnded{Proposal: seq, How: chat.Discarded}
	}
	return sideBody(r, kind, who, seq, chat.Joined{Agent: who, Role: one(r, "", role)})
}

func sideBody(r *rand.Rand, kind chat.Kind, who chat.AgentID, seq int64, other any) any {
	switch kind {
	case chat.KindSideAsked:
		asks := chat.SideAsked{Agent: one(r, "", who), Group: one[chat.GroupID](r, "", "g_2"), Name: "Billing", Talk: "k_1", Message: seq, Due: 90}
		return chat.Said{Text: one(r, "may she?", ""), Asks: &asks}
	case chat.KindSideEnded:
		return chat.SideChanged{Side: seq, How: one(r, chat.Withdrawn, chat.TakenBack)}
	case chat.KindSideUsed, chat.KindSideTold:
		return chat.SideChanged{Side: seq, Note: 3}
	}
	return other
}
