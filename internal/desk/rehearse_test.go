package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// arrival makes a visitor come to a page and write.
func arrival(t *testing.T, w *desktest.World, v desktest.Visitor, page string) chat.ConversationID {
	t.Helper()
	done := must[desk.VisitorDone](t)(w.Desk.PostAsVisitor(t.Context(), v.Caller, desk.VisitorMessage{Key: w.Key(), Text: "hello",
		Arrival: chat.Arrival{URL: "https://shop.example" + page, Language: "en"}}))
	return done.Visitor.Conversation
}

// takesChats notes that agents took chats from one time to another.
func takesChats(w *desktest.World, from, to time.Time, who ...chat.Agent) {
	ids := []chat.AgentID{}
	for _, a := range who {
		ids = append(ids, a.ID)
	}
	gap := to.Sub(from).Microseconds() + 1
	w.Write(func(tx *store.Tx) error { return tx.ExtendAvailability(ids, chat.Micros(from), 0) })
	w.Write(func(tx *store.Tx) error { return tx.ExtendAvailability(ids, chat.Micros(to), gap) })
}

// afternoon is ten visitors, every third on the prices' page, one each
// quarter of an hour; Ada answers each for five minutes, but for the last, who
// leaves. The first comes again at the end.
type afternoon struct {
	*desktest.World
	ada           chat.Agent
	sales         chat.Group
	conversations []chat.ConversationID
	prices        []string
}

func newAfternoon(t *testing.T) *afternoon {
	t.Helper()
	w := &afternoon{World: desktest.New(t), sales: chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyOpen}}
	w.ada = w.Agent("Ada", chat.Member)
	// Not a first line: what a rule sends to a closed group would fall back to it.
	w.Group.Rules = routing.Rules{Line: routing.EndToEnd}.Raw()
	w.World.Write(func(tx *store.Tx) error { return errors.Join(tx.SaveGroup(w.sales), tx.SaveGroup(w.Group)) })
	began := w.Clock.Now()
	var first desktest.Visitor
	for i := range 11 {
		v := w.Visitor()
		if i == 0 {
			first = v
		}
		if i == 10 {
			v = first
		}
		page := "/help"
		if i%3 == 0 {
			page = "/prices/all"
		}
		w.Connect(w.ada)
		c := arrival(t, w.World, v, page)
		w.conversations = append(w.conversations, c)
		if i%3 == 0 {
			w.prices = append(w.prices, string(c))
		}
		w.Clock.Advance(20 * time.Second)
		if i == 9 {
			if err := w.Desk.EndAsVisitor(t.Context(), v.Caller); err != nil {
				t.Fatal(err)
			}
		} else {
			must[desk.Done](t)(w.Desk.Take(t.Context(), w.ada, c, desk.Taking{Key: w.Key(), Over: true}))
			w.Clock.Advance(5 * time.Minute)
			must[desk.Done](t)(w.Desk.Close(t.Context(), w.ada, c, w.Key()))
		}
		w.Clock.Advance(10 * time.Minute)
	}
	takesChats(w.World, began.Add(-time.Minute), w.Clock.Now(), w.ada)
	return w
}

func pricesToSales() *[]routing.Route {
	return &[]routing.Route{{ID: "r1", Name: "Prices", Group: "g_sales",
		When: []routing.Condition{{Field: routing.FieldPath, Op: routing.OpPrefix, Values: []string{"/prices"}}}}}
}

func TestRehearse_NoChangeIsNoDifference(t *testing.T) {
	t.Parallel()
	w := newAfternoon(t)
	got := must[desk.Rehearsed](t)(w.Desk.Rehearse(t.Context(), desk.RehearsalChange{Days: 1}, nil))
	d := got.Diff
	if d.Visits != 11 || len(d.Moves) != 0 || len(d.Nobody.Before) != 0 || len(d.Nobody.New) != 0 || len(d.Left.New) != 0 || d.Median.Before != d.Median.After {
		t.Errorf("the same rules differ: %+v", d)
	}
	answered := slices.IndexFunc(d.Agents, func(s desk.RehearsalShare) bool { return s.Agent == w.ada.ID })
	if answered < 0 || !slices.Equal(d.Agents[answered].Before, d.Agents[answered].After) || len(d.Agents[answered].Before) != 11 {
		t.Errorf("Ada's chats %+v", d.Agents)
	}
	// Who comes twice is behind the number twice.
	if first := string(w.conversations[0]); strings.Count(strings.Join(d.Agents[answered].Before, " "), first) != 2 {
		t.Errorf("%s came twice: %v", first, d.Agents[answered].Before)
	}
}

