package desk_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

// shift is the end of Ada's: she leads two chats, in one of which the visitor waits,
// is a member of Ben's, and owes the visitor of a fourth an answer. Ben and Cleo are
// in her group, too.
type shift struct {
	*handover
	led, answered, joined, owed chat.ConversationID
}

func newShift(t *testing.T, policy chat.Policy) *shift {
	t.Helper()
	h := newHandover(t, policy)
	h.ada.Limit = 9
	h.Write(func(tx *store.Tx) error { return tx.SaveAgent(h.ada) })
	for _, a := range []*chat.Agent{&h.ben, &h.cleo} {
		a.Groups = append(a.Groups, h.Group.ID)
		h.Write(func(tx *store.Tx) error { return tx.SaveAgent(*a) })
	}
	s := &shift{handover: h, led: h.c}
	h.visitor.Says("are you there?")
	_, s.answered = h.Taken(h.ada)
	must[desk.Done](t)(h.Desk.PostMessage(t.Context(), h.ada, s.answered, says(h.World, "here you are")))
	_, s.joined = h.Taken(h.ben)
	must[desk.Done](t)(h.Desk.Join(t.Context(), h.ada, s.joined, h.Key()))
	_, s.owed = h.Taken(h.ben)
	h.later(0)
	h.Disconnect(h.ada)
	h.Clock.Advance(time.Minute)
	h.Connect(h.ben, h.cleo)
	_, err := h.Desk.Hold(t.Context(), h.ben, s.owed, desk.Hold{Transfer: desk.Transfer{Key: h.Key(), To: toAgent(h.ada), Reason: "an invoice"}, Way: chat.HeldWait})
	check(t, err)
	h.later(0)
	return s
}

func (s *shift) proposal() map[chat.ConversationID]desk.HandoverLine {
	s.t.Helper()
	all := map[chat.ConversationID]desk.HandoverLine{}
	for _, l := range must[[]desk.HandoverLine](s.t)(s.Desk.HandoverProposal(s.t.Context(), s.ada)) {
		all[l.Conversation] = l
	}
	return all
}

// The line for the visitor is the one of the group that goes on, where it has written
// one.
func TestHandover_ProposesTheGroupsLine(t *testing.T) {
	t.Parallel()
	s := newShift(t, chat.PolicyOpen)
	if got := s.proposal()[s.led].Say; got != "" {
		t.Errorf("the group has written nothing, and its line is %q", got)
	}
	must[chat.Playbook](t)(s.Desk.SavePlaybook(t.Context(), s.Owner, chat.Playbook{Group: s.Group.ID, Transfer: chat.TransferChapter{Say: "A colleague of Support goes on."}}))
	if got := s.proposal()[s.led].Say; got != "A colleague of Support goes on." {
		t.Errorf("the group's line is %q", got)
	}
}

// lines is a hand-over that says what is proposed, but for what change says.
func (s *shift) lines(change map[chat.ConversationID]desk.Handing) []desk.Handing {
	s.t.Helper()
	var all []desk.Handing
	for _, l := range s.proposal() {
		one := desk.Handing{Way: l.Way, To: l.To}
		if c, changed := change[l.Conversation]; changed {
			one = c
		}
		one.Conversation = l.Conversation
		all = append(all, one)
	}
	return all
}

func (s *shift) handOver(lines []desk.Handing, brief string) error {
	s.t.Helper()
	_, err := s.Desk.HandOver(s.t.Context(), s.ada, desk.Handover{Key: s.Key(), Lines: lines, Brief: brief})
	return err
}

func (s *shift) heads() map[chat.ConversationID]int64 {
	s.t.Helper()
	heads := map[chat.ConversationID]int64{}
	for _, c := range []chat.ConversationID{s.led, s.answered, s.joined, s.owed} {
		heads[c] = s.State(c).Conversation.Head
	}
	return heads
}

func TestHandover_ProposesForEverythingThatIsHers(t *testing.T) {
	t.Parallel()
	s := newShift(t, chat.PolicyOpen)
	all := must[[]desk.HandoverLine](t)(s.Desk.HandoverProposal(t.Context(), s.ada))
	var parts []string
	for _, l := range all {
		parts = append(parts, l.Part)
		if l.Why == "" {
			t.Errorf("no reason: %+v", l)
		}
	}
	if want := []string{desk.PartLead, desk.PartLead, desk.PartPromise, desk.PartMember}; !slices.Equal(parts, want) {
		t.Fatalf("it lists %v, want %v", parts, want)
	}
	if all[0].Conversation != s.led || all[0].WaitingSince == 0 || all[0].MayClose || !all[1].MayClose {
		t.Errorf("whose visitor waits comes first, and only the other may be closed: %+v", all[:2])
	}
	// Ben leads one chat besides, so Cleo comes first; then they are level.
	if p := s.proposal(); p[s.led].To != s.cleo.ID || p[s.owed].Way != desk.HandToAgent || p[s.owed].Promise == nil || p[s.joined].Way != desk.HandLeft {
		t.Errorf("proposed %+v", p)
	}
	for _, l := range must[[]desk.HandoverLine](t)(s.Desk.HandoverProposal(t.Context(), s.cleo)) {
		t.Errorf("Cleo has %+v", l)
	}
}

