package chat_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
)

// rungs are the steps of the ladder; the acts themselves are asked, so that the
// table cannot say what the rules do not do.
func rungs(s chat.State, a chat.Agent, e chat.Etiquette, invited, on bool) string {
	var may []string
	if s.Access().Admits(a.Viewer()) {
		may = append(may, "see")
	}
	watched := []chat.Watch{{Watcher: a.ID, Told: chat.TellNames}}
	follows := len(may) > 0 && chat.MayWatch(s, a, e, invited) == nil
	if !follows {
		watched = []chat.Watch{{Watcher: "a_other", Told: chat.TellNames}}
	}
	typed := chat.Preview{Thread: *s.Thread, Site: chat.Site{Preview: on}, Lead: chat.Agent{ID: s.Thread.Lead, OpenDrafts: on}, Etiquette: e, Watches: watched}
	steps := map[string]error{
		"whisper": second(chat.Whisper(s, a, chat.NewMessage{Text: "x"}, watched, noon)),
		"join":    second(chat.Join(s, a, chat.Room{}, noon)),
		"take":    second(chat.TakeOver(s, a, s.Thread.Lead, "why", e, chat.Room{}, noon)),
	}
	if asks := *s.Thread; len(may) > 0 {
		asks.Help = &chat.Help{Cause: chat.HelpWord}
		steps["help"] = second(chat.TakeHelp(chat.State{Conversation: s.Conversation, Thread: &asks}, a, e, invited, noon))
	}
	if follows {
		may = append(may, "follow")
	}
	if more := chat.MoreThanReading(s, a); more != nil { // the desk asks it of both
		steps["join"], steps["take"] = more, more
	}
	for step, by := range map[string]chat.Actor{"preview": {Kind: chat.ByVisitor, ID: "v_1"}, "drafts": {Kind: chat.ByAgent, ID: string(s.Thread.Lead)}} {
		typed.By = by
		steps[step] = errors.New("not for him")
		if typed.Reads(a) {
			steps[step] = nil
		}
	}
	for _, step := range []string{"preview", "drafts", "whisper", "help", "join", "take"} {
		if len(may) > 0 && steps[step] == nil {
			may = append(may, step)
		}
	}
	if len(may) == 0 {
		return "-"
	}
	return strings.Join(may, ",")
}

func second[T any](_ T, err error) error { return err }

// TestLadder_IsAsWrittenDown holds the golden matrix of who may see, follow, read along
// (preview: the visitor's text, drafts: the lead's), whisper, take a help flag, join and take over, for each role, place in the group, visibility and etiquette.
func TestLadder_IsAsWrittenDown(t *testing.T) {
	t.Parallel()
	in, out := []chat.GroupID{"g_1"}, []chat.GroupID{"g_2"}
	people := []struct {
		name  string
		agent chat.Agent
	}{
		{"lead", chat.Agent{ID: "a_lead", Role: chat.Member, Groups: in}},
		{"taking part", chat.Agent{ID: "a_part", Role: chat.Member, Groups: in}},
		{"member", chat.Agent{ID: "a_member", Role: chat.Member, Groups: in}},
		{"group's supervisor", chat.Agent{ID: "a_class", Role: chat.Member, Groups: in, Classes: map[chat.GroupID]chat.Class{"g_1": chat.ClassSupervisor}}},
		{"another group's", chat.Agent{ID: "a_class", Role: chat.Member, Groups: slices.Concat(in, out), Classes: map[chat.GroupID]chat.Class{"g_2": chat.ClassSupervisor}}},
		{"outsider", chat.Agent{ID: "a_out", Role: chat.Member, Groups: out}},
		{"supervisor", chat.Agent{ID: "a_sup", Role: chat.Supervisor, Groups: out}},
		{"admin", chat.Agent{ID: "a_adm", Role: chat.Admin, Groups: out}},
		{"guest", chat.Agent{ID: "a_guest", Role: chat.Member, Groups: out}},
		{"asked", chat.Agent{ID: "a_asked", Role: chat.Member, Groups: out}},
		{"disabled", chat.Agent{ID: "a_off", Role: chat.Member, Groups: in, Disabled: true}},
	}
	quiet := chat.Quiet{From: "00:00", To: "23:59", Zone: "UTC"}
	manners := []struct {
		name    string
		e       chat.Etiquette
		invited bool
		off     bool // the site's previews, and the lead's consent
	}{
		{"default", chat.Etiquette{}, false, false}, {"group", chat.Etiquette{Watch: chat.WatchGroup}, false, false},
		{"supervisors", chat.Etiquette{Watch: chat.WatchSupervisors}, false, false}, {"nobody", chat.Etiquette{Watch: chat.WatchNobody}, false, false},
		{"nobody, asked", chat.Etiquette{Watch: chat.WatchNobody}, true, false}, {"members take over", chat.Etiquette{TakeOver: true}, false, false},
		{"quiet hours", chat.Etiquette{Quiet: quiet}.At(noon), false, false}, {"quiet hours, asked", chat.Etiquette{Quiet: quiet}.At(noon), true, false},
		{"previews off", chat.Etiquette{Drafts: chat.ReadByWatchers}, false, true},
		{"read by watchers", chat.Etiquette{Preview: chat.ReadByWatchers, Drafts: chat.ReadByWatchers}, false, false},
		{"read by supervisors", chat.Etiquette{Preview: chat.ReadBySupervisors, Drafts: chat.ReadBySupervisors}, false, false},
		{"read by nobody", chat.Etiquette{Preview: chat.ReadByNobody, Drafts: chat.ReadByNobody}, false, false},
	}
	var text bytes.Buffer
	table := tabwriter.NewWriter(&text, 0, 1, 2, ' ', 0)
	fmt.Fprint(table, "visibility\tstate\tetiquette")
	for _, p := range people {
		fmt.Fprint(table, "\t", p.name)
	}
	fmt.Fprintln(table)
	for _, policy := range []chat.Policy{chat.PolicyOpen, chat.PolicyGroup, chat.PolicyLead} {
		for _, state := range []chat.ThreadState{chat.Queued, chat.Active, chat.IsClosed} {
			for _, m := range manners {
				th := &chat.Thread{ID: "t_1", Conversation: "c_1", State: state, Group: "g_1", Policy: policy, Lead: "a_lead", Members: []chat.AgentID{"a_part"}}
				th.Guests = []chat.AgentID{"a_guest"}
				if state == chat.Active {
					th.Transfer, th.Offers = &chat.Transfer{By: "a_lead"}, []chat.Offer{{Agent: "a_asked"}}
				}
				if state == chat.Queued {
					th.Lead, th.Members = "", nil
				}
				s := chat.State{Conversation: chat.Conversation{ID: "c_1"}, Thread: th}
				fmt.Fprintf(table, "%s\t%s\t%s", policy, state, m.name)
				for _, p := range people {
					got := rungs(s, p.agent, m.e, m.invited, !m.off)
					if p.agent.Disabled {
						got = "-" // the desk lets no disabled agent in at all
					}
					fmt.Fprint(table, "\t", got)
					if !m.off {
						asLadder(t, s, p.agent, m.e, m.invited, got)
					}
				}
				fmt.Fprintln(table)
			}
		}
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, filepath.Join("testdata", "ladder.golden"), text.String())
}

