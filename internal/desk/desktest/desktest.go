// Package desktest builds a small world for tests: a workspace on a real
// database with an owner, a site, agents and visitors, under a clock that
// stands until it is told to move.
//
// It guarantees that everything in it was made through the desk, except agents,
// who are put into the store without a password. It may import desk and what
// desk is made of; tests of every package above desk call it.
package desktest

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/files"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

// Password is the owner's; Email the owner's address.
const (
	Password = "a quiet bench in the sun"
	Email    = "owner@team.example"
)

// World is a workspace for one test.
type World struct {
	Desk  *desk.Desk
	Store *store.Store
	Files *files.Store
	Bus   *bus.Local
	Clock *Clock
	Dir   string

	Owner chat.Agent
	// SignedIn is the owner's session from the first start.
	SignedIn desk.SignedIn
	Site     chat.Site
	Group    chat.Group

	t        testing.TB
	database string
	names    atomic.Int64

	apart map[*desk.Desk]*store.Store // by what Apart made over them
}

// Clock stands until Advance. It may be used from many goroutines.
type Clock struct {
	mu sync.Mutex
	at time.Time // guarded by mu
}

// Now returns the time that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Common are the passwords that the world refuses.
func Common() []string { return []string{"password1234", "qwertyuiop123"} }

// New makes a world with an owner, an open group and a site.
func New(t testing.TB) *World {
	t.Helper()
	w := Empty(t)
	w.setUp()
	return w
}

// NewPostgres is New on a database of PostgreSQL, where writes run at the same
// time.
func NewPostgres(t testing.TB) *World {
	t.Helper()
	w := empty(t, storetest.Postgres(t))
	w.setUp()
	return w
}

// Empty makes a world before its first start: nobody is there.
func Empty(t testing.TB) *World {
	t.Helper()
	return empty(t, "")
}

