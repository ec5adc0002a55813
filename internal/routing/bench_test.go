package routing_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// crowd is 1,000 agents in so many groups, each agent in two of them where there
// are two, and 5,000 waiting: every tenth asks for a skill, every tenth was
// answered by somebody before, every tenth was refused once.
func crowd(groups int) routing.State {
	s := routing.State{Limit: 4}
	for g := range groups {
		s.Groups = append(s.Groups, routing.Group{ID: chat.GroupID(fmt.Sprintf("g%03d", g)), Name: fmt.Sprint("Group ", g)})
	}
	for i := range 1000 {
		id := chat.AgentID(fmt.Sprintf("a%04d", i))
		a := routing.Agent{ID: id, Name: string(id), Status: chat.Accepting, AliveAt: far, AssignedAt: int64(i * 7919 % 1000), Limit: 1 + i%5}
		if i%3 == 0 {
			a.Skills = []string{"french"}
		}
		s.Agents = append(s.Agents, a)
		for k := range min(groups, 2) {
			g := &s.Groups[(i+k)%groups]
			g.Members = append(g.Members, routing.Member{Agent: id})
		}
	}
	for i := range 5000 {
		t := routing.Thread{ID: chat.ThreadID(fmt.Sprintf("t%05d", i*7919%5000)), Group: s.Groups[i%groups].ID, QueuedAt: chat.Micros(morning) - int64(i)*1000, WaitingSince: 1, Priority: i % 3}
		switch i % 10 {
		case 0:
			t.Skills = []string{"french"}
		case 1:
			t.Recent, t.RecentAt = s.Agents[i%1000].ID, chat.Micros(morning)
		case 2:
			t.Tries = []routing.Try{{Agent: s.Agents[i%1000].ID, Count: 1}}
		}
		t.State = chat.Queued
		s.Threads = append(s.Threads, t)
	}
	return s
}

// processor is the time of the processor that the whole process has spent, collecting
// garbage included.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkDecide_ThousandAgentsFiveThousandWaiting is one round of the router
// on an empty floor: about 3,000 slots are filled.
func BenchmarkDecide_ThousandAgentsFiveThousandWaiting(b *testing.B) {
	for _, groups := range []int{20, 1} {
		s := crowd(groups)
		b.Run(fmt.Sprintf("groups=%d", groups), func(b *testing.B) {
			began := processor(b)
			for b.Loop() {
				routing.Decide(s, morning)
			}
			b.ReportMetric(float64((processor(b)-began).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
		full := copied(s)
		ds, _ := routing.Decide(full, morning)
		full.Apply(ds...)
		b.Run(fmt.Sprintf("groups=%d/nothing-to-do", groups), func(b *testing.B) {
			for b.Loop() {
				routing.Decide(full, morning.Add(time.Second))
			}
		})
	}
}
