package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// handover is a world in which Ada, of the first group, leads a chat; Ben and Cleo are
// in Billing. All are connected.
type handover struct {
	*desktest.World
	t              *testing.T
	ada, ben, cleo chat.Agent
	billing        chat.Group
	visitor        desktest.Visitor
	c              chat.ConversationID
}

func newHandover(t *testing.T, policy chat.Policy) *handover {
	t.Helper()
	w := desktest.New(t)
	w.SetPolicy(policy)
	offering(w, routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}})
	h := &handover{World: w, t: t, billing: chat.Group{ID: "g_billing", Name: "Billing", Policy: policy}}
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(h.billing) })
	h.ada, h.ben, h.cleo = w.Agent("Ada", chat.Member), w.Agent("Ben", chat.Member, "g_billing"), w.Agent("Cleo", chat.Member, "g_billing")
	h.later(0)
	h.visitor, h.c = w.Taken(h.ada)
	return h
}

func (h *handover) later(d time.Duration) { later(h.World, d, h.ada, h.ben, h.cleo) }

func (h *handover) pass(to chat.Target, change ...func(*desk.Transfer)) error {
	in := desk.Transfer{Key: h.Key(), To: to, Reason: "an invoice", Summary: "Wants invoice 4711."}
	for _, c := range change {
		c(&in)
	}
	_, err := h.Desk.Transfer(h.t.Context(), h.ada, h.c, in)
	return err
}

func toAgent(a chat.Agent) chat.Target { return chat.Target{Kind: chat.ToAgent, Agent: a.ID} }

func (h *handover) mustPass(to chat.Target, change ...func(*desk.Transfer)) {
	h.t.Helper()
	if err := h.pass(to, change...); err != nil {
		h.t.Fatal(err)
	}
}

func (h *handover) set(a chat.Agent, status chat.Status) {
	h.t.Helper()
	a.Status = status
	h.Write(func(tx *store.Tx) error { return tx.SaveAgent(a) })
}

func (h *handover) thread() chat.Thread { return *h.State(h.c).Thread }

func (h *handover) rings() []chat.AgentID {
	var who []chat.AgentID
	for _, o := range h.thread().Offers {
		who = append(who, o.Agent)
	}
	return who
}

// TestTransfer_TheSenderKeepsItUntilItIsAccepted is the first row of card C1.
func TestTransfer_TheSenderKeepsItUntilItIsAccepted(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.mustPass(toAgent(h.ben), func(in *desk.Transfer) { in.Say = "Ben from Billing knows this." })
	th := h.thread()
	if th.Lead != h.ada.ID || th.Transfer == nil || th.Transfer.To.Group != h.billing.ID {
		t.Fatalf("while it rings: led by %s, %+v", th.Lead, th.Transfer)
	}
	if o := th.Offers; len(o) != 1 || o[0].Agent != h.ben.ID || o[0].Deadline-o[0].At != chat.RingTransfer.Microseconds() {
		t.Fatalf("it rings %+v", o)
	}
	must[desk.Done](t)(h.Desk.PostMessage(t.Context(), h.ada, h.c, says(h.World, "one moment")))
	h.visitor.Says("thank you")
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	th = h.thread()
	if th.Lead != h.ben.ID || th.Group != h.billing.ID || th.Transfer != nil || len(th.Offers) != 0 || slices.Contains(th.Members, h.ada.ID) {
		t.Errorf("accepted: %+v", th)
	}
	if p := th.Passed; len(p) != 1 || p[0].By != h.ada.ID || p[0].Agent != h.ben.ID || p[0].Reason != "an invoice" {
		t.Errorf("it was passed %+v", p)
	}
	_, err := h.Desk.PostMessage(t.Context(), h.ada, h.c, says(h.World, "and another thing"))
	wantKind(t, "the sender writing afterwards", err, chat.Denied)
	if a := last[chat.Assigned](t, h.World, h.c, chat.KindAssign); a.Cause != chat.ByTransfer || a.Previous != h.ada.ID {
		t.Errorf("assigned %+v", a)
	}
}