// asLadder compares the acts with what LadderOf tells the screens.
func asLadder(t *testing.T, s chat.State, a chat.Agent, e chat.Etiquette, invited bool, acts string) {
	t.Helper()
	l := chat.LadderOf(s, a, e, invited)
	if s.OpenThread() == nil || s.Thread.TakesPart(a.ID) {
		return // it is about those who are not in it
	}
	for step, may := range map[string]bool{"see": l.See, "follow": l.Follow, "preview": l.Preview, "drafts": l.Drafts, "whisper": l.Whisper, "join": l.Join, "help": l.Help, "take": l.TakeOver} {
		if may != strings.Contains(","+acts+",", ","+step+",") {
			t.Errorf("%s in %s/%s: LadderOf says %s = %v, the acts say %s", a.ID, s.Thread.Policy, s.Thread.State, step, may, acts)
		}
	}
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./internal/chat -run %s -update", err, t.Name())
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("it is otherwise now; run with -update if that is meant (-want +got):\n%s", diff)
	}
}

func TestWatched_NamesNobodyWhoWatchesUnseen(t *testing.T) {
	t.Parallel()
	th := chat.Thread{ID: "t_1", Conversation: "c_1", Lead: "a_lead"}
	got := chat.TellLead(th, []chat.Watch{{Watcher: "a_1", Told: chat.TellNothing}, {Watcher: "a_2", Told: chat.TellCount}, {Watcher: "a_3", Told: chat.TellNames},
		{Watcher: "a_4", Told: chat.TellNothing, Whispered: 1}})
	want := chat.Watched{Conversation: "c_1", Thread: "t_1", Count: 3, Names: []chat.AgentID{"a_3", "a_4"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHelpWord_IsAWholeWordWhateverItsCaseAndAccents(t *testing.T) {
	t.Parallel()
	words, err := chat.CleanHelpWords([]string{" Résilier ", "resilier", "my lawyer", "弁護士", "!!", ""})
	if err != nil || !cmp.Equal(words, []string{"Résilier", "my lawyer", "弁護士"}) {
		t.Fatalf("cleaned: %q, %v", words, err)
	}
	for text, want := range map[string]string{
		"je veux RÉSILIER.": "Résilier", "resilier": "Résilier", "résiliera": "", "My... lawyer!": "my lawyer", "my good lawyer": "", "私の弁護士です": "弁護士", "": "",
	} {
		if got := chat.HelpWordIn(text, words); got != want {
			t.Errorf("in %q: %q, want %q", text, got, want)
		}
	}
	if _, err := chat.CleanHelpWords(make([]string, 0)); err != nil {
		t.Error(err)
	}
	many := make([]string, chat.MaxHelpWords+1)
	for i := range many {
		many[i] = fmt.Sprintf("word%d", i)
	}
	if _, err := chat.CleanHelpWords(many); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("too many words: %v", err)
	}
}

func TestEtiquette_RefusesWhatNobodyCouldKeep(t *testing.T) {
	t.Parallel()
	for _, e := range []chat.Etiquette{{Watch: "friends"}, {Told: "maybe"}, {HelpAfter: -2}, {HelpAfter: 86_401}, {HelpQuestions: 101}, {HelpQuestions: -5}, {Preview: "all"}, {Drafts: "all"},
		{HelpCapitals: -2}, {HelpCapitals: 1_001}, {HelpRefund: -1}, {HelpRefund: 1_000_000_001}} {
		if _, err := e.Clean(); !chat.IsKind(err, chat.Invalid) {
			t.Errorf("%+v: %v, want invalid", e, err)
		}
	}
	g, err := chat.Group{Name: "G", Etiquette: chat.Etiquette{Watch: chat.WatchGroup, HelpAfter: -1}}.Clean()
	if _, on := g.Etiquette.WaitForHelp(); err != nil || on {
		t.Errorf("%+v, %v", g, err)
	}
}
