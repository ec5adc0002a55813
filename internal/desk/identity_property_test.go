package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

// held is something that a browser has ever held, and whose it is: an identity, or
// nobody's; whose messages it may show.
type held struct {
	desktest.Visitor
	sub string // "" = anonymous
	// texts are what was written with an anonymous one.
	texts []string
	over  bool
}

// browsers are the browsers of a household, shared by its people, and everything that
// they have ever held: what is over is tried as well.
type browsers struct {
	t    *rapid.T
	tt   *testing.T
	w    *desktest.World
	ada  chat.Agent
	now  []*held // what each browser holds
	all  []*held
	said map[string]map[string]bool // sub → texts that are his
	n    int
}

func (b *browsers) identify(i int, sub string) {
	before, v := b.now[i], b.w.Visitor()
	former := ""
	if before != nil {
		former = before.Token
	}
	in, err := b.w.Desk.SignInVisitor(b.tt.Context(), v.Caller, b.w.Identity(chat.Identity{Sub: sub}, time.Hour), former)
	if err != nil || in.Until == 0 {
		b.t.Fatalf("sign in as %s: %+v, %v", sub, in, err)
	}
	if before != nil && before.sub == "" && !before.over {
		for _, text := range before.texts { // what this browser wrote anonymously is his now
			b.said[sub][text] = true
		}
		before.over = len(before.texts) > 0
	}
	b.now[i] = &held{Visitor: v, sub: sub}
	b.all = append(b.all, b.now[i])
}

func (b *browsers) reset(i int) {
	if h := b.now[i]; h != nil && h.sub != "" {
		if err := b.w.Desk.SignOutVisitor(b.tt.Context(), h.Caller); err != nil {
			b.t.Fatal(err)
		}
		h.over = true
	}
	b.now[i] = nil
}

func (b *browsers) write(i int) {
	h := b.now[i]
	if h == nil {
		h = &held{Visitor: b.w.Visitor()}
		b.now[i], b.all = h, append(b.all, h)
	}
	b.n++
	text := fmt.Sprintf("text-%d-of-%s.", b.n, h.sub)
	_, err := b.w.Desk.PostAsVisitor(b.tt.Context(), h.Caller, desk.VisitorMessage{Key: b.w.Key(), Text: text})
	switch {
	case chat.IsKind(err, chat.Gone):
		return
	case err != nil:
		b.t.Fatal(err)
	case h.sub == "":
		h.texts = append(h.texts, text)
	default:
		b.said[h.sub][text] = true
	}
}

// closes ends the chat of what a browser holds, as an agent does.
func (b *browsers) closes(i int) {
	if b.now[i] == nil {
		return
	}
	v, err := b.w.Desk.VisitorOf(b.tt.Context(), b.now[i].Caller)
	if err != nil {
		return
	}
	// Who has it already may close it; that is all that matters here.
	_, _ = b.w.Desk.Take(b.tt.Context(), b.ada, v.Conversation, desk.Taking{Key: b.w.Key()})
	_, _ = b.w.Desk.Close(b.tt.Context(), b.ada, v.Conversation, b.w.Key())
}

// check reads with everything that was ever held.
func (b *browsers) check() {
	for _, h := range b.all {
		v, err := b.w.Desk.VisitorOf(b.tt.Context(), h.Caller)
		if err != nil {
			continue
		}
		if h.over {
			b.t.Fatalf("what is over opens the chat of %+v", v)
		}
		view, err := b.w.Desk.ViewAsVisitor(b.tt.Context(), v, 0)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, e := range view.Events {
			said, err := chat.Decode[chat.Said](e)
			if err != nil || e.Kind != chat.KindMessage {
				continue
			}
			mine := b.said[h.sub][said.Text]
			if h.sub == "" {
				mine = strings.Contains(strings.Join(h.texts, "\n"), said.Text)
			}
			if !mine {
				b.t.Fatalf("a browser held by %q is shown %q", h.sub, said.Text)
			}
		}
	}
}

// TestSignIn_NoSequenceShowsAVisitorAnothersChat draws what a household does with its
// browsers: whatever was ever held shows what its own visitor wrote, and no more.
func TestSignIn_NoSequenceShowsAVisitorAnothersChat(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	ada.Limit = 1000
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		subs := []string{fmt.Sprintf("mia%d", round), fmt.Sprintf("eve%d", round), fmt.Sprintf("Mia%d", round)}
		b := &browsers{t: rt, tt: t, w: w, ada: ada, now: make([]*held, 3), said: map[string]map[string]bool{}}
		for _, sub := range subs {
			b.said[sub] = map[string]bool{}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"identify": func(rt *rapid.T) {
				b.identify(rapid.IntRange(0, 2).Draw(rt, "browser"), rapid.SampledFrom(subs).Draw(rt, "sub"))
			},
			"reset":  func(rt *rapid.T) { b.reset(rapid.IntRange(0, 2).Draw(rt, "browser")) },
			"write":  func(rt *rapid.T) { b.write(rapid.IntRange(0, 2).Draw(rt, "browser")) },
			"closes": func(rt *rapid.T) { b.closes(rapid.IntRange(0, 2).Draw(rt, "browser")) },
			"":       func(*rapid.T) { b.check() },
		})
	})
}
