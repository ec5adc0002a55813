package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// Board is the supervisor's picture of a moment: every group and every agent.
// Everybody of the team sees the same numbers. A chat is listed for who may see it,
// and without its Conversation where its group says that there is one.
type Board struct {
	Now    int64        `json:"now"`
	Groups []BoardGroup `json:"groups"`
	Agents []BoardAgent `json:"agents"`
}

// BoardGroup is a group with its queue.
type BoardGroup struct {
	Group   chat.GroupID      `json:"group"`
	Name    string            `json:"name"`
	State   routing.Readiness `json:"state" enum:"online,online_for_queue,full,offline"`
	Why     string            `json:"why" doc:"Why it is in that state, in a sentence."`
	Because chat.Because      `json:"because" nullable:"false"`
	// Closed says that the hours are why it is offline.
	Closed    bool  `json:"closed,omitempty"`
	OpensAt   int64 `json:"opens_at,omitempty"`
	Waiting   int   `json:"waiting"`
	OldestAt  int64 `json:"oldest_at,omitempty" doc:"Since when who has waited longest waits."`
	Accepting int   `json:"accepting" doc:"How many take new chats."`
	Free      int   `json:"free" doc:"How many of them have room for one more."`
	Full      bool  `json:"full" doc:"The queue takes no more."`
}

// BoardAgent is an agent with what he has.
type BoardAgent struct {
	Agent  chat.AgentID     `json:"agent"`
	Status chat.Status      `json:"status"`
	Cause  chat.StatusCause `json:"cause,omitempty"`
	Reason string           `json:"reason,omitempty"`
	Until  int64            `json:"until,omitempty"`
	// Present says that a device answers; Lost that none has for so long that
	// unanswered chats were handed on, though he did not go offline.
	Present        bool       `json:"present"`
	Lost           bool       `json:"lost"`
	Devices        int        `json:"devices" doc:"How many of his devices are connected."`
	Mobile         bool       `json:"mobile" doc:"All of them are phones or tablets."`
	Takes          bool       `json:"takes" doc:"Is given new chats: he accepts and can be reached."`
	Load           int        `json:"load" doc:"In hundredths of a chat, open offers included."`
	Limit          int        `json:"limit" doc:"In hundredths of a chat."`
	Today          int        `json:"today" doc:"Chats that he was given today."`
	AcceptingSince int64      `json:"accepting_since,omitempty"`
	Reach          chat.Reach `json:"reach" doc:"Whether alerts arrive."`
	// Expected says that a group of his is open by its hours, or opens within the hour:
	// at OpensAt, 0 = it is open.
	Expected bool              `json:"expected"`
	OpensAt  int64             `json:"opens_at,omitempty"`
	Groups   []BoardMembership `json:"groups"`
	Chats    []BoardChat       `json:"chats" doc:"Those that he leads and that I may see or know of: those that ask for help and to which nobody comes first, then the others that do, then the oldest."`
}

// BoardMembership is an agent's part in a group.
type BoardMembership struct {
	Group chat.GroupID `json:"group"`
	Class chat.Class   `json:"class" enum:"first,normal,last,supervisor"`
}

// BoardChat is a Thread that an agent leads.
type BoardChat struct {
	Group        chat.GroupID        `json:"group"`
	Since        int64               `json:"since"`
	Idle         bool                `json:"idle,omitempty"`
	Over         bool                `json:"over,omitempty" doc:"He has it above his limit."`
	WaitingSince int64               `json:"waiting_since,omitempty" doc:"Since when the visitor waits for an answer."`
	HelpSince    int64               `json:"help_since,omitempty" doc:"Since when it asks for help."`
	HelpBy       chat.AgentID        `json:"help_by,omitempty" doc:"Who has said that he comes; absent where nobody has, or I may not see the chat."`
	Conversation chat.ConversationID `json:"conversation,omitempty" doc:"Absent where I may not see it."`
}

// called orders chats that ask for help: those to which nobody comes yet first, then by
// when they asked.
func (c BoardChat) called() int64 { return called(c.HelpSince, c.HelpBy) }

func called(since int64, by chat.AgentID) int64 {
	switch {
	case since == 0:
		return never
	case by != "":
		return never/2 + since
	}
	return since
}

// Board returns the board as an agent may see it.
func (d *Desk) Board(ctx context.Context, a chat.Agent) (Board, error) {
	s, err := d.current(ctx)
	if err != nil {
		return Board{}, err
	}
	var devices map[chat.AgentID]store.Devices
	var facts map[chat.AgentID][]chat.DeviceFacts
	err = d.store.Read(ctx, func(tx *store.Tx) (err error) {
		if devices, err = tx.Devices(d.holding()); err != nil {
			return err
		}
		facts, err = d.devicesOf(tx, "")
		return err
	})
	b := Board{Now: chat.Micros(d.now()), Groups: s.boardGroups(), Agents: s.boardAgents(a.Viewer(), devices)}
	s.boardReach(b.Agents, facts, d.now())
	return b, err
}

