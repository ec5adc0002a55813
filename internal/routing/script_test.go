package routing_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/routing"
)

// TestScripts_DecideAsWritten plays testdata/*.txt. A line tells what people do
// and when; the lines that begin with ">" below it are what the router did until
// the next. -update writes those anew; then read them.
func TestScripts_DecideAsWritten(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d scripts, %v", len(files), err)
	}
	update := flag.Lookup("update").Value.String() == "true"
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := newScript(t).play(string(want))
			if update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// far is a sign of life that does not grow old within a script.
const far = int64(7e15)

// script is a scripted morning: Monday, 2 March 2026, UTC.
type script struct {
	t     *testing.T
	state routing.State
	now   time.Time
	wake  time.Time
	out   bytes.Buffer
	// invites were made so far.
	invites int64
}

func newScript(t *testing.T) *script {
	return &script{t: t, now: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
}

// play returns the text with the router's lines written anew.
func (s *script) play(text string) string {
	var told []string
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if !strings.HasPrefix(line, "    >") {
			told = append(told, line)
		}
	}
	for i, line := range told {
		at, timed := s.timeOf(line)
		if timed {
			s.run(at)
		}
		fmt.Fprintln(&s.out, line)
		s.line(line, at, timed)
		if timed {
			s.now = at
			s.decide()
		}
		if last := i == len(told)-1; last {
			break
		}
	}
	return s.out.String()
}

func (s *script) timeOf(line string) (time.Time, bool) {
	word, _, _ := strings.Cut(line, " ")
	clock, err := time.Parse("15:04:05", word)
	if err != nil {
		return s.now, false
	}
	return time.Date(2026, 3, 2, clock.Hour(), clock.Minute(), clock.Second(), 0, time.UTC), true
}

// run lets the time pass until at, looking again whenever the router asked to.
func (s *script) run(at time.Time) {
	for !s.wake.IsZero() && s.wake.Before(at) {
		s.now = s.wake
		s.decide()
	}
}

func (s *script) decide() {
	ds, wake := routing.Decide(s.state, s.now)
	s.state.Apply(ds...)
	s.wake = wake
	for _, d := range ds {
		fmt.Fprintf(&s.out, "    > %s %s\n", s.now.Format("15:04:05"), s.words(d))
	}
}

func (s *script) words(d routing.Decision) string {
	var b strings.Builder
	b.WriteString(strings.ToUpper(strings.ReplaceAll(string(d.Kind), "_", " ")))
	if d.Thread != "" {
		b.WriteString(" " + string(d.Thread))
	}
	switch {
	case d.Kind == routing.DoOffer, d.Kind == routing.DoAssign, d.Kind == routing.DoPromote, d.Kind == routing.DoInvite:
		b.WriteString(" to " + string(d.Agent))
	case d.Agent != "":
		b.WriteString(" " + string(d.Agent))
	case d.Thread == "":
		b.WriteString(" " + string(d.Group))
	}
	if d.Over {
		b.WriteString(" above the limit")
	}
	if d.Deadline != 0 {
		b.WriteString(" until " + time.UnixMicro(d.Deadline).UTC().Format("15:04:05"))
	}
	b.WriteString(": " + d.Why)
	if d.RunnerUp != nil {
		b.WriteString(" Runner-up: " + d.RunnerUp.Why)
	}
	return b.String()
}

// line carries out one line of the script.
func (s *script) line(line string, at time.Time, timed bool) {
	line = strings.TrimSpace(line)
	switch {
	case line == "", strings.HasPrefix(line, "#"):
	case strings.HasPrefix(line, "group "):
		s.group(strings.TrimPrefix(line, "group "))
	case strings.HasPrefix(line, "agent "):
		s.agent(strings.TrimPrefix(line, "agent "))
	case timed:
		_, act, _ := strings.Cut(line, " ")
		s.act(strings.Fields(act), chat.Micros(at))
	default:
		s.t.Fatalf("what does %q mean?", line)
	}
}

func (s *script) group(text string) {
	name, options, _ := strings.Cut(text, ":")
	g := routing.Group{ID: chat.GroupID(name), Name: name}
	for _, option := range strings.Split(options, ",") {
		words := strings.Fields(option)
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "pull":
			g.Distribution.Method = routing.Pull
		case "ring":
			g.Distribution.Method = routing.RingAll
		case "round":
			g.Distribution.Method = routing.RoundRobin
		case "least":
			g.Distribution.Method = routing.LeastBusy
		case "direct":
			g.Distribution.Direct = true
		case "prefers":
			g.Distribution.PreferLast = true
		case "limit":
			g.Limit = s.number(words[1])
		case "queue":
			g.Queue.Max = s.number(words[1])
		case "open":
			g.Hours = s.hours(words[1], words[2])
		default:
			s.t.Fatalf("group option %q", option)
		}
	}
	s.state.Groups = append(s.state.Groups, g)
}

func (s *script) hours(from, to string) *routing.Hours {
	begin, errFrom := routing.ParseClock(from)
	end, errTo := routing.ParseClock(to)
	if errFrom != nil || errTo != nil {
		s.t.Fatal(errFrom, errTo)
	}
	h, err := routing.Hours{Zone: "UTC", Week: []routing.Shift{{Day: routing.Day(time.Monday), Span: routing.Span{From: begin, To: end}}}}.Check()
	if err != nil {
		s.t.Fatal(err)
	}
	return &h
}

