//go:build mutant_unleased

package store

// unleased is a planted fault: who was present on a node that died without a word is
// present for ever. The test of ghosts must turn red.
const unleased = true
