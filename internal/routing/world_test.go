package routing_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// world is a random team under random acts: what the properties are asked of.
type world struct {
	state   routing.State
	now     int64
	threads int
	invited int64
}

var morning = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func draw[T any](t *rapid.T, name string, of ...T) T { return rapid.SampledFrom(of).Draw(t, name) }

func newWorld(t *rapid.T) *world {
	w := &world{now: chat.Micros(morning)}
	w.state.Limit = rapid.IntRange(1, 3).Draw(t, "limit")
	for i := range rapid.IntRange(1, 5).Draw(t, "agents") {
		input := draw(t, "input", 0, w.now-300e6, w.now-530e6)
		w.state.Agents = append(w.state.Agents, routing.Agent{InputAt: input, ID: chat.AgentID(fmt.Sprint("a", i)), Name: string(rune('A' + i)), Status: chat.Accepting, AliveAt: far, Deaf: draw(t, "deaf", false, false, true),
			Limit: rapid.IntRange(0, 3).Draw(t, "own limit"), Skills: draw(t, "skills", nil, []string{"x"}, []string{"x", "y"})})
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "groups") {
		g := routing.Group{ID: chat.GroupID(fmt.Sprint("g", i)), Name: fmt.Sprint("G", i), Limit: draw(t, "group limit", 0, 0, 1),
			Priority: draw(t, "group priority", 0, 0, 1), Queue: routing.QueueRule{Max: draw(t, "queue", 0, 3)},
			Distribution: routing.Distribution{Method: draw(t, "method", routing.LeastBusy, routing.LeastBusy, routing.RoundRobin, routing.RingAll, routing.Pull),
				Direct: rapid.Bool().Draw(t, "direct"), PreferLast: rapid.Bool().Draw(t, "prefers"), SkipDeaf: rapid.Bool().Draw(t, "skips deaf"), SkillWait: draw[routing.Seconds](t, "skill wait", 0, 20, -1)}}
		g.Hours = draw(t, "hours", nil, nil, tillHalfPastNine())
		for _, a := range w.state.Agents {
			if rapid.IntRange(0, 3).Draw(t, "in") > 0 {
				g.Members = append(g.Members, routing.Member{Agent: a.ID, Class: draw(t, "class", routing.ClassNormal, "", routing.ClassFirst, routing.ClassLast, routing.ClassSupervisor)})
			}
		}
		w.state.Groups = append(w.state.Groups, g)
	}
	first := w.state.Agents[0]
	for range rapid.IntRange(0, w.state.LimitOf(first)/25).Draw(t, "sleeping") {
		w.threads++
		var members []chat.AgentID
		if m := w.anyAgent(t); m != first.ID && w.state.Load(m) == 0 {
			members = append(members, m)
		}
		w.state.Threads = append(w.state.Threads, routing.Thread{ID: chat.ThreadID(fmt.Sprintf("t%02d", w.threads)), Group: w.anyGroup(t), State: chat.Active,
			Lead: first.ID, Members: members, Idle: true, QueuedAt: w.now - 900e6, AssignedAt: w.now - 900e6, RepliedAt: w.now - 800e6, AnsweredAt: w.now - 800e6})
	}
	return w
}

func tillHalfPastNine() *routing.Hours {
	return &routing.Hours{Zone: "UTC", Week: []routing.Shift{{Day: routing.Day(time.Monday), Span: routing.Span{From: 8 * 60, To: 9*60 + 30}}}}
}

func (w *world) anyAgent(t *rapid.T) chat.AgentID {
	return w.state.Agents[rapid.IntRange(0, len(w.state.Agents)-1).Draw(t, "agent")].ID
}

func (w *world) anyGroup(t *rapid.T) chat.GroupID {
	return w.state.Groups[rapid.IntRange(0, len(w.state.Groups)-1).Draw(t, "group")].ID
}

func (w *world) arrive(t *rapid.T) {
	w.threads++
	n := routing.Thread{ID: chat.ThreadID(fmt.Sprintf("t%02d", w.threads)), Group: w.anyGroup(t), QueuedAt: w.now - draw[int64](t, "waited", 0, 0, 0, 30e6),
		Priority: draw(t, "priority", 0, 0, 0, 1, 2), Mode: draw(t, "mode", routing.Live, routing.Live, routing.Live, "", routing.Mail)}
	switch rapid.IntRange(0, 7).Draw(t, "special") {
	case 0:
		n.Skills = draw(t, "asked", []string{"x"}, []string{"x", "y"}, []string{"z"})
	case 1:
		n.Recent, n.RecentAt = w.anyAgent(t), w.now
	case 2:
		n.Owner = w.anyAgent(t)
	case 3:
		n.Excluded = []chat.AgentID{w.anyAgent(t)}
	}
	w.state.Arrive(n)
}

