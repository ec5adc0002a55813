package stream

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/internal/chat"
)

// typedTo are the texts that a line has received since the last time, "" for an end.
func typedTo(t *testing.T, l *line, kind chat.SignalKind) []string {
	t.Helper()
	var texts []string
	for _, f := range l.taken(t) {
		if f.Type == "signal" && f.Signal.Kind == kind {
			texts = append(texts, f.Signal.Text)
		}
	}
	return texts
}

// TestPreview_IsSpacedCutAndKeptNowhere: too many are dropped, the last characters of a
// long one are shown, and neither a snapshot nor the hub has any of it.
func TestPreview_IsSpacedCutAndKeptNowhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a := r.hire("a_1", chat.Member)
		r.ask("c_1", 1, chat.PolicyOpen)
		r.take("c_1", a)
		r.src.previewed = func(by chat.Actor) (chat.Preview, []chat.Agent) {
			return chat.Preview{By: by, Thread: *r.src.look("c_1").Thread, Site: chat.Site{Preview: true}}, []chat.Agent{a}
		}
		synctest.Wait()
		l, f := r.follow(a, "")
		defer f.Detach()
		_, v := r.visit("c_1", 1)
		defer v.Detach()
		synctest.Wait()
		up(t, f, upFrame{Type: "watch", Conversations: []chat.ConversationID{"c_1"}})
		synctest.Wait()
		l.taken(t)
		for range 10 {
			up(t, v, upFrame{Type: "preview", Text: "hello"})
		}
		synctest.Wait()
		if got := typedTo(t, l, chat.SignalPreview); len(got) != 1 || got[0] != "hello" {
			t.Errorf("of ten at once %q came", got)
		}
		time.Sleep(chat.PreviewGap)
		up(t, v, upFrame{Type: "preview", Text: strings.Repeat("x", 2*chat.MaxTyped)})
		synctest.Wait()
		if got := typedTo(t, l, chat.SignalPreview); len(got) != 1 || len(got[0]) != chat.MaxTyped {
			t.Errorf("of a long text %d came", len(got))
		}
		for _, s := range r.hub.Signals(a.Viewer()) {
			if s.Kind == chat.SignalPreview {
				t.Errorf("a snapshot has %+v", s)
			}
		}
		v.Detach() // he has left the page
		synctest.Wait()
		if got := typedTo(t, l, chat.SignalPreview); len(got) != 1 || got[0] != "" {
			t.Errorf("after he left %q came, want the end", got)
		}
		if len(r.hub.shown) != 0 {
			t.Errorf("the hub remembers %v", r.hub.shown)
		}
	})
}

// TestPreview_ARightThatEndsMeanwhileDropsTheText: between the asking and the sending
// the consent is withdrawn.
func TestPreview_ARightThatEndsMeanwhileDropsTheText(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := open(defaults())
		defer r.stop()
		a, watcher := r.hire("a_1", chat.Member), r.hire("a_2", chat.Supervisor)
		r.ask("c_1", 1, chat.PolicyOpen)
		r.take("c_1", a)
		synctest.Wait()
		withdrawn := false
		r.src.previewed = func(by chat.Actor) (chat.Preview, []chat.Agent) {
			lead := a
			lead.OpenDrafts = true
			if withdrawn {
				r.hire("a_1", chat.Member) // told to everybody before the answer is here
				synctest.Wait()
			}
			return chat.Preview{By: by, Thread: *r.src.look("c_1").Thread, Lead: lead, Watches: []chat.Watch{{Watcher: "a_2"}}}, []chat.Agent{a, watcher}
		}
		l, f := r.follow(watcher, "")
		defer f.Detach()
		_, writes := r.follow(a, "")
		defer writes.Detach()
		synctest.Wait()
		up(t, f, upFrame{Type: "watch", Conversations: []chat.ConversationID{"c_1"}})
		synctest.Wait()
		l.taken(t)
		up(t, writes, upFrame{Type: "preview", Conversation: "c_1", Voice: chat.VoiceReply, Text: "before"})
		synctest.Wait()
		if got := typedTo(t, l, chat.SignalPreview); len(got) != 1 || got[0] != "before" {
			t.Fatalf("%q came, want what he types", got)
		}
		withdrawn = true
		time.Sleep(time.Second)
		up(t, writes, upFrame{Type: "preview", Conversation: "c_1", Voice: chat.VoiceReply, Text: "after"})
		synctest.Wait()
		if got := typedTo(t, l, chat.SignalPreview); len(got) != 1 || got[0] != "" {
			t.Errorf("%q came, want the end alone", got)
		}
	})
}
