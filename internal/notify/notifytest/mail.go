package notifytest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// MailServer takes mail over as a real one does: a certificate of its own, a sign-in,
// and refusals as they are asked for.
type MailServer struct {
	Addr  string         // HOST:PORT
	Roots *x509.CertPool // believes its certificate
	Mails chan Mailed    // has room for a thousand

	// User and Password are who may send; "" = anybody. Token is what XOAUTH2 asks for.
	User, Password, Token string

	mu      sync.Mutex // guards the rest
	refusal *smtp.SMTPError
	at      string // the command that is refused
}

// Mailed is one mail as it came over the line.
type Mailed struct {
	From, To string
	Raw      []byte
	TLS      bool
}

// NewMailServer starts one on a free port, which ends with the test. Encrypted says
// that its line is so from the first byte; else it offers STARTTLS.
func NewMailServer(t testing.TB, encrypted bool, set ...func(*MailServer)) *MailServer {
	t.Helper()
	certificate, roots := selfSigned(t)
	s := &MailServer{Roots: roots, Mails: make(chan Mailed, 1000)}
	for _, f := range set {
		f(s)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &mailSession{server: s, conn: c}, nil }))
	server.Domain, server.MaxMessageBytes, server.EnableSMTPUTF8 = "mail.example", 1<<20, true
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = listener.Addr().String()
	if encrypted {
		listener = tls.NewListener(listener, server.TLSConfig)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = listener.Close() // the server may not have begun to listen, and would not know of it
		err := errors.Join(server.Close(), <-ended)
		if err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Error("mail server:", err)
		}
	})
	return s
}

// Refuse makes the server answer a command (MAIL, RCPT or DATA) with a code from now on;
// 0 ends that.
func (s *MailServer) Refuse(command string, code int, words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at, s.refusal = command, nil
	if code != 0 {
		s.refusal = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: words}
		if code == 554 && command == "RCPT" { // it does not relay
			s.refusal.EnhancedCode = smtp.EnhancedCode{5, 7, 1}
		}
	}
}

func (s *MailServer) refuses(command string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusal != nil && s.at == command {
		return s.refusal
	}
	return nil
}

type mailSession struct {
	server *MailServer
	conn   *smtp.Conn
	mail   Mailed
	known  bool
}

func (m *mailSession) AuthMechanisms() []string {
	if m.server.Token != "" {
		return []string{"XOAUTH2"}
	}
	return []string{sasl.Plain}
}

func (m *mailSession) Auth(mechanism string) (sasl.Server, error) {
	if mechanism == "XOAUTH2" {
		return bearer{m}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error {
		return m.knows(user == m.server.User && password == m.server.Password)
	}), nil
}

func (m *mailSession) knows(right bool) error {
	m.known = right
	if !right {
		return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "Authentication failed"}
	}
	return nil
}

// bearer is the one message of XOAUTH2: user=NAME^Aauth=Bearer TOKEN^A^A.
type bearer struct{ m *mailSession }

func (b bearer) Next(response []byte) (challenge []byte, done bool, err error) {
	s := b.m.server
	want := "user=" + s.User + "\x01auth=Bearer " + s.Token + "\x01\x01"
	return nil, true, b.m.knows(string(response) == want)
}

func (m *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	if m.server.User != "" && !m.known {
		return smtp.ErrAuthRequired
	}
	_, encrypted := m.conn.TLSConnectionState()
	m.mail = Mailed{From: from, TLS: encrypted}
	return m.server.refuses("MAIL")
}

func (m *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.mail.To = to
	return m.server.refuses("RCPT")
}

func (m *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err == nil {
		err = m.server.refuses("DATA")
	}
	if err != nil {
		return err
	}
	done := m.mail
	done.Raw = bytes.Clone(raw)
	m.server.Mails <- done
	return nil
}

func (m *mailSession) Reset()        { m.mail = Mailed{} }
func (m *mailSession) Logout() error { return nil }

func selfSigned(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
