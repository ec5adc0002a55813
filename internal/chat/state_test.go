package chat_test

import (
	stdcmp "cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"earshot/internal/chat"
)

var (
	ada  = chat.Agent{ID: "a_ada", Name: "Ada", Role: chat.Member, Groups: []chat.GroupID{"g_1"}}
	bob  = chat.Agent{ID: "a_bob", Name: "Bob", Role: chat.Member, Groups: []chat.GroupID{"g_1"}}
	mia  = chat.Visitor{ID: "v_mia", Name: "Mia", Conversation: "c_1"}
	team = chat.Group{ID: "g_1", Name: "Team", Policy: chat.PolicyLead}
	noon = time.UnixMicro(1_770_000_000_000_000)
)

// desk in small: it runs one rule and keeps what came of it.
type script struct {
	state  chat.State
	events []chat.Event
	thread int
}

func newScript() *script {
	return &script{state: chat.State{Conversation: chat.Conversation{ID: "c_1", Kind: chat.FormCustomer, Site: "s_1", Visitor: mia.ID}}}
}

func (s *script) add(events []chat.Event, err error) error {
	if err != nil {
		return err
	}
	s.thread++
	events = chat.Follow(s.state, events)
	s.events = append(s.events, s.state.Add(chat.ThreadID(fmt.Sprintf("t_%d", s.thread)), events)...)
	return nil
}

