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

// Suggestion is a likely target of a transfer, with its reason.
type Suggestion = routing.Suggestion

// Targets is to whom a conversation can be passed on now, and to whom it likely
// should be.
type Targets struct {
	Groups      []TargetGroup `json:"groups" doc:"By name."`
	Agents      []TargetAgent `json:"agents" doc:"By name; disabled ones are left out."`
	Suggestions []Suggestion  `json:"suggestions" doc:"The likeliest first, at most 3; none where too little is known."`
}

// Bar is why somebody is no target.
type Bar string

// The bars.
const (
	BarHere   Bar = "here"   // the group has it; "anyone else" of it is another target
	BarEmpty  Bar = "empty"  // nobody is in the group
	BarLead   Bar = "lead"   // he has it
	BarExcept Bar = "except" // the playbook of his groups says so
	// BarNowhere: he is not here, and in no group in which a chat could wait for him.
	BarNowhere Bar = "nowhere"
	BarOut     Bar = "out"  // the group that has it does not let the agent pass it there
	BarInto    Bar = "into" // the other one does not let him pass it to it
)

// closingDays is how far ahead a group's closing is looked for.
const closingDays = 7

// TargetGroup is a group as it stands now.
type TargetGroup struct {
	Group     chat.GroupID      `json:"group"`
	Name      string            `json:"name"`
	State     routing.Readiness `json:"state" enum:"online,online_for_queue,full,offline"`
	Why       string            `json:"why" doc:"Why it is in that state, in a sentence."`
	Because   chat.Because      `json:"because" nullable:"false"`
	Closed    bool              `json:"closed,omitempty" doc:"The hours are why it is offline."`
	OpensAt   int64             `json:"opens_at,omitempty"`
	ClosesAt  int64             `json:"closes_at,omitempty" doc:"When it closes next; absent where it is closed, or open for a week and longer."`
	Waiting   int               `json:"waiting"`
	Accepting int               `json:"accepting"`
	Free      int               `json:"free" doc:"How many of them have room for one more."`
	Slots     int               `json:"slots" doc:"How many chats fit in all."`
	Askable   int               `json:"askable" doc:"How many could be asked to take this conversation over: they take chats, do not lead it, are not me, and are no supervisors of the group."`
	AskFree   int               `json:"ask_free" doc:"How many of those have room for it."`
	Wait      WaitRange         `json:"wait" doc:"Of a chat that is passed on: it stands before those who have not talked."`
	Playbook  int64             `json:"playbook,omitempty" doc:"The present version; absent where nothing is written."`
	Bar       Bar               `json:"bar,omitempty" enum:"here,empty,out,into" doc:"Why it is no target."`
}

// TargetAgent is a colleague as he stands now.
type TargetAgent struct {
	Agent   chat.AgentID     `json:"agent"`
	Name    string           `json:"name"`
	Status  chat.Status      `json:"status" enum:"accepting,finishing,away,offline"`
	Reason  string           `json:"reason,omitempty"`
	Until   int64            `json:"until,omitempty"`
	Present bool             `json:"present"`
	Lost    bool             `json:"lost,omitempty"`
	Takes   bool             `json:"takes" doc:"Is given new chats: he accepts and can be reached."`
	Room    bool             `json:"room" doc:"One more fits under his limit."`
	Load    int              `json:"load" doc:"In hundredths of a chat."`
	Limit   int              `json:"limit"`
	Groups  []chat.GroupID   `json:"groups" doc:"Those whose playbook lets him be a target."`
	Topics  []string         `json:"topics,omitempty"`
	Bar     Bar              `json:"bar,omitempty" enum:"lead,except,nowhere,out,into" doc:"Why he is no target."`
	Gave    []string         `json:"gave,omitempty" doc:"The reasons for which he has passed it on himself. For one of these it is not passed back to him; for another one it may be."`
	Cause   chat.StatusCause `json:"cause,omitempty"`
}

// Targets returns to whom an agent can pass a conversation on that he may see.
// Suggestions count what was passed on from the same site alone, and name nothing
// of it but how many there were.
func (d *Desk) Targets(ctx context.Context, a chat.Agent, id chat.ConversationID) (Targets, error) {
	now, err := d.current(ctx)
	if err != nil {
		return Targets{}, err
	}
	var out Targets
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		s, err := visibleState(tx, a.Viewer(), id)
		if err != nil {
			return err
		}
		t := s.OpenThread()
		if t == nil {
			return chat.Errorf(chat.Gone, "This conversation is closed; there is nothing to pass on.")
		}
		written, err := tx.Playbooks()
		if err != nil {
			return err
		}
		me, err := present(tx, a.ID)
		if err != nil {
			return err
		}
		gate := func(to chat.GroupID) Bar { return gateBar(me, t.Group, to, written) }
		out = Targets{Groups: now.targetGroups(*t, me, written, gate), Agents: now.targetAgents(*t, written, gate)}
		out.Suggestions, err = suggest(tx, s, out.asked(*t))
		return err
	})
	if err != nil {
		return Targets{}, err
	}
	for i := range out.Groups {
		g := &out.Groups[i]
		if g.Accepting == 0 || g.Free > 0 {
			continue // nobody to wait for, or no wait
		}
		known, err := d.known(ctx, g.Group)
		if err != nil {
			return Targets{}, err
		}
		g.Wait = rangeOf(now.state.FrontWait(g.Group, known, now.at))
	}
	return out, nil
}

