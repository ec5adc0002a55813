package store

import (
	"context"
	"fmt"
	"net"
	"time"
)

// A network that went away says nothing. What was sent and is not acknowledged for
// silentFor, and a connection on which nothing is said and three probes are not answered,
// is dead: after 10 s and 11 s. The server is told the same, so that a node that vanished
// does not hold connections that others want. docs/operating.md states it.
const (
	silentFor    = 10 * time.Second
	probeAfter   = 5 * time.Second
	probeEvery   = 2 * time.Second
	probesMissed = 3
)

// silence is that for the server; over a socket of the same machine it has no meaning and
// does no harm.
func silence() map[string]string {
	return map[string]string{
		"tcp_keepalives_idle":     seconds(probeAfter),
		"tcp_keepalives_interval": seconds(probeEvery),
		"tcp_keepalives_count":    fmt.Sprint(probesMissed),
		"tcp_user_timeout":        fmt.Sprint(silentFor.Milliseconds()),
	}
}

func seconds(d time.Duration) string { return fmt.Sprint(int(d.Seconds())) }

// dialPostgres connects to the server.
func dialPostgres(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Control: unacknowledged, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: probeAfter, Interval: probeEvery, Count: probesMissed}}
	return d.DialContext(ctx, network, address)
}
