package notify_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"earshot/internal/notify"
	"earshot/internal/notify/notifytest"

	"github.com/emersion/go-msgauth/dkim"
	"pgregory.net/rapid"
)

const mailPassword = "canary-password of the mail server"

func acme(s *notifytest.MailServer) notify.SMTP {
	return notify.SMTP{Server: s.Addr, Security: notify.StartTLS, From: mail.Address{Name: "Acme", Address: "chat@acme.example"}, Roots: s.Roots}
}

func sender(t *testing.T, s notify.SMTP) *notify.Sender {
	t.Helper()
	made, err := notify.NewSender(s)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestSMTP_ways(t *testing.T) {
	t.Parallel()
	signsIn := func(s *notifytest.MailServer) { s.User, s.Password = "acme", mailPassword }
	for name, way := range map[string]struct {
		encrypted bool
		server    func(*notifytest.MailServer)
		how       func(*notify.SMTP)
		tls       bool
	}{
		"STARTTLS":        {server: signsIn, tls: true, how: func(s *notify.SMTP) { s.User, s.Password = "acme", mailPassword }},
		"over TLS":        {encrypted: true, server: signsIn, tls: true, how: func(s *notify.SMTP) { s.Security, s.User, s.Password = notify.OverTLS, "acme", mailPassword }},
		"a near relay":    {server: func(*notifytest.MailServer) {}, how: func(s *notify.SMTP) { s.Security = notify.Clear }},
		"with XOAUTH2":    {server: func(s *notifytest.MailServer) { s.User, s.Token = "acme", "ya29" }, tls: true, how: func(s *notify.SMTP) { s.User, s.Token = "acme", func() (string, error) { return "ya29", nil } }},
		"nobody signs in": {server: func(*notifytest.MailServer) {}, tls: true, how: func(*notify.SMTP) {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := notifytest.NewMailServer(t, way.encrypted, way.server)
			how := acme(server)
			way.how(&how)
			answer := sender(t, how).Send(t.Context(), notify.Mail{ID: "al_1", To: "ada@acme.example", Subject: "You are mentioned", Text: "Grüße\n.\nend\n"})
			if answer.Outcome != notify.Accepted {
				t.Fatalf("answered %+v", answer)
			}
			got := <-server.Mails
			if got.TLS != way.tls || got.From != "chat@acme.example" || got.To != "ada@acme.example" {
				t.Errorf("came from %s to %s, encrypted %v", got.From, got.To, got.TLS)
			}
			m := parsed(t, got.Raw)
			text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
			if err != nil || strings.ReplaceAll(string(text), "\r\n", "\n") != "Grüße\n.\nend\n" {
				t.Errorf("the text came as %q, %v", text, err)
			}
			if id := m.Header.Get("Message-Id"); id != "<al_1@acme.example>" || m.Header.Get("Auto-Submitted") != "auto-generated" {
				t.Errorf("headers %v", m.Header)
			}
		})
	}
}

// TestSMTP_WhatCannotBeSent names what became of each mail that was not taken over: by
// it the job ends or is tried again.
func TestSMTP_WhatCannotBeSent(t *testing.T) {
	t.Parallel()
	wrong := func(s *notify.SMTP) { s.User, s.Password = "acme", mailPassword+"!" }
	for name, c := range map[string]struct {
		command string
		code    int
		to      string
		how     func(*notify.SMTP)
		want    notify.Outcome
		status  int
		reason  string
	}{
		"nobody there":          {command: "RCPT", code: 550, want: notify.Refused, status: 550, reason: "the mail server answered 550 5.1.1"},
		"a full box":            {command: "RCPT", code: 452, want: notify.Later, status: 452, reason: "the mail server answered 452 4.1.1"},
		"refused by content":    {command: "DATA", code: 554, want: notify.Refused, status: 554, reason: "the mail server answered 554 5.1.1"},
		"a relay that is shut":  {command: "RCPT", code: 554, want: notify.Later, status: 554, reason: "the mail server answered 554 5.7.1"},
		"a server in trouble":   {command: "DATA", code: 451, want: notify.Later, status: 451, reason: "the mail server answered 451 4.1.1"},
		"the sender is refused": {command: "MAIL", code: 550, want: notify.Later, status: 550, reason: "the mail server answered 550 5.1.1"},
		"a wrong password":      {how: wrong, want: notify.Later, reason: "the mail server refuses the sign-in (535)"},
		"a foreign certificate": {how: func(s *notify.SMTP) { s.Roots = x509.NewCertPool() }, want: notify.Later, reason: "the mail server's certificate is not believed"},
		"no token": {how: func(s *notify.SMTP) {
			s.User, s.Token = "acme", func() (string, error) { return "", errors.New("no such file") }
		}, want: notify.Later, reason: "the token of the mail server cannot be read"},
		"no address":             {to: "nobody", want: notify.Refused, reason: "that is not an e-mail address"},
		"a header in an address": {to: "ada@acme.example\r\nBcc: eve@evil.example", want: notify.Refused, reason: "that is not an e-mail address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := notifytest.NewMailServer(t, false, func(s *notifytest.MailServer) {
				if c.how != nil && name == "a wrong password" {
					s.User, s.Password = "acme", mailPassword
				}
			})
			server.Refuse(c.command, c.code, "canary: box of ada at 10.0.3.7")
			how := acme(server)
			if c.how != nil {
				c.how(&how)
			}
			to := c.to
			if to == "" {
				to = "ada@acme.example"
			}
			answer := sender(t, how).Send(t.Context(), notify.Mail{ID: "al_1", To: to, Subject: "Hello", Text: "Hello"})
			if answer.Outcome != c.want || answer.Status != c.status || answer.Reason != c.reason {
				t.Errorf("answered %+v, want %s %d", answer, c.want, c.status)
			}
			if len(server.Mails) > 0 {
				t.Error("it was taken over nevertheless")
			}
		})
	}
}

