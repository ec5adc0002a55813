package desk_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// arrivesAt is a new visitor who writes to a group that his page names.
func arrivesAt(t *testing.T, w *desktest.World, g chat.GroupID) chat.ConversationID {
	t.Helper()
	done := must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), w.Visitor().Caller, desk.VisitorMessage{Key: w.Key(), Text: "hello",
		Arrival: chat.Arrival{URL: "https://shop.example/", Group: g}}))
	return done.Visitor.Conversation
}

func TestDeleteGroup_TheSuccessorHasEverything(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann, bob := w.Agent("Ann", chat.Member), w.Agent("Bob", chat.Member)
	sales := addGroup(t, w, "Sales", desk.GroupChange{}, ann)
	heir := addGroup(t, w, "Service", desk.GroupChange{Policy: new(chat.PolicyGroup)}, bob)
	must[chat.Site](t)(w.Desk.ChangeSite(t.Context(), w.Owner, w.Site.ID, func(s chat.Site) chat.Site {
		s.Group, s.Choose = sales.ID, []chat.GroupID{w.Group.ID, sales.ID}
		return s
	}))
	must[[]desk.Route](t)(w.Desk.SetRoutes(t.Context(), w.Owner, []desk.Route{{Name: "All", Group: sales.ID}, {Name: "Rest", Group: w.Group.ID}}))
	waiting, led, over := arrivesAt(t, w, sales.ID), arrivesAt(t, w, sales.ID), arrivesAt(t, w, sales.ID)
	for _, c := range []chat.ConversationID{led, over} {
		must[desk.Done](t)(w.Desk.Take(t.Context(), ann, c, desk.Taking{Key: w.Key(), Over: true}))
	}
	must[desk.Done](t)(w.Desk.Close(t.Context(), ann, over, w.Key()))
	rights, queued := agentNow(w, ann.ID).Rights, w.State(waiting).Thread.QueuedAt

	if err := w.Desk.DeleteGroup(t.Context(), w.Owner, sales.ID, heir.ID); err != nil {
		t.Fatal(err)
	}
	if th := w.State(waiting).Thread; th.Group != heir.ID || th.Policy != chat.PolicyGroup || th.State != chat.Queued || !th.Front || th.QueuedAt != queued {
		t.Errorf("who waited has %+v", th)
	}
	if th := w.State(led).Thread; th.Group != heir.ID || th.Policy != chat.PolicyGroup || th.Lead != ann.ID || th.State != chat.Active {
		t.Errorf("what Ann leads is %+v", th)
	}
	if _, err := w.Desk.PostMessage(t.Context(), ann, led, says(w, "still here")); err != nil {
		t.Errorf("Ann goes on: %v", err)
	}
	if th := w.State(over).Thread; th.Group != sales.ID {
		t.Errorf("what is over waits for the job: %+v", th)
	}
	w.Relabel()
	if th := w.State(over).Thread; th.Group != heir.ID || th.Policy != chat.PolicyGroup || th.State != chat.IsClosed || th.Lead != ann.ID {
		t.Errorf("what is over is %+v", th)
	}
	if a := agentNow(w, ann.ID); a.InGroup(sales.ID) || a.InGroup(heir.ID) || a.Rights != rights+1 {
		t.Errorf("the former member is %+v", a)
	}
	site := must[[]chat.Site](t)(w.Desk.Sites(t.Context()))[0]
	if site.Group != heir.ID || !slices.Equal(site.Choose, []chat.GroupID{w.Group.ID, heir.ID}) {
		t.Errorf("the site is %+v", site)
	}
	if routes := must[[]desk.Route](t)(w.Desk.Routes(t.Context(), w.Owner)); routes[0].Group != heir.ID || routes[1].Group != w.Group.ID {
		t.Errorf("the routes are %+v", routes)
	}
	if all := must[[]desk.ManagedGroup](t)(w.Desk.Groups(t.Context(), w.Owner)); len(all) != 2 {
		t.Errorf("groups: %+v", all)
	}
	if late := arrivesAt(t, w, sales.ID); w.State(late).Thread.Group != heir.ID {
		t.Errorf("a page that names the deleted group: %+v", w.State(late).Thread)
	}
	log := w.Log(chat.TeamConversation)
	if got, want := kinds(log[len(log)-4:]), "group.changed agent.changed site.changed routes.changed"; got != want {
		t.Errorf("the team was told %s, want %s", got, want)
	}
}

