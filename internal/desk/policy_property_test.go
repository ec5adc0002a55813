package desk_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// shuffle is a workspace in which groups, members, policies and chats change at
// random.
type shuffle struct {
	*desktest.World
	t      *testing.T
	rng    *rand.Rand
	agents []chat.AgentID
	talks  []chat.ConversationID
	guests map[chat.ConversationID]desktest.Visitor
}

// Whatever a team does to its groups: lists, counters, conversations, events and
// search give each agent exactly what the one access function admits, at every
// moment; and in the end every Thread is seen as its group says.
func TestPolicy_NoReaderIsGivenWhatTheAccessFunctionDenies(t *testing.T) {
	t.Parallel()
	seeds, steps := uint64(8), 90
	if testing.Short() {
		seeds, steps = 2, 40
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := &shuffle{World: desktest.New(t), t: t, rng: rand.New(rand.NewPCG(seed, 3)), guests: map[chat.ConversationID]desktest.Visitor{}}
			s.agents = []chat.AgentID{s.Owner.ID}
			s.Connect(s.Owner)
			for _, name := range []string{"Ann", "Bob", "Eve"} {
				a := s.Agent(name, chat.Member)
				s.agents = append(s.agents, a.ID)
				s.Connect(a)
			}
			for step := range steps {
				what := s.act()
				s.Numbered()
				truth := s.look()
				for _, id := range s.agents {
					if s.compare(agentNow(s.World, id), truth); t.Failed() {
						t.Fatalf("after step %d, %s", step, what)
					}
				}
			}
			s.Relabel()
			s.settled()
		})
	}
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// act does something; what is refused changes nothing.
func (s *shuffle) act() string {
	s.t.Helper()
	ctx, groups := s.t.Context(), must[[]desk.ManagedGroup](s.t)(s.Desk.Groups(s.t.Context(), s.Owner))
	g, me := pick(s.rng, groups), agentNow(s.World, pick(s.rng, s.agents))
	switch n := s.rng.IntN(30); n {
	case 0:
		_, err := s.Desk.AddGroup(ctx, s.Owner, desk.GroupChange{Name: new("Group " + s.Key()), Policy: new(chat.PolicyGroup)})
		return fmt.Sprintf("a group is made: %v", err)
	case 1, 2:
		p, stub := pick(s.rng, []chat.Policy{chat.PolicyOpen, chat.PolicyGroup, chat.PolicyLead}), s.rng.IntN(2) == 0
		_, err := s.Desk.ChangeGroup(ctx, s.Owner, g.ID, desk.GroupChange{Policy: &p, Stub: &stub})
		return fmt.Sprintf("%s becomes %s: %v", g.ID, p, err)
	case 3:
		var members []desk.Membership
		for _, a := range s.agents {
			if s.rng.IntN(2) == 0 {
				members = append(members, desk.Membership{Agent: a, Class: pick(s.rng, []chat.Class{"", chat.ClassFirst, chat.ClassSupervisor})})
			}
		}
		_, err := s.Desk.SetMembers(ctx, s.Owner, g.ID, members)
		return fmt.Sprintf("%s has members %v: %v", g.ID, members, err)
	case 4:
		heir := pick(s.rng, groups).ID
		return fmt.Sprintf("%s is deleted for %s: %v", g.ID, heir, s.Desk.DeleteGroup(ctx, s.Owner, g.ID, heir))
	case 5:
		s.Relabel()
		return "the job runs"
	case 6, 7:
		v := s.Visitor()
		done := must[desk.VisitorDone](s.t)(s.Desk.PostAsVisitor(ctx, v.Caller, desk.VisitorMessage{Key: s.Key(), Text: "canary", Arrival: chat.Arrival{Group: g.ID}}))
		s.talks, s.guests[done.Visitor.Conversation] = append(s.talks, done.Visitor.Conversation), v
		return "somebody arrives"
	default:
		if len(s.talks) == 0 {
			return "nothing"
		}
		return s.say(ctx, n, me, pick(s.rng, s.talks), g.ID)
	}
}

func (s *shuffle) say(ctx context.Context, n int, me chat.Agent, c chat.ConversationID, g chat.GroupID) string {
	var err error
	if n >= 15 && n < 26 && n != 21 {
		me = s.concerned(c, me, n == 18 || n == 19)
	}
	switch n {
	case 8, 21:
		_, err = s.Desk.Take(ctx, me, c, desk.Taking{Key: s.Key(), Over: true})
	case 9:
		_, err = s.Desk.Join(ctx, me, c, s.Key())
	case 10:
		_, err = s.Desk.AddNote(ctx, me, c, says(s.World, "canary of the team"))
	case 11:
		_, err = s.Desk.Close(ctx, me, c, s.Key())
	case 12:
		_, err = s.Desk.Move(ctx, me, c, desk.Moving{Key: s.Key(), Group: g, Reason: "a reason"})
	case 13:
		called := says(s.World, "canary for a colleague")
		called.Mentions, called.Grant = []chat.AgentID{pick(s.rng, s.agents)}, true
		_, err = s.Desk.AddNote(ctx, me, c, called)
	case 14:
		_, err = s.Desk.Revoke(ctx, me, c, s.Key(), pick(s.rng, s.agents))
	case 15, 16, 22, 23:
		_, err = s.Desk.Transfer(ctx, me, c, desk.Transfer{Key: s.Key(), To: s.target(g), Reason: "a reason"})
	case 17, 24, 25:
		_, err = s.Desk.InviteIn(ctx, me, c, desk.Inviting{Key: s.Key(), Agent: pick(s.rng, s.agents)})
	case 18:
		_, err = s.Desk.Accept(ctx, me, c, s.Key())
	case 19:
		_, err = s.Desk.Decline(ctx, me, c, s.Key(), "no")
	case 20:
		_, err = s.Desk.Hold(ctx, me, c, desk.Hold{Transfer: desk.Transfer{Key: s.Key(), To: s.target(g), Reason: "a reason", Say: "A canary, until tomorrow."}, Way: chat.HeldWait, Deviation: "a canary of a reason"})
	case 28:
		_, err = s.Desk.Ask(ctx, me, c, desk.Asking{Key: s.Key(), Text: "a question?", Agent: pick(s.rng, s.agents), Confirmed: true})
	case 29:
		err = s.answers(ctx, c)
	default:
		s.guests[c].Says("canary again")
	}
	return fmt.Sprintf("%s does %d in %s: %v", me.Name, n, c, err)
}

