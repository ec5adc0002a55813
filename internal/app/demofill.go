package app

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"earshot/client"
	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/files"
	"earshot/internal/store"
)

// How much history the demo has.
const (
	demoClosed = 120
	demoActive = 14
	demoQueued = 7
	demoDays   = 3
)

// stage is what the demo's workspace is made from.
type stage struct {
	dir, listen, password string
	script                script
	now                   time.Time
}

// person is one of the demo's team; ticket is for the printed sign-in link.
type person struct {
	name, email, ticket string
	role                chat.Role
}

// cast is who is in the demo: people[0] is the owner, whom nobody simulates.
type cast struct {
	people   []person
	password string
	site     string   // its key
	waiting  []string // resume tokens of visitors in the queue
}

func demoPeople() []person {
	return []person{
		{name: "Ada Lindqvist", email: "ada@demo.example", role: chat.Owner},
		{name: "Bilal Haddad", email: "bilal@demo.example", role: chat.Admin},
		{name: "Chiyo Tanaka", email: "chiyo@demo.example", role: chat.Supervisor},
		{name: "Diego Fuentes", email: "diego@demo.example", role: chat.Member},
		{name: "Emma Schulz", email: "emma@demo.example", role: chat.Member},
		{name: "Noor van Dijk", email: "noor@demo.example", role: chat.Member},
	}
}

// filler plays history through the desk under a clock of its own, which starts
// some days ago and only goes forward.
type filler struct {
	stage
	desk   *desk.Desk
	clock  atomic.Int64 // microseconds
	agents []chat.Agent
	site   chat.Site
	cast   cast
}

// fill makes the workspace: a team, a site, and conversations of the last days,
// all through the desk as if they had happened.
func fill(ctx context.Context, s stage) (cast, error) {
	f := &filler{stage: s}
	f.cast.password = s.password
	f.clock.Store(s.now.Add(-demoDays * 24 * time.Hour).UnixMicro())
	now := func() time.Time { return time.UnixMicro(f.clock.Load()) }
	st, err := store.Open(ctx, s.dir, store.Options{Now: now})
	if err != nil {
		return cast{}, err
	}
	defer st.Close()
	disk, err := files.Open(filepath.Join(s.dir, filesDir))
	if err != nil {
		return cast{}, err
	}
	defer disk.Close()
	f.desk = desk.New(st, disk, bus.NewLocal(), desk.Options{Now: now, Node: "demo"})
	for _, step := range []func(context.Context) error{f.team, f.departments, f.history, f.present, f.talks, f.replies, f.tickets} {
		if err := step(ctx); err != nil {
			return cast{}, err
		}
	}
	return f.cast, st.Close()
}

// team makes the owner, the site, and the colleagues by invitation.
func (f *filler) team(ctx context.Context) error {
	from := desk.Device{UserAgent: "Earshot demo", Address: "127.0.0.1"}
	token, err := f.desk.SetupToken(ctx)
	if err != nil {
		return err
	}
	people := demoPeople()
	in := desk.Setup{Token: token, Name: people[0].name, Email: people[0].email, Password: f.password,
		SiteName: "Halden Coffee", Origins: loopbackOrigins(f.listen), Language: "en"}
	owner, err := f.desk.SetUp(ctx, in, from)
	if err != nil {
		return err
	}
	f.agents = append(f.agents, owner.Agent)
	for _, p := range people[1:] {
		_, secret, err := f.desk.Invite(ctx, owner.Agent, desk.Invitation{Email: p.email, Role: p.role})
		if err != nil {
			return err
		}
		in, err := f.desk.AcceptInvite(ctx, secret, p.name, f.password, from)
		if err != nil {
			return err
		}
		f.agents = append(f.agents, in.Agent)
	}
	sites, err := f.desk.Sites(ctx)
	if err != nil || len(sites) == 0 {
		return fmt.Errorf("no site after the set-up: %w", err)
	}
	f.cast.people, f.cast.site, f.site = people, sites[0].Key, sites[0]
	return nil
}

