package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"earshot/client"
)

// TestScript_CommandLine runs testdata/script/*.txtar with the real binary as
// the command earshot.
func TestScript_CommandLine(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("EARSHOT", binary())
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"workspace": func(ts *testscript.TestScript, _ bool, args []string) { makeWorkspace(t, ts, args) },
		},
	})
}

// makeWorkspace is the command "workspace DIR [stop]": a workspace to which three
// visitors have come, with its server or without. It writes closed.json: hours of
// the group in which it is never open.
func makeWorkspace(t *testing.T, ts *testscript.TestScript, args []string) {
	w := setUp(t, ts.MkAbs(args[0]))
	fillWorkspace(t, ts, w)
	if len(args) > 1 {
		ts.Check(w.stop(t))
	}
}

func fillWorkspace(t *testing.T, ts *testscript.TestScript, w workspace) {
	for i := range 3 {
		v := client.New(w.url).Visitor(client.NewToken(), w.site)
		_, err := v.Post(t.Context(), client.VisitorMessage{Text: fmt.Sprint("hello ", i), Page: client.Page{URL: "https://acme.example/prices"}})
		ts.Check(err)
	}
	inbox, err := w.owner.Inbox(t.Context(), "all")
	ts.Check(err)
	group, owner := inbox.Rows[0].Thread.Group, inbox.Me.ID
	for name, change := range map[string]string{
		"closed.json":  fmt.Sprintf(`{"groups": [{"id": %q, "rules": {"hours": {"zone": "UTC", "week": [], "exceptions": []}}}]}`, group),
		"members.json": fmt.Sprintf(`{"groups": [{"id": %q, "members": []}]}`, group),
		"person.json":  fmt.Sprintf(`{"agents": [{"id": %q, "limit": 1, "skills": ["french"]}], "groups": [{"id": %q, "members": [{"agent": %q, "class": "first"}]}]}`, owner, group, owner),
		"alone.json":   fmt.Sprintf(`{"agents": [{"id": %q, "disabled": true}]}`, owner),
	} {
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(change), 0o600))
	}
}
