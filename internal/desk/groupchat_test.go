package desk_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// guest is an agent of another group, who sees nothing of a lead-only chat.
func guest(w *desktest.World, name string) chat.Agent {
	w.Write(func(tx *store.Tx) error {
		return tx.SaveGroup(chat.Group{ID: "g_billing", Name: "Billing", Policy: chat.PolicyLead})
	})
	return w.Agent(name, chat.Member, "g_billing")
}

// ringsFor are the invitations that an agent's inbox shows.
func ringsFor(t *testing.T, w *desktest.World, a chat.Agent) []chat.ChatInvitation {
	t.Helper()
	return must[desk.Inbox](t)(w.Desk.Inbox(t.Context(), a, store.ListMy)).Invitations
}

func visitorOf(t *testing.T, w *desktest.World, v desktest.Visitor) chat.Visitor {
	t.Helper()
	return must[chat.Visitor](t)(w.Desk.VisitorOf(t.Context(), v.Caller))
}

func viewed(t *testing.T, w *desktest.World, v desktest.Visitor) desk.VisitorView {
	t.Helper()
	return must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(t.Context(), visitorOf(t, w, v), 0))
}

func invited(t *testing.T, w *desktest.World, by chat.Agent, c chat.ConversationID, in desk.Inviting) int64 {
	t.Helper()
	in.Key = w.Key()
	return must[desk.Done](t)(w.Desk.InviteIn(t.Context(), by, c, in)).Events[0].Seq
}

func come(t *testing.T, w *desktest.World, by, a chat.Agent, c chat.ConversationID, role chat.ChatRole) {
	t.Helper()
	seq := invited(t, w, by, c, desk.Inviting{Agent: a.ID, Role: role})
	must[desk.Done](t)(w.Desk.AcceptInvitation(t.Context(), a, c, w.Key(), seq))
}

// Who is asked into a chat that he may not see is told who asks and why, and
// nothing of the visitor; accepting admits him, and declining leaves him outside.
func TestInviteIn_TheInvitedIsToldAndTheVisitorIsNot(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyLead)
	ann, bob := w.Agent("Ann", chat.Member), guest(w, "Bob")
	v, c := w.Taken(ann)
	seq := invited(t, w, ann, c, desk.Inviting{Agent: bob.ID, Role: chat.Expert, Note: "canary note"})

	rings := ringsFor(t, w, bob)
	if len(rings) != 1 || rings[0].ByName != "Ann" || rings[0].Note != "canary note" || rings[0].Invite != seq || rings[0].Role != chat.Expert {
		t.Fatalf("his inbox shows %+v", rings)
	}
	if told := asText(t, rings); strings.Contains(told, string(visitorOf(t, w, v).ID)) {
		t.Errorf("the invitation names the visitor: %s", told)
	}
	_, err := w.Desk.Conversation(t.Context(), bob, c)
	wantKind(t, "reading before he accepts", err, chat.Missing)
	_, err = w.Desk.AcceptInvitation(t.Context(), guest(w, "Cleo"), c, w.Key(), seq)
	wantKind(t, "accepting another's", err, chat.Missing)

	key := w.Key()
	must[desk.Done](t)(w.Desk.AcceptInvitation(t.Context(), bob, c, key, seq))
	again := must[desk.Done](t)(w.Desk.AcceptInvitation(t.Context(), bob, c, key, seq))
	if !again.Again {
		t.Error("the same key joins twice")
	}
	if left := ringsFor(t, w, bob); len(left) != 0 {
		t.Errorf("it rings on: %+v", left)
	}
	must[desk.Conversation](t)(w.Desk.Conversation(t.Context(), bob, c))

	dan := guest(w, "Dan")
	seq = invited(t, w, ann, c, desk.Inviting{Agent: dan.ID})
	must[desk.Done](t)(w.Desk.DeclineInvitation(t.Context(), dan, c, w.Key(), seq, "busy"))
	_, err = w.Desk.Conversation(t.Context(), dan, c)
	wantKind(t, "reading after he declined", err, chat.Missing)
	if ended := last[chat.InviteEnded](t, w, c, chat.KindInviteEnded); ended.How != chat.Declined || ended.Reason != "busy" {
		t.Errorf("the host is told %+v", ended)
	}
}

