package notify_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/notify"
)

// TestHook_APromiseThatWasKeptIsNotTold: the channel could not be reached when it was
// due.
func TestHook_APromiseThatWasKeptIsNotTold(t *testing.T) {
	t.Parallel()
	for kept, want := range map[bool]string{true: "over", false: string(notify.Accepted)} {
		h := newHooked(t, func(in *desk.NewHook) { in.Kinds = []chat.HookKind{chat.HookPromise} })
		h.plays("visitor writes", "ann takes")
		h.do([]string{"ben", "is", "away"}) // who is there is passed on to, not promised for
		due := h.Clock.Now().Add(time.Hour)
		_, err := h.Desk.Hold(t.Context(), h.team["ann"], h.chat, desk.Hold{
			Transfer: desk.Transfer{Key: h.Key(), To: chat.Target{Kind: chat.ToAgent, Agent: h.team["ben"].ID}, Reason: "invoice"}, Way: chat.HeldWait, Due: due})
		h.must(err)
		h.channel.status = http.StatusServiceUnavailable
		h.later(50 * time.Minute) // its owner is warned before
		if got := h.channel.heard(); len(got) != 1 {
			t.Fatalf("told %q, want one try", got)
		}
		if kept {
			_, err := h.Desk.CancelPromise(t.Context(), h.team["ben"], h.chat, h.Key(), "answered by phone")
			h.must(err)
		}
		h.channel.status = http.StatusOK
		h.later(2 * time.Hour)
		if got, log := h.channel.heard(), h.log(); len(got) == 0 != kept || log[0].Outcome != want {
			t.Errorf("kept %t: told %q, log %+v", kept, got, log)
		}
	}
}

// TestHook_WhatWasNoticedMeanwhileIsNotTold: the channel could not be reached when it
// climbed to the supervisors.
func TestHook_WhatWasNoticedMeanwhileIsNotTold(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		before, after []string
	}{
		"her chat, which she has read":     {[]string{"steps assigned 10 0 60 0", "ann gets it"}, []string{"ann reads"}},
		"her chat, and the called one saw": {[]string{"steps assigned 10 0 60 0", "ann gets it"}, []string{"sue dismisses"}},
		"a visitor, whom somebody takes":   {[]string{"owner is finishing", "ann is away", "ben is away", "cleo is away", "visitor writes"}, []string{"sue takes"}},
	} {
		h := newHooked(t, func(in *desk.NewHook) { in.Kinds = []chat.HookKind{chat.HookUnnoticed} })
		h.channel.status = http.StatusServiceUnavailable
		h.plays(append(slices.Clone(c.before), "wait 3m")...)
		if got := h.channel.heard(); len(got) != 1 {
			t.Fatalf("%s: told %q, want one try", what, got)
		}
		h.plays(c.after...)
		h.channel.status = http.StatusOK
		h.later(2 * time.Hour)
		if got, log := h.channel.heard(), h.log(); len(got) != 0 || log[0].Outcome != "over" {
			t.Errorf("%s: told %q, log %+v", what, got, log)
		}
	}
}

// TestHook_ThatSupervisorsAreCalledIsToldWhereSomeAre: a step that finds nobody calls
// nobody.
func TestHook_ThatSupervisorsAreCalledIsToldWhereSomeAre(t *testing.T) {
	t.Parallel()
	h := newHooked(t, func(in *desk.NewHook) { in.Kinds = []chat.HookKind{chat.HookUnnoticed} })
	h.plays("steps assigned 10 0 60 0", "sue is away", "owner is away", "ann gets it", "wait 3m")
	if got, log := h.channel.heard(), h.log(); len(got) != 0 || len(log) != 0 {
		t.Errorf("nobody was called, and it is told %q, log %+v", got, log)
	}
}

