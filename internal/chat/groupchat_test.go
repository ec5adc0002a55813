package chat_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"earshot/internal/chat"
)

var (
	cleo = chat.Agent{ID: "a_cleo", Name: "Cleo", Role: chat.Member, Groups: []chat.GroupID{"g_2"}}
	dan  = chat.Agent{ID: "a_dan", Name: "Dan", Role: chat.Member, Groups: []chat.GroupID{"g_2"}}
	sue  = chat.Agent{ID: "a_sue", Name: "Sue", Role: chat.Supervisor}
)

// staff are the agents of these tests.
var staff = map[chat.AgentID]chat.Agent{ada.ID: ada, bob.ID: bob, cleo.ID: cleo, dan.ID: dan, sue.ID: sue}

// seldom is true once in so many times.
func seldom(r *rand.Rand, once int) bool { return r.IntN(once) == 0 }

// host is mostly who leads, and member mostly one who is in it: acts of others are
// refused anyway.
func (s *script) host(r *rand.Rand) chat.Agent {
	if th := s.state.OpenThread(); th != nil && th.Lead != "" && !seldom(r, 5) {
		return chat.Agent{ID: th.Lead, Name: "Host"}
	}
	return one(r, ada, bob)
}

func (s *script) member(r *rand.Rand) chat.Agent {
	if th := s.state.OpenThread(); th != nil && len(th.Members) > 0 && !seldom(r, 5) {
		return chat.Agent{ID: one(r, th.Members...), Name: "Member"}
	}
	return one(r, ada, bob, cleo, dan)
}

// groupActs is what people do in a group chat. They draw from a source of their
// own: rapid prefers small numbers, and then little happens.
func groupActs(s *script, r *rand.Rand, now *time.Time) map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"invite": func(t *rapid.T) {
			in := chat.Inviting{Role: one(r, "", chat.Expert, chat.Scribe), Room: chat.Room{Limit: 400}}
			if in.Agent = one(r, ada, bob, cleo, dan); seldom(r, 4) {
				in.Group = chat.Group{ID: one[chat.GroupID](r, "g_1", "g_2"), Name: "Group"}
			}
			_ = s.add(chat.InviteIn(s.state, s.host(r), in, *now))
		},
		"invitation":   func(*rapid.T) { s.invitation(r, *now) },
		"invitation 2": func(*rapid.T) { s.invitation(r, *now) },
		"role": func(t *rapid.T) {
			_ = s.add(chat.SetRole(s.state, s.host(r), s.member(r), one(r, "", chat.Expert, chat.Expert, chat.Scribe), *now))
		},
		"trust": func(t *rapid.T) {
			_ = s.add(chat.Trust(s.state, s.host(r), s.member(r), one(r, 0, 1, 5), *now))
		},
		"member posts": func(t *rapid.T) {
			if s.state.OpenThread() != nil {
				_ = s.add(chat.Post(s.state, s.member(r).Actor(), chat.NewMessage{Text: "as a member"}, *now))
			}
		},
		"proposal": func(*rapid.T) { s.proposal(r, *now) },
		"hand lead": func(t *rapid.T) {
			_ = s.add(chat.HandLead(s.state, s.host(r), s.member(r), chat.Room{Limit: 400}, *now))
		},
		"member leaves": func(t *rapid.T) { _ = s.add(chat.Leave(s.state, s.member(r), *now)) },
		"lead leaves": func(t *rapid.T) {
			if th := s.state.OpenThread(); th != nil {
				if heirs := chat.Heirs(th.Members, th.Roles); len(heirs) > 0 {
					_ = s.add(chat.LeaveLead(s.state, chat.Agent{ID: th.Lead, Name: "Lead"}, chat.Agent{ID: heirs[0], Name: "Heir"}, chat.Room{Limit: 400}, *now))
				}
			}
		},
	}
}

