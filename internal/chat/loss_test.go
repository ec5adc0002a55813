package chat_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
)

func TestLossChanges_EachAgentIsToldWhatIsNewToHim(t *testing.T) {
	t.Parallel()
	lost := chat.Loss{Agent: ada.ID, Conversation: "c_1", Thread: "t_1", Group: "g_1", At: 5, Lead: bob.ID}
	asked, bobs, later := lost, lost, lost
	asked.Asked, bobs.Agent, later.Thread = true, bob.ID, "t_2"
	over := chat.Loss{Agent: ada.ID, Conversation: "c_1", Thread: "t_1", Ended: true}
	for name, c := range map[string]struct {
		before, after chat.Loss
		want          []chat.Loss
	}{
		"none":                {chat.Loss{}, chat.Loss{}, nil},
		"as it was":           {lost, lost, nil},
		"new":                 {chat.Loss{}, lost, []chat.Loss{lost}},
		"other":               {lost, asked, []chat.Loss{asked}},
		"over":                {asked, chat.Loss{}, []chat.Loss{over}},
		"of somebody else":    {lost, bobs, []chat.Loss{over, bobs}},
		"of the next sitting": {lost, later, []chat.Loss{over, later}},
	} {
		if diff := cmp.Diff(c.want, chat.LossChanges(c.before, c.after)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
