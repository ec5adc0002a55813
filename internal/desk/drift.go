package desk

import (
	"context"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// MaxDriftWeeks is how far the weekly view looks back.
const MaxDriftWeeks = 12

// DriftWeek is who had what part of the chats in a week that begins on a Monday
// at 0:00 UTC.
type DriftWeek struct {
	// From is in microseconds.
	From   int64           `json:"from"`
	Agents []routing.Drift `json:"agents"`
}

// Drift returns the last weeks, the present one included, the newest first. Every
// agent may look: it is what the team has agreed on.
func (d *Desk) Drift(ctx context.Context, a chat.Agent, weeks int) ([]DriftWeek, error) {
	if weeks < 1 || weeks > MaxDriftWeeks {
		return nil, chat.Errorf(chat.Invalid, "The view goes back 1 to %d weeks.", MaxDriftWeeks)
	}
	now := d.now()
	first := monday(now).AddDate(0, 0, -7*(weeks-1))
	var given []routing.Assignment
	var stints []routing.Stint
	var groups []routing.Group
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		if _, err = present(tx, a.ID); err != nil {
			return err
		}
		given, stints, err = loadParts(tx, chat.Micros(first), chat.Micros(now)+1)
		if err != nil {
			return err
		}
		agents, err := answering(tx)
		if err != nil {
			return err
		}
		var s situation
		s.groups, s.rules = map[chat.GroupID]chat.Group{}, map[chat.GroupID]routing.Rules{}
		err = s.loadGroups(tx, agents)
		groups = s.state.Groups
		return err
	})
	if err != nil {
		return nil, err
	}
	all := make([]DriftWeek, 0, weeks)
	for n := weeks - 1; n >= 0; n-- {
		from, to := chat.Micros(first.AddDate(0, 0, 7*n)), chat.Micros(first.AddDate(0, 0, 7*n+7))
		all = append(all, DriftWeek{From: from, Agents: routing.Drifts(given, stints, groups, from, to)})
	}
	return all, nil
}

// loadParts loads what agents were given, and when they took chats.
func loadParts(tx *store.Tx, from, to int64) (given []routing.Assignment, stints []routing.Stint, err error) {
	rows, err := tx.Assignments(from, to)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range rows {
		given = append(given, routing.Assignment{At: a.At, Thread: a.Thread, Agent: a.Agent, Group: a.Group, Load: a.Held,
			ByHand: a.Cause == chat.ByTaking, Skipped: a.Skipped, Over: a.Over})
	}
	times, err := tx.Availability(from, to)
	for _, v := range times {
		stints = append(stints, routing.Stint{Agent: v.Agent, From: v.Began, To: v.Ended})
	}
	return given, stints, err
}

// monday is the begin of the week of a time, in UTC: the same for the whole team.
func monday(t time.Time) time.Time {
	t = t.UTC()
	since := (int(t.Weekday()) + 6) % 7
	return time.Date(t.Year(), t.Month(), t.Day()-since, 0, 0, 0, 0, time.UTC)
}