// TestGroupChat_ItsLawsHoldInAnyOrder plays invitations, roles, proposals and leads
// against joins, lost leads, moves and closes.
func TestGroupChat_ItsLawsHoldInAnyOrder(t *testing.T) {
	t.Parallel()
	seen := map[chat.Kind]int{}
	rapid.Check(t, func(t *rapid.T) {
		s, now := newScript(), noon
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 4))
		acts := groupActs(s, r, &now)
		acts["visitor"] = func(t *rapid.T) {
			_ = s.add(chat.Post(s.state, mia.Actor(), chat.NewMessage{Text: "hi", Begin: chat.Beginning{Group: team}}, now))
		}
		acts["take"] = func(t *rapid.T) { _ = s.add(chat.Take(s.state, one(r, ada, bob), chat.Given{}, now)) }
		acts["join"] = func(t *rapid.T) { _ = s.add(chat.Join(s.state, one(r, ada, bob, sue), roomy, now)) }
		acts["lost"] = func(t *rapid.T) {
			th := s.state.OpenThread()
			if th == nil || th.State != chat.Active || !seldom(r, 12) {
				return
			}
			if heirs := chat.Heirs(th.Members, th.Roles); len(heirs) > 0 {
				_ = s.add(chat.Assign(s.state, chat.Agent{ID: heirs[0], Name: "Heir"}, chat.System(), chat.Given{Cause: chat.ByPromotion}, now))
				return
			}
			_ = s.add([]chat.Event{chat.TakeAway(s.state, chat.Agent{}, chat.LostLead, chat.Says("lead.gone"), chat.Order{}, now)}, nil)
		}
		acts["move"] = func(t *rapid.T) {
			if !seldom(r, 8) {
				return
			}
			to := chat.NewTransfer{Group: chat.Group{ID: one[chat.GroupID](r, "g_1", "g_2"), Policy: chat.PolicyOpen}, Reason: "reason"}
			_ = s.add(chat.Move(s.state, one(r, ada, bob), to, chat.Order{}, now))
		}
		acts["close"] = func(t *rapid.T) {
			if seldom(r, 12) {
				_ = s.add(chat.Close(s.state, ada.Actor(), chat.Resolved, 1, now))
			}
		}
		acts["time"] = func(t *rapid.T) { now = now.Add(time.Duration(one(r, 1, 10, 40)) * time.Second) }
		acts["visitor"](t)
		acts["take"](t)
		acts["take again"], acts["a member posts"] = acts["take"], acts["member posts"]
		names := slices.Sorted(maps.Keys(acts))
		for range 200 {
			acts[one(r, names...)](t)
			holds(t, s.state, now)
		}
		for _, e := range s.events {
			seen[e.Kind]++
		}
	})
	for _, kind := range []chat.Kind{chat.KindInvite, chat.KindInviteEnded, chat.KindJoin, chat.KindLeave, chat.KindRole, chat.KindTrust, chat.KindProposal, chat.KindProposalEnded, chat.KindAssign, chat.KindRequeued, chat.KindClosed} {
		if seen[kind] < 5 {
			t.Errorf("only %d of %s were played: %v", seen[kind], kind, seen)
		}
	}
}