// answers lets who was asked last answer, whether or not he may see the chat.
func (s *shuffle) answers(ctx context.Context, c chat.ConversationID) error {
	t := s.State(c).Thread
	if t == nil || len(t.SideTalks) == 0 {
		return nil
	}
	to := t.SideTalks[len(t.SideTalks)-1]
	_, err := s.Desk.SayInTalk(ctx, agentNow(s.World, to.Agent), to.Talk, desk.Line{Key: s.Key(), Text: "an answer", ReplyTo: to.Message})
	return err
}

// concerned is mostly who leads the chat, or whom it is passed to.
func (s *shuffle) concerned(c chat.ConversationID, otherwise chat.Agent, asked bool) chat.Agent {
	t := s.State(c).OpenThread()
	if t == nil || t.Lead == "" || s.rng.IntN(4) == 0 {
		return otherwise
	}
	if len(t.Offers) > 0 && asked {
		return agentNow(s.World, pick(s.rng, t.Offers).Agent)
	}
	return agentNow(s.World, t.Lead)
}

func (s *shuffle) target(g chat.GroupID) chat.Target {
	if s.rng.IntN(3) == 0 {
		return chat.Target{Kind: chat.ToGroup, Group: g}
	}
	return chat.Target{Kind: chat.ToAgent, Agent: pick(s.rng, s.agents)}
}

// talk is a Conversation as it is: its state, its log, and the Access of each
// Thread.
type talk struct {
	id     chat.ConversationID
	state  chat.State
	log    []chat.Event
	access map[chat.ThreadID]chat.Access
}

func (s *shuffle) look() []talk {
	all := make([]talk, len(s.talks))
	for i, c := range s.talks {
		all[i] = talk{c, s.State(c), s.Log(c), map[chat.ThreadID]chat.Access{}}
		for _, th := range threads(s.World, c) {
			all[i].access[th.ID] = th.Access()
		}
	}
	return all
}

// compare reads everything as an agent, and works out what he may see from the log
// and the Threads alone.
func (s *shuffle) compare(a chat.Agent, truth []talk) {
	s.t.Helper()
	ctx, v := s.t.Context(), a.Viewer()
	wantRows, wantHits, open := map[chat.ConversationID]bool{}, map[string]bool{}, 0
	for _, is := range truth {
		c, newest, want := is.id, is.state, []int64{}
		for _, e := range is.log {
			if !chat.Visible(e, is.access[e.Thread], v) {
				continue
			}
			want = append(want, e.Seq)
			if (e.Kind == chat.KindMessage || e.Kind == chat.KindNote) && strings.Contains(string(e.Body), "canary") {
				wantHits[fmt.Sprint(c, e.Seq)] = true
			}
		}
		events, _, err := s.Desk.Events(ctx, a, c, desk.Span{Limit: 100})
		admits := newest.Access().Admits(v)
		if !admits && !chat.IsKind(err, chat.Missing) {
			s.t.Errorf("%s opens %s: %v", a.Name, c, err)
		}
		if !admits {
			continue
		}
		if wantRows[c] = true; newest.OpenThread() != nil {
			open++
		}
		got := []int64{}
		for _, e := range events {
			got = append(got, e.Seq)
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			s.t.Errorf("%s reads %s (-want +got): %v\n%s", a.Name, c, err, diff)
		}
	}
	s.compareLists(a, wantRows, open)
	gotHits := map[string]bool{}
	for before, more := int64(0), true; more; more = before != 0 {
		hits, next, err := s.Desk.Search(ctx, a, desk.Sought{Words: "canary", Before: before})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, h := range hits {
			gotHits[fmt.Sprint(h.Event.Conversation, h.Event.Seq)] = true
		}
		before = next
	}
	if diff := cmp.Diff(wantHits, gotHits); diff != "" {
		s.t.Errorf("%s searches (-want +got):\n%s", a.Name, diff)
	}
}

func (s *shuffle) compareLists(a chat.Agent, want map[chat.ConversationID]bool, open int) {
	s.t.Helper()
	got := map[chat.ConversationID]bool{}
	for after, more := "", true; more; more = after != "" {
		page, counts, err := s.Desk.List(s.t.Context(), a, desk.ListAll, after, 100)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, row := range page.Rows {
			got[row.Conversation.ID] = true
		}
		if after = page.Next; counts.All != open {
			s.t.Errorf("%s counts %d open ones, want %d", a.Name, counts.All, open)
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		s.t.Errorf("%s lists (-want +got):\n%s", a.Name, diff)
	}
}

// settled compares every Thread with the group that has it.
func (s *shuffle) settled() {
	s.t.Helper()
	for _, c := range s.talks {
		for _, th := range threads(s.World, c) {
			s.Read(func(tx *store.Tx) error {
				g, err := tx.Group(th.Group)
				if g.Deleted || th.Policy != g.Policy || th.Stub != g.Stub {
					s.t.Errorf("thread %d of %s is %s, stub %v, in %+v", th.Number, c, th.Policy, th.Stub, g)
				}
				return err
			})
		}
	}
}
