//go:build !mutant_unleased

package store

// unleased says whether a sign of life counts for ever, until its own node takes it back.
const unleased = false