// TestSMTP_NoEncryptionNoMail takes STARTTLS out of what the server offers, as somebody
// on the line would: nothing is said then.
func TestSMTP_NoEncryptionNoMail(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	heard := make(chan string, 1)
	go func() {
		line, err := listener.Accept()
		if err != nil {
			heard <- err.Error()
			return
		}
		defer line.Close()
		said, answers := bytes.Buffer{}, []string{"220 mail.example\r\n", "250-mail.example\r\n250 AUTH PLAIN\r\n"}
		buffer := make([]byte, 4096)
		for {
			answer := "221 bye\r\n"
			if len(answers) > 0 {
				answer, answers = answers[0], answers[1:]
			}
			_, _ = io.WriteString(line, answer)
			n, err := line.Read(buffer)
			said.Write(buffer[:n])
			if err != nil {
				heard <- said.String()
				return
			}
		}
	}()
	how := notify.SMTP{Server: listener.Addr().String(), Security: notify.StartTLS, From: mail.Address{Address: "chat@acme.example"}, User: "acme", Password: mailPassword}
	answer := sender(t, how).Send(t.Context(), notify.Mail{ID: "al_1", To: "ada@acme.example", Text: "canary-text"})
	if said := <-heard; strings.Contains(said, "AUTH") || strings.Contains(said, "canary") || answer.Outcome != notify.Later {
		t.Errorf("answered %+v; it said %q", answer, said)
	}
}

// TestSMTP_DKIM has the signature checked by another implementation.
func TestSMTP_DKIM(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	server := notifytest.NewMailServer(t, false)
	how := acme(server)
	how.DKIM = notify.DKIM{Selector: "chat", Key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})}
	if a := sender(t, how).Send(t.Context(), notify.Mail{ID: "al_1", To: "ada@acme.example", Subject: "Grüße", Text: "Grüße an alle\n"}); a.Outcome != notify.Accepted {
		t.Fatalf("answered %+v", a)
	}
	raw := (<-server.Mails).Raw
	verify := func(raw []byte) error {
		all, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
			if name != "chat._domainkey.acme.example" {
				t.Errorf("asked for %s", name)
			}
			return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
		}})
		if err != nil || len(all) != 1 {
			t.Fatalf("%d signatures, %v:\n%s", len(all), err, raw)
		}
		return all[0].Err
	}
	if err := verify(raw); err != nil {
		t.Errorf("the signature is refused: %v\n%s", err, raw)
	}
	for _, part := range []string{"To: <ada", "chat@acme", "al_1@"} {
		changed := bytes.Replace(raw, []byte(part), []byte(strings.ToUpper(part)), 1)
		if bytes.Equal(changed, raw) || verify(changed) == nil {
			t.Errorf("a mail with another %q passes", part)
		}
	}
}

