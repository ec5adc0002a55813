package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/routing"
)

// step is one act of several agents, and what has to be before it.
type step struct {
	name   string
	before func(*happening)
	act    func(h *happening, ctx context.Context, key string) (client.Done, error)
	leaves chat.Kind // the event that tells that it was done
	with   chat.Kind // another one that is there then, and else not; "" = none
}

// happening is where a server is killed: in one conversation, or in several.
type happening struct {
	seeded
	t          *testing.T
	id         string
	lead, mate *mate
	seq        int64 // of the invitation that the step is about
	// others are further conversations that the step changes, by what tells of it.
	others map[string]chat.Kind
	// home is who hands over what.
	home    *mate
	handing client.HandingOver
	// leaving is the sign-in that is ended; back lets its agent come again. nil = nobody goes.
	leaving *client.Agent
	back    func()
	heads   map[string]int
}

func (h *happening) must(done client.Done, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatalf("%v\n%s", err, lastLines(h.out.String(), 20))
	}
}

// inThree seeds a workspace of two groups, sales, a first line, with two agents and billing with one,
// who may have as much as they like, and lets no decision of the router interfere.
func inThree(t *testing.T) seeded {
	t.Helper()
	return inThreeBy(t, routing.Timing{})
}

// inThreeBy is inThree with other times than the default ones.
func inThreeBy(t *testing.T, timing routing.Timing) seeded {
	t.Helper()
	groups := []chat.Group{raceGroups()[0], raceGroups()[0]}
	groups[0].ID, groups[0].Name, groups[1].ID, groups[1].Name = "g_sales", "Sales", "g_bill", "Billing"
	pull := routing.Distribution{Method: routing.Pull}
	groups[0].Rules, groups[1].Rules = routing.Rules{Line: routing.FirstLine, Distribution: pull}.Raw(), routing.Rules{Distribution: pull}.Raw()
	groups[0].Etiquette.TakeOver = true
	agents := raceAgents(3, groups)
	for i := range agents {
		agents[i].Limit, agents[i].Role, agents[i].Groups = 1000, chat.Member, []chat.GroupID{groups[i/2].ID}
	}
	s := seed(t, binary(), groups, timing, agents)
	s.connectAll(t)
	return s
}

// killAtEach kills the server in each step, round after round: at one of its writes
// to the disk, at the sync, or when it has answered.
func killAtEach(t *testing.T, s *seeded, all []step) killed {
	t.Helper()
	var sum killed
	for _, one := range all {
		for round := range *rounds {
			kill := []string{fmt.Sprintf("pwrite64:signal=SIGKILL:when=%d", 1+rand.IntN(24)), "fdatasync,fsync:signal=SIGKILL:when=1", ""}[round%3]
			h := &happening{seeded: *s, t: t, lead: s.mates[0], mate: s.mates[1]}
			s.workspace = h.killedAt(one, kill, &sum)
		}
	}
	if sum.NotThere == 0 || sum.Unanswered == 0 || sum.Answered == 0 || sum.Again == 0 {
		t.Errorf("%+v: the test proves nothing", sum)
	}
	return sum
}

// begun is a conversation that an agent has taken.
func (h *happening) begun(lead *mate, text string) (string, *client.Visitor) {
	h.t.Helper()
	v := client.New(h.url, client.WithoutRetries()).Visitor(client.NewToken(), h.site)
	said, err := v.Post(h.t.Context(), client.VisitorMessage{Text: text, Page: client.Page{URL: "https://acme.example/", Group: "g_sales"}})
	h.must(client.Done{}, err)
	h.must(lead.Take(h.t.Context(), said.Visitor.Conversation))
	return said.Visitor.Conversation, v
}

// killed counts what became of the steps in which the server was killed.
// Unanswered ones are there although nobody was told.
type killed struct{ There, NotThere, Answered, Unanswered, Again, RangOut int }