// asked is among whom suggestions choose: whoever has passed it on is no likely one.
func (out Targets) asked(t chat.Thread) routing.Asked {
	asked := routing.Asked{Topics: map[chat.AgentID][]string{}}
	for _, g := range out.Groups {
		if g.Bar == "" {
			asked.Groups = append(asked.Groups, g.Group)
		}
	}
	for _, a := range out.Agents {
		if a.Bar == "" && !slices.Contains(t.Excluded, a.Agent) && len(a.Gave) == 0 {
			asked.Topics[a.Agent] = a.Topics
		}
	}
	return asked
}

func (s *situation) targetGroups(t chat.Thread, me chat.Agent, written map[chat.GroupID]chat.Playbook, gate func(chat.GroupID) Bar) []TargetGroup {
	slots, askable, peopled := s.state.Slots(s.at), s.askable(&t, me, ""), map[chat.GroupID]bool{}
	for _, a := range s.team {
		for _, g := range a.Groups {
			peopled[g] = peopled[g] || !a.Disabled
		}
	}
	all := []TargetGroup{}
	for _, g := range s.standings() {
		one := TargetGroup{Group: g.Group, Name: g.Name, State: g.State, Why: g.Why, Because: g.Because, Closed: g.Closed, OpensAt: g.OpensAt,
			Waiting: g.Waiting, Accepting: g.Accepting, Free: g.Free, Slots: slots[g.Group],
			Askable: askable[g.Group].Takes, AskFree: askable[g.Group].Free, Playbook: written[g.Group].Version}
		if at, closes := s.rules[g.Group].Hours.ClosesWithin(s.at, closingDays); closes {
			one.ClosesAt = chat.Micros(at)
		}
		switch {
		case g.Group == t.Group:
			one.Bar = BarHere
		case !peopled[g.Group]:
			one.Bar = BarEmpty
		default:
			one.Bar = gate(g.Group)
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(x, y TargetGroup) int {
		return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(string(x.Group), string(y.Group)))
	})
	return all
}

func (s *situation) targetAgents(t chat.Thread, written map[chat.GroupID]chat.Playbook, gate func(chat.GroupID) Bar) []TargetAgent {
	all := []TargetAgent{}
	for _, seat := range s.state.Seats(s.at) {
		a := s.team[seat.Agent]
		one := TargetAgent{Agent: a.ID, Name: a.Name, Status: a.Status, Reason: a.Reason, Until: a.Until, Cause: a.Cause, Present: seat.Present, Lost: seat.Lost,
			Takes: seat.Takes, Room: seat.Load+100 <= seat.Limit, Load: seat.Load, Limit: seat.Limit, Groups: []chat.GroupID{}, Topics: a.Topics, Gave: gave(t, a.ID)}
		excepted, barred := false, Bar("")
		for _, g := range a.Groups {
			switch {
			case s.existing(g) == "":
			case slices.Contains(written[g].Transfer.Except, a.ID):
				excepted = true
			case gate(g) != "":
				barred = gate(g)
			default:
				one.Groups = append(one.Groups, g)
			}
		}
		one.Bar = barOf(a.ID, t, excepted && len(one.Groups) == 0)
		switch {
		case one.Bar != "" || len(one.Groups) > 0:
		case barred != "":
			one.Bar = barred
		case ringsFor(seat, a.Status) == 0:
			one.Bar = BarNowhere
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(x, y TargetAgent) int {
		return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(string(x.Agent), string(y.Agent)))
	})
	return all
}

// gateBar is why an agent may not pass a Thread from its group to another.
func gateBar(me chat.Agent, from, to chat.GroupID, written map[chat.GroupID]chat.Playbook) Bar {
	x := chat.Crossing{From: chat.Group{ID: from}, To: chat.Group{ID: to}, Out: written[from].Transfer.Out, Into: written[to].Transfer.Into}
	switch out, into := x.Bars(me); {
	case out:
		return BarOut
	case into:
		return BarInto
	}
	return ""
}

func barOf(a chat.AgentID, t chat.Thread, excepted bool) Bar {
	switch {
	case a == t.Lead:
		return BarLead
	case excepted:
		return BarExcept
	}
	return ""
}

// gave are the reasons for which an agent has passed a Thread on himself.
func gave(t chat.Thread, a chat.AgentID) []string {
	var reasons []string
	for _, p := range t.Passed {
		if p.By == a && p.Reason != "" && !slices.Contains(reasons, p.Reason) {
			reasons = append(reasons, p.Reason)
		}
	}
	return reasons
}