// Every state is reached twice: by Add in the desk, and by folding the stored
// events in readers. Both must be equal, number for number; and whatever is done in
// whatever order, the laws of a Thread hold after each act.
func TestState_FoldingTheEventsGivesTheState(t *testing.T) {
	t.Parallel()
	seen, ends := map[chat.Kind]int{}, map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		s, now := newScript(), noon
		agents := rapid.SampledFrom([]chat.Agent{ada, bob})
		heirs := map[chat.GroupID]chat.GroupID{} // of deleted groups
		acts := map[string]func(*rapid.T){
			"visitor posts": func(t *rapid.T) {
				_ = s.add(chat.Post(s.state, mia.Actor(), chat.NewMessage{Text: rapid.StringN(1, 300, -1).Draw(t, "text"), Begin: chat.Beginning{Group: team}}, now))
			},
			"agent posts": func(t *rapid.T) {
				_ = s.add(chat.Post(s.state, agents.Draw(t, "agent").Actor(), chat.NewMessage{Text: "reply", Begin: chat.Beginning{Group: team}}, now))
			},
			"note": func(t *rapid.T) {
				_ = s.add(chat.AddNote(s.state, agents.Draw(t, "agent").Actor(), chat.NewMessage{Text: "note"}, now))
			},
			"take":  func(t *rapid.T) { _ = s.add(chat.Take(s.state, agents.Draw(t, "agent"), chat.Given{}, now)) },
			"join":  func(t *rapid.T) { _ = s.add(chat.Join(s.state, agents.Draw(t, "agent"), chat.Room{}, now)) },
			"leave": func(t *rapid.T) { _ = s.add(chat.Leave(s.state, agents.Draw(t, "agent"), now)) },
			"requeue": func(t *rapid.T) {
				lead := agents.Draw(t, "agent")
				_ = s.add(chat.Requeue(s.state, lead, lead, chat.PutBack, chat.Order{}, now))
			},
			"close": func(t *rapid.T) {
				_ = s.add(chat.Close(s.state, agents.Draw(t, "agent").Actor(), chat.Resolved, 1, now))
			},
			"abandon": func(t *rapid.T) { _ = s.add(chat.Close(s.state, chat.System(), chat.Abandoned, 1, now)) },
			"seen": func(t *rapid.T) {
				by := rapid.SampledFrom([]chat.Actor{ada.Actor(), mia.Actor()}).Draw(t, "by")
				_ = s.add(chat.MarkSeen(s.state, by, rapid.Int64Range(-1, 30).Draw(t, "vseq"), now), nil)
			},
			"grant": func(t *rapid.T) {
				_ = s.add(chat.Grant(s.state, chat.Agent{ID: "a_over", Role: chat.Admin}, []chat.Agent{agents.Draw(t, "guest"), {ID: "a_cem"}}, now))
			},
			"revoke": func(t *rapid.T) {
				guest := agents.Draw(t, "guest")
				_ = s.add(chat.Revoke(s.state, guest, guest, now))
			},
			"offer": func(t *rapid.T) {
				if th := s.state.OpenThread(); th != nil && th.State == chat.Queued {
					_ = s.add([]chat.Event{chat.Ring(s.state, agents.Draw(t, "agent"), chat.Micros(now)+20e6, chat.Says("choice.all"), nil, now)}, nil)
				}
			},
			"offer ends": func(t *rapid.T) {
				if th := s.state.OpenThread(); th != nil {
					how := rapid.SampledFrom([]string{chat.Expired, chat.Withdrawn}).Draw(t, "how")
					_ = s.add([]chat.Event{chat.Silence(s.state, agents.Draw(t, "agent"), chat.System(), how, chat.Says("offer.gone"), now)}, nil)
				}
			},
			"accept": func(t *rapid.T) {
				g := chat.Given{}
				if th := s.state.OpenThread(); th != nil && th.Transfer != nil {
					g.Group = &chat.Group{ID: stdcmp.Or(heirs[th.Transfer.To.Group], th.Transfer.To.Group), Policy: chat.PolicyGroup}
				}
				_ = s.add(chat.Accept(s.state, agents.Draw(t, "agent"), g, now))
			},
			"pass on": func(t *rapid.T) {
				by, to := agents.Draw(t, "by"), agents.Draw(t, "to")
				m := chat.NewTransfer{To: chat.Target{Kind: chat.ToAgent, Agent: to.ID, Group: "g_2"}, Agent: to, Group: chat.Group{ID: "g_2", Name: "Two"},
					Reason: rapid.SampledFrom([]string{"", "a", "b", "c", "d", "e", "f", "g"}).Draw(t, "reason"), Say: rapid.SampledFrom([]string{"", "One moment."}).Draw(t, "say"),
					Drop: []chat.AgentID{by.ID, to.ID}, For: time.Minute}
				if rapid.Bool().Draw(t, "to a group") {
					m.To = chat.Target{Kind: chat.ToGroup, Group: "g_2"}
				}
				_ = s.add(chat.PassOn(s.state, by, m, now))
			},
			"rings": func(t *rapid.T) {
				if th := s.state.OpenThread(); th != nil && th.Transfer != nil {
					_ = s.add([]chat.Event{chat.Ring(s.state, agents.Draw(t, "agent"), chat.Micros(now)+30e6, chat.Says("choice.all"), nil, now)}, nil)
				}
			},
			"hold": func(t *rapid.T) {
				by, to := agents.Draw(t, "by"), rapid.SampledFrom([]chat.Agent{cleo, dan}).Draw(t, "to")
				m := chat.NewHold{NewTransfer: chat.NewTransfer{To: chat.Target{Kind: chat.ToAgent, Agent: to.ID, Group: "g_2"}, Agent: to, Group: chat.Group{ID: "g_2", Policy: chat.PolicyGroup},
					Reason: rapid.SampledFrom([]string{"", "a", "b", "c", "d", "e"}).Draw(t, "reason"), Say: "He is back tomorrow."},
					Way: rapid.SampledFrom([]chat.HeldWay{chat.HeldWait, chat.HeldMail}).Draw(t, "way"), Due: now.Add(time.Hour), Email: "mia@home.example"}
				_ = s.add(chat.Hold(s.state, by, m, now))
			},
			"promise": func(t *rapid.T) {
				if th := s.state.OpenThread(); th != nil && th.Promise != nil {
					stage := rapid.SampledFrom([]chat.PromiseStage{chat.PromiseSoon, chat.PromiseOverdue}).Draw(t, "stage")
					if e, warns := chat.WarnOfPromise(s.state, th.Promise.Seq, stage, nil, now); warns {
						_ = s.add([]chat.Event{e}, nil)
					}
				}
			},
			"cancel": func(t *rapid.T) {
				heir := rapid.SampledFrom([]chat.Agent{ada, bob, cleo, dan, {}}).Draw(t, "heir")
				if th := s.state.OpenThread(); th != nil && (heir.ID == "" || heir.InGroup(th.Group)) {
					_ = s.add(chat.PassPromise(s.state, agents.Draw(t, "agent"), heir, "shift ends", nil, now))
				}
				_ = s.add(chat.CancelPromise(s.state, agents.Draw(t, "agent"), "done by phone", now))
			},
			"withdraw": func(t *rapid.T) { _ = s.add(chat.Withdraw(s.state, agents.Draw(t, "agent"), now)) },
			"let go": func(t *rapid.T) {
				to := chat.Destination{Group: chat.Group{ID: stdcmp.Or(heirs["g_2"], "g_2"), Name: "Two", Policy: chat.PolicyGroup}}
				_ = s.add(chat.LetGo(s.state, agents.Draw(t, "agent"), to, chat.TransferTold{}, now))
			},
			"expire": func(t *rapid.T) {
				if th := s.state.OpenThread(); th != nil && th.Transfer != nil {
					lead := th.Lead
					_ = s.add(chat.EndTransfer(th, chat.System(), chat.Expired, chat.Says("pass.unanswered"), now), nil)
					if th := s.state.Thread; th.Transfer != nil || len(th.Offers) > 0 || th.Lead != lead {
						t.Fatalf("it has expired: %+v", th)
					}
					ends[chat.Expired]++
				}
			},
			"delete target": func(t *rapid.T) {
				if th := s.state.OpenThread(); th != nil && th.Transfer != nil {
					heirs[th.Transfer.To.Group] = "g_3"
					ends["deleted"]++
				}
			},
			"decline": func(t *rapid.T) { _ = s.add(chat.Decline(s.state, agents.Draw(t, "agent"), "", now)) },
			"given": func(t *rapid.T) {
				cause := rapid.SampledFrom([]string{chat.ByRoute, chat.ByPromotion, chat.ByHandover}).Draw(t, "cause")
				_ = s.add(chat.Assign(s.state, agents.Draw(t, "agent"), chat.System(), chat.Given{Cause: cause}, now))
			},
			"taken away": func(t *rapid.T) {
				if th := s.state.OpenThread(); th != nil && th.State == chat.Active {
					cause := rapid.SampledFrom([]string{chat.LostLead, chat.GoneLead, chat.MissedReply, chat.WokeNowhere, chat.SignedOut, chat.HandedBack}).Draw(t, "cause")
					_ = s.add([]chat.Event{chat.TakeAway(s.state, chat.Agent{}, cause, chat.Says("lead.gone"), chat.Order{Priority: 1, Aging: time.Minute}, now)}, nil)
				}
			},
			"move": func(t *rapid.T) {
				to := chat.NewTransfer{Group: chat.Group{ID: rapid.SampledFrom([]chat.GroupID{"g_1", "g_2"}).Draw(t, "to"), Policy: chat.PolicyOpen, Stub: true},
					Reason: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "reason")}
				_ = s.add(chat.Move(s.state, agents.Draw(t, "agent"), to, chat.Order{}, now))
			},
			"triage": func(t *rapid.T) {
				to := agents.Draw(t, "to")
				to.Groups = []chat.GroupID{"g_1", "g_2"}
				m := chat.NewTriage{NewTransfer: chat.NewTransfer{To: chat.Target{Kind: chat.ToAgent, Agent: to.ID, Group: "g_2"}, Agent: to, Group: chat.Group{ID: "g_2", Policy: chat.PolicyGroup},
					Reason: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "reason")}}
				if rapid.Bool().Draw(t, "to a group") {
					m.To = chat.Target{Kind: chat.ToGroup, Group: "g_2"}
				}
				_ = s.add(chat.Triage(s.state, agents.Draw(t, "by"), m, now))
			},
			"ask back": func(t *rapid.T) { _ = s.add(chat.AskBack(s.state, agents.Draw(t, "agent"), now)) },
			"waive":    func(t *rapid.T) { _ = s.add(chat.Waive(s.state, agents.Draw(t, "agent"), now)) },
			"give":     func(t *rapid.T) { _ = s.add(chat.Give(s.state, ada, bob, chat.Room{}, now)) },
			"mail": func(t *rapid.T) {
				_ = s.add(chat.AnswerMail(s.state, mia, rapid.Bool().Draw(t, "accepts"), "mia@home.example", now))
			},
			"of the router": func(t *rapid.T) {
				if th := s.state.OpenThread(); th != nil {
					e := rapid.SampledFrom([]chat.Event{
						chat.Fact(chat.KindIdle, chat.System(), chat.ForAgents, chat.Micros(now), chat.WentIdle{}),
						chat.Fact(chat.KindWoke, chat.System(), chat.ForAgents, chat.Micros(now), chat.Woke{Over: true}),
						chat.Fact(chat.KindReplyDue, chat.System(), chat.ForAgents, chat.Micros(now), chat.ReplyDue{}),
						chat.Fact(chat.KindAlarm, chat.System(), chat.ForAgents, chat.Micros(now), chat.Alarm{}),
						chat.Fact(chat.KindMailOffered, chat.System(), chat.ForAll, chat.Micros(now), chat.MailOffered{Cause: chat.MailMaxWait}),
						chat.Fact(chat.KindLeadBack, chat.System(), chat.ForAgents, chat.Micros(now), chat.LeadBack{}),
					}).Draw(t, "event")
					_ = s.add([]chat.Event{e}, nil)
				}
			},
			"policy": func(t *rapid.T) {
				if th := s.state.OpenThread(); th != nil {
					if e, changes := chat.SetPolicy(*th, chat.Group{Policy: rapid.SampledFrom([]chat.Policy{chat.PolicyOpen, chat.PolicyLead}).Draw(t, "policy")}, chat.System(), now); changes {
						_ = s.add([]chat.Event{e}, nil)
					}
				}
			},
			"help": func(t *rapid.T) { _ = s.add(chat.RaiseHelp(s.state, agents.Draw(t, "agent"), "why", now)) },
			"needs help": func(t *rapid.T) {
				_ = s.add(chat.NeedsHelp(s.state, rapid.SampledFrom([]chat.HelpCause{chat.HelpWaiting, chat.HelpWord}).Draw(t, "cause"), "why", now), nil)
			},
			"helped": func(t *rapid.T) {
				_ = s.add(chat.LowerByAnswer(s.state, agents.Draw(t, "agent"), rapid.Bool().Draw(t, "to the visitor"), now), nil)
			},
			"take help": func(t *rapid.T) {
				_ = s.add(chat.TakeHelp(s.state, agents.Draw(t, "agent"), chat.Etiquette{}, false, now))
			},
			"return help": func(t *rapid.T) { _ = s.add(chat.ReturnHelp(s.state, agents.Draw(t, "agent"), now)) },
			"free help": func(t *rapid.T) {
				_ = s.add(chat.FreeHelp(s.state, agents.Draw(t, "agent"), chat.Etiquette{}, false, rapid.Bool().Draw(t, "here"), now), nil)
			},
			"settled": func(t *rapid.T) {
				_ = s.add(chat.LowerHelp(s.state, agents.Draw(t, "agent"), chat.Etiquette{}, false, now))
			},
			"whisper": func(t *rapid.T) {
				open := []chat.Watch{{Watcher: agents.Draw(t, "watcher").ID, Told: chat.TellNames}}
				_ = s.add(chat.Whisper(s.state, agents.Draw(t, "agent"), chat.NewMessage{Text: "psst"}, open, now))
			},
			"jump in": func(t *rapid.T) {
				_ = s.add(chat.JumpIn(s.state, agents.Draw(t, "agent"), chat.Room{}, rapid.SampledFrom([]string{"", "me too"}).Draw(t, "line"), now))
			},
			"take over": func(t *rapid.T) {
				a, from := agents.Draw(t, "agent"), agents.Draw(t, "from")
				_ = s.add(chat.TakeOver(s.state, a, from.ID, "why", chat.Etiquette{TakeOver: true}, chat.Room{}, now))
			},
			"edit":   func(t *rapid.T) { s.change(t, chat.KindEdit, now) },
			"redact": func(t *rapid.T) { s.change(t, chat.KindRedact, now) },
			"time": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(1, 900).Draw(t, "seconds")) * time.Second)
			},
		}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
		maps.Copy(acts, groupActs(s, r, &now))
		maps.Copy(acts, lostActs(s, r, &now))
		maps.Copy(acts, sideActs(s, &now))
		for _, often := range []string{"visitor posts", "take", "pass on", "hold", "cancel", "join", "role", "member posts"} {
			acts[often+" again"] = acts[often]
		}
		names := slices.Sorted(maps.Keys(acts))
		breaks := []string{"move", "close", "abandon", "taken away", "requeue", "delete group", "delete target", "expire", "disconnect", "of the router"}
		for range 300 {
			name := one(r, names...)
			if slices.Contains(breaks, name) && !seldom(r, 5) {
				continue
			}
			t.Log(name)
			acts[name](t)
			holds(t, s.state, now)
		}
		for _, e := range s.events {
			seen[e.Kind]++
		}

		folded := newScript().state
		var seq, vseq int64
		for _, e := range s.events {
			raw, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			var read chat.Event
			if err := json.Unmarshal(raw, &read); err != nil {
				t.Fatal(err)
			}
			folded.Apply(read)
			if seq++; e.Seq != seq {
				t.Fatalf("event %d has seq %d", seq, e.Seq)
			}
			if e.Audience == chat.ForAll {
				vseq++
			}
			if e.Audience == chat.ForAll && e.VSeq != vseq || e.Audience != chat.ForAll && e.VSeq != 0 {
				t.Fatalf("event %d for %s has vseq %d, want %d", e.Seq, e.Audience, e.VSeq, vseq)
			}
		}
		if diff := cmp.Diff(s.state, folded); diff != "" {
			t.Fatalf("state (-added +folded):\n%s", diff)
		}
	})
	for _, kind := range []chat.Kind{chat.KindAssign, chat.KindRequeued, chat.KindMoved, chat.KindClosed, chat.KindPolicy, chat.KindOffer, chat.KindTransfer, chat.KindTransferEnded,
		chat.KindHold, chat.KindPromisePassed, chat.KindPromiseEnded, chat.KindInvite, chat.KindRole, chat.KindProposal, chat.KindWhisper, chat.KindHelp, chat.KindHelpTaken, chat.KindHelpReturned, chat.KindGrant,
		chat.KindSideAsked, chat.KindSideEnded, chat.KindSideUsed, chat.KindSideTold} {
		if seen[kind] == 0 {
			t.Errorf("%s was never played: %v", kind, seen)
		}
	}
	if ends[chat.Expired] == 0 || ends["deleted"] == 0 {
		t.Errorf("no transfer expired, or none lost its target: %v", ends)
	}
}

