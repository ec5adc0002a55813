//go:build mutant_nocas

package desk

// guardVersions is a planted fault: the router writes without comparing
// versions. The test of races must turn red.
const (
	guardVersions = false
	guardRoom     = true
	guardRings    = true
	guardWhole    = true
	guardHeads    = true
)
