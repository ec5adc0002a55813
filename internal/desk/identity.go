package desk

import (
	"context"
	"maps"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// maxIdentity is how long the token of an identity may be, in characters.
const maxIdentity = 8192

// VisitorSignIn is a browser's sign-in as its visitor is told it.
type VisitorSignIn struct {
	// Until is when it is over unless it is prolonged, in microseconds.
	Until int64
	// Visitor is who he goes on as; nil where he has not written yet.
	Visitor *chat.Visitor
}

// SignInVisitor signs a browser in as whom the site's own server says: token is a JWT
// {sub, exp} with the site's secret, by.Token what the browser made for this sign-in
// and holds from now on. The same again prolongs it.
//
// former is the resume token that the browser held before, or "". It ends: its visitor
// becomes the one of the identity where there is none yet, and else stands beside him
// as the same Person, and goes on while his chat is open.
func (d *Desk) SignInVisitor(ctx context.Context, by Caller, token, former string) (VisitorSignIn, error) {
	if err := checkToken(by.Token); err != nil {
		return VisitorSignIn{}, err
	}
	var done VisitorSignIn
	err := d.write(ctx, func(tx *store.Tx) error {
		site, err := d.siteOf(tx, by.Site)
		if err != nil {
			return err
		}
		in, err := d.signedIn(tx, site, by.Token, token)
		if err != nil {
			return err
		}
		if former != "" && former != by.Token {
			if err := d.takeOver(tx, in, hashOf(former)); err != nil {
				return err
			}
		}
		v, err := d.proven(tx, in)
		done = VisitorSignIn{Until: in.Until, Visitor: v}
		return err
	})
	if err != nil {
		return VisitorSignIn{}, err
	}
	return done, nil
}

// SignOutVisitor ends a browser's sign-in, and no other one. What is over already, or
// was none, is no error.
func (d *Desk) SignOutVisitor(ctx context.Context, by Caller) error {
	return d.store.Write(ctx, func(tx *store.Tx) error {
		return tx.EndSignIn(hashOf(by.Token), chat.Micros(d.now()))
	})
}

// VisitorUntil is VisitorOf, and when it is to be asked again, in microseconds: a
// sign-in is over by itself. 0 = never.
func (d *Desk) VisitorUntil(ctx context.Context, by Caller) (v chat.Visitor, until int64, err error) {
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		if _, v, err = d.identify(tx, by); err != nil || v.Signed == nil {
			return err
		}
		in, err := tx.SignIn(hashOf(by.Token))
		until = in.Until
		return err
	})
	if err != nil {
		return chat.Visitor{}, 0, err
	}
	return v, until, nil
}

// signedIn opens an identity's token and stores the sign-in.
func (d *Desk) signedIn(tx *store.Tx, site chat.SiteID, held, token string) (store.SignIn, error) {
	secrets, err := secretsOf(tx, site)
	if err != nil {
		return store.SignIn{}, err
	}
	o, who, err := verifyIdentity(secrets, token, d.now())
	if err != nil {
		return store.SignIn{}, err
	}
	if _, err := tx.VisitorByToken(hashOf(held)); !chat.IsKind(err, chat.Missing) {
		return store.SignIn{}, heldElsewhere(err)
	}
	in := store.SignIn{Hash: hashOf(held), Site: site, Signed: who, Secret: o.by, At: chat.Micros(d.now()), Until: chat.Micros(o.expires.Add(clockSlip))}
	switch before, err := tx.SignIn(in.Hash); {
	case chat.IsKind(err, chat.Missing):
	case err != nil:
		return store.SignIn{}, err
	case before.Site != site || before.Signed.Sub != who.Sub:
		return store.SignIn{}, heldElsewhere(nil)
	}
	return in, tx.SaveSignIn(in)
}

func heldElsewhere(err error) error {
	if err != nil && !chat.IsKind(err, chat.Gone) {
		return err
	}
	return chat.Errorf(chat.Denied, "This token is another visitor's. Make a new one to sign in with; nothing was changed.")
}

// takeOver makes the anonymous visitor of a resume token the one who is signed in.
func (d *Desk) takeOver(tx *store.Tx, in store.SignIn, former []byte) error {
	v, err := tx.VisitorByToken(former)
	if err == nil && v.Site == in.Site {
		err = d.join(tx, in, v, former)
	}
	if chat.IsKind(err, chat.Missing) || chat.IsKind(err, chat.Gone) {
		return nil // nobody has written with it, or it has ended: there is nothing to take over
	}
	return err
}

func (d *Desk) join(tx *store.Tx, in store.SignIn, v chat.Visitor, former []byte) error {
	all, err := tx.VisitorsSigned(in.Site, in.Signed.Sub)
	if err != nil {
		return err
	}
	ids := []chat.ConversationID{v.Conversation}
	at := slices.IndexFunc(all, func(o chat.Visitor) bool { return !o.Beside })
	if at >= 0 {
		ids = append(ids, all[at].Conversation)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if _, err := tx.Lock(id); err != nil {
			return err
		}
	}
	// Under the lock: meanwhile another sign-in may have taken him over.
	if v, err = tx.VisitorByToken(former); err != nil {
		return err
	}
	v, signed, err := chat.SignIn(v, in.Signed, at >= 0, d.now())
	if err != nil {
		return err
	}
	if err := tx.SaveVisitor(v); err != nil {
		return err
	}
	if err := tx.EndTokens(v.ID); err != nil {
		return err
	}
	changed := chat.Fact(chat.KindVisitor, v.Actor(), chat.ForAgents, chat.Micros(d.now()), v)
	if at < 0 {
		return appendIn(tx, v.Conversation, signed, changed)
	}
	return d.linkSigned(tx, v, all[at], signed, changed)
}

