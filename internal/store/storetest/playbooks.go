package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func playbookSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"every version of a playbook is kept": playbooksAreKept,
	}
}

func playbooksAreKept(t *testing.T, w *World) {
	version := func(g chat.GroupID, n int64) store.PlaybookVersion {
		p := chat.Playbook{Group: g, Version: n}
		p.Transfer.Reasons, p.Transfer.Except = []chat.ReasonCode{{Code: "vat", Label: "VAT"}}, []chat.AgentID{"a_ann"}
		p.JumpIn.When = "When asked."
		return store.PlaybookVersion{Playbook: p, By: "a_ann", ByName: "Ann", At: 10 * n}
	}
	one, two, three, other := version("g_1", 1), version("g_1", 2), version("g_1", 3), version("g_2", 1)
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.AddPlaybook(one), tx.AddPlaybook(two), tx.AddPlaybook(other), tx.AddPlaybook(three))
	})
	if err := w.S.Write(context.Background(), func(tx *store.Tx) error { return tx.AddPlaybook(two) }); err == nil {
		t.Error("a version was written over")
	}
	w.Read(func(tx *store.Tx) error {
		newest, err := tx.Playbook("g_1")
		none, errNone := tx.Playbook("g_none")
		all, errAll := tx.PlaybookVersions("g_1", 0, 0)
		now, errNow := tx.Playbooks()
		page, errPage := tx.PlaybookVersions("g_1", 3, 1)
		for what, c := range map[string]struct{ want, got any }{
			"the newest": {three, newest}, "of nobody": {store.PlaybookVersion{Playbook: chat.Playbook{Group: "g_none"}}, none},
			"of every group": {map[chat.GroupID]chat.Playbook{"g_1": three.Playbook, "g_2": other.Playbook}, now},
			"all":            {[]store.PlaybookVersion{three, two, one}, all}, "before the third": {[]store.PlaybookVersion{two}, page},
		} {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		return errors.Join(err, errNone, errAll, errPage, errNow)
	})
}
