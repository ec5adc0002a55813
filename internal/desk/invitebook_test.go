package desk_test

import (
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

// A group's playbook says how many come into a chat, whichever way they come; who
// oversees comes in always.
func TestInviteIn_FollowsThePlaybooksNumber(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	must[chat.Playbook](t)(w.Desk.SavePlaybook(t.Context(), w.Owner, chat.Playbook{Group: w.Group.ID, GroupChat: chat.GroupChatChapter{Most: 1}}))
	ann, ben, cleo, sue := w.Agent("Ann", chat.Member), w.Agent("Ben", chat.Member), w.Agent("Cleo", chat.Member), w.Agent("Sue", chat.Supervisor)
	_, c := w.Taken(ann)
	come(t, w, ann, ben, c, "")

	_, err := w.Desk.InviteIn(t.Context(), ann, c, desk.Inviting{Key: w.Key(), Agent: cleo.ID})
	wantKind(t, "inviting a second", err, chat.Conflict)
	_, err = w.Desk.Join(t.Context(), cleo, c, w.Key())
	wantKind(t, "joining as a second", err, chat.Conflict)
	must[desk.Done](t)(w.Desk.Watch(t.Context(), cleo, c, w.Key()))
	_, err = w.Desk.JumpIn(t.Context(), cleo, c, desk.Message{Key: w.Key()})
	wantKind(t, "jumping in as a second", err, chat.Conflict)
	must[desk.Done](t)(w.Desk.Join(t.Context(), sue, c, w.Key()))
}

// The line for the visitor goes before the invitation, in the name of who invites,
// and only where he may write to the visitor; else nothing is done at all.
func TestInviteIn_TellsTheVisitorFirst(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann, ben, sue := w.Agent("Ann", chat.Member), w.Agent("Ben", chat.Member), w.Agent("Sue", chat.Supervisor)
	_, c := w.Taken(ann)
	before := len(w.Log(c))

	_, err := w.Desk.InviteIn(t.Context(), sue, c, desk.Inviting{Key: w.Key(), Agent: ben.ID, Say: "One moment."})
	wantKind(t, "a line of somebody outside", err, chat.Denied)
	if n := len(w.Log(c)); n != before {
		t.Errorf("the refused invitation wrote %d events", n-before)
	}
	must[desk.Done](t)(w.Desk.InviteIn(t.Context(), ann, c, desk.Inviting{Key: w.Key(), Agent: ben.ID, Say: "I ask a colleague."}))
	log := w.Log(c)[before:]
	if len(log) != 2 || log[0].Kind != chat.KindMessage || log[0].Audience != chat.ForAll || log[0].Actor.Agent() != ann.ID || log[1].Kind != chat.KindInvite {
		t.Fatalf("the log says %v", log)
	}
	if said, _ := chat.Decode[chat.Said](log[0]); said.Text != "I ask a colleague." {
		t.Errorf("the visitor reads %q", said.Text)
	}
}
