package notifytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Claims are what a sender says about itself (RFC 8292 §2).
type Claims struct {
	Audience string `json:"aud"`
	Expires  int64  `json:"exp"` // seconds since 1970
	Subject  string `json:"sub"`
}

// CheckVAPID checks the Authorization of a push for a service, as of a moment, and
// returns the claims and the sender's public key, base64url.
func CheckVAPID(authorization, audience string, now time.Time) (c Claims, public string, err error) {
	token, public, ok := strings.Cut(strings.TrimPrefix(authorization, "vapid t="), ", k=")
	if !ok || !strings.HasPrefix(authorization, "vapid t=") {
		return c, "", fmt.Errorf("the authorization %.20q is not of VAPID", authorization)
	}
	if c, err = verify(token, public); err != nil {
		return c, "", err
	}
	left := time.Unix(c.Expires, 0).Sub(now)
	switch {
	case c.Audience != audience:
		return c, "", fmt.Errorf("signed for %s, sent to %s", c.Audience, audience)
	case left <= 0 || left > 24*time.Hour:
		return c, "", fmt.Errorf("signed for %v more; it must be at most a day", left)
	case !strings.HasPrefix(c.Subject, "mailto:") && !strings.HasPrefix(c.Subject, "https:"):
		return c, "", fmt.Errorf("%q does not tell how the sender is reached", c.Subject)
	}
	return c, public, nil
}

// verify checks the signature of a token: ES256, RFC 7518 §3.4.
func verify(token, public string) (c Claims, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return c, errors.New("a token has three parts")
	}
	decode := base64.RawURLEncoding.DecodeString
	header, err := decode(parts[0])
	if err != nil {
		return c, err
	}
	var alg struct {
		Alg string `json:"alg"`
	}
	if err := json.Unmarshal(header, &alg); err != nil || alg.Alg != "ES256" {
		return c, fmt.Errorf("signed by %q", alg.Alg)
	}
	point, err := decode(public)
	if err != nil {
		return c, errors.New("k is no public key")
	}
	signature, err := decode(parts[2])
	if err != nil || len(signature) != 64 {
		return c, errors.New("a signature has 64 bytes")
	}
	number := func(b []byte) *big.Int { return new(big.Int).SetBytes(b) }
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return c, err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(key, sum[:], number(signature[:32]), number(signature[32:])) {
		return c, errors.New("the signature is not of this key")
	}
	payload, err := decode(parts[1])
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(payload, &c)
}
