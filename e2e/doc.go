// Package e2e tests the real binary from outside: it is killed in the middle
// of its work, loses its unsynced writes, is asked to stop, copied, restored,
// driven by a real browser (folder browser), and by agents and visitors who do
// all at once what they like. The tests talk to it through the public API and
// look into its database file at the end.
//
// EARSHOT_BIN names the binary; without it the tests build one. It may import
// everything; nobody imports it.
package e2e
