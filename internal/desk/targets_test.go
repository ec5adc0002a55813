package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
)

// visits is a new visitor who writes on a page of the shop.
func visits(t *testing.T, w *desktest.World, path, text string) (desktest.Visitor, chat.ConversationID) {
	t.Helper()
	v := w.Visitor()
	done := must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Text: text,
		Arrival: chat.Arrival{URL: "https://shop.example" + path}}))
	return v, done.Visitor.Conversation
}

// passes takes a conversation, moves it to a group, and has somebody take it there.
func passes(t *testing.T, w *desktest.World, c chat.ConversationID, by chat.Agent, to chat.GroupID, taker chat.Agent) {
	t.Helper()
	must[desk.Done](t)(w.Desk.Take(t.Context(), by, c, desk.Taking{Key: w.Key(), Over: true}))
	must[desk.Done](t)(w.Desk.Move(t.Context(), by, c, desk.Moving{Key: w.Key(), Group: to, Reason: "because"}))
	if taker.ID != "" {
		must[desk.Done](t)(w.Desk.Take(t.Context(), taker, c, desk.Taking{Key: w.Key()}))
	}
}

func shop(t *testing.T) (w *desktest.World, billing, tech desk.ManagedGroup, ann, ben chat.Agent) {
	t.Helper()
	w = desktest.New(t)
	ann, ben = w.Agent("Ann", chat.Member), w.Agent("Ben", chat.Member)
	billing, tech = addGroup(t, w, "Billing", desk.GroupChange{}, ben), addGroup(t, w, "Tech", desk.GroupChange{}, ann)
	must[desk.ManagedGroup](t)(w.Desk.ChangeGroup(t.Context(), w.Owner, w.Group.ID, desk.GroupChange{Rules: &desk.Rules{Line: routing.FirstLine}}))
	for _, a := range []chat.Agent{ann, ben} {
		must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, a.ID, desk.AgentChange{Limit: new(50)}))
	}
	return w, billing, tech, ann, ben
}

func suggested(t *testing.T, w *desktest.World, a chat.Agent, c chat.ConversationID) (all []string) {
	t.Helper()
	for _, s := range must[desk.Targets](t)(w.Desk.Targets(t.Context(), a, c)).Suggestions {
		all = append(all, fmt.Sprintf("%s%s: %s", s.Group, s.Agent, s.Why))
	}
	return all
}

func TestTargets_SuggestWhereThisTeamPassedItsLike(t *testing.T) {
	t.Parallel()
	w, billing, _, ann, ben := shop(t)
	for i := range 5 {
		_, now := visits(t, w, "/invoice/4711", "Hello, the VAT is wrong")
		if got := suggested(t, w, ann, now); i < 5 && len(got) != 0 {
			t.Errorf("after %d: %q", i, got)
		}
		passes(t, w, now, ann, billing.ID, ben)
	}
	_, c := visits(t, w, "/invoice/12", "no VAT?")
	want := []string{`Page /invoice/*: 5 of 5 like this went there.`}
	got := suggested(t, w, ann, c)
	if diff := cmp.Diff([]string{string(billing.ID) + ": " + want[0], string(ben.ID) + ": " + want[0]}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, other := visits(t, w, "/", "my phone is dead")
	if got := suggested(t, w, ann, other); len(got) != 2 || !strings.Contains(got[0], "5 of the last 5") {
		t.Errorf("where nothing is alike: %q", got)
	}
	// The group that has it is no suggestion, and who has passed it on neither.
	passes(t, w, c, ben, billing.ID, chat.Agent{})
	if got := suggested(t, w, ann, c); len(got) != 0 {
		t.Errorf("in the group that has it: %q", got)
	}
	must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), ann, ann.ID, desk.AgentChange{Topics: &[]string{"vat"}}))
	if got := suggested(t, w, ben, c); len(got) != 1 || !strings.HasPrefix(got[0], string(ann.ID)+": The visitor names") {
		t.Errorf("by a topic: %q", got)
	}
}

