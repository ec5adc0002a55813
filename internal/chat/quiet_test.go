package chat_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests' zones are there on every machine

	"earshot/internal/chat"
)

func TestQuiet_GoesByTheClocksOfItsZone(t *testing.T) {
	t.Parallel()
	lunch := chat.Quiet{From: "12:00", To: "13:00", Zone: "Europe/Berlin"}
	night := chat.Quiet{From: "22:30", To: "06:00", Zone: "Europe/Berlin"}
	for _, c := range []struct {
		quiet chat.Quiet
		at    string
		want  bool
	}{
		{lunch, "2026-01-15T10:59:59Z", false},
		{lunch, "2026-01-15T11:00:00Z", true},
		{lunch, "2026-01-15T11:59:59Z", true},
		{lunch, "2026-01-15T12:00:00Z", false},
		{lunch, "2026-07-15T10:00:00Z", true}, // summer time
		{lunch, "2026-07-15T11:00:00Z", false},
		{night, "2026-01-15T21:30:00Z", true},
		{night, "2026-01-15T23:59:00Z", true},
		{night, "2026-01-15T04:59:00Z", true},
		{night, "2026-01-15T05:00:00Z", false},
		{chat.Quiet{}, "2026-01-15T00:00:00Z", false},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.quiet.Covers(at); got != c.want {
			t.Errorf("%v at %s: %v, want %v", c.quiet, c.at, got, c.want)
		}
	}
}

func TestQuiet_RefusesWhatNoClockShows(t *testing.T) {
	t.Parallel()
	for _, q := range []chat.Quiet{{From: "12:00"}, {From: "12:00", To: "12:00", Zone: "Europe/Berlin"}, {From: "9:00", To: "13:00", Zone: "Europe/Berlin"}, {From: "25:00", To: "13:00", Zone: "Europe/Berlin"},
		{From: "12:00", To: "13:00", Zone: "Europe/Nowhere"}, {From: "12:00", To: "13:00"}, {From: "12:00", To: "13:00", Zone: "Local"}} {
		if _, err := (chat.Etiquette{Quiet: q}).Clean(); !chat.IsKind(err, chat.Invalid) {
			t.Errorf("%+v: %v, want invalid", q, err)
		}
	}
	if _, err := (chat.Etiquette{Watch: "quiet"}).Clean(); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("the stand-in can be chosen: %v", err)
	}
}

// TestQuiet_SaysWhyNobodyWatches: the refusal is not that of a group that lets nobody.
func TestQuiet_SaysWhyNobodyWatches(t *testing.T) {
	t.Parallel()
	s := chat.State{Thread: &chat.Thread{ID: "t_1", State: chat.Active, Policy: chat.PolicyOpen, Lead: "a_lead"}}
	sup := chat.Agent{ID: "a_sup", Role: chat.Supervisor}
	e := chat.Etiquette{Quiet: chat.Quiet{From: "11:00", To: "13:00", Zone: "UTC"}}.At(time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC))
	if err := chat.MayWatch(s, sup, e, false); !chat.IsKind(err, chat.Denied) || !strings.Contains(err.Error(), "quiet hours") {
		t.Errorf("unasked: %v", err)
	}
	if err := chat.MayWatch(s, sup, e, true); err != nil {
		t.Errorf("asked: %v", err)
	}
}