func TestHandOver_GivesEverythingInOneAct(t *testing.T) {
	t.Parallel()
	s := newShift(t, chat.PolicyOpen)
	due := s.State(s.owed).Thread.Promise.Due
	to := s.proposal()
	err := s.handOver(s.lines(map[chat.ConversationID]desk.Handing{
		s.led:      {Way: desk.HandToAgent, To: to[s.led].To, Note: "Wants a refund.", Say: "Cleo goes on from here."},
		s.answered: {Way: desk.HandClosed},
		s.owed:     {Way: desk.HandToAgent, To: s.ben.ID},
	}), "Printer is down.")
	check(t, err)
	led := s.State(s.led).Thread
	if b := last[chat.Assigned](t, s.World, s.led, chat.KindAssign); led.Lead != s.cleo.ID || b.Cause != chat.ByHandover || b.Why != to[s.led].Why || b.Over {
		t.Errorf("given: %+v, %+v", led, b)
	}
	if led.WaitingSince == 0 {
		t.Error("the line for the visitor counts as an answer")
	}
	said, note := last[chat.Said](t, s.World, s.led, chat.KindMessage), last[chat.Said](t, s.World, s.led, chat.KindNote)
	if said.Text != "Cleo goes on from here." || !said.Bridge || note.Text != "Wants a refund.\n\nPrinter is down." {
		t.Errorf("said %+v, noted %+v", said, note)
	}
	if th := s.State(s.answered).Thread; th.State != chat.IsClosed || last[chat.Said](t, s.World, s.answered, chat.KindNote).Text != "Printer is down." {
		t.Errorf("closed: %+v", th)
	}
	if th := s.State(s.joined).Thread; len(th.Members) != 0 || th.Lead != s.ben.ID {
		t.Errorf("left: %+v", th)
	}
	p := s.State(s.owed).Thread
	if p.Promise.Owner != s.ben.ID || p.Promise.Due != due || p.Held == nil || p.Held.Agent != s.ben.ID {
		t.Errorf("owed: %+v", p)
	}
	if mine := s.handover.owed(s.ben, desk.PromiseList{Owner: s.ben.ID}); len(mine) != 1 || mine[0].Conversation != s.owed {
		t.Errorf("Ben's promises: %+v", mine)
	}
	if left := s.proposal(); len(left) != 0 {
		t.Errorf("Ada has still %+v", left)
	}
}

// TestHandOver_ToTheGroupAndKept: the queue has it, before those who have not talked,
// and the router does not give it straight back.
func TestHandOver_ToTheGroupAndKept(t *testing.T) {
	t.Parallel()
	s := newShift(t, chat.PolicyOpen)
	check(t, s.handOver(s.lines(map[chat.ConversationID]desk.Handing{
		s.led: {Way: desk.HandToGroup}, s.answered: {Way: desk.HandKept}, s.owed: {Way: desk.HandToGroup}, s.joined: {Way: desk.HandKept},
	}), ""))
	th := s.State(s.led).Thread
	if b := last[chat.Requeued](t, s.World, s.led, chat.KindRequeued); th.State != chat.Queued || !th.Front || b.Cause != chat.HandedBack || th.Tries[0].Agent != s.ada.ID {
		t.Errorf("back in the queue: %+v, %+v", th, b)
	}
	if th := s.State(s.answered).Thread; th.Lead != s.ada.ID {
		t.Errorf("kept: %+v", th)
	}
	p := s.State(s.owed).Thread
	if p.Promise.Owner != "" || p.Held == nil || p.Held.Kind != chat.ToGroup {
		t.Errorf("the group owes %+v, held %+v", p.Promise, p.Held)
	}
	if left := s.proposal(); len(left) != 2 {
		t.Errorf("what she keeps is still hers: %+v", left)
	}
}

