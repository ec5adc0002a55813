//go:build !mutant_partial_resume

package stream

// faultPartialResume is planted under the tag mutant_partial_resume: a resume over the limit answers with a part.
const faultPartialResume = false