// lostActs are what happens to a chat without anybody in it wanting it: its lead's
// connection is lost, or its group is deleted.
func lostActs(s *script, r *rand.Rand, now *time.Time) map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"disconnect": func(*rapid.T) {
			th := s.state.OpenThread()
			if th == nil || th.State != chat.Active {
				return
			}
			if heirs := chat.Heirs(th.Members, th.Roles); len(heirs) > 0 {
				_ = s.add(chat.Assign(s.state, chat.Agent{ID: heirs[0], Name: "Heir"}, chat.System(), chat.Given{Cause: chat.ByPromotion}, *now))
				return
			}
			_ = s.add([]chat.Event{chat.TakeAway(s.state, chat.Agent{}, chat.LostLead, chat.Says("lead.gone"), chat.Order{}, *now)}, nil)
		},
		"delete group": func(*rapid.T) {
			th := s.state.OpenThread()
			if th == nil {
				return
			}
			heir := chat.Group{ID: one[chat.GroupID](r, "g_1", "g_2", "g_3"), Name: "Heir", Policy: chat.PolicyGroup}
			if th.State == chat.Queued && heir.ID != th.Group {
				_ = s.add([]chat.Event{chat.Pass(s.state, chat.Agent{}, chat.Destination{Group: heir}, "", chat.Says("move.deleted", heir.Name), *now)}, nil)
			} else if e, changes := chat.SetPolicy(*th, heir, chat.System(), *now); changes {
				_ = s.add([]chat.Event{e}, nil)
			}
		},
	}
}