// holds are the laws of group chats, after whatever has happened.
func holds(t *rapid.T, s chat.State, now time.Time) {
	th := s.Thread
	if th == nil {
		return
	}
	if th.State == chat.Active != (th.Lead != "") && th.State != chat.IsClosed {
		t.Fatalf("it is %s and %q leads", th.State, th.Lead)
	}
	if th.State != chat.Active && len(th.Invites) > 0 || !th.Open() && len(th.Proposals) > 0 {
		t.Fatalf("what was open outlives its thread: %+v", th)
	}
	if n := len(th.Members) + len(th.Invites); n > chat.MaxGroupChat+1 { // a supervisor may come on top
		t.Fatalf("%d are in it or asked", n)
	}
	if x := th.Transfer; x != nil && (th.State != chat.Active || th.TakesPart(x.To.Agent) && th.Lead == x.To.Agent) {
		t.Fatalf("a transfer to %s is open in a thread that is %s, led by %q", x.To.Agent, th.State, th.Lead)
	}
	if th.Held != nil && (th.State != chat.Queued || th.Promise == nil) || !th.Open() && th.Promise != nil {
		t.Fatalf("it is held, or something is promised, in a thread that is %s: %+v, %+v", th.State, th.Held, th.Promise)
	}
	if p := th.Promise; p != nil && p.Group != th.Group {
		t.Fatalf("%s owes what is promised in a thread of %s: %+v", p.Group, th.Group, p)
	}
	if p := th.Promise; p != nil && th.State == chat.Queued && p.Owner != "" && !th.Access().Admits(staff[p.Owner].Viewer()) {
		t.Fatalf("%s owes what he may not see: %+v", p.Owner, th)
	}
	if len(th.Offers) > 0 && th.State != chat.Queued && th.Transfer == nil {
		t.Fatalf("%+v ring in a thread that is %s and not passed on", th.Offers, th.State)
	}
	if h := th.Help; h != nil && (h.TakenBy != "" && h.TakenBy == h.By || (h.TakenBy == "") != (h.TakenAt == 0) || !th.Open()) {
		t.Fatalf("the flag is taken by who raised it, without a time, or outlives its thread: %+v", h)
	}
	for _, c := range th.Roles {
		if !slices.Contains(th.Members, c.Agent) {
			t.Fatalf("%s has a role and is no member: %+v", c.Agent, th)
		}
	}
	for _, i := range th.Invites {
		if i.Agent != "" && th.TakesPart(i.Agent) {
			t.Fatalf("%s is in it and still asked", i.Agent)
		}
	}
	for _, p := range th.Proposals {
		if !th.TakesPart(p.Agent) {
			t.Fatalf("%s has left a proposal behind", p.Agent)
		}
	}
	if _, err := chat.Post(s, mia.Actor(), chat.NewMessage{Text: "hello?", Begin: chat.Beginning{Group: team}}, now); err != nil {
		t.Fatalf("the visitor cannot write: %v", err)
	}
	hasAnEnd(t, s, now)
}

// hasAnEnd is that no state is a dead end: what waits can be taken, what is passed on can
// be withdrawn, and an admin can come in and close whatever is open.
func hasAnEnd(t *rapid.T, s chat.State, now time.Time) {
	if !s.Thread.Open() {
		return
	}
	admin := chat.Agent{ID: "a_root", Name: "Root", Role: chat.Admin}
	after := func(s chat.State, what string, events []chat.Event, err error) chat.State {
		if err != nil {
			t.Fatalf("nobody can %s it: %v in %+v", what, err, s.Thread)
		}
		thread := *s.Thread // folding takes care of what it points to
		s.Thread = &thread
		s.Add("t_none", chat.Follow(s, events))
		return s
	}
	if lead := s.Thread.Lead; s.Thread.Transfer != nil {
		events, err := chat.Withdraw(s, chat.Agent{ID: lead, Name: "Lead"}, now)
		if th := after(s, "withdraw", events, err).Thread; th.Transfer != nil || len(th.Offers) > 0 || th.Lead != lead {
			t.Fatalf("withdrawn, it stands as %+v", th)
		}
	}
	what := "join"
	events, err := chat.Join(s, admin, roomy, now)
	if s.Thread.State == chat.Queued {
		what = "take"
		events, err = chat.Take(s, admin, chat.Given{Room: roomy}, now)
	}
	s = after(s, what, events, err)
	events, err = chat.Close(s, admin.Actor(), chat.Resolved, 1, now)
	if th := after(s, "close", events, err).Thread; th.State != chat.IsClosed || th.Transfer != nil || th.Held != nil || th.Promise != nil {
		t.Fatalf("closed, it stands as %+v", th)
	}
}

// invitation answers, withdraws or lets ring one of the open invitations.
func (s *script) invitation(r *rand.Rand, now time.Time) {
	th := s.state.OpenThread()
	if th == nil || len(th.Invites) == 0 {
		return
	}
	i := one(r, th.Invites...)
	who := chat.Agent{ID: i.Agent, Name: "Guest"}
	switch one(r, "accept", "accept", "decline", "withdraw", "expire", "next") {
	case "accept":
		_ = s.add(chat.AcceptInvite(s.state, who, i.Seq, chat.Room{Limit: 400}, now))
	case "decline":
		_ = s.add(chat.DeclineInvite(s.state, who, i.Seq, "busy", now))
	case "withdraw":
		_ = s.add(chat.WithdrawInvite(s.state, one(r, ada, bob, sue), i.Seq, now))
	case "expire":
		if i.Agent != "" {
			_ = s.add([]chat.Event{chat.EndInvite(i, who, chat.System(), chat.Expired, "", chat.Says("invite.gone"), now)}, nil)
		}
	case "next":
		if next := one(r, cleo, dan); i.Agent == "" && !th.TakesPart(next.ID) {
			_ = s.add([]chat.Event{chat.RingInvite(i, next, chat.Micros(now)+30e6, chat.Says("choice.only"), now)}, nil)
		}
	}
}

