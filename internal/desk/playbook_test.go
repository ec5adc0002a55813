package desk_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

func playbook(g chat.GroupID, version int64, when string) chat.Playbook {
	p := chat.Playbook{Group: g, Version: version}
	p.Transfer.When = when
	return p
}

func TestPlaybook_EachVersionIsToldAndKept(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann", chat.Member)
	before := len(w.Log(chat.TeamConversation))
	none := must[chat.Playbook](t)(w.Desk.Playbook(t.Context(), w.Group.ID))
	if diff := cmp.Diff(chat.Playbook{Group: w.Group.ID}, none); diff != "" {
		t.Errorf("before anybody wrote (-want +got):\n%s", diff)
	}
	in := playbook(w.Group.ID, 0, " For invoices. ")
	in.Transfer.Reasons, in.Transfer.Except = []chat.ReasonCode{{Label: "VAT"}}, []chat.AgentID{ann.ID}
	first := must[chat.Playbook](t)(w.Desk.SavePlaybook(t.Context(), w.Owner, in))
	if first.Version != 1 || first.Transfer.When != "For invoices." || first.Transfer.Reasons[0].Code != "vat" {
		t.Errorf("the first is %+v", first)
	}
	if same := must[chat.Playbook](t)(w.Desk.SavePlaybook(t.Context(), w.Owner, first)); !cmp.Equal(same, first) {
		t.Errorf("saved again it is %+v", same)
	}
	second := must[chat.Playbook](t)(w.Desk.SavePlaybook(t.Context(), w.Owner, playbook(w.Group.ID, 1, "Never.")))
	if now := must[chat.Playbook](t)(w.Desk.Playbook(t.Context(), w.Group.ID)); !cmp.Equal(now, second) || now.Version != 2 {
		t.Errorf("the present one is %+v, want %+v", now, second)
	}
	told := w.Log(chat.TeamConversation)[before:]
	if got := kinds(told); got != "playbook.changed playbook.changed" {
		t.Fatalf("the team was told %q", got)
	}
	for i, want := range []chat.Playbook{first, second} {
		if got := must[chat.Playbook](t)(chat.Decode[chat.Playbook](told[i])); !cmp.Equal(got, want) || told[i].Actor.Agent() != w.Owner.ID {
			t.Errorf("version %d was told as %+v by %+v", i+1, got, told[i].Actor)
		}
	}
	page, next, err := w.Desk.PlaybookVersions(t.Context(), w.Group.ID, 0)
	at := chat.Micros(w.Clock.Now())
	want := []desk.PlaybookVersion{{Playbook: second, By: w.Owner.ID, ByName: w.Owner.Name, At: at}, {Playbook: first, By: w.Owner.ID, ByName: w.Owner.Name, At: at}}
	if diff := cmp.Diff(want, page); err != nil || next != 0 || diff != "" {
		t.Errorf("history: %v, next %d (-want +got):\n%s", err, next, diff)
	}
}

func TestSavePlaybook_RefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	old := addGroup(t, w, "Old", desk.GroupChange{})
	must[chat.Playbook](t)(w.Desk.SavePlaybook(t.Context(), w.Owner, playbook(old.ID, 0, "x")))
	if err := w.Desk.DeleteGroup(t.Context(), w.Owner, old.ID, w.Group.ID); err != nil {
		t.Fatal(err)
	}
	other := addGroup(t, w, "Other", desk.GroupChange{})
	stranger := playbook(w.Group.ID, 0, "x")
	stranger.Transfer.Except = []chat.AgentID{"a_none"}
	for what, c := range map[string]struct {
		by   chat.Agent
		in   chat.Playbook
		kind chat.ErrorKind
	}{
		"a member":              {w.Agent("Mia", chat.Member), playbook(w.Group.ID, 0, "x"), chat.Denied},
		"another's supervisor":  {supervisorOf(t, w, other.ID), playbook(w.Group.ID, 0, "x"), chat.Denied},
		"no such group":         {w.Owner, playbook("g_none", 0, "x"), chat.Missing},
		"a deleted group":       {w.Owner, playbook(old.ID, 1, "y"), chat.Gone},
		"nobody of ours":        {w.Owner, stranger, chat.Invalid},
		"what nobody wrote":     {w.Owner, playbook(w.Group.ID, 7, "x"), chat.Conflict},
		"members below nothing": {w.Owner, chat.Playbook{Group: w.Group.ID, GroupChat: chat.GroupChatChapter{Most: -1}}, chat.Invalid},
	} {
		_, err := w.Desk.SavePlaybook(t.Context(), c.by, c.in)
		wantKind(t, what, err, c.kind)
	}
	if now := must[chat.Playbook](t)(w.Desk.Playbook(t.Context(), w.Group.ID)); now.Version != 0 {
		t.Errorf("after refusals there is %+v", now)
	}
	_, err := w.Desk.Playbook(t.Context(), old.ID)
	wantKind(t, "of a deleted group", err, chat.Gone)
	if page, _, err := w.Desk.PlaybookVersions(t.Context(), old.ID, 0); err != nil || len(page) != 1 {
		t.Errorf("the history of a deleted group: %+v, %v", page, err)
	}
	_, _, err = w.Desk.PlaybookVersions(t.Context(), "g_none", 0)
	wantKind(t, "the history of no group", err, chat.Missing)
}

