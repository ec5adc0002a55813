package desk

import (
	"testing"
	"time"

	"earshot/internal/chat"
)

func TestHush_DisturbsHimWithChatsAloneThatBeingAwayWouldStop(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	free := chat.Agent{Role: chat.Member, Status: chat.Accepting}
	busy := free
	busy.Undisturbed = chat.Micros(noon.Add(time.Minute))
	over := free
	over.Undisturbed = chat.Micros(noon)
	away := busy
	away.Status = chat.Away
	kinds := []chat.AlertKind{chat.AlertQueue, chat.AlertAssigned, chat.AlertOffer, chat.AlertTransfer, chat.AlertInvite, chat.AlertMention,
		chat.AlertHelp, chat.AlertPromise, chat.AlertMessage, chat.AlertTalk, chat.AlertTest}
	given := map[chat.AlertKind]bool{chat.AlertOffer: true, chat.AlertAssigned: true, chat.AlertTest: true}
	for _, k := range kinds {
		for who, c := range map[string]struct {
			a    chat.Agent
			want bool
		}{
			"free":                  {free, true},
			"undisturbed":           {busy, given[k]},
			"undisturbed until now": {over, true},
			"undisturbed and away":  {away, k == chat.AlertTest},
		} {
			if got := hush(c.a, chat.AlertWishes{}, k, chat.StepPush, noon); (got == "") != c.want {
				t.Errorf("%s, %s: hushed as %q, want alarmed: %v", who, k, got, c.want)
			}
		}
	}
	for _, step := range []chat.Step{chat.StepColleague, chat.StepLead} {
		if got := hush(busy, chat.AlertWishes{}, chat.AlertAssigned, step, noon); got != chat.HushUndisturbed {
			t.Errorf("called at the step %s for somebody else: %q", step, got)
		}
	}
}
