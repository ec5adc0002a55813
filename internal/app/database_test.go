package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

func TestDoctor_CountsConnections(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		room, alive int
		level       string
		words       string
	}{
		{29, 0, levelWrong, "one node uses up to 25 and 5 are to be spare: under load people are told to try again; raise max_connections so that 30 get in"},
		{30, 0, levelNote, "one more has no room"},
		{55, 0, levelOK, ""},
		{55, 1, levelOK, ""},
		{55, 2, levelNote, "2 nodes use up to 50, and one more has no room, also while a node is replaced; raise max_connections so that 80 get in"},
		{79, 3, levelWrong, "so that 80 get in"},
		{105, 3, levelOK, ""},
	} {
		if f := connections(c.room, "max_connections", c.alive); f.Level != c.level || !strings.Contains(f.Words, c.words) {
			t.Errorf("%d for %d nodes: %+v", c.room, c.alive, f)
		}
	}
}

// TestDoctor_OnPostgreSQLTellsClocksAndConnections asks a real server: of nodes that
// are alive a clock that is wrong is told, of one that has gone nothing.
func TestDoctor_OnPostgreSQLTellsClocksAndConnections(t *testing.T) {
	t.Parallel()
	address := storetest.EmptyPostgres(t)
	asked := func() map[string]finding {
		t.Helper()
		var out bytes.Buffer
		opt := DoctorOptions{JSON: true, Config: Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Database: address}}
		if err := Doctor(t.Context(), opt, &out); err != nil && !errors.Is(err, ErrNotWell) {
			t.Fatal(err)
		}
		var all []finding
		if err := json.Unmarshal(out.Bytes(), &all); err != nil {
			t.Fatal(err)
		}
		by := map[string]finding{}
		for _, f := range all {
			by[f.Name] = f
		}
		return by
	}
	before := asked()
	if f := before["connections"]; f.Level != levelOK || !strings.Contains(f.Value, "max_connections") {
		t.Errorf("an empty database: %+v", f)
	}
	if f := before["clock of this machine"]; f.Level != levelOK {
		t.Errorf("the same machine's clock: %+v", f)
	}
	st := storetest.Open(t, t.TempDir(), store.Options{Database: address})
	now := time.Now().UnixMicro()
	err := st.Write(t.Context(), func(tx *store.Tx) error {
		for name, ahead := range map[string]time.Duration{"right": 20 * time.Millisecond, "late": -5 * time.Second, "gone": time.Hour} {
			n := store.Node{Name: name, Since: now, Seen: now, Ahead: ahead.Microseconds(), Health: []byte("{}")}
			if name == "gone" {
				n.Seen -= time.Minute.Microseconds()
			}
			if err := tx.SaveNode(n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	run(t, address, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 54', current_database()); END $$")
	after := asked()
	if f := after["clock of node right"]; f.Level != levelOK || f.Value != "as the database's" {
		t.Errorf("a right clock: %+v", f)
	}
	if f := after["clock of node late"]; f.Level != levelWrong || f.Value != "5.0 s behind the database's" || !strings.Contains(f.Words, "NTP") {
		t.Errorf("a late clock: %+v", f)
	}
	if f, told := after["clock of node gone"]; told {
		t.Errorf("the clock of one that has gone: %+v", f)
	}
	if f := after["connections"]; f.Level != levelWrong || !strings.Contains(f.Words, "2 nodes use up to 50") || !strings.Contains(f.Words, "CONNECTION LIMIT of the database") {
		t.Errorf("54 connections for two nodes: %+v", f)
	}
}

func run(t *testing.T, address, text string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.WithoutCancel(t.Context()))
	if _, err := c.Exec(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}