// loopbackOrigins are the pages that may carry the demo's widget: both names of
// this machine, at the port that is listened on.
func loopbackOrigins(listen string) []string {
	_, port, err := net.SplitHostPort(listen)
	if err != nil || port == "0" {
		port = "8080"
	}
	return []string{"http://127.0.0.1:" + port, "http://localhost:" + port}
}

// history plays what is over: one conversation after the other.
func (f *filler) history(ctx context.Context) error {
	step := demoDays * 24 * time.Hour / (demoClosed + 1)
	for n := range demoClosed {
		f.waitUntil(f.now.Add(-demoDays*24*time.Hour + time.Duration(n)*step))
		if err := f.play(ctx, n, len(f.script.scene(n).Turns), true); err != nil {
			return err
		}
	}
	return nil
}

// present plays what is under way and who is waiting.
func (f *filler) present(ctx context.Context) error {
	f.waitUntil(f.now.Add(-25 * time.Minute))
	for n := range demoActive {
		scene := f.script.scene(demoClosed + n)
		if err := f.play(ctx, demoClosed+n, min(len(scene.Turns), 2+n%4), false); err != nil {
			return err
		}
	}
	f.waitUntil(f.now.Add(-4 * time.Minute))
	for n := range demoQueued {
		if err := f.here(ctx); err != nil {
			return err
		}
		v := f.visitor(demoClosed + demoActive + n)
		if err := v.says(ctx, f.script.scene(demoClosed + demoActive + n).Turns[0].Text); err != nil {
			return err
		}
		f.cast.waiting = append(f.cast.waiting, v.caller.Token)
		f.pass(15 * time.Second)
	}
	return nil
}

