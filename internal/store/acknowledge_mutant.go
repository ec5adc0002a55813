//go:build mutant_ackearly

package store

// ackEarly is a planted fault: callers are answered before the commit. The
// tests of acknowledgement and of a power cut must turn red.
const ackEarly = true

func acknowledgeEarly(rs []*request) {
	for _, r := range rs {
		select {
		case r.done <- r.err:
		default:
		}
	}
}
