package chat_test

import (
	"testing"

	"earshot/internal/chat"
)

// Who jumps in with a role speaks as one with that role: nobody passes by the host.
func TestJumpIn_TheFirstLineGoesTheWayOfEveryMessage(t *testing.T) {
	t.Parallel()
	for role, want := range map[chat.ChatRole]string{"": "join message", chat.Expert: "join proposal", chat.Scribe: "denied"} {
		s := hosted(t)
		s.must(t)(chat.InviteIn(s.state, ada, chat.Inviting{Agent: cleo, Role: role, Room: roomy}, noon))
		events, err := chat.JumpIn(s.state, cleo, roomy, "the refund is on its way", noon)
		got := kindsOf(events)
		if chat.IsKind(err, chat.Denied) {
			got = "denied"
		}
		if got != want {
			t.Errorf("asked in as %q he jumps in: %s, %v; want %s", role, got, err, want)
		}
		if _, err := chat.JumpIn(s.state, cleo, roomy, "", noon); err != nil {
			t.Errorf("asked in as %q he jumps in without a line: %v", role, err)
		}
	}
}

// Who joined from another device meanwhile keeps what he typed: it is said.
func TestJumpIn_OfAMemberIsTheLineAlone(t *testing.T) {
	t.Parallel()
	s := hosted(t)
	s.must(t)(chat.Join(s.state, bob, roomy, noon))
	if events, err := chat.JumpIn(s.state, bob, roomy, "hello again", noon); kindsOf(events) != "message" || err != nil {
		t.Errorf("with a line: %s, %v; want message", kindsOf(events), err)
	}
	if events, err := chat.JumpIn(s.state, bob, roomy, "", noon); len(events) != 0 || err != nil {
		t.Errorf("without one: %s, %v; want nothing", kindsOf(events), err)
	}
}

func kindsOf(events []chat.Event) (kinds string) {
	for _, e := range events {
		if kinds != "" {
			kinds += " "
		}
		kinds += string(e.Kind)
	}
	return kinds
}

// A whisper is for the team that answers: the lead and the members.
func TestWhisper_ReachesTheMembers(t *testing.T) {
	t.Parallel()
	s := hosted(t)
	s.must(t)(chat.Join(s.state, bob, roomy, noon))
	open := []chat.Watch{{Watcher: cleo.ID, Told: chat.TellNothing}, {Watcher: dan.ID, Told: chat.TellNothing}}
	for by, want := range map[*chat.Agent]chat.Audience{&cleo: chat.Private(ada.ID, bob.ID, cleo.ID), &ada: chat.Private(ada.ID, bob.ID)} {
		events, err := chat.Whisper(s.state, *by, chat.NewMessage{Text: "psst"}, open, noon)
		if err != nil || events[0].Audience != want {
			t.Errorf("%s whispers: %+v, %v; want for %s", by.Name, events, err, want)
		}
	}
}
