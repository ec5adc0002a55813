//go:build mutant_bell

package stream

const faultBell = true
