package desk

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"slices"

	"github.com/google/uuid"

	"earshot/internal/chat"
)

const (
	secretBytes = 32
	maxToken    = 128
	minToken    = 43 // 32 bytes in base64url
)

// newID makes an id that sorts by the time it was made: the alphabet's order
// must be that of its characters, which base32hex has and base32 has not.
func newID(prefix string) string {
	id := uuid.Must(uuid.NewV7())
	return prefix + "_" + lowerBase32().EncodeToString(id[:])
}

func lowerBase32() *base32.Encoding {
	return base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)
}

// newSiteKey makes the public name of a site.
func newSiteKey() string {
	var raw [10]byte
	_, _ = rand.Read(raw[:]) // never fails: it ends the process instead
	return lowerBase32().EncodeToString(raw[:])
}

// newSecret makes a token: 32 random bytes in base64url.
func newSecret() string {
	var raw [secretBytes]byte
	_, _ = rand.Read(raw[:]) // never fails: it ends the process instead
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// hashOf returns what the store keeps of a token. A token is random, so a plain
// hash cannot be searched for it.
func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// TokenHash is what may be kept of a resume token outside of its request.
func (c Caller) TokenHash() []byte { return hashOf(c.Token) }

// checkToken refuses what cannot be a visitor's resume token.
func checkToken(token string) error {
	foreign := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}
	if len(token) < minToken || len(token) > maxToken || slices.ContainsFunc([]rune(token), foreign) {
		return chat.Errorf(chat.Invalid, "The visitor token is not one: send at least 32 random bytes in base64url.")
	}
	return nil
}