// TestRehearse_TellsWhoWouldHaveGoneWhere: a rule that sends prices to a group
// where nobody is. The very visitors who were on that page are named, and nothing
// is saved.
func TestRehearse_TellsWhoWouldHaveGoneWhere(t *testing.T) {
	t.Parallel()
	w := newAfternoon(t)
	before := asText(t, w.Log(chat.TeamConversation))
	last, calls := 0, 0
	got := must[desk.Rehearsed](t)(w.Desk.Rehearse(t.Context(), desk.RehearsalChange{Days: 1, Routes: pricesToSales()}, func(done, total int) {
		calls++
		if done < last || total != 22 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	}))
	if last != 22 || calls != 22 {
		t.Errorf("%d calls, the last at %d; want one for each chat under both rules", calls, last)
	}
	d := got.Diff
	if len(d.Moves) != 1 || d.Moves[0].From != w.Group.ID || d.Moves[0].To != "g_sales" || !cmp.Equal(d.Moves[0].IDs, w.prices) {
		t.Errorf("moves %+v, want %v", d.Moves, w.prices)
	}
	if !cmp.Equal(d.Nobody.New, w.prices) || !cmp.Equal(d.Nobody.After, w.prices) {
		t.Errorf("met nobody: %+v, want %v", d.Nobody, w.prices)
	}
	if want := "4 chats move from " + w.Group.Name + " to Sales; 4 would have met nobody (0 before)"; !strings.HasPrefix(d.Text, want) {
		t.Errorf("%q, want %q …", d.Text, want)
	}
	if after := asText(t, w.Log(chat.TeamConversation)); after != before {
		t.Error("the rehearsal has changed something")
	}
}

// TestRehearse_HoursAndPatience: a group that opens later meets fewer, and who
// gave up after 20 seconds gives up again where nobody comes sooner.
func TestRehearse_HoursAndPatience(t *testing.T) {
	t.Parallel()
	w := newAfternoon(t)
	opens := w.Clock.Now().UTC().Add(-90 * time.Minute).Truncate(time.Minute)
	rules := routing.Rules{Hours: &routing.Hours{Zone: "UTC", Week: []routing.Shift{{Day: routing.Day(opens.Weekday()),
		Span: routing.Span{From: routing.Clock(opens.Hour()*60 + opens.Minute()), To: 24 * 60}}}}}
	got := must[desk.Rehearsed](t)(w.Desk.Rehearse(t.Context(), desk.RehearsalChange{Days: 1, Groups: []desk.GroupRules{{ID: w.Group.ID, Rules: &rules}}}, nil))
	var early []string
	for _, c := range w.conversations[:10] {
		if w.State(c).Thread.StartedAt < chat.Micros(opens) && c != w.conversations[0] {
			early = append(early, string(c))
		}
	}
	early = append([]string{string(w.conversations[0])}, early...)
	if len(early) != 5 || !cmp.Equal(got.Diff.Nobody.New, early) {
		t.Errorf("before %s came %v; met nobody %v", opens.Format("15:04"), early, got.Diff.Nobody.New)
	}
	// With an offer that takes ten seconds, who waited twenty is answered.
	if len(got.Diff.Left.After) != 0 {
		t.Errorf("gave up: %v", got.Diff.Left.After)
	}
	pull := routing.Rules{Distribution: routing.Distribution{Method: routing.Pull}, Limit: 1, Share: &routing.Agreement{Most: 1, BreakAfter: 60}}
	got = must[desk.Rehearsed](t)(w.Desk.Rehearse(t.Context(), desk.RehearsalChange{Days: 1, Groups: []desk.GroupRules{{ID: w.Group.ID, Rules: &pull}}}, nil))
	if left := string(w.conversations[9]); !slices.Contains(got.Diff.Left.New, left) {
		t.Errorf("%s left after 20 s and would wait longer: %+v", left, got.Diff.Left)
	}
}

