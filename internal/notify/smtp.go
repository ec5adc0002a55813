package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// Security is how the line to a mail server is encrypted.
type Security string

// The ways to a mail server.
const (
	StartTLS Security = "starttls" // begun in the clear, and given up where the server cannot encrypt
	OverTLS  Security = "tls"      // encrypted from the first byte
	Clear    Security = "none"     // never with a password
)

// mailTimeout is how long a mail server may take for one mail.
const mailTimeout = 30 * time.Second

// SMTP is the server that takes an installation's mail over, and how it is spoken to.
type SMTP struct {
	Server   string // HOST:PORT
	Security Security
	User     string // "" = nobody signs in
	Password string
	// Token returns the access token of XOAUTH2, which is used in place of the
	// password; it is asked for each mail, because tokens end. nil = there is none.
	Token func() (string, error)
	From  mail.Address
	DKIM  DKIM
	Roots *x509.CertPool // whose certificates are believed; nil = the machine's
}

// DKIM is the key that mails are signed with; none where its Selector is empty. The
// domain is that of the sender.
type DKIM struct {
	Selector string
	Key      []byte // PEM: RSA or Ed25519
}

// Sender hands mails to a server, each over a line of its own.
type Sender struct {
	smtp   SMTP
	host   string
	port   int
	signer *gomail.DKIMSigner
}

// NewSender returns a Sender, or an error that says which setting cannot work.
func NewSender(s SMTP) (*Sender, error) {
	host, port, err := net.SplitHostPort(s.Server)
	if err != nil || host == "" {
		return nil, fmt.Errorf("mail server %q is not HOST:PORT", s.Server)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return nil, fmt.Errorf("port %q of the mail server is not a number up to 65535", port)
	}
	domain := domainOf(s.From.Address)
	switch {
	case domain == "":
		return nil, fmt.Errorf("sender %q is not an e-mail address", s.From.Address)
	case s.Security == Clear && (s.Password != "" || s.Token != nil):
		return nil, errors.New("no password goes over a line without encryption")
	case s.User == "" && (s.Password != "" || s.Token != nil):
		return nil, errors.New("a password needs the name of its user")
	case s.User != "" && s.Password == "" && s.Token == nil:
		return nil, errors.New("a user needs a password or a token")
	}
	s.From.Name = oneLine(s.From.Name)
	sender := &Sender{smtp: s, host: host, port: int(n)}
	if s.DKIM.Selector == "" {
		return sender, nil
	}
	key, err := gomail.PrivKeyFromPEM(s.DKIM.Key)
	if err != nil {
		return nil, fmt.Errorf("the key for DKIM is no private key in PEM of RSA or Ed25519: %w", err)
	}
	sender.signer = gomail.NewDKIMSigner(domain, s.DKIM.Selector, key)
	return sender, nil
}

func domainOf(address string) string {
	if at := strings.LastIndexByte(address, '@'); at > 0 {
		return address[at+1:]
	}
	return ""
}

// Send hands one mail over. Accepted means that the server has taken it; a server that
// is away or refuses the sign-in is asked again, because an operator can mend both.
func (s *Sender) Send(ctx context.Context, m Mail) Answer {
	message, err := s.message(m)
	if err != nil {
		return Answer{Outcome: Refused, Reason: "that is not an e-mail address"}
	}
	ctx, end := context.WithTimeout(ctx, mailTimeout)
	defer end() // and with it the line, however far it came
	client, err := s.client(ctx)
	if err != nil {
		return Answer{Outcome: Later, Reason: reasonOf(err)}
	}
	line, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return Answer{Outcome: Later, Reason: reasonOf(err)}
	}
	if err := client.SendWithSMTPClient(line, message); err != nil {
		return answerOf(err)
	}
	_ = client.CloseWithSMTPClient(line) // a good-bye that fails takes nothing back
	return Answer{Outcome: Accepted}
}

func (s *Sender) client(ctx context.Context) (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithPort(s.port), gomail.WithTimeout(mailTimeout), gomail.WithHELO(domainOf(s.smtp.From.Address)),
		gomail.WithTLSConfig(s.tls()),
		gomail.WithoutNoop(), gomail.WithoutRset(), gomail.WithDialContextFunc(s.dial(ctx)),
	}
	switch s.smtp.Security {
	case OverTLS:
		options = append(options, gomail.WithSSL())
	case Clear:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.smtp.User == "" {
		return gomail.NewClient(s.host, options...)
	}
	secret, method := s.smtp.Password, gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)
	if s.smtp.Token != nil {
		token, err := s.smtp.Token()
		if err != nil {
			return nil, errNoToken
		}
		secret, method = token, gomail.WithSMTPAuth(gomail.SMTPAuthXOAUTH2)
	}
	return gomail.NewClient(s.host, append(options, gomail.WithUsername(s.smtp.User), gomail.WithPassword(secret), method)...)
}

