//go:build mutant_norings

package desk

// guardRings is a planted fault: what is passed on is accepted by whoever says so,
// asked or not, in time or late. The test of races must turn red.
const (
	guardVersions = true
	guardRoom     = true
	guardRings    = false
	guardWhole    = true
	guardHeads    = true
)
