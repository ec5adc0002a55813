package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// The settings that routing goes by.
const (
	routesSetting  = "routes"
	routingSetting = "routing"
)

// RoutingSettings are the workspace's limit and times.
type RoutingSettings struct {
	// Limit is how many chats an agent without one of his own takes; 0 = 4.
	Limit  int            `json:"limit"`
	Timing routing.Timing `json:"timing"`
}

// situation is everything that routing goes by, of one moment.
type situation struct {
	state    routing.State
	routes   []routing.Route
	team     map[chat.AgentID]chat.Agent
	groups   map[chat.GroupID]chat.Group
	rules    map[chat.GroupID]routing.Rules
	threads  map[chat.ThreadID]chat.Thread
	settings RoutingSettings
	broken   error // what could not be read and is left out
	// standings are how the groups stand, worked out when first asked for.
	standings func() []routing.Standing
	at        time.Time
	took      time.Duration // to load
	version   [2]int64      // see Desk.version
	load      int64         // the number of the load
}

const (
	restartGrace   = 10 * time.Second // of what counts as a sign of life after a start, so that nobody is given chats by it
	availableEvery = 30 * time.Second
	availableGap   = 2 * time.Minute
)

// situate loads the situation in a read transaction; before are the Threads of one
// that was loaded earlier, nil = none.
func (d *Desk) situate(tx *store.Tx, before map[chat.ThreadID]chat.Thread) (*situation, error) {
	s := &situation{team: map[chat.AgentID]chat.Agent{}, groups: map[chat.GroupID]chat.Group{}, rules: map[chat.GroupID]routing.Rules{},
		threads: map[chat.ThreadID]chat.Thread{}, at: d.now()}
	if err := s.loadSettings(tx); err != nil {
		return nil, err
	}
	agents, err := answering(tx)
	if err != nil {
		return nil, err
	}
	if err := d.seat(tx, s, agents); err != nil {
		return nil, err
	}
	if err := s.loadGroups(tx, agents); err != nil {
		return nil, err
	}
	if err := d.deafen(tx, s); err != nil {
		return nil, err
	}
	s.state.Began = chat.Micros(d.started)
	s.standings = sync.OnceValue(func() []routing.Standing { return s.state.Standings(s.at) })
	return s, d.loadThreads(tx, s, before)
}

// answering loads the agents who take part in answering visitors.
func answering(tx *store.Tx) ([]chat.Agent, error) {
	all, err := tx.Agents()
	return slices.DeleteFunc(all, func(a chat.Agent) bool { return !a.Role.Answers() }), err
}

func (s *situation) loadSettings(tx *store.Tx) error {
	if err := s.loadLimits(tx); err != nil {
		return err
	}
	return loadSetting(tx, routesSetting, &s.routes)
}

// loadLimits loads the limit and the times alone: the routes may be long.
func (s *situation) loadLimits(tx *store.Tx) error {
	if err := loadSetting(tx, routingSetting, &s.settings); err != nil {
		return err
	}
	s.state.Limit, s.state.Timing = s.settings.Limit, s.settings.Timing
	return nil
}

func loadSetting(tx *store.Tx, name string, into any) error {
	text, err := tx.Setting(name)
	if err != nil || text == "" {
		return err
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("desk: setting %s: %w", name, err)
	}
	return nil
}

// reach is how old a sign of life may be that still decides something.
func (s *situation) reach() time.Duration {
	t := s.settings.Timing.Filled()
	return time.Duration(t.Lost+t.Keep)*time.Second + time.Minute
}

// holding is how old a lease may be that holds a connection: where the team waits
// longer for a sign of life, so does this.
func (s *situation) holding() time.Duration {
	return max(presentFor, time.Duration(s.settings.Timing.Filled().Unheard)*time.Second)
}

// seat loads the agents with what routing remembers of each.
func (d *Desk) seat(tx *store.Tx, s *situation, agents []chat.Agent) error {
	duties, err := tx.Duties()
	if err != nil {
		return err
	}
	lives, err := tx.Lives(chat.Micros(s.at.Add(-s.reach())), chat.Micros(s.at.Add(-s.holding())))
	if err != nil {
		return err
	}
	y, m, day := s.at.Date()
	today, err := tx.CountAssignments(chat.Micros(time.Date(y, m, day, 0, 0, 0, 0, s.at.Location())))
	if err != nil {
		return err
	}
	since, err := tx.Availability(chat.Micros(s.at.Add(-availableGap)), chat.Micros(s.at)+1)
	if err != nil {
		return err
	}
	accepting := map[chat.AgentID]int64{}
	for _, v := range since {
		accepting[v.Agent] = v.Began
	}
	// While this server was down nobody could show life.
	grace := chat.Micros(d.started.Add(-restartGrace))
	for _, a := range agents {
		s.team[a.ID] = a
		v, life, duty := routing.ViewAgent(a), lives[a.ID], duties[a.ID]
		v.AliveAt, v.DownAt = max(life.AliveAt, grace), life.DownAt
		// A sign of life of before the start, however fresh, is none any more when there
		// was time for another one.
		if v.AliveAt < chat.Micros(d.started) && s.at.Sub(d.started) > restartGrace {
			v.AliveAt = grace
		}
		v.InputAt, v.IdleWarnedAt, v.AssignedAt, v.Misses, v.Today = duty.InputAt, duty.WarnedAt, duty.AssignedAt, duty.Misses, today[a.ID]
		if a.Status == chat.Accepting {
			v.AcceptingAt = accepting[a.ID]
		}
		s.state.Agents = append(s.state.Agents, v)
	}
	return nil
}

