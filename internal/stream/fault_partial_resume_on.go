//go:build mutant_partial_resume

package stream

const faultPartialResume = true