// act lets something happen, drawn at random.
func (w *world) act(t *rapid.T) {
	w.now += draw[int64](t, "pause", 0, 0, 1, 1e6, 5e6, 20e6, 61e6, 600e6)
	kind := rapid.IntRange(0, 42).Draw(t, "act")
	if kind <= 4 || len(w.state.Threads) == 0 {
		w.arrive(t)
		return
	}
	a := w.anyAgent(t)
	one := w.state.Threads[rapid.IntRange(0, len(w.state.Threads)-1).Draw(t, "thread")]
	switch kind {
	case 5, 6:
		w.answer(one, a)
	case 7:
		w.state.AgentWrote(one.ID, one.Lead, w.now)
	case 8, 16, 17, 18:
		w.state.VisitorWrote(one.ID, w.now)
	case 9:
		w.state.SetStatus(a, draw(t, "status", chat.Accepting, chat.Accepting, chat.Away, chat.Finishing, chat.Offline), "", w.now)
	case 10:
		w.lose(a)
	case 11:
		w.state.Alive(a, far)
	case 12:
		if one.State == chat.Active && w.state.Load(a)+50 <= w.state.LimitOf(w.agent(a)) {
			w.state.Join(one.ID, a)
		}
	case 13:
		w.state.Pass(one.ID, one.Lead, w.anyGroup(t), w.now)
	case 14:
		w.state.Close(one.ID)
	case 25, 26, 32, 33, 34:
		w.invite(t, one, a)
	case 27:
		for _, i := range one.Invites {
			w.reply(t, one, i)
		}
	case 28:
		w.state.Cast(one.ID, a, draw(t, "role", "", chat.Expert, chat.Scribe))
	case 35, 36, 37, 38, 39, 40:
		w.state.SendOn(one.ID, w.anyAgent(t), w.sendable(t, one, a), w.now)
	case 41, 42:
		i := slices.IndexFunc(w.state.Agents, func(x routing.Agent) bool { return x.ID == a })
		w.state.Agents[i].Deaf = !w.state.Agents[i].Deaf
	case 15:
		_ = w.state.Take(one.ID, a, rapid.Bool().Draw(t, "above"), w.now)
	case 19, 20, 29:
		w.passOn(t, one, a)
	case 21:
		w.state.Withdraw(one.ID, w.now)
	case 23, 24: // a member is there when the lead's line is cut
		if one.State == chat.Active && one.Lead != a && w.state.Load(a)+50 <= w.state.LimitOf(w.agent(a)) {
			w.state.Join(one.ID, a)
			w.state.VisitorWrote(one.ID, w.now)
			w.lose(one.Lead)
		}
	case 22, 30, 31:
		to := chat.Target{Kind: chat.ToGroup, Group: w.anyGroup(t)}
		if rapid.Bool().Draw(t, "for one") {
			to.Kind, to.Agent = chat.ToAgent, a
		}
		w.state.Hold(one.ID, one.Lead, to, draw(t, "way", chat.HeldWait, chat.HeldMail), w.now)
	}
}

// passOn lets a lead ask a colleague, present or not, or a group to take over.
func (w *world) passOn(t *rapid.T, one routing.Thread, a chat.AgentID) {
	x := chat.Transfer{Seq: 1, By: one.Lead, At: w.now, Deadline: w.now + draw[int64](t, "lasts", 45e6, 600e6, 600e6)}
	x.To = chat.Target{Kind: chat.ToGroup, Group: w.anyGroup(t)}
	switch rapid.IntRange(0, 3).Draw(t, "to whom") {
	case 0:
		x.To = chat.Target{Kind: chat.ToAnyone, Group: one.Group}
	case 1, 2:
		x.To.Kind, x.To.Agent = chat.ToAgent, a
		x.Deadline = w.now + draw[int64](t, "rings", 30e6, 60e6)
	}
	if len(one.Members) > 0 && rapid.Bool().Draw(t, "drops") {
		x.Drop = one.Members[:1]
	}
	if x.To.Agent != one.Lead {
		w.state.PassOn(one.ID, x)
	}
}