func (s *script) agent(text string) {
	name, options, _ := strings.Cut(text, ":")
	a := routing.Agent{ID: chat.AgentID(name), Name: name, Status: chat.Accepting, AliveAt: far}
	for _, option := range strings.Split(options, ",") {
		words := strings.Fields(option)
		switch words[0] {
		case "in":
			s.join(a.ID, words[1:])
		case "limit":
			a.Limit = s.number(words[1])
		case "speaks":
			a.Skills = words[1:]
		case "away":
			a.Status = chat.Away
		default:
			s.t.Fatalf("agent option %q", option)
		}
	}
	s.state.Agents = append(s.state.Agents, a)
}

func (s *script) join(a chat.AgentID, words []string) {
	i := slices.IndexFunc(s.state.Groups, func(g routing.Group) bool { return g.Name == words[0] })
	if i < 0 {
		s.t.Fatalf("no group %s", words[0])
	}
	m := routing.Member{Agent: a}
	if len(words) > 1 {
		m.Class = routing.Class(words[1])
	}
	s.state.Groups[i].Members = append(s.state.Groups[i].Members, m)
}

func (s *script) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// act carries out what somebody does.
func (s *script) act(words []string, at int64) {
	who, verb := words[0], words[1]
	a, id := chat.AgentID(who), chat.ThreadID(words[len(words)-1])
	switch verb {
	case "arrives":
		s.arrive(words, at)
	case "accepts", "takes":
		s.seize(words, at)
	case "declines":
		s.state.Decline(id, a, at)
	case "writes":
		if len(words) == 2 {
			s.state.VisitorWrote(chat.ThreadID(who), at)
		} else {
			s.state.AgentWrote(id, a, at)
		}
	case "types":
		s.state.Typing(id, a, at)
	case "is":
		if words[2] == "back" {
			s.state.Alive(a, far)
		} else {
			s.state.SetStatus(a, chat.Status(words[2]), "", at)
		}
	case "loses":
		i := slices.IndexFunc(s.state.Agents, func(x routing.Agent) bool { return x.ID == a })
		s.state.Agents[i].AliveAt = at
		s.state.Down(a, at)
	case "invites":
		s.invite(words, at)
	case "refuses":
		s.state.Refuse(id, a)
	case "makes":
		s.state.Cast(id, chat.AgentID(words[2]), chat.ChatRole(words[4]))
	case "joins", "comes":
		s.state.Join(id, a)
	case "asks": // "Anna asks Ben to take over Zoe"
		x := chat.Transfer{Seq: 1, By: a, To: chat.Target{Kind: chat.ToAgent, Agent: chat.AgentID(words[2])}, At: at, Deadline: at + chat.RingTransfer.Microseconds()}
		x.To.Group = s.state.Groups[0].ID
		s.state.PassOn(id, x)
	case "withdraws":
		s.state.Withdraw(id, at)
	case "passes":
		s.state.Pass(chat.ThreadID(words[2]), a, chat.GroupID(words[4]), at)
	case "leaves", "ends":
		s.state.Close(chat.ThreadID(who))
	case "happens":
	default:
		s.t.Fatalf("what does %q mean?", verb)
	}
}

// invite carries out "Anna invites Ben to Zoe", "Anna invites Billing to Zoe" for
// the first who is free of a group, both with "as expert" or without.
func (s *script) invite(words []string, at int64) {
	s.invites++
	i := chat.Invite{Seq: s.invites, By: chat.AgentID(words[0]), At: at}
	if slices.ContainsFunc(s.state.Groups, func(g routing.Group) bool { return g.Name == words[2] }) {
		i.Group = chat.GroupID(words[2])
	} else {
		i.Agent = chat.AgentID(words[2])
	}
	if len(words) > 6 {
		i.Role = chat.ChatRole(words[6])
	}
	s.state.Invite(chat.ThreadID(words[4]), i)
}

func (s *script) seize(words []string, at int64) {
	var err error
	if words[1] == "accepts" {
		err = s.state.Accept(chat.ThreadID(words[2]), chat.AgentID(words[0]), at)
	} else {
		err = s.state.Take(chat.ThreadID(words[2]), chat.AgentID(words[0]), len(words) > 3, at)
	}
	if err != nil {
		fmt.Fprintf(&s.out, "    > %s reads: %v\n", words[0], err)
	}
}

// arrive reads "Zoe arrives in Sales asking french priority 2 knows Anna owner Ben".
func (s *script) arrive(words []string, at int64) {
	t := routing.Thread{ID: chat.ThreadID(words[0]), Group: chat.GroupID(words[3]), QueuedAt: at}
	for i := 4; i+1 < len(words); i += 2 {
		switch value := words[i+1]; words[i] {
		case "asking":
			t.Skills = append(t.Skills, value)
		case "priority":
			t.Priority = s.number(value)
		case "knows":
			t.Recent, t.RecentAt = chat.AgentID(value), at
		case "owner":
			t.Owner = chat.AgentID(value)
		case "by":
			t.Mode = routing.Mode(value)
		default:
			s.t.Fatalf("arrives %q", words[i])
		}
	}
	s.state.Arrive(t)
}
