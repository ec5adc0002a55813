package routing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// TestDrain_IsFairAndNobodyStarves is A-09: 1,000 wait, ten agents of different
// limits drain the queue while urgent ones keep coming, each chat taking a
// minute.
func TestDrain_IsFairAndNobodyStarves(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 9))
	s := routing.State{Groups: []routing.Group{{ID: "g", Name: "G", Distribution: routing.Distribution{Direct: true}}}}
	slots := 0
	for i := range 10 {
		id := chat.AgentID(fmt.Sprint("a", i))
		limit := 1 + r.IntN(4)
		slots += limit
		s.Agents = append(s.Agents, routing.Agent{ID: id, Name: string(id), Status: chat.Accepting, AliveAt: far, Limit: limit})
		s.Groups[0].Members = append(s.Groups[0].Members, routing.Member{Agent: id})
	}
	now := chat.Micros(morning)
	arrive := func(i, priority int) {
		s.Arrive(routing.Thread{ID: chat.ThreadID(fmt.Sprintf("t%04d", i)), Group: "g", QueuedAt: now + int64(i%1000), Priority: priority})
	}
	const first = 1000
	for i := range first {
		arrive(i, i%3)
	}
	waits := map[int][]int64{}
	served := map[int][]int64{} // by priority, QueuedAt in order of service
	priority := map[chat.ThreadID]int{}
	queued := map[chat.ThreadID]int64{}
	for round := 0; len(s.Threads) > 0; round++ {
		// As many urgent ones come as half the slots, for the whole first drain.
		for i := range slots / 2 {
			if round < first/slots {
				arrive(first+round*slots+i, 2)
			}
		}
		for _, one := range s.Threads {
			priority[one.ID], queued[one.ID] = one.Priority, one.QueuedAt
		}
		ds, _ := routing.Decide(s, time.UnixMicro(now))
		s.Apply(ds...)
		for _, d := range ds {
			if d.Kind == routing.DoAssign {
				p := priority[d.Thread]
				waits[p] = append(waits[p], now-queued[d.Thread])
				served[p] = append(served[p], queued[d.Thread])
			}
		}
		now += 60e6
		s.Threads = slices.DeleteFunc(s.Threads, func(x routing.Thread) bool { return x.Lead != "" })
	}
	all := slices.Concat(waits[0], waits[1], waits[2])
	total := len(all)
	slices.Sort(all)
	for p, order := range served {
		if !slices.IsSorted(order) {
			t.Errorf("priority %d was not served in the order of coming", p)
		}
	}
	ideal := int64((total+slots-1)/slots-1) * 60e6
	if longest := all[total-1]; float64(longest) > 1.1*float64(ideal) {
		t.Errorf("the longest wait is %d s, ideal is %d s", longest/1e6, ideal/1e6)
	}
	if low := slices.Max(waits[0]); low > 10*all[total/2] {
		t.Errorf("low priority waits %d s, the median is %d s", low/1e6, all[total/2]/1e6)
	}
	// Aging: the last of the low ones is not served after all urgent ones that
	// came more than its head start later.
	late := 0
	for i, at := range served[2] {
		if at > chat.Micros(morning)+2*120e6+1000 && waits[2][i]+at < waits[0][len(waits[0])-1]+served[0][len(served[0])-1] {
			late++
		}
	}
	if late > 0 {
		t.Errorf("%d urgent chats that came over four minutes later went before the last low one", late)
	}
}

// TestFlapping_CostsNoChat is A-14: the connection comes and goes each second for
// a minute.
func TestFlapping_CostsNoChat(t *testing.T) {
	t.Parallel()
	s := routing.State{
		Agents:  []routing.Agent{{ID: "anna", Name: "Anna", Status: chat.Accepting, AliveAt: chat.Micros(morning)}, {ID: "ben", Name: "Ben", Status: chat.Accepting, AliveAt: far}},
		Groups:  []routing.Group{{ID: "g", Name: "G", Members: []routing.Member{{Agent: "anna", Class: routing.ClassFirst}, {Agent: "ben"}}, Distribution: routing.Distribution{Direct: true}}},
		Threads: []routing.Thread{{ID: "t", Group: "g", State: chat.Active, Lead: "anna", RepliedAt: 1, AssignedAt: 1, WaitingSince: chat.Micros(morning)}},
	}
	now := chat.Micros(morning)
	look := func() (taken []routing.Decision) {
		ds, _ := routing.Decide(s, time.UnixMicro(now))
		s.Apply(ds...)
		return ds
	}
	for range 60 {
		now += 500e3
		s.Down("anna", now)
		if ds := look(); len(ds) > 0 {
			t.Fatalf("cut off for a moment: %s", prefix(ds))
		}
		now += 500e3
		s.Alive("anna", now)
		if ds := look(); len(ds) > 0 {
			t.Fatalf("back: %s", prefix(ds))
		}
	}
	// Cut off for over three seconds she gets nothing new, and after 45 the chat
	// whose visitor waits goes on.
	s.Down("anna", now)
	now += 3100e3
	s.Arrive(routing.Thread{ID: "new", Group: "g", QueuedAt: now})
	if ds := look(); len(ds) != 1 || ds[0].Kind != routing.DoAssign || ds[0].Agent != "ben" {
		t.Fatalf("a new chat while she is cut off: %s", prefix(ds))
	}
	now += 42e6
	if ds := look(); len(ds) == 0 || ds[0].Kind != routing.DoRequeue || ds[0].Previous != "anna" {
		t.Fatalf("after 45 seconds: %s", prefix(ds))
	}
}

// TestGone_LeadersChatsKeepTheirPlace is the pure half of A-13.
func TestGone_LeadersChatsKeepTheirPlace(t *testing.T) {
	t.Parallel()
	s := routing.State{Agents: []routing.Agent{{ID: "anna", Name: "Anna", Status: chat.Accepting, AliveAt: far, Disabled: true}},
		Groups: []routing.Group{{ID: "g", Name: "G", Members: []routing.Member{{Agent: "anna"}}}}}
	for i := range 5 {
		s.Threads = append(s.Threads, routing.Thread{ID: chat.ThreadID(fmt.Sprint("t", i)), Group: "g", State: chat.Active, Lead: "anna", QueuedAt: int64(100 - i)})
	}
	s.Threads[0].Lead = "removed"
	ds, _ := routing.Decide(s, morning)
	s.Apply(ds...)
	got := s.Queue("g")
	if want := []chat.ThreadID{"t4", "t3", "t2", "t1", "t0"}; !slices.Equal(got, want) {
		t.Errorf("queue %v, want %v", got, want)
	}
}
