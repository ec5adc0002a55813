//go:build mutant_visible

package stream

const faultVisible = true
