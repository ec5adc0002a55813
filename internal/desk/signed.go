package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// What a signed group may be. It is short-lived: whoever reads it in the page may
// use it as long as it holds.
const (
	maxSigned   = 2048 // characters
	signedAhead = 24 * time.Hour
	clockSlip   = time.Minute // that the clocks of two servers may differ
)

// siteSecretSetting is where the secret of a site's own server is kept. It is no
// part of the Site, which every agent may read.
func siteSecretSetting(id chat.SiteID) string { return "site_secret:" + string(id) }

// SiteSecret is what the site's own server signs groups with, made when it is
// asked for the first time.
func (d *Desk) SiteSecret(ctx context.Context, by chat.Agent, id chat.SiteID) (string, error) {
	return d.siteSecret(ctx, by, id, false)
}

// NewSiteSecret makes another secret. What was signed with the one before does
// not count any more.
func (d *Desk) NewSiteSecret(ctx context.Context, by chat.Agent, id chat.SiteID) (string, error) {
	return d.siteSecret(ctx, by, id, true)
}

func (d *Desk) siteSecret(ctx context.Context, by chat.Agent, id chat.SiteID, renew bool) (string, error) {
	fresh, secret := newSecret(), ""
	// Nobody is woken: a secret is in no event, and no screen shows it unasked.
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		if _, err := tx.Site(id); err != nil {
			return err
		}
		kept, err := tx.Setting(siteSecretSetting(id))
		if err != nil || (kept != "" && !renew) {
			secret = kept
			return err
		}
		secret = fresh
		return tx.SetSetting(siteSecretSetting(id), fresh)
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// signedGroup is the group that the site's own server has signed for a visitor;
// "" where his message carries no token. A token that does not hold is invalid,
// and the error says what to do. It is to be asked where a Thread begins, and not
// of a command that was stored before: its token may have expired since.
func (d *Desk) signedGroup(tx *store.Tx, site chat.SiteID, token string) (chat.GroupID, error) {
	if token == "" {
		return "", nil
	}
	secret, err := tx.Setting(siteSecretSetting(site))
	if err != nil {
		return "", err
	}
	id, err := verifySigned(secret, token, d.now())
	if err != nil {
		return "", err
	}
	g, err := tx.Group(id)
	if chat.IsKind(err, chat.Missing) {
		err = unsigned(chat.Say("signed.unknown", string(id)))
	}
	if err != nil {
		return "", err
	}
	return g.ID, nil
}

// unsigned is the error of a token that does not hold; its detail is the sentence
// for the team.
func unsigned(why chat.Sentence) *chat.Error {
	return &chat.Error{Kind: chat.Invalid, Message: why.English(), Detail: chat.Because{why}}
}

// verifySigned reads a token {group, exp} that carries the secret's signature: a
// JWT of the one kind HS256. What its header says besides is not followed, so
// nobody chooses how he is checked.
func verifySigned(secret, token string, now time.Time) (chat.GroupID, error) {
	header, rest, _ := strings.Cut(token, ".")
	claims, signature, three := strings.Cut(rest, ".")
	var said struct {
		Alg  string          `json:"alg"`
		Crit json.RawMessage `json:"crit"`
	}
	switch {
	case secret == "":
		return "", unsigned(chat.Say("signed.no-secret"))
	case !three || len(token) > maxSigned || !decodePart(header, &said):
		return "", unsigned(chat.Say("signed.no-jwt"))
	case said.Alg != "HS256" || said.Crit != nil:
		return "", unsigned(chat.Say("signed.method"))
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(header + "." + claims))
	want := base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	if !hmac.Equal([]byte(signature), []byte(want)) {
		return "", unsigned(chat.Say("signed.other"))
	}
	return signedClaims(claims, now)
}

func signedClaims(part string, now time.Time) (chat.GroupID, error) {
	var c struct {
		Group chat.GroupID `json:"group"`
		Exp   *float64     `json:"exp"` // seconds since 1970; a JWT may write them with a fraction
	}
	switch at := float64(now.UnixMilli()) / 1000; {
	case !decodePart(part, &c) || c.Group == "":
		return "", unsigned(chat.Say("signed.no-group"))
	case c.Exp == nil || *c.Exp >= at+(signedAhead+clockSlip).Seconds():
		return "", unsigned(chat.Say("signed.no-exp"))
	case *c.Exp <= at-clockSlip.Seconds():
		return "", unsigned(chat.Say("signed.expired"))
	}
	return c.Group, nil
}

func decodePart(part string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(raw, into) == nil
}