func TestDeleteGroup_RefusesWhatLeavesNobody(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	wantKind(t, "the last one", w.Desk.DeleteGroup(t.Context(), w.Owner, w.Group.ID, w.Group.ID), chat.Conflict)
	sales, gone := addGroup(t, w, "Sales", desk.GroupChange{}), addGroup(t, w, "Gone", desk.GroupChange{})
	if err := w.Desk.DeleteGroup(t.Context(), w.Owner, gone.ID, sales.ID); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		by        chat.Agent
		id, after chat.GroupID
		want      chat.ErrorKind
	}{
		"itself":              {w.Owner, sales.ID, sales.ID, chat.Invalid},
		"nobody":              {w.Owner, sales.ID, "", chat.Invalid},
		"no group":            {w.Owner, sales.ID, "g_none", chat.Invalid},
		"a deleted one":       {w.Owner, sales.ID, gone.ID, chat.Invalid},
		"one that is not":     {w.Owner, "g_none", sales.ID, chat.Missing},
		"deleted already":     {w.Owner, gone.ID, sales.ID, chat.Gone},
		"a member's wish":     {w.Agent("Ann", chat.Member), sales.ID, w.Group.ID, chat.Denied},
		"a supervisor's, too": {w.Agent("Sue", chat.Supervisor), sales.ID, w.Group.ID, chat.Denied},
	} {
		wantKind(t, what, w.Desk.DeleteGroup(t.Context(), c.by, c.id, c.after), c.want)
	}
	_, err := w.Desk.ChangeGroup(t.Context(), w.Owner, gone.ID, desk.GroupChange{Name: new("Back")})
	wantKind(t, "changing a deleted one", err, chat.Gone)
	_, err = w.Desk.SetMembers(t.Context(), w.Owner, gone.ID, nil)
	wantKind(t, "members of a deleted one", err, chat.Gone)
	_, err = w.Desk.SetRoutes(t.Context(), w.Owner, []desk.Route{{Name: "A", Group: gone.ID}})
	wantKind(t, "a route to a deleted one", err, chat.Invalid)
}