func TestTargets_OfAnotherSiteTellNothing(t *testing.T) {
	t.Parallel()
	w, billing, _, ann, ben := shop(t)
	second := must[chat.Site](t)(w.Desk.SaveSite(t.Context(), w.Owner, chat.Site{Name: "Second", Origins: []string{"https://second.example"}, Group: w.Group.ID}))
	for range 6 {
		_, c := visits(t, w, "/invoice", "VAT")
		passes(t, w, c, ann, billing.ID, ben)
	}
	caller := w.Visitor().Caller
	caller.Site = second.Key
	done := must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), caller, desk.VisitorMessage{Key: w.Key(), Text: "VAT", Arrival: chat.Arrival{URL: "https://second.example/invoice"}}))
	if got := suggested(t, w, ann, done.Visitor.Conversation); len(got) != 0 {
		t.Errorf("suggested %q", got)
	}
}

// A group that is deleted hands its chats on: nobody has chosen that way.
func TestTargets_NothingIsLearntWhereNobodyChose(t *testing.T) {
	t.Parallel()
	w, billing, _, ann, _ := shop(t)
	old := addGroup(t, w, "Old", desk.GroupChange{}, ann)
	for range 6 {
		arrivesAt(t, w, old.ID)
	}
	if err := w.Desk.DeleteGroup(t.Context(), w.Owner, old.ID, billing.ID); err != nil {
		t.Fatal(err)
	}
	_, c := visits(t, w, "/", "hello")
	if got := suggested(t, w, ann, c); len(got) != 0 {
		t.Errorf("suggested %q", got)
	}
}

// A transfer that is accepted and a move are one thing to suggestions; one that is
// declined is none.
func TestTargets_AcceptedTransfersAreLearntFromLikeMoves(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	must[desk.ManagedGroup](t)(h.Desk.ChangeGroup(t.Context(), h.Owner, h.Group.ID, desk.GroupChange{Rules: &desk.Rules{Line: routing.FirstLine}}))
	asks := func(who chat.Agent) {
		_, h.c = visits(t, h.World, "/invoice", "VAT")
		must[desk.Done](t)(h.Desk.Take(t.Context(), h.ada, h.c, desk.Taking{Key: h.Key(), Over: true}))
		h.mustPass(toAgent(who))
	}
	for range 5 {
		asks(h.cleo)
		must[desk.Done](t)(h.Desk.Decline(t.Context(), h.cleo, h.c, h.Key(), "not now"))
		if got := suggested(t, h.World, h.ada, h.c); len(got) != 0 {
			t.Errorf("after what was declined: %q", got)
		}
		must[desk.Done](t)(h.Desk.Close(t.Context(), h.ada, h.c, h.Key()))
	}
	for range 5 {
		asks(h.ben)
		must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
		must[desk.Done](t)(h.Desk.Close(t.Context(), h.ben, h.c, h.Key()))
	}
	_, c := visits(t, h.World, "/invoice", "VAT")
	if got := suggested(t, h.World, h.ada, c); len(got) != 2 || !strings.HasPrefix(got[0], string(h.billing.ID)) || !strings.HasPrefix(got[1], string(h.ben.ID)) {
		t.Errorf("suggested %q", got)
	}
	if got := must[[]desk.WrongWays](t)(h.Desk.WrongWays(t.Context(), h.Owner, 1)); len(got) != 1 || got[0].Group != h.Group.ID || got[0].Passed != 5 {
		t.Errorf("passed on: %+v", got)
	}
}

