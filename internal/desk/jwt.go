package desk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// What a signed token may be. It is short-lived: whoever reads it in the page may
// use it as long as it holds.
const (
	signedAhead = 24 * time.Hour
	clockSlip   = time.Minute // that the clocks of two servers may differ
)

// fault is why a token does not hold.
type fault string

const (
	noFault   fault = ""
	noSecret  fault = "no-secret"
	noJWT     fault = "no-jwt"
	noHS256   fault = "method"
	notOurs   fault = "other"
	noExpiry  fault = "no-exp"
	isExpired fault = "expired"
)

// opened is a token that holds: its claims as they came, which secret signed it, and
// when it expires.
type opened struct {
	claims, by string
	expires    time.Time
}

// openJWT opens a token that carries the signature of one of the secrets: a JWT of the
// one kind HS256. What its header says besides is not followed, so nobody chooses how
// he is checked.
func openJWT(secrets []string, token string, most int, now time.Time) (opened, fault) {
	header, rest, _ := strings.Cut(token, ".")
	claims, signature, three := strings.Cut(rest, ".")
	var said struct {
		Alg  string          `json:"alg"`
		Crit json.RawMessage `json:"crit"`
	}
	switch {
	case len(secrets) == 0:
		return opened{}, noSecret
	case !three || len(token) > most || !decodePart(header, &said):
		return opened{}, noJWT
	case said.Alg != "HS256" || said.Crit != nil:
		return opened{}, noHS256
	}
	by := ""
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(header + "." + claims))
		want := base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
		if secret != "" && hmac.Equal([]byte(signature), []byte(want)) {
			by = secretName(secret)
		}
	}
	if by == "" {
		return opened{}, notOurs
	}
	expires, why := expiryOf(claims, now)
	return opened{claims, by, expires}, why
}

// expiryOf reads exp: a token without one, or with one too far ahead, is none.
func expiryOf(claims string, now time.Time) (time.Time, fault) {
	var c struct {
		Exp *float64 `json:"exp"` // seconds since 1970; a JWT may write them with a fraction
	}
	switch at := float64(now.UnixMilli()) / 1000; {
	case !decodePart(claims, &c) || c.Exp == nil || *c.Exp >= at+(signedAhead+clockSlip).Seconds():
		return time.Time{}, noExpiry
	case *c.Exp <= at-clockSlip.Seconds():
		return time.Time{}, isExpired
	}
	return time.UnixMilli(int64(*c.Exp * 1000)), noFault
}

// secretName tells secrets apart without telling them.
func secretName(secret string) string {
	sum := sha256.Sum256([]byte("earshot secret 1\x00" + secret))
	return hex.EncodeToString(sum[:8])
}

func decodePart(part string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(raw, into) == nil
}