// change edits or redacts a random message that may not be the actor's own.
func (s *script) change(t *rapid.T, kind chat.Kind, now time.Time) {
	if len(s.events) == 0 {
		return
	}
	at := rapid.IntRange(0, len(s.events)-1).Draw(t, "target")
	by := rapid.SampledFrom([]chat.Actor{ada.Actor(), bob.Actor(), mia.Actor()}).Draw(t, "by")
	target := s.events[at]
	e, said, err := chat.Redact(target, by, now)
	if kind == chat.KindEdit {
		e, said, err = chat.Edit(target, by, "another text", now)
	}
	if err == nil {
		s.events[at].Body = chat.Fact(target.Kind, by, target.Audience, target.At, said).Body
		if kind == chat.KindRedact {
			s.emptyEdits(target.Seq)
		}
		_ = s.add([]chat.Event{e}, nil)
	}
}

// emptyEdits is what the store does to the edits of a text that is taken back.
func (s *script) emptyEdits(target int64) {
	for i, e := range s.events {
		if body, err := chat.Decode[chat.Edited](e); err == nil && e.Kind == chat.KindEdit && body.Target == target {
			body.Text, body.Former = "", ""
			s.events[i].Body = chat.Fact(e.Kind, e.Actor, e.Audience, e.At, body).Body
		}
	}
}

