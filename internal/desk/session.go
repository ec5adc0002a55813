package desk

import (
	"context"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const (
	sessionIdle = 14 * 24 * time.Hour
	sessionMost = 90 * 24 * time.Hour
	// seenEvery is how exact a session's last use is stored.
	seenEvery  = time.Minute
	maxDevice  = 200
	maxAddress = 64
)

// Device is what a session list shows of where somebody signed in.
type Device struct {
	UserAgent, Address string
	Mobile             bool // a phone or a tablet
}

// SignedIn is a new session: its secret goes into the cookie and nowhere else.
type SignedIn struct {
	Agent   chat.Agent
	Session store.Session
	Secret  string
}

// newSession stores a session for an agent who has proven who he is.
func (d *Desk) newSession(tx *store.Tx, a chat.Agent, from Device) (SignedIn, error) {
	now, secret := d.now(), newSecret()
	s := store.Session{
		ID: chat.SessionID(newID("n")), Agent: a.ID, Hash: hashOf(secret),
		Device: chat.CleanLine(from.UserAgent, maxDevice), Mobile: from.Mobile, Address: chat.CleanLine(from.Address, maxAddress),
		CreatedAt: chat.Micros(now), SeenAt: chat.Micros(now), ExpiresAt: chat.Micros(now.Add(sessionIdle)),
	}
	return SignedIn{Agent: a, Session: s, Secret: secret}, tx.SaveSession(s)
}

// Authenticate returns the agent and session of a cookie's secret; missing
// where it is unknown, expired or revoked, or the agent is disabled.
func (d *Desk) Authenticate(ctx context.Context, secret string) (chat.Agent, store.Session, error) {
	var a chat.Agent
	var s store.Session
	now := chat.Micros(d.now())
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		a, s, err = agentOfSession(tx, secret, now)
		return err
	})
	if err == nil && now-s.SeenAt > seenEvery.Microseconds() {
		err = d.touch(ctx, secret, now)
	}
	if err != nil {
		return chat.Agent{}, store.Session{}, err
	}
	return a, s, nil
}

func agentOfSession(tx *store.Tx, secret string, now int64) (chat.Agent, store.Session, error) {
	over := chat.Errorf(chat.Missing, "You are not signed in, or your session is over. Sign in again.")
	s, err := tx.SessionByHash(hashOf(secret))
	if chat.IsKind(err, chat.Missing) || (err == nil && s.ExpiresAt <= now) {
		return chat.Agent{}, s, over
	}
	if err != nil {
		return chat.Agent{}, s, err
	}
	a, err := tx.Agent(s.Agent)
	if chat.IsKind(err, chat.Missing) || (err == nil && a.Disabled) {
		err = over
	}
	return a, s, err
}

// touch prolongs a session. It loads it again: one that ended meanwhile must
// not come back. A disk that takes no writes does not sign anybody out.
func (d *Desk) touch(ctx context.Context, secret string, now int64) error {
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		_, s, err := agentOfSession(tx, secret, now)
		if err != nil {
			return err
		}
		s.SeenAt = max(s.SeenAt, now)
		s.ExpiresAt = min(s.SeenAt+sessionIdle.Microseconds(), s.CreatedAt+sessionMost.Microseconds())
		return tx.SaveSession(s)
	})
	if chat.IsKind(err, chat.Unavailable) {
		return nil
	}
	return err
}

// OpenSession is a sign-in that has not ended. Its SeenAt is the last request, input or
// sign of life of its device, on any node.
type OpenSession struct {
	store.Session
	Connected bool // now
}

// Sessions lists an agent's sign-ins.
func (d *Desk) Sessions(ctx context.Context, a chat.Agent) ([]OpenSession, error) {
	open := []OpenSession{}
	now := chat.Micros(d.now())
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		all, err := tx.Sessions(a.ID)
		if err != nil {
			return err
		}
		lives, err := tx.DeviceLives(a.ID, d.holding())
		for _, s := range all {
			life, known := lives[s.ID]
			if s.SeenAt = max(s.SeenAt, s.InputAt, life.AliveAt); s.ExpiresAt > now {
				open = append(open, OpenSession{Session: s, Connected: known && life.DownAt == 0})
			}
		}
		return err
	})
	return open, err
}

// EndSession signs one of the agent's sessions out; its connections close, and its
// device is not waited for.
func (d *Desk) EndSession(ctx context.Context, a chat.Agent, id chat.SessionID) error {
	defer d.look()
	return d.write(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteSession(a.ID, id); err != nil {
			return err
		}
		ended := d.fact(chat.KindSession, a.Actor(), chat.SessionEnded{Session: id})
		return tell(tx, chat.AgentConversation(a.ID), ended)
	})
}

// endSessions signs an agent out everywhere.
func (d *Desk) endSessions(tx *store.Tx, by, a chat.Agent) error {
	all, err := tx.Sessions(a.ID)
	if err != nil {
		return err
	}
	for _, s := range all {
		if err := tx.DeleteSession(a.ID, s.ID); err != nil {
			return err
		}
	}
	return tell(tx, chat.AgentConversation(a.ID), d.fact(chat.KindSession, by.Actor(), chat.SessionEnded{}))
}