// TestRehearse_RefusesWhatCouldNotBeSaved in the sentence in which saving it is
// refused.
func TestRehearse_RefusesWhatCouldNotBeSaved(t *testing.T) {
	t.Parallel()
	w := newAfternoon(t)
	gone := w.Agent("Gone", chat.Member)
	yes, much, strange := true, 1000, []string{strings.Repeat("x", 100)}
	must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, gone.ID, chat.AgentChange{Disabled: &yes}))
	group := func(rules routing.Rules) (desk.RehearsalChange, error) {
		_, err := w.Desk.ChangeGroup(t.Context(), w.Owner, w.Group.ID, desk.GroupChange{Rules: &rules})
		return desk.RehearsalChange{Groups: []desk.GroupRules{{ID: w.Group.ID, Rules: &rules}}}, err
	}
	members := func(members ...desk.Membership) (desk.RehearsalChange, error) {
		_, err := w.Desk.SetMembers(t.Context(), w.Owner, w.Group.ID, members)
		return desk.RehearsalChange{Groups: []desk.GroupRules{{ID: w.Group.ID, Members: &members}}}, err
	}
	routes := func(routes ...desk.Route) (desk.RehearsalChange, error) {
		_, err := w.Desk.SetRoutes(t.Context(), w.Owner, routes)
		return desk.RehearsalChange{Routes: &routes}, err
	}
	agent := func(a chat.AgentID, in chat.AgentChange) (desk.RehearsalChange, error) {
		_, err := w.Desk.ChangeAgent(t.Context(), w.Owner, a, in)
		return desk.RehearsalChange{Agents: []desk.AgentRules{{ID: a, Limit: in.Limit, Skills: in.Skills, Disabled: in.Disabled}}}, err
	}
	settings := func(in desk.RoutingSettings) (desk.RehearsalChange, error) {
		_, err := w.Desk.SetRouting(t.Context(), w.Owner, in)
		return desk.RehearsalChange{Limit: &in.Limit, Timing: &in.Timing}, err
	}
	for name, try := range map[string]func() (desk.RehearsalChange, error){
		"broken hours": func() (desk.RehearsalChange, error) {
			return group(routing.Rules{Hours: &routing.Hours{Zone: "Mars/Base"}})
		},
		"long hours": func() (desk.RehearsalChange, error) {
			return group(routing.Rules{Hours: &routing.Hours{Zone: "UTC", Week: make([]routing.Shift, 101)}})
		},
		"strange method": func() (desk.RehearsalChange, error) {
			return group(routing.Rules{Distribution: routing.Distribution{Method: "dice"}})
		},
		"no such class": func() (desk.RehearsalChange, error) { return members(desk.Membership{Agent: w.ada.ID, Class: "king"}) },
		"a member twice": func() (desk.RehearsalChange, error) {
			return members(desk.Membership{Agent: w.ada.ID}, desk.Membership{Agent: w.ada.ID})
		},
		"a stranger":        func() (desk.RehearsalChange, error) { return members(desk.Membership{Agent: "a_none"}) },
		"a disabled member": func() (desk.RehearsalChange, error) { return members(desk.Membership{Agent: gone.ID}) },
		"a rule nowhere":    func() (desk.RehearsalChange, error) { return routes(desk.Route{ID: "r", Name: "R", Group: "g_none"}) },
		"a rule of one id": func() (desk.RehearsalChange, error) {
			return routes(desk.Route{ID: "r", Name: "R", Group: w.Group.ID}, desk.Route{ID: "r", Name: "S", Group: w.Group.ID})
		},
		"a rule's skills": func() (desk.RehearsalChange, error) {
			return routes(desk.Route{Name: "R", Group: w.Group.ID, Skills: strange})
		},
		"an agent's limit":  func() (desk.RehearsalChange, error) { return agent(w.ada.ID, chat.AgentChange{Limit: &much}) },
		"an agent's skills": func() (desk.RehearsalChange, error) { return agent(w.ada.ID, chat.AgentChange{Skills: &strange}) },
		"the only owner":    func() (desk.RehearsalChange, error) { return agent(w.Owner.ID, chat.AgentChange{Disabled: &yes}) },
		"a limit":           func() (desk.RehearsalChange, error) { return settings(desk.RoutingSettings{Limit: much}) },
		"timing": func() (desk.RehearsalChange, error) {
			return settings(desk.RoutingSettings{Timing: routing.Timing{Warn: 90, Reply: 60}})
		},
	} {
		in, saving := try()
		in.Days = 1
		if _, err := w.Desk.Rehearse(t.Context(), in, nil); saving == nil || err == nil || err.Error() != saving.Error() {
			t.Errorf("%s: rehearsing it: %v; saving it: %v", name, err, saving)
		}
	}
	for name, in := range map[string]desk.RehearsalChange{
		"no day":         {},
		"too many days":  {Days: desk.MaxRehearsalDays + 1},
		"no such group":  {Days: 1, Groups: []desk.GroupRules{{ID: "g_none"}}},
		"a group twice":  {Days: 1, Groups: []desk.GroupRules{{ID: w.Group.ID}, {ID: w.Group.ID}}},
		"no such agent":  {Days: 1, Agents: []desk.AgentRules{{ID: "a_none"}}},
		"an agent twice": {Days: 1, Agents: []desk.AgentRules{{ID: w.ada.ID}, {ID: w.ada.ID}}},
	} {
		_, err := w.Desk.Rehearse(t.Context(), in, nil)
		wantKind(t, name, err, chat.Invalid)
	}
}

