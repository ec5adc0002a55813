package notify_test

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
	"earshot/internal/notify"
	"earshot/internal/notify/notifytest"
	"earshot/internal/store"

	"pgregory.net/rapid"
)

// post is a world with a mail server, and a visitor who has left his address in a chat
// that Ann leads.
type post struct {
	*desktest.World
	t       testing.TB
	server  *notifytest.MailServer
	mails   notify.VisitorMails
	ann     chat.Agent
	visitor desktest.Visitor
	c       chat.ConversationID
}

const visitorAddress = "vera@mail.example"

func newPost(t testing.TB) *post {
	t.Helper()
	p := &post{World: desktest.New(t), t: t, server: notifytest.NewMailServer(t, false)}
	p.Desk = p.Mailing()
	s, err := notify.NewSender(notify.SMTP{Server: p.server.Addr, Security: notify.Clear, From: mail.Address{Name: "Acme", Address: "chat@acme.example"}})
	p.must(err)
	p.mails = notify.VisitorMails{Desk: p.Desk, Mailer: s}
	p.ann = p.Agent("Ann", chat.Member)
	p.begin()
	return p
}

// begin has another visitor come, in a chat that Ann leads, and leave his address.
func (p *post) begin() {
	p.t.Helper()
	p.visitor, p.c = p.Taken(p.ann)
	p.visitor.Says("canary-visitor: call me Vera")
	p.asks(visitorAddress)
}

func (p *post) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// asks: the visitor wants answers by e-mail.
func (p *post) asks(address string) {
	p.t.Helper()
	_, err := p.Desk.AnswerMail(p.t.Context(), p.visitor.Caller, desk.MailAnswer{Accept: true, Email: address})
	p.must(err)
}

func (p *post) says(text string) (seq int64) {
	p.t.Helper()
	done, err := p.Desk.PostMessage(p.t.Context(), p.ann, p.c, desk.Message{Key: p.Key(), Text: text, Seen: 1000})
	p.must(err)
	return done.Events[0].Seq
}

// reads: the visitor has read everything.
func (p *post) reads() {
	p.t.Helper()
	v, err := p.Desk.VisitorOf(p.t.Context(), p.visitor.Caller)
	p.must(err)
	p.must(p.Desk.SeenByVisitor(p.t.Context(), v, 1<<40))
}

// looks: a page of the visitor's is connected.
func (p *post) looks() {
	p.t.Helper()
	v, err := p.Desk.VisitorOf(p.t.Context(), p.visitor.Caller)
	p.must(err)
	p.must(p.Desk.RenewPresence(p.t.Context(), []store.Present{{Visitor: v.ID}}))
}

// later lets time pass and does what is to be mailed then.
func (p *post) later(d time.Duration) {
	p.t.Helper()
	p.Clock.Advance(d)
	runDue(p.World, time.Minute, func(j store.Job) error {
		if j.Kind != desk.JobVisitorMail {
			return nil
		}
		return p.mails.Send(p.t.Context(), j.Body)
	})
}

// sent is a mail as a person finds it.
type sent struct {
	to, id, subject, references, text, html string
}

// arrived are the mails since it was asked last.
func (p *post) arrived() []sent {
	p.t.Helper()
	var all []sent
	for len(p.server.Mails) > 0 {
		got := <-p.server.Mails
		m := parsed(p.t, got.Raw)
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		p.must(err)
		one := sent{to: got.To, id: m.Header.Get("Message-Id"), subject: subject, references: m.Header.Get("References")}
		_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		p.must(err)
		parts := multipart.NewReader(m.Body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				break
			}
			p.must(err)
			body, err := io.ReadAll(quotedprintable.NewReader(part))
			p.must(err)
			if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
				one.html = string(body)
			} else {
				one.text = string(body)
			}
		}
		all = append(all, one)
	}
	return all
}

// want takes the mails that have arrived, and compares which of the words each holds.
func (p *post) want(what string, words ...string) []sent {
	p.t.Helper()
	got := p.arrived()
	if len(got) != len(words) {
		p.t.Errorf("%s: %d mails, want %d: %+v", what, len(got), len(words), got)
		return got
	}
	for i, m := range got {
		for w := range strings.FieldsSeq("one two three four five six seven") {
			wanted := slices.Contains(strings.Fields(words[i]), w)
			if strings.Contains(m.text, "reply "+w) != wanted || strings.Contains(m.html, "reply "+w) != wanted {
				p.t.Errorf("%s: mail %d should hold %q:\n%s\n%s", what, i, words[i], m.text, m.html)
			}
		}
		if strings.Contains(m.text+m.html+m.subject, "canary") {
			p.t.Errorf("%s: it holds what is not for a mail:\n%s", what, m.text)
		}
	}
	return got
}