// Who comes too late to a chat that he may not see is told so. Of it he learns nothing
// else, and who was never asked, or was asked by another invitation, nothing at all.
func TestAcceptInvitation_TooLateIsOverForWhomItRangAlone(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyLead)
	ann, bob, cleo := w.Agent("Ann", chat.Member), guest(w, "Bob"), guest(w, "Cleo")
	_, c := w.Taken(ann)
	_, other := w.Taken(ann)
	seq := invited(t, w, ann, c, desk.Inviting{Agent: bob.ID})
	must[desk.Done](t)(w.Desk.WithdrawInvitation(t.Context(), ann, c, w.Key(), seq))
	words := map[string]bool{}
	for _, closed := range []bool{false, true} {
		_, err := w.Desk.AcceptInvitation(t.Context(), bob, c, w.Key(), seq)
		wantKind(t, "too late", err, chat.Gone)
		words[err.Error()] = true
		if done, err := w.Desk.DeclineInvitation(t.Context(), bob, c, w.Key(), seq, "busy"); err != nil || !done.Again || len(done.Events) != 0 {
			t.Errorf("declining what is over: %+v, %v", done, err)
		}
		_, nowhere := w.Desk.AcceptInvitation(t.Context(), cleo, "c_nowhere", w.Key(), seq)
		wantKind(t, "nowhere", nowhere, chat.Missing)
		for name, try := range map[string]func() (desk.Done, error){
			"never asked":          func() (desk.Done, error) { return w.Desk.AcceptInvitation(t.Context(), cleo, c, w.Key(), seq) },
			"never asked, decline": func() (desk.Done, error) { return w.Desk.DeclineInvitation(t.Context(), cleo, c, w.Key(), seq, "") },
			"another number":       func() (desk.Done, error) { return w.Desk.AcceptInvitation(t.Context(), bob, c, w.Key(), seq+1) },
			"another chat":         func() (desk.Done, error) { return w.Desk.AcceptInvitation(t.Context(), bob, other, w.Key(), seq) },
		} {
			if _, err := try(); err == nil || err.Error() != nowhere.Error() || !chat.IsKind(err, chat.Missing) {
				t.Errorf("%s, closed %v: %v, want %v", name, closed, err, nowhere)
			}
		}
		if !closed {
			must[desk.Done](t)(w.Desk.Close(t.Context(), ann, c, w.Key()))
		}
	}
	if len(words) != 1 {
		t.Errorf("he learns how the chat stands: %v", words)
	}
}

// However a chat ends, who was asked in is told that it rings no more.
func TestInviteIn_EndsWithItsThread(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*testing.T, *desktest.World, chat.Agent, chat.ConversationID){
		"close": func(t *testing.T, w *desktest.World, a chat.Agent, c chat.ConversationID) {
			must[desk.Done](t)(w.Desk.Close(t.Context(), a, c, w.Key()))
		},
		"requeue": func(t *testing.T, w *desktest.World, a chat.Agent, c chat.ConversationID) {
			must[desk.Done](t)(w.Desk.Requeue(t.Context(), a, c, w.Key()))
		},
		"move": func(t *testing.T, w *desktest.World, a chat.Agent, c chat.ConversationID) {
			must[desk.Done](t)(w.Desk.Move(t.Context(), a, c, desk.Moving{Key: w.Key(), Group: "g_billing", Reason: "a bill"}))
		},
		"withdraw": func(t *testing.T, w *desktest.World, a chat.Agent, c chat.ConversationID) {
			invite := last[chat.AskedIn](t, w, c, chat.KindInvite)
			for _, one := range ringsFor(t, w, agentNamed(invite.Agent, must[[]chat.Agent](t)(w.Desk.Team(t.Context()))...)) {
				must[desk.Done](t)(w.Desk.WithdrawInvitation(t.Context(), a, c, w.Key(), one.Invite))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := desktest.New(t)
			ann, bob := w.Agent("Ann", chat.Member), guest(w, "Bob")
			_, c := w.Taken(ann)
			seq := invited(t, w, ann, c, desk.Inviting{Agent: bob.ID})
			end(t, w, ann, c)
			if rings := ringsFor(t, w, bob); len(rings) != 0 {
				t.Errorf("it rings on: %+v", rings)
			}
			over := last[chat.ChatInvitationEnded](t, w, chat.AgentConversation(bob.ID), chat.KindInvitationEnded)
			if over.Conversation != c || over.Invite != seq {
				t.Errorf("he is told %+v", over)
			}
			_, err := w.Desk.AcceptInvitation(t.Context(), bob, c, w.Key(), seq)
			if err == nil {
				t.Error("he comes in late")
			}
		})
	}
}