func (f *filler) tickets(ctx context.Context) (err error) {
	f.waitUntil(f.now)
	for i := range f.cast.people {
		if f.cast.people[i].ticket, err = f.desk.SignInTicket(ctx, f.cast.people[i].email); err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) pass(d time.Duration) { f.clock.Add(d.Microseconds()) }

func (f *filler) waitUntil(t time.Time) {
	if t.UnixMicro() > f.clock.Load() {
		f.clock.Store(t.UnixMicro())
	}
}

// extra is somebody who writes in the history.
type extra struct {
	f      *filler
	caller desk.Caller
	n      int
	last   desk.VisitorDone
}

func (f *filler) visitor(n int) *extra {
	return &extra{f: f, n: n, caller: desk.Caller{Token: client.NewToken(), Site: f.cast.site}}
}

func (v *extra) says(ctx context.Context, text string) (err error) {
	name, email, page := demoVisitor(v.n)
	arrival := chat.Arrival{URL: page.URL, Title: page.Title, Referrer: page.Referrer, Language: page.Language, Visits: page.Visits}
	v.last, err = v.f.desk.PostAsVisitor(ctx, v.caller, desk.VisitorMessage{Key: client.NewKey(), Text: text, Name: name, Email: email, Arrival: arrival})
	return err
}

// play plays the first turns of a scene with a visitor of its own.
func (f *filler) play(ctx context.Context, n, turns int, over bool) error {
	scene, v := f.script.scene(n), f.visitor(n)
	if err := f.here(ctx); err != nil {
		return err
	}
	var agent chat.Agent
	for i, t := range scene.Turns[:turns] {
		f.pass(time.Duration(8+len(t.Text)/6) * time.Second)
		if t.By == "visitor" || i == 0 {
			if err := v.says(ctx, t.Text); err != nil {
				return err
			}
			continue
		}
		if agent.ID == "" {
			var err error
			if agent, err = f.isTaken(ctx, v, n); err != nil {
				return err
			}
		}
		if err := f.answer(ctx, agent, v, t.Text, n); err != nil {
			return err
		}
	}
	conversation := v.last.Visitor.Conversation
	if agent.ID == "" { // nobody has answered: it is taken to be closed
		if !over {
			return nil
		}
		var err error
		if agent, err = f.isTaken(ctx, v, n); err != nil {
			return err
		}
	}
	if err := f.see(ctx, agent, v, over); err != nil || !over {
		return err
	}
	f.pass(20 * time.Second)
	_, err := f.desk.Close(ctx, agent, conversation, client.NewKey())
	return err
}

// isTaken lets the first member of the conversation's group take it who has room,
// begun at the n-th.
func (f *filler) isTaken(ctx context.Context, v *extra, n int) (chat.Agent, error) {
	id := v.last.Visitor.Conversation
	opened, err := f.desk.Conversation(ctx, f.agents[0], id)
	if err != nil {
		return chat.Agent{}, err
	}
	for i := range f.agents {
		a := f.agents[(n+i)%len(f.agents)]
		if !a.InGroup(opened.Row.Thread.Group) {
			continue
		}
		if _, err = f.desk.Take(ctx, a, id, desk.Taking{Key: client.NewKey()}); !chat.IsKind(err, chat.Conflict) {
			return a, err
		}
	}
	return chat.Agent{}, err
}

// answer replies.
func (f *filler) answer(ctx context.Context, agent chat.Agent, v *extra, text string, n int) error {
	conversation := v.last.Visitor.Conversation
	if n%9 == 4 {
		note := desk.Message{Key: client.NewKey(), Text: demoNotes()[n%len(demoNotes())]}
		if _, err := f.desk.AddNote(ctx, agent, conversation, note); err != nil {
			return err
		}
	}
	typing := int64(300 * len(strings.Fields(text)))
	_, err := f.desk.PostMessage(ctx, agent, conversation, desk.Message{Key: client.NewKey(), Text: text, TypingMS: typing})
	return err
}

// see lets both sides read what they were told.
func (f *filler) see(ctx context.Context, agent chat.Agent, v *extra, both bool) error {
	view, err := f.desk.ViewAsVisitor(ctx, v.last.Visitor, 0)
	if err != nil || !both {
		return err
	}
	if err := f.desk.SeenByVisitor(ctx, v.last.Visitor, view.VSeq); err != nil {
		return err
	}
	opened, err := f.desk.Conversation(ctx, agent, v.last.Visitor.Conversation)
	if err != nil {
		return err
	}
	return f.desk.MarkRead(ctx, agent, v.last.Visitor.Conversation, opened.Row.Conversation.Head)
}

func demoNotes() []string {
	return []string{
		"Second time this week for this batch, please look at the roasting log.",
		"Regular customer, very patient. Be generous.",
		"Checked with the warehouse: two left in Halden.",
		"Refund only with Bilal's consent, the amount is over 50.",
	}
}

// demoVisitor is who the n-th visitor is and where. A third of them say no name.
func demoVisitor(n int) (name, email string, page client.Page) {
	names := []string{"Crystal Minh", "", "Jonas Weber", "فاطمة الزهراء", "", "佐藤 健", "Maria del Carmen Fernández-Villaverde y Gutiérrez", "Liam O'Brien", "", "Zoë", "Ingrid Solberg", "Kwame Mensah"}
	pages := []client.Page{
		{URL: "https://shop.example/beans/serra-negra", Title: "Serra Negra – Halden Coffee", Referrer: "https://search.example/", Language: "en"},
		{URL: "https://shop.example/cart", Title: "Your cart – Halden Coffee", Language: "en-GB"},
		{URL: "https://shop.example/machines/moka", Title: "Moka pots – Halden Coffee", Referrer: "https://shop.example/", Language: "de"},
		{URL: "https://shop.example/account/orders", Title: "Orders – Halden Coffee", Language: "es"},
	}
	name, page = names[n%len(names)], pages[n%len(pages)]
	page.Visits = 1 + n*7%12
	if name != "" && n%2 == 0 {
		email = fmt.Sprintf("visitor%d@mail.example", n)
	}
	return name, email, page
}
