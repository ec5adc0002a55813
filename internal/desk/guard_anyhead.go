//go:build mutant_anyhead

package desk

// guardHeads is a planted fault: who supervises one group does in every other what
// its lead may. The test of races must turn red.
const (
	guardVersions = true
	guardRoom     = true
	guardRings    = true
	guardWhole    = true
	guardHeads    = false
)