// The first who is free of a group is asked, the next after him, and in the end the
// host is told that nobody is.
func TestRouter_AsksAGroupOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann, bob, cleo := w.Agent("Ann", chat.Member), guest(w, "Bob"), guest(w, "Cleo")
	_, c := w.Taken(ann)
	later(w, 20*time.Second, ann, bob, cleo)
	seq := invited(t, w, ann, c, desk.Inviting{Group: "g_billing", Note: "help"})
	w.Route()
	first := last[chat.AskedIn](t, w, c, chat.KindInvite).Agent
	order := []chat.Agent{bob, cleo}
	if first == cleo.ID {
		order = []chat.Agent{cleo, bob}
	}
	if rings := ringsFor(t, w, order[0]); len(rings) != 1 || rings[0].Note != "help" {
		t.Fatalf("the first is shown %+v", rings)
	}
	must[desk.Done](t)(w.Desk.DeclineInvitation(t.Context(), order[0], c, w.Key(), seq, ""))
	w.Route()
	if rings := ringsFor(t, w, order[1]); len(rings) != 1 || len(ringsFor(t, w, order[0])) != 0 {
		t.Fatalf("the next is shown %+v", rings)
	}
	later(w, chat.InviteRings, ann, bob, cleo)
	w.Route()
	if ended := last[chat.InviteEnded](t, w, c, chat.KindInviteEnded); ended.How != chat.NobodyFree || ended.Why == "" {
		t.Errorf("the host is told %+v", ended)
	}
	if rings := ringsFor(t, w, order[1]); len(rings) != 0 {
		t.Errorf("it rings on: %+v", rings)
	}
}