func TestTransfer_DeclinedOrUnansweredTheSenderGoesOn(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.mustPass(toAgent(h.ben))
	must[desk.Done](t)(h.Desk.Decline(t.Context(), h.ben, h.c, h.Key(), "I am about to leave."))
	if e := last[chat.TransferEnded](t, h.World, h.c, chat.KindTransferEnded); e.How != chat.Declined || e.Reason != "I am about to leave." || e.Agent != h.ben.ID {
		t.Errorf("declined: %+v", e)
	}
	h.mustPass(toAgent(h.cleo))
	h.later(29 * time.Second)
	if h.thread().Transfer == nil {
		t.Fatal("it ended before its time")
	}
	h.later(time.Second)
	th := h.thread()
	if th.Lead != h.ada.ID || th.Transfer != nil || len(th.Offers) != 0 {
		t.Errorf("unanswered: %+v", th)
	}
	if e := last[chat.TransferEnded](t, h.World, h.c, chat.KindTransferEnded); e.How != chat.Expired || e.Why == "" {
		t.Errorf("unanswered: %+v", e)
	}
	// Letting a colleague's question ring is no missed chat.
	h.Read(func(tx *store.Tx) error {
		duty, err := tx.Duty(h.cleo.ID)
		if duty.Misses != 0 {
			t.Errorf("Cleo has missed %d", duty.Misses)
		}
		return err
	})
	_, err := h.Desk.Accept(t.Context(), h.cleo, h.c, h.Key())
	wantKind(t, "accepting too late", err, chat.Conflict)
}

func TestTransfer_WithdrawnBeforeAnybodyAccepts(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.mustPass(toAgent(h.ben))
	_, err := h.Desk.Withdraw(t.Context(), h.cleo, h.c, h.Key())
	wantKind(t, "withdrawn by somebody else", err, chat.Denied)
	must[desk.Done](t)(h.Desk.Withdraw(t.Context(), h.ada, h.c, h.Key()))
	if th := h.thread(); th.Transfer != nil || len(th.Offers) != 0 || th.Lead != h.ada.ID {
		t.Errorf("withdrawn: %+v", th)
	}
	if done := must[desk.Done](t)(h.Desk.Withdraw(t.Context(), h.ada, h.c, h.Key())); !done.Again {
		t.Error("withdrawn twice did something")
	}
}