func (s *script) proposal(r *rand.Rand, now time.Time) {
	th := s.state.OpenThread()
	if th == nil || len(th.Proposals) == 0 {
		return
	}
	target := s.events[one(r, th.Proposals...).Seq-1]
	if by := one(r, s.host(r), s.member(r), sue); seldom(r, 2) {
		_ = s.add(chat.Release(s.state, by, target, one(r, "", "reworded"), now))
	} else {
		_ = s.add(chat.Discard(s.state, by, target, "no", now))
	}
}

// hosted is a chat that Ada leads.
func hosted(t *testing.T) *script {
	t.Helper()
	s := newScript()
	s.must(t)(chat.Post(s.state, mia.Actor(), chat.NewMessage{Text: "hi", Begin: chat.Beginning{Group: team}}, noon))
	s.must(t)(chat.Take(s.state, ada, chat.Given{Room: chat.Room{Limit: 400, Need: 100}}, noon))
	return s
}

func (s *script) must(t *testing.T) func([]chat.Event, error) {
	t.Helper()
	return func(events []chat.Event, err error) {
		t.Helper()
		if err := s.add(events, err); err != nil {
			t.Fatal(err)
		}
	}
}

// come invites an agent in a role and lets him accept.
func (s *script) come(t *testing.T, a chat.Agent, role chat.ChatRole) {
	t.Helper()
	s.must(t)(chat.InviteIn(s.state, ada, chat.Inviting{Agent: a, Role: role, Room: roomy}, noon))
	s.must(t)(chat.AcceptInvite(s.state, a, s.state.Conversation.Head, chat.Room{Limit: 400}, noon))
}

var roomy = chat.Room{Limit: 400, Need: 50}

func (s *script) last() chat.Event { return s.events[len(s.events)-1] }

func TestInviteIn_IsRefusedInWords(t *testing.T) {
	t.Parallel()
	s := hosted(t)
	offline := dan
	offline.Status = chat.Offline
	for name, c := range map[string]struct {
		by   chat.Agent
		in   chat.Inviting
		kind chat.ErrorKind
	}{
		"a stranger invites": {bob, chat.Inviting{Agent: cleo, Room: roomy}, chat.Denied},
		"oneself":            {ada, chat.Inviting{Agent: ada, Room: roomy}, chat.Invalid},
		"who leads":          {sue, chat.Inviting{Agent: ada, Room: roomy}, chat.Conflict},
		"who is offline":     {ada, chat.Inviting{Agent: offline, Room: roomy}, chat.Conflict},
		"who is full":        {ada, chat.Inviting{Agent: cleo, Room: chat.Room{Load: 400, Need: 50, Limit: 400}}, chat.Conflict},
		"an unknown role":    {ada, chat.Inviting{Agent: cleo, Role: "boss", Room: roomy}, chat.Invalid},
		"a deleted group":    {ada, chat.Inviting{Group: chat.Group{ID: "g_9", Deleted: true}}, chat.Gone},
	} {
		if _, err := chat.InviteIn(s.state, c.by, c.in, noon); !chat.IsKind(err, c.kind) {
			t.Errorf("%s: %v, want %s", name, err, c.kind)
		}
	}
	s.must(t)(chat.InviteIn(s.state, ada, chat.Inviting{Agent: cleo, Room: roomy}, noon))
	if _, err := chat.InviteIn(s.state, ada, chat.Inviting{Agent: cleo, Room: roomy}, noon); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("twice: %v, want conflict", err)
	}
	if _, err := chat.InviteIn(newScript().state, ada, chat.Inviting{Agent: cleo, Room: roomy}, noon); !chat.IsKind(err, chat.Gone) {
		t.Errorf("without a chat: %v, want gone", err)
	}
}

