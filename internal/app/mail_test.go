package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMail_SettingsThatCannotWork(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	good := Mail{Server: "mail.example:587", From: "Acme <chat@acme.example>", Security: "starttls"}
	for name, c := range map[string]struct {
		spoil func(*Mail)
		says  string
	}{
		"no server":             {func(m *Mail) { m.Server = "" }, "--mail-server"},
		"no sender":             {func(m *Mail) { m.From = "" }, "--mail-from"},
		"a sender without @":    {func(m *Mail) { m.From = "Acme" }, "--mail-from"},
		"a selector alone":      {func(m *Mail) { m.DKIMSelector = "chat" }, "--mail-dkim-key"},
		"a key that is none":    {func(m *Mail) { m.DKIMSelector, m.DKIMKey = "chat", empty }, "DKIM"},
		"no file of the key":    {func(m *Mail) { m.DKIMSelector, m.DKIMKey = "chat", empty+"x" }, "no such file"},
		"token and password":    {func(m *Mail) { m.User, m.Password, m.TokenFile = "chat", "canary", empty }, "one of them"},
		"a user alone":          {func(m *Mail) { m.User = "chat" }, "password"},
		"in clear, with a user": {func(m *Mail) { m.Security, m.User, m.Password = "none", "chat", "canary" }, "encryption"},
	} {
		m := good
		c.spoil(&m)
		if err := m.check(); err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s, err := good.sender(); err != nil || s == nil {
		t.Errorf("a good one: %v", err)
	}
	if s, err := (Mail{Security: "starttls"}).sender(); err != nil || s != nil {
		t.Errorf("none: %v, %v", s, err)
	}
	if _, err := (Mail{TokenFile: empty}).token(); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("an empty token: %v", err)
	}
}
