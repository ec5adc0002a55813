package routing_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

func TestSeats_SayWhoIsThereAndWhatHeHas(t *testing.T) {
	t.Parallel()
	now := morning
	at := func(seconds int64) int64 { return chat.Micros(now) - seconds*1e6 }
	s := routing.State{
		Agents: []routing.Agent{
			{ID: "here", Status: chat.Accepting, AliveAt: at(1), Limit: 2},
			{ID: "cut", Status: chat.Accepting, AliveAt: at(9), DownAt: at(4)},
			{ID: "mute", Status: chat.Finishing, AliveAt: at(11)},
			{ID: "gone", Status: chat.Accepting, AliveAt: at(46)},
			{ID: "home", Status: chat.Offline, AliveAt: at(4000)},
			{ID: "left", Status: chat.Accepting, AliveAt: at(1), Disabled: true}},
		Threads: []routing.Thread{
			{ID: "t1", State: chat.Active, Lead: "here", Members: []chat.AgentID{"gone"}},
			{ID: "t2", State: chat.Active, Lead: "here", Idle: true},
			{ID: "t3", State: chat.Queued, Offers: []routing.Offer{{Agent: "cut"}}}},
	}
	want := []routing.Seat{
		{Agent: "cut", Load: 100, Limit: 400},
		{Agent: "gone", Lost: true, Load: 50, Limit: 400},
		{Agent: "here", Present: true, Takes: true, Load: 125, Limit: 200},
		{Agent: "home", Limit: 400},
		{Agent: "mute", Limit: 400}}
	if diff := cmp.Diff(want, s.Seats(now)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := s.Seats(now.Add(36 * time.Second))[0]; !got.Lost {
		t.Errorf("45 s after his last sign of life he is %+v", got)
	}
}
