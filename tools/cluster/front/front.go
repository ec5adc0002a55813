// Package front is a small round-robin balancer of TCP connections, as stupid as
// any load balancer may be.
//
// It guarantees nothing but that a connection goes to a node that takes it, where
// one does. It imports nothing of ours; the tool cluster and the end-to-end tests
// call it.
package front

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Serve hands the connections of a listener on, each to the next address that takes
// it, until ctx ends; then it ends them all.
func Serve(ctx context.Context, l net.Listener, to []string) error {
	b := &balancer{to: to}
	var carrying sync.WaitGroup
	defer carrying.Wait()
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	for {
		in, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		carrying.Go(func() { b.carry(ctx, in) })
	}
}

type balancer struct {
	to   []string
	next atomic.Int64
}

func (b *balancer) carry(ctx context.Context, in net.Conn) {
	defer in.Close()
	for range b.to {
		out, err := net.DialTimeout("tcp", b.to[int(b.next.Add(1))%len(b.to)], time.Second)
		if err == nil {
			splice(ctx, in, out)
			return
		}
	}
}

// splice carries both ways until one of them ends.
func splice(ctx context.Context, in, out net.Conn) {
	both := func() { _, _ = in.Close(), out.Close() }
	defer context.AfterFunc(ctx, both)()
	var halves sync.WaitGroup
	halves.Go(func() { _, _ = io.Copy(out, in); both() })
	halves.Go(func() { _, _ = io.Copy(in, out); both() })
	halves.Wait()
}
