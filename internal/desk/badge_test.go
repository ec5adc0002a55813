package desk_test

import (
	"encoding/json"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// agentFacts are what the team was told of an agent, oldest first.
func agentFacts(w *desktest.World, id chat.AgentID) (told []chat.Event) {
	for _, e := range w.Log(chat.TeamConversation) {
		if a, _ := chat.Decode[chat.Agent](e); e.Kind == chat.KindAgent && a.ID == id {
			told = append(told, e)
		}
	}
	return told
}

// dueNow are the jobs of a kind that are due; they stay due, as after a crash.
func dueNow(w *desktest.World, kind string) (due [][]byte) {
	now := chat.Micros(w.Clock.Now())
	w.Write(func(tx *store.Tx) error {
		jobs, err := tx.ClaimJobs(now, now, 100)
		for _, j := range jobs {
			if j.Kind == kind {
				due = append(due, j.Body)
			}
		}
		return err
	})
	return due
}

func TestBadge_EndsByItselfOnceOverRestartsAndNodes(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, w *desktest.World) {
		ann := w.Agent("Ann", chat.Member)
		lunch := chat.Badge{Emoji: "🥪", Text: "lunch", Until: chat.Micros(w.Clock.Now().Add(time.Hour))}
		if _, err := w.Desk.SetBadge(t.Context(), ann, lunch); err != nil {
			t.Fatal(err)
		}
		before := len(agentFacts(w, ann.ID))
		if early := dueNow(w, desk.JobEndBadge); len(early) != 0 {
			t.Fatal("the job is due at once")
		}
		if got := agentNow(w, ann.ID); got.Badge != lunch || got.Status != ann.Status {
			t.Errorf("stored %+v", got)
		}
		w.Clock.Advance(time.Hour)
		due := dueNow(w, desk.JobEndBadge)
		if len(due) != 1 {
			t.Fatalf("%d jobs end it", len(due))
		}
		here, there := w.Restart(), w.Node("n2")
		end := func(d *desk.Desk) func() error { return func() error { return d.EndBadge(t.Context(), due[0]) } }
		if n := atOnce(t, end(here), end(there), end(here), end(there)); n != 4 {
			t.Errorf("%d of 4 runs went through", n)
		}
		told := agentFacts(w, ann.ID)[before:]
		if len(told) != 1 || told[0].Actor.Kind != chat.BySystem {
			t.Errorf("its end was told %d times: %+v", len(told), told)
		}
		if got := agentNow(w, ann.ID); got.Badge != (chat.Badge{}) || got.Status != ann.Status {
			t.Errorf("afterwards %+v", got)
		}
	})
}

// What stands at a name and what routing goes by do not touch each other.
func TestBadge_StaysWhileStatusAndNameChange(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann", chat.Member)
	noon := w.Clock.Now()
	first, second := chat.Micros(noon.Add(time.Hour)), chat.Micros(noon.Add(2*time.Hour))
	_, err := w.Desk.SetBadge(t.Context(), ann, chat.Badge{Text: "at the dentist", Until: second})
	check(t, err)
	_, err = w.Desk.SetUndisturbed(t.Context(), ann, first)
	check(t, err)
	away, err := w.Desk.SetStatus(t.Context(), ann, desk.NewStatus{Status: chat.Away, Until: chat.Micros(noon.Add(10 * time.Minute))})
	check(t, err)
	if away.Badge.Text == "" || away.Undisturbed != first {
		t.Errorf("the status took the marks away: %+v", away)
	}
	w.Clock.Advance(10 * time.Minute)
	body, _ := json.Marshal(map[string]any{"agent": ann.ID})
	check(t, w.Desk.EndStatus(t.Context(), body))
	check(t, w.Desk.EndBadge(t.Context(), body)) // too early
	if got := agentNow(w, ann.ID); got.Badge.Text == "" || got.Undisturbed != first || got.Status == chat.Away {
		t.Errorf("after the break %+v", got)
	}
	w.Clock.Advance(50 * time.Minute)
	for _, due := range dueNow(w, desk.JobEndBadge) {
		check(t, w.Desk.EndBadge(t.Context(), due))
	}
	if got := agentNow(w, ann.ID); got.Badge.Text == "" || got.Undisturbed != 0 {
		t.Errorf("after the first end %+v", got)
	}
	w.Clock.Advance(time.Hour)
	for _, due := range dueNow(w, desk.JobEndBadge) {
		check(t, w.Desk.EndBadge(t.Context(), due))
	}
	if got := agentNow(w, ann.ID); got.Badge != (chat.Badge{}) {
		t.Errorf("the second end was forgotten: %+v", got.Badge)
	}
}

func TestBadge_IsForEverybodyOfTheTeam(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	cal := aColleague(w, "Cal")
	marked, err := w.Desk.SetBadge(t.Context(), cal, chat.Badge{Emoji: "📦"})
	check(t, err)
	if marked.Badge.Emoji != "📦" {
		t.Errorf("%+v", marked)
	}
	off, err := w.Desk.SetBadge(t.Context(), cal, chat.Badge{})
	check(t, err)
	if off.Badge != (chat.Badge{}) {
		t.Errorf("it cannot be taken off: %+v", off.Badge)
	}
	before := len(agentFacts(w, cal.ID))
	_, err = w.Desk.SetBadge(t.Context(), cal, chat.Badge{})
	check(t, err)
	if n := len(agentFacts(w, cal.ID)) - before; n != 0 {
		t.Errorf("nothing changed, and the team was told of it %d times", n)
	}
}

// Who does not want to be disturbed takes chats as before.
func TestUndisturbed_ChangesNothingAboutNewChats(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann", chat.Member)
	offering(w, routing.Rules{Distribution: routing.Distribution{Method: routing.LeastBusy}})
	w.Connect(ann)
	_, err := w.Desk.SetUndisturbed(t.Context(), ann, chat.Micros(w.Clock.Now().Add(time.Hour)))
	check(t, err)
	_, c := w.Arrives("anybody there?")
	w.Route()
	if th := w.State(c).Thread; th == nil || th.Lead != ann.ID && len(th.Offers) == 0 {
		t.Errorf("nobody was asked: %+v", th)
	}
}
