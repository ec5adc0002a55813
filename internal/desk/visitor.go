package desk

import (
	"context"
	"errors"
	"maps"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// signOfLife is how old a visitor's last sign of life may be before an act of
// his writes a newer one: one write a message would be one too many.
const signOfLife = 10 * time.Second

// Caller is a visitor's request: the resume token, and the site whose widget it
// comes from.
type Caller struct {
	Token string // at least 32 random bytes, made by the widget
	Site  string // the site's key
}

// VisitorMessage is what a visitor sends; the first one makes the Visitor and
// the Conversation.
type VisitorMessage struct {
	Key   string
	Text  string
	Files []chat.FileID
	Name  string
	Email string
	// Signed is the group as the site's own server signed it; "" where it did not.
	Signed  string
	Arrival chat.Arrival
	// Leave says that the message is for the chosen group though nobody there
	// takes chats now.
	Leave bool
}

// VisitorDone is the answer of a visitor's act, as the visitor may see it.
type VisitorDone struct {
	Visitor chat.Visitor
	Events  []chat.Event
	Again   bool
}

// VisitorOf returns the visitor of a token; missing before the first message,
// gone after sign-out.
func (d *Desk) VisitorOf(ctx context.Context, by Caller) (chat.Visitor, error) {
	var v chat.Visitor
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		_, v, err = d.identify(tx, by)
		return err
	})
	if err != nil {
		return chat.Visitor{}, err
	}
	return v, nil
}

// identify returns the site and the visitor of a request. The site is returned
// with the error that tells that the token is not known yet.
func (d *Desk) identify(tx *store.Tx, by Caller) (chat.SiteID, chat.Visitor, error) {
	if err := checkToken(by.Token); err != nil {
		return "", chat.Visitor{}, err
	}
	site, err := d.siteOf(tx, by.Site)
	if err != nil {
		return "", chat.Visitor{}, err
	}
	v, err := d.visitorByHash(tx, hashOf(by.Token))
	if err == nil && v.Site != site {
		return site, chat.Visitor{}, chat.Errorf(chat.Denied, "This token belongs to another site.")
	}
	return site, v, err
}

// siteOf finds the site of a key. The answer is kept: a key never passes to
// another site, and every message of a visitor asks.
func (d *Desk) siteOf(tx *store.Tx, key string) (chat.SiteID, error) {
	if id, known := d.sites.Load(key); known {
		return id.(chat.SiteID), nil
	}
	site, err := tx.SiteByKey(key)
	if chat.IsKind(err, chat.Missing) {
		err = chat.Errorf(chat.Denied, "There is no site with this key. Check the snippet in the page.")
	}
	if err == nil {
		d.sites.Store(key, site.ID)
	}
	return site.ID, err
}

// PostAsVisitor stores a visitor's message, making what is missing.
func (d *Desk) PostAsVisitor(ctx context.Context, by Caller, in VisitorMessage) (VisitorDone, error) {
	if err := checkKey(in.Key); err != nil {
		return VisitorDone{}, err
	}
	if err := chat.CheckText(in.Text, len(in.Files)); err != nil {
		return VisitorDone{}, err
	}
	in.Arrival, in.Name = in.Arrival.Clean(), chat.CleanName(in.Name)
	if in.Email != "" {
		clean, err := chat.CleanEmail(in.Email)
		if err != nil {
			return VisitorDone{}, err
		}
		in.Email = clean
	}
	if _, err := d.commandKey(ctx); err != nil {
		return VisitorDone{}, err
	}
	var done VisitorDone
	var now *situation
	post := func(tx *store.Tx) (err error) {
		done, err = d.postAsVisitor(ctx, tx, now, by, in)
		return err
	}
	err := d.write(ctx, post)
	if errors.Is(err, errNeedsPlace) {
		if now, err = d.situation(ctx); err != nil {
			return VisitorDone{}, err
		}
		err = d.write(ctx, post)
	}
	if err != nil {
		return VisitorDone{}, err
	}
	return done, nil
}