// TestRehearse_AdminsMayNotTryWhatTheyMayNotSave: whom an admin may not change he
// does not rehearse with either; who runs the server may.
func TestRehearse_AdminsMayNotTryWhatTheyMayNotSave(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	admin := w.Agent("Admin", chat.Admin)
	one := 1
	in := desk.RehearsalChange{Days: 1, Agents: []desk.AgentRules{{ID: w.Owner.ID, Limit: &one}}}
	_, err := w.Desk.StartRehearsal(t.Context(), admin, in)
	wantKind(t, "an admin tries the owner's limit", err, chat.Denied)
	must[desk.Rehearsal](t)(w.Desk.StartRehearsal(t.Context(), w.Owner, in))
	must[desk.Rehearsed](t)(w.Desk.Rehearse(t.Context(), in, nil))
	w.Desk.EndRehearsals()
}

// TestRehearse_SaysWhatItRestsOn: where it was not noted when agents took chats,
// their chats tell; where there are none, everybody is there.
func TestRehearse_SaysWhatItRestsOn(t *testing.T) {
	t.Parallel()
	w := newAfternoon(t)
	got := must[desk.Rehearsed](t)(w.Desk.Rehearse(t.Context(), desk.RehearsalChange{Days: 3}, nil))
	if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "recorded since 2026-03-02 08:59") {
		t.Errorf("notes %q", got.Notes)
	}
	bare := desktest.New(t)
	got = must[desk.Rehearsed](t)(bare.Desk.Rehearse(t.Context(), desk.RehearsalChange{Days: 3}, nil))
	if len(got.Notes) != 2 || !strings.Contains(got.Notes[1], "No visitor came") || got.Diff.Visits != 0 || strings.Contains(asText(t, got.Diff), "null") {
		t.Errorf("nobody came: notes %q, %s", got.Notes, asText(t, got.Diff))
	}
	arrival(t, bare, bare.Visitor(), "/")
	bare.Clock.Advance(time.Hour)
	got = must[desk.Rehearsed](t)(bare.Desk.Rehearse(t.Context(), desk.RehearsalChange{Days: 3}, nil))
	if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "not recorded yet, and nobody had one") || len(got.Diff.Nobody.Before) != 0 {
		t.Errorf("notes %q, met nobody %v", got.Notes, got.Diff.Nobody.Before)
	}
}

// TestRehearse_ShiftsOfDaysBeforeTheyWereNoted: yesterday Ada had chats from nine
// to ten, and two came when she had none; today is noted. Who came yesterday
// between her chats is answered, who came before and after meets nobody.
func TestRehearse_ShiftsOfDaysBeforeTheyWereNoted(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	taken := func() {
		t.Helper()
		w.Connect(ada)
		_, c := w.Arrives("hello")
		w.Clock.Advance(20*time.Second + 300*time.Microsecond)
		must[desk.Done](t)(w.Desk.Take(t.Context(), ada, c, desk.Taking{Key: w.Key(), Over: true}))
		w.Clock.Advance(5 * time.Minute)
		must[desk.Done](t)(w.Desk.Close(t.Context(), ada, c, w.Key()))
		w.Clock.Advance(10 * time.Minute)
	}
	leaves := func() string {
		t.Helper()
		v, c := w.Arrives("anybody?")
		w.Clock.Advance(3 * time.Minute)
		if err := w.Desk.EndAsVisitor(t.Context(), v.Caller); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(10 * time.Minute)
		return string(c)
	}
	early := leaves()
	taken()
	between := leaves()
	taken()
	late := leaves()
	w.Clock.Advance(24 * time.Hour)
	began := w.Clock.Now()
	w.Connect(ada)
	today := leaves()
	takesChats(w, began.Add(-time.Minute), w.Clock.Now(), ada)

	got := must[desk.Rehearsed](t)(w.Desk.Rehearse(t.Context(), desk.RehearsalChange{Days: 3}, nil))
	if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "Before that, everybody is taken to have been there") {
		t.Errorf("notes %q", got.Notes)
	}
	if want := []string{early, late}; !cmp.Equal(got.Diff.Nobody.Before, want) {
		t.Errorf("met nobody: %v, want %v; between %s, today %s", got.Diff.Nobody.Before, want, between, today)
	}
	if a := got.Diff.Agents; len(a) != 1 || len(a[0].Before) != 4 {
		t.Errorf("Ada's chats: %+v", a)
	}
}
