// Package notify reaches people outside of an open page: by Web Push, by mail, and
// through the webhooks that a team has named.
//
// It guarantees that no request leaves for a service that the operator has not
// named or for an address that is not public, that a push service is told nothing
// but an encrypted record of one size, and that every answer is put into one of the
// four things that a sender can do about it; see [Outcome]. Mail goes to the one server
// that the operator has named, encrypted where anybody signs in.
//
// It keeps nothing itself: what became of a push is told to desk. The package app
// calls it from jobs.
package notify