// killedAt takes a step, kills the server in it, judges what the disk holds, starts
// again and repeats the step under the same key.
func (h *happening) killedAt(one step, kill string, sum *killed) workspace {
	t, ctx := h.t, h.t.Context()
	t.Helper()
	var v *client.Visitor
	h.id, v = h.begun(h.lead, one.name)
	if one.before != nil {
		one.before(h)
	}
	h.heads = map[string]int{h.id: len(h.stored(h.id))}
	for id := range h.others {
		h.heads[id] = len(h.stored(id))
	}
	key := client.NewKey()
	mend := func() {}
	if kill != "" {
		mend = breakCalls(t, h.server, kill)
	}
	done, err := one.act(h, ctx, key)
	var refused *client.Error
	if errors.As(err, &refused) && refused.Kind != "unavailable" {
		t.Fatalf("%s: %v", one.name, err)
	}
	h.kill()
	mend()
	there := h.judge(one, sum)
	switch {
	case err == nil && !there:
		t.Errorf("%s, %q: it was answered, and is gone", one.name, kill)
	case err == nil:
		sum.Answered++
	case there:
		sum.Unanswered++
	}
	h.server = start(t, h.dir, h.addr)
	h.disconnectAll()
	if h.back == nil {
		h.back = func() {}
	}
	h.back()
	h.connectAll(t)
	h.repeat(one, key, there, done, sum)
	h.back()
	if _, err := v.Post(ctx, client.VisitorMessage{Text: "are you there?"}); err != nil {
		t.Errorf("%s, %q: the visitor cannot write: %v", one.name, kill, err)
	}
	return h.workspace
}

// judge folds a copy of what the disk holds, as the next start would find it, and
// tells whether the step was taken: in every conversation that it changes, or in none.
func (h *happening) judge(one step, sum *killed) bool {
	h.t.Helper()
	left := h.seeded
	left.dir = copyOf(h.t, h.dir)
	r := readRace(h.t, left)
	if r.halves+r.broke+r.lost+r.misplaced+r.double > 0 || len(r.next) > 0 {
		h.t.Errorf("%s: half done: %v, open %v", one.name, r.first, r.next)
	}
	r.sameTables(h.t, left.dir)
	made := func(id string, kind chat.Kind) bool {
		return slices.ContainsFunc(r.events[chat.ConversationID(id)][h.heads[id]:], func(e chat.Event) bool { return ofStep(kind, e.Kind, e.Actor.Kind) })
	}
	there := made(h.id, one.leaves)
	half := one.with != "" && made(h.id, one.with) != there
	for id, kind := range h.others {
		half = half || made(id, kind) != there
	}
	if half {
		h.t.Errorf("%s: half done, of it %v", one.name, there)
	}
	if there {
		sum.There++
	} else {
		sum.NotThere++
	}
	return there
}

// ofStep reports whether an event tells that a step was taken. The router goes on with
// an invitation by itself.
func ofStep(leaves, kind chat.Kind, by chat.ActorKind) bool {
	return kind == leaves && (kind != chat.KindInvite && kind != chat.KindInviteEnded || by == chat.ByAgent)
}

// repeat takes the step again under its key: what is stored is answered, and what
// is not is done once. A colleague may have been asked for too long by now.
func (h *happening) repeat(one step, key string, there bool, first client.Done, sum *killed) {
	t := h.t
	t.Helper()
	done, err := one.act(h, t.Context(), key)
	var refused *client.Error
	if errors.As(err, &refused) && refused.Kind == "gone" && !there {
		sum.RangOut++
		return
	}
	h.must(done, err)
	if done.Again {
		sum.Again++
	}
	stored := h.stored(h.id)
	for _, e := range done.Events {
		if e.Seq <= int64(h.heads[h.id]) || stored[e.Seq-1].ID != e.ID {
			t.Errorf("%s: the answer names %s %d, stored is %+v", one.name, e.Kind, e.Seq, stored)
		}
	}
	if len(first.Events) > 0 && (len(done.Events) != len(first.Events) || done.Events[0].ID != first.Events[0].ID) {
		t.Errorf("%s: answered %+v, repeated %+v", one.name, first.Events, done.Events)
	}
	h.takenOnce(one.name, h.id, one.leaves)
	for id, kind := range h.others {
		h.takenOnce(one.name, id, kind)
	}
	if done.Again != there {
		t.Errorf("%s: there before: %v, again: %v", one.name, there, done.Again)
	}
}

func (h *happening) takenOnce(name, id string, leaves chat.Kind) {
	h.t.Helper()
	taken := 0
	for _, e := range h.stored(id)[h.heads[id]:] {
		if ofStep(leaves, chat.Kind(e.Kind), chat.ActorKind(e.Actor.Kind)) {
			taken++
		}
	}
	if taken != 1 {
		h.t.Errorf("%s: taken %d times", name, taken)
	}
}

// stored is a conversation as the owner reads it.
func (h *happening) stored(id string) []client.Event {
	h.t.Helper()
	var all []client.Event
	for more := true; more; {
		page, err := h.owner.EventsAfter(h.t.Context(), id, int64(len(all)), 100)
		if err != nil {
			h.t.Fatal(err)
		}
		all, more = append(all, page.Events...), len(page.Events) == 100
	}
	return all
}
