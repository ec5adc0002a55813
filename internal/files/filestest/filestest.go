// Package filestest starts an S3-compatible server for tests.
//
// It guarantees that the server listens on loopback alone, keeps its files in a
// temporary folder, and has ended with the test. It imports nothing of ours; the
// tests of files and of app call it.
package filestest

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Bucket is an empty bucket and the keys to it.
type Bucket struct{ Endpoint, Name, Region, Key, Secret string }

// Start starts versitygw with an empty bucket. The test is skipped where the
// program that EARSHOT_VERSITYGW names is missing.
func Start(t *testing.T) Bucket {
	t.Helper()
	program := os.Getenv("EARSHOT_VERSITYGW")
	if _, err := os.Stat(program); err != nil {
		t.Skip("versitygw is missing (EARSHOT_VERSITYGW names the program; make test builds it): the bucket was not tried")
	}
	dir := t.TempDir()
	b := Bucket{Name: "chats", Region: "us-east-1", Key: "earshot", Secret: "s3cr3t-of-the-test"}
	if err := os.Mkdir(filepath.Join(dir, b.Name), 0o700); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	b.Endpoint = "http://" + address
	var said bytes.Buffer
	server := exec.Command(program, "--port", address, "--quiet", "posix", dir)
	server.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+b.Key, "ROOT_SECRET_KEY="+b.Secret)
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	t.Cleanup(func() {
		_ = server.Process.Kill()
		<-ended
	})
	for {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err == nil {
			c.Close()
			return b
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("versitygw: %v: %s", err, said.String())
		case <-time.After(10 * time.Millisecond): // it does not tell when it listens
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
