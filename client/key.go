package client

import (
	"crypto/rand"
	"encoding/base64"
	"sync/atomic"

	"github.com/google/uuid"
)

// NewKey makes the key of a command (a UUIDv7): the same key sent twice is done
// once.
func NewKey() string { return uuid.Must(uuid.NewV7()).String() }

// NewToken makes a visitor's resume token. Keep it before the first send.
func NewToken() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // crypto/rand never fails: it ends the process instead
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Counters count what a Client did.
type Counters struct {
	requests, retries, reconnects atomic.Int64
}

// Requests is how many HTTP requests were sent.
func (c *Client) Requests() int64 { return c.count.requests.Load() }

// Retries is how many of them repeated an earlier one.
func (c *Client) Retries() int64 { return c.count.retries.Load() }

// Reconnects is how often a stream connected again.
func (c *Client) Reconnects() int64 { return c.count.reconnects.Load() }

// keyOr returns a key that a caller has given, or a new one.
func keyOr(key string) string {
	if key == "" {
		return NewKey()
	}
	return key
}
