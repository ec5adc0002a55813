package e2e

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/desk"
)

// TestCrash_EveryShiftIsTested kills the real binary when a team has just come on shift,
// and again while its devices are tested. Each device is tested, under one name, and
// then one test of each agent stands an hour later: no kill loses it, none doubles it.
func TestCrash_EveryShiftIsTested(t *testing.T) {
	t.Parallel()
	p := startPushed(t, "offline")
	const mates, kills = 6, 2
	begin := time.Now()
	owed := map[chat.AgentID]string{}
	for i := range mates {
		owed[p.comesOnShift(t, i)] = ""
	}
	p.server.kill() // each was told that he is on shift, and no device was tested yet
	s := start(t, p.dir, p.addr, p.wrap...)
	devices, late := map[string]chat.AlertID{}, time.After(3*time.Minute) // what was under way is given back after a minute
	for killed, doubles := 1, 0; len(devices) < mates; {
		select {
		case got := <-p.service.Pushed:
			var body chat.Pushed
			if err := json.Unmarshal(got.Body, &body); err != nil || body.Kind != chat.AlertCheck {
				t.Fatalf("pushed %s, %v", got.Body, err)
			}
			if name, again := devices[got.Device]; again {
				if doubles++; name != body.Alert || doubles > kills*atOnce {
					t.Errorf("%s was tested as %s and as %s, %d doubles", got.Device, name, body.Alert, doubles)
				}
			}
			devices[got.Device] = body.Alert
		case <-late:
			t.Fatalf("%d of %d devices were tested:\n%s", len(devices), mates, s.out)
		}
		if len(devices) == 2 && killed < kills {
			killed++
			s.kill()
			s = start(t, p.dir, p.addr, p.wrap...)
		}
	}
	s.kill()
	p.query(t, `SELECT key, due FROM jobs WHERE kind = '`+desk.JobCheck+`' AND dead = 0`, func(rows *sql.Rows) error {
		var agent chat.AgentID
		var due int64
		if err := rows.Scan(&agent, &due); err != nil {
			return err
		}
		if was, known := owed[agent]; !known || was != "" || due < chat.Micros(begin.Add(chat.CheckEvery)) {
			t.Errorf("the next test of %s is due at %s, begun at %s", agent, time.UnixMicro(due), begin)
		}
		owed[agent] = "stands"
		return nil
	})
	for agent, next := range owed {
		if next == "" {
			t.Errorf("no next test stands for %s", agent)
		}
	}
	fmt.Printf("shifts over %d kills: %d devices tested\n", kills, len(devices))
}

// comesOnShift adds a colleague with a device of his own, who accepts chats.
func (p pushedTo) comesOnShift(t *testing.T, n int) chat.AgentID {
	t.Helper()
	token, err := p.owner.Invite(t.Context(), fmt.Sprintf("mate%d@acme.example", n), "agent")
	if err != nil {
		t.Fatal(err)
	}
	mate, err := client.New(p.url).AcceptInvite(t.Context(), token, fmt.Sprintf("Mate %d", n), ownerPassword)
	if err != nil {
		t.Fatal(err)
	}
	p.subscribe(t, mate, fmt.Sprintf("phone %d", n))
	if err := mate.SetStatus(t.Context(), "accepting", ""); err != nil {
		t.Fatal(err)
	}
	return chat.AgentID(mate.Me.ID)
}