// The team writes it: who oversees the group, by his role or by his class in it.
func TestSavePlaybook_WhoOverseesTheGroupWrites(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	g := addGroup(t, w, "Orders", desk.GroupChange{})
	own := supervisorOf(t, w, g.ID)
	for i, by := range []chat.Agent{w.Owner, w.Agent("Adam", chat.Admin), w.Agent("Sue", chat.Supervisor), own} {
		saved, err := w.Desk.SavePlaybook(t.Context(), by, playbook(g.ID, int64(i), "As "+by.Name+" says."))
		if err != nil || saved.Version != int64(i+1) {
			t.Errorf("%s saves %+v, %v", by.Name, saved, err)
		}
	}
	// As of now, not as of when he loaded the page.
	if _, err := w.Desk.SetMembers(t.Context(), w.Owner, g.ID, []desk.Membership{{Agent: own.ID}}); err != nil {
		t.Fatal(err)
	}
	_, err := w.Desk.SavePlaybook(t.Context(), own, playbook(g.ID, 4, "x"))
	wantKind(t, "who supervised it", err, chat.Denied)
}

// supervisorOf is an agent who supervises one group by his class in it.
func supervisorOf(t *testing.T, w *desktest.World, g chat.GroupID) chat.Agent {
	t.Helper()
	a := w.Agent("Olga", chat.Member)
	if _, err := w.Desk.SetMembers(t.Context(), w.Owner, g, []desk.Membership{{Agent: a.ID, Class: chat.ClassSupervisor}}); err != nil {
		t.Fatal(err)
	}
	a.Groups, a.Classes = []chat.GroupID{g}, map[chat.GroupID]chat.Class{g: chat.ClassSupervisor}
	return a
}

// Two who write at once: one is stored, and the other reads what it is.
func TestSavePlaybook_OfTwoAtOnceOneWins(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	for round := range int64(20) {
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				_, errs[i] = w.Desk.SavePlaybook(context.Background(), w.Owner, playbook(w.Group.ID, round, fmt.Sprint(round, " by ", i)))
			})
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			if now, ok := detail[desk.PlaybookVersion](err); !ok || now.Playbook.Version != round+1 {
				t.Errorf("round %d: a loser is told %v", round, err)
			}
		}
		if won != 1 {
			t.Fatalf("round %d: %d won", round, won)
		}
	}
	page, next, err := w.Desk.PlaybookVersions(t.Context(), w.Group.ID, 0)
	if err != nil || len(page) != 20 || next != 0 || page[0].Playbook.Version != 20 {
		t.Errorf("history of %d, next %d, %v", len(page), next, err)
	}
	must[chat.Playbook](t)(w.Desk.SavePlaybook(t.Context(), w.Owner, playbook(w.Group.ID, 20, "last")))
	page, next, err = w.Desk.PlaybookVersions(t.Context(), w.Group.ID, 0)
	if err != nil || len(page) != 20 || next != 2 {
		t.Fatalf("a long history: %d, next %d, %v", len(page), next, err)
	}
	rest, end, err := w.Desk.PlaybookVersions(t.Context(), w.Group.ID, next)
	if err != nil || len(rest) != 1 || end != 0 || rest[0].Playbook.Version != 1 {
		t.Errorf("the rest: %+v, %d, %v", rest, end, err)
	}
}

// What a group has written holds for whoever passes a chat to it, and the transfer
// says which version that was.
func TestPlaybook_HoldsForTransfersToItsGroup(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	in := playbook(h.billing.ID, 0, "For invoices.")
	in.Transfer.Reasons = []chat.ReasonCode{{Code: "vat", Label: "VAT"}}
	in.Transfer.Questions = []chat.PlaybookQuestion{{ID: "q1", Text: "Which invoice?", Required: true}}
	in.Transfer.Except = []chat.AgentID{h.cleo.ID}
	must[chat.Playbook](t)(h.Desk.SavePlaybook(t.Context(), h.Owner, in))
	with := func(reason, answer string) func(*desk.Transfer) {
		return func(to *desk.Transfer) { to.Reason, to.Answers = reason, map[string]string{"q1": answer} }
	}
	wantKind(t, "no such reason", h.pass(toAgent(h.ben), with("tax", "4711")), chat.Invalid)
	wantKind(t, "no answer", h.pass(toAgent(h.ben), with("vat", " ")), chat.Invalid)
	wantKind(t, "no target", h.pass(toAgent(h.cleo), with("vat", "4711")), chat.Denied)
	h.mustPass(toAgent(h.ben), with("vat", "4711"))
	log := h.Log(h.c)
	for i := len(log) - 1; i >= 0; i-- {
		if log[i].Kind == chat.KindTransfer {
			told := must[chat.TransferTold](t)(chat.Decode[chat.TransferTold](log[i]))
			if told.Playbook != 1 || told.Answers["Which invoice?"] != "4711" {
				t.Errorf("it was told as %+v", told)
			}
			return
		}
	}
	t.Error("no transfer was told")
}
