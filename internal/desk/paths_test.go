package desk_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// TestPaths_CountsWhoDecidedAndWhatMoved: a rule and the default bring three and
// two visitors; the first line passes one of its two on, and again; an old one
// does not count.
func TestPaths_CountsWhoDecidedAndWhatMoved(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member, w.Group.ID, "g_sales")
	w.Connect(ada)
	w.Group.Rules = routing.Rules{Line: routing.FirstLine}.Raw()
	routes := `[{"id":"r1","name":"Prices","group":"g_sales","when":[{"field":"path","op":"prefix","values":["/prices"]}]}]`
	w.Write(func(tx *store.Tx) error {
		if err := tx.SaveGroup(w.Group); err != nil {
			return err
		}
		if err := tx.SaveGroup(chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyOpen, Rules: routing.Rules{Line: routing.EndToEnd}.Raw()}); err != nil {
			return err
		}
		return tx.SetSetting("routes", routes)
	})
	arrival(t, w, w.Visitor(), "/prices")
	w.Clock.Advance(8 * 24 * time.Hour)
	w.Connect(ada)
	var c []chat.ConversationID
	for _, page := range []string{"/prices", "/", "/prices", "/help", "/prices"} {
		c = append(c, arrival(t, w, w.Visitor(), page))
		w.Clock.Advance(time.Second)
	}
	move := func(at chat.ConversationID, to chat.GroupID, reason string) {
		t.Helper()
		must[desk.Done](t)(w.Desk.Move(t.Context(), w.Owner, at, desk.Moving{Key: w.Key(), Group: to, Reason: reason}))
		w.Clock.Advance(time.Second)
	}
	move(c[1], "g_sales", "A price.")
	move(c[1], w.Group.ID, "Not about money.")
	move(c[1], "g_sales", "A price.")
	move(c[0], w.Group.ID, "Not about money.")

	got := must[desk.Paths](t)(w.Desk.Paths(t.Context(), w.Owner, 7))
	want := desk.Paths{From: chat.Micros(w.Clock.Now().AddDate(0, 0, -7)),
		Paths: []desk.Path{
			{Group: "g_sales", Cause: "rule", Rule: "r1", RuleName: "Prices", N: 3, Conversations: []chat.ConversationID{c[4], c[2], c[0]}},
			{Group: w.Group.ID, Cause: "default", N: 2, Conversations: []chat.ConversationID{c[3], c[1]}}},
		FirstLine: []desk.LineWork{{Group: w.Group.ID, Taken: 2, PassedOn: 1}}}
	out := desk.PathMove{From: w.Group.ID, To: "g_sales", Reason: "A price.", N: 2, Conversations: []chat.ConversationID{c[1]}}
	back := desk.PathMove{From: "g_sales", To: w.Group.ID, Reason: "Not about money.", N: 2, Conversations: []chat.ConversationID{c[0], c[1]}}
	want.Moves = []desk.PathMove{out, back}
	if back.From < out.From {
		want.Moves = []desk.PathMove{back, out}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err := w.Desk.Paths(t.Context(), ada, 7)
	wantKind(t, "an agent", err, chat.Denied)
	_, err = w.Desk.Paths(t.Context(), w.Owner, desk.MaxPathDays+1)
	wantKind(t, "too many days", err, chat.Invalid)
}
