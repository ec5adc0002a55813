package app

import (
	"errors"
	"fmt"
	"net/mail"
	"os"
	"strings"

	"earshot/internal/notify"
)

// Mail says which server takes mail over. Without one the team works as ever, and the
// screens say that mail is off.
type Mail struct {
	Server       string `help:"Mail server that takes mail over, as HOST:PORT; without it nothing is mailed." env:"SERVER" placeholder:"HOST:PORT"`
	From         string `help:"Sender of what is mailed, such as 'Acme <chat@acme.example>'." env:"FROM" placeholder:"ADDRESS"`
	Security     string `help:"How the line is encrypted: starttls, tls from the first byte, or none (for a relay on this machine)." default:"starttls" enum:"starttls,tls,none" env:"SECURITY" placeholder:"WAY"`
	User         string `help:"Who signs in at the mail server; without it nobody does." env:"USER" placeholder:"NAME"`
	Password     string `help:"Password of that user; in the environment, where other users do not see it." env:"PASSWORD" placeholder:"PASSWORD"`
	TokenFile    string `name:"token-file" help:"File with an access token to sign in by XOAUTH2 in place of a password; read again for each mail, because tokens end." env:"TOKEN_FILE" placeholder:"FILE"`
	DKIMSelector string `name:"dkim-selector" help:"Selector under which the sender's domain publishes the key that mails are signed with." env:"DKIM_SELECTOR" placeholder:"NAME"`
	DKIMKey      string `name:"dkim-key" help:"File of the private key that mails are signed with: PEM, RSA or Ed25519." env:"DKIM_KEY" placeholder:"FILE"`
}

func (m Mail) check() error {
	_, err := m.sender()
	return err
}

// sender returns what mails; nil where the operator has named no server.
func (m Mail) sender() (*notify.Sender, error) {
	if m.Server == "" {
		if m != (Mail{Security: m.Security}) {
			return nil, errors.New("the settings of mail need --mail-server, the server that takes it over")
		}
		return nil, nil
	}
	if m.From == "" {
		return nil, errors.New("--mail-server needs --mail-from, the address that mail comes from")
	}
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		return nil, fmt.Errorf("--mail-from %q is not an e-mail address, or a name with one in <>", m.From)
	}
	s := notify.SMTP{Server: m.Server, Security: notify.Security(m.Security), User: m.User, Password: m.Password, From: *from}
	if m.TokenFile != "" {
		if m.Password != "" {
			return nil, errors.New("--mail-token-file stands in the place of the password: set one of them")
		}
		s.Token = m.token
	}
	if (m.DKIMSelector == "") != (m.DKIMKey == "") {
		return nil, errors.New("--mail-dkim-selector and --mail-dkim-key belong together: set both, or neither")
	}
	if m.DKIMKey != "" {
		s.DKIM.Selector = m.DKIMSelector
		if s.DKIM.Key, err = os.ReadFile(m.DKIMKey); err != nil {
			return nil, fmt.Errorf("--mail-dkim-key: %w", err)
		}
	}
	made, err := notify.NewSender(s)
	if err != nil {
		return nil, fmt.Errorf("--mail-server: %w", err)
	}
	return made, nil
}

func (m Mail) token() (string, error) {
	text, err := os.ReadFile(m.TokenFile)
	if err == nil && strings.TrimSpace(string(text)) == "" {
		err = fmt.Errorf("%s is empty", m.TokenFile)
	}
	if err != nil {
		return "", fmt.Errorf("--mail-token-file: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// setting is what the doctor says of it.
func (m Mail) setting() finding {
	f := finding{Name: "mail", Value: m.Server, Level: levelOK}
	switch {
	case m.Server == "":
		f.Value, f.Level, f.Words = "off", levelNote, "nothing is mailed, and the screens say so; name a server with --mail-server"
	case m.Security == string(notify.Clear) && !isLoopback(m.Server):
		f.Level, f.Words = levelWrong, "mail crosses the network in clear: use --mail-security starttls or tls"
	case m.DKIMKey == "":
		f.Level, f.Words = levelNote, "mails are not signed by Earshot (DKIM); fine where the mail server signs them"
	}
	return f
}
