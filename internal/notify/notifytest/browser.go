// Package notifytest is the other side of Web Push for tests: browsers that decrypt
// what is pushed to them, by RFC 8291 and RFC 8188, and a push service that checks
// who asks, by RFC 8292. It shares no code with the sender.
package notifytest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"earshot/internal/notify"
)

// Browser is one device's subscription, with what only the browser knows.
type Browser struct {
	private *ecdh.PrivateKey
	auth    []byte
}

// NewBrowser returns one with keys of its own.
func NewBrowser(t testing.TB) Browser {
	t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	auth := make([]byte, 16)
	if _, err := rand.Read(auth); err != nil {
		t.Fatal(err)
	}
	return Browser{private, auth}
}

// BrowserOf returns one with given keys: its private scalar and its secret.
func BrowserOf(t testing.TB, scalar, auth []byte) Browser {
	t.Helper()
	private, err := ecdh.P256().NewPrivateKey(scalar)
	if err != nil {
		t.Fatal(err)
	}
	return Browser{private, auth}
}

// Subscription is what the browser gives away, with the endpoint of its push service.
func (b Browser) Subscription(endpoint string) notify.Subscription {
	encode := base64.RawURLEncoding.EncodeToString
	return notify.Subscription{Endpoint: endpoint, P256DH: encode(b.private.PublicKey().Bytes()), Auth: encode(b.auth)}
}

// header of a record: salt, record size, length of the key, key (RFC 8188 §2.1).
const (
	saltLen   = 16
	keyLen    = 65
	headerLen = saltLen + 4 + 1 + keyLen
)

// Open decrypts the body of a push of one record, and returns what was sent.
func (b Browser) Open(body []byte) ([]byte, error) {
	if len(body) < headerLen || body[saltLen+4] != keyLen {
		return nil, fmt.Errorf("%d bytes do not begin with a header", len(body))
	}
	salt, sender := body[:saltLen], body[saltLen+5:headerLen]
	if size := binary.BigEndian.Uint32(body[saltLen:]); int(size) < len(body)-headerLen {
		return nil, fmt.Errorf("a record of %d bytes is longer than the %d it names", len(body)-headerLen, size)
	}
	c, nonce, err := b.cipher(salt, sender)
	if err != nil {
		return nil, err
	}
	padded, err := c.Open(nil, nonce, body[headerLen:], nil)
	if err != nil {
		return nil, err
	}
	end := len(padded) - 1
	for end >= 0 && padded[end] == 0 {
		end--
	}
	if end < 0 || padded[end] != 2 {
		return nil, errors.New("the last record does not end with 2")
	}
	return padded[:end], nil
}

// cipher derives key and nonce: RFC 8291 §3.4.
func (b Browser) cipher(salt, sender []byte) (cipher.AEAD, []byte, error) {
	public, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return nil, nil, err
	}
	shared, err := b.private.ECDH(public)
	if err != nil {
		return nil, nil, err
	}
	info := "WebPush: info\x00" + string(b.private.PublicKey().Bytes()) + string(sender)
	ikm, err := hkdf.Key(sha256.New, shared, b.auth, info, 32)
	if err != nil {
		return nil, nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	c, err := cipher.NewGCM(block)
	return c, nonce, err
}