func TestTake_ExactlyOneWins(t *testing.T) {
	t.Parallel()
	s := newScript()
	if err := s.add(chat.Post(s.state, mia.Actor(), chat.NewMessage{Text: "hi", Begin: chat.Beginning{Group: team}}, noon)); err != nil {
		t.Fatal(err)
	}
	if err := s.add(chat.Take(s.state, ada, chat.Given{}, noon.Add(2*time.Second))); err != nil {
		t.Fatal(err)
	}
	assigned, err := chat.Decode[chat.Assigned](s.events[2])
	if err != nil || assigned.WaitedMS != 2000 || assigned.Lead != ada.ID || assigned.Access.After.Lead != ada.ID || assigned.Access.Before.Lead != "" {
		t.Errorf("assign says %+v, %v", assigned, err)
	}
	_, err = chat.Take(s.state, bob, chat.Given{}, noon.Add(3*time.Second))
	var e *chat.Error
	if e, _ = err.(*chat.Error); e == nil || e.Kind != chat.Conflict || e.Detail != (chat.Holder{Agent: ada.ID, Since: chat.Micros(noon.Add(2 * time.Second))}) {
		t.Errorf("the second taker is told %v", err)
	}
	again, err := chat.Take(s.state, ada, chat.Given{}, noon.Add(4*time.Second))
	if err != nil || len(again) != 0 {
		t.Errorf("taking one's own makes %v, %v; want nothing", again, err)
	}
}

