package notify_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/notify"
	"earshot/internal/notify/notifytest"
	"earshot/internal/routing"
	"earshot/internal/store"

	"earshot/internal/desk/desktest"
)

var update = flag.Bool("update", false, "write what happened into the scripts")

// tick is how finely the scripts look at the time.
const tick = 5 * time.Second

// play is a script of who learns of what, and when, in virtual time: each of the team
// has one device, and the clock stands unless the script says otherwise.
type play struct {
	*stage
	team    map[string]chat.Agent
	visitor desktest.Visitor
	chat    chat.ConversationID
	begun   time.Time
	out     []string
}

// TestEscalation_Scripts plays testdata/escalation. A line that begins with ">" is
// what the play answers; -update writes those anew.
func TestEscalation_Scripts(t *testing.T) {
	t.Parallel()
	all, err := filepath.Glob("testdata/escalation/*.txt")
	if err != nil || len(all) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, name := range all {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := newPlay(t).run(string(raw))
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(raw), got); diff != "" && !*update {
				t.Errorf("-script +played:\n%s", diff)
			}
		})
	}
}

func newPlay(t *testing.T) *play {
	t.Helper()
	w := desktest.New(t)
	w.Group.Rules = routing.Rules{Distribution: routing.Distribution{Direct: true}}.Raw()
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(w.Group) })
	s := &stage{World: w, t: t, service: notifytest.NewService(t)}
	pushes, _ := pusher(t, s.service)
	s.alerts = notify.Alerts{Desk: w.Desk, Pusher: pushes}
	p := &play{stage: s, team: map[string]chat.Agent{"owner": w.Owner}}
	w.Write(func(tx *store.Tx) error {
		return tx.SaveGroup(chat.Group{ID: "g_other", Name: "Other", Policy: chat.PolicyGroup})
	})
	for _, name := range []string{"ann", "ben", "cleo"} {
		p.team[name] = w.Agent(name, chat.Member)
	}
	p.team["sue"] = w.Agent("sue", chat.Supervisor)
	p.team["dan"] = w.Agent("dan", chat.Member, "g_other")
	for name, a := range p.team {
		s.device(a, name)
	}
	p.begun = w.Clock.Now()
	return p
}

// run plays a script and answers it with what happened.
func (p *play) run(script string) string {
	p.t.Helper()
	for line := range strings.Lines(script) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(strings.TrimSpace(line), ">") {
			continue
		}
		p.out = append(p.out, line)
		if words := strings.Fields(line); len(words) > 1 && words[0] != "#" {
			p.do(words)
			p.note()
		}
	}
	return strings.Join(p.out, "\n") + "\n"
}

// do is one line: who, what, whom.
func (p *play) do(words []string) {
	p.t.Helper()
	ctx, who, what, rest := p.t.Context(), p.team[words[0]], words[1], append(words[2:], "")
	key := p.Key()
	var err error
	switch {
	case words[0] == "another":
		out := p.out
		*p = *newPlay(p.t)
		p.out = out
	case words[0] == "wait":
		p.wait(what)
	case words[0] == "policy":
		p.SetPolicy(chat.Policy(what))
	case words[0] == "steps":
		err = p.Desk.SetEscalations(ctx, p.Owner, []desk.Escalating{p.steps(chat.AlertKind(what), rest)})
	case words[0] == "visitor":
		p.visitor, p.chat = p.Arrives("hello")
		p.begun = p.Clock.Now()
	case what == "gets": // from the router
		p.Connect(who)
		p.visitor, p.chat = p.Arrives("hello")
		p.Route()
		p.begun = p.Clock.Now()
	case what == "takes":
		_, err = p.Desk.Take(ctx, who, p.chat, desk.Taking{Key: key})
	case what == "calls":
		_, err = p.Desk.AddNote(ctx, who, p.chat, desk.Message{Key: key, Text: "look", Mentions: []chat.AgentID{p.team[rest[0]].ID}})
	case what == "passes":
		p.Connect(p.team[rest[0]])
		_, err = p.Desk.Transfer(ctx, who, p.chat, desk.Transfer{Key: key, To: chat.Target{Kind: chat.ToAgent, Agent: p.team[rest[0]].ID}, Reason: "invoice", Summary: "4711"})
	case what == "needs":
		_, err = p.Desk.AskForHelp(ctx, who, p.chat, key, "stuck")
	case what == "answers":
		_, err = p.Desk.PostMessage(ctx, who, p.chat, desk.Message{Key: key, Text: "hi"})
	case what == "comes":
		_, err = p.Desk.TakeHelp(ctx, who, p.chat, key)
	case what == "reads":
		err = p.Desk.MarkRead(ctx, who, p.chat, 1<<40)
	case what == "dismisses":
		err = p.dismiss(who)
	case what == "is" && rest[0] == "quiet":
		at := p.Clock.Now().UTC()
		err = p.Desk.SetAlertWishes(ctx, who, chat.AlertWishes{Quiet: chat.Quiet{From: at.Add(-time.Hour).Format("15:04"), To: at.Add(time.Hour).Format("15:04"), Zone: "UTC"}})
	case what == "is":
		_, err = p.Desk.SetStatus(ctx, who, desk.NewStatus{Status: chat.Status(rest[0])})
	default:
		p.t.Fatalf("nobody knows what %q is", words)
	}
	if err != nil {
		p.t.Fatalf("%q: %v", words, err)
	}
}

func (p *play) steps(k chat.AlertKind, rest []string) desk.Escalating {
	e := desk.Escalating{Kind: k}
	if _, err := fmt.Sscan(strings.Join(rest, " "), &e.Push, &e.Colleague, &e.Lead, &e.Mail); err != nil {
		p.t.Fatal(err)
	}
	return e
}

func (p *play) dismiss(who chat.Agent) error {
	all, err := p.Desk.Alerts(p.t.Context(), who)
	for _, a := range all {
		if err == nil && a.Alert.EndedAt == 0 {
			err = p.Desk.SeeAlert(p.t.Context(), who, a.Alert.ID)
		}
	}
	return err
}

// wait lets time pass, tick by tick.
func (p *play) wait(long string) {
	p.t.Helper()
	d, err := time.ParseDuration(long)
	if err != nil {
		p.t.Fatal(err)
	}
	for ; d > 0; d -= tick {
		p.Clock.Advance(tick)
		p.work()
		p.note()
	}
}

// note writes down whom a push has reached.
func (p *play) note() {
	p.t.Helper()
	p.work()
	var now []string
	for {
		select {
		case got := <-p.service.Pushed:
			var b chat.Pushed
			if err := json.Unmarshal(got.Body, &b); err != nil {
				p.t.Fatal(err)
			}
			line := fmt.Sprintf("    > %v %s: %s", p.Clock.Now().Sub(p.begun), got.Device, b.Kind)
			if b.Step != "" {
				line += fmt.Sprintf(", as %s", b.Step)
			}
			if b.For != "" {
				line += " for " + b.For
			}
			now = append(now, line)
		default:
			slices.Sort(now)
			p.out = append(p.out, now...)
			return
		}
	}
}
