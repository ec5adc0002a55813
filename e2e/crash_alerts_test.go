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

// atOnce is how many jobs run side by side: so many pushes may be under way when the
// process is killed, accepted by their service and not noted.
const atOnce = 4

// pushedTo is a workspace whose owner has a device that is pushed to.
type pushedTo struct {
	workspace
	service   *notifytest.Service
	dir, addr string
	wrap      []string // what it was started with
}

func startPushed(t *testing.T, status string) pushedTo {
	t.Helper()
	p := pushedTo{service: notifytest.NewService(t), dir: t.TempDir(), addr: freeAddress(t)}
	p.wrap = []string{"env", "EARSHOT_PUSH_SERVICES=" + p.service.Host(), "EARSHOT_PUSH_CONTACT=ops@acme.example"}
	s := start(t, p.dir, p.addr, p.wrap...)
	p.workspace = workspace{server: s, owner: s.makeOwner(t)}.withSite(t)
	p.subscribe(t, p.owner, "phone")
	if err := p.owner.SetStatus(t.Context(), status, ""); err != nil {
		t.Fatal(err)
	}
	return p
}

// subscribe lets the sign-in of an agent be pushed to as a device of this name.
func (p pushedTo) subscribe(t *testing.T, a *client.Agent, device string) {
	t.Helper()
	browser := p.service.Subscribe(t, device)
	s := client.Subscription{Endpoint: browser.Endpoint, Keys: client.SubscriptionKeys{P256DH: browser.P256DH, Auth: browser.Auth}}
	if err := a.Subscribe(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// TestCrash_EveryAlertIsPushed kills the real binary again and again while visitors
// wait and it pushes that. Each arrives, and a second time only what was under way,
// under the same name.
func TestCrash_EveryAlertIsPushed(t *testing.T) { // not parallel: it kills what others wait for
	p := startPushed(t, "accepting")
	service, dir, addr, wrap, s, w := p.service, p.dir, p.addr, p.wrap, p.server, p.workspace
	const visitors, kills = 40, 3
	owed := map[chat.ConversationID]bool{}
	for i := range visitors {
		done, err := client.New(s.url).Visitor(client.NewToken(), w.site).Post(t.Context(), client.VisitorMessage{Text: fmt.Sprintf("canary-visitor %d", i)})
		if err != nil {
			t.Fatal(err)
		}
		owed[chat.ConversationID(done.Visitor.Conversation)] = true
	}
	names, doubles := map[chat.ConversationID]chat.AlertID{}, 0
	late := time.After(4 * time.Minute)
	for killed, n := 0, 0; len(owed) > 0; n++ {
		var got notifytest.Pushed
		select {
		case got = <-service.Pushed:
		case <-late:
			t.Fatalf("%d of %d alerts were never pushed:\n%s", len(owed), visitors, s.out)
		}
		var body chat.Pushed
		if json.Unmarshal(got.Body, &body) == nil && body.Kind == chat.AlertCheck {
			continue // the silent test of a device that has come on shift
		}
		if err := json.Unmarshal(got.Body, &body); err != nil || body.Kind != chat.AlertQueue || body.Text != "" {
			t.Fatalf("pushed %s, %v", got.Body, err)
		}
		if name, again := names[body.Conversation]; again {
			if doubles++; name != body.Alert {
				t.Errorf("a second push has another name: %s and %s", name, body.Alert)
			}
		}
		names[body.Conversation] = body.Alert
		delete(owed, body.Conversation)
		if n%8 == 7 && killed < kills {
			killed++
			s.kill()
			s = start(t, dir, addr, wrap...)
		}
	}
	if doubles > kills*atOnce {
		t.Errorf("%d pushes came twice; at most %d were under way", doubles, kills*atOnce)
	}
	fmt.Printf("alerts over %d kills: %d pushed, %d of them twice\n", kills, visitors, doubles)
}
