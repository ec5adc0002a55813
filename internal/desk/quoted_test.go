package desk_test

import (
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

func (l *lesson) whispers(a chat.Agent, text string) int64 {
	l.t.Helper()
	done := must[desk.Done](l.t)(l.Desk.Whisper(l.t.Context(), a, l.c, desk.Message{Key: l.Key(), Text: text}))
	return done.Events[0].Seq
}

// What was whispered is quoted in feedback where it was for both of the two, and
// in nothing that others read; what was proposed was for the whole team.
func TestFeedback_QuotesWhispersBetweenThoseWhoHeardThem(t *testing.T) {
	t.Parallel()
	l := newLesson(t)
	must[desk.Done](t)(l.Desk.Watch(t.Context(), l.sue, l.c, l.Key()))
	must[desk.Done](t)(l.Desk.Leave(t.Context(), l.ben, l.c, l.Key()))
	first := l.whispers(l.sue, "canary: he may, say so")
	answer := l.whispers(l.ann, "canary: I did not know")
	must[desk.Done](t)(l.Desk.Join(t.Context(), l.ben, l.c, l.Key()))
	bens := l.whispers(l.ben, "canary: Ben to Ann and Sue")
	must[desk.Done](t)(l.Desk.SetChatRole(t.Context(), l.ann, l.c, l.Key(), l.ben.ID, chat.Expert))
	proposed := must[desk.Done](t)(l.Desk.PostMessage(t.Context(), l.ben, l.c, desk.Message{Key: l.Key(), Text: "within 30 days", Seen: 1000})).Events[0].Seq

	draft := func(from, to int64, agent chat.Agent) (desk.QuotedFeedback, error) {
		f, _, err := l.Desk.DraftFeedback(t.Context(), l.sue, desk.NewFeedback{Key: l.Key(), Stretch: l.at(from, to), Agent: agent.ID, Kind: chat.Praise, Text: "well done"})
		return f, err
	}
	f := must[desk.QuotedFeedback](t)(draft(first, answer, chat.Agent{}))
	if f.Agent != l.ann.ID || len(f.Quote.Events) != 2 {
		t.Errorf("for %s, quoted %d lines, want Ann's and the coach's whisper", f.Agent, len(f.Quote.Events))
	}
	// Ben heard neither of the two: they are not quoted to him, nor in his feedback.
	of := must[desk.QuotedFeedback](t)(draft(first, bens, l.ben))
	if got := len(of.Quote.Events); got != 1 || of.Quote.Events[0].Seq != bens {
		t.Errorf("Ben's feedback quotes %d lines", got)
	}
	if of := must[desk.QuotedFeedback](t)(draft(proposed, proposed, chat.Agent{})); of.Agent != l.ben.ID || len(of.Quote.Events) != 1 {
		t.Errorf("the proposal is %s's, quoted %d", of.Agent, len(of.Quote.Events))
	}
	_, _, err := l.Desk.MarkMoment(t.Context(), l.eve, desk.NewMoment{Key: l.Key(), Stretch: l.at(first, answer)})
	wantKind(t, "a moment of what Eve did not hear", err, chat.Invalid)
	l.close()
	_, _, err = l.Desk.MakeExample(t.Context(), l.ann, desk.NewExample{Key: l.Key(), Stretch: l.at(first, answer), Title: "x", Scope: chat.ScopeTeam})
	wantKind(t, "an example of whispers", err, chat.Invalid)
}
