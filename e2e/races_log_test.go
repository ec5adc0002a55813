package e2e

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// race is what the log of a race tells when it is folded from its first event to
// its last, in order of position.
type race struct {
	team   map[chat.AgentID]*mate
	limits map[chat.GroupID]int // of a group's chats for one agent, in hundredths

	status map[chat.AgentID]chat.Status
	states map[chat.ConversationID]*chat.State
	events map[chat.ConversationID][]chat.Event
	// holds are the Threads that each agent has to do with, as routing sees them.
	holds map[chat.AgentID]map[chat.ThreadID]bool
	views map[chat.ThreadID]routing.Thread

	// next is what an event leaves for the following ones of the same transaction.
	next     map[chat.ConversationID]*half
	promises map[madeAt]*kept
	passes   map[string]int // how transfers, holds and promises went

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
	readLog(t, s.dir, func(e chat.Entry) { r.fold(e.Event) })
	st, err := store.Open(t.Context(), s.dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.Read(t.Context(), r.compare); err != nil {
		t.Fatal(err)
	}
	r.owed(t, s.dir)
	return r
}

func newRace(t testing.TB, s seeded) *race {
	t.Helper()
	r := &race{team: map[chat.AgentID]*mate{}, limits: map[chat.GroupID]int{}, status: map[chat.AgentID]chat.Status{}, states: map[chat.ConversationID]*chat.State{},
		events: map[chat.ConversationID][]chat.Event{}, holds: map[chat.AgentID]map[chat.ThreadID]bool{}, views: map[chat.ThreadID]routing.Thread{},
		next: map[chat.ConversationID]*half{}, promises: map[madeAt]*kept{}, passes: map[string]int{}}
	for _, m := range s.mates {
		r.team[m.id], r.holds[m.id], r.status[m.id] = m, map[chat.ThreadID]bool{}, chat.Accepting
	}
	for _, g := range s.groups {
		rules, err := routing.ReadRules(g.Rules)
		if err != nil {
			t.Fatal(err)
		}
		r.limits[g.ID] = 100 * rules.Limit
	}
	return r
}

// fold applies one event and looks at what it may have broken.
func (r *race) fold(e chat.Event) {
	if e.Conversation.Reserved() {
		if a, err := chat.Decode[chat.Agent](e); err == nil && e.Kind == chat.KindAgent {
			r.status[a.ID] = a.Status
		}
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
		if t.Open() && (t.TakesPart(a) || rings) {
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
		chat.KindPromiseEnded:
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
	queued := t.State == chat.Queued && t.Lead == "" && t.Transfer == nil
	led := t.State == chat.Active && t.Lead != "" && (len(t.Offers) == 0 || t.Transfer != nil) && !slices.Contains(t.Members, t.Lead)
	closed := t.State == chat.IsClosed && len(t.Offers) == 0 && t.Transfer == nil && t.Promise == nil
	if !queued && !led && !closed {
		r.wrong(&r.misplaced, e, fmt.Sprintf("%s, led by %q, with %d offers", t.State, t.Lead, len(t.Offers)))
	}
	b, err := chat.Decode[chat.Assigned](e)
	if e.Kind != chat.KindAssign || err != nil || b.Cause == chat.ByPromotion {
		return
	}
	mine := before.Lead != "" && e.Actor.Agent() == before.Lead // he gives it away himself
	switch {
	case b.Cause == chat.ByTransfer && before.Lead != "", b.Cause == chat.ByHandover && mine, b.Cause == chat.ByGiving && mine:
	case before.State != chat.Queued || before.Lead != "":
		r.wrong(&r.double, e, fmt.Sprintf("given while it was %s, led by %q", before.State, before.Lead))
	}
}

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
		who, over = b.Lead, b.Over && (b.Cause == chat.ByTaking || b.Cause == chat.ByTransfer || b.Cause == chat.ByAccepting && asked)
	case chat.KindOffer:
		b, _ := chat.Decode[chat.Offered](e)
		if x := before.Transfer; x != nil && x.To.Kind == chat.ToAgent {
			return // who passes it on has chosen him, whatever he has
		}
		who = b.Agent
	case chat.KindJoin:
		b, _ := chat.Decode[chat.Joined](e)
		who, over = b.Agent, r.team[b.Agent].role.Oversees()
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
	limited := e.Kind == chat.KindAssign || e.Kind == chat.KindOffer
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
			!cmp.Equal(got.Thread.Promise, want.Thread.Promise) || got.Thread.Group != want.Thread.Group || !slices.Equal(got.Thread.Members, want.Thread.Members) {
			r.wrong(&r.lost, chat.Event{Conversation: id}, fmt.Sprintf("the log gives %+v, stored is %+v", want.Thread, got.Thread))
		}
		if want.Thread != nil && (len(want.Thread.Offers) > 0 || want.Thread.Transfer != nil) {
			r.wrong(&r.ringing, r.events[id][len(r.events[id])-1], fmt.Sprintf("still rings: %+v, passed on: %+v", want.Thread.Offers, want.Thread.Transfer))
		}
	}
	return nil
}

// facts are the events of a conversation that the model knows, with the index of
// each by its seq.
func (r *race) facts(id chat.ConversationID) (all []fact, at map[int64]int) {
	at = map[int64]int{}
	for _, e := range r.events[id] {
		switch e.Kind {
		case chat.KindStarted, chat.KindReopened, chat.KindClosed, chat.KindAssign, chat.KindJoin, chat.KindLeave, chat.KindRequeued, chat.KindMoved,
			chat.KindOffer, chat.KindOfferEnded, chat.KindEnded, chat.KindTransfer, chat.KindTransferEnded, chat.KindHold, chat.KindLeadBack,
			chat.KindBackAsked, chat.KindBackWaived:
		default:
			continue
		}
		b, err := chat.Decode[struct {
			Agent    chat.AgentID `json:"agent"`
			By       chat.AgentID `json:"by"`
			Lead     chat.AgentID `json:"lead"`
			Previous chat.AgentID `json:"previous"`
			Cause    string       `json:"cause"`
			How      string       `json:"how"`
			Group    chat.GroupID `json:"group"`
			Policy   chat.Policy  `json:"policy"`
			Deadline int64        `json:"deadline"`
			To       chat.Target  `json:"to"`
			Reason   string       `json:"reason"`
			Promise  chat.Promise `json:"promise"`
			Access   struct {
				After chat.Access `json:"after"`
			} `json:"access"`
		}](e)
		if err != nil {
			r.wrong(&r.lost, e, err.Error())
			continue
		}
		f := fact{kind: e.Kind, actor: e.Actor, at: e.At, agent: b.Agent, lead: b.Lead, previous: b.Previous, cause: b.Cause, how: b.How,
			group: b.Group, policy: b.Policy, deadline: b.Deadline, seq: e.Seq, to: b.To, reason: b.Reason}
		switch e.Kind {
		case chat.KindRequeued, chat.KindMoved:
			f.agent = b.By
		case chat.KindHold:
			f.agent, f.group, f.policy = b.Promise.By, b.Access.After.Group, b.Access.After.Policy
		case chat.KindAssign:
			f.group, f.policy = b.Access.After.Group, b.Access.After.Policy
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
func (r *race) history(id chat.ConversationID, deeds, left []deed) (facts []fact, all []attempt, missing int) {
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

// linearizable checks the deeds of every conversation against the model.
func (r *race) linearizable(t testing.TB, s seeded, h *history) (checked, broken, undecided int) {
	t.Helper()
	rules := raceRules{team: r.team, shared: map[chat.GroupID]bool{}}
	for _, g := range s.groups {
		view, err := routing.ReadRules(g.Rules)
		if err != nil {
			t.Fatal(err)
		}
		rules.shared[g.ID] = view.Share != nil
	}
	deeds := map[chat.ConversationID][]deed{}
	var left []deed
	for _, d := range h.deeds {
		if d.verb == "sign-out" {
			left = append(left, d)
			continue
		}
		if d.verb == "say" && d.outcome != "ok" && d.outcome != "" {
			r.wrong(&r.lost, chat.Event{Conversation: chat.ConversationID(d.conversation)}, "a visitor could not write: "+d.outcome)
		}
		deeds[chat.ConversationID(d.conversation)] = append(deeds[chat.ConversationID(d.conversation)], d)
	}
	for id, mine := range deeds {
		facts, all, missing := r.history(id, mine, left)
		if missing > 0 {
			r.wrong(&r.lost, chat.Event{Conversation: id}, fmt.Sprintf("%d answers name events that the log does not hold", missing))
		}
		result := porcupine.CheckOperationsTimeout(rules.model(facts), operations(all), 20*time.Second)
		switch checked++; result {
		case porcupine.Illegal:
			broken++
			if broken == 1 {
				t.Log(r.story(id, facts, all))
			}
		case porcupine.Unknown:
			undecided++
		}
		r.unclaimed(id, facts, all)
	}
	return checked, broken, undecided
}

func operations(all []attempt) []porcupine.Operation {
	var ops []porcupine.Operation
	for i, a := range all {
		ops = append(ops, porcupine.Operation{ClientId: i, Input: a, Call: a.call, Return: a.ret})
	}
	return ops
}

// unclaimed wants a deed behind every fact that an agent or a visitor has made.
func (r *race) unclaimed(id chat.ConversationID, facts []fact, all []attempt) {
	for i, f := range facts {
		if f.mine {
			continue
		}
		if !slices.ContainsFunc(all, func(a attempt) bool { return a.outcome == "" && a.makes(f) }) {
			r.wrong(&r.lost, r.events[id][0], fmt.Sprintf("fact %d %s by %s that nobody has asked for", i, f.kind, f.actor.ID))
		}
	}
}

// story tells a conversation whose deeds fit no order.
func (r *race) story(id chat.ConversationID, facts []fact, all []attempt) string {
	text := fmt.Sprintf("%s fits no order:\n", id)
	for i, f := range facts {
		text += fmt.Sprintf("  fact %d %s by %s/%s at %d: agent %s lead %s previous %s cause %s how %s group %s\n", i, f.kind, f.actor.Kind, f.actor.ID, f.at,
			f.agent, f.lead, f.previous, f.cause, f.how, f.group)
		if f.to.Kind != "" {
			text += fmt.Sprintf("    passed %+v until %d: %s\n", f.to, f.deadline, f.reason)
		}
	}
	slices.SortFunc(all, func(x, y attempt) int { return int(min(max(x.call-y.call, -1), 1)) })
	for _, a := range all {
		ret := a.ret
		if ret == math.MaxInt64 {
			ret = -1
		}
		text += fmt.Sprintf("  %d..%d %s holder %s full %v\n", a.call, ret, a, a.holder, a.full)
	}
	return text
}
