package desk_test

import (
	"slices"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// colleague puts somebody into the team who answers no visitors.
func aColleague(w *desktest.World, name string) chat.Agent {
	a := w.Agent(name, chat.Colleague, "g_none")
	a.Groups = []chat.GroupID{}
	w.Write(func(tx *store.Tx) error { return tx.SaveAgent(a) })
	return a
}

func TestColleague_TalksAndSeesNoChatButOneThatHeIsLetInto(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ctx := t.Context()
	ada, cal := w.Agent("Ada", chat.Member), aColleague(w, "Cal")
	_, c := w.Taken(ada) // the group is open: every agent sees it
	w.Arrives("anybody?")
	if _, err := w.Desk.Conversation(ctx, cal, c); !chat.IsKind(err, chat.Missing) {
		t.Errorf("he opens a chat of an open group: %v", err)
	}
	in, err := w.Desk.Inbox(ctx, cal, desk.ListAll)
	if err != nil || len(in.Page.Rows) != 0 || in.Counts != (store.Counts{}) {
		t.Errorf("his inbox holds %d chats and counts %+v, %v", len(in.Page.Rows), in.Counts, err)
	}
	open, _, err := w.Desk.MakeChannel(ctx, cal, desk.NewChannel{Key: w.Key(), Name: "Warehouse", With: []chat.AgentID{ada.ID}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.SayInTalk(ctx, cal, open, desk.Line{Key: w.Key(), Text: "hello"}); err != nil {
		t.Error(err)
	}
	if _, err := w.Desk.SayInTalk(ctx, ada, open, desk.Line{Key: w.Key(), Text: "look", Cards: []chat.Reference{{Conversation: c}}}); err != nil {
		t.Error(err)
	}
	if card, err := w.Desk.ReferenceCard(ctx, cal, chat.Reference{Conversation: c}); err != nil || card.Open {
		t.Errorf("a card shows him %+v, %v", card, err)
	}
	if _, err := w.Desk.Grant(ctx, ada, c, w.Key(), cal.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.AddNote(ctx, cal, c, desk.Message{Key: w.Key(), Text: "it is on its way"}); err != nil {
		t.Errorf("who is let into it writes no note: %v", err)
	}
	if card, err := w.Desk.ReferenceCard(ctx, cal, chat.Reference{Conversation: c}); err != nil || !card.Open {
		t.Errorf("the card of what he is let into: %+v, %v", card, err)
	}
	for what, act := range map[string]func() error{
		"answers the visitor": func() error { return second(w.Desk.PostMessage(ctx, cal, c, desk.Message{Key: w.Key(), Text: "x"})) },
		"joins":               func() error { return second(w.Desk.Join(ctx, cal, c, w.Key())) },
		"closes":              func() error { return second(w.Desk.Close(ctx, cal, c, w.Key())) },
		"takes chats":         func() error { return second(w.Desk.SetStatus(ctx, cal, desk.NewStatus{Status: chat.Accepting})) },
		"is asked in": func() error {
			return second(w.Desk.InviteIn(ctx, ada, c, desk.Inviting{Key: w.Key(), Agent: cal.ID}))
		},
		"is passed a chat": func() error {
			return second(w.Desk.Transfer(ctx, ada, c, desk.Transfer{Key: w.Key(), To: chat.Target{Kind: chat.ToAgent, Agent: cal.ID}, Reason: "x"}))
		},
	} {
		if err := act(); !chat.IsKind(err, chat.Denied) && !chat.IsKind(err, chat.Missing) && !chat.IsKind(err, chat.Invalid) && !chat.IsKind(err, chat.Conflict) {
			t.Errorf("he %s: %v", what, err)
		}
	}
	board, err := w.Desk.Board(ctx, ada)
	if err != nil || slices.ContainsFunc(board.Agents, func(s desk.BoardAgent) bool { return s.Agent == cal.ID }) {
		t.Errorf("he stands on the board: %v", err)
	}
	targets, err := w.Desk.Targets(ctx, ada, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range targets.Agents {
		if a.Agent == cal.ID {
			t.Error("he is offered as a target")
		}
	}
}

// Nobody has to be asked for a way out: what he was let or added into, he leaves himself.
func TestColleague_LeavesWhatHeWasLetInto(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ctx := t.Context()
	ada, cal := w.Agent("Ada", chat.Member), aColleague(w, "Cal")
	_, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Grant(ctx, ada, c, w.Key(), cal.ID))
	must[desk.Conversation](t)(w.Desk.Conversation(ctx, cal, c))
	must[desk.Done](t)(w.Desk.Revoke(ctx, cal, c, w.Key(), cal.ID))
	_, err := w.Desk.Conversation(ctx, cal, c)
	wantKind(t, "the chat that he left", err, chat.Missing)
	closed, _, err := w.Desk.MakeChannel(ctx, ada, desk.NewChannel{Key: w.Key(), Name: "Audit", Closed: true, With: []chat.AgentID{cal.ID}})
	if err != nil {
		t.Fatal(err)
	}
	must[desk.OpenedTalk](t)(w.Desk.Talk(ctx, cal, closed))
	must[desk.Done](t)(w.Desk.LeaveTalk(ctx, cal, closed, w.Key()))
	_, err = w.Desk.Talk(ctx, cal, closed)
	wantKind(t, "the closed channel that he left", err, chat.Missing)
}

func TestColleague_IsInNoGroupAndHandsHisChatsOnFirst(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ctx := t.Context()
	ada, bob := w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member)
	_, c := w.Taken(ada)
	role := chat.Colleague
	if _, err := w.Desk.ChangeAgent(ctx, w.Owner, ada.ID, desk.AgentChange{Role: &role}); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("who leads a chat becomes a colleague: %v", err)
	}
	if _, err := w.Desk.Close(ctx, ada, c, w.Key()); err != nil {
		t.Fatal(err)
	}
	after, err := w.Desk.ChangeAgent(ctx, w.Owner, ada.ID, desk.AgentChange{Role: &role})
	if err != nil || len(after.Groups) != 0 || after.Rights != ada.Rights+1 {
		t.Errorf("she became %+v, %v", after, err)
	}
	if _, err := w.Desk.Conversation(ctx, after, c); !chat.IsKind(err, chat.Missing) {
		t.Errorf("she opens what she led: %v", err)
	}
	_, err = w.Desk.SetMembers(ctx, w.Owner, w.Group.ID, []desk.Membership{{Agent: bob.ID}, {Agent: ada.ID}})
	if !chat.IsKind(err, chat.Invalid) {
		t.Errorf("a colleague is put into a group: %v", err)
	}
	if _, _, err := w.Desk.Invite(ctx, w.Owner, desk.Invitation{Email: "new@team.example", Role: chat.Colleague, Groups: []chat.GroupID{w.Group.ID}}); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("a colleague is invited into a group: %v", err)
	}
	if _, _, err := w.Desk.Invite(ctx, w.Owner, desk.Invitation{Email: "new@team.example", Role: chat.Colleague}); err != nil {
		t.Error(err)
	}
}