// sendable is a group, or an agent of it whom the desk would let a Thread that waits
// be sent to.
func (w *world) sendable(t *rapid.T, one routing.Thread, a chat.AgentID) chat.Target {
	to := chat.Target{Kind: chat.ToGroup, Group: w.anyGroup(t)}
	o := oracle{State: w.state, now: w.now}
	g, agent := o.group(to.Group), w.agent(a)
	in := slices.ContainsFunc(g.Members, func(m routing.Member) bool { return m.Agent == a })
	if there := one; in && o.works(agent) && rapid.IntRange(0, 3).Draw(t, "to one") > 0 {
		there.Group = to.Group
		if o.room(there, agent, g) {
			to.Kind, to.Agent = chat.ToAgent, a
		}
	}
	return to
}

func (w *world) answer(one routing.Thread, a chat.AgentID) {
	if len(one.Offers) == 0 {
		w.state.Typing(one.ID, one.Lead, w.now)
		return
	}
	if o := one.Offers[0]; o.Agent < a {
		w.state.Decline(one.ID, o.Agent, w.now)
	} else {
		_ = w.state.Accept(one.ID, o.Agent, w.now)
	}
}

// invite asks somebody in as the desk would let him be asked.
func (w *world) invite(t *rapid.T, one routing.Thread, a chat.AgentID) {
	if one.State != chat.Active || len(one.Members)+len(one.Invites) >= chat.MaxGroupChat {
		return
	}
	w.invited++
	i := chat.Invite{Seq: w.invited, By: one.Lead, At: w.now, Role: draw(t, "role", "", chat.Expert, chat.Scribe)}
	in := one.Lead == a || slices.Contains(one.Members, a) || slices.ContainsFunc(one.Invites, func(x chat.Invite) bool { return x.Agent == a })
	switch {
	case rapid.Bool().Draw(t, "a group"):
		i.Group = w.anyGroup(t)
	case in || w.state.Load(a)+50 > w.state.LimitOf(w.agent(a)):
		return
	default:
		i.Agent = a
	}
	w.state.Invite(one.ID, i)
}

func (w *world) reply(t *rapid.T, one routing.Thread, i chat.Invite) {
	switch {
	case i.Agent == "":
	case rapid.Bool().Draw(t, "comes"):
		w.state.Join(one.ID, i.Agent)
	default:
		w.state.Refuse(one.ID, i.Agent)
	}
}

func (w *world) lose(a chat.AgentID) {
	for i := range w.state.Agents {
		if x := &w.state.Agents[i]; x.ID == a && x.DownAt == 0 {
			x.AliveAt, x.DownAt = w.now, w.now
		}
	}
}

func (w *world) agent(a chat.AgentID) routing.Agent {
	return w.state.Agents[slices.IndexFunc(w.state.Agents, func(x routing.Agent) bool { return x.ID == a })]
}

// walk drives random worlds and asks the question after every act, of the state
// before the router looked and of what it decided.
func walk(t *testing.T, ask func(t *rapid.T, before routing.State, now time.Time, ds []routing.Decision, wake time.Time)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range rapid.IntRange(1, 32).Draw(t, "acts") {
			w.act(t)
			now := time.UnixMicro(w.now)
			ds, wake := routing.Decide(w.state, now)
			ask(t, w.state, now, ds, wake)
			w.state.Apply(ds...)
		}
	})
}

// walkUntil walks until a test has met often enough what it looks for: how often one
// walk meets it is chance. Where twenty do not, the worlds no longer make it.
func walkUntil(t *testing.T, enough func() bool, ask func(t *rapid.T, before routing.State, now time.Time, ds []routing.Decision, wake time.Time)) {
	t.Helper()
	for walks := 0; walks == 0 || walks < 20 && !enough() && !t.Failed(); walks++ {
		walk(t, ask)
	}
}

