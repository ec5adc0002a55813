package desk_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

func TestReplies_WhatIsExportedAndImportedSaysTheSame(t *testing.T) {
	t.Parallel()
	w, to := desktest.New(t), desktest.New(t)
	saves(t, w, w.Owner, wants(chat.ScopeTeam, "", "=SUM(A1)", "=1+1\n\"quoted\", 'single'; {{visitor.name|you}}"))
	saves(t, w, w.Owner, wants(chat.ScopeGroup, w.Group.ID, "+49", "- a\n- b"))
	own := wants(chat.ScopeOwn, "", "'tis", "@all")
	own.Language = "de"
	saves(t, w, w.Owner, own)
	file := must[[]byte](t)(w.Desk.ExportReplies(t.Context(), w.Owner))
	same := must[desk.ReplyImport](t)(w.Desk.ImportReplies(t.Context(), w.Owner, file, true))
	if same.Same != 3 || len(same.Rows) != 3 {
		t.Errorf("where it came from: %+v\n%s", same, file)
	}
	preview := must[desk.ReplyImport](t)(to.Desk.ImportReplies(t.Context(), to.Owner, file, true))
	if got := namesOf(t, to, to.Owner); preview.Made != 3 || got != "" {
		t.Errorf("the preview says %+v and leaves %q", preview, got)
	}
	done := must[desk.ReplyImport](t)(to.Desk.ImportReplies(t.Context(), to.Owner, file, false))
	if diff := cmp.Diff(preview, done); diff != "" {
		t.Errorf("other than the preview said (-preview +done):\n%s", diff)
	}
	if again := must[[]byte](t)(to.Desk.ExportReplies(t.Context(), to.Owner)); string(again) != string(file) {
		t.Errorf("exported again:\n%s\nwant\n%s", again, file)
	}
}

func TestImportReplies_NothingIsHalfImported(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann", chat.Member)
	saves(t, w, w.Owner, wants(chat.ScopeTeam, "", "teams", "x"))
	saves(t, w, ann, wants(chat.ScopeOwn, "", "old", "before"))
	before := len(w.Log(chat.AgentConversation(ann.ID)))
	file := []byte("scope,group,name,text\nown,,fine,x\nown,,old,after\nteam,,teams,mine now\ngroup," + w.Group.Name + ",g,x\ngroup,nowhere,n,x\nown,,bad,{{visitor.phone}}\nown,,FINE,y\nteam,,teams,x\nall,,a,x\n")
	_, err := w.Desk.ImportReplies(t.Context(), ann, file, false)
	var refused *chat.Error
	if !errors.As(err, &refused) || refused.Kind != chat.Invalid {
		t.Fatal(err)
	}
	out := refused.Detail.(desk.ReplyImport)
	var got []string
	for _, r := range out.Rows {
		got = append(got, r.What)
	}
	if want := "make change refuse refuse refuse refuse refuse same refuse"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	if p := out.Rows[6].Problem; out.Rows[6].Row != 8 || p != "The row 2 has the same name in the same place." {
		t.Errorf("%+v", out.Rows[6])
	}
	if names := namesOf(t, w, ann); names != "old teams" || len(w.Log(chat.AgentConversation(ann.ID))) != before {
		t.Errorf("something was stored: %q", names)
	}
	good := must[desk.ReplyImport](t)(w.Desk.ImportReplies(t.Context(), ann, []byte("scope,name,text\nown,fine,x\nown,OLD,after\n"), false))
	if good.Made != 1 || good.Changed != 1 {
		t.Errorf("%+v", good)
	}
	if names := namesOf(t, w, ann); names != "OLD fine teams" {
		t.Errorf("%q", names)
	}
}
