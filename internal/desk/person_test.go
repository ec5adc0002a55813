package desk_test

import (
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/store"
)

// comes is a new visitor who types an address.
func comes(t *testing.T, w *desktest.World, name, email string, g chat.GroupID) (desktest.Visitor, chat.ConversationID) {
	t.Helper()
	v := w.Visitor()
	done := must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Text: "hello", Name: name, Email: email,
		Arrival: chat.Arrival{Group: g}}))
	return v, done.Visitor.Conversation
}

func personOf(t *testing.T, w *desktest.World, a chat.Agent, c chat.ConversationID) desk.Person {
	t.Helper()
	return must[desk.Person](t)(w.Desk.Person(t.Context(), a, c))
}

func TestPerson_SameAddressIsMaybeAndNeverLinkedByItself(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, ctx := w.Agent("Ada", chat.Member), t.Context()
	_, one := comes(t, w, "Mia", "Mia@home.example", w.Group.ID)
	_, two := comes(t, w, "Mia M.", "mia@HOME.example", w.Group.ID)
	_, three := comes(t, w, "Eve", "eve@home.example", w.Group.ID)
	comes(t, w, "Nobody", "", w.Group.ID)
	p := personOf(t, w, ada, one)
	if len(p.Maybe) != 1 || p.Maybe[0].Visitor.Conversation != two || len(p.Known) != 0 || len(p.Links) != 0 {
		t.Fatalf("before: %+v", p)
	}
	head := w.State(two).Conversation.Head
	done := must[desk.Done](t)(w.Desk.LinkPerson(ctx, ada, one, "k1", two))
	if again := must[desk.Done](t)(w.Desk.LinkPerson(ctx, ada, one, "k1", two)); !again.Again || kinds(done.Events) != "person.linked" {
		t.Errorf("linked with %q, again %v", kinds(done.Events), again.Again)
	}
	if again := must[desk.Done](t)(w.Desk.LinkPerson(ctx, ada, two, w.Key(), one)); len(again.Events) != 0 {
		t.Errorf("linking what is linked makes %q", kinds(again.Events))
	}
	if log := w.Log(two); int64(len(log)) != head+1 || log[head].Kind != chat.KindLinked {
		t.Errorf("the other conversation is told %q", kinds(log[head:]))
	}
	must[desk.Done](t)(w.Desk.LinkPerson(ctx, ada, two, w.Key(), three))
	if p = personOf(t, w, ada, one); len(p.Known) != 2 || len(p.Maybe) != 0 || len(p.Links) != 1 || !p.Links[0].MayUndo || p.Links[0].Name != "Mia M." {
		t.Errorf("linked in a row: %+v", p)
	}
	_, err := w.Desk.LinkPerson(ctx, ada, one, w.Key(), one)
	wantKind(t, "with himself", err, chat.Invalid)
}

func TestPerson_LinkIsUndoneForThirtyDays(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada, ctx := w.Agent("Ada", chat.Member), t.Context()
	_, one := comes(t, w, "Mia", "mia@home.example", w.Group.ID)
	_, two := comes(t, w, "Mia", "mia@home.example", w.Group.ID)
	_, three := comes(t, w, "Eve", "", w.Group.ID)
	must[desk.Done](t)(w.Desk.LinkPerson(ctx, ada, one, w.Key(), two))
	link := personOf(t, w, ada, two).Links[0].ID
	_, err := w.Desk.UnlinkPerson(ctx, ada, three, w.Key(), link)
	wantKind(t, "from a conversation that it does not join", err, chat.Missing)
	w.Clock.Advance(chat.UndoFor)
	must[desk.Done](t)(w.Desk.UnlinkPerson(ctx, ada, two, "undo", link))
	if again := must[desk.Done](t)(w.Desk.UnlinkPerson(ctx, ada, two, "undo", link)); !again.Again || kinds(again.Events) != "person.unlinked" {
		t.Errorf("the same key again: %v %q", again.Again, kinds(again.Events))
	}
	if p := personOf(t, w, ada, one); len(p.Known) != 0 || len(p.Links) != 0 || len(p.Maybe) != 1 {
		t.Errorf("after the undo: %+v", p)
	}
	must[desk.Done](t)(w.Desk.LinkPerson(ctx, ada, one, w.Key(), two))
	w.Clock.Advance(chat.UndoFor + time.Second)
	link = personOf(t, w, ada, two).Links[0].ID
	_, err = w.Desk.UnlinkPerson(ctx, ada, one, w.Key(), link)
	wantKind(t, "after thirty days", err, chat.Denied)
	if l := personOf(t, w, ada, one).Links; len(l) != 1 || l[0].MayUndo {
		t.Errorf("after thirty days he is shown %+v", l)
	}
	must[desk.Done](t)(w.Desk.UnlinkPerson(ctx, w.Owner, one, w.Key(), link))
}

func TestPerson_ShowsNobodyMoreThanHeMaySee(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.SetPolicy(chat.PolicyGroup)
	w.Write(func(tx *store.Tx) error {
		return tx.SaveGroup(chat.Group{ID: "g_hidden", Name: "Hidden", Policy: chat.PolicyGroup})
	})
	ada, ctx := w.Agent("Ada", chat.Member), t.Context()
	mine, one := comes(t, w, "Mia", "mia@home.example", w.Group.ID)
	_, two := comes(t, w, "canary-name", "mia@home.example", "g_hidden")
	if p := asText(t, personOf(t, w, ada, one)); strings.Contains(p, "canary") || strings.Contains(p, string(two)) {
		t.Errorf("Ada is shown %s", p)
	}
	_, err := w.Desk.LinkPerson(ctx, ada, one, w.Key(), two)
	wantKind(t, "linking with what she may not see", err, chat.Missing)
	must[desk.Done](t)(w.Desk.LinkPerson(ctx, w.Owner, one, w.Key(), two))
	p := personOf(t, w, ada, one)
	far := w.State(two).Conversation.Visitor
	if text := asText(t, p); strings.Contains(text, "canary") || strings.Contains(text, string(two)) || strings.Contains(text, string(far)) || len(p.Links) != 1 {
		t.Errorf("Ada is shown %s", text)
	}
	if owner := personOf(t, w, w.Owner, one); len(owner.Known) != 1 || owner.Known[0].Visitor.Name != "canary-name" {
		t.Errorf("the owner is shown %+v", owner)
	}
	for _, e := range w.Log(one) {
		if strings.Contains(string(e.Body), string(two)) || strings.Contains(string(e.Body), "canary") {
			t.Errorf("the conversation's log names the other one: %s", e.Body)
		}
	}
	must[desk.Done](t)(w.Desk.UnlinkPerson(ctx, ada, one, w.Key(), p.Links[0].ID))
	mia := must[chat.Visitor](t)(w.Desk.VisitorOf(ctx, mine.Caller))
	view := asText(t, must[desk.VisitorView](t)(w.Desk.ViewAsVisitor(ctx, mia, 0)))
	for _, canary := range []string{"person", "canary", string(two), string(p.Links[0].ID)} {
		if strings.Contains(view, canary) {
			t.Errorf("the visitor receives %q in %s", canary, view)
		}
	}
}