// TestTransfer_EachTargetAsCardC1Says goes through the table of whom one can ask.
func TestTransfer_EachTargetAsCardC1Says(t *testing.T) {
	t.Parallel()
	t.Run("full, with a mark", func(t *testing.T) {
		t.Parallel()
		h := newHandover(t, chat.PolicyOpen)
		for range 4 {
			h.Taken(h.ben)
		}
		h.mustPass(toAgent(h.ben))
		must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
		if th := h.thread(); th.Lead != h.ben.ID || !th.Over {
			t.Errorf("taken over by who was full: led by %s, over %v", th.Lead, th.Over)
		}
	})
	t.Run("away is asked for a minute", func(t *testing.T) {
		t.Parallel()
		h := newHandover(t, chat.PolicyOpen)
		h.set(h.ben, chat.Away)
		h.mustPass(toAgent(h.ben))
		if o := h.thread().Offers; len(o) != 1 || o[0].Deadline-o[0].At != chat.RequestTransfer.Microseconds() {
			t.Fatalf("it rings %+v", o)
		}
		h.later(59 * time.Second)
		must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	})
	t.Run("who is not here can only have it held", func(t *testing.T) {
		t.Parallel()
		h := newHandover(t, chat.PolicyOpen)
		h.Disconnect(h.ben)
		h.Clock.Advance(time.Minute)
		h.Connect(h.ada)
		err := h.pass(toAgent(h.ben))
		if d, ok := detail[desk.NobodyThere](err); !ok || d.To.Agent != h.ben.ID {
			t.Errorf("asked who is not here: %v", err)
		}
		if h.thread().Transfer != nil {
			t.Error("it was passed on all the same")
		}
	})
	t.Run("a group rings one after another", func(t *testing.T) {
		t.Parallel()
		h := newHandover(t, chat.PolicyOpen)
		h.mustPass(chat.Target{Kind: chat.ToGroup, Group: "g_billing"})
		h.Route()
		first := h.rings()
		if len(first) != 1 {
			t.Fatalf("it rings %v", first)
		}
		o := last[chat.Offered](t, h.World, h.c, chat.KindOffer)
		if o.Why == "" || o.RunnerUp == nil {
			t.Errorf("the offer says %+v", o)
		}
		h.later(30 * time.Second)
		second := h.rings()
		if len(second) != 1 || second[0] == first[0] {
			t.Fatalf("then it rings %v", second)
		}
		h.later(30 * time.Second)
		if e := last[chat.TransferEnded](t, h.World, h.c, chat.KindTransferEnded); e.How != chat.Expired || h.thread().Lead != h.ada.ID {
			t.Errorf("everybody was asked: %+v", e)
		}
	})
	t.Run("a full group is waited for, or left to", func(t *testing.T) {
		t.Parallel()
		h := newHandover(t, chat.PolicyOpen)
		for _, a := range []chat.Agent{h.ben, h.cleo} {
			for range 4 {
				h.Taken(a)
			}
		}
		h.mustPass(chat.Target{Kind: chat.ToGroup, Group: "g_billing"})
		h.Route()
		if th := h.thread(); th.Transfer == nil || len(th.Offers) != 0 || th.Lead != h.ada.ID {
			t.Fatalf("while all are full: %+v", th)
		}
		must[desk.Done](t)(h.Desk.LetGo(t.Context(), h.ada, h.c, h.Key()))
		th := h.thread()
		if th.State != chat.Queued || th.Group != "g_billing" || !th.Front || th.Transfer != nil || !slices.Contains(th.Excluded, h.ada.ID) {
			t.Errorf("left to the group: %+v", th)
		}
	})
	t.Run("a group where nobody takes chats", func(t *testing.T) {
		t.Parallel()
		h := newHandover(t, chat.PolicyOpen)
		h.set(h.ben, chat.Away)
		h.set(h.cleo, chat.Offline)
		err := h.pass(chat.Target{Kind: chat.ToGroup, Group: "g_billing"})
		if d, ok := detail[desk.NobodyThere](err); !ok || d.To.Group != "g_billing" {
			t.Errorf("asked a group where nobody is: %v", err)
		}
	})
	t.Run("anyone else here", func(t *testing.T) {
		t.Parallel()
		h := newHandover(t, chat.PolicyOpen)
		err := h.pass(chat.Target{Kind: chat.ToAnyone})
		if _, ok := detail[desk.NobodyThere](err); !ok {
			t.Errorf("nobody else is in the group: %v", err)
		}
		dora := h.Agent("Dora", chat.Member)
		h.Clock.Advance(2 * time.Second)
		h.Connect(dora)
		h.mustPass(chat.Target{Kind: chat.ToAnyone})
		h.Route()
		if who := h.rings(); len(who) != 1 || who[0] != dora.ID {
			t.Errorf("it rings %v", who)
		}
	})
}