// TestEscalation_WhoWasCalledBeforeIsNotNobody: the colleague whom a step called is the
// one who oversees the group.
func TestEscalation_WhoWasCalledBeforeIsNotNobody(t *testing.T) {
	t.Parallel()
	for away, reason := range map[string]string{"": "already", "sue is away": "nobody"} {
		h := newHooked(t, func(in *desk.NewHook) { in.Kinds = []chat.HookKind{chat.HookUnnoticed} })
		h.plays("steps assigned 10 30 60 0", "ben is away", "cleo is away", "owner is away")
		if away != "" {
			h.plays(away)
		}
		h.plays("ann gets it", "wait 3m")
		all, err := h.Desk.Alerts(t.Context(), h.team["ann"])
		h.must(err)
		i := slices.IndexFunc(all, func(a desk.Alerted) bool { return a.Alert.Kind == chat.AlertAssigned })
		if i < 0 || len(all[i].Steps) != 2 || all[i].Steps[1].Reason != reason {
			t.Errorf("%q: the log has %+v, want the last step's reason %s", away, all, reason)
		}
	}
}

// TestHook_AndMailLeadToTheTalk: what was not noticed in a group's own channel is no
// chat with a visitor.
func TestHook_AndMailLeadToTheTalk(t *testing.T) {
	t.Parallel()
	h, box := newHooked(t, func(in *desk.NewHook) { in.Kinds = []chat.HookKind{chat.HookUnnoticed} }), &outbox{answer: notify.Answer{Outcome: notify.Accepted}}
	h.Desk = h.Mailing()
	h.alerts = notify.Alerts{Desk: h.Desk, Pusher: h.alerts.Pusher, Mailer: box, Base: "https://chat.acme.example"}
	h.plays("steps mention 10 0 30 60")
	h.must(h.Desk.Sweep(t.Context()))
	channel := h.channelOfGroup()
	_, err := h.Desk.SayInTalk(t.Context(), h.team["ben"], channel, desk.Line{Key: h.Key(), Text: "@ann", Mentions: []chat.AgentID{h.team["ann"].ID}})
	h.must(err)
	h.plays("wait 2m")
	want := "https://chat.acme.example/talks/" + string(channel)
	if got := h.channel.heard(); len(got) != 1 || !strings.Contains(got[0], "<"+want+"|") {
		t.Errorf("told %q, want a link to %s", got, want)
	}
	if len(box.sent) != 1 || !strings.Contains(box.sent[0].Text, want) || strings.Contains(box.sent[0].Text, "/c/") {
		t.Errorf("mailed %+v, want a link to %s", box.sent, want)
	}
}

func (h *hooked) channelOfGroup() chat.ConversationID {
	h.t.Helper()
	all, err := h.Desk.Talks(h.t.Context(), h.team["ann"])
	h.must(err)
	for _, one := range all {
		if one.Talk.Group == h.Group.ID {
			return one.Conversation.ID
		}
	}
	h.t.Fatalf("the group has no channel among %+v", all)
	return ""
}

// TestEscalation_WhoIsCalledForAnotherMayAskNotToBeDisturbed: what he is given himself
// he stops by being away; a colleague's chat he need not hear of.
func TestEscalation_WhoIsCalledForAnotherMayAskNotToBeDisturbed(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	for _, line := range []string{"steps assigned 10 60 0 0", "cleo is away", "sue is away", "owner is away", "ann gets it"} {
		p.do(strings.Fields(line))
	}
	p.note()
	p.do([]string{"wait", "1m"})
	p.Clock.Advance(tick)
	p.stage.arrived()
	_, err := p.Desk.SetUndisturbed(t.Context(), p.team["ben"], chat.Micros(p.Clock.Now().Add(time.Hour)))
	p.must(err)
	p.later(time.Minute)
	all, err := p.Desk.Alerts(t.Context(), p.team["ben"])
	p.must(err)
	if len(all) != 1 || all[0].Alert.Step != chat.StepColleague || all[0].Alert.Hush != chat.HushUndisturbed {
		t.Fatalf("ben has %+v", all)
	}
	for _, one := range p.stage.arrived() {
		t.Errorf("pushed %+v", one)
	}
}
