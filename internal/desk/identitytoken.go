package desk

import (
	"time"

	"earshot/internal/chat"
)

// verifyIdentity reads a token {sub, exp}, optionally with name, email and data, that
// carries the signature of a secret. A token that does not hold is invalid, and the
// error says what to do to whoever runs the site.
func verifyIdentity(secrets []string, token string, now time.Time) (opened, chat.Identity, error) {
	o, why := openJWT(secrets, token, maxIdentity, now)
	if why != noFault {
		return opened{}, chat.Identity{}, chat.Errorf(chat.Invalid, "%s Nobody was signed in.", identityFault(why))
	}
	var c chat.Identity
	if !decodePart(o.claims, &c) {
		return opened{}, chat.Identity{}, chat.Errorf(chat.Invalid, "The identity's claims are no texts: sign {sub, exp}, and name, email and the fields of data as texts. Nobody was signed in.")
	}
	who, err := c.Clean()
	return o, who, err
}

func identityFault(why fault) string {
	switch why {
	case noSecret:
		return "This site has no secret yet, so nobody is signed in at it. Make one in the site's settings and sign with that."
	case noHS256:
		return "The identity must be signed with HS256 and without extensions; nothing else counts."
	case notOurs:
		return "The identity is not signed with a secret of this site. Take the secret from the site's settings, as it is written there."
	case noExpiry:
		return "The identity needs an exp, in seconds since 1970, at most 24 hours ahead."
	case isExpired:
		return "The identity has expired. Let your server sign a new one, and compare its clock with this one's."
	}
	return "The identity is not a JWT. Sign {sub, exp} on your own server with HS256 and the site's secret."
}
