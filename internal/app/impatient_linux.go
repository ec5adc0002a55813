package app

import (
	"fmt"
	"syscall"
	"time"
)

const (
	// tcpUserTimeout is TCP_USER_TIMEOUT, which package syscall does not name.
	tcpUserTimeout = 18
	// unheard is how long what was sent may stay without the other side's
	// acknowledgement. With a ping every 20 s, a network that went away is
	// noticed within 45.
	unheard = 25 * time.Second
)

// impatient makes the connections of a listener end where the other side's
// machine is silent. Left alone, the system would try for a quarter of an hour,
// and for so long somebody would count as present who is not.
func impatient(_, _ string, conn syscall.RawConn) error {
	var set error
	err := conn.Control(func(fd uintptr) {
		set = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(unheard.Milliseconds()))
	})
	if err == nil {
		err = set
	}
	if err != nil {
		return fmt.Errorf("app: time-out of connections: %w", err)
	}
	return nil
}
