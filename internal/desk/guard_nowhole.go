//go:build mutant_nowhole

package desk

// guardWhole is a planted fault: a hand-over does what it can and leaves out what is
// in the way. The test of races must turn red.
const (
	guardVersions = true
	guardRoom     = true
	guardRings    = true
	guardWhole    = false
	guardHeads    = true
)
