package e2e

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/routing"
)

// step is one act of passing a conversation on, and what has to be before it.
type step struct {
	name   string
	before func(*handover)
	act    func(h *handover, ctx context.Context, key string) (client.Done, error)
	leaves chat.Kind // the event that tells that it was done
}

// handover is one conversation in which a server is killed.
type handover struct {
	seeded
	t          *testing.T
	id         string
	lead, mate *mate
}

func (h *handover) must(done client.Done, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatalf("%v\n%s", err, lastLines(h.out.String(), 20))
	}
}

func (h *handover) toMate() client.Passing {
	return client.Passing{To: client.Target{Kind: "agent", Agent: string(h.mate.id)}, Reason: "invoice", Summary: "Wants a copy."}
}

func (h *handover) toBill() client.Passing {
	return client.Passing{To: client.Target{Kind: "group", Group: "g_bill"}, Reason: "invoice"}
}

func (h *handover) passes(p client.Passing) { h.must(h.lead.Transfer(h.t.Context(), h.id, p)) }

func (h *handover) holds(ctx context.Context, key string) (client.Done, error) {
	p := h.toMate()
	p.Key = key
	return h.lead.Hold(ctx, h.id, client.Holding{Passing: p, Way: "wait", Sure: true})
}

// keyed is an act that needs a key alone.
func keyed(who func(*handover) *mate, verb string) func(*handover, context.Context, string) (client.Done, error) {
	return func(h *handover, ctx context.Context, key string) (client.Done, error) {
		return who(h).Again(ctx, h.id, verb, key)
	}
}

func steps() []step {
	lead, mate := func(h *handover) *mate { return h.lead }, func(h *handover) *mate { return h.mate }
	asked, left := func(h *handover) { h.passes(h.toMate()) }, func(h *handover) { h.passes(h.toBill()) }
	pass := func(to func(*handover) client.Passing) func(*handover, context.Context, string) (client.Done, error) {
		return func(h *handover, ctx context.Context, key string) (client.Done, error) {
			p := to(h)
			p.Key = key
			return h.lead.Transfer(ctx, h.id, p)
		}
	}
	answer := func(h *handover, ctx context.Context, key string) (client.Done, error) {
		return h.mate.Post(ctx, h.id, client.Message{Key: key, Text: "here it is"})
	}
	held := func(h *handover) {
		h.must(h.holds(h.t.Context(), client.NewKey()))
	}
	return []step{
		{"transfer to an agent", nil, pass((*handover).toMate), chat.KindTransfer},
		{"transfer to a group", nil, pass((*handover).toBill), chat.KindTransfer},
		{"accept", asked, keyed(mate, "accept"), chat.KindAssign},
		{"decline", asked, keyed(mate, "decline"), chat.KindTransferEnded},
		{"withdraw", asked, keyed(lead, "withdraw"), chat.KindTransferEnded},
		{"let go", left, keyed(lead, "let-go"), chat.KindMoved},
		{"close while it rings", asked, keyed(lead, "close"), chat.KindClosed},
		{"hold", nil, (*handover).holds, chat.KindHold},
		{"hold while it rings", asked, (*handover).holds, chat.KindHold},
		{"take what is held", held, keyed(mate, "take"), chat.KindAssign},
		{"keep the promise", func(h *handover) { held(h); h.must(h.mate.Take(h.t.Context(), h.id)) }, answer, chat.KindPromiseEnded},
		{"close what is promised", func(h *handover) { held(h); h.must(h.mate.Take(h.t.Context(), h.id)) }, keyed(mate, "close"), chat.KindPromiseEnded},
	}
}

// TestCrash_PassingOnIsThereOrNot kills the real binary while it writes one step of
// a transfer or a hold: at one of its writes to the disk, at the sync, or when it
// has answered. After the restart the step was taken as a whole or not at all, the
// ledger of promises and the table of offers say what the events say, and the same
// key answers what is stored, or takes the step once.
func TestCrash_PassingOnIsThereOrNot(t *testing.T) { // not parallel: strace slows everything else down
	needStrace(t)
	groups := []chat.Group{raceGroups()[0], raceGroups()[0]}
	groups[0].ID, groups[0].Name, groups[1].ID, groups[1].Name = "g_sales", "Sales", "g_bill", "Billing"
	groups[0].Rules = routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}}.Raw()
	groups[1].Rules = groups[0].Rules
	agents := raceAgents(3, groups)
	for i := range agents {
		agents[i].Limit, agents[i].Role, agents[i].Groups = 1000, chat.Member, []chat.GroupID{groups[i/2].ID}
	}
	s := seed(t, binary(), groups, routing.Timing{}, agents)
	s.connectAll(t)
	var sum killed
	for _, one := range steps() {
		for round := range *rounds {
			kill := []string{fmt.Sprintf("pwrite64:signal=SIGKILL:when=%d", 1+rand.IntN(24)), "fdatasync,fsync:signal=SIGKILL:when=1", ""}[round%3]
			h := &handover{seeded: s, t: t, lead: s.mates[0], mate: s.mates[1]}
			s.workspace = h.killedAt(one, kill, &sum)
		}
	}
	fmt.Printf("passing on: %+v\n", sum)
	if *rounds > 3 {
		s.until(t, 2*time.Minute, "what was passed on has ended by itself", func() bool {
			return !slices.ContainsFunc(s.everything(t), func(row client.Row) bool { return row.Thread != nil && row.Thread.Transfer != nil })
		})
	}
	if sum.NotThere == 0 || sum.Unanswered == 0 || sum.Answered == 0 || sum.Again == 0 {
		t.Errorf("%+v: the test proves nothing", sum)
	}
}

