//go:build !mutant_ackearly

package store

// ackEarly says whether callers are answered before the commit.
const ackEarly = false

func acknowledgeEarly([]*request) {}
