package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// returningFor is how long the group of a visitor's last chat has him again.
const returningFor = 7 * 24 * time.Hour

// errNeedsPlace ends a transaction that would begin a Thread without knowing how
// the groups stand: that is looked up outside, and the transaction runs again.
var errNeedsPlace = errors.New("desk: a thread begins and the groups' standings are not loaded")

// Ask is the detail of the conflict that a visitor is answered with who chose a
// group that takes no chat now: whether to leave a message for it or to talk to
// one of the others.
type Ask struct {
	Ask Question `json:"ask"`
}

// Question is what a visitor chooses between.
type Question struct {
	Chosen Standing   `json:"chosen"`
	Others []Standing `json:"others"`
}

// Standing is a group's live state as a visitor is told it.
type Standing struct {
	Group chat.GroupID      `json:"group"`
	Name  string            `json:"name"`
	State routing.Readiness `json:"state" enum:"online,online_for_queue,full,offline"`
	// OpensAt is when it opens next, in microseconds; 0 = not known, or open.
	OpensAt int64 `json:"opens_at,omitempty"`
	// Wait is how long a visitor who comes now may wait; absent = no estimate.
	Wait chat.Minutes `json:"wait,omitzero"`
}

// beginning decides where the Thread begins that a visitor's message opens.
func (d *Desk) beginning(tx *store.Tx, s *situation, state chat.State, v chat.Visitor, in VisitorMessage) (chat.Beginning, error) {
	site, err := tx.Site(state.Conversation.Site)
	if err != nil {
		return chat.Beginning{}, err
	}
	signed, refused, err := d.signedFor(tx, site.ID, in.Signed)
	if err != nil {
		return chat.Beginning{}, err
	}
	standings := s.standings()
	// Who names a group that was deleted means the one that has its chats.
	arrival := in.Arrival
	arrival.Group = s.successor(arrival.Group)
	choices := routing.Choices{Signed: s.successor(signed), Visitor: s.successor(arrival.Chosen), Offered: site.Choose, Last: s.lastGroup(state, d.now()), Default: site.Group}
	p := routing.Place(s.routes, arrival, choices, standings)
	if p.Ask != nil && !in.Leave {
		return chat.Beginning{}, s.ask(*p.Ask, in.Arrival.Language)
	}
	b := chat.Beginning{Priority: p.Priority, Skills: p.Skills, Owner: v.Owner,
		Placed: &chat.Placed{Cause: string(p.Cause), Rule: p.Rule, RuleName: s.routeName(p.Rule)}}
	b.Placed.Because = slices.Concat(p.Because, refused)
	b.Placed.Why = b.Placed.Because.English()
	// It may have been deleted since the standings were loaded.
	if b.Group, err = successorOf(tx, p.Group); err != nil {
		return b, err
	}
	b.Order = s.order(b.Group.ID)
	for _, g := range standings {
		if g.Group == b.Group.ID && (g.State == routing.NotOnline || g.State == routing.QueueFull) {
			b.Mode = chat.Mail
		}
	}
	return b, nil
}

// signedFor returns the group that the site's own server has signed. A token that
// does not hold is passed over, and the team is told why: the visitor, on a page
// that has stood open for a day, could do nothing about it.
func (d *Desk) signedFor(tx *store.Tx, site chat.SiteID, token string) (g chat.GroupID, refused chat.Because, err error) {
	if token == "" {
		return "", nil, nil
	}
	g, err = d.signedGroup(tx, site, token)
	var known *chat.Error
	if !errors.As(err, &known) {
		return g, nil, err
	}
	why, ours := known.Detail.(chat.Because)
	if !ours {
		return "", nil, err
	}
	return "", append(chat.Says("signed.refused"), why...), nil
}

// lastGroup is where the visitor's chat of the last days was; a deleted group has
// handed its chats on.
func (s *situation) lastGroup(state chat.State, now time.Time) chat.GroupID {
	t := state.Thread
	if t == nil || t.Open() || t.ClosedAt < chat.Micros(now.Add(-returningFor)) {
		return ""
	}
	return s.successor(t.Group)
}

// existing is the group where there is such a one, else "".
func (s *situation) existing(id chat.GroupID) chat.GroupID {
	if g, known := s.groups[id]; !known || g.Deleted {
		return ""
	}
	return id
}