func (d *Desk) postAsVisitor(ctx context.Context, tx *store.Tx, now *situation, by Caller, in VisitorMessage) (VisitorDone, error) {
	site, v, err := d.identify(tx, by)
	isNew := chat.IsKind(err, chat.Missing)
	if err != nil && !isNew {
		return VisitorDone{}, err
	}
	in.Arrival.Site = site
	var s chat.State
	if isNew {
		v, s, err = d.welcome(tx, site, by, in)
	} else {
		v, s, err = d.lockVisitor(tx, by, v)
	}
	if err != nil {
		return VisitorDone{}, err
	}
	what := intent{Act: "say", Conversation: v.Conversation, Audience: chat.ForAll, Text: in.Text, Files: in.Files}
	hash, err := d.fingerprint(ctx, what)
	if err != nil {
		return VisitorDone{}, err
	}
	events, again, err := earlier(tx, in.Key, visitorOwner(v.ID), hash)
	if err != nil {
		return VisitorDone{}, err
	}
	if !again {
		if again, err = d.signedEarlier(ctx, tx, v, in.Key, what); err != nil {
			return VisitorDone{}, err
		}
	}
	if !again {
		if v, events, err = d.postLocked(tx, now, &s, v, by, in); err != nil {
			return VisitorDone{}, err
		}
		if err := remember(tx, in.Key, visitorOwner(v.ID), hash, v.Conversation, events); err != nil {
			return VisitorDone{}, err
		}
	}
	seen, err := forVisitor(tx, v, s, events)
	return VisitorDone{Visitor: public(v), Events: seen, Again: again}, err
}

// lockVisitor locks a visitor's Conversation, and looks under the lock whether it is
// his still: where many write at a time, a sign-in may have come between.
func (d *Desk) lockVisitor(tx *store.Tx, by Caller, v chat.Visitor) (chat.Visitor, chat.State, error) {
	s, err := tx.Lock(v.Conversation)
	if err != nil || tx.Alone() {
		return v, s, err
	}
	_, now, err := d.identify(tx, by)
	if err == nil && now.Conversation != v.Conversation {
		err = chat.Errorf(chat.Unavailable, "Your chat has just gone on elsewhere. Nothing was stored; send it again.")
	}
	return now, s, err
}

// welcome makes the Visitor with the token, or the one who is signed in, and an empty
// Conversation.
func (d *Desk) welcome(tx *store.Tx, site chat.SiteID, by Caller, in VisitorMessage) (chat.Visitor, chat.State, error) {
	now := chat.Micros(d.now())
	v := chat.Visitor{ID: chat.VisitorID(newID("v")), Site: site, Since: now, Seen: now,
		Conversation: chat.ConversationID(newID("c"))}
	signed, err := tx.SignIn(hashOf(by.Token))
	anonymous := chat.IsKind(err, chat.Missing)
	switch {
	case anonymous:
	case err != nil:
		return v, chat.State{}, err
	case signed.Site != site:
		return v, chat.State{}, chat.Errorf(chat.Denied, "This token belongs to another site.")
	default:
		v = v.Proven(signed.Signed)
	}
	v = describe(v, in)
	c := chat.Conversation{ID: v.Conversation, Kind: chat.FormCustomer, Site: site, Visitor: v.ID}
	if err := tx.SaveVisitor(v); err != nil {
		return v, chat.State{}, err
	}
	if anonymous {
		if err := tx.SetToken(v.ID, hashOf(by.Token)); err != nil {
			return v, chat.State{}, err
		}
	}
	return v, chat.State{Conversation: c}, tx.NewConversation(c)
}

// describe folds what a message tells about the visitor into him.
func describe(v chat.Visitor, in VisitorMessage) chat.Visitor {
	v = v.Called(in.Name, in.Email)
	at := in.Arrival
	if at.URL != "" {
		v.Page, v.Title = at.URL, at.Title
	}
	if at.Language != "" {
		v.Language = at.Language
	}
	if at.Country != "" {
		v.Country = at.Country
	}
	if at.Device != "" {
		v.Device = at.Device
	}
	if at.Data != nil {
		v.Data = at.Data
	}
	v.Visits = max(v.Visits, at.Visits)
	return v
}

