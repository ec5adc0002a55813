package e2e

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/routing"
)

// expiring are so many chats, passed to a group one after the other, that the server
// is killed while some have rung in vain and some have not.
const expiring = 16

// TestCrash_AnExpiryIsThereOrNot passes chats to a group in which nobody answers, and
// kills the real binary while it ends them, at one of its writes to the disk or at the
// sync. After the restart each is at its lead as before, and either rings still or is
// not passed on any more, as the events and the table of offers say alike. Nobody is
// stuck: who is rung can accept, who leads can ask again, and what rings ends.
func TestCrash_AnExpiryIsThereOrNot(t *testing.T) { // not parallel: strace slows everything else down
	needStrace(t)
	s := inThreeBy(t, routing.Timing{Lost: 20}) // so that what has rung in vain ends at once
	var sum killed
	for round := range max(1, *rounds/5) {
		kill := fmt.Sprintf("pwrite64:signal=SIGKILL:when=%d", 1+rand.IntN(4)) // counted by thread
		if round%2 == 1 {
			kill = "fdatasync,fsync:signal=SIGKILL:when=1"
		}
		h := &happening{seeded: s, t: t, lead: s.mates[0]}
		s.workspace = h.killedWhileItExpires(kill, &sum)
	}
	fmt.Printf("expiry: %+v\n", sum)
	if sum.There == 0 || sum.NotThere == 0 {
		t.Errorf("%+v: the test proves nothing", sum)
	}
}

func (h *happening) killedWhileItExpires(kill string, sum *killed) workspace {
	t := h.t
	t.Helper()
	var ids []string
	apart := time.NewTicker(500 * time.Millisecond)
	defer apart.Stop()
	for range expiring {
		h.id, _ = h.begun(h.lead, "it rings in vain")
		h.asksBill()
		ids = append(ids, h.id)
		<-apart.C
	}
	over := func(id string) bool { return h.tells(id, chat.KindTransferEnded) }
	h.until(t, 3*chat.RingTransfer, "the first has rung in vain", func() bool { return over(ids[0]) })
	h.dies(kill)
	ended := h.expired(ids, sum)
	h.server = start(t, h.dir, h.addr)
	h.disconnectAll()
	h.connectAll(t)
	h.goesOn(ids, ended)
	return h.workspace
}

// dies waits until the fault has killed the server.
func (h *happening) dies(kill string) {
	h.t.Helper()
	mend := breakCalls(h.t, h.server, kill)
	defer mend()
	dead := make(chan error, 1)
	go func() { dead <- h.wait() }()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	select {
	case <-dead:
	case <-limit.C:
		h.kill()
		h.t.Fatalf("it writes, and is not killed at %q", kill)
	}
}

// expired judges a copy of what the disk holds and returns which of the chats are not
// passed on any more.
func (h *happening) expired(ids []string, sum *killed) map[string]bool {
	t := h.t
	t.Helper()
	left := h.seeded
	left.dir = copyOf(t, h.dir)
	r := readRace(t, left)
	if r.halves+r.broke+r.lost+r.misplaced+r.double > 0 || len(r.next) > 0 {
		t.Errorf("half done: %v, open %v", r.first, r.next)
	}
	r.sameTables(t, left.dir)
	ended := map[string]bool{}
	for _, id := range ids {
		c, th := chat.ConversationID(id), r.states[chat.ConversationID(id)].Thread
		made := func(kind chat.Kind) bool {
			return slices.ContainsFunc(r.events[c], func(e chat.Event) bool { return e.Kind == kind })
		}
		ended[id] = made(chat.KindTransferEnded)
		if made(chat.KindOfferEnded) != ended[id] || (th.Transfer == nil) != ended[id] || (len(th.Offers) == 0) != ended[id] || th.Lead != h.lead.id {
			t.Errorf("half ended: offer over %v, transfer over %v, of %+v", made(chat.KindOfferEnded), ended[id], th)
		}
		if ended[id] {
			sum.There++
		} else {
			sum.NotThere++
		}
	}
	return ended
}

// goesOn wants nobody stuck after the restart: one chat that rings still is accepted,
// one that does not is passed on again and withdrawn, and the others end by hand, or,
// where there is time for it, by themselves.
func (h *happening) goesOn(ids []string, ended map[string]bool) {
	t := h.t
	t.Helper()
	var rings []string
	for _, id := range ids {
		if !ended[id] {
			rings = append(rings, id)
		}
	}
	if len(rings) > 0 {
		h.until(t, time.Minute, "what rings is accepted", func() bool {
			_, err := h.mates[2].Accept(t.Context(), rings[0])
			return err == nil
		})
		rings = rings[1:]
	}
	if i := slices.IndexFunc(ids, func(id string) bool { return ended[id] }); i >= 0 {
		h.id = ids[i]
		h.passes(h.toBill())
		rings = append(rings, h.id)
	}
	passed := func() bool {
		return slices.ContainsFunc(h.everything(t), func(row client.Row) bool { return row.Thread != nil && row.Thread.Transfer != nil })
	}
	if *rounds > 3 {
		h.until(t, 4*chat.RingTransfer, "what was passed on has ended by itself", func() bool { return !passed() })
		return
	}
	for _, id := range rings {
		h.must(h.lead.Withdraw(t.Context(), id))
	}
	if passed() {
		t.Error("withdrawn, and passed on still")
	}
}
