//go:build mutant_syncoff

package store

// synchronous is a planted fault: commits do not wait for the disk. The tests
// of settings and of a power cut must turn red.
const synchronous = "OFF"

const synchronousCommit = "off"