// TestTransfer_WhoIsAskedReadsBeforeHeAccepts: in a group whose chats only their lead
// sees, who is asked sees the chat while it rings, and not after he has declined.
func TestTransfer_WhoIsAskedReadsBeforeHeAccepts(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyLead)
	reads := func(a chat.Agent) bool {
		_, err := h.Desk.Conversation(t.Context(), a, h.c)
		if err != nil && !chat.IsKind(err, chat.Missing) {
			t.Fatal(err)
		}
		return err == nil
	}
	if reads(h.ben) {
		t.Fatal("Ben reads a chat that is Ada's alone")
	}
	h.mustPass(toAgent(h.ben))
	if !reads(h.ben) || reads(h.cleo) {
		t.Errorf("while it rings Ben reads it: %v, Cleo: %v", reads(h.ben), reads(h.cleo))
	}
	must[desk.Done](t)(h.Desk.Decline(t.Context(), h.ben, h.c, h.Key(), ""))
	if reads(h.ben) {
		t.Error("Ben reads on after he has declined")
	}
	h.mustPass(toAgent(h.ben))
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	if !reads(h.ben) || reads(h.ada) {
		t.Errorf("accepted: Ben reads it: %v, Ada: %v", reads(h.ben), reads(h.ada))
	}
}

func TestTransfer_TheVisitorIsToldWhoAsksWhom(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	h.mustPass(toAgent(h.ben), func(in *desk.Transfer) { in.Say = "I ask Ben." })
	if got := kinds(h.Log(h.c)[len(h.Log(h.c))-3:]); got != "message transfer offer" {
		t.Errorf("written: %s", got)
	}
	for _, e := range h.Log(h.c) {
		if e.Kind != chat.KindTransfer {
			continue
		}
		if got, want := string(chat.ForVisitor(e).Body), `{"by_name":"Ada","public_name":"Billing","to_name":"Ben"}`; got != want {
			t.Errorf("the visitor reads %s, want %s", got, want)
		}
	}
}

// TestTransfer_TheVisitorReadsTheGroupInHisLanguage is card C3: of which group who is
// asked and who comes, under its public name, and none where there is none to tell.
func TestTransfer_TheVisitorReadsTheGroupInHisLanguage(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		change func(*chat.Group)
		group  bool // is asked as a whole
		want   string
	}{
		"a colleague":                     {func(*chat.Group) {}, false, `"public_name":"Rechnungen"`},
		"a colleague of a private group":  {func(g *chat.Group) { g.Private = true }, false, ""},
		"a group":                         {func(*chat.Group) {}, true, `"public_name":"Rechnungen"`},
		"a group without a name for him":  {func(g *chat.Group) { g.Names = nil }, true, `"public_name":"Billing"`},
		"a private group":                 {func(g *chat.Group) { g.Private = true }, true, ""},
		"a colleague of the chat's group": {func(g *chat.Group) { *g = chat.Group{} }, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHandover(t, chat.PolicyOpen)
			g := h.billing
			g.Names = map[string]string{"de": "Rechnungen"}
			one.change(&g)
			visitor := h.State(h.c).Conversation.Visitor
			h.Write(func(tx *store.Tx) error {
				v, err := tx.Visitor(visitor)
				v.Language = "de-AT"
				ben := h.ben
				if g.ID == "" { // where the chat is already
					g, ben.Groups = h.Group, []chat.GroupID{h.Group.ID}
				}
				return errors.Join(err, tx.SaveVisitor(v), tx.SaveGroup(g), tx.SaveAgent(ben))
			})
			to := toAgent(h.ben)
			if one.group {
				to = chat.Target{Kind: chat.ToGroup, Group: g.ID}
			}
			h.mustPass(to)
			h.Route()
			must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
			var told []string
			for _, e := range h.Log(h.c) {
				if e.Kind == chat.KindTransfer || e.Kind == chat.KindAssign {
					told = append(told, string(chat.ForVisitor(e).Body))
				}
			}
			asked, comes := told[len(told)-2], told[len(told)-1]
			named := func(body string) bool { return strings.Contains(body, `"public_name"`) }
			if one.want == "" && (named(asked) || named(comes)) || !strings.Contains(comes, one.want) || !one.group && !strings.Contains(asked, one.want) {
				t.Errorf("the visitor reads %s, then %s; want %s", asked, comes, one.want)
			}
			if one.group && one.want != "" && !strings.Contains(asked, strings.Replace(one.want, "public_name", "to_name", 1)) {
				t.Errorf("the visitor reads %s of the group that is asked", asked)
			}
		})
	}
}