func (s *situation) loadGroups(tx *store.Tx, agents []chat.Agent) error {
	groups, err := tx.Groups()
	if err != nil {
		return err
	}
	turns, err := tx.Turns()
	if err != nil {
		return err
	}
	full, err := tx.FullQueues()
	if err != nil {
		return err
	}
	for _, g := range groups {
		s.groups[g.ID] = g
		if g.Deleted {
			continue
		}
		rules, err := routing.ReadRules(g.Rules)
		if err != nil { // one group that cannot be read does not stop the others: it is closed
			s.broken = errors.Join(s.broken, fmt.Errorf("desk: rules of group %s: %w", g.ID, err))
			rules = routing.Rules{Hours: &routing.Hours{Zone: "UTC"}}
		}
		s.rules[g.ID] = rules
		view := routing.ViewGroup(g, rules, agents)
		view.Full = slices.Contains(full, g.ID)
		for i, m := range view.Members {
			view.Members[i].Turn = turns[g.ID][m.Agent]
			view.Turns = max(view.Turns, view.Members[i].Turn)
		}
		s.state.Groups = append(s.state.Groups, view)
	}
	return nil
}

func (d *Desk) loadThreads(tx *store.Tx, s *situation, before map[chat.ThreadID]chat.Thread) error {
	threads, err := tx.OpenThreadsAgain(before)
	if err != nil {
		return err
	}
	s.state.Threads = make([]routing.Thread, 0, len(threads))
	for _, t := range threads {
		s.threads[t.ID] = t
		v := routing.ViewThread(t)
		if v.AssignedAt != 0 { // while this server was down nobody could reply
			v.AssignedAt = max(v.AssignedAt, chat.Micros(d.started))
		}
		v.TypingAt = d.typing.since(t.Conversation, t.Lead)
		s.state.Threads = append(s.state.Threads, v)
	}
	return nil
}

// order is what a place in a group's queue depends on.
func (s *situation) order(g chat.GroupID) chat.Order {
	return s.settings.Timing.Order(s.rules[g].Priority)
}

// orderOf loads what a place in a group's queue depends on.
func orderOf(tx *store.Tx, g chat.GroupID) (chat.Order, error) {
	var s situation
	if err := s.loadLimits(tx); err != nil {
		return chat.Order{}, err
	}
	group, err := tx.Group(g)
	if err != nil {
		return chat.Order{}, err
	}
	rules, err := routing.ReadRules(group.Rules)
	return s.settings.Timing.Order(rules.Priority), err
}

const (
	// quickly is how long loading may take to be done again for every change.
	quickly = 20 * time.Millisecond
	// stale is how old a situation may be that is slow to load.
	stale = 250 * time.Millisecond
	// ticking is how old any may be: hours begin and end without a change.
	ticking = time.Second
)

// situation returns the present situation. Where loading it is slow, one that is
// a quarter of a second old will do for what is checked again under locks, or is
// shown.
func (d *Desk) situation(ctx context.Context) (*situation, error) {
	d.latest.mu.Lock()
	defer d.latest.mu.Unlock()
	if s := d.latest.s; s != nil {
		age := d.now().Sub(s.at)
		unchanged := s.version == d.version() && age <= ticking
		slow := s.took > quickly && age >= 0 && age <= min(stale, 20*s.took)
		if unchanged || slow {
			return s, nil
		}
	}
	return d.reload(ctx)
}

// version changes with what the situation goes by.
func (d *Desk) version() [2]int64 { return [2]int64{d.store.Turned(), d.came.Load()} }

// current returns a situation that holds everything that was written before the
// call: who is shown it was told of a change and asks what has become of it. Of
// many who ask while one is being loaded, one more load answers all.
func (d *Desk) current(ctx context.Context) (*situation, error) {
	begun := d.latest.loads.Load()
	d.latest.mu.Lock()
	defer d.latest.mu.Unlock()
	if s := d.latest.s; s != nil {
		age := d.now().Sub(s.at)
		if s.load > begun || (s.version == d.version() && age >= 0 && age <= ticking) {
			return s, nil
		}
	}
	return d.reload(ctx)
}

// fresh loads the situation whatever there is.
func (d *Desk) fresh(ctx context.Context) (*situation, error) {
	d.latest.mu.Lock()
	defer d.latest.mu.Unlock()
	return d.reload(ctx)
}

// RoutingState loads what the router decides upon.
func (d *Desk) RoutingState(ctx context.Context) (routing.State, error) {
	s, err := d.fresh(ctx)
	if err != nil {
		return routing.State{}, err
	}
	return s.state, nil
}

// reload loads the situation. The caller holds latest.mu.
func (d *Desk) reload(ctx context.Context) (*situation, error) {
	began, load, version := time.Now(), d.latest.loads.Add(1), d.version()
	var s *situation
	var before map[chat.ThreadID]chat.Thread
	if d.latest.s != nil {
		before = d.latest.s.threads
	}
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		s, err = d.situate(tx, before)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.took, s.version, s.load = time.Since(began), version, load
	d.latest.s = s
	return s, nil
}

// limitOf is how many chats an agent takes at once, in hundredths.
func (s RoutingSettings) limitOf(a chat.Agent) int {
	return routing.State{Limit: s.Limit}.LimitOf(routing.Agent{Limit: cmp.Or(a.Limit, 0)})
}