// Nobody is stranded in a group that is gone: not who writes in the same second,
// not who comes back to his old place, not who is put back or taken.
func TestDeleteGroup_BesideEverybodyElseStrandsNobody(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ann := w.Agent("Ann", chat.Supervisor)
	sales := addGroup(t, w, "Sales", desk.GroupChange{Rules: &desk.Rules{Line: routing.FirstLine, Distribution: routing.Distribution{Method: routing.Pull}}}, ann)
	back := make([]desktest.Visitor, 6)
	for i := range back { // left a moment ago: they come back to their old place
		back[i] = w.Visitor()
		must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), back[i].Caller, desk.VisitorMessage{Key: w.Key(), Text: "hello", Arrival: chat.Arrival{Group: sales.ID}}))
	}
	w.Clock.Advance(2 * chat.AbandonAfter)
	if err := w.Desk.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	led := make([]chat.ConversationID, 6)
	for i := range led {
		led[i] = arrivesAt(t, w, sales.ID)
		must[desk.Done](t)(w.Desk.Take(t.Context(), ann, led[i], desk.Taking{Key: w.Key(), Over: true}))
	}
	var all sync.WaitGroup
	begin := make(chan struct{})
	race := func(fn func(i int)) {
		for i := range 6 {
			all.Go(func() {
				<-begin
				fn(i)
			})
		}
	}
	write := func(v desktest.Visitor, text string, arrival chat.Arrival) {
		if _, err := w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Text: text, Arrival: arrival}); err != nil {
			t.Errorf("%q is refused: %v", text, err)
		}
	}
	race(func(int) { write(w.Visitor(), "now", chat.Arrival{Group: sales.ID}) })
	race(func(i int) { write(back[i], "I am back", chat.Arrival{}) })
	race(func(i int) {
		if _, err := w.Desk.Requeue(t.Context(), ann, led[i], w.Key()); err != nil {
			t.Errorf("putting back is refused: %v", err)
		}
	})
	all.Go(func() { // the router is one
		<-begin
		for range 6 {
			if _, err := w.Desk.Route(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	all.Go(func() {
		<-begin
		if err := w.Desk.DeleteGroup(t.Context(), w.Owner, sales.ID, w.Group.ID); err != nil {
			t.Error(err)
		}
		for range 3 { // the job, while others still come
			if err := w.Desk.Relabel(t.Context(), []byte(`{"group":"`+string(sales.ID)+`"}`)); err != nil {
				t.Error(err)
			}
		}
	})
	close(begin)
	all.Wait()
	w.Relabel()
	w.Read(func(tx *store.Tx) error {
		stranded, err := tx.ThreadsInGroup(sales.ID, "", 100)
		if len(stranded) > 0 {
			t.Errorf("%d threads are in the deleted group: %+v", len(stranded), stranded)
		}
		open, openErr := tx.OpenThreads()
		if len(open) != 18 {
			t.Errorf("%d threads are open, want 18", len(open))
		}
		return cmpErr(err, openErr)
	})
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestLeavingAGroup_KeepsWhatIsLedAndWithdrawsWhatRings(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	offering(w, routing.Rules{})
	policy := chat.PolicyGroup
	must[desk.ManagedGroup](t)(w.Desk.ChangeGroup(t.Context(), w.Owner, w.Group.ID, desk.GroupChange{Policy: &policy}))
	eve := w.Agent("Eve", chat.Member)
	other := addGroup(t, w, "Other", desk.GroupChange{}, eve)
	w.Connect(eve)
	_, led := w.Taken(eve)
	_, rings := w.Arrives("anybody?")
	w.Route()
	if o := last[chat.Offered](t, w, rings, chat.KindOffer); o.Agent != eve.ID {
		t.Fatalf("offered to %s", o.Agent)
	}
	members := []desk.Membership{{Agent: w.Owner.ID}}
	must[desk.ManagedGroup](t)(w.Desk.SetMembers(t.Context(), w.Owner, w.Group.ID, members))
	w.Route()
	if end := last[chat.OfferEnded](t, w, rings, chat.KindOfferEnded); end.Agent != eve.ID || end.How != chat.Withdrawn {
		t.Errorf("the offer ended %+v", end)
	}
	if th := w.State(rings).Thread; th.State != chat.Queued || len(th.Offers) > 0 || len(th.Tries) > 0 {
		t.Errorf("what rang is %+v", th)
	}
	eve = agentNow(w, eve.ID)
	if th := w.State(led).Thread; th.Lead != eve.ID {
		t.Errorf("what she led is led by %q", th.Lead)
	}
	must[desk.Done](t)(w.Desk.PostMessage(t.Context(), eve, led, says(w, "I am still with you")))
	if _, err := w.Desk.Conversation(t.Context(), eve, rings); !chat.IsKind(err, chat.Missing) {
		t.Errorf("she opens what is not hers any more: %v", err)
	}
	if diff := cmp.Diff([]chat.GroupID{other.ID}, eve.Groups); diff != "" {
		t.Errorf("her groups (-want +got):\n%s", diff)
	}
}

// TestDeleteGroup_GatesNameTheSuccessor: in every playbook, in the same transaction and
// as a version of its own, so that it can be saved again; nobody is let through who was
// not before.
func TestDeleteGroup_GatesNameTheSuccessor(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	gone, heir, other := addGroup(t, w, "Sales", desk.GroupChange{}), addGroup(t, w, "Service", desk.GroupChange{}), addGroup(t, w, "Tech", desk.GroupChange{})
	names := func(ids ...chat.GroupID) chat.Gate { return chat.Gate{Who: chat.GateGroups, Groups: ids} }
	books := map[chat.GroupID]chat.TransferChapter{
		w.Group.ID: {Into: names(gone.ID, other.ID), Out: names(gone.ID, heir.ID)},
		heir.ID:    {Into: names(gone.ID)},
		other.ID:   {Into: names(heir.ID)},
	}
	for g, chapter := range books {
		must[chat.Playbook](t)(w.Desk.SavePlaybook(t.Context(), w.Owner, chat.Playbook{Group: g, Transfer: chapter}))
	}
	check(t, w.Desk.DeleteGroup(t.Context(), w.Owner, gone.ID, heir.ID))
	for g, want := range map[chat.GroupID]struct {
		version   int64
		into, out chat.Gate
	}{
		w.Group.ID: {2, names(heir.ID, other.ID), names(heir.ID)},
		heir.ID:    {2, chat.Gate{Who: chat.GateSupervisors}, chat.Gate{}},
		other.ID:   {1, names(heir.ID), chat.Gate{}},
	} {
		book := must[chat.Playbook](t)(w.Desk.Playbook(t.Context(), g))
		if book.Version != want.version || !cmp.Equal(book.Transfer.Into, want.into) || !cmp.Equal(book.Transfer.Out, want.out) {
			t.Errorf("%s has version %d, into %+v, out %+v; want %+v", g, book.Version, book.Transfer.Into, book.Transfer.Out, want)
		}
		if g == w.Group.ID { // as a form has it that was opened before
			book.Transfer.Into = names(gone.ID, other.ID)
		}
		book.Transfer.When = "Anything about money."
		saved, err := w.Desk.SavePlaybook(t.Context(), w.Owner, book)
		if err != nil || !cmp.Equal(saved.Transfer.Into, want.into) {
			t.Errorf("saved again: %+v, %v", saved.Transfer.Into, err)
		}
	}
}
