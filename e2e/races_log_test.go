package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// race is what the log of a race tells when it is folded from its first event to
// its last, in order of position.
type race struct {
	team   map[chat.AgentID]*mate
	rules  raceRules
	limits map[chat.GroupID]int // of a group's chats for one agent, in hundredths

	status map[chat.AgentID]chat.Status
	states map[chat.ConversationID]*chat.State
	events map[chat.ConversationID][]chat.Event
	talks  map[chat.ConversationID]bool
	// holds are the Threads that each agent has to do with, as routing sees them.
	holds map[chat.AgentID]map[chat.ThreadID]bool
	views map[chat.ThreadID]routing.Thread

	// next is what an event leaves for the following ones of the same transaction.
	next     map[chat.ConversationID]*half
	promises map[madeAt]*kept
	passes   map[string]int // how transfers, invitations, promises and shifts went
	heads    headDeeds
	told     told
	lastAt   map[chat.ThreadID]int64 // of its latest event

	double, above, misplaced, unexplained, ringing, lost, halves, broke, decisions int
	first                                                                          []string // the first things that were wrong
}

func (r *race) wrong(count *int, e chat.Event, what string) {
	*count++
	if len(r.first) < 12 {
		r.first = append(r.first, fmt.Sprintf("%s: %s %d %s %s", what, e.Conversation, e.Seq, e.Kind, e.Body))
	}
}

// readRace folds the log of a stopped workspace and compares the end with what is
// stored.
func readRace(t testing.TB, s seeded) *race {
	t.Helper()
	r := newRace(t, s)
	readLog(t, s.workspace, func(e chat.Entry) { r.fold(e.Event) })
	st := s.open(t)
	defer st.Close()
	if err := st.Read(t.Context(), r.compare); err != nil {
		t.Fatal(err)
	}
	r.owed(t, s.workspace)
	r.knowsWhatRings()
	r.watched(t, s.workspace)
	return r
}

func newRace(t testing.TB, s seeded) *race {
	t.Helper()
	r := &race{team: map[chat.AgentID]*mate{}, limits: map[chat.GroupID]int{}, status: map[chat.AgentID]chat.Status{}, states: map[chat.ConversationID]*chat.State{},
		events: map[chat.ConversationID][]chat.Event{}, talks: map[chat.ConversationID]bool{}, holds: map[chat.AgentID]map[chat.ThreadID]bool{}, views: map[chat.ThreadID]routing.Thread{},
		next: map[chat.ConversationID]*half{}, promises: map[madeAt]*kept{}, passes: map[string]int{}, heads: headDeeds{map[string]int{}, map[string]int{}}, told: newTold(), lastAt: map[chat.ThreadID]int64{}}
	for _, m := range s.mates {
		r.team[m.id], r.holds[m.id], r.status[m.id] = m, map[chat.ThreadID]bool{}, chat.Accepting
	}
	r.rules = raceRules{team: r.team, shared: map[chat.GroupID]bool{}, takesOver: map[chat.GroupID]bool{}, firstLine: firstLines(s.groups), oversight: asTheyAre}
	for _, g := range s.groups {
		rules, err := routing.ReadRules(g.Rules)
		if err != nil {
			t.Fatal(err)
		}
		r.limits[g.ID] = 100 * rules.Limit
		r.rules.shared[g.ID], r.rules.takesOver[g.ID] = rules.Share != nil, g.Etiquette.TakeOver
	}
	return r
}

// fold applies one event and looks at what it may have broken.
func (r *race) fold(e chat.Event) {
	if e.Conversation.Reserved() {
		if a, err := chat.Decode[chat.Agent](e); err == nil && e.Kind == chat.KindAgent {
			r.status[a.ID] = a.Status
		}
		r.told.hear(e)
		return
	}
	if e.Kind == chat.KindTalkCreated || r.talks[e.Conversation] {
		r.talks[e.Conversation] = true // it has no Thread, and no visitor
		r.events[e.Conversation] = append(r.events[e.Conversation], e)
		return
	}
	s := r.states[e.Conversation]
	if s == nil {
		s = &chat.State{Conversation: chat.Conversation{ID: e.Conversation, Kind: chat.FormCustomer}}
		r.states[e.Conversation] = s
	}
	r.events[e.Conversation] = append(r.events[e.Conversation], e)
	var before chat.Thread
	if s.Thread != nil {
		before = *s.Thread
		r.watchesOn(e, before)
	}
	s.Apply(e)
	if s.Thread == nil {
		return
	}
	r.hold(*s.Thread)
	r.explained(e)
	r.whole(e, *s.Thread)
	r.promise(e, *s.Thread)
	r.place(e, before, *s.Thread)
	r.room(e, before)
}

