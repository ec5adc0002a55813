package desk

import (
	"cmp"
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// setupLinks are how many links of a first start work at once: as many nodes may
// start together, and one that starts again and again leaves no heap behind.
const setupLinks = 16

// SetupToken returns a one-time token for the first start, or "" where the workspace
// has an owner. Those of other nodes go on working: whoever reads any node's output
// gets in. The first one that is used ends them all.
func (d *Desk) SetupToken(ctx context.Context) (string, error) {
	var token string
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		token = ""
		owners, err := countOwners(tx)
		if err != nil || owners > 0 {
			return err
		}
		newer := 0
		if _, err := dropTickets(tx, forSetup, func(store.Ticket) bool { newer++; return newer >= setupLinks }); err != nil {
			return err
		}
		token = newSecret()
		return d.saveTicket(tx, token, store.Ticket{Purpose: forSetup}, setupFor)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// NeedsSetup reports whether the workspace has no owner yet.
func (d *Desk) NeedsSetup(ctx context.Context) (bool, error) {
	owners := 0
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		owners, err = countOwners(tx)
		return err
	})
	return owners == 0, err
}

// countOwners counts the owners who can sign in.
func countOwners(tx *store.Tx) (int, error) {
	agents, err := tx.Agents()
	return ownersAmong(agents), err
}

func ownersAmong(agents []chat.Agent) int {
	owners := 0
	for _, a := range agents {
		if a.Role == chat.Owner && !a.Disabled {
			owners++
		}
	}
	return owners
}

// Method is how a group shares out its chats.
type Method = routing.Method

// Setup is what the owner enters at the first start.
type Setup struct {
	Token, Name, Email, Password string
	SiteName                     string
	Origins                      []string
	Language                     string
	// Method is how the first group shares out its chats; the empty one is the
	// default, which fits a team of any size.
	Method Method
}

// firstRules are those of the first group.
func (in Setup) firstRules() routing.Rules {
	return routing.Rules{Line: routing.FirstLine, Distribution: routing.Distribution{Method: cmp.Or(in.Method, routing.LeastBusy)}}
}

// SetUp makes the owner, the first group and the first site.
func (d *Desk) SetUp(ctx context.Context, in Setup, from Device) (SignedIn, error) {
	site, err := chat.Site{Name: in.SiteName, Origins: in.Origins, Language: in.Language}.Clean()
	if err != nil {
		return SignedIn{}, err
	}
	rules := in.firstRules()
	if err := rules.Check(); err != nil {
		return SignedIn{}, err
	}
	owner, err := d.newAgent(in.Name, in.Email, in.Password, chat.Owner)
	if err != nil {
		return SignedIn{}, err
	}
	// The link is looked at before a hash is spent on its caller, and again
	// when it is used.
	check := func(tx *store.Tx) error { return d.maySetUp(tx, in.Token) }
	if err := d.store.Read(ctx, check); err != nil {
		return SignedIn{}, err
	}
	phc, err := d.hashes.hash(ctx, in.Password)
	if err != nil {
		return SignedIn{}, err
	}
	var done SignedIn
	err = d.write(ctx, func(tx *store.Tx) (err error) {
		if err = check(tx); err != nil {
			return err
		}
		done, err = d.setUp(tx, firstStart{owner, phc, site, rules}, from)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return done, nil
}

// newAgent checks what a person enters about himself.
func (d *Desk) newAgent(name, email, password string, role chat.Role) (chat.Agent, error) {
	name = chat.CleanName(name)
	if name == "" {
		return chat.Agent{}, chat.Errorf(chat.Invalid, "Your name is missing. Visitors will read it.")
	}
	email, err := chat.CleanEmail(email)
	if err != nil {
		return chat.Agent{}, err
	}
	if err := d.checkPassword(password, name, email); err != nil {
		return chat.Agent{}, err
	}
	return chat.Agent{ID: chat.AgentID(newID("a")), Name: name, Email: email, Role: role, Status: chat.Accepting}, nil
}

func (d *Desk) maySetUp(tx *store.Tx, token string) error {
	owners, err := countOwners(tx)
	if err == nil && owners > 0 {
		err = chat.Errorf(chat.Gone, "This workspace has an owner already. Sign in instead.")
	}
	if err != nil {
		return err
	}
	_, err = d.ticket(tx, token, forSetup)
	return err
}

// firstStart is what the first start makes, checked.
type firstStart struct {
	owner chat.Agent
	phc   string
	site  chat.Site
	rules routing.Rules
}

func (d *Desk) setUp(tx *store.Tx, in firstStart, from Device) (SignedIn, error) {
	owner, site := in.owner, in.site
	group := chat.Group{ID: chat.GroupID(newID("g")), Name: "Team", Policy: chat.PolicyOpen, Rules: in.rules.Raw()}
	if err := tx.SaveGroup(group); err != nil {
		return SignedIn{}, err
	}
	owner.Groups = []chat.GroupID{group.ID}
	site.ID, site.Key, site.Group = chat.SiteID(newID("s")), newSiteKey(), group.ID
	if err := tx.SaveSite(site); err != nil {
		return SignedIn{}, err
	}
	if _, err := dropTickets(tx, forSetup, func(store.Ticket) bool { return true }); err != nil {
		return SignedIn{}, err
	}
	by := owner.Actor()
	if err := d.addGroupChannel(tx, by, group); err != nil {
		return SignedIn{}, err
	}
	return d.enter(tx, owner, in.phc, from, d.fact(chat.KindGroup, by, group), d.fact(chat.KindSite, by, site))
}

// enter stores a new agent, tells the team after the facts before, and signs
// the agent in.
func (d *Desk) enter(tx *store.Tx, a chat.Agent, phc string, from Device, before ...chat.Event) (SignedIn, error) {
	if err := tx.SaveAgent(a); err != nil {
		return SignedIn{}, err
	}
	if err := tx.SetPassword(a.ID, phc); err != nil {
		return SignedIn{}, err
	}
	facts := append(slices.Clone(before), d.fact(chat.KindAgent, a.Actor(), a))
	if err := tell(tx, chat.TeamConversation, facts...); err != nil {
		return SignedIn{}, err
	}
	return d.newSession(tx, a, from)
}
