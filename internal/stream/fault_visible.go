//go:build !mutant_visible

package stream

// faultVisible is planted under the tag mutant_visible: events are delivered without asking Visible.
const faultVisible = false