// hold notes who has to do with a Thread now.
func (r *race) hold(t chat.Thread) {
	view := routing.ViewThread(t)
	for a, held := range r.holds {
		_, rings := t.OfferTo(a)
		_, invited := t.InviteTo(a)
		if t.Open() && (t.TakesPart(a) || rings || invited) {
			held[t.ID] = true
		} else {
			delete(held, t.ID)
		}
	}
	r.views[t.ID] = view
}

// load recomputes what an agent has; of one group alone where it is named.
func (r *race) load(a chat.AgentID, group chat.GroupID) int {
	var s routing.State
	for id := range r.holds[a] {
		s.Threads = append(s.Threads, r.views[id])
	}
	if group != "" {
		return s.LoadIn(a, group)
	}
	return s.Load(a)
}

// explained wants a why on everything that the router or a rule has decided.
func (r *race) explained(e chat.Event) {
	switch e.Kind {
	case chat.KindOffer, chat.KindOfferEnded, chat.KindAssign, chat.KindRequeued, chat.KindMoved, chat.KindIdle, chat.KindWoke, chat.KindReplyDue,
		chat.KindAlarm, chat.KindMailOffered, chat.KindLeadBack, chat.KindTransfer, chat.KindTransferEnded, chat.KindHold, chat.KindPromiseDue,
		chat.KindPromiseEnded, chat.KindPromisePassed, chat.KindInvite, chat.KindInviteEnded:
	default:
		return
	}
	r.decisions++
	b, err := chat.Decode[struct {
		Why string `json:"why"`
	}](e)
	if err != nil || b.Why == "" {
		r.wrong(&r.unexplained, e, "no why")
	}
}

// place wants every open Thread in exactly one place: in the queue without a lead,
// or with a lead and without offers, unless he passes it on; and nobody given what
// another one has.
func (r *race) place(e chat.Event, before, t chat.Thread) {
	queued := t.State == chat.Queued && t.Lead == "" && t.Transfer == nil && len(t.Invites) == 0
	led := t.State == chat.Active && t.Lead != "" && (len(t.Offers) == 0 || t.Transfer != nil) && !slices.Contains(t.Members, t.Lead) && askedOnce(t)
	closed := t.State == chat.IsClosed && len(t.Offers) == 0 && len(t.Invites) == 0 && t.Transfer == nil && t.Promise == nil
	if !queued && !led && !closed {
		r.wrong(&r.misplaced, e, fmt.Sprintf("%s, led by %q, with offers %+v and invitations %+v", t.State, t.Lead, t.Offers, t.Invites))
	}
	b, err := chat.Decode[chat.Assigned](e)
	if e.Kind != chat.KindAssign || err != nil || b.Cause == chat.ByPromotion {
		return
	}
	mine := before.Lead != "" && e.Actor.Agent() == before.Lead // he gives it away himself
	switch {
	case before.Lead != "" && (b.Cause == chat.ByHandLead || b.Cause == chat.ByTakeOver) && r.mayHaveIt(e, before, b):
	case b.Cause == chat.ByTransfer && before.Lead != "", b.Cause == chat.ByHandover && mine, b.Cause == chat.ByGiving && mine:
	case before.State != chat.Queued || before.Lead != "":
		r.wrong(&r.double, e, fmt.Sprintf("given while it was %s, led by %q", before.State, before.Lead))
	}
}

// askedOnce reports whether who is asked into a Thread is not in it, nor asked twice.
func askedOnce(t chat.Thread) bool {
	for i, one := range t.Invites {
		again := func(x chat.Invite) bool { return x.Agent == one.Agent }
		if one.Agent != "" && (t.TakesPart(one.Agent) || slices.ContainsFunc(t.Invites[i+1:], again)) {
			return false
		}
	}
	return true
}

// mayHaveIt reports whether the lead of a Thread may pass so: to a member, by the
// lead or who oversees; or to who takes it over and may.
func (r *race) mayHaveIt(e chat.Event, before chat.Thread, b chat.Assigned) bool {
	by, s := e.Actor.Agent(), spot{lead: before.Lead, group: before.Group}
	if b.Cause == chat.ByTakeOver {
		return b.Lead == by && !b.Stays && b.Reason != "" && r.rules.mayTakeOver(s, by)
	}
	return b.Stays && slices.Contains(before.Members, b.Lead) && r.rules.mayHost(s, by)
}