// Lead and five members fit, whoever is asked included; a playbook may say fewer.
func TestInviteIn_KeepsToTheLimit(t *testing.T) {
	t.Parallel()
	s := hosted(t)
	guest := func(n string) chat.Inviting {
		return chat.Inviting{Agent: chat.Agent{ID: chat.AgentID("a_" + n), Name: n}, Room: roomy}
	}
	for i, name := range []string{"1", "2", "3", "4", "5"} {
		few := guest(name)
		if few.Most = 3; i >= 3 {
			if _, err := chat.InviteIn(s.state, ada, few, noon); !chat.IsKind(err, chat.Conflict) {
				t.Errorf("the playbook's limit lets %d in: %v", i+1, err)
			}
		}
		s.must(t)(chat.InviteIn(s.state, ada, guest(name), noon))
		if i < 2 {
			s.must(t)(chat.AcceptInvite(s.state, guest(name).Agent, s.state.Conversation.Head, chat.Room{Limit: 400}, noon))
		}
	}
	if _, err := chat.InviteIn(s.state, ada, guest("6"), noon); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("a sixth is asked: %v", err)
	}
	if _, err := chat.Join(s.state, bob, roomy, noon); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("a sixth joins: %v", err)
	}
	s.must(t)(chat.Join(s.state, guest("5").Agent, roomy, noon)) // his invitation has kept his place
	s.must(t)(chat.Join(s.state, sue, roomy, noon))              // who oversees comes in always
}

func TestAcceptInvite_TakesTheRoleAlong(t *testing.T) {
	t.Parallel()
	s := hosted(t)
	s.come(t, cleo, chat.Expert)
	body, err := chat.Decode[chat.Joined](s.last())
	if err != nil || body.Role != chat.Expert || body.InvitedBy != ada.ID || !slices.Equal(body.Access.After.Quiet, []chat.AgentID{cleo.ID}) {
		t.Errorf("join says %+v, %v", body, err)
	}
	if s.state.Thread.RoleOf(cleo.ID) != chat.Expert || len(s.state.Thread.Invites) != 0 {
		t.Errorf("thread %+v", s.state.Thread)
	}
	if seen := string(chat.ForVisitor(s.last()).Body); seen != `{"agent":"a_cleo","agent_name":"Cleo"}` {
		t.Errorf("the visitor reads %s", seen)
	}
	s.must(t)(chat.InviteIn(s.state, ada, chat.Inviting{Agent: dan, Room: roomy}, noon))
	seq := s.state.Conversation.Head
	for name, err := range map[string]error{
		"another's": errOf(chat.AcceptInvite(s.state, bob, seq, roomy, noon)),
		"too late":  errOf(chat.AcceptInvite(s.state, dan, seq, roomy, noon.Add(chat.InviteRings))),
		"unknown":   errOf(chat.AcceptInvite(s.state, dan, seq-1, roomy, noon)),
	} {
		if !chat.IsKind(err, chat.Gone) {
			t.Errorf("%s: %v, want gone", name, err)
		}
	}
}

func errOf(_ []chat.Event, err error) error { return err }

func TestPost_AnExpertProposesAndAScribeIsRefused(t *testing.T) {
	t.Parallel()
	s := hosted(t)
	s.come(t, cleo, chat.Expert)
	s.come(t, dan, chat.Scribe)
	if _, err := chat.Post(s.state, dan.Actor(), chat.NewMessage{Text: "hello"}, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("the scribe answers: %v", err)
	}
	s.must(t)(chat.AddNote(s.state, dan.Actor(), chat.NewMessage{Text: "noted"}, noon))
	s.must(t)(chat.Post(s.state, cleo.Actor(), chat.NewMessage{Text: "restart it"}, noon))
	if e := s.last(); e.Kind != chat.KindProposal || e.Audience != chat.ForAgents || e.VSeq != 0 {
		t.Fatalf("the expert's words are %+v", e)
	}
	s.must(t)(chat.Trust(s.state, ada, cleo, 5, noon))
	s.must(t)(chat.Post(s.state, cleo.Actor(), chat.NewMessage{Text: "now"}, noon.Add(5*time.Minute-time.Microsecond)))
	if s.last().Kind != chat.KindMessage {
		t.Errorf("a trusted expert's words are %+v", s.last())
	}
	s.must(t)(chat.Post(s.state, cleo.Actor(), chat.NewMessage{Text: "later"}, noon.Add(5*time.Minute)))
	if s.last().Kind != chat.KindProposal {
		t.Errorf("trust does not end by itself: %+v", s.last())
	}
	s.must(t)(chat.SetRole(s.state, ada, cleo, "", noon))
	s.must(t)(chat.Post(s.state, cleo.Actor(), chat.NewMessage{Text: "free"}, noon))
	if s.last().Kind != chat.KindMessage {
		t.Errorf("without a role: %+v", s.last())
	}
	if _, err := chat.SetRole(s.state, bob, cleo, chat.Scribe, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a stranger gives roles: %v", err)
	}
	if _, err := chat.Trust(s.state, cleo, cleo, 5, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a member trusts himself: %v", err)
	}
}

