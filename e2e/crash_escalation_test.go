package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/notify/notifytest"
)

// TestCrash_EveryStepIsTakenOnce kills the real binary again and again while visitors
// wait and nobody takes chats, so that whoever oversees the group is called. He is
// called for each, once, and each call is pushed.
func TestCrash_EveryStepIsTakenOnce(t *testing.T) { // not parallel: it kills what others wait for
	p := startPushed(t, "finishing")
	service, dir, addr, wrap, s, w := p.service, p.dir, p.addr, p.wrap, p.server, p.workspace
	if err := w.owner.SetAlertSteps(t.Context(), client.AlertSteps{Kind: "queue", Push: 1, Lead: 3}); err != nil {
		t.Fatal(err)
	}
	const visitors, kills = 40, 3
	owed := map[chat.ConversationID]bool{}
	for i := range visitors {
		done, err := client.New(s.url).Visitor(client.NewToken(), w.site).Post(t.Context(), client.VisitorMessage{Text: fmt.Sprintf("hello %d", i)})
		if err != nil {
			t.Fatal(err)
		}
		owed[chat.ConversationID(done.Visitor.Conversation)] = true
	}
	called, doubles := map[chat.AlertID]bool{}, 0
	late := time.After(4 * time.Minute)
	for killed, n := 0, 0; len(owed) > 0; n++ {
		var got notifytest.Pushed
		select {
		case got = <-service.Pushed:
		case <-late:
			t.Fatalf("%d of %d steps were never taken:\n%s", len(owed), visitors, s.out)
		}
		var body chat.Pushed
		if json.Unmarshal(got.Body, &body) == nil && body.Kind == chat.AlertCheck {
			continue // the silent test of a device that has come on shift
		}
		if err := json.Unmarshal(got.Body, &body); err != nil || body.Kind != chat.AlertQueue || body.Step != chat.StepLead {
			t.Fatalf("pushed %s, %v", got.Body, err)
		}
		if called[body.Alert] {
			doubles++
		}
		called[body.Alert] = true
		delete(owed, body.Conversation)
		if n%8 == 7 && killed < kills {
			killed++
			s.kill()
			s = start(t, dir, addr, wrap...)
		}
	}
	if len(called) != visitors {
		t.Errorf("%d alerts for %d visitors: a step was taken twice", len(called), visitors)
	}
	if doubles > kills*atOnce {
		t.Errorf("%d pushes came twice; at most %d were under way", doubles, kills*atOnce)
	}
	fmt.Printf("steps over %d kills: %d taken, %d of their pushes twice\n", kills, visitors, doubles)
}
