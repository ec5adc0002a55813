package desk

import (
	"cmp"
	"context"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const (
	maxMatches = 5
	// manyMatches is how many visitors of one address are looked at: most of a
	// shared one may be none that the reader may see.
	manyMatches = 50
)

// Person is a Conversation's visitor with everybody who is linked with him, as far
// as the reader may see them.
type Person struct {
	Links []PersonLink  `json:"links" doc:"Newest first."`
	Known []KnownAs     `json:"known" doc:"The other visitors of this person."`
	Maybe []PersonMatch `json:"maybe" doc:"Visitors who typed the same address. Nobody has checked whose it is."`
}

// PersonLink is a link, and whether the reader may undo it now.
type PersonLink struct {
	chat.Link
	Name    string `json:"name,omitempty" doc:"The other visitor's name, where the reader may see him."`
	MayUndo bool   `json:"may_undo"`
}

// KnownAs is another visitor of the same person, and his sittings that the reader
// may see, oldest first.
type KnownAs struct {
	Visitor chat.Visitor  `json:"visitor"`
	Threads []chat.Thread `json:"threads"`
}

// PersonMatch is a visitor who may be the same person.
type PersonMatch struct {
	Visitor chat.Visitor `json:"visitor"`
	Why     string       `json:"why" enum:"email"`
	MayLink bool         `json:"may_link" doc:"False where both are signed as different people: then only who oversees links them."`
}

// Person loads who a Conversation's visitor is also known as, and who might be the
// same.
func (d *Desk) Person(ctx context.Context, a chat.Agent, c chat.ConversationID) (Person, error) {
	p := Person{Links: []PersonLink{}, Known: []KnownAs{}, Maybe: []PersonMatch{}}
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		s, err := visibleState(tx, a.Viewer(), c)
		if err != nil {
			return err
		}
		people, links, err := tx.Person(s.Conversation.Visitor)
		if err != nil {
			return err
		}
		if p.Known, err = knownAs(tx, a.Viewer(), people[1:]); err != nil {
			return err
		}
		p.Links = d.linksFor(a, s.Conversation.Visitor, p.Known, links)
		p.Maybe, err = matches(tx, a, s.Conversation.Visitor, people)
		return err
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

// knownAs are those of some visitors whose Conversations a viewer may open.
func knownAs(tx *store.Tx, v chat.Viewer, people []chat.VisitorID) ([]KnownAs, error) {
	all := []KnownAs{}
	for _, id := range people {
		visitor, err := tx.Visitor(id)
		if err != nil {
			return nil, err
		}
		threads, err := openThreadsFor(tx, v, visitor.Conversation)
		if err != nil {
			return nil, err
		}
		if threads != nil {
			all = append(all, KnownAs{visitor, threads})
		}
	}
	return all, nil
}

// openThreadsFor are the Threads that a viewer may see of a Conversation that he
// may open; nil where he may not.
func openThreadsFor(tx *store.Tx, v chat.Viewer, c chat.ConversationID) ([]chat.Thread, error) {
	if _, err := visibleState(tx, v, c); err != nil {
		if chat.IsKind(err, chat.Missing) {
			err = nil
		}
		return nil, err
	}
	threads, err := tx.Threads(c)
	return slices.DeleteFunc(threads, func(t chat.Thread) bool { return !t.Access().Admits(v) }), err
}

// linksFor are the links of a visitor himself, newest first. A far end that the reader
// may not open is left out; who linked and when stands in this Conversation anyway.
func (d *Desk) linksFor(a chat.Agent, self chat.VisitorID, known []KnownAs, links []chat.Link) []PersonLink {
	names := map[chat.VisitorID]string{}
	for _, k := range known {
		names[k.Visitor.ID] = k.Visitor.Name
	}
	all := []PersonLink{}
	for _, l := range links {
		if far, own := l.Far(self); own {
			_, err := chat.UnlinkPerson(l, a, d.now())
			name, opens := names[far]
			if !opens {
				l.One, l.Other = self, ""
			}
			all = append(all, PersonLink{Link: l, Name: name, MayUndo: err == nil})
		}
	}
	slices.SortFunc(all, func(x, y PersonLink) int { return cmp.Compare(y.At, x.At) })
	return all
}

// matches are visitors who typed the same address and are not linked yet, as far
// as a viewer may open their Conversations.
func matches(tx *store.Tx, a chat.Agent, self chat.VisitorID, person []chat.VisitorID) ([]PersonMatch, error) {
	all := []PersonMatch{}
	mine, err := visitors(tx, person)
	if err != nil {
		return nil, err
	}
	me := mine[slices.Index(person, self)]
	same, err := tx.SameEmail(me, manyMatches)
	if err != nil {
		return nil, err
	}
	for _, other := range same {
		if len(all) == maxMatches || slices.Contains(person, other.ID) {
			continue
		}
		_, err := visibleState(tx, a.Viewer(), other.Conversation)
		switch {
		case err == nil:
			apart, err := wouldJoin(tx, mine, other)
			if err != nil {
				return nil, err
			}
			all = append(all, PersonMatch{Visitor: other, Why: "email", MayLink: !apart || a.Role.Oversees()})
		case !chat.IsKind(err, chat.Missing):
			return nil, err
		}
	}
	return all, nil
}

// wouldJoin reports whether linking some visitors with another one would make people
// one who are signed as different ones.
func wouldJoin(tx *store.Tx, mine []chat.Visitor, other chat.Visitor) (bool, error) {
	people, _, err := tx.Person(other.ID)
	if err != nil {
		return false, err
	}
	theirs, err := visitors(tx, people)
	return chat.Apart(slices.Concat(mine, theirs)), err
}

// LinkPerson says that the visitors of two Conversations are the same human. The
// agent must be able to open both.
func (d *Desk) LinkPerson(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, other chat.ConversationID) (Done, error) {
	in := act{key: key, intent: intent{Act: "link", Other: other}, full: true}
	return d.doTwo(ctx, a, c, other, in, func(tx *store.Tx, me chat.Agent, s, o chat.State) ([]chat.Event, error) {
		one, two := s.Conversation.Visitor, o.Conversation.Visitor
		if !o.Access().Admits(me.Viewer()) {
			return nil, missingConversation()
		}
		person, _, err := tx.Person(one)
		if err != nil || slices.Contains(person[1:], two) {
			return nil, err
		}
		theirs, _, err := tx.Person(two)
		if err != nil {
			return nil, err
		}
		all, err := visitors(tx, slices.Concat(person, theirs))
		if err != nil {
			return nil, err
		}
		l, e, err := chat.LinkPerson(chat.LinkID(newID("l")), one, two, all, me, d.now())
		if err != nil {
			return nil, err
		}
		return []chat.Event{e}, tx.AddLink(l)
	})
}

func visitors(tx *store.Tx, ids []chat.VisitorID) ([]chat.Visitor, error) {
	all := make([]chat.Visitor, len(ids))
	for i, id := range ids {
		var err error
		if all[i], err = tx.Visitor(id); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// UnlinkPerson takes back a link of a Conversation's own visitor. Being able to
// open that one is enough: a wrong link must not need a right to what it joined.
func (d *Desk) UnlinkPerson(ctx context.Context, a chat.Agent, c chat.ConversationID, key string, id chat.LinkID) (Done, error) {
	other, err := d.farEnd(ctx, c, id)
	if err != nil {
		return Done{}, err
	}
	in := act{key: key, intent: intent{Act: "unlink", Text: string(id)}, full: true}
	return d.doTwo(ctx, a, c, other, in, func(tx *store.Tx, me chat.Agent, _, _ chat.State) ([]chat.Event, error) {
		l, holds, err := tx.Link(id)
		if err != nil || !holds {
			return nil, err
		}
		e, err := chat.UnlinkPerson(l, me, d.now())
		if err != nil {
			return nil, err
		}
		return []chat.Event{e}, tx.EndLink(id, me.ID, chat.Micros(d.now()))
	})
}

// farEnd is the Conversation that a link joins to one.
func (d *Desk) farEnd(ctx context.Context, c chat.ConversationID, id chat.LinkID) (far chat.ConversationID, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		l, _, err := tx.Link(id)
		if err != nil {
			return err
		}
		s, err := tx.State(c)
		if err != nil {
			return err
		}
		other, own := l.Far(s.Conversation.Visitor)
		if !own {
			return chat.Errorf(chat.Missing, "There is no such link.")
		}
		v, err := tx.Visitor(other)
		far = v.Conversation
		return err
	})
	return far, err
}

// doTwo runs an act that is told in two customer Conversations: rule answers the
// events of the first one, the second one gets the same.
func (d *Desk) doTwo(ctx context.Context, a chat.Agent, c, other chat.ConversationID, in act,
	rule func(*store.Tx, chat.Agent, chat.State, chat.State) ([]chat.Event, error)) (Done, error) {
	return d.once(ctx, in.key, c, in.intent, func(tx *store.Tx, hash []byte) (Done, error) {
		if _, _, err := lockFor(tx, a.ID, min(c, other)); err != nil {
			return Done{}, err
		}
		_, o, err := lockFor(tx, a.ID, other)
		if err != nil {
			return Done{}, err
		}
		me, s, err := lockFor(tx, a.ID, c)
		if err != nil {
			return Done{}, err
		}
		in.rule = func(tx *store.Tx, me chat.Agent, s chat.State) ([]chat.Event, error) { return rule(tx, me, s, o) }
		in.after = func(tx *store.Tx, events []chat.Event) error { return appendTwins(tx, o, events) }
		return d.doLocked(tx, me, s, in, hash)
	})
}

// appendTwins tells another Conversation the same.
func appendTwins(tx *store.Tx, o chat.State, events []chat.Event) error {
	twins := make([]chat.Event, len(events))
	for i, e := range events {
		twins[i] = chat.Event{Kind: e.Kind, Actor: e.Actor, Audience: e.Audience, At: e.At, Body: e.Body}
	}
	twins, err := appendTo(tx, &o, twins)
	for _, e := range slices.Concat(events, twins) {
		if err == nil && e.Kind == chat.KindLinked {
			err = knowersLater(tx, e.Conversation, e)
		}
	}
	return err
}
