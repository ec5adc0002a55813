//go:build !mutant_syncoff

package store

// synchronous makes each commit wait for the disk.
const synchronous = "FULL"

// synchronousCommit is the same on PostgreSQL.
const synchronousCommit = "on"
