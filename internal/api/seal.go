package api

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"earshot/internal/chat"
)

// linkTime is how long a link to a file holds.
const linkTime = 5 * time.Minute

// sealer makes links to files that only this server can read or write.
type sealer struct{ aead cipher.AEAD }

// sealed is what a link stands for: one file for one reader until a time, and
// until his token, of which it holds the hash, ends.
type sealed struct {
	File    chat.FileID `json:"f"`
	Token   []byte      `json:"t"`
	Expires int64       `json:"e"`
}

func newSealer(key []byte) (*sealer, error) {
	if len(key) == 0 {
		// A server that is only described, or one whose links need not outlive it.
		key = make([]byte, 32)
		_, _ = rand.Read(key) // crypto/rand never fails: it ends the process instead
	}
	// The key also seals cursors: derive one that is for links alone.
	derived := sha256.Sum256(append([]byte("earshot link 1\x00"), key...))
	block, err := aes.NewCipher(derived[:])
	if err != nil {
		return nil, fmt.Errorf("api: link key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("api: link key: %w", err)
	}
	return &sealer{aead}, nil
}

func (s *sealer) seal(l sealed) (string, error) {
	raw, err := json.Marshal(l)
	if err != nil {
		return "", fmt.Errorf("api: seal link: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, raw, nil)), nil
}

// open reads a link; false where it is not ours or its time is over.
func (s *sealer) open(text string, now time.Time) (sealed, bool) {
	var l sealed
	if len(text) > 1000 {
		return l, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return l, false
	}
	plain, err := s.aead.Open(nil, nil, raw, nil)
	if err != nil || json.Unmarshal(plain, &l) != nil {
		return l, false
	}
	return l, chat.Micros(now) < l.Expires
}
