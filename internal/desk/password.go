package desk

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"earshot/internal/chat"
)

// The cost of argon2id, as OWASP recommends: one hash takes 19 MiB and some
// tens of milliseconds.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonKey     = 32
	argonSalt    = 16
	// hashesAtOnce bounds the memory that sign-ins may take together.
	hashesAtOnce = 4
)

// hasher runs at most hashesAtOnce password hashes at a time.
type hasher chan struct{}

func newHasher() hasher { return make(hasher, hashesAtOnce) }

// key derives an argon2id key and returns nil where ctx ended first.
func (h hasher) key(ctx context.Context, password string, salt []byte, memory, time uint32, threads uint8) ([]byte, error) {
	select {
	case h <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("desk: wait to hash: %w", ctx.Err())
	}
	defer func() { <-h }()
	return argon2.IDKey([]byte(password), salt, time, memory, threads, argonKey), nil
}

// hash makes the PHC string that the store keeps of a password.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails: it ends the process instead
	key, err := h.key(ctx, password, salt, argonMemory, argonTime, argonThreads)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// verify compares a password with a PHC string. It takes as long where there is
// none: the time must not tell whether an account exists.
func (h hasher) verify(ctx context.Context, phc, password string) (bool, error) {
	p, known := parsePHC(phc)
	if !known {
		p = phcParts{memory: argonMemory, time: argonTime, threads: argonThreads, salt: make([]byte, argonSalt), key: make([]byte, argonKey)}
	}
	if len(password) > chat.MaxPassword*utf8.UTFMax {
		password, known = "", false
	}
	key, err := h.key(ctx, password, p.salt, p.memory, p.time, p.threads)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, p.key) == 1 && known, nil
}

type phcParts struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

func parsePHC(phc string) (p phcParts, ok bool) {
	fields := strings.Split(phc, "$")
	if len(fields) != 6 || fields[1] != "argon2id" {
		return p, false
	}
	var version int
	if _, err := fmt.Sscanf(fields[2], "v=%d", &version); err != nil || version != argon2.Version {
		return p, false
	}
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil {
		return p, false
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.DecodeString(fields[4]); err != nil {
		return p, false
	}
	p.key, err = base64.RawStdEncoding.DecodeString(fields[5])
	return p, err == nil && len(p.key) == argonKey && p.time > 0 && p.threads > 0
}

// checkPassword refuses what is short, common, or the person's own name.
func (d *Desk) checkPassword(password, name, email string) error {
	lower := strings.ToLower(strings.TrimSpace(password))
	mailbox, _, _ := strings.Cut(email, "@")
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return chat.Errorf(chat.Invalid, "The password is not valid UTF-8.")
	case n < chat.MinPassword:
		return chat.Errorf(chat.Invalid, "The password has %d characters; take at least %d. A short sentence is good.", n, chat.MinPassword)
	case n > chat.MaxPassword:
		return chat.Errorf(chat.Invalid, "The password has %d characters; at most %d fit.", n, chat.MaxPassword)
	case d.common.has(lower):
		return chat.Errorf(chat.Invalid, "This password is one of the commonest of all, or made of them, and would be guessed first. Take another.")
	case lower == strings.ToLower(name) || lower == email || lower == mailbox || oneCharacter(lower):
		return chat.Errorf(chat.Invalid, "This password is too easy to guess: take something that is neither your name, your address nor one repeated character.")
	}
	return nil
}

func oneCharacter(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return strings.Trim(text, string(first)) == ""
}