// killed counts what became of the steps in which the server was killed.
// Unanswered ones are there although nobody was told.
type killed struct{ There, NotThere, Answered, Unanswered, Again, RangOut int }

// killedAt takes a step, kills the server in it, judges what the disk holds, starts
// again and repeats the step under the same key.
func (h *handover) killedAt(one step, kill string, sum *killed) workspace {
	t, ctx := h.t, h.t.Context()
	t.Helper()
	v := client.New(h.url, client.WithoutRetries()).Visitor(client.NewToken(), h.site)
	said, err := v.Post(ctx, client.VisitorMessage{Text: one.name, Page: client.Page{URL: "https://acme.example/", Group: "g_sales"}})
	h.must(client.Done{}, err)
	h.id = said.Visitor.Conversation
	h.must(h.lead.Take(ctx, h.id))
	if one.before != nil {
		one.before(h)
	}
	head := len(h.stored())
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
	there := h.judge(one, head, sum)
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
	h.connectAll(t)
	h.repeat(one, key, head, there, done, sum)
	if _, err := v.Post(ctx, client.VisitorMessage{Text: "are you there?"}); err != nil {
		t.Errorf("%s, %q: the visitor cannot write: %v", one.name, kill, err)
	}
	return h.workspace
}

// judge folds a copy of what the disk holds, as the next start would find it, and
// tells whether the step was taken.
func (h *handover) judge(one step, head int, sum *killed) bool {
	h.t.Helper()
	left := h.seeded
	left.dir = copyOf(h.t, h.dir)
	r := readRace(h.t, left)
	if r.halves+r.broke+r.lost+r.misplaced+r.double > 0 || len(r.next) > 0 {
		h.t.Errorf("%s: half done: %v, open %v", one.name, r.first, r.next)
	}
	r.sameTables(h.t, left.dir)
	for _, e := range r.events[chat.ConversationID(h.id)][head:] {
		if e.Kind == one.leaves {
			sum.There++
			return true
		}
	}
	sum.NotThere++
	return false
}

// repeat takes the step again under its key: what is stored is answered, and what
// is not is done once. A colleague may have been asked for too long by now.
func (h *handover) repeat(one step, key string, head int, there bool, first client.Done, sum *killed) {
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
	stored := h.stored()
	for _, e := range done.Events {
		if e.Seq <= int64(head) || stored[e.Seq-1].ID != e.ID {
			t.Errorf("%s: the answer names %s %d, stored is %+v", one.name, e.Kind, e.Seq, stored)
		}
	}
	if len(first.Events) > 0 && (len(done.Events) != len(first.Events) || done.Events[0].ID != first.Events[0].ID) {
		t.Errorf("%s: answered %+v, repeated %+v", one.name, first.Events, done.Events)
	}
	taken := 0
	for _, e := range stored[head:] {
		if chat.Kind(e.Kind) == one.leaves {
			taken++
		}
	}
	if taken != 1 || done.Again != there {
		t.Errorf("%s: there before: %v, again: %v, taken %d times", one.name, there, done.Again, taken)
	}
}

// stored is the conversation as the owner reads it.
func (h *handover) stored() []client.Event {
	h.t.Helper()
	page, err := h.owner.EventsAfter(h.t.Context(), h.id, 0, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	return page.Events
}

func copyOf(t testing.TB, dir string) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range []string{"earshot.db", "earshot.db-wal"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), data, 0o600)
		}
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	return to
}

// sameTables holds the offers and the warnings of promises in a database file
// against the events.
func (r *race) sameTables(t testing.TB, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "earshot.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range r.states {
		th := s.Thread
		if th == nil {
			continue
		}
		offers, latest, jobs := 0, int64(0), 0
		err := db.QueryRow("SELECT count(*), coalesce(max(deadline), 0) FROM offers WHERE thread = $1", string(th.ID)).Scan(&offers, &latest)
		if err != nil {
			t.Fatal(err)
		}
		rings := int64(0)
		for _, o := range th.Offers {
			rings = max(rings, o.Deadline)
		}
		if offers != len(th.Offers) || latest != rings {
			t.Errorf("%s: %d offers until %d, of events %+v", th.Conversation, offers, latest, th.Offers)
		}
		if th.Promise == nil || th.Promise.SoonAt < time.Now().UnixMicro() {
			continue
		}
		err = db.QueryRow("SELECT count(*) FROM jobs WHERE kind = 'promise' AND key LIKE $1", fmt.Sprintf("%s %d %%", th.Conversation, th.Promise.Seq)).Scan(&jobs)
		if err != nil {
			t.Fatal(err)
		}
		if jobs != 2 {
			t.Errorf("%s: a promise with %d warnings to come, not 2", th.Conversation, jobs)
		}
	}
}