// successor follows deleted groups to the one that has their chats.
func (s *situation) successor(id chat.GroupID) chat.GroupID {
	for range len(s.groups) {
		g, known := s.groups[id]
		if !known || !g.Deleted {
			return id
		}
		id = g.Successor
	}
	return id
}

func (s *situation) routeName(id string) string {
	for _, r := range s.routes {
		if r.ID == id {
			return r.Name
		}
	}
	return ""
}

func (s *situation) ask(a routing.Ask, language string) error {
	q := Question{Chosen: s.standing(a.Chosen, language), Others: []Standing{}}
	for _, o := range a.Others {
		q.Others = append(q.Others, s.standing(o, language))
	}
	return &chat.Error{Kind: chat.Conflict, Message: q.Chosen.Name + " takes no chats now. Leave a message for it, or talk to somebody else. Nothing was sent yet.",
		Detail: Ask{q}}
}

// standing is a group's state as a visitor of a language is told it.
func (s *situation) standing(g routing.Standing, language string) Standing {
	return Standing{Group: g.Group, Name: s.groups[g.Group].NameFor(language), State: g.State, OpensAt: g.OpensAt}
}

// groupAgain loads the group in which an agent's message begins a Thread: that of
// the one before, or who has its chats, else the site's.
func groupAgain(tx *store.Tx, s chat.State) (chat.Group, error) {
	if s.OpenThread() != nil {
		return chat.Group{}, nil
	}
	site, err := tx.Site(s.Conversation.Site)
	if err != nil {
		return chat.Group{}, err
	}
	id := site.Group
	if s.Thread != nil {
		id = s.Thread.Group
	}
	return successorOf(tx, id)
}

// maxHops bounds how many deleted groups in a row are followed.
const maxHops = 100

// Coming is a visitor who has not written: what he speaks, where he is, and the group
// that the site's own server has signed.
type Coming struct {
	Language string
	Arrival  chat.Arrival
	Signed   string
}

// SiteStandings is what a site's visitor meets before he writes.
type SiteStandings struct {
	// Reached is the group that he would reach without a choice of his own; Named says
	// that the page or its server named it, so that he has none.
	Reached Standing
	Named   bool
	// Groups are those that he may choose from, in the site's order.
	Groups []Standing
}

// SiteStandings returns how the groups of a site stand, in a visitor's language.
func (d *Desk) SiteStandings(ctx context.Context, site chat.Site, in Coming) (SiteStandings, error) {
	s, err := d.situation(ctx)
	if err != nil {
		return SiteStandings{}, err
	}
	reached, err := d.reaches(ctx, s, site, in)
	if err != nil {
		return SiteStandings{}, err
	}
	out := SiteStandings{Groups: []Standing{}, Named: reached.Cause == routing.BySigned || reached.Cause == routing.ByPage}
	all := s.standings()
	show := func(id chat.GroupID) (Standing, bool, error) {
		for _, g := range all {
			if g.Group != id {
				continue
			}
			known, err := d.known(ctx, id)
			shown := s.standing(g, in.Language)
			if g.State == routing.OnlineForQueue {
				shown.Wait = s.state.NextWait(id, known, s.at).Minutes()
			}
			return shown, !g.Private, err
		}
		return Standing{Group: id, State: routing.NotOnline}, false, nil
	}
	if out.Reached, _, err = show(s.successor(reached.Group)); err != nil {
		return out, err
	}
	for _, id := range site.Choose {
		shown, public, err := show(id)
		if err != nil {
			return out, err
		}
		if public {
			out.Groups = append(out.Groups, shown)
		}
	}
	return out, nil
}

// reaches places a visitor who has not written. Where his last chat was is not known yet.
func (d *Desk) reaches(ctx context.Context, s *situation, site chat.Site, in Coming) (routing.Placement, error) {
	var signed chat.GroupID
	if in.Signed != "" {
		err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
			signed, _, err = d.signedFor(tx, site.ID, in.Signed)
			return err
		})
		if err != nil {
			return routing.Placement{}, err
		}
	}
	in.Arrival.Site, in.Arrival.Group = site.ID, s.successor(in.Arrival.Group)
	return routing.Place(s.routes, in.Arrival, routing.Choices{Signed: s.successor(signed), Offered: site.Choose, Default: site.Group}, s.standings()), nil
}

// Takes reports whether a visitor who comes now is taken or queued.
func (s Standing) Takes() bool {
	return s.State == routing.Online || s.State == routing.OnlineForQueue
}
