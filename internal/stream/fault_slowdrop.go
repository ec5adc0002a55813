//go:build !mutant_slowdrop

package stream

// faultSlowDrop is planted under the tag mutant_slowdrop: a full queue drops single events.
const faultSlowDrop = false
