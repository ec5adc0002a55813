//go:build !mutant_nocas && !mutant_noroom && !mutant_norings && !mutant_nowhole && !mutant_anyhead

package desk

// What the router and everybody who takes a Thread look at under the lock.
const (
	// guardVersions: a decision is written only where its Thread is still as it
	// was decided upon.
	guardVersions = true
	// guardRoom: nobody is given more than he has room for.
	guardRoom = true
	// guardRings: what is passed on is accepted only by whom it rings.
	guardRings = true
	// guardWhole: everything is handed over, or nothing.
	guardWhole = true
	// guardHeads: who supervises one group has no right in another.
	guardHeads = true
)