func empty(t testing.TB, database string) *World {
	t.Helper()
	w := &World{t: t, apart: map[*desk.Desk]*store.Store{}, database: database, Clock: &Clock{at: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, Dir: storetest.Dir(t), Bus: bus.NewLocal()}
	w.Store = storetest.Open(t, w.Dir, store.Options{Database: database, Now: w.Clock.Now, StrictLocks: true})
	disk, err := files.Open(filepath.Join(w.Dir, "files"))
	w.must(err)
	w.Files = disk
	t.Cleanup(func() { _ = disk.Close() })
	w.Desk = w.Restart()
	return w
}

// Restart makes another Desk over the same data, as a new start would.
func (w *World) Restart() *desk.Desk {
	return w.Node("n1")
}

// Node makes a Desk over the same data under the name of another process.
func (w *World) Node(name string) *desk.Desk {
	d := desk.New(w.Store, w.Files, w.Bus, desk.Options{Now: w.Clock.Now, CommonPasswords: Common(), Node: name, Push: Push(), Hook: anyHook})
	w.t.Cleanup(d.EndRehearsals)
	return d
}

// Mailing makes a Desk over the same data where there is a mailer.
func (w *World) Mailing() *desk.Desk {
	d := desk.New(w.Store, w.Files, w.Bus, desk.Options{Now: w.Clock.Now, CommonPasswords: Common(), Node: "n1", Push: Push(), Mail: true, Hook: anyHook})
	w.t.Cleanup(d.EndRehearsals)
	return d
}

// anyHook lets every webhook be named; whether it is called is up to the test.
func anyHook(string) error { return nil }

// PushService is the only one whose subscriptions the world takes.
const PushService = "https://push.example/"

// Push is how the world's devices are said to be reached.
func Push() desk.Push {
	return desk.Push{Key: "BKey", Check: func(s store.Subscription) error {
		if !strings.HasPrefix(s.Endpoint, PushService) {
			return chat.Errorf(chat.Invalid, "The world knows %s alone.", PushService)
		}
		return nil
	}}
}

// Apart is Node of a process that has a connection to the database of its own, so that
// it learns of what this one writes from there alone. It is for PostgreSQL.
func (w *World) Apart(name string) *desk.Desk {
	w.t.Helper()
	st := storetest.Open(w.t, storetest.Dir(w.t), store.Options{Database: w.database, Now: w.Clock.Now, StrictLocks: true})
	d := desk.New(st, w.Files, w.Bus, desk.Options{Now: w.Clock.Now, CommonPasswords: Common(), Node: name})
	w.t.Cleanup(d.EndRehearsals)
	w.apart[d] = st
	return d
}

// Cut takes the database away from what Apart has made.
func (w *World) Cut(d *desk.Desk) {
	w.t.Helper()
	w.must(w.apart[d].Close())
}

func (w *World) setUp() {
	w.t.Helper()
	token, err := w.Desk.SetupToken(w.t.Context())
	w.must(err)
	in := desk.Setup{Token: token, Name: "Olivia", Email: Email, Password: Password, SiteName: "Shop",
		Origins: []string{"https://shop.example"}, Language: "en", Method: "pull"}
	w.SignedIn, err = w.Desk.SetUp(w.t.Context(), in, desk.Device{UserAgent: "Firefox", Address: "192.0.2.1"})
	w.must(err)
	w.Owner = w.SignedIn.Agent
	sites, err := w.Desk.Sites(w.t.Context())
	w.must(err)
	w.Site = sites[0]
	w.Read(func(tx *store.Tx) (err error) {
		w.Group, err = tx.Group(w.Site.Group)
		return err
	})
}

func (w *World) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// Numbered waits until all that was written has its position, and with it its
// place in the log and in searches.
func (w *World) Numbered() {
	w.t.Helper()
	w.must(w.Store.Numbered(w.t.Context()))
}

// Read runs fn in a read transaction.
func (w *World) Read(fn func(*store.Tx) error) {
	w.t.Helper()
	w.must(w.Store.Read(w.t.Context(), fn))
}

// Write runs fn in a transaction past the desk.
func (w *World) Write(fn func(*store.Tx) error) {
	w.t.Helper()
	w.must(w.Store.Write(w.t.Context(), fn))
}

// Agent puts an agent into the team: accepting, in the groups named, else in
// the world's first one. The address is the name in lower case at team.example.
func (w *World) Agent(name string, role chat.Role, groups ...chat.GroupID) chat.Agent {
	w.t.Helper()
	if len(groups) == 0 {
		groups = []chat.GroupID{w.Group.ID}
	}
	a := chat.Agent{ID: chat.AgentID(fmt.Sprintf("a_%s%04d", strings.ToLower(name), w.names.Add(1))), Name: name,
		Email: strings.ToLower(name) + "@team.example", Role: role, Status: chat.Accepting, Limit: 4, Groups: groups}
	w.Write(func(tx *store.Tx) error { return tx.SaveAgent(a) })
	return a
}

// Connect gives agents a connection that lasts for the next half hour, or until
// Disconnect.
func (w *World) Connect(who ...chat.Agent) {
	w.t.Helper()
	w.lease(chat.Micros(w.Clock.Now().Add(30*time.Minute)), who)
}

// Disconnect makes agents' last sign of life the present moment.
func (w *World) Disconnect(who ...chat.Agent) {
	w.t.Helper()
	w.lease(chat.Micros(w.Clock.Now()), who)
}

func (w *World) lease(at int64, who []chat.Agent) {
	w.t.Helper()
	here := make([]store.Present, len(who))
	for i, a := range who {
		here[i] = store.Present{Agent: a.ID}
	}
	w.Write(func(tx *store.Tx) error { return tx.RenewPresence("n1", here, at) })
}

// Device is what a sign-in of an agent is connected by.
func Device(in desk.SignedIn) desk.Present {
	return desk.Present{Agent: in.Agent.ID, Session: in.Session.ID}
}

// Route lets the router decide until nothing is left to do.
func (w *World) Route() {
	w.t.Helper()
	for {
		var before, after chat.Position
		w.Read(func(tx *store.Tx) (err error) { before, err = tx.Head(); return err })
		_, err := w.Desk.Route(w.t.Context())
		w.must(err)
		w.Read(func(tx *store.Tx) (err error) { after, err = tx.Head(); return err })
		if before == after {
			return
		}
	}
}

// Relabel does the jobs that make what is over seen as its group says.
func (w *World) Relabel() {
	w.t.Helper()
	for {
		var due []store.Job
		now := chat.Micros(w.Clock.Now())
		w.Write(func(tx *store.Tx) (err error) {
			due, err = tx.ClaimJobs(now, now+1, 100)
			return err
		})
		due = slices.DeleteFunc(due, func(j store.Job) bool { return j.Kind != desk.JobRelabel })
		if len(due) == 0 {
			return
		}
		for _, j := range due {
			w.must(w.Desk.Relabel(w.t.Context(), j.Body))
			w.Write(func(tx *store.Tx) error { return tx.FinishJob(j.ID) })
		}
	}
}

// SignIn signs an agent in through a one-time link.
func (w *World) SignIn(a chat.Agent) desk.SignedIn {
	w.t.Helper()
	token, err := w.Desk.SignInTicket(w.t.Context(), a.Email)
	w.must(err)
	in, err := w.Desk.SignInByTicket(w.t.Context(), token, desk.Device{UserAgent: "Firefox", Address: "192.0.2.7"})
	w.must(err)
	return in
}

// SetPolicy changes who may see the Threads that begin from now on.
func (w *World) SetPolicy(p chat.Policy) {
	w.t.Helper()
	w.Group.Policy = p
	w.Write(func(tx *store.Tx) error { return tx.SaveGroup(w.Group) })
}

// Key returns a command key that no other call returns.
func (w *World) Key() string { return fmt.Sprintf("key-%06d", w.names.Add(1)) }

// Visitor is a person outside with a token.
type Visitor struct {
	desk.Caller
	w *World
}

// Visitor makes a token on the world's site. Nothing is stored before it posts.
func (w *World) Visitor() Visitor {
	token := fmt.Sprintf("%043d", w.names.Add(1))
	return Visitor{Caller: desk.Caller{Token: token, Site: w.Site.Key}, w: w}
}

// Says posts a message and returns the visitor and the events as he sees them.
func (v Visitor) Says(text string) desk.VisitorDone {
	v.w.t.Helper()
	done, err := v.w.Desk.PostAsVisitor(v.w.t.Context(), v.Caller, desk.VisitorMessage{Key: v.w.Key(), Text: text,
		Arrival: chat.Arrival{URL: "https://shop.example/cart", Title: "Cart", Language: "en", Device: "Firefox"}})
	v.w.must(err)
	return done
}

// Arrives is a new visitor who writes a first message. It returns his
// Conversation, which is queued.
func (w *World) Arrives(text string) (Visitor, chat.ConversationID) {
	w.t.Helper()
	v := w.Visitor()
	return v, v.Says(text).Visitor.Conversation
}

// Taken is a Conversation that a visitor began and an agent took.
func (w *World) Taken(a chat.Agent) (Visitor, chat.ConversationID) {
	w.t.Helper()
	v, c := w.Arrives("hello")
	_, err := w.Desk.Take(w.t.Context(), a, c, desk.Taking{Key: w.Key(), Over: true})
	w.must(err)
	return v, c
}

// Log loads every event of a Conversation, whoever it is for.
func (w *World) Log(c chat.ConversationID) []chat.Event {
	w.t.Helper()
	var all []chat.Event
	w.Read(func(tx *store.Tx) error {
		all = nil
		for {
			events, err := tx.Events(c, store.Span{After: int64(len(all)), Limit: 500})
			all = append(all, events...)
			if err != nil || len(events) == 0 {
				return err
			}
		}
	})
	return all
}

// State loads the state of a Conversation.
func (w *World) State(c chat.ConversationID) chat.State {
	w.t.Helper()
	var s chat.State
	w.Read(func(tx *store.Tx) (err error) {
		s, err = tx.State(c)
		return err
	})
	return s
}

// Picture returns a small PNG.
func Picture() []byte {
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewRGBA(image.Rect(0, 0, 8, 6))); err != nil {
		panic(err)
	}
	return buf.Bytes()
}
