package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// sittings plays a conversation of two sittings that are over, and one that ada
// leads.
func sittings(t *testing.T, w *desktest.World, ada chat.Agent) (desktest.Visitor, chat.ConversationID) {
	t.Helper()
	v, c := w.Taken(ada)
	for range 2 {
		must[desk.Done](t)(w.Desk.PostMessage(t.Context(), ada, c, says(w, "bye")))
		must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, w.Key()))
		v.Says("hello again")
		must[desk.Done](t)(w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: w.Key(), Over: true}))
	}
	return v, c
}

func threads(w *desktest.World, c chat.ConversationID) (all []chat.Thread) {
	w.Read(func(tx *store.Tx) (err error) {
		all, err = tx.Threads(c)
		return err
	})
	return all
}

func setPolicy(t *testing.T, w *desktest.World, p chat.Policy) {
	t.Helper()
	must[desk.ManagedGroup](t)(w.Desk.ChangeGroup(t.Context(), w.Owner, w.Group.ID, desk.GroupChange{Policy: &p}))
}

func TestPolicy_OpenThreadsAtOnceAndTheOthersByAJob(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	_, c := sittings(t, w, ada)
	_, closed := w.Taken(ada)
	must[desk.Done](t)(w.Desk.Close(t.Context(), ada, closed, w.Key()))
	before := len(w.Log(c))
	setPolicy(t, w, chat.PolicyLead)
	policies := func() (got []chat.Policy) {
		for _, th := range append(threads(w, c), threads(w, closed)...) {
			got = append(got, th.Policy)
		}
		return got
	}
	const open, lead = chat.PolicyOpen, chat.PolicyLead
	if diff := cmp.Diff([]chat.Policy{open, open, lead, open}, policies()); diff != "" {
		t.Errorf("at once (-want +got):\n%s", diff)
	}
	if th := w.State(c).Thread; th.Lead != ada.ID || th.State != chat.Active {
		t.Errorf("the lead has %+v", th)
	}
	w.Relabel()
	if diff := cmp.Diff([]chat.Policy{lead, lead, lead, lead}, policies()); diff != "" {
		t.Errorf("after the job (-want +got):\n%s", diff)
	}
	told := w.Log(c)[before:]
	if kinds(told) != "thread.policy thread.policy thread.policy" {
		t.Fatalf("told %s", kinds(told))
	}
	for i, th := range []int{2, 0, 1} { // the open one first
		body := must[chat.PolicyChanged](t)(chat.Decode[chat.PolicyChanged](told[i]))
		if want := threads(w, c)[th]; told[i].Thread != want.ID || told[i].Audience != chat.ForAgents || body.Past != (th < 2) || !cmp.Equal(body.Access.After, want.Access(), cmpopts.EquateEmpty()) {
			t.Errorf("event %d is %+v of thread %s, want it of %+v", i, body, told[i].Thread, want)
		}
	}
}

// A job that was not acknowledged runs again, one that has too little time goes
// on later, and what comes last counts.
func TestRelabel_MayRunTwiceAndStopAnywhere(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	_, c := sittings(t, w, ada)
	setPolicy(t, w, chat.PolicyLead)
	setPolicy(t, w, chat.PolicyGroup)
	job := []byte(`{"group":"` + string(w.Group.ID) + `"}`)
	late, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := w.Desk.Relabel(late, job); err != nil {
		t.Fatal(err)
	}
	if got := threads(w, c)[0].Policy; got != chat.PolicyOpen {
		t.Errorf("without time for a page a thread became %s", got)
	}
	w.Relabel()
	head := w.State(c).Conversation.Head
	for range 2 {
		if err := w.Desk.Relabel(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	for _, th := range threads(w, c) {
		if th.Policy != chat.PolicyGroup {
			t.Errorf("thread %d is %s", th.Number, th.Policy)
		}
	}
	if now := w.State(c).Conversation.Head; now != head {
		t.Errorf("running it again made %d events", now-head)
	}
}

// add appends events past the desk.
func add(w *desktest.World, tx *store.Tx, s *chat.State, events []chat.Event) error {
	for i := range events {
		events[i].ID = chat.EventID("e_" + w.Key())
	}
	return tx.Append(*s, s.Add(chat.ThreadID("t_"+w.Key()), events))
}

func TestRelabel_ReachesMoreThanAPage(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	v, c := w.Arrives("hello")
	w.Write(func(tx *store.Tx) error { // a visitor who came six hundred times
		s, err := tx.Lock(c)
		for n := 0; n < 600 && err == nil; n++ {
			over, closeErr := chat.Close(s, chat.System(), chat.Resolved, 0, w.Clock.Now())
			err = errors.Join(closeErr, add(w, tx, &s, over))
			again, postErr := chat.Post(s, chat.Actor{Kind: chat.ByVisitor}, chat.NewMessage{Text: "again", Begin: chat.Beginning{Group: w.Group}}, w.Clock.Now())
			err = errors.Join(err, postErr, add(w, tx, &s, again))
		}
		return err
	})
	v.Says("and again")
	setPolicy(t, w, chat.PolicyLead)
	w.Relabel()
	behind := 0
	for _, th := range threads(w, c) {
		if th.Policy != chat.PolicyLead {
			behind++
		}
	}
	if n := len(threads(w, c)); n != 601 || behind > 0 {
		t.Errorf("%d of %d threads are seen as before", behind, n)
	}
}

// Whoever asks for a chat to be seen by fewer means those that are being talked
// now, too: also while they change.
func TestPolicy_HoldsForWhatIsBegunAndTakenMeanwhile(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Supervisor) // who may have more than her limit
	done := make(chan chat.ConversationID)
	for range 8 {
		go func() {
			_, c := w.Arrives("hello")
			if _, err := w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: w.Key(), Over: true}); err != nil {
				t.Errorf("she takes %s: %v", c, err)
			}
			done <- c
		}()
	}
	setPolicy(t, w, chat.PolicyLead)
	for range 8 {
		c := <-done
		if th := w.State(c).Thread; th.Policy != chat.PolicyLead || th.Lead != ada.ID {
			t.Errorf("a thread is %s, led by %q", th.Policy, th.Lead)
		}
	}
}