func TestRelease_OnceInTheExpertsName(t *testing.T) {
	t.Parallel()
	s := hosted(t)
	s.come(t, cleo, chat.Expert)
	s.must(t)(chat.Post(s.state, cleo.Actor(), chat.NewMessage{Text: "restart it", Files: []chat.FileRef{{ID: "f_1", Name: "how.pdf"}}}, noon))
	target := s.last()
	if _, err := chat.Release(s.state, cleo, target, "", noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("the expert releases his own: %v", err)
	}
	s.must(t)(chat.Release(s.state, ada, target, "Please restart it.", noon))
	message := s.events[len(s.events)-2]
	said, err := chat.Decode[chat.Said](message)
	want := chat.Said{Text: "Please restart it.", Files: []chat.FileRef{{ID: "f_1", Name: "how.pdf"}}, Proposal: target.Seq, ReleasedBy: ada.ID, ReleasedName: "Ada", Reworded: true}
	if diff := cmp.Diff(want, said); diff != "" || err != nil || message.Actor.ID != string(cleo.ID) || message.Audience != chat.ForAll {
		t.Errorf("released by %+v to %s: %v\n%s", message.Actor, message.Audience, err, diff)
	}
	if seen := string(chat.ForVisitor(message).Body); strings.Contains(seen, "Ada") || strings.Contains(seen, "proposal") || strings.Contains(seen, "reworded") {
		t.Errorf("the visitor reads %s", seen)
	}
	if _, err := chat.Release(s.state, sue, target, "", noon); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("it is released twice: %v", err)
	}
	if _, err := chat.Discard(s.state, ada, target, "", noon); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("what is released is discarded: %v", err)
	}
	if err := s.state.Thread.MayReword(cleo.ID, message, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("the expert rewords past the host: %v", err)
	}
	if len(s.state.Thread.Proposals) != 0 {
		t.Errorf("still open: %v", s.state.Thread.Proposals)
	}
}

func TestMayReword_NotPastTheHost(t *testing.T) {
	t.Parallel()
	s := hosted(t)
	s.come(t, cleo, "")
	s.must(t)(chat.Post(s.state, cleo.Actor(), chat.NewMessage{Text: "as a member"}, noon))
	own := s.last()
	if err := s.state.Thread.MayReword(cleo.ID, own, noon); err != nil {
		t.Errorf("a member: %v", err)
	}
	s.must(t)(chat.SetRole(s.state, ada, cleo, chat.Scribe, noon))
	if err := s.state.Thread.MayReword(cleo.ID, own, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a scribe: %v", err)
	}
}

func TestLeaveLead_AMemberLeadsAndTheLeadIsGone(t *testing.T) {
	t.Parallel()
	s := hosted(t)
	if _, err := chat.Leave(s.state, ada, noon); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("the lead leaves alone: %v", err)
	}
	s.come(t, cleo, chat.Expert)
	s.come(t, dan, "")
	if got := chat.Heirs(s.state.Thread.Members, s.state.Thread.Roles); !slices.Equal(got, []chat.AgentID{dan.ID, cleo.ID}) {
		t.Errorf("heirs are %v", got)
	}
	s.must(t)(chat.LeaveLead(s.state, ada, cleo, chat.Room{Limit: 400, Need: 50}, noon))
	th := s.state.Thread
	if th.Lead != cleo.ID || !slices.Equal(th.Members, []chat.AgentID{dan.ID}) || th.RoleOf(cleo.ID) != "" {
		t.Errorf("thread %+v", th)
	}
	for _, e := range s.events {
		if change, tells := chat.AccessAfter(e); tells && e.Kind == chat.KindLeave {
			if diff := cmp.Diff(th.Access(), change.After, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("access after the leave (-thread +event):\n%s", diff)
			}
		}
	}
}

