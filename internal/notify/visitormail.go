package notify

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

//go:embed visitormail.html
var visitorMailHTML string

var visitorPage = template.Must(template.New("mail").Parse(visitorMailHTML))

// usualAccent is the colour of a site that has set none.
const usualAccent = "#2f6fed"

// VisitorMails mails visitors what they have not read.
type VisitorMails struct {
	Desk   *desk.Desk
	Mailer Mailer
}

// Send does the job of one Conversation, and keeps what became of its mail: desk knows
// when it is tried again.
func (v VisitorMails) Send(ctx context.Context, job []byte) error {
	m, due, err := v.Desk.DueVisitorMail(ctx, job)
	if err != nil || !due || v.Mailer == nil {
		return err
	}
	mail, err := mailOf(m)
	if err != nil {
		return err
	}
	answer := v.Mailer.Send(ctx, mail)
	reason := ""
	if answer.Outcome != Accepted {
		reason = answer.Reason
	}
	return v.Desk.NoteVisitorMail(ctx, m, string(answer.Outcome), reason, answer.After)
}

// visitorWords are what a mail says beside the replies; %s is the site.
type visitorWords struct {
	Subject, Lead, More, File, Files, Answer, Why string
}

var visitorMailWords = map[string]visitorWords{
	"en": {
		Subject: "New reply from %s", Lead: "%s has answered you:", More: "%d earlier replies are in the chat.",
		File: "1 file, in the chat", Files: "%d files, in the chat",
		Answer: "Read and answer in the chat, on the device where you wrote:",
		Why:    "You get this because you gave your address in the chat of %s. Answers to this mail are not read.",
	},
	"de": {
		Subject: "Neue Antwort von %s", Lead: "%s hat Ihnen geantwortet:", More: "%d frühere Antworten stehen im Chat.",
		File: "1 Datei, im Chat", Files: "%d Dateien, im Chat",
		Answer: "Lesen und antworten Sie im Chat, auf dem Gerät, auf dem Sie geschrieben haben:",
		Why:    "Sie bekommen dies, weil Sie Ihre Adresse im Chat von %s angegeben haben. Antworten auf diese Mail werden nicht gelesen.",
	},
}

// shownReply is a reply as a mail shows it.
type shownReply struct {
	By    string
	Lines []string
	Files string
}

// mailOf is the mail as it is sent, in the visitor's language and the look of his site.
func mailOf(m desk.VisitorMail) (Mail, error) {
	w, known := visitorMailWords[m.Language]
	language := m.Language
	if !known {
		w, language = visitorMailWords["en"], "en"
	}
	page := struct {
		Language, Lead, More, Answer, Why, Accent, Site string
		URL                                             string
		Replies                                         []shownReply
	}{Language: language, Lead: fmt.Sprintf(w.Lead, m.Site.Name), Answer: w.Answer, Why: fmt.Sprintf(w.Why, m.Site.Name), Accent: usualAccent, Site: m.Site.Name, URL: pageOf(m.Site)}
	if m.Site.Appearance.Accent != "" {
		page.Accent = m.Site.Appearance.Accent
	}
	if m.More > 0 {
		page.More = fmt.Sprintf(w.More, m.More)
	}
	for _, r := range m.Replies {
		page.Replies = append(page.Replies, shownReply{r.By, strings.Split(r.Text, "\n"), filesOf(w, r.Files)})
	}
	var html bytes.Buffer
	if err := visitorPage.Execute(&html, page); err != nil {
		return Mail{}, fmt.Errorf("notify: mail to a visitor: %w", err)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", page.Lead)
	if page.More != "" {
		fmt.Fprintf(&text, "\n%s\n", page.More)
	}
	for _, r := range page.Replies {
		fmt.Fprintf(&text, "\n%s:\n%s\n", r.By, strings.Join(r.Lines, "\n"))
		if r.Files != "" {
			fmt.Fprintf(&text, "[%s]\n", r.Files)
		}
	}
	if page.URL != "" {
		fmt.Fprintf(&text, "\n%s\n%s\n", page.Answer, page.URL)
	}
	fmt.Fprintf(&text, "\n-- \n%s\n", page.Why)
	return Mail{ID: m.ID, To: m.To, Subject: fmt.Sprintf(w.Subject, m.Site.Name), Text: text.String(), HTML: html.String(), References: m.Former}, nil
}

func filesOf(w visitorWords, n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return w.File
	}
	return fmt.Sprintf(w.Files, n)
}

// pageOf is where a site's visitors chat: its first origin. The page that a visitor was
// on is his own word, and a mail says nothing of his.
func pageOf(s chat.Site) string {
	for _, origin := range s.Origins {
		if u, err := url.Parse(origin); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
			return origin
		}
	}
	return ""
}
