package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

// TestProperty_WatchingWhisperingAndSteppingIn lets people do what they like with one
// chat and checks, after each act, what must always hold.
func TestProperty_WatchingWhisperingAndSteppingIn(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	people := []chat.Agent{w.Agent("Ada", chat.Member), w.Agent("Bob", chat.Member), w.Agent("Sue", chat.Supervisor), w.Agent("Max", chat.Supervisor)}
	rapid.Check(t, func(r *rapid.T) {
		etiquette(w, chat.Etiquette{Watch: rapid.SampledFrom([]chat.WatchRule{"", chat.WatchSupervisors, chat.WatchNobody}).Draw(r, "watch"),
			Told: rapid.SampledFrom([]chat.Told{"", chat.TellNames, chat.TellNothing}).Draw(r, "told"), TakeOver: rapid.Bool().Draw(r, "members take over")})
		w.Connect(people...)
		v, c := w.Taken(people[0])
		ctx := t.Context()
		if rapid.Bool().Draw(r, "she calls") {
			if _, err := w.Desk.AskForHelp(ctx, people[0], c, w.Key(), "help"); err != nil {
				r.Fatal(err)
			}
		}
		for range rapid.IntRange(5, 25).Draw(r, "acts") {
			a, b := rapid.SampledFrom(people).Draw(r, "who"), rapid.SampledFrom(people).Draw(r, "whom")
			noticed := visible(w, c)
			watching := watchedBy(w, c, a)
			flagged := w.State(c).OpenThread()
			act := rapid.SampledFrom([]string{"watch", "take help", "watch", "take help", "unwatch", "gone", "give help back", "whisper", "whisper", "jump in", "jump out", "take over",
				"take over", "join", "leave", "take", "requeue", "close", "visitor", "answer", "watch me", "sign out", "help", "take help", "settled"}).Draw(r, "act")
			var err error
			switch act {
			case "watch":
				_, err = w.Desk.Watch(ctx, a, c, w.Key())
			case "unwatch":
				_, err = w.Desk.Unwatch(ctx, a, c, w.Key())
			case "whisper":
				_, err = w.Desk.Whisper(ctx, a, c, desk.Message{Key: w.Key(), Text: "psst"})
			case "jump in":
				_, err = w.Desk.JumpIn(ctx, a, c, desk.Message{Key: w.Key(), Text: "hello"})
			case "jump out":
				_, err = w.Desk.JumpOut(ctx, a, c, w.Key())
			case "take over":
				_, err = w.Desk.TakeOver(ctx, a, c, desk.TakingOver{Key: w.Key(), From: b.ID, Reason: "why"})
			case "join":
				_, err = w.Desk.Join(ctx, a, c, w.Key())
			case "leave":
				_, err = w.Desk.Leave(ctx, a, c, w.Key())
			case "take":
				_, err = w.Desk.Take(ctx, a, c, desk.Taking{Key: w.Key(), Over: true})
			case "requeue":
				_, err = w.Desk.Requeue(ctx, a, c, w.Key())
			case "close":
				_, err = w.Desk.Close(ctx, a, c, w.Key())
			case "visitor":
				v.Says("hello again?")
			case "answer":
				_, err = w.Desk.PostMessage(ctx, a, c, desk.Message{Key: w.Key(), Text: "yes", Seen: 100_000})
			case "watch me":
				_, err = w.Desk.WatchMe(ctx, a, c, w.Key(), b.ID)
			case "gone":
				w.Disconnect(a)
				w.Clock.Advance(46 * time.Second)
				err = w.Desk.Sweep(ctx)
				w.Connect(a)
			case "sign out":
				in := w.SignIn(a)
				err = w.Desk.SignOut(ctx, a, in.Session.ID, desk.SignOut{Chats: desk.ChatsKept})
			case "help":
				_, err = w.Desk.AskForHelp(ctx, a, c, w.Key(), "help")
			case "settled":
				_, err = w.Desk.HelpSettled(ctx, a, c, w.Key())
			case "take help":
				_, err = w.Desk.TakeHelp(ctx, a, c, w.Key())
			case "give help back":
				_, err = w.Desk.ReturnHelp(ctx, a, c, w.Key())
			}
			if bad := broken(err); bad {
				r.Fatalf("%s by %s: %v", act, a.Name, err)
			}
			unnoticed := []string{"watch", "unwatch", "whisper", "watch me", "help", "settled", "take help", "give help back"}
			if slices.Contains(unnoticed, act) && visible(w, c) != noticed {
				r.Fatalf("%s by %s is noticed by the visitor", act, a.Name)
			}
			if watching && (act == "answer" || act == "close") && err == nil && w.State(c).OpenThread() != nil {
				r.Fatalf("%s by %s, who watches, went through", act, a.Name)
			}
			always(r, w, c, act)
			if why := flagWrong(flagged, w.State(c).OpenThread(), a, act, err); why != "" {
				r.Fatalf("%s by %s (%v): %s", act, a.Name, err, why)
			}
			if why := callsWrong(w.Log(c)); why != "" {
				r.Fatalf("after %s by %s: %s", act, a.Name, why)
			}
		}
		for _, a := range people { // the next chat begins with room
			_, _ = w.Desk.JumpOut(ctx, a, c, w.Key())
		}
		if th := w.State(c).OpenThread(); th != nil {
			for _, a := range people {
				_, _ = w.Desk.Close(ctx, a, c, w.Key())
			}
		}
	})
}

// broken reports whether an error is none that a person should read.
func broken(err error) bool {
	_, told := err.(*chat.Error)
	return err != nil && !told
}

// visible is what the visitor has of a Conversation, as one text.
func visible(w *desktest.World, c chat.ConversationID) string {
	var all strings.Builder
	for _, e := range w.Log(c) {
		if e.Audience == chat.ForAll {
			fmt.Fprintf(&all, "%d %s %s\n", e.VSeq, e.Kind, chat.ForVisitor(e).Body)
		}
	}
	return all.String()
}

func watchedBy(w *desktest.World, c chat.ConversationID, a chat.Agent) bool {
	return slices.ContainsFunc(watches(w), func(one chat.Watch) bool { return one.Watcher == a.ID && one.Conversation == c })
}

// always are the laws: nobody watches what is closed or what he is in; every watch
// that goes on is one of the present lead's chat; a whisper names none but lead,
// members and who watched openly; what the lead is told is true.
func always(r *rapid.T, w *desktest.World, c chat.ConversationID, act string) {
	th := w.State(c).Thread
	var open []chat.Watch
	for _, one := range watches(w) {
		if one.Conversation != c {
			continue
		}
		open = append(open, one)
		if !th.Open() || one.Thread != th.ID || th.TakesPart(one.Watcher) || one.Lead != th.Lead {
			r.Fatalf("after %s: %+v under a thread that is %s with lead %s and members %v", act, one, th.State, th.Lead, th.Members)
		}
	}
	if !th.Open() && th.Help != nil {
		r.Fatalf("after %s: a closed chat asks for help", act)
	}
	if th.Lead == "" {
		return
	}
	want, got := chat.TellLead(*th, open), chat.Watched{}
	for _, e := range w.Log(chat.AgentConversation(th.Lead)) {
		if b, err := chat.Decode[chat.Watched](e); err == nil && e.Kind == chat.KindWatched && b.Thread == th.ID {
			got = b
		}
	}
	if th.Open() && (got.Count != want.Count || !slices.Equal(got.Names, want.Names) && len(want.Names)+len(got.Names) > 0) {
		r.Fatalf("after %s: the lead was told %+v, and it is %+v", act, got, want)
	}
}
