package desk_test

import (
	"sync"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// callsForHelp is a chat of Ada's whose help flag she has raised.
func callsForHelp(t *testing.T, w *desktest.World, ada chat.Agent) chat.ConversationID {
	t.Helper()
	_, c := w.Taken(ada)
	must[desk.Done](t)(w.Desk.AskForHelp(t.Context(), ada, c, w.Key(), "refund"))
	return c
}

// TestTakeHelp_OfTwoAtOnceOneHasItAndTheOtherIsToldWho: the flag is nobody's twice.
func TestTakeHelp_OfTwoAtOnceOneHasItAndTheOtherIsToldWho(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, cleo, dan := w.Agent("Ada", chat.Member), w.Agent("Cleo", chat.Supervisor), w.Agent("Dan", chat.Supervisor)
	for range 20 {
		c := callsForHelp(t, w, ada)
		w.Clock.Advance(3 * time.Second)
		var errs [2]error
		var both sync.WaitGroup
		for i, a := range []chat.Agent{cleo, dan} {
			both.Go(func() { _, errs[i] = w.Desk.TakeHelp(t.Context(), a, c, w.Key()) })
		}
		both.Wait()
		first, second, late := cleo, dan, errs[1]
		if errs[0] != nil {
			first, second, late = dan, cleo, errs[0]
		}
		holder, _ := detail[chat.Holder](late)
		if flag := flagOf(w, c); !chat.IsKind(late, chat.Conflict) || holder.Agent != first.ID || flag.TakenBy != first.ID || holder.Since != flag.TakenAt {
			t.Fatalf("%s has %+v, and %s is told %v (%+v)", first.Name, flag, second.Name, late, holder)
		}
		if b := last[chat.HelpTaken](t, w, c, chat.KindHelpTaken); b.WaitedMS != 3000 || b.ByName != first.Name {
			t.Fatalf("told as %+v", b)
		}
	}
}

func TestTakeHelp_IsShownOnTheWallAndOnTheBoard(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, cleo, dan := w.Agent("Ada", chat.Member), w.Agent("Cleo", chat.Supervisor), w.Agent("Dan", chat.Member)
	old := callsForHelp(t, w, ada)
	w.Clock.Advance(time.Minute)
	young := callsForHelp(t, w, ada)
	wall := func(a chat.Agent) (order string, mayHelp int) {
		for _, one := range must[[]desk.WallChat](t)(w.Desk.Wall(t.Context(), a)) {
			order += " " + map[chat.ConversationID]string{old: "old", young: "young"}[one.Row.Conversation.ID]
			if one.MayHelp {
				mayHelp++
			}
		}
		return order, mayHelp
	}
	if order, may := wall(dan); order != " old young" || may != 2 {
		t.Errorf("before: %s, and he may help in %d", order, may)
	}
	must[desk.Done](t)(w.Desk.TakeHelp(t.Context(), cleo, old, w.Key()))
	if order, may := wall(dan); order != " young old" || may != 1 {
		t.Errorf("after: %s, and he may help in %d", order, may)
	}
	chats := agentOn(t, must[desk.Board](t)(w.Desk.Board(t.Context(), dan)), ada.ID).Chats
	if len(chats) != 2 || chats[0].Conversation != young || chats[0].HelpBy != "" || chats[1].HelpBy != cleo.ID {
		t.Errorf("the board shows %+v", chats)
	}
	must[desk.Done](t)(w.Desk.ReturnHelp(t.Context(), cleo, old, w.Key()))
	if order, may := wall(dan); order != " old young" || may != 2 {
		t.Errorf("given back: %s, and he may help in %d", order, may)
	}
	_, err := w.Desk.TakeHelp(t.Context(), ada, old, w.Key())
	wantKind(t, "who asked", err, chat.Denied)
}

// TestTakeHelp_WhoMayNotSeeTheChatDoesNotLearnWhoComes: he knows that there is one
// which asks for help, and no more.
func TestTakeHelp_WhoMayNotSeeTheChatDoesNotLearnWhoComes(t *testing.T) {
	t.Parallel()
	w, ada, bill, sue := boardWorld(t)
	_, c := w.Arrives("a bill")
	moved := must[desk.Done](t)(w.Desk.Move(t.Context(), sue, c, desk.Moving{Key: w.Key(), Group: "g_billing", Reason: "theirs"}))
	if len(moved.Events) == 0 {
		t.Fatal("not moved")
	}
	must[desk.Done](t)(w.Desk.Take(t.Context(), bill, c, desk.Taking{Key: w.Key()}))
	must[desk.Done](t)(w.Desk.AskForHelp(t.Context(), bill, c, w.Key(), "refund"))
	must[desk.Done](t)(w.Desk.TakeHelp(t.Context(), sue, c, w.Key()))
	for _, one := range []struct {
		reader chat.Agent
		by     chat.AgentID
	}{{sue, sue.ID}, {ada, ""}} {
		chats := agentOn(t, must[desk.Board](t)(w.Desk.Board(t.Context(), one.reader)), bill.ID).Chats
		if len(chats) != 1 || chats[0].HelpSince == 0 || chats[0].HelpBy != one.by {
			t.Errorf("%s reads %+v", one.reader.Name, chats)
		}
	}
	_, err := w.Desk.TakeHelp(t.Context(), ada, c, w.Key())
	wantKind(t, "who may not see it", err, chat.Missing)
}

// TestTakeHelp_OfWhoCannotComeAnyMoreIsFree: else everybody would rely on him.
func TestTakeHelp_OfWhoCannotComeAnyMoreIsFree(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, cleo, dan := w.Agent("Ada", chat.Member), w.Agent("Cleo", chat.Supervisor), w.Agent("Dan", chat.Member, "g_other")
	w.Connect(ada, cleo, dan)
	c, shut := callsForHelp(t, w, ada), callsForHelp(t, w, ada)
	must[desk.Done](t)(w.Desk.TakeHelp(t.Context(), cleo, c, w.Key()))
	must[desk.Done](t)(w.Desk.TakeHelp(t.Context(), dan, shut, w.Key()))
	sweep := func() {
		t.Helper()
		if err := w.Desk.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.Disconnect(cleo)
	w.Clock.Advance(40 * time.Second)
	if sweep(); flagOf(w, c).TakenBy != cleo.ID || flagOf(w, shut).TakenBy != dan.ID {
		t.Errorf("after 40 s: %+v, %+v", flagOf(w, c), flagOf(w, shut))
	}
	w.Clock.Advance(10 * time.Second)
	sweep()
	if b := last[chat.HelpReturned](t, w, c, chat.KindHelpReturned); flagOf(w, c).TakenBy != "" || b.By != cleo.ID || b.How != chat.ReturnedGone {
		t.Errorf("who is gone has %+v, told as %+v", flagOf(w, c), b)
	}
	w.Write(func(tx *store.Tx) error {
		s, err := tx.Lock(shut)
		if err != nil {
			return err
		}
		g := w.Group
		g.Policy = chat.PolicyGroup
		e, _ := chat.SetPolicy(*s.Thread, g, chat.System(), w.Clock.Now())
		e.ID = "e_shut"
		return tx.Append(s, s.Add("", []chat.Event{e}))
	})
	w.Clock.Advance(time.Second) // the situation is read anew
	sweep()
	if b := last[chat.HelpReturned](t, w, shut, chat.KindHelpReturned); flagOf(w, shut).TakenBy != "" || b.How != chat.ReturnedAccess {
		t.Errorf("who may not see it has %+v, told as %+v", flagOf(w, shut), b)
	}
	head := w.State(c).Conversation.Head
	if sweep(); w.State(c).Conversation.Head != head {
		t.Error("it is freed twice")
	}
}

// TestHelp_WhoComesTakesIt by whispering, jumping in or taking over, unless that
// settles it.
func TestHelp_WhoComesTakesIt(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	etiquette(w, chat.Etiquette{HelpAfter: 60})
	ada, cleo := w.Agent("Ada", chat.Member), w.Agent("Cleo", chat.Supervisor)
	w.Connect(ada, cleo)
	waits := func() chat.ConversationID {
		t.Helper()
		_, c := w.Taken(ada)
		w.Clock.Advance(61 * time.Second)
		if err := w.Desk.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		return c
	}
	for name, act := range map[string]func(chat.ConversationID) (desk.Done, error){
		"a whisper": func(c chat.ConversationID) (desk.Done, error) {
			must[desk.Done](t)(w.Desk.Watch(t.Context(), cleo, c, w.Key()))
			if by := flagOf(w, c).TakenBy; by != "" {
				t.Errorf("watching alone has told the team of %s", by)
			}
			return w.Desk.Whisper(t.Context(), cleo, c, desk.Message{Key: w.Key(), Text: "ask for the number"})
		},
		"jumping in without a line": func(c chat.ConversationID) (desk.Done, error) {
			return w.Desk.JumpIn(t.Context(), cleo, c, desk.Message{Key: w.Key()})
		},
		"joining": func(c chat.ConversationID) (desk.Done, error) { return w.Desk.Join(t.Context(), cleo, c, w.Key()) },
		"taking over": func(c chat.ConversationID) (desk.Done, error) {
			return w.Desk.TakeOver(t.Context(), cleo, c, desk.TakingOver{Key: w.Key(), From: ada.ID, Reason: "I know him"})
		},
	} {
		c := waits()
		if flagOf(w, c).Cause != chat.HelpWaiting {
			t.Fatalf("%s: the flag is %+v", name, flagOf(w, c))
		}
		must[desk.Done](t)(act(c))
		if got := flagOf(w, c); got.TakenBy != cleo.ID || got.Cause != chat.HelpWaiting {
			t.Errorf("%s leaves %+v", name, got)
		}
		if err := w.Desk.Sweep(t.Context()); err != nil || flagOf(w, c).TakenBy != cleo.ID {
			t.Errorf("%s: after a sweep %+v, %v", name, flagOf(w, c), err)
		}
		lead := ada
		if w.State(c).Thread.Lead == cleo.ID {
			lead = cleo
		}
		must[desk.Done](t)(w.Desk.Close(t.Context(), lead, c, w.Key()))
	}
	c := waits()
	must[desk.Done](t)(w.Desk.JumpIn(t.Context(), cleo, c, desk.Message{Key: w.Key(), Text: "I am here"}))
	if got := flagOf(w, c); got != (chat.Help{}) {
		t.Errorf("jumping in with an answer leaves %+v", got)
	}
	c = callsForHelp(t, w, ada)
	must[desk.Done](t)(w.Desk.TakeOver(t.Context(), cleo, c, desk.TakingOver{Key: w.Key(), From: ada.ID, Reason: "I know him"}))
	if got := flagOf(w, c); got != (chat.Help{}) {
		t.Errorf("taking over from who asked leaves %+v", got)
	}
}