// text is a State or decisions as JSON: for comparing and for reading.
func text(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// copied returns a State that shares nothing.
func copied(s routing.State) routing.State {
	var c routing.State
	if err := json.Unmarshal([]byte(text(s)), &c); err != nil {
		panic(err)
	}
	return c
}

// The oracle below answers in the plainest way who could be given what. It
// shares no code with the router.

type oracle struct {
	routing.State
	now int64
}

func (o oracle) thread(id chat.ThreadID) routing.Thread {
	i := slices.IndexFunc(o.Threads, func(t routing.Thread) bool { return t.ID == id })
	return o.Threads[i]
}

func (o oracle) group(id chat.GroupID) routing.Group {
	return o.Groups[slices.IndexFunc(o.Groups, func(g routing.Group) bool { return g.ID == id })]
}

func (o oracle) load(a chat.AgentID, in chat.GroupID) (sum int) {
	for _, t := range o.Threads {
		rings := t.Group
		if t.Transfer != nil {
			rings = t.Transfer.To.Group
		}
		lead, whole := 100, 100 // whole is what it costs whoever takes it over
		if t.Mode == routing.Mail {
			lead, whole = 10, 10
		} else if t.Idle {
			lead = 25
		}
		if t.Lead == a && (in == "" || t.Group == in) {
			sum += lead
		}
		member := slices.Contains(t.Members, a)
		asked := slices.ContainsFunc(t.Invites, func(i chat.Invite) bool { return i.Agent == a })
		if (member || asked) && (in == "" || t.Group == in) {
			sum += o.member(t)
		}
		if (in == "" || rings == in) && slices.ContainsFunc(t.Offers, func(x routing.Offer) bool { return x.Agent == a }) {
			sum += whole
			if member || asked {
				sum -= o.member(t)
			}
		}
	}
	return sum
}

func (o oracle) member(t routing.Thread) int {
	if t.Mode == routing.Mail {
		return 10
	}
	return 50
}

// works reports whether the agent takes new chats and a device of his answers.
func (o oracle) works(a routing.Agent) bool {
	cut := a.DownAt != 0 && o.now-a.DownAt >= 3e6
	return a.Status == chat.Accepting && !cut && o.now-a.AliveAt < 10e6
}

// could reports whether an agent could be given a queued Thread of his group now.
func (o oracle) could(t routing.Thread, a routing.Agent) bool {
	g := o.group(t.Group)
	i := slices.IndexFunc(g.Members, func(m routing.Member) bool { return m.Agent == a.ID })
	if i < 0 || g.Members[i].Class == routing.ClassSupervisor || !o.works(a) || o.excludes(t, a.ID) {
		return false
	}
	for _, y := range t.Tries {
		if y.Agent == a.ID && (y.Count > min(t.Round, 1) || o.now-t.RoundAt < 30e6) {
			return false
		}
	}
	open := t.Front || g.Hours == nil || plainlyOpen(g.Hours, time.UnixMicro(o.now).UTC())
	return open && o.room(t, a, g) && o.speaks(t, a, g) && !o.skips(t, a)
}

// skips reports whether a deaf agent is passed over for a queued Thread: the Group says
// so, and somebody who hears is left to ask.
func (o oracle) skips(t routing.Thread, a routing.Agent) bool {
	g := o.group(t.Group)
	return a.Deaf && g.Distribution.SkipDeaf && slices.ContainsFunc(g.Members, func(m routing.Member) bool {
		x := o.Agents[slices.IndexFunc(o.Agents, func(x routing.Agent) bool { return x.ID == m.Agent })]
		tired := slices.ContainsFunc(t.Tries, func(y routing.Try) bool { return y.Agent == x.ID && y.Count >= 2 })
		return m.Class != routing.ClassSupervisor && !x.Deaf && o.works(x) && !tired && !o.excludes(t, x.ID) && o.speaks(t, x, g)
	})
}

// awaited reports whether a held Thread waits for an agent who can have it.
func (o oracle) awaited(t routing.Thread, a routing.Agent) bool {
	g := o.group(t.Group)
	i := slices.IndexFunc(g.Members, func(m routing.Member) bool { return m.Agent == a.ID })
	tried := slices.ContainsFunc(t.Tries, func(y routing.Try) bool { return y.Agent == a.ID })
	if i < 0 || tried || !o.works(a) || !o.room(t, a, g) || o.excludes(t, a.ID) {
		return false
	}
	if t.Held.Agent != "" {
		return t.Held.Agent == a.ID
	}
	open := g.Hours == nil || plainlyOpen(g.Hours, time.UnixMicro(o.now).UTC())
	return open && g.Members[i].Class != routing.ClassSupervisor && !o.skipsHeld(t, a)
}

func (o oracle) skipsHeld(t routing.Thread, a routing.Agent) bool {
	g := o.group(t.Group)
	return a.Deaf && g.Distribution.SkipDeaf && slices.ContainsFunc(g.Members, func(m routing.Member) bool {
		x := o.Agents[slices.IndexFunc(o.Agents, func(x routing.Agent) bool { return x.ID == m.Agent })]
		tried := slices.ContainsFunc(t.Tries, func(y routing.Try) bool { return y.Agent == x.ID })
		return m.Class != routing.ClassSupervisor && !x.Deaf && o.works(x) && !tried && !o.excludes(t, x.ID)
	})
}

// heir reports whether an agent is left to ask for what is passed to his group,
// full or not: a deaf one where nobody else is left and the group passes over him.
func (o oracle) heir(t routing.Thread, a routing.Agent) bool {
	if !o.left(t, a) {
		return false
	}
	return !a.Deaf || !o.group(t.Transfer.To.Group).Distribution.SkipDeaf ||
		!o.anybody(t, func(t routing.Thread, x routing.Agent) bool { return !x.Deaf && o.left(t, x) })
}

func (o oracle) left(t routing.Thread, a routing.Agent) bool {
	x := t.Transfer
	if x == nil || x.To.Kind == chat.ToAgent || t.State != chat.Active || a.ID == t.Lead || a.ID == x.By || slices.Contains(x.Asked, a.ID) {
		return false
	}
	there := t
	there.Group = x.To.Group
	i := slices.IndexFunc(o.group(x.To.Group).Members, func(m routing.Member) bool { return m.Agent == a.ID })
	return i >= 0 && o.group(x.To.Group).Members[i].Class != routing.ClassSupervisor && o.works(a) && !o.excludes(there, a.ID)
}

// inherits reports whether an agent could take over now what is passed to his group.
func (o oracle) inherits(t routing.Thread, a routing.Agent) bool {
	return o.heir(t, a) && o.room(t, a, o.group(t.Transfer.To.Group))
}

func (o oracle) room(t routing.Thread, a routing.Agent, g routing.Group) bool {
	need := 100
	if t.Mode == routing.Mail {
		need = 10
	}
	asked := slices.ContainsFunc(t.Invites, func(i chat.Invite) bool { return i.Agent == a.ID })
	if asked || slices.Contains(t.Members, a.ID) {
		need -= o.member(t)
	}
	limit := 100 * max(a.Limit, 0)
	if limit == 0 {
		limit = 100 * o.Limit
	}
	return o.load(a.ID, "")+need <= limit && (g.Limit == 0 || o.load(a.ID, g.ID)+need <= 100*g.Limit)
}

func (o oracle) speaks(t routing.Thread, a routing.Agent, g routing.Group) bool {
	wait := g.Distribution.SkillWait
	if wait == 0 {
		wait = 60
	}
	if wait > 0 && o.now-max(t.QueuedAt, t.BackAt) >= int64(wait)*1e6 {
		return true
	}
	return !slices.ContainsFunc(t.Skills, func(k string) bool { return !slices.Contains(a.Skills, k) })
}

// waitsForOwner reports whether the visitor's fixed agent is there, and so the
// others are not asked at once.
func (o oracle) waitsForOwner(t routing.Thread) bool {
	i := slices.IndexFunc(o.Agents, func(a routing.Agent) bool { return a.ID == t.Owner })
	return i >= 0 && o.works(o.Agents[i]) && !o.excludes(t, t.Owner)
}

func prefix(ds []routing.Decision) string {
	var lines []string
	for _, d := range ds {
		lines = append(lines, fmt.Sprintf("%s %s %s: %s", d.Kind, d.Thread, d.Agent, d.Why))
	}
	return strings.Join(lines, "\n")
}

// excludes reports whether a Thread is kept from an agent: he is excluded, and
// somebody of the Group is not.
func (o oracle) excludes(t routing.Thread, a chat.AgentID) bool {
	others := slices.ContainsFunc(o.group(t.Group).Members, func(m routing.Member) bool {
		return m.Class != routing.ClassSupervisor && !slices.Contains(t.Excluded, m.Agent)
	})
	return others && slices.Contains(t.Excluded, a)
}