// refresh stores what changed about a known visitor, and reports whether the
// team should hear of it.
func (d *Desk) refresh(tx *store.Tx, v chat.Visitor, in VisitorMessage) (after chat.Visitor, changed bool, err error) {
	now := chat.Micros(d.now())
	after = describe(v, in)
	changed = !same(v, after)
	if !changed && now-v.Seen < signOfLife.Microseconds() {
		return v, false, nil
	}
	after.Seen = max(v.Seen, now)
	return after, changed, tx.SaveVisitor(after)
}

// same reports whether nothing changed that an agent is told about.
func same(a, b chat.Visitor) bool {
	return a.Name == b.Name && a.Email == b.Email && a.Page == b.Page && a.Title == b.Title && a.Language == b.Language &&
		a.Country == b.Country && a.Device == b.Device && a.Visits == b.Visits && maps.Equal(a.Data, b.Data)
}

func (d *Desk) postLocked(tx *store.Tx, sit *situation, s *chat.State, v chat.Visitor, by Caller, in VisitorMessage) (chat.Visitor, []chat.Event, error) {
	v, changed, err := d.refresh(tx, v, in)
	if err != nil {
		return v, nil, err
	}
	refs, err := unsentFiles(tx, v.Conversation, in.Files, visitorOwner(v.ID), tokenOwner(by.Token))
	if err != nil {
		return v, nil, err
	}
	now := d.now()
	in.Arrival = in.Arrival.Proven(v)
	m := chat.NewMessage{Text: in.Text, Files: refs, Arrival: in.Arrival}
	if chat.Begins(*s, now) {
		if sit == nil {
			return v, nil, errNeedsPlace
		}
		m.Arrival.Group, m.Arrival.Chosen = sit.existing(in.Arrival.Group), sit.existing(in.Arrival.Chosen)
		if m.Begin, err = d.beginning(tx, sit, *s, v, in); err != nil {
			return v, nil, err
		}
	}
	events, err := chat.Post(*s, v.Actor(), m, now)
	if err != nil {
		return v, nil, err
	}
	help, err := d.needsHelp(tx, *s, in.Text)
	if err != nil {
		return v, nil, err
	}
	events = append(events, help...)
	if changed {
		events = append(events, chat.Fact(chat.KindVisitor, v.Actor(), chat.ForAgents, chat.Micros(now), v))
	}
	if events, err = appendTo(tx, s, events); err != nil {
		return v, nil, err
	}
	return v, events, holdFiles(tx, events, in.Files)
}

// EndAsVisitor closes the open Thread, where there is one, and ends the token:
// the visitor's connections close. Who is signed in stays so, and with what was said.
// Ending twice, or what never began, is no error.
func (d *Desk) EndAsVisitor(ctx context.Context, by Caller) error {
	return d.write(ctx, func(tx *store.Tx) error {
		_, v, err := d.identify(tx, by)
		if chat.IsKind(err, chat.Missing) || chat.IsKind(err, chat.Gone) {
			return nil
		}
		if err != nil {
			return err
		}
		v, s, err := d.lockVisitor(tx, by, v)
		if err != nil {
			return err
		}
		now := d.now()
		events, err := chat.Close(s, v.Actor(), chat.Ended, chat.Micros(now), now)
		if err != nil {
			return err
		}
		if v.Signed != nil {
			_, err := appendTo(tx, &s, events)
			return err
		}
		events = append(events, chat.Fact(chat.KindEnded, v.Actor(), chat.ForAgents, chat.Micros(now), chat.EndedBy{Visitor: v.ID}))
		if _, err := appendTo(tx, &s, events); err != nil {
			return err
		}
		return tx.EndToken(hashOf(by.Token))
	})
}
