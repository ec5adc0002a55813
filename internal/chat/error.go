package chat

import (
	"errors"
	"fmt"
)

// ErrorKind says what a caller can do about an [Error].
type ErrorKind string

// The kinds of errors that a person should read. The api package maps each to
// one HTTP status.
const (
	Invalid     ErrorKind = "invalid"     // the input is wrong: change it
	Denied      ErrorKind = "denied"      // this actor may not
	Missing     ErrorKind = "missing"     // no such thing, or not for this actor
	Conflict    ErrorKind = "conflict"    // somebody else was first: look again
	Gone        ErrorKind = "gone"        // it was there and is over
	Limited     ErrorKind = "limited"     // too many or too much: wait
	Unavailable ErrorKind = "unavailable" // not now: try again with the same key
)

// Error is an error whose message is written for the person who caused it: it
// says what happened, what is safe, and what to do. Every other error is
// internal and is shown to nobody.
type Error struct {
	Kind    ErrorKind
	Message string
	// Detail is an optional JSON-encodable value for the client, such as the
	// Holder of a conversation that somebody else took first.
	Detail any
}

// Error implements error.
func (e *Error) Error() string { return string(e.Kind) + ": " + e.Message }

// Errorf makes an Error of a kind with a formatted message.
func Errorf(kind ErrorKind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// IsKind reports whether err is, or wraps, an Error of the kind.
func IsKind(err error, kind ErrorKind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}
