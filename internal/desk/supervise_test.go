package desk_test

import (
	"errors"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// supervised is a world of two lead-only groups with a lead in each, and Sid, who
// supervises the first and is a plain member of the second.
type supervised struct {
	*desktest.World
	t             *testing.T
	sid, ada, ben chat.Agent
	here, there   chat.ConversationID
	other, mine   chat.GroupID
}

func newSupervised(t *testing.T) *supervised {
	t.Helper()
	w := desktest.New(t)
	offering(w, routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}})
	w.SetPolicy(chat.PolicyLead)
	other := chat.Group{ID: "g_other", Name: "Other", Policy: chat.PolicyLead, Rules: routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}}.Raw()}
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(other) })
	s := &supervised{World: w, t: t, other: other.ID, mine: w.Group.ID}
	s.ada, s.ben = w.Agent("Ada", chat.Member), w.Agent("Ben", chat.Member, other.ID)
	s.sid = w.Agent("Sid", chat.Member, s.mine, s.other)
	w.Connect(s.ada, s.ben, s.sid)
	s.become(chat.ClassSupervisor)
	_, s.here = w.Taken(s.ada)
	s.there = s.elsewhere()
	must[desk.Done](t)(w.Desk.Take(t.Context(), s.ben, s.there, desk.Taking{Key: w.Key()}))
	return s
}

// elsewhere is a chat that waits in the other group.
func (s *supervised) elsewhere() chat.ConversationID {
	s.t.Helper()
	m := desk.VisitorMessage{Key: s.Key(), Text: "hi", Arrival: chat.Arrival{Group: s.other}}
	return must[desk.VisitorDone](s.t)(s.Desk.PostAsVisitor(s.t.Context(), s.Visitor().Caller, m)).Visitor.Conversation
}

// become gives Sid another class in his group.
func (s *supervised) become(c chat.Class) {
	s.t.Helper()
	must[desk.ManagedGroup](s.t)(s.Desk.SetMembers(s.t.Context(), s.Owner, s.mine, []desk.Membership{{Agent: s.Owner.ID}, {Agent: s.ada.ID}, {Agent: s.sid.ID, Class: c}}))
	s.sid = agentNow(s.World, s.sid.ID)
}

func TestSupervise_BeginsAndEndsWithTheClass(t *testing.T) {
	t.Parallel()
	s := newSupervised(t)
	ctx := t.Context()
	sees := func() (all [2]bool) {
		for i, c := range []chat.ConversationID{s.here, s.there} {
			_, _, err := s.Desk.Events(ctx, s.sid, c, desk.Span{Limit: 10})
			if all[i] = err == nil; err != nil && !chat.IsKind(err, chat.Missing) {
				t.Fatal(err)
			}
		}
		return all
	}
	rights := s.sid.Rights
	if got := sees(); got != [2]bool{true, false} {
		t.Errorf("the supervisor of the first group sees %v of both groups' led chats", got)
	}
	must[desk.Done](t)(s.Desk.Watch(ctx, s.sid, s.here, s.Key()))
	if s.become(chat.ClassFirst); s.sid.Rights != rights+1 {
		t.Errorf("rights counted from %d to %d", rights, s.sid.Rights)
	}
	if got := sees(); got != [2]bool{} {
		t.Errorf("afterwards he sees %v", got)
	}
	if err := s.Desk.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if now := watches(s.World); len(now) != 0 {
		t.Errorf("he goes on watching: %+v", now)
	}
	s.become(chat.ClassSupervisor)
	if got := sees(); got != [2]bool{true, false} {
		t.Errorf("a supervisor again sees %v", got)
	}
	if got := last[chat.Agent](t, s.World, chat.TeamConversation, chat.KindAgent); got.ID != s.sid.ID || got.Rights != rights+2 {
		t.Errorf("the team, and with it his devices, is told %+v", got)
	}
}