var messageID = regexp.MustCompile(`^<[A-Za-z0-9._+-]*@acme\.example>$`)

// TestProperty_MailHasItsHeadersAlone writes whatever into every field: the headers are
// those of a plain mail, each once and on one line, for one recipient.
func TestProperty_MailHasItsHeadersAlone(t *testing.T) {
	t.Parallel()
	server := notifytest.NewMailServer(t, false)
	ctx := t.Context()
	send := func(t rapid.TB, name string, m notify.Mail) mail.Header {
		s, err := notify.NewSender(notify.SMTP{Server: server.Addr, Security: notify.Clear, From: mail.Address{Name: name, Address: "chat@acme.example"}})
		if err != nil {
			t.Fatal(err)
		}
		if a := s.Send(ctx, m); a.Outcome != notify.Accepted {
			t.Fatalf("answered %+v", a)
		}
		got := <-server.Mails
		if got.To != "ada@acme.example" || len(server.Mails) > 0 {
			t.Fatalf("it went to %s, and %d more", got.To, len(server.Mails))
		}
		return parsed(t, got.Raw).Header
	}
	want := len(send(t, "Acme", notify.Mail{ID: "a", To: "ada@acme.example", Subject: "b", Text: "c"}))
	wild := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("a\r\n\x00:=?ü\u2028 Bcc<>@,"))), rapid.Just("=?utf-8?q?=0d=0aBcc:_eve@evil.example?="))
	rapid.Check(t, func(rt *rapid.T) {
		name := wild.Draw(rt, "name")
		all := send(rt, name, notify.Mail{ID: wild.Draw(rt, "id"), To: "ada@acme.example", Subject: wild.Draw(rt, "subject"), Text: wild.Draw(rt, "text")})
		if len(all) != want {
			rt.Fatalf("%d headers, want %d: %q", len(all), want, all)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(all.Get("Subject"))
		if err != nil || strings.IndexFunc(subject, unicode.IsControl) >= 0 {
			rt.Fatalf("the subject is %q, %v", subject, err)
		}
		if id := all.Get("Message-Id"); !messageID.MatchString(id) {
			rt.Fatalf("the message's name is %q", id)
		}
		for name, values := range all {
			if len(values) != 1 || strings.IndexFunc(values[0], unicode.IsControl) >= 0 {
				rt.Fatalf("%s: %q", name, values)
			}
		}
	})
}

func parsed(t rapid.TB, raw []byte) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v:\n%s", err, raw)
	}
	return m
}

func TestNewSender_RefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	good := notify.SMTP{Server: "mail.example:587", Security: notify.StartTLS, From: mail.Address{Address: "chat@acme.example"}}
	for name, spoil := range map[string]func(*notify.SMTP){
		"no port":                   func(s *notify.SMTP) { s.Server = "mail.example" },
		"no number":                 func(s *notify.SMTP) { s.Server = "mail.example:smtp" },
		"port 0":                    func(s *notify.SMTP) { s.Server = "mail.example:0" },
		"no sender":                 func(s *notify.SMTP) { s.From.Address = "chat" },
		"a password in the clear":   func(s *notify.SMTP) { s.Security, s.User, s.Password = notify.Clear, "a", "b" },
		"a password of nobody":      func(s *notify.SMTP) { s.Password = "b" },
		"a user without a password": func(s *notify.SMTP) { s.User = "a" },
		"no key":                    func(s *notify.SMTP) { s.DKIM = notify.DKIM{Selector: "chat", Key: []byte("key")} },
	} {
		s := good
		spoil(&s)
		if _, err := notify.NewSender(s); err == nil {
			t.Errorf("%s passes", name)
		}
	}
	sender(t, good)
}

// TestSMTP_EndsWithItsContext has a server that takes the line and says nothing.
func TestSMTP_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		line, err := listener.Accept()
		cancel()
		if err == nil {
			_, _ = line.Read(make([]byte, 1)) // until the other side ends it
			_ = line.Close()
		}
	}()
	how := notify.SMTP{Server: listener.Addr().String(), Security: notify.StartTLS, From: mail.Address{Address: "chat@acme.example"}}
	if a := sender(t, how).Send(ctx, notify.Mail{ID: "al_1", To: "ada@acme.example", Text: "hello"}); a.Outcome != notify.Later {
		t.Errorf("answered %+v", a)
	}
}