func TestHandLead_TheyChangePlaces(t *testing.T) {
	t.Parallel()
	s := hosted(t)
	s.come(t, cleo, chat.Scribe)
	s.come(t, dan, "")
	if _, err := chat.HandLead(s.state, dan, dan, roomy, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a member takes the lead: %v", err)
	}
	if _, err := chat.HandLead(s.state, ada, dan, chat.Room{Load: 400, Limit: 400, Need: 50}, noon); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("to one without room: %v", err)
	}
	s.must(t)(chat.HandLead(s.state, ada, dan, roomy, noon))
	th := s.state.Thread
	if th.Lead != dan.ID || !slices.Equal(th.Members, []chat.AgentID{cleo.ID, ada.ID}) || th.RoleOf(cleo.ID) != chat.Scribe {
		t.Errorf("thread %+v", th)
	}
}

// A transfer changes the lead alone: the others stay with their roles, the new
// lead's own role ends, and the old lead is not a member.
func TestAssign_KeepsTheOthers(t *testing.T) {
	t.Parallel()
	s := hosted(t)
	s.come(t, bob, "")
	s.come(t, cleo, chat.Expert)
	s.come(t, dan, chat.Scribe)
	s.must(t)(chat.Assign(s.state, cleo, chat.System(), chat.Given{Cause: "transfer"}, noon))
	th := s.state.Thread
	want := []chat.Casting{{Agent: dan.ID, Role: chat.Scribe}}
	if th.Lead != cleo.ID || !slices.Equal(th.Members, []chat.AgentID{bob.ID, dan.ID}) || !slices.Equal(th.Roles, want) {
		t.Errorf("thread %+v", th)
	}
	change, _ := chat.AccessAfter(s.last())
	if diff := cmp.Diff(th.Access(), change.After); diff != "" {
		t.Errorf("access (-thread +event):\n%s", diff)
	}
}

// A rating is the lead's at the end; who else wrote to the visitor also took part,
// and a scribe did not.
func TestClose_RemembersWhoAlsoTookPart(t *testing.T) {
	t.Parallel()
	s := hosted(t)
	s.come(t, bob, "")
	s.come(t, cleo, chat.Expert)
	s.come(t, dan, chat.Scribe)
	say := func(a chat.Agent) {
		s.must(t)(chat.Post(s.state, a.Actor(), chat.NewMessage{Text: "hello"}, noon))
	}
	say(ada)
	say(bob)
	say(cleo)
	s.must(t)(chat.Release(s.state, ada, s.last(), "", noon))
	s.must(t)(chat.AddNote(s.state, dan.Actor(), chat.NewMessage{Text: "noted"}, noon))
	s.must(t)(chat.HandLead(s.state, ada, bob, roomy, noon))
	s.must(t)(chat.Close(s.state, bob.Actor(), chat.Resolved, 0, noon))
	body, err := chat.Decode[chat.Closed](s.last())
	if err != nil || body.Lead != string(bob.ID) || !slices.Equal(body.Also, []chat.AgentID{ada.ID, cleo.ID}) {
		t.Errorf("closed says %+v, %v", body, err)
	}
	if seen := string(chat.ForVisitor(s.last()).Body); seen != `{"reason":"resolved"}` {
		t.Errorf("the visitor reads %s", seen)
	}
}

// Whatever is told about a group chat, no visitor reads any of it.
func TestVisible_NoVisitorReadsOfInvitationsRolesAndProposals(t *testing.T) {
	t.Parallel()
	for _, kind := range []chat.Kind{chat.KindInvite, chat.KindInviteEnded, chat.KindRole, chat.KindTrust, chat.KindProposal, chat.KindProposalEnded, chat.KindInvitation, chat.KindInvitationEnded} {
		for _, to := range []chat.Audience{chat.ForAll, chat.ForAgents} {
			e := chat.Event{Conversation: "c_1", Kind: kind, Audience: to}
			if chat.Visible(e, chat.Access{Policy: chat.PolicyOpen}, visitor("v_1", "c_1")) {
				t.Errorf("the visitor reads %s for %s", kind, to)
			}
		}
	}
}