func TestVisitorMail_OfWhatWasNotRead(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	_, err := p.Desk.AddNote(t.Context(), p.ann, p.c, desk.Message{Key: p.Key(), Text: "canary-note"})
	p.must(err)
	p.says("reply one <b>&")
	p.later(4*time.Minute + 59*time.Second)
	p.want("he may still look")
	p.says("reply two")
	p.later(time.Second)
	first := p.want("five minutes after the first", "one two")
	if m := first[0]; m.to != visitorAddress || m.subject != "New reply from "+p.Site.Name || !strings.Contains(m.html, "reply one &lt;b&gt;&amp;") || !strings.Contains(m.text, "reply one <b>&") {
		t.Errorf("mailed %+v", m)
	}
	p.says("reply three")
	p.later(14*time.Minute + 59*time.Second)
	p.want("at most one in 15 minutes")
	p.says("reply four")
	p.later(time.Second)
	second := p.want("then all that was said meanwhile", "three four")
	if len(second) > 0 && (second[0].references != first[0].id || second[0].id == first[0].id) {
		t.Errorf("%s goes on from %q, want %s", second[0].id, second[0].references, first[0].id)
	}
	p.later(24 * time.Hour)
	p.want("nothing was said since")
}

func TestVisitorMail_NotOfWhatWasRead(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.says("reply one")
	p.reads()
	p.later(time.Hour)
	p.want("he has read it")
	p.says("reply two")
	taken := p.says("canary-taken")
	_, err := p.Desk.RedactMessage(t.Context(), p.ann, p.c, p.Key(), taken)
	p.must(err)
	p.later(5 * time.Minute)
	p.want("what stands still", "two")
	p.asks("other@mail.example")
	p.says("reply three")
	p.later(15 * time.Minute)
	if m := p.want("he has another address", "three"); len(m) > 0 && m[0].to != "other@mail.example" {
		t.Errorf("mailed to %s", m[0].to)
	}
}

func TestVisitorMail_AnOpenPageIsGivenTime(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.says("reply one")
	for range 29 {
		p.looks()
		p.later(time.Minute)
	}
	p.want("a page of his is open")
	p.looks()
	p.later(time.Minute)
	p.want("and nobody is in front of it", "one")
	p.says("reply two")
	p.later(10 * time.Minute)
	p.looks()
	p.later(4*time.Minute + 59*time.Second)
	p.want("he was there a moment ago")
	p.later(time.Second)
	p.want("and is away again", "two")
}

// TestVisitorMail_ToAnUnprovenAddress has a busy day: a stranger's box gets five mails,
// one that the site has signed gets all.
func TestVisitorMail_ToAnUnprovenAddress(t *testing.T) {
	t.Parallel()
	for _, proven := range []bool{false, true} {
		p := newPost(t)
		if proven {
			signed := p.Visitor()
			_, err := p.Desk.SignInVisitor(t.Context(), signed.Caller, p.Identity(chat.Identity{Sub: "vera", Email: visitorAddress}, time.Hour), p.visitor.Token)
			p.must(err)
		}
		n := 0
		for range 23 * 2 {
			p.says("reply again")
			p.later(30 * time.Minute)
			n += len(p.arrived())
		}
		if proven && n < 40 || !proven && n != chat.MailsADay {
			t.Errorf("proven %v: %d mails", proven, n)
		}
	}
}

// TestVisitorMail_WhoSaidNo gave his address earlier, and was asked in this chat.
func TestVisitorMail_WhoSaidNo(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.Write(func(tx *store.Tx) error {
		s, err := tx.Lock(p.c)
		if err != nil {
			return err
		}
		asked := chat.Fact(chat.KindMailOffered, chat.System(), chat.ForAll, chat.Micros(p.Clock.Now()), chat.MailOffered{Cause: chat.MailAsked})
		asked.ID = "e_asked"
		return tx.Append(s, s.Add("", []chat.Event{asked}))
	})
	_, err := p.Desk.AnswerMail(t.Context(), p.visitor.Caller, desk.MailAnswer{})
	p.must(err)
	p.says("reply one")
	p.later(time.Hour)
	p.want("he wants nothing by mail")
	p.asks(visitorAddress)
	p.says("reply two")
	p.later(time.Hour)
	p.want("now he does", "one two")
}

func TestVisitorMail_WhatTheServerSays(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.server.Refuse("DATA", 451, "later")
	p.says("reply one")
	p.later(5 * time.Minute)
	p.want("the server is in trouble")
	p.says("reply two")
	p.server.Refuse("", 0, "")
	p.later(time.Minute)
	p.want("what was begun goes out as it was", "one")
	p.later(15 * time.Minute)
	p.want("and then the next", "two")
	p.server.Refuse("RCPT", 550, "no such user")
	p.says("reply three")
	p.later(15 * time.Minute)
	p.server.Refuse("", 0, "")
	p.says("reply four")
	p.later(24 * time.Hour)
	p.want("nobody is there: no more is tried")
	p.asks("vera@right.example")
	p.says("reply five")
	p.later(24 * time.Hour)
	p.want("another address", "three four five")
}