// A proposal and what is decided about it never reach the visitor; its release does,
// once, in the expert's name, with its file.
func TestRelease_OnceThoughTwoHostsPressAtOnce(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann, bob, sue := w.Agent("Ann", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Sue", chat.Supervisor)
	v, c := w.Taken(ann)
	come(t, w, ann, bob, c, chat.Expert)
	file := must[chat.FileRef](t)(w.Desk.AddFile(t.Context(), bob, c, "how.png", picture()))
	said := must[desk.Done](t)(w.Desk.PostMessage(t.Context(), bob, c, desk.Message{Key: w.Key(), Text: "canary proposal", Files: []chat.FileID{file.ID}}))
	if kinds(said.Events) != string(chat.KindProposal) {
		t.Fatalf("he wrote %s", kinds(said.Events))
	}
	_, err := w.Desk.OpenFile(t.Context(), visitorOf(t, w, v).Viewer(), file.ID, false)
	wantKind(t, "the file of a proposal to the visitor", err, chat.Missing)
	seq := said.Events[0].Seq

	errs := make([]error, 2)
	var both sync.WaitGroup
	for i, host := range []chat.Agent{ann, sue} {
		both.Go(func() { _, errs[i] = w.Desk.Release(t.Context(), host, c, w.Key(), seq, "Please restart it.") })
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("released by %v and %v; want one of them", errs[0], errs[1])
	}
	message := last[chat.Said](t, w, c, chat.KindMessage)
	if message.Text != "Please restart it." || !message.Reworded || message.Proposal != seq {
		t.Errorf("the message is %+v", message)
	}
	opened := must[desk.OpenedFile](t)(w.Desk.OpenFile(t.Context(), visitorOf(t, w, v).Viewer(), file.ID, false))
	_ = opened.Content.Close()
	seen := asText(t, viewed(t, w, v))
	for _, hidden := range []string{"canary", "proposal", "expert", "reworded", "released"} {
		if strings.Contains(seen, hidden) {
			t.Errorf("the visitor reads %q in %s", hidden, seen)
		}
	}
	// Taking it back takes it out of the proposal, too.
	var at int64
	w.Read(func(tx *store.Tx) error {
		s, err := tx.State(c)
		at = s.Conversation.Last.Seq
		return err
	})
	_, err = w.Desk.EditMessage(t.Context(), bob, c, w.Key(), at, "past the host")
	wantKind(t, "editing past the host", err, chat.Denied)
	must[desk.Done](t)(w.Desk.RedactMessage(t.Context(), bob, c, w.Key(), at))
	if proposal := last[chat.Said](t, w, c, chat.KindProposal); proposal.Text != "" {
		t.Errorf("the proposal still holds %q", proposal.Text)
	}
}

// The lead leaves: who has been in it the longest and is no scribe leads, and the
// visitor is told of both unless the site keeps joins and leaves to itself.
func TestLeave_TheLeadHasAnHeir(t *testing.T) {
	t.Parallel()
	for _, quiet := range []bool{false, true} {
		w := desktest.New(t)
		must[chat.Site](t)(w.Desk.ChangeSite(t.Context(), w.Owner, w.Site.ID, func(s chat.Site) chat.Site { s.QuietJoins = quiet; return s }))
		ann, bob, cleo := w.Agent("Ann", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Cleo", chat.Member)
		v, c := w.Taken(ann)
		later(w, 20*time.Second, ann, bob, cleo)
		_, err := w.Desk.Leave(t.Context(), ann, c, w.Key())
		wantKind(t, "leaving alone", err, chat.Conflict)
		come(t, w, ann, bob, c, chat.Scribe)
		_, err = w.Desk.Leave(t.Context(), ann, c, w.Key())
		wantKind(t, "leaving a scribe behind", err, chat.Conflict)
		come(t, w, ann, cleo, c, "")
		left := must[desk.Done](t)(w.Desk.Leave(t.Context(), ann, c, w.Key()))
		if kinds(left.Events) != "assign leave" {
			t.Errorf("it made %s", kinds(left.Events))
		}
		var s chat.State
		w.Read(func(tx *store.Tx) (err error) { s, err = tx.State(c); return err })
		if s.Thread.Lead != cleo.ID || !slices.Equal(s.Thread.Members, []chat.AgentID{bob.ID}) || s.Thread.RoleOf(bob.ID) != chat.Scribe {
			t.Errorf("thread %+v", s.Thread)
		}
		seen := viewed(t, w, v)
		if told := strings.Contains(asText(t, seen), `"kind":"leave"`); told == quiet {
			t.Errorf("quiet %v: the visitor is told %v", quiet, told)
		}
	}
}

// An open invitation keeps half a place: nobody is asked beyond his limit.
func TestInviteIn_KeepsTheRoomOfWhoIsAsked(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann, bob := w.Agent("Ann", chat.Member), w.Agent("Bob", chat.Member)
	one := 1
	must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, bob.ID, desk.AgentChange{Limit: &one}))
	later(w, 20*time.Second, ann, bob)
	chats := make([]chat.ConversationID, 3)
	for i := range chats {
		_, chats[i] = w.Taken(ann)
	}
	invited(t, w, ann, chats[0], desk.Inviting{Agent: bob.ID})
	invited(t, w, ann, chats[1], desk.Inviting{Agent: bob.ID})
	_, err := w.Desk.InviteIn(t.Context(), ann, chats[2], desk.Inviting{Key: w.Key(), Agent: bob.ID})
	wantKind(t, "a third half", err, chat.Conflict)
	_, c := w.Arrives("hello")
	_, err = w.Desk.Take(t.Context(), bob, c, desk.Taking{Key: w.Key()})
	wantKind(t, "taking one more", err, chat.Conflict)
}