// wakesAbove is how far, in hundredths, a waking chat may go above its lead's limit: he
// may have one such.
const wakesAbove = 100

// room wants nobody above his limit by what he was given or offered, except where
// it says so and a person decided it.
func (r *race) room(e chat.Event, before chat.Thread) {
	var who chat.AgentID
	over := false
	switch e.Kind {
	case chat.KindAssign:
		b, _ := chat.Decode[chat.Assigned](e)
		_, asked := before.OfferTo(b.Lead)
		// An offer has kept its room; meanwhile a chat of his may have woken.
		byHand := b.Cause == chat.ByTransfer || (b.Cause == chat.ByTaking || b.Cause == chat.ByTakeOver) && r.rules.oversees(b.Lead, before.Group)
		who, over = b.Lead, b.Over && (byHand || b.Cause == chat.ByAccepting && asked)
	case chat.KindOffer:
		b, _ := chat.Decode[chat.Offered](e)
		if x := before.Transfer; x != nil && x.To.Kind == chat.ToAgent {
			return // who passes it on has chosen him, whatever he has
		}
		who = b.Agent
	case chat.KindJoin:
		b, _ := chat.Decode[chat.Joined](e)
		// An invitation has kept its room, too.
		who, over = b.Agent, r.rules.oversees(b.Agent, before.Group) || b.Over && b.Invite != 0
	case chat.KindInvite:
		b, _ := chat.Decode[chat.AskedIn](e)
		if b.Agent == "" {
			return // nobody yet
		}
		who, over = b.Agent, b.Group == "" && r.rules.oversees(b.Agent, before.Group)
	case chat.KindWoke:
		b, _ := chat.Decode[chat.Woke](e)
		who, over = b.Lead, b.Over
	default:
		return
	}
	group := r.states[e.Conversation].Thread.Group
	if e.Kind == chat.KindOffer && before.Transfer != nil {
		group = before.Transfer.To.Group
	}
	load, own := r.load(who, ""), r.load(who, group)
	limited := e.Kind != chat.KindWoke
	if most := r.team[who].limit + wakesAbove; e.Kind == chat.KindWoke && load > most {
		r.wrong(&r.above, e, fmt.Sprintf("%s woke with %d, and %d is the most", who, load, most))
	}
	if !over && (load > r.team[who].limit || limited && r.limits[group] > 0 && own > r.limits[group]) {
		r.wrong(&r.above, e, fmt.Sprintf("%s has %d of %d, of the group %d of %d", who, load, r.team[who].limit, own, r.limits[group]))
	}
}

// compare holds the fold against what is stored, and looks for offers that never
// ended and Conversations that are gone.
func (r *race) compare(tx *store.Tx) error {
	for id, want := range r.states {
		got, err := tx.State(id)
		if err != nil {
			return err
		}
		if want.Thread == nil || got.Thread == nil || got.Thread.Version != want.Thread.Version || got.Thread.State != want.Thread.State ||
			got.Thread.Lead != want.Thread.Lead || !cmp.Equal(got.Thread.Transfer, want.Thread.Transfer) || !cmp.Equal(got.Thread.Held, want.Thread.Held) ||
			!cmp.Equal(got.Thread.Promise, want.Thread.Promise) || !cmp.Equal(got.Thread.Invites, want.Thread.Invites) || !cmp.Equal(got.Thread.Roles, want.Thread.Roles) || got.Thread.Group != want.Thread.Group || !slices.Equal(got.Thread.Members, want.Thread.Members) {
			r.wrong(&r.lost, chat.Event{Conversation: id}, fmt.Sprintf("the log gives %+v, stored is %+v", want.Thread, got.Thread))
		}
		if want.Thread != nil && (len(want.Thread.Offers)+len(want.Thread.Invites) > 0 || want.Thread.Transfer != nil) {
			r.wrong(&r.ringing, r.events[id][len(r.events[id])-1],
				fmt.Sprintf("still rings: %+v, passed on: %+v, asked in: %+v", want.Thread.Offers, want.Thread.Transfer, want.Thread.Invites))
		}
	}
	return nil
}
