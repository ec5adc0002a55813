//go:build mutant_resume_offbyone

package stream

const faultResumeOffByOne = true
