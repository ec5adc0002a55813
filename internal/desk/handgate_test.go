package desk_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// oneLine hands over the one chat that Ada leads.
func (h *handover) oneLine(l desk.Handing) error {
	h.t.Helper()
	l.Conversation = h.c
	_, err := h.Desk.HandOver(h.t.Context(), h.ada, desk.Handover{Key: h.Key(), Lines: []desk.Handing{l}})
	return err
}

// bill is Billing's playbook, which asks for a code and an answer and excepts Cleo.
func (h *handover) bill() int64 {
	h.t.Helper()
	chapter := chat.TransferChapter{Reasons: []chat.ReasonCode{{Code: "invoice", Label: "An invoice"}},
		Questions: []chat.PlaybookQuestion{{ID: "number", Text: "Which invoice?", Required: true}}, Except: []chat.AgentID{h.cleo.ID}}
	return must[chat.Playbook](h.t)(h.Desk.SavePlaybook(h.t.Context(), h.Owner, chat.Playbook{Group: h.billing.ID, Transfer: chapter})).Version
}

// TestHandOver_ToAnotherGroupNeedsWhatMovingThereNeeds: the chat is then that group's,
// and keeps what was asked, answered, and by which version.
func TestHandOver_ToAnotherGroupNeedsWhatMovingThereNeeds(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	version := h.bill()
	to := desk.Handing{Way: desk.HandToAgent, To: h.ben.ID}
	for name, l := range map[string]desk.Handing{
		"no code":                     to,
		"a code that it has not":      {Way: desk.HandToAgent, To: h.ben.ID, Reason: "night", Answers: map[string]string{"number": "4711"}},
		"no answer":                   {Way: desk.HandToAgent, To: h.ben.ID, Reason: "invoice", Answers: map[string]string{"number": "  "}},
		"whom its playbook excepts":   {Way: desk.HandToAgent, To: h.cleo.ID, Reason: "invoice", Answers: map[string]string{"number": "4711"}},
		"who has nothing to do there": {Way: desk.HandToAgent, To: h.ada.ID},
	} {
		err := h.oneLine(l)
		if refused, _ := detail[desk.HandoverRefused](err); !chat.IsKind(err, chat.Conflict) || len(refused.Lines) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	to.Reason, to.Answers = "invoice", map[string]string{"number": "4711"}
	check(t, h.oneLine(to))
	th := h.thread()
	if th.Lead != h.ben.ID || th.Group != h.billing.ID {
		t.Errorf("led by %s in %s", th.Lead, th.Group)
	}
	want := chat.Handed{By: h.ada.ID, ByName: "Ada", To: chat.Target{Kind: chat.ToAgent, Agent: h.ben.ID, Group: h.billing.ID}, ToName: "Ben", From: h.Group.ID,
		Reason: "invoice", Answers: map[string]string{"Which invoice?": "4711"}, Playbook: version}
	if diff := cmp.Diff(want, last[chat.Handed](t, h.World, h.c, chat.KindHanded)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// TestHandOver_IsAPassageLikeTheOthers: it counts in the paths, in the use of the
// playbook and in the ways that were wrong.
func TestHandOver_IsAPassageLikeTheOthers(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	offering(h.World, routing.Rules{Line: routing.FirstLine, Distribution: routing.Distribution{Method: routing.Pull}})
	version := h.bill()
	check(t, h.oneLine(desk.Handing{Way: desk.HandToAgent, To: h.ben.ID, Reason: "invoice", Answers: map[string]string{"number": "4711"}}))
	h.Clock.Advance(time.Second)
	must[desk.Done](t)(h.Desk.Move(t.Context(), h.ben, h.c, desk.Moving{Key: h.Key(), Group: h.Group.ID, Reason: "not ours"}))
	h.Clock.Advance(time.Second)
	paths := must[desk.Paths](t)(h.Desk.Paths(t.Context(), h.Owner, 7)).Moves
	wantPaths := []desk.PathMove{{From: h.billing.ID, To: h.Group.ID, Reason: "not ours", N: 1, Conversations: []chat.ConversationID{h.c}},
		{From: h.Group.ID, To: h.billing.ID, Reason: "invoice", N: 1, Conversations: []chat.ConversationID{h.c}}}
	if len(paths) != 2 || !holds(paths, wantPaths[0]) || !holds(paths, wantPaths[1]) {
		t.Errorf("the paths are %+v, want %+v", paths, wantPaths)
	}
	use := must[[]desk.BookUse](t)(h.Desk.BookUse(t.Context(), h.Owner, 7))
	if want := (desk.BookUse{Group: h.billing.ID, Version: version, Reason: "invoice", N: 1, Back: 1, Conversations: []chat.ConversationID{h.c}}); !holds(use, want) {
		t.Errorf("the use is %+v, want %+v in it", use, want)
	}
	wrong := must[[]desk.WrongWays](t)(h.Desk.WrongWays(t.Context(), h.Owner, 7))
	if len(wrong) != 1 || (wrong[0].WrongWays != store.WrongWays{Passed: 1, Wrong: 1}) {
		t.Errorf("the wrong ways are %+v", wrong)
	}
}

func holds[T any](all []T, want T) bool {
	for _, one := range all {
		if cmp.Equal(one, want) {
			return true
		}
	}
	return false
}

// TestHandOver_AgainAndAgain: from the third passage on a reason is needed, from the
// fourth on the supervisors are called; the queue takes it in any case, and counts.
func TestHandOver_AgainAndAgain(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.ben.Groups = append(h.ben.Groups, h.Group.ID)
	h.Write(func(tx *store.Tx) error { return tx.SaveAgent(h.ben) })
	ben := desk.Handing{Way: desk.HandToAgent, To: h.ben.ID}
	back := func() {
		must[desk.Done](t)(h.Desk.Requeue(t.Context(), h.ben, h.c, h.Key()))
		must[desk.Done](t)(h.Desk.Take(t.Context(), h.ada, h.c, desk.Taking{Key: h.Key()}))
	}
	check(t, h.oneLine(ben))
	back()
	check(t, h.oneLine(desk.Handing{Way: desk.HandToGroup}))
	must[desk.Done](t)(h.Desk.Take(t.Context(), h.ada, h.c, desk.Taking{Key: h.Key()}))
	if n := len(h.thread().Passed); n != 2 {
		t.Fatalf("passed on %d times", n)
	}
	wantKind(t, "the third time without a reason", h.oneLine(ben), chat.Conflict)
	lines := must[[]desk.HandoverLine](t)(h.Desk.HandoverProposal(t.Context(), h.ada))
	if len(lines) != 1 || len(lines[0].Passed) != 2 {
		t.Errorf("what is shown before: %+v", lines)
	}
	ben.Reason = "night"
	check(t, h.oneLine(ben))
	for _, e := range h.Log(h.c) {
		if e.Kind == chat.KindAlarm {
			t.Errorf("the third time alarms: %s", e.Body)
		}
	}
	back()
	in := h.SignIn(h.ada)
	check(t, h.Desk.SignOut(t.Context(), h.ada, in.Session.ID, desk.SignOut{Chats: desk.ChatsToGroup}))
	if alarm := last[chat.Alarm](t, h.World, h.c, chat.KindAlarm); alarm.Cause != chat.AlarmHops {
		t.Errorf("the fourth time: %+v", alarm)
	}
	if passed := h.thread().Passed; len(passed) != 4 || passed[3].By != h.ada.ID || passed[3].Agent != "" {
		t.Errorf("passed on %+v", passed)
	}
}

// TestHandover_ProposesNobodyWhomThePlaybookExcepts, and says so of him.
func TestHandover_ProposesNobodyWhomThePlaybookExcepts(t *testing.T) {
	t.Parallel()
	s := newShift(t, chat.PolicyOpen)
	if to := s.proposal()[s.led].To; to != s.cleo.ID {
		t.Fatalf("without a playbook %q is proposed, want Cleo", to)
	}
	must[chat.Playbook](t)(s.Desk.SavePlaybook(t.Context(), s.Owner, chat.Playbook{Group: s.Group.ID, Transfer: chat.TransferChapter{Except: []chat.AgentID{s.cleo.ID}}}))
	line := s.proposal()[s.led]
	if line.To != s.ben.ID {
		t.Errorf("%q is proposed, want Ben", line.To)
	}
	for _, heir := range line.Heirs {
		if heir.Agent == s.cleo.ID {
			t.Errorf("Cleo is an heir: %+v", line.Heirs)
		}
	}
	i := -1
	for k, o := range line.Others {
		if o.Agent == s.cleo.ID {
			i = k
		}
	}
	// She is in Billing, too, whose playbook does not except her: there she may have it.
	if i < 0 || len(line.Others[i].Groups) != 1 || line.Others[i].Groups[0] != s.billing.ID {
		t.Errorf("of Cleo it says %+v", line.Others)
	}
	err := s.handOver(s.lines(map[chat.ConversationID]desk.Handing{s.led: {Way: desk.HandToAgent, To: s.cleo.ID}}), "")
	if refused, _ := detail[desk.HandoverRefused](err); len(refused.Lines) != 1 || refused.Lines[0].Conversation != s.led {
		t.Errorf("to Cleo: %v", err)
	}
}