func TestPost_AVisitorWhoComesBackInTimeKeepsHisPlace(t *testing.T) {
	t.Parallel()
	for away, reopens := range map[time.Duration]bool{time.Minute: true, chat.RecoverFor: true, chat.RecoverFor + time.Second: false} {
		s := newScript()
		hello := chat.NewMessage{Text: "hi", Begin: chat.Beginning{Group: team}}
		left := noon.Add(2 * time.Minute)
		if err := s.add(chat.Post(s.state, mia.Actor(), hello, noon)); err != nil {
			t.Fatal(err)
		}
		if err := s.add(chat.Close(s.state, chat.System(), chat.Abandoned, chat.Micros(noon), left)); err != nil {
			t.Fatal(err)
		}
		if err := s.add(chat.Post(s.state, mia.Actor(), hello, left.Add(away))); err != nil {
			t.Fatal(err)
		}
		same := s.state.Thread.Number == 1 && s.state.Thread.QueuedAt == chat.Micros(noon)
		if same != reopens || s.state.Thread.State != chat.Queued {
			t.Errorf("after %s away: thread %+v; want the former place: %v", away, s.state.Thread, reopens)
		}
	}
}

func TestPost_RefusesWhoDoesNotTakePartAndWhatCollides(t *testing.T) {
	t.Parallel()
	s := newScript()
	if err := s.add(chat.Post(s.state, mia.Actor(), chat.NewMessage{Text: "hi", Begin: chat.Beginning{Group: team}}, noon)); err != nil {
		t.Fatal(err)
	}
	if _, err := chat.Post(s.state, ada.Actor(), chat.NewMessage{Text: "hello"}, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("an agent outside answers: %v, want denied", err)
	}
	if err := s.add(chat.Take(s.state, ada, chat.Given{}, noon)); err != nil {
		t.Fatal(err)
	}
	held := chat.NewMessage{Text: "hello", Unseen: []chat.Event{{Seq: 9}}}
	if _, err := chat.Post(s.state, ada.Actor(), held, noon); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("an answer over a colleague's: %v, want conflict", err)
	}
	if _, err := chat.AddNote(s.state, mia.Actor(), chat.NewMessage{Text: "x"}, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a visitor's note: %v, want denied", err)
	}
	if _, err := chat.Leave(s.state, ada, noon); !chat.IsKind(err, chat.Conflict) {
		t.Errorf("the lead leaves: %v, want conflict", err)
	}
	if _, err := chat.Close(s.state, bob.Actor(), chat.Resolved, 0, noon); !chat.IsKind(err, chat.Denied) {
		t.Errorf("a stranger closes: %v, want denied", err)
	}
	if events, err := chat.Close(s.state, chat.System(), chat.Abandoned, 0, noon); err != nil || len(events) != 0 {
		t.Errorf("abandoning what is taken makes %v, %v; want nothing", events, err)
	}
}