// TestTransfer_WhatTakesTheChatAwayEndsIt: another lead, the queue, another group, the
// end. Nobody who was asked goes on ringing.
func TestTransfer_WhatTakesTheChatAwayEndsIt(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(h *handover) error{
		"closed": func(h *handover) error {
			_, err := h.Desk.Close(h.t.Context(), h.ada, h.c, h.Key())
			return err
		},
		"put back": func(h *handover) error {
			_, err := h.Desk.Requeue(h.t.Context(), h.ada, h.c, h.Key())
			return err
		},
		"moved": func(h *handover) error {
			_, err := h.Desk.Move(h.t.Context(), h.ada, h.c, desk.Moving{Key: h.Key(), Group: "g_billing"})
			return err
		},
		"connection lost": func(h *handover) error {
			h.visitor.Says("hello?")
			h.Disconnect(h.ada)
			later(h.World, 10*time.Second, h.ben, h.cleo)
			h.mustPass(toAgent(h.ben)) // again: the first one has run out by then
			later(h.World, 36*time.Second, h.ben, h.cleo)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHandover(t, chat.PolicyOpen)
			if name != "connection lost" {
				h.mustPass(toAgent(h.ben))
			}
			if err := act(h); err != nil {
				t.Fatal(err)
			}
			th := h.thread()
			if th.Transfer != nil || slices.Contains(h.rings(), h.ben.ID) && th.State != chat.Queued {
				t.Errorf("it rings on: %+v", th)
			}
			if e := last[chat.TransferEnded](t, h.World, h.c, chat.KindTransferEnded); e.How == chat.Accepted {
				t.Errorf("it ended %+v", e)
			}
		})
	}
}

// TestTransfer_PassedOnAgainAndAgain is card C5.
func TestTransfer_PassedOnAgainAndAgain(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	from, to := h.ada, h.ben
	hop := func(reason string) error {
		_, err := h.Desk.Transfer(t.Context(), from, h.c, desk.Transfer{Key: h.Key(), To: toAgent(to), Reason: reason})
		if err == nil {
			must[desk.Done](t)(h.Desk.Accept(t.Context(), to, h.c, h.Key()))
			from, to = to, from
		}
		return err
	}
	if err := hop("a"); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "back to who passed it on for the same reason", hop("a"), chat.Conflict)
	if err := hop("b"); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "a third time without a reason", hop(""), chat.Invalid)
	for i := range 2 {
		if err := hop(fmt.Sprint("again ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if a := last[chat.Alarm](t, h.World, h.c, chat.KindAlarm); a.Cause != chat.AlarmHops || a.Why == "" {
		t.Errorf("the supervisors read %+v", a)
	}
	if th := h.thread(); len(th.Passed) != 4 || th.Round != 0 {
		t.Errorf("passed %d times, round %d", len(th.Passed), th.Round)
	}
}

func TestTransfer_WhoMayNot(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	by := func(a chat.Agent, to chat.Target) error {
		_, err := h.Desk.Transfer(t.Context(), a, h.c, desk.Transfer{Key: h.Key(), To: to})
		return err
	}
	gone := chat.Agent{ID: "a_nobody"}
	wantKind(t, "by who is not in it", by(h.ben, toAgent(h.cleo)), chat.Denied)
	wantKind(t, "to its lead", by(h.Owner, toAgent(h.ada)), chat.Conflict)
	wantKind(t, "to oneself", by(h.Owner, toAgent(h.Owner)), chat.Conflict)
	wantKind(t, "to nobody", by(h.ada, toAgent(gone)), chat.Missing)
	wantKind(t, "to no group", by(h.ada, chat.Target{Kind: chat.ToGroup, Group: "g_none"}), chat.Missing)
	wantKind(t, "to its own group", by(h.ada, chat.Target{Kind: chat.ToGroup, Group: h.Group.ID}), chat.Conflict)
	wantKind(t, "to a planet", by(h.ada, chat.Target{Kind: "planet"}), chat.Invalid)
	if err := by(h.Owner, toAgent(h.ben)); err != nil {
		t.Errorf("a supervisor passes on what he does not lead: %v", err)
	}
	wantKind(t, "twice at once", by(h.ada, toAgent(h.cleo)), chat.Conflict)
}

// TestTransfer_OthersStayUnlessTickedOff is the end of card A3.
func TestTransfer_OthersStayUnlessTickedOff(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyOpen)
	dora, emil := h.Agent("Dora", chat.Member), h.Agent("Emil", chat.Member)
	for _, a := range []chat.Agent{dora, emil} {
		must[desk.Done](t)(h.Desk.Join(t.Context(), a, h.c, h.Key()))
	}
	h.mustPass(toAgent(h.ben), func(in *desk.Transfer) { in.Drop = []chat.AgentID{emil.ID} })
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	if th := h.thread(); !slices.Equal(th.Members, []chat.AgentID{dora.ID}) || th.Lead != h.ben.ID {
		t.Errorf("afterwards: led by %s with %v", th.Lead, th.Members)
	}
}

