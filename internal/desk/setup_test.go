package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/routing"
)

func first(token string) desk.Setup {
	return desk.Setup{Token: token, Name: "Anna", Email: "anna@team.example", Password: "seven green umbrellas",
		SiteName: "Shop", Origins: []string{"https://shop.example"}}
}

func TestSetUp_MakesAWorkspaceThatAnswersVisitors(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	if w.Owner.Role != chat.Owner || w.Owner.Limit != 0 || w.Owner.Status != chat.Accepting || len(w.Owner.Groups) != 1 {
		t.Errorf("the owner is %+v", w.Owner)
	}
	if w.Group.Name != "Team" || w.Group.Policy != chat.PolicyOpen || w.Site.Group != w.Group.ID || len(w.Site.Key) != 16 {
		t.Errorf("group %+v, site %+v", w.Group, w.Site)
	}
	if got := kinds(w.Log(chat.TeamConversation)); got != "group.changed site.changed agent.changed" {
		t.Errorf("the team is told %q", got)
	}
	if needs, err := w.Desk.NeedsSetup(t.Context()); needs || err != nil {
		t.Errorf("needs setup: %v, %v", needs, err)
	}
	if token, err := w.Desk.SetupToken(t.Context()); token != "" || err != nil {
		t.Errorf("a second setup link: %q, %v", token, err)
	}
	a, s, err := w.Desk.Authenticate(t.Context(), w.SignedIn.Secret)
	if err != nil || a.ID != w.Owner.ID || s.ID != w.SignedIn.Session.ID {
		t.Errorf("the owner's session: %+v, %+v, %v", a, s, err)
	}
	if strings.Contains(asText(t, w.SignedIn.Session), w.SignedIn.Secret) {
		t.Error("the session shows its secret")
	}
}

// Chats are assigned unless the first start's page was told of a team so small that
// everybody sees who waits.
func TestSetUp_TheFirstGroupSharesOutAsItWasAskedTo(t *testing.T) {
	t.Parallel()
	for asked, want := range map[routing.Method]routing.Method{"": routing.LeastBusy, routing.LeastBusy: routing.LeastBusy, routing.Pull: routing.Pull} {
		w := desktest.Empty(t)
		in := first(must[string](t)(w.Desk.SetupToken(t.Context())))
		in.Method = asked
		owner := must[desk.SignedIn](t)(w.Desk.SetUp(t.Context(), in, desk.Device{})).Agent
		groups := must[[]desk.ManagedGroup](t)(w.Desk.Groups(t.Context(), owner))
		if len(groups) != 1 || groups[0].Rules.Distribution.Method != want {
			t.Errorf("asked for %q, the first groups are %+v, want one by %q", asked, groups, want)
		}
	}
}

func TestSetUp_EveryLinkWorksUntilOneIsUsed(t *testing.T) {
	t.Parallel()
	w := desktest.Empty(t)
	if needs, err := w.Desk.NeedsSetup(t.Context()); !needs || err != nil {
		t.Errorf("needs setup: %v, %v", needs, err)
	}
	forgotten := must[string](t)(w.Desk.SetupToken(t.Context()))
	var printed []string
	for _, node := range slices.Repeat([]string{"n1", "n2"}, 8) {
		w.Clock.Advance(time.Second)
		printed = append(printed, must[string](t)(w.Node(node).SetupToken(t.Context())))
	}
	for _, bad := range []string{forgotten, "", "nonsense"} {
		_, err := w.Desk.SetUp(t.Context(), first(bad), desk.Device{})
		wantKind(t, "setup with "+bad, err, chat.Gone)
	}
	if _, err := w.Desk.SetUp(t.Context(), first(printed[0]), desk.Device{}); err != nil {
		t.Fatal(err)
	}
	for _, over := range []string{printed[0], printed[15]} {
		_, err := w.Desk.SetUp(t.Context(), first(over), desk.Device{})
		wantKind(t, "a link after one was used", err, chat.Gone)
	}

	w = desktest.Empty(t)
	token := must[string](t)(w.Desk.SetupToken(t.Context()))
	w.Clock.Advance(8 * 24 * time.Hour)
	_, err := w.Desk.SetUp(t.Context(), first(token), desk.Device{})
	wantKind(t, "a link of last week", err, chat.Gone)
}

func TestSetUp_RefusesBadInputAndKeepsTheLink(t *testing.T) {
	t.Parallel()
	w := desktest.Empty(t)
	token := must[string](t)(w.Desk.SetupToken(t.Context()))
	for what, change := range map[string]func(*desk.Setup){
		"short password":        func(s *desk.Setup) { s.Password = "elevenchars" },
		"long password":         func(s *desk.Setup) { s.Password = strings.Repeat("ab", 101) },
		"common password":       func(s *desk.Setup) { s.Password = "PassWord1234" },
		"password is the name":  func(s *desk.Setup) { s.Name, s.Password = "Annabel Smithson", "annabel smithson" },
		"password is the mail":  func(s *desk.Setup) { s.Password = "anna@team.example" },
		"one character":         func(s *desk.Setup) { s.Password = "zzzzzzzzzzzz" },
		"blanks":                func(s *desk.Setup) { s.Password = "            " },
		"password not UTF-8":    func(s *desk.Setup) { s.Password = "seven green\xff umbrellas" },
		"no name":               func(s *desk.Setup) { s.Name = " " },
		"no address":            func(s *desk.Setup) { s.Email = "anna" },
		"no site name":          func(s *desk.Setup) { s.SiteName = "" },
		"no origin":             func(s *desk.Setup) { s.Origins = nil },
		"an origin with a path": func(s *desk.Setup) { s.Origins = []string{"https://shop.example/x"} },
		"an unknown method":     func(s *desk.Setup) { s.Method = "by_dice" },
	} {
		in := first(token)
		change(&in)
		_, err := w.Desk.SetUp(t.Context(), in, desk.Device{})
		wantKind(t, what, err, chat.Invalid)
	}
	if _, err := w.Desk.SetUp(t.Context(), first(token), desk.Device{}); err != nil {
		t.Errorf("the link after bad input: %v", err)
	}
}
