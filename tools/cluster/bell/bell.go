// Package bell is a NATS server inside of a process, for trying and for measuring.
//
// It guarantees that it listens on loopback alone. It imports nothing of ours; the
// tools cluster and bench call it.
package bell

import (
	"errors"
	"fmt"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
)

// Start returns when it takes connections. Who starts it shuts it down.
func Start() (*natsd.Server, error) {
	s, err := natsd.NewServer(&natsd.Options{Host: "127.0.0.1", Port: natsd.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		return nil, fmt.Errorf("bell: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		return nil, errors.New("bell: NATS did not start")
	}
	return s, nil
}