// TestSupervise_ReadsWhatIsToldOfHisGroupAlone: the log of watching, and how single
// colleagues kept their promises.
func TestSupervise_ReadsWhatIsToldOfHisGroupAlone(t *testing.T) {
	t.Parallel()
	s := newSupervised(t)
	ctx := t.Context()
	for c, lead := range map[chat.ConversationID]chat.Agent{s.here: s.ada, s.there: s.ben} {
		must[desk.Done](t)(s.Desk.Watch(ctx, s.Owner, c, s.Key()))
		must[desk.Done](t)(s.Desk.Unwatch(ctx, s.Owner, c, s.Key()))
		to := chat.Target{Kind: chat.ToGroup, Group: s.State(c).Thread.Group}
		must[desk.Done](t)(s.Desk.Hold(ctx, lead, c, desk.Hold{Transfer: desk.Transfer{Key: s.Key(), To: to, Reason: "x"}, Way: chat.HeldWait, Deviation: "later is better", Due: s.Clock.Now().Add(time.Hour)}))
		must[desk.Done](t)(s.Desk.PassPromise(ctx, s.Owner, c, s.Key(), lead.ID, "x"))
	}
	for who, want := range map[*chat.Agent]int{&s.Owner: 2, &s.sid: 1} {
		all := must[desk.ObservationPage](t)(s.Desk.Observations(ctx, *who, desk.Observations{})).Observations
		if len(all) != want || want == 1 && all[0].Group != s.mine {
			t.Errorf("%s reads %+v", who.Name, all)
		}
		watched := 0
		for _, h := range must[[]desk.WatchHours](t)(s.Desk.WatchHours(ctx, *who, 30)) {
			watched += h.Watched
			if want == 1 && h.Agent == s.ben.ID {
				t.Errorf("%s reads of another group's %+v", who.Name, h)
			}
		}
		if watched != want {
			t.Errorf("%s reads hours of %d watches, want %d", who.Name, watched, want)
		}
		singles := 0
		for _, k := range must[[]desk.Kept](t)(s.Desk.KeptPromises(ctx, *who, 30)) {
			if k.Owner != "" {
				if singles++; want == 1 && k.Group != s.mine {
					t.Errorf("%s reads of %+v", who.Name, k)
				}
			}
		}
		if singles != want {
			t.Errorf("%s reads the figures of %d colleagues, want %d", who.Name, singles, want)
		}
	}
	s.become(chat.ClassNormal)
	_, err := s.Desk.Observations(ctx, s.sid, desk.Observations{})
	wantKind(t, "a member reads all", err, chat.Denied)
}

// TestSupervise_PassesOverLimitsInHisGroupAlone: above his own limit, and against the
// group's agreement.
func TestSupervise_PassesOverLimitsInHisGroupAlone(t *testing.T) {
	t.Parallel()
	s := newSupervised(t)
	ctx := t.Context()
	s.Write(func(tx *store.Tx) error {
		s.sid.Limit = 1
		g, err := tx.Group(s.mine)
		g.Rules = routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}, Share: &routing.Agreement{Most: 1}}.Raw()
		return errors.Join(err, tx.SaveAgent(s.sid), tx.SaveGroup(g))
	})
	s.Connect(s.sid)
	s.Taken(s.sid)
	_, waits := s.Arrives("hello")
	_, err := s.Desk.Take(ctx, s.sid, s.elsewhere(), desk.Taking{Key: s.Key(), Over: true})
	wantKind(t, "one above his limit, of another group", err, chat.Conflict)
	_, err = s.Desk.Take(ctx, s.sid, waits, desk.Taking{Key: s.Key()})
	wantKind(t, "one more than was agreed, without a word", err, chat.Denied)
	done := must[desk.Done](t)(s.Desk.Take(ctx, s.sid, waits, desk.Taking{Key: s.Key(), Over: true}))
	if th := s.State(waits).Thread; len(done.Events) == 0 || th.Lead != s.sid.ID || !th.Over {
		t.Errorf("in his group he has %+v", th)
	}
}