// TestVisitorMail_OutlastsAServerThatIsAway has none for a night and a day.
func TestVisitorMail_OutlastsAServerThatIsAway(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.server.Refuse("MAIL", 421, "down")
	p.says("reply one")
	for range 36 {
		p.later(time.Hour)
	}
	p.want("it is away")
	p.server.Refuse("", 0, "")
	p.later(2 * time.Hour)
	p.want("and back again", "one")
	p.server.Refuse("MAIL", 421, "down")
	p.says("reply two")
	for range 80 {
		p.later(time.Hour)
	}
	p.server.Refuse("", 0, "")
	p.later(24 * time.Hour)
	p.want("after days it is given up")
	p.says("reply three")
	p.later(time.Hour)
	p.want("and goes along with the next", "two three")
}

// TestVisitorMail_IsTheSameAfterACrash forgets what became of a mail, as a kill between
// sending and noting does: it is sent again under its name, word for word.
func TestVisitorMail_IsTheSameAfterACrash(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.says("reply one")
	p.Clock.Advance(5 * time.Minute)
	body := []byte(fmt.Sprintf(`{"conversation":%q}`, p.c))
	m, due, err := p.Desk.DueVisitorMail(t.Context(), body)
	p.must(err)
	if !due || len(m.Replies) != 1 {
		t.Fatalf("due %v: %+v", due, m)
	}
	p.says("reply two")
	p.must(p.mails.Send(t.Context(), body))
	p.want("another node sends it at this moment, for all that is known")
	p.Clock.Advance(time.Minute)
	p.must(p.mails.Send(t.Context(), body))
	if got := p.want("it goes on", "one"); len(got) > 0 && got[0].id != "<"+m.ID+"@acme.example>" {
		t.Errorf("sent as %s, begun as %s", got[0].id, m.ID)
	}
}

// TestProperty_VisitorMail lets an agent and a visitor do whatever: a reply that is neither
// read nor taken back is mailed, once; no other is, and never too often.
func TestProperty_VisitorMail(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	rapid.Check(t, func(rt *rapid.T) {
		p.begin()
		open, gone, mailed := map[string]int64{}, map[string]bool{}, map[string]int{}
		var times []time.Time
		hear := func() {
			for _, m := range p.arrived() {
				times = append(times, p.Clock.Now())
				for w := range strings.FieldsSeq(m.text) {
					if strings.HasPrefix(w, "word-") {
						mailed[w]++
						if mailed[w] > 1 || gone[w] {
							rt.Fatalf("%s was mailed %d times, gone %v", w, mailed[w], gone[w])
						}
						delete(open, w)
					}
				}
			}
		}
		for i := range rapid.IntRange(5, 25).Draw(rt, "deeds") {
			switch rapid.SampledFrom([]string{"say", "say", "read", "take back", "look", "wait", "wait", "trouble", "mend"}).Draw(rt, "deed") {
			case "say":
				word := fmt.Sprintf("word-%d", i)
				open[word] = p.says(word)
			case "read":
				p.reads()
				for w := range open {
					gone[w] = true
				}
				clear(open)
			case "take back":
				for w, seq := range open {
					_, err := p.Desk.RedactMessage(t.Context(), p.ann, p.c, p.Key(), seq)
					p.must(err)
					gone[w] = true
					delete(open, w)
					break
				}
			case "look":
				p.looks()
			case "wait":
				p.later(time.Duration(rapid.IntRange(1, 40).Draw(rt, "minutes")) * time.Minute)
			case "trouble":
				p.server.Refuse(rapid.SampledFrom([]string{"DATA", "RCPT", "MAIL"}).Draw(rt, "at"), 451, "later")
			case "mend":
				p.server.Refuse("", 0, "")
			}
			hear()
		}
		p.server.Refuse("", 0, "")
		for range 26 {
			if len(open) > 0 {
				p.later(time.Hour)
				hear()
			}
		}
		if len(open) > 0 {
			rt.Fatalf("never mailed: %v", open)
		}
		for i := range times {
			if i > 0 && times[i].Sub(times[i-1]) < chat.MailPause || i >= chat.MailsADay && times[i].Sub(times[i-chat.MailsADay]) < 24*time.Hour {
				rt.Fatalf("mails at %v", times)
			}
		}
		_, err := p.Desk.Close(t.Context(), p.ann, p.c, p.Key())
		p.must(err)
	})
}
