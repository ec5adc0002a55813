package routing

import (
	"slices"
	"time"

	"earshot/internal/chat"
)

// The bounds of a queue where its Group names none.
const (
	defaultReopen  = 70 // percent
	perFreeAgent   = 3  // times the limits of those who accept
	nobodyAccepts  = 30
	reopenMaxShare = 100
)

// bound closes a queue that is full and opens it when it has emptied enough.
func (b *board) bound(c *counter) {
	most := c.most()
	reopen := c.Queue.Reopen
	if reopen <= 0 || reopen > reopenMaxShare {
		reopen = defaultReopen
	}
	switch {
	case !c.Full && c.waiting >= most:
		b.do(Decision{Kind: DoQueueFull, Group: c.ID, Because: chat.Says("queue.full", c.waiting, c.Name, most)}, nil)
	case c.Full && c.waiting <= most*reopen/100 && c.waiting < most:
		b.do(Decision{Kind: DoQueueOpen, Group: c.ID, Because: chat.Says("queue.open", c.waiting, c.Name, most*reopen/100)}, nil)
	}
}

// most is how many may wait in the Group.
func (c *counter) most() int {
	if c.Queue.Max > 0 {
		return c.Queue.Max
	}
	sum := 0
	for _, p := range c.places {
		if p.takes && p.member.Class != ClassSupervisor {
			sum += perFreeAgent * p.limit / 100
		}
	}
	if sum == 0 {
		return nobodyAccepts
	}
	return sum
}

// Queue returns the waiting Threads of a Group in the order in which they are
// served.
func (s State) Queue(g chat.GroupID) []chat.ThreadID {
	more := 0
	if i := slices.IndexFunc(s.Groups, func(x Group) bool { return x.ID == g }); i >= 0 {
		more = s.Groups[i].Priority
	}
	aging := s.Timing.filled().Aging
	var queue []entry
	for i := range s.Threads {
		if t := &s.Threads[i]; t.State == chat.Queued && t.Group == g {
			queue = append(queue, newEntry(t, more, aging))
		}
	}
	slices.SortFunc(queue, before)
	var ids []chat.ThreadID
	for _, e := range queue {
		ids = append(ids, e.ID)
	}
	return ids
}

// Readiness is what a visitor meets at a Group.
type Readiness string

// The states of a Group.
const (
	Online         Readiness = "online"           // somebody is free
	OnlineForQueue Readiness = "online_for_queue" // somebody is there, nobody is free
	QueueFull      Readiness = "full"             // the queue takes no more: a message remains
	NotOnline      Readiness = "offline"          // closed, closing soon, or nobody accepts
)

// Standing is a Group's live state, as a group chooser and the router's first
// question show it.
type Standing struct {
	Group   chat.GroupID `json:"group"`
	Name    string       `json:"name"`
	Line    Line         `json:"line,omitempty"`
	Private bool         `json:"private,omitempty"`
	State   Readiness    `json:"state"`
	Because chat.Because `json:"because"`
	Why     string       `json:"why"` // its English
	// Closed says that the hours are the reason for being offline; OpensAt is
	// when they open next, in microseconds, 0 = not known.
	Closed  bool  `json:"closed,omitempty"`
	OpensAt int64 `json:"opens_at,omitempty"`
	// Waiting is the length of the queue, Accepting how many take chats, Free how
	// many of them have room for one more.
	Waiting   int `json:"waiting"`
	Accepting int `json:"accepting"`
	Free      int `json:"free"`
}

// takes reports whether a visitor who comes now is taken or queued.
func (s Standing) takes() bool { return s.State == Online || s.State == OnlineForQueue }

// Standings returns the live state of every Group, in order of id.
func (s State) Standings(now time.Time) []Standing {
	b := newBoard(s, chat.Micros(now))
	all := make([]Standing, 0, len(b.groups))
	for _, c := range b.groups {
		all = append(all, c.standing(now))
	}
	return all
}

func (c *counter) standing(now time.Time) Standing {
	s := Standing{Group: c.ID, Name: c.Name, Line: c.Line, Private: c.Private, Waiting: c.waiting, Free: len(c.free)}
	for _, p := range c.places {
		if p.takes && p.member.Class != ClassSupervisor {
			s.Accepting++
		}
	}
	switch {
	case !c.open:
		s.State, s.Closed, s.Because = NotOnline, true, chat.Says("group.closed", c.Name)
		if at, opens := c.Hours.NextOpening(now); opens {
			s.OpensAt = at.UnixMicro()
		}
	case c.Hours.Closing(now):
		s.State, s.Closed, s.Because = NotOnline, true, chat.Says("group.closing", c.Name)
		if end, ends := c.Hours.ClosesAt(now); ends {
			if at, opens := c.Hours.NextOpening(end); opens {
				s.OpensAt = at.UnixMicro()
			}
		}
	case s.Accepting == 0:
		s.State, s.Because = NotOnline, chat.Says("group.nobody", c.Name)
	case c.Full:
		s.State, s.Because = QueueFull, chat.Says("group.full", c.Name)
	case s.Free == 0 || s.Waiting > 0:
		s.State, s.Because = OnlineForQueue, chat.Says("group.waiting", s.Waiting, c.Name)
	default:
		s.State, s.Because = Online, chat.Says("group.free", s.Free, c.Name)
	}
	s.Why = s.Because.English()
	return s
}

// Taking returns the agents who take new chats now, in order of id.
func (s State) Taking(now time.Time) []chat.AgentID {
	var who []chat.AgentID
	for _, a := range newBoard(s, chat.Micros(now)).order {
		if a.takes {
			who = append(who, a.ID)
		}
	}
	return who
}

// find returns the standing of a Group.
func find(all []Standing, g chat.GroupID) (Standing, bool) {
	i := slices.IndexFunc(all, func(s Standing) bool { return s.Group == g })
	if i < 0 {
		return Standing{}, false
	}
	return all[i], true
}