// Who is invited while the chat is passed to somebody else sees nothing of it: the
// invitation opens no door, and neither do the lists.
func TestTransfer_AnInvitationBesideItOpensNoList(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyLead)
	invited(t, h.World, h.ada, h.c, desk.Inviting{Agent: h.ben.ID})
	h.mustPass(toAgent(h.cleo))
	invited(t, h.World, h.ada, h.c, desk.Inviting{Agent: h.cleo.ID})
	for who, want := range map[*chat.Agent]int{&h.ben: 0, &h.cleo: 1} {
		page, counts, err := h.Desk.List(t.Context(), *who, desk.ListAll, "", 10)
		if err != nil || len(page.Rows) != want || counts.All != want {
			t.Errorf("while Cleo is asked %s lists %d rows and counts %d, want %d: %v", who.Name, len(page.Rows), counts.All, want, err)
		}
	}
}

// Being asked is a right to read and to accept, and to nothing that lasts.
func TestTransfer_WhoIsAskedAcceptsAndDoesNotComeInByAnotherDoor(t *testing.T) {
	t.Parallel()
	h := newHandover(t, chat.PolicyLead)
	h.mustPass(toAgent(h.ben))
	must[desk.Done](t)(h.Desk.Grant(t.Context(), h.ada, h.c, h.Key(), h.ben.ID)) // admitted already: nothing
	must[desk.Conversation](t)(h.Desk.Conversation(t.Context(), h.ben, h.c))
	_, err := h.Desk.Join(t.Context(), h.ben, h.c, h.Key())
	wantKind(t, "joining", err, chat.Denied)
	_, err = h.Desk.JumpIn(t.Context(), h.ben, h.c, says(h.World, "hello"))
	wantKind(t, "jumping in", err, chat.Denied)
	_, err = h.Desk.TakeOver(t.Context(), h.ben, h.c, desk.TakingOver{Key: h.Key(), From: h.ada.ID, Reason: "mine"})
	wantKind(t, "taking over", err, chat.Denied)
	must[desk.Done](t)(h.Desk.AddNote(t.Context(), h.ben, h.c, says(h.World, "which invoice?")))
	must[desk.Done](t)(h.Desk.Accept(t.Context(), h.ben, h.c, h.Key()))
	if th := h.thread(); th.Lead != h.ben.ID {
		t.Errorf("accepted: %+v", th)
	}
}
