//go:build mutant_noroom

package desk

// guardRoom is a planted fault: what an agent has is not looked at under the
// lock. The test of races must turn red.
const (
	guardVersions = true
	guardRoom     = false
	guardRings    = true
	guardWhole    = true
	guardHeads    = true
)
