//go:build !mutant_resume_offbyone

package stream

// faultResumeOffByOne is planted under the tag mutant_resume_offbyone: a resume skips one event.
const faultResumeOffByOne = false