func (s *Sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.host, RootCAs: s.smtp.Roots, MinVersion: tls.VersionTLS12}
}

// dial returns what opens a line that ends with ctx, whatever it waits for then.
func (s *Sender) dial(ctx context.Context) gomail.DialContextFunc {
	return func(within context.Context, network, address string) (net.Conn, error) {
		line, err := new(net.Dialer).DialContext(within, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { _ = line.Close() }) // who waits hears of it
		if s.smtp.Security == OverTLS {
			return tls.Client(line, s.tls()), nil
		}
		return line, nil
	}
}

// message is the mail as it is sent. Whatever stands in its fields, no further header
// comes of it.
func (s *Sender) message(m Mail) (*gomail.Msg, error) {
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	out.FromMailAddress(&s.smtp.From)
	to, err := mail.ParseAddress(m.To)
	if err != nil {
		return nil, fmt.Errorf("notify: recipient: %w", err)
	}
	out.ToMailAddress(to)
	out.Subject(oneLine(m.Subject))
	out.SetMessageIDWithValue(s.name(m.ID))
	if n := len(m.References); n > 0 {
		former := make([]string, n)
		for i, id := range m.References {
			former[i] = "<" + s.name(id) + ">"
		}
		out.SetGenHeader(gomail.HeaderInReplyTo, former[n-1])
		out.SetGenHeader(gomail.HeaderReferences, strings.Join(former, " "))
	}
	out.SetDate()
	out.SetGenHeader("Auto-Submitted", "auto-generated")
	out.SetGenHeader("X-Auto-Response-Suppress", "All")
	out.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		out.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	if s.signer != nil {
		out.SetDKIM(s.signer)
	}
	return out, nil
}

// name is what a mail is called on its way, without the brackets.
func (s *Sender) name(id string) string {
	return oneWord(id) + "@" + domainOf(s.smtp.From.Address)
}

// oneLine is text without what ends a line, cannot be seen, or would be decoded into
// such: =? begins an encoded word.
func oneLine(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD")), "=?", "= ?"))
}

// oneWord is an identifier as it may stand in a Message-ID.
func oneWord(id string) string {
	return strings.Map(func(r rune) rune {
		if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-+", r)) {
			return r
		}
		return '-'
	}, id)
}

// answerOf puts an error of sending into what can be done about it: refused for good is
// the mail or its recipient; a sender or a relay that is refused (5.7, RFC 3463) is the
// operator's to mend.
func answerOf(err error) Answer {
	a := Answer{Outcome: Later, Reason: reasonOf(err)}
	var refused *gomail.SendError
	if errors.As(err, &refused) {
		a.Status = refused.ErrorCode()
		operators := refused.Reason == gomail.ErrSMTPMailFrom || a.Status == 530 || strings.HasPrefix(refused.EnhancedStatusCode(), "5.7.")
		if a.Status >= 500 && !operators {
			a.Outcome = Refused
		}
	}
	return a
}

// reasonOf says why a mail was not taken, in words of ours: the server's may name
// addresses and machines, and what is said here many may read.
func reasonOf(err error) string {
	var refused *gomail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() != 0 {
		return strings.TrimSpace(fmt.Sprintf("the mail server answered %d %s", refused.ErrorCode(), refused.EnhancedStatusCode()))
	}
	var answered *textproto.Error
	var forged *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errNoToken):
		return errNoToken.Error()
	case errors.As(err, &forged):
		return "the mail server's certificate is not believed"
	case errors.As(err, &answered) && (answered.Code == 530 || answered.Code == 534 || answered.Code == 535):
		return fmt.Sprintf("the mail server refuses the sign-in (%d)", answered.Code)
	case errors.As(err, &answered):
		return fmt.Sprintf("the mail server answered %d", answered.Code)
	}
	return "the mail server cannot be reached, or does not encrypt"
}

// errNoToken is why nobody can sign in whose token cannot be read.
var errNoToken = errors.New("the token of the mail server cannot be read")
