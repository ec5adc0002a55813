package bus

import (
	"log/slog"

	"github.com/nats-io/nats.go"
)

// DialOver connects by connections that the dialer makes.
func DialOver(d nats.CustomDialer, urls, workspace string, log *slog.Logger) (*NATS, error) {
	return dialNATS(urls, workspace, log, nats.SetCustomDialer(d))
}

// Settle waits until what a rang has reached the subscribers of b.
func Settle(a, b *NATS) error {
	a.flush()
	if err := b.nc.Flush(); err != nil {
		return err
	}
	heard := make(chan struct{})
	if err := b.nc.Barrier(func() { close(heard) }); err != nil {
		return err
	}
	<-heard
	return nil
}

// Raw publishes what no node would.
func (b *NATS) Raw(data []byte) error { return b.nc.Publish(b.signalSubject, data) }