func (s *situation) boardGroups() []BoardGroup {
	oldest, waiting := map[chat.GroupID]int64{}, map[chat.GroupID]int{}
	for _, t := range s.threads {
		if t.State == chat.Queued {
			waiting[t.Group]++ // messages too, which stand in nobody's way
		}
		if since := waitsSince(t); stands(t) && (oldest[t.Group] == 0 || since < oldest[t.Group]) {
			oldest[t.Group] = since
		}
	}
	full := map[chat.GroupID]bool{}
	for _, g := range s.state.Groups {
		full[g.ID] = g.Full
	}
	all := []BoardGroup{}
	for _, g := range s.standings() {
		all = append(all, BoardGroup{Group: g.Group, Name: g.Name, State: g.State, Why: g.Why, Because: g.Because, Closed: g.Closed, OpensAt: g.OpensAt,
			Waiting: waiting[g.Group], OldestAt: oldest[g.Group], Accepting: g.Accepting, Free: g.Free, Full: full[g.Group]})
	}
	slices.SortStableFunc(all, func(x, y BoardGroup) int { return strings.Compare(x.Name, y.Name) })
	return all
}

// waitsSince is since when a queued Thread's visitor waits: one that came back
// waits anew.
func waitsSince(t chat.Thread) int64 { return max(t.QueuedAt, t.BackAt) }

func (s *situation) boardAgents(v chat.Viewer, devices map[chat.AgentID]store.Devices) []BoardAgent {
	led := map[chat.AgentID][]BoardChat{}
	for _, t := range s.threads {
		acc := t.Access()
		if t.State != chat.Active || t.Lead == "" || !(acc.Admits(v) || acc.Restricted(v)) {
			continue
		}
		one := BoardChat{Group: t.Group, Since: t.AssignedAt, Idle: t.Idle, Over: t.Over, WaitingSince: t.WaitingSince}
		if t.Help != nil {
			one.HelpSince = t.Help.Since
		}
		if acc.Admits(v) {
			one.Conversation = t.Conversation
			if t.Help != nil {
				one.HelpBy = t.Help.TakenBy
			}
		}
		led[t.Lead] = append(led[t.Lead], one)
	}
	views := s.views()
	all := []BoardAgent{}
	for _, seat := range s.state.Seats(s.at) {
		a, view, chats, with := s.team[seat.Agent], views[seat.Agent], led[seat.Agent], devices[seat.Agent]
		slices.SortFunc(chats, func(x, y BoardChat) int {
			return cmp.Or(cmp.Compare(x.called(), y.called()), cmp.Compare(x.Since, y.Since), strings.Compare(string(x.Group), string(y.Group)), strings.Compare(string(x.Conversation), string(y.Conversation)))
		})
		all = append(all, BoardAgent{Agent: a.ID, Status: a.Status, Cause: a.Cause, Reason: a.Reason, Until: a.Until,
			Present: seat.Present, Lost: seat.Lost, Devices: with.Connected, Mobile: with.Connected > 0 && with.Mobile == with.Connected,
			Takes: seat.Takes, Load: seat.Load, Limit: seat.Limit,
			Today: view.Today, AcceptingSince: view.AcceptingAt, Groups: s.membershipsOf(a), Chats: append([]BoardChat{}, chats...)})
	}
	return all
}

func (s *situation) views() map[chat.AgentID]routing.Agent {
	all := make(map[chat.AgentID]routing.Agent, len(s.state.Agents))
	for _, v := range s.state.Agents {
		all[v.ID] = v
	}
	return all
}

func (s *situation) membershipsOf(a chat.Agent) []BoardMembership {
	all := []BoardMembership{}
	for _, g := range a.Groups {
		if s.existing(g) != "" {
			all = append(all, BoardMembership{Group: g, Class: cmp.Or(a.Classes[g], chat.ClassNormal)})
		}
	}
	return all
}

// maxEntries is how much of the queue is shown.
const maxEntries = 200

// QueueView is the queue as an agent may see it, with the agreements of the
// groups and what everybody has, which the agreements speak of.
type QueueView struct {
	Entries    []QueueEntry `json:"entries"`
	Loads      []Load       `json:"loads"`
	Agreements []Agreed     `json:"agreements"`
}

// QueueEntry is one who waits.
type QueueEntry struct {
	Conversation chat.ConversationID `json:"conversation"`
	Group        chat.GroupID        `json:"group"`
	Position     int                 `json:"position" doc:"In the queue of its group, 1 = next; 0 = a message, which stands in nobody's way."`
	Allowed      bool                `json:"allowed" doc:"The group's agreement lets me take it."`
	Sentence     string              `json:"sentence,omitempty" doc:"What forbids it."`
	Because      chat.Because        `json:"because,omitempty" nullable:"false" doc:"The same."`
	Wait         WaitRange           `json:"wait"`
}

