package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// upgrades makes a database of an earlier version of the schema on either engine,
// lets it be filled beside every rule, brings it up to date and lets it be looked
// at.
func upgrades(t *testing.T, version int, fill []string, look func(t *testing.T, tx *store.Tx) error) {
	t.Helper()
	upgradesWritten(t, version, func(*store.Tx) error { return nil }, fill, look)
}

// upgradesWritten also lets the store write into it.
func upgradesWritten(t *testing.T, version int, write func(*store.Tx) error, fill []string, look func(t *testing.T, tx *store.Tx) error) {
	t.Helper()
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dir, address := t.TempDir(), ""
			if engine == "PostgreSQL" {
				address = storetest.EmptyPostgres(t)
			}
			old, err := store.OpenVersion(t.Context(), dir, store.Options{Database: address}, version)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(old.Write(context.Background(), write), old.Close()); err != nil {
				t.Fatal(err)
			}
			db := besideBoth(t, dir, address)
			for _, text := range fill {
				if _, err := db.Exec(text); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			s := storetest.Open(t, dir, store.Options{Database: address})
			if err := s.Read(t.Context(), func(tx *store.Tx) error { return look(t, tx) }); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// besideBoth opens the database of a directory, or of an address, beside every rule.
func besideBoth(t *testing.T, dir, address string) *sql.DB {
	t.Helper()
	if address != "" {
		return beside(t, address)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "earshot.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestUpgrade_WaitingAndLedThreadsKeepTheirPlaces brings a database of the first
// schema to the present one: who waited waits in the same order, and nobody's
// chat looks as if its lead had never answered.
func TestUpgrade_WaitingAndLedThreadsKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	fill := []string{
		`INSERT INTO agents (id, name, email, password, role, status, reason, until_at, cap, groups, disabled, rights)
			VALUES ('a_1', 'Ann', 'ann@team.example', '', 'agent', 'accepting', '', 0, 4, '["g_1"]', 0, 0)`,
		`INSERT INTO groups (id, name, policy) VALUES ('g_1', 'Team', 'open')`,
		`INSERT INTO conversations (id, kind, site, visitor, head, vhead, seen_visitor, seen_team, last_seq, last_kind, last_by, last_by_id, last_name, last_text, last_at, thread)
			VALUES ('c_late', 'customer', 's', 'v', 2, 1, 0, 0, 2, 'message', 'visitor', '', '', 'x', 2, 't_late'),
				('c_soon', 'customer', 's', 'v', 1, 1, 0, 0, 1, 'message', 'visitor', '', '', 'x', 1, 't_soon'),
				('c_led', 'customer', 's', 'v', 1, 1, 0, 0, 1, 'message', 'visitor', '', '', 'x', 1, 't_led')`,
		`INSERT INTO threads (id, conversation, number, state, reason, grp, policy, lead, members, started_at, queued_at, taken_at, closed_at, waiting_since, version)
			VALUES ('t_late', 'c_late', 1, 'queued', '', 'g_1', 'open', '', '[]', 20, 20, 0, 0, 20, 2),
				('t_soon', 'c_soon', 1, 'queued', '', 'g_1', 'open', '', '[]', 10, 10, 0, 0, 10, 2),
				('t_led', 'c_led', 1, 'active', '', 'g_1', 'open', 'a_1', '[]', 5, 5, 7, 0, 0, 3)`,
		`INSERT INTO participants (thread, agent, open) VALUES ('t_led', 'a_1', 1)`,
		`INSERT INTO events (conversation, seq, vseq, pos, thread, id, kind, actor_kind, actor_id, actor_name, audience, at, said, body)
			VALUES ('c_late', 2, 0, 1, 't_late', 'e_1', 'thread.started', 'visitor', 'v', '', 'agents', 20, 0, '{}')`,
	}
	upgrades(t, 1, fill, func(t *testing.T, tx *store.Tx) error {
		open, err := tx.OpenThreads()
		if err != nil {
			return err
		}
		byID := map[chat.ThreadID]chat.Thread{}
		for _, th := range open {
			byID[th.ID] = th
		}
		if byID["t_soon"].Place != 10 || byID["t_late"].Place != 20 || byID["t_late"].First != 2 {
			t.Errorf("who waited: %+v, %+v", byID["t_soon"], byID["t_late"])
		}
		if led := byID["t_led"]; led.AssignedAt != 7 || led.RepliedAt != 7 || led.AnsweredAt != 7 {
			t.Errorf("who was led: %+v", led)
		}
		ann, err := tx.Agent("a_1")
		if err == nil && (ann.Limit != 4 || len(ann.Groups) != 1 || ann.Skills != nil || ann.Classes != nil) {
			t.Errorf("the agent: %+v", ann)
		}
		return err
	})
}

// TestUpgrade_WhatWasLostIsStillToBeAskedFor: a chat that was handed on before the
// upgrade stands in its former lead's snapshot after it, unless it is over.
func TestUpgrade_WhatWasLostIsStillToBeAskedFor(t *testing.T) {
	t.Parallel()
	fill := []string{
		`INSERT INTO conversations (id, kind, site, visitor, head, vhead, seen_visitor, seen_team, last_seq, last_kind, last_by, last_by_id, last_name, last_text, last_at, thread)
			VALUES ('c_1', 'customer', 's', 'v', 1, 1, 0, 0, 1, 'message', 'visitor', '', '', 'x', 1, 't_open')`,
		`INSERT INTO threads (id, conversation, number, state, reason, grp, policy, lead, members, started_at, queued_at, taken_at, closed_at, waiting_since, version, turn)
			VALUES ('t_over', 'c_1', 1, 'closed', 'resolved', 'g_1', 'lead', 'a_2', '[]', 1, 1, 1, 2, 0, 3, '{"taken_from":"a_1"}'),
				('t_open', 'c_1', 2, 'active', '', 'g_1', 'lead', 'a_2', '[]', 5, 5, 7, 0, 0, 3, '{"taken_from":"a_1","asked_by":"a_1"}'),
				('t_other', 'c_1', 3, 'active', '', 'g_1', 'lead', 'a_2', '[]', 5, 5, 7, 0, 0, 3, '{}')`,
	}
	upgrades(t, 5, fill, func(t *testing.T, tx *store.Tx) error {
		got, err := tx.Losses("a_1")
		want := chat.Loss{Agent: "a_1", Conversation: "c_1", Thread: "t_open", Group: "g_1", Lead: "a_2", Asked: true}
		if len(got) != 1 || got[0] != want {
			t.Errorf("lost: %+v, want %+v alone", got, want)
		}
		return err
	})
}

// TestUpgrade_WhoSupervisesAGroupIsReadAnew: he sees more from that version on, so
// what his devices hold is not gone on with.
func TestUpgrade_WhoSupervisesAGroupIsReadAnew(t *testing.T) {
	t.Parallel()
	people := map[chat.AgentID]chat.Class{"a_1": chat.ClassSupervisor, "a_2": chat.ClassFirst, "a_3": chat.ClassNormal}
	write := func(tx *store.Tx) error {
		for id, class := range people {
			a := chat.Agent{ID: id, Name: string(id), Email: string(id), Role: chat.Member, Status: chat.Offline}.Enrol("g_1", class)
			if err := tx.SaveAgent(a); err != nil {
				return err
			}
		}
		return nil
	}
	upgradesWritten(t, store.VersionBefore("0018_supervise"), write, nil, func(t *testing.T, tx *store.Tx) error {
		for id, class := range people {
			a, err := tx.Agent(id)
			if err != nil {
				return err
			}
			if anew := a.Rights == 2; anew != (class == chat.ClassSupervisor) {
				t.Errorf("%s, class %s: rights %d", id, class, a.Rights)
			}
		}
		return nil
	})
}

// TestUpgrade_FilesThatWereSaidAreFoundByTheirNames: what an earlier version put into
// the index is found by more afterwards.
func TestUpgrade_FilesThatWereSaidAreFoundByTheirNames(t *testing.T) {
	t.Parallel()
	ann := storetest.Agent("ann", chat.Owner)
	write := func(tx *store.Tx) error {
		s := chat.State{Conversation: chat.Conversation{ID: "c_1", Kind: chat.FormChannel}}
		events := chat.MakeGroupChannel(chat.Actor{Kind: chat.BySystem}, chat.Group{ID: "g_1"}, time.Now())
		for range 2 {
			events = append(events, chat.Fact(chat.KindMessage, ann.Actor(), chat.ForAgents, 1, chat.Said{Text: "here it is"}))
		}
		added := s.Add("", events)
		for i := range added {
			added[i].ID = chat.EventID(fmt.Sprint("e_", i))
		}
		return errors.Join(tx.NewConversation(s.Conversation), tx.Append(s, added))
	}
	// An earlier version would have stored the file beside words that do not name it.
	fill := []string{`UPDATE events SET body = '{"text":"here it is","files":[{"id":"f_1","name":"Lageplan.pdf","type":"application/pdf","size":1}]}' WHERE seq = 2`}
	find := func(t *testing.T, tx *store.Tx, words string, want int) {
		t.Helper()
		if hits, _, err := tx.Search(ann.Viewer(), store.Sought{Words: words, Limit: 10}); len(hits) != want || err != nil {
			t.Errorf("%q finds %d, want %d: %v", words, len(hits), want, err)
		}
	}
	upgradesWritten(t, store.VersionBefore("0036_filenames"), write, fill, func(t *testing.T, tx *store.Tx) error {
		find(t, tx, "lageplan", 1)
		find(t, tx, "here lageplan", 1)
		find(t, tx, "here", 2)
		return nil
	})
}

// TestUpgrade_EveryVersionComesOutAlikeOnBothEngines takes a database of every
// version of the schema, with rows in every table, and upgrades it as a file and,
// brought over in its own version, on PostgreSQL: each row of both is the same.
func TestUpgrade_EveryVersionComesOutAlikeOnBothEngines(t *testing.T) {
	t.Parallel()
	for version := 1; version < store.Versions(); version++ {
		if testing.Short() && version != 1 && version != store.Versions()-1 {
			continue
		}
		t.Run(fmt.Sprint("from ", version), func(t *testing.T) {
			t.Parallel()
			dir, address := t.TempDir(), storetest.EmptyPostgres(t)
			old, err := store.OpenVersion(t.Context(), dir, store.Options{}, version)
			if err != nil {
				t.Fatal(err)
			}
			if err := old.Close(); err != nil {
				t.Fatal(err)
			}
			fillVersion(t, besideBoth(t, dir, ""))
			bringVersion(t, dir, address, version)
			for _, at := range []string{"", address} {
				s, err := store.Open(t.Context(), dir, store.Options{Database: at})
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			want, got := linesOf(t, dir, ""), linesOf(t, dir, address)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("upgraded on PostgreSQL (-SQLite +PostgreSQL):\n%s", diff)
			}
			if lines := bytes.Count(want["threads"], []byte("\n")); lines != 3 || len(want["log"]) == 0 {
				t.Errorf("there are %d threads, and a log of %d bytes", lines, len(want["log"]))
			}
		})
	}
}

// fillVersion puts rows into every table that a version has, with what migrations
// go by.
func fillVersion(t *testing.T, db *sql.DB) {
	t.Helper()
	for _, table := range append(store.Exported(), "events") {
		var there int
		if err := db.QueryRow(`SELECT COUNT(*) FROM sqlite_schema WHERE name = $1`, table).Scan(&there); err != nil {
			t.Fatal(err)
		}
		rows := 1
		if table == "threads" {
			rows = 3
		}
		for n := range rows * there {
			var args []any
			columns := columnsOf(t, db, table)
			for _, c := range columns {
				args = append(args, migrated(table, c, n))
			}
			marks := strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", ")
			if _, err := db.Exec(fmt.Sprintf(`INSERT INTO "%s" (%s) VALUES (%s)`, table, strings.Join(names(columns), ", "), marks), args...); err != nil {
				t.Fatalf("%s: %v", table, err)
			}
		}
	}
	if _, err := db.Exec(`UPDATE log_head SET pos = 1`); err != nil {
		t.Fatal(err)
	}
}

// migrated is what stands in a column of the n-th row.
func migrated(table string, c column, n int) any {
	switch table + "." + c.name {
	case "threads.id":
		return []string{odd, "t_active", "t_closed"}[n]
	case "threads.state":
		return []string{"queued", "active", "closed"}[n]
	case "threads.turn":
		return `{"taken_from":"a_1"}`
	case "agents.classes":
		return `{"g_1":"supervisor"}`
	case "sessions.device":
		return "Safari, iOS"
	case "conversations.head", "log.pos", "log.seq", "events.seq", "events.pos":
		return 1
	case "conversations.vhead", "events.vseq":
		return 0
	}
	if c.kind != "TEXT" && table != "conversations" {
		return 7
	}
	return c.filler(table)
}

// bringVersion moves a file of SQLite to PostgreSQL as the program of that version
// does.
func bringVersion(t *testing.T, dir, address string, version int) {
	t.Helper()
	from, err := store.ExportVersion(t.Context(), dir, version)
	if err != nil {
		t.Fatal(err)
	}
	to, err := store.BeginImport(t.Context(), t.TempDir(), address, int64(version), "sum")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range from.Tables() {
		var lines []byte
		err := from.Each(t.Context(), table, func(line []byte) error { lines = append(lines, line...); return nil })
		if err != nil && strings.Contains(err.Error(), "there is no table") {
			continue // yet
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := to.Rows(t.Context(), table, bytes.NewReader(lines)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(from.Close(), to.Finish(t.Context()), to.Close()); err != nil {
		t.Fatal(err)
	}
}