func TestEditAndRedact_AreForTheAuthorAlone(t *testing.T) {
	t.Parallel()
	s := newScript()
	if err := s.add(chat.Post(s.state, mia.Actor(), chat.NewMessage{Text: "hi", Begin: chat.Beginning{Group: team}}, noon)); err != nil {
		t.Fatal(err)
	}
	message := s.events[1]
	for _, by := range []chat.Actor{ada.Actor(), chat.System(), {Kind: chat.ByAgent, ID: string(mia.ID)}} {
		if _, _, err := chat.Edit(message, by, "x", noon); !chat.IsKind(err, chat.Denied) {
			t.Errorf("edit by %+v: %v, want denied", by, err)
		}
		if _, _, err := chat.Redact(message, by, noon); !chat.IsKind(err, chat.Denied) {
			t.Errorf("redact by %+v: %v, want denied", by, err)
		}
	}
	if _, _, err := chat.Edit(s.events[0], mia.Actor(), "x", noon); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("edit of thread.started: %v, want invalid", err)
	}
	e, said, err := chat.Edit(message, mia.Actor(), "hello", noon)
	body, _ := chat.Decode[chat.Edited](e)
	if err != nil || body.Former != "hi" || body.Text != "hello" || body.VTarget != 1 || said.Text != "hello" || said.Edited == 0 {
		t.Errorf("edit: %+v, %+v, %v", body, said, err)
	}
	_, empty, err := chat.Redact(message, mia.Actor(), noon)
	if err != nil || empty.Text != "" || empty.Emptied == 0 || len(empty.Files) != 0 {
		t.Errorf("redact leaves %+v, %v", empty, err)
	}
	message.Body = chat.Fact(chat.KindMessage, mia.Actor(), chat.ForAll, 0, empty).Body
	if _, _, err := chat.Edit(message, mia.Actor(), "back", noon); !chat.IsKind(err, chat.Gone) {
		t.Errorf("edit of what was taken back: %v, want gone", err)
	}
}
