package store

import (
	"context"
	"errors"
	"slices"
	"testing"

	"earshot/internal/chat"
)

// TestUpgrade_WaitingAndLedThreadsKeepTheirPlaces brings a database of the first
// schema to the present one: who waited waits in the same order, and nobody's
// chat looks as if its lead had never answered.
func TestUpgrade_WaitingAndLedThreadsKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, err := open(context.Background(), dir, Options{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	db := raw(t, dir)
	for _, text := range []string{
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
	} {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	err = s.Read(context.Background(), func(tx *Tx) error {
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
	if err != nil {
		t.Fatal(err)
	}
}

// TestUpgrade_WhatWasLostIsStillToBeAskedFor: a chat that was handed on before the
// upgrade stands in its former lead's snapshot after it, unless it is over.
func TestUpgrade_WhatWasLostIsStillToBeAskedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, err := open(context.Background(), dir, Options{}, 5)
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	db := raw(t, dir)
	for _, text := range []string{
		`INSERT INTO conversations (id, kind, site, visitor, head, vhead, seen_visitor, seen_team, last_seq, last_kind, last_by, last_by_id, last_name, last_text, last_at, thread)
			VALUES ('c_1', 'customer', 's', 'v', 1, 1, 0, 0, 1, 'message', 'visitor', '', '', 'x', 1, 't_open')`,
		`INSERT INTO threads (id, conversation, number, state, reason, grp, policy, lead, members, started_at, queued_at, taken_at, closed_at, waiting_since, version, turn)
			VALUES ('t_over', 'c_1', 1, 'closed', 'resolved', 'g_1', 'lead', 'a_2', '[]', 1, 1, 1, 2, 0, 3, '{"taken_from":"a_1"}'),
				('t_open', 'c_1', 2, 'active', '', 'g_1', 'lead', 'a_2', '[]', 5, 5, 7, 0, 0, 3, '{"taken_from":"a_1","asked_by":"a_1"}'),
				('t_other', 'c_1', 3, 'active', '', 'g_1', 'lead', 'a_2', '[]', 5, 5, 7, 0, 0, 3, '{}')`,
	} {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	err = s.Read(context.Background(), func(tx *Tx) error {
		got, err := tx.Losses("a_1")
		want := chat.Loss{Agent: "a_1", Conversation: "c_1", Thread: "t_open", Group: "g_1", Lead: "a_2", Asked: true}
		if len(got) != 1 || got[0] != want {
			t.Errorf("lost: %+v, want %+v alone", got, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestUpgrade_WhoSupervisesAGroupIsReadAnew: he sees more from that version on, so
// what his devices hold is not gone on with.
func TestUpgrade_WhoSupervisesAGroupIsReadAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, err := open(context.Background(), dir, Options{}, slices.Index(migrationNames[:], "0018_supervise"))
	if err != nil {
		t.Fatal(err)
	}
	people := map[chat.AgentID]chat.Class{"a_1": chat.ClassSupervisor, "a_2": chat.ClassFirst, "a_3": chat.ClassNormal}
	err = old.Write(context.Background(), func(tx *Tx) error {
		for id, class := range people {
			a := chat.Agent{ID: id, Name: string(id), Email: string(id), Role: chat.Member, Status: chat.Offline}.Enrol("g_1", class)
			if err := tx.SaveAgent(a); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, old.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	err = s.Read(context.Background(), func(tx *Tx) error {
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
	if err != nil {
		t.Fatal(err)
	}
}
