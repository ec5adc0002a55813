package e2e

import (
	"strings"
	"testing"
	"time"

	"earshot/client"
	"earshot/internal/notify/notifytest"
)

// TestMail_OfAnAlertNobodySaw has a colleague mentioned who looks nowhere: the real
// binary mails him, over a real line, and of the visitor nothing.
func TestMail_OfAnAlertNobodySaw(t *testing.T) {
	t.Parallel()
	post := notifytest.NewMailServer(t, false)
	dir, addr := t.TempDir(), freeAddress(t)
	s := start(t, dir, addr, "env", "EARSHOT_MAIL_SERVER="+post.Addr, "EARSHOT_MAIL_FROM=Acme <chat@acme.example>", "EARSHOT_MAIL_SECURITY=none", "EARSHOT_PUBLIC_URL="+"http://"+addr)
	w := workspace{server: s, owner: s.makeOwner(t)}.withSite(t)
	token, err := w.owner.Invite(t.Context(), "ben@acme.example", "agent")
	if err != nil {
		t.Fatal(err)
	}
	ben, err := client.New(s.url).AcceptInvite(t.Context(), token, "Ben", ownerPassword)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.owner.SetAlertSteps(t.Context(), client.AlertSteps{Kind: "mention", Push: 1, Mail: 2}); err != nil {
		t.Fatal(err)
	}
	for _, a := range []*client.Agent{w.owner, ben} {
		if err := a.SetStatus(t.Context(), "accepting", ""); err != nil {
			t.Fatal(err)
		}
	}
	done, err := client.New(s.url).Visitor(client.NewToken(), w.site).Post(t.Context(), client.VisitorMessage{Text: "canary-visitor"})
	if err != nil {
		t.Fatal(err)
	}
	chat := done.Visitor.Conversation
	if _, err := w.owner.Note(t.Context(), chat, client.Message{Text: "@Ben canary-note", Mentions: []string{ben.Me.ID}}); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-post.Mails:
		raw := string(got.Raw)
		if got.To != "ben@acme.example" || got.From != "chat@acme.example" || !strings.Contains(raw, "/c/"+chat) || !strings.Contains(raw, "Subject: You are mentioned") {
			t.Errorf("mailed from %s to %s:\n%s", got.From, got.To, raw)
		}
		if strings.Contains(raw, "canary") {
			t.Errorf("it says what was written:\n%s", raw)
		}
	case <-time.After(time.Minute):
		t.Fatalf("nothing was mailed:\n%s", s.out)
	}
}