// TestHandOver_IsAllOrNothing: whatever is in the way is told at once, and no line
// leaves a trace.
func TestHandOver_IsAllOrNothing(t *testing.T) {
	t.Parallel()
	s := newShift(t, chat.PolicyGroup)
	dan := s.Agent("Dan", chat.Member, "g_billing")
	s.Connect(dan)
	full := s.cleo
	full.Limit = 1
	s.Write(func(tx *store.Tx) error { return tx.SaveAgent(full) })
	lines := s.lines(map[chat.ConversationID]desk.Handing{
		s.led: {Way: desk.HandToAgent, To: full.ID, Note: "x", Say: "y"}, s.answered: {Way: desk.HandToAgent, To: full.ID},
		s.owed: {Way: desk.HandToAgent, To: dan.ID}, s.joined: {Way: desk.HandToGroup},
	})
	_, fresh := s.Taken(s.ada)
	before := s.heads()
	err := s.handOver(lines, "brief")
	wantKind(t, "no room for the second, not allowed, a member's, and a new one", err, chat.Conflict)
	d, _ := detail[desk.HandoverRefused](err)
	got := map[chat.ConversationID]bool{}
	for _, l := range d.Lines {
		got[l.Conversation] = l.Why != ""
	}
	// Of two chats for one place the second in the order of locks is in the way.
	want := map[chat.ConversationID]bool{max(s.led, s.answered): true, s.owed: true, s.joined: true, fresh: true}
	if !maps.Equal(got, want) {
		t.Errorf("refused %v, want %v: %+v", got, want, d)
	}
	for c, head := range s.heads() {
		if head != before[c] {
			t.Errorf("%s has events of what was refused", c)
		}
	}
	if s.State(s.led).Thread.Lead != s.ada.ID {
		t.Error("she does not lead it any more")
	}
}

func TestHandOver_RefusesEachForItsReason(t *testing.T) {
	t.Parallel()
	s := newShift(t, chat.PolicyOpen)
	away := s.cleo
	away.Status = chat.Away
	s.Write(func(tx *store.Tx) error { return tx.SaveAgent(away) })
	for _, c := range []struct {
		name string
		c    chat.ConversationID
		line desk.Handing
	}{
		{"closing while the visitor waits", s.led, desk.Handing{Way: desk.HandClosed}},
		{"to who is away", s.led, desk.Handing{Way: desk.HandToAgent, To: away.ID}},
		{"to nobody", s.led, desk.Handing{Way: desk.HandToAgent, To: "a_nobody"}},
		{"to herself", s.led, desk.Handing{Way: desk.HandToAgent, To: s.ada.ID}},
		{"leaving what she leads", s.led, desk.Handing{Way: desk.HandLeft}},
		{"closing what she owes", s.owed, desk.Handing{Way: desk.HandClosed}},
		{"a line for a visitor whom she does not talk to", s.owed, desk.Handing{Way: desk.HandToGroup, Say: "bye"}},
		{"giving away what she is a member of", s.joined, desk.Handing{Way: desk.HandToAgent, To: s.ben.ID}},
	} {
		err := s.handOver(s.lines(map[chat.ConversationID]desk.Handing{c.c: c.line}), "")
		d, _ := detail[desk.HandoverRefused](err)
		if !chat.IsKind(err, chat.Conflict) || len(d.Lines) != 1 || d.Lines[0].Conversation != c.c {
			t.Errorf("%s: %v, %+v", c.name, err, d)
		}
	}
	wantKind(t, "without a key", func() error {
		_, err := s.Desk.HandOver(t.Context(), s.ada, desk.Handover{})
		return err
	}(), chat.Invalid)
	twice := append(s.lines(nil), desk.Handing{Conversation: s.led, Way: desk.HandKept})
	wantKind(t, "a conversation twice", s.handOver(twice, ""), chat.Invalid)
	wantKind(t, "an unknown way", s.handOver([]desk.Handing{{Conversation: s.led, Way: "burn"}}, ""), chat.Invalid)
	theirs := append(s.lines(nil), desk.Handing{Conversation: "c_none", Way: desk.HandToGroup})
	wantKind(t, "what is not hers", s.handOver(theirs, ""), chat.Conflict)
}

func TestHandOver_TheSameKeyDoesNothingTwice(t *testing.T) {
	t.Parallel()
	s := newShift(t, chat.PolicyOpen)
	in := desk.Handover{Key: s.Key(), Lines: s.lines(nil), Brief: "brief"}
	if again := must[bool](t)(s.Desk.HandOver(t.Context(), s.ada, in)); again {
		t.Error("the first says that it was done before")
	}
	before := s.heads()
	if again := must[bool](t)(s.Desk.HandOver(t.Context(), s.ada, in)); !again {
		t.Error("the second was done")
	}
	for c, head := range s.heads() {
		if head != before[c] {
			t.Errorf("%s has events of the second", c)
		}
	}
	in.Brief = "another"
	_, err := s.Desk.HandOver(t.Context(), s.ada, in)
	wantKind(t, "the key for something else", err, chat.Conflict)
}