func TestTargets_SayWhoCanBeOneAndWhyNot(t *testing.T) {
	t.Parallel()
	w, billing, tech, ann, ben := shop(t)
	gus := w.Agent("Gus", chat.Member)
	empty := addGroup(t, w, "Empty", desk.GroupChange{Rules: &desk.Rules{Hours: &routing.Hours{Zone: "UTC", Week: []routing.Shift{{Day: routing.Day(time.Monday), Span: routing.Span{From: 8 * 60, To: 17 * 60}}}}}})
	in := playbook(tech.ID, 0, "x")
	in.Transfer.Except = []chat.AgentID{ann.ID}
	must[chat.Playbook](t)(w.Desk.SavePlaybook(t.Context(), w.Owner, in))
	in = playbook(w.Group.ID, 0, "x")
	in.Transfer.Except = []chat.AgentID{ann.ID, ben.ID}
	must[chat.Playbook](t)(w.Desk.SavePlaybook(t.Context(), w.Owner, in))
	w.Connect(ben, gus)
	_, c := visits(t, w, "/", "hello")
	must[desk.Done](t)(w.Desk.Take(t.Context(), gus, c, desk.Taking{Key: w.Key()}))
	got := must[desk.Targets](t)(w.Desk.Targets(t.Context(), w.Owner, c))
	group := func(id chat.GroupID) desk.TargetGroup {
		return got.Groups[slices.IndexFunc(got.Groups, func(g desk.TargetGroup) bool { return g.Group == id })]
	}
	agent := func(id chat.AgentID) desk.TargetAgent {
		return got.Agents[slices.IndexFunc(got.Agents, func(a desk.TargetAgent) bool { return a.Agent == id })]
	}
	if g := group(billing.ID); g.Bar != "" || g.Free != 1 || g.Slots != 50 || g.State != routing.Online || g.Playbook != 0 || g.ClosesAt != 0 {
		t.Errorf("a group with somebody free: %+v", g)
	}
	if g := group(w.Group.ID); g.Bar != desk.BarHere || g.Playbook != 1 || g.Slots != 53 {
		t.Errorf("the group that has it: %+v", g)
	}
	if g := group(empty.ID); g.Bar != desk.BarEmpty || g.ClosesAt != chat.Micros(w.Clock.Now().Add(8*time.Hour)) {
		t.Errorf("a group without anybody: %+v", g)
	}
	if a := agent(gus.ID); a.Bar != desk.BarLead || a.Load != 100 || !a.Takes || !a.Room {
		t.Errorf("who has it: %+v", a)
	}
	if a := agent(ann.ID); a.Bar != desk.BarExcept || len(a.Groups) != 0 || a.Present {
		t.Errorf("whom every playbook leaves out: %+v", a)
	}
	if a := agent(ben.ID); a.Bar != "" || !slices.Equal(a.Groups, []chat.GroupID{billing.ID}) || !a.Present {
		t.Errorf("whom one playbook leaves out: %+v", a)
	}
	must[desk.Done](t)(w.Desk.Move(t.Context(), gus, c, desk.Moving{Key: w.Key(), Group: billing.ID, Reason: "x"}))
	if got = must[desk.Targets](t)(w.Desk.Targets(t.Context(), w.Owner, c)); agent(gus.ID).Bar != "" || !slices.Equal(agent(gus.ID).Gave, []string{"x"}) {
		t.Errorf("who has passed it on: %+v", agent(gus.ID))
	}
	must[desk.Done](t)(w.Desk.Take(t.Context(), ben, c, desk.Taking{Key: w.Key()}))
	must[desk.Done](t)(w.Desk.Close(t.Context(), ben, c, w.Key()))
	_, err := w.Desk.Targets(t.Context(), w.Owner, c)
	wantKind(t, "what is closed", err, chat.Gone)
	w.SetPolicy(chat.PolicyLead)
	_, hidden := w.Taken(gus)
	_, err = w.Desk.Targets(t.Context(), ben, hidden)
	wantKind(t, "what I may not see", err, chat.Missing)
	_, err = w.Desk.Targets(t.Context(), ben, chat.TeamConversation)
	wantKind(t, "no conversation", err, chat.Missing)
}