// linkSigned appends events to a visitor's Conversation, and links him with the one of
// the same identity, which both are told.
func (d *Desk) linkSigned(tx *store.Tx, v, main chat.Visitor, events ...chat.Event) error {
	person, _, err := tx.Person(v.ID)
	if err != nil {
		return err
	}
	theirs, _, err := tx.Person(main.ID)
	if err != nil {
		return err
	}
	if slices.Contains(person, main.ID) {
		return appendIn(tx, v.Conversation, events...)
	}
	all, err := visitors(tx, slices.Concat(person, theirs))
	if err != nil {
		return err
	}
	l, e, links := chat.LinkSigned(chat.LinkID(newID("l")), v.ID, main.ID, all, d.now())
	if !links {
		return appendIn(tx, v.Conversation, events...)
	}
	if err := tx.AddLink(l); err != nil {
		return err
	}
	s, err := tx.Lock(v.Conversation)
	if err != nil {
		return err
	}
	o, err := tx.Lock(main.Conversation)
	if err != nil {
		return err
	}
	if events, err = appendTo(tx, &s, append(events, e)); err != nil {
		return err
	}
	return appendTwins(tx, o, events[len(events)-1:])
}

func appendIn(tx *store.Tx, c chat.ConversationID, events ...chat.Event) error {
	s, err := tx.Lock(c)
	if err == nil {
		_, err = appendTo(tx, &s, events)
	}
	return err
}

// proven is who a sign-in goes on as, with what is signed about him by now; nil where
// he has not written yet.
func (d *Desk) proven(tx *store.Tx, in store.SignIn) (*chat.Visitor, error) {
	all, err := tx.VisitorsSigned(in.Site, in.Signed.Sub)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	v := all[0]
	if !sameIdentity(*v.Signed, in.Signed) {
		if _, err := tx.Lock(v.Conversation); err != nil {
			return nil, err
		}
		if v, err = tx.Visitor(v.ID); err != nil {
			return nil, err
		}
		v = v.Proven(in.Signed)
		if err := tx.SaveVisitor(v); err != nil {
			return nil, err
		}
		changed := chat.Fact(chat.KindVisitor, v.Actor(), chat.ForAgents, chat.Micros(d.now()), v)
		if err := appendIn(tx, v.Conversation, changed); err != nil {
			return nil, err
		}
	}
	shown := public(v)
	return &shown, nil
}

func sameIdentity(a, b chat.Identity) bool {
	return a.Sub == b.Sub && a.Name == b.Name && a.Email == b.Email && maps.Equal(a.Data, b.Data)
}

// visitorByHash is the visitor of what a browser holds: a resume token, or a sign-in.
// It is missing where he has not written yet.
func (d *Desk) visitorByHash(tx *store.Tx, hash []byte) (chat.Visitor, error) {
	v, err := tx.VisitorByToken(hash)
	if err == nil && v.Signed != nil {
		return chat.Visitor{}, chat.Errorf(chat.Gone, "This visitor has signed in; the token from before is dead.")
	}
	if !chat.IsKind(err, chat.Missing) {
		return v, err
	}
	in, err := tx.SignIn(hash)
	if err != nil {
		return chat.Visitor{}, err
	}
	if in.Until <= chat.Micros(d.now()) {
		return chat.Visitor{}, signInOver()
	}
	all, err := tx.VisitorsSigned(in.Site, in.Signed.Sub)
	if err == nil && len(all) == 0 {
		err = chat.Errorf(chat.Missing, "This visitor has not written yet.")
	}
	if err != nil {
		return chat.Visitor{}, err
	}
	return all[0], nil
}

func signInOver() error {
	return chat.Errorf(chat.Gone, "The sign-in of this browser is over. Nothing was stored; sign in again with a new token of the site's own server.")
}

// signedEarlier answers the events of a command that the same visitor has sent in
// another of his Conversations, before he was signed in or while he stood beside.
func (d *Desk) signedEarlier(ctx context.Context, tx *store.Tx, v chat.Visitor, key string, what intent) (again bool, err error) {
	if v.Signed == nil {
		return false, nil
	}
	all, err := tx.VisitorsSigned(v.Site, v.Signed.Sub)
	if err != nil {
		return false, err
	}
	for _, o := range all {
		if o.ID == v.ID || again {
			continue
		}
		what.Conversation = o.Conversation
		hash, err := d.fingerprint(ctx, what)
		if err != nil {
			return false, err
		}
		if _, again, err = earlier(tx, key, visitorOwner(o.ID), hash); err != nil {
			return false, err
		}
	}
	return again, nil
}
