package store

import (
	"net"
	"syscall"
	"testing"
)

// TestPostgreSQL_ASilentNetworkIsNoticed: the system is told when a connection counts as
// dead, for idle ones and for those that wait for an acknowledgement.
func TestPostgreSQL_ASilentNetworkIsNoticed(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p, err := newPostgres("postgres://earshot@" + l.Addr().String() + "/earshot?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.config.DialFunc(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Control(func(fd uintptr) {
		for name, o := range map[string]struct{ level, option, want int }{
			"probes":                 {syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
			"idle before a probe":    {syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 5},
			"between probes":         {syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 2},
			"probes missed":          {syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 3},
			"without acknowledgment": {syscall.IPPROTO_TCP, tcpUserTimeout, 10_000},
		} {
			if got, err := syscall.GetsockoptInt(int(fd), o.level, o.option); err != nil || got != o.want {
				t.Errorf("%s: %d (%v), want %d", name, got, err, o.want)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3", "tcp_user_timeout": "10000"} {
		if got := p.config.RuntimeParams[name]; got != want {
			t.Errorf("the server is told %s = %q, want %q", name, got, want)
		}
	}
	if p.config.ConnectTimeout != connectWithin {
		t.Errorf("connecting may take %v", p.config.ConnectTimeout)
	}
}
