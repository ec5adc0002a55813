package app

import (
	"net"
	"syscall"
	"testing"
)

// The connections inherit what the listener was told.
func TestBind_ConnectionsOfASilentMachineEnd(t *testing.T) {
	t.Parallel()
	l, err := bind("127.0.0.1:0", "--listen")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	caller, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer caller.Close()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var got int
	var failed error
	if err := raw.Control(func(fd uintptr) { got, failed = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout) }); err != nil || failed != nil {
		t.Fatal(err, failed)
	}
	if got != int(unheard.Milliseconds()) {
		t.Errorf("a connection waits %d ms, want %v", got, unheard)
	}
}
