package chat_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	. "earshot/internal/chat"
)

func TestSavedReply_WhoMayWhat(t *testing.T) {
	t.Parallel()
	agent := func(id AgentID, role Role, groups ...GroupID) Agent { return Agent{ID: id, Role: role, Groups: groups} }
	lead := agent("a_lead", Member, "g_1").Enrol("g_1", ClassSupervisor)
	gone := agent("a_gone", Admin, "g_1")
	gone.Disabled = true
	people := []struct {
		name string
		Agent
	}{
		{"maker", agent("a_mine", Member, "g_1")}, {"member", agent("a_bob", Member, "g_1")}, {"elsewhere", agent("a_eve", Member, "g_2")},
		{"group supervisor", lead}, {"supervisor", agent("a_sue", Supervisor)}, {"admin", agent("a_ada", Admin)}, {"owner", agent("a_own", Owner)},
		{"colleague", agent("a_cal", Colleague)}, {"disabled", gone}, {"nobody", Agent{Role: Owner}},
	}
	own := SavedReply{Scope: ScopeOwn, By: "a_mine"}
	group := SavedReply{Scope: ScopeGroup, Group: "g_1", By: "a_mine"}
	team := SavedReply{Scope: ScopeTeam, By: "a_mine"}
	draft := func(r SavedReply) SavedReply { r.Draft = true; return r }
	// Of each person what he may: s = see, u = use, w = write, d = discard.
	for what, c := range map[string]struct {
		reply SavedReply
		want  string
	}{
		"own":         {own, "suwd . . . . . . . . ."},
		"group":       {group, "su su . suwd suwd suwd suwd . . ."},
		"group draft": {draft(group), "sd . . swd swd swd swd . . ."},
		"team":        {team, "su su su su su suwd suwd . . ."},
		"team draft":  {draft(team), "sd . . . . swd swd . . ."},
		"no group":    {SavedReply{Scope: ScopeGroup, By: "a_mine"}, ". . . . . . . . . ."},
		"no scope":    {SavedReply{By: "a_mine"}, ". . . . . . . . . ."},
	} {
		var got []string
		for _, p := range people {
			may := ""
			for _, act := range []ReplyAct{ReplySee, ReplyUse, ReplyWrite, ReplyDiscard} {
				if c.reply.May(p.Agent, act) {
					may += string(act[0])
				}
			}
			if may == "" {
				may = "."
			}
			got = append(got, may)
			if c.reply.May(p.Agent, "anything") {
				t.Errorf("%s: %s may what there is not", what, p.name)
			}
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

func TestSavedReply_WhoMaySuggest(t *testing.T) {
	t.Parallel()
	bob, cal := Agent{ID: "a_bob", Role: Member, Groups: []GroupID{"g_1"}}, Agent{ID: "a_cal", Role: Colleague}
	for i, c := range []struct {
		to   SavedReply
		who  Agent
		want bool
	}{
		{SavedReply{Scope: ScopeGroup, Group: "g_1", Draft: true}, bob, true},
		{SavedReply{Scope: ScopeGroup, Group: "g_2", Draft: true}, bob, false},
		{SavedReply{Scope: ScopeTeam}, bob, true},
		{SavedReply{Scope: ScopeOwn, By: bob.ID}, bob, false},
		{SavedReply{Scope: ScopeTeam}, cal, false},
	} {
		if got := c.to.MaySuggest(c.who); got != c.want {
			t.Errorf("%d: %v, want %v", i, got, c.want)
		}
	}
}

func TestSavedReply_CleanRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	fine := SavedReply{Scope: ScopeGroup, Group: "g_1", Name: "refund", Text: "Hello {{visitor.first_name|there}}"}
	for what, change := range map[string]func(*SavedReply){
		"no scope":         func(r *SavedReply) { r.Scope = "all" },
		"no group":         func(r *SavedReply) { r.Group = "" },
		"no name":          func(r *SavedReply) { r.Name = " \n" },
		"a long name":      func(r *SavedReply) { r.Name = strings.Repeat("n", MaxSavedName+1) },
		"no text":          func(r *SavedReply) { r.Text = "\r\n " },
		"a long text":      func(r *SavedReply) { r.Text = strings.Repeat("ü", MaxSavedText+1) },
		"a NUL":            func(r *SavedReply) { r.Text = "a\x00b" },
		"too many files":   func(r *SavedReply) { r.Files = make([]FileRef, MaxSavedFiles+1) },
		"no language":      func(r *SavedReply) { r.Language = "Deutsch bitte" },
		"unknown variable": func(r *SavedReply) { r.Text = "{{visitor.frist_name}}" },
		"open variable":    func(r *SavedReply) { r.Text = "{{visitor.name" },
	} {
		in := fine
		change(&in)
		if _, err := in.Clean(); !IsKind(err, Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	braces := fine
	braces.Draft, braces.Text = true, "I meant {{x}}"
	if _, err := braces.Clean(); err != nil {
		t.Errorf("braces in a draft: %v", err)
	}
	in := fine
	in.Name, in.Text, in.Language = "  Re fund\n", "a\r\nb\rc ", "de-CH"
	got, err := in.Clean()
	if err != nil || got.Name != "Re fund" || got.Text != "a\nb\nc" {
		t.Errorf("%q %q %v", got.Name, got.Text, err)
	}
	team := fine
	team.Scope = ScopeTeam
	if got, err := team.Clean(); err != nil || got.Group != "" {
		t.Errorf("the team's keeps a group: %q %v", got.Group, err)
	}
	files := fine
	files.Text, files.Files = "", make([]FileRef, 1)
	if _, err := files.Clean(); err != nil {
		t.Errorf("files alone: %v", err)
	}
}

func TestNameFor_IsTheFirstWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Thanks a lot.\nWe look into it.":                  "Thanks a lot. We look into it.",
		"One two three four five six seven eight nine ten": "One two three four five six seven eight",
		strings.Repeat("x", 100):                           strings.Repeat("x", 40),
	} {
		if got := NameFor(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The document tells each limit as "| words | 4,000 |".
func TestSavedReply_TheDocumentTellsTheLimits(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/replies.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([^|]+) \| ([\d,]+) \|$`).FindAllStringSubmatch(string(raw), -1) {
		told[m[1]], _ = strconv.Atoi(strings.ReplaceAll(m[2], ",", ""))
	}
	want := map[string]int{"characters of a name": MaxSavedName, "characters of a text": MaxSavedText, "files of a reply": MaxSavedFiles,
		"own replies of one agent": MaxOwnReplies, "replies of one group": MaxGroupReplies, "replies of the team": MaxTeamReplies,
		"replies in one message": MaxUsedReplies, "replies in one imported file": MaxImport}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("docs/replies.md (-want +got):\n%s", diff)
	}
}
