//go:build mutant_slowdrop

package stream

const faultSlowDrop = true