// WaitRange is the range that eight of ten such waits lie in; empty = no
// estimate.
type WaitRange struct {
	Low  *int `json:"low_s,omitempty" doc:"P10 in seconds."`
	High *int `json:"high_s,omitempty" doc:"P90 in seconds."`
}

// Load is how much an agent has, in hundredths of a chat, and had today.
type Load struct {
	Agent chat.AgentID `json:"agent"`
	Load  int          `json:"load"`
	Limit int          `json:"limit"`
	Today int          `json:"today"`
}

// Agreed is what the members of a group have agreed, as they read it.
type Agreed struct {
	Group     chat.GroupID `json:"group"`
	Sentences []string     `json:"sentences"`
	Because   chat.Because `json:"because" nullable:"false" doc:"The same, one by one."`
}

// Queue returns what waits and the agent may see, in the order in which it is
// served.
func (d *Desk) Queue(ctx context.Context, a chat.Agent) (QueueView, error) {
	s, err := d.current(ctx)
	if err != nil {
		return QueueView{}, err
	}
	view, views := QueueView{Entries: s.entries(a, d.waits(ctx, s)), Loads: []Load{}, Agreements: []Agreed{}}, s.views()
	for _, seat := range s.state.Seats(s.at) {
		view.Loads = append(view.Loads, Load{Agent: seat.Agent, Load: seat.Load, Limit: seat.Limit, Today: views[seat.Agent].Today})
	}
	for _, g := range s.state.Groups {
		if g.Share == nil {
			continue
		}
		if all := g.Share.Sentences(); len(all) > 0 {
			view.Agreements = append(view.Agreements, Agreed{Group: g.ID, Sentences: all.Lines(), Because: all})
		}
	}
	return view, nil
}

func (s *situation) entries(a chat.Agent, queues map[chat.GroupID][]routing.Told) []QueueEntry {
	var seen []chat.Thread
	told, forbidden := map[chat.ThreadID]routing.Told{}, map[chat.GroupID]map[chat.ThreadID]chat.Because{}
	for g, rules := range s.rules { // each, since messages wait where nobody stands, too
		if rules.Share != nil {
			forbidden[g] = routing.Shares(*rules.Share, a.ID, g, s.state, s.at)
		}
	}
	for _, queue := range queues {
		for _, one := range queue {
			told[one.Thread] = one
		}
	}
	for _, t := range s.threads { // messages too, which have no position
		if t.State == chat.Queued && t.Access().Admits(a.Viewer()) {
			seen = append(seen, t)
		}
	}
	slices.SortFunc(seen, func(x, y chat.Thread) int {
		return cmp.Or(cmp.Compare(s.placeNow(x), s.placeNow(y)), strings.Compare(string(x.ID), string(y.ID)))
	})
	all := []QueueEntry{}
	for _, t := range seen[:min(len(seen), maxEntries)] {
		forbids := forbidden[t.Group][t.ID]
		all = append(all, QueueEntry{Conversation: t.Conversation, Group: t.Group, Position: told[t.ID].Position,
			Allowed: forbids == nil, Sentence: forbids.English(), Because: forbids, Wait: rangeOf(told[t.ID].Estimate)})
	}
	return all
}

func rangeOf(e routing.Estimate) WaitRange {
	if !e.Shown {
		return WaitRange{}
	}
	low, high := int(e.Low.Seconds()), int(e.High.Seconds())
	return WaitRange{Low: &low, High: &high}
}

// Stub is a Thread that an agent may not see: that there is one, and since when
// it waits or is led.
type Stub struct {
	Group chat.GroupID     `json:"group"`
	Name  string           `json:"name" doc:"The group's."`
	State chat.ThreadState `json:"state" enum:"queued,active"`
	Since int64            `json:"since"`
}

// Restricted returns the open Threads of other groups that an agent may know of
// and not see, those that have waited longest first.
func (d *Desk) Restricted(ctx context.Context, a chat.Agent) ([]Stub, error) {
	s, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	all := []Stub{}
	for _, t := range s.threads {
		if !t.Access().Restricted(a.Viewer()) {
			continue
		}
		one := Stub{Group: t.Group, Name: s.groups[t.Group].Name, State: t.State, Since: t.AssignedAt}
		if t.State == chat.Queued {
			one.Since = waitsSince(t)
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(x, y Stub) int {
		return cmp.Or(-strings.Compare(string(x.State), string(y.State)), cmp.Compare(x.Since, y.Since), strings.Compare(string(x.Group), string(y.Group)))
	})
	return all[:min(len(all), maxEntries)], nil
}
