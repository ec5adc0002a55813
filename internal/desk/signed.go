package desk

import (
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// maxSigned is how long the token of a signed group may be, in characters.
const maxSigned = 2048

// signedGroup is the group that the site's own server has signed for a visitor;
// "" where his message carries no token. A token that does not hold is invalid,
// and the error says what to do. It is to be asked where a Thread begins, and not
// of a command that was stored before: its token may have expired since.
func (d *Desk) signedGroup(tx *store.Tx, site chat.SiteID, token string) (chat.GroupID, error) {
	if token == "" {
		return "", nil
	}
	secrets, err := secretsOf(tx, site)
	if err != nil {
		return "", err
	}
	id, err := verifySigned(secrets, token, d.now())
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

// verifySigned reads a token {group, exp} that carries the signature of a secret.
func verifySigned(secrets []string, token string, now time.Time) (chat.GroupID, error) {
	o, why := openJWT(secrets, token, maxSigned, now)
	var c struct {
		Group chat.GroupID `json:"group"`
	}
	switch {
	case why == noSecret:
		return "", unsigned(chat.Say("signed.no-secret"))
	case why == noJWT:
		return "", unsigned(chat.Say("signed.no-jwt"))
	case why == noHS256:
		return "", unsigned(chat.Say("signed.method"))
	case why == notOurs:
		return "", unsigned(chat.Say("signed.other"))
	case !decodePart(o.claims, &c) || c.Group == "":
		return "", unsigned(chat.Say("signed.no-group"))
	case why == noExpiry:
		return "", unsigned(chat.Say("signed.no-exp"))
	case why == isExpired:
		return "", unsigned(chat.Say("signed.expired"))
	}
	return c.Group, nil
}
