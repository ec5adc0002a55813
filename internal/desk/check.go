package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"earshot/internal/chat"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// JobCheck tests the devices of an agent who is on shift, and is there again an hour
// later.
const JobCheck = "alert.check"

const (
	// settleFor is left to a page that comes with its person before his devices are tested.
	settleFor = 5 * time.Second
	// pagesKept is how long what a page said is kept: longer than it counts.
	pagesKept = 24 * time.Hour
	// askedEvery is how often colleagues may have somebody's devices tested.
	askedEvery = time.Minute
	// maxPages is how many open pages of one device are listened to.
	maxPages = 30
	// checkTopic lets a push service keep only the newest test for a device that is off.
	checkTopic = "check"
)

type checkJob struct {
	Agent chat.AgentID `json:"agent"`
	// Begins says that a shift begins: devices that cannot be tested without being
	// noticed are tested then, too.
	Begins bool `json:"begins,omitempty"`
}

// beginShift has an agent's devices tested when he comes from offline, whatever was to
// be tested later.
func beginShift(tx *store.Tx, before, after chat.Agent, now time.Time) error {
	if before.Status != chat.Offline || !onDuty(after) {
		return nil
	}
	return enqueue(tx, JobCheck, string(after.ID), chat.Micros(now.Add(settleFor)), checkJob{Agent: after.ID, Begins: true})
}

// checkWhoIsOnShift has those tested for whom no job says so: who was on shift before
// there were tests, and whose job was given up.
func (d *Desk) checkWhoIsOnShift(ctx context.Context) error {
	var missing []chat.AgentID
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		missing, err = tx.Unchecked(JobCheck)
		return err
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		still, err := tx.Unchecked(JobCheck)
		for _, a := range still {
			if err == nil {
				err = enqueue(tx, JobCheck, string(a), chat.Micros(d.now().Add(settleFor)), checkJob{Agent: a})
			}
		}
		return err
	})
}

// CheckDevices does the job: it begins a test, and the job of the next one stands in the
// place of its own in the same transaction. Who is not on shift any more is let be.
func (d *Desk) CheckDevices(ctx context.Context, job []byte) error {
	var body checkJob
	if err := json.Unmarshal(job, &body); err != nil {
		return fmt.Errorf("desk: job %s: %w", JobCheck, err)
	}
	asked := false
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		asked = false
		a, err := tx.Agent(body.Agent)
		if chat.IsKind(err, chat.Missing) || err == nil && (a.Disabled || !onDuty(a)) {
			return nil
		}
		if err != nil {
			return err
		}
		wishes, err := tx.AlertWishes(a.ID)
		if err != nil {
			return err
		}
		now := d.now()
		next := checkJob{Agent: a.ID}
		asked = !wishes.Quiet.Covers(now)
		if !asked { // the test that a shift begins with is still to come
			next.Begins = body.Begins
		}
		if err := enqueue(tx, JobCheck, string(a.ID), chat.Micros(now.Add(chat.CheckEvery)), next); err != nil || !asked {
			return err
		}
		_, err = startCheck(tx, a.ID, "", body.Begins, chat.Micros(now))
		return err
	})
	if err == nil && asked {
		d.askPages(body.Agent)
	}
	return err
}

// startCheck begins a test of an agent's devices in the place of a former one. all is
// said where also those are tested that cannot be without being noticed.
func startCheck(tx *store.Tx, a chat.AgentID, by string, all bool, at int64) (chat.AlertID, error) {
	former, err := tx.OpenCheck(a)
	if err == nil && former.ID != "" {
		_, err = tx.EndAlert(former.ID, chat.AlertOver, at, former.Seq)
	}
	if err != nil {
		return "", err
	}
	one, _, err := tx.RaiseAlert(chat.Alert{ID: chat.AlertID(newID("al")), Agent: a, Kind: chat.AlertCheck, By: by, At: at})
	if err != nil {
		return "", err
	}
	return one.ID, enqueue(tx, JobAlert, string(one.ID), at, alertJob{Alert: one.ID, Loud: all})
}

// spared are the devices that a test leaves out: those that would notice it, unless it is
// loud, or nothing is proven of them any more.
func (d *Desk) spared(tx *store.Tx, a chat.Alert, had []store.Delivery, loudly bool) (map[chat.SessionID]bool, error) {
	if a.Kind != chat.AlertCheck || loudly {
		return nil, nil
	}
	all, err := d.devicesOf(tx, a.Agent)
	spared := map[chat.SessionID]bool{}
	for _, f := range all[a.Agent] {
		begun := slices.ContainsFunc(had, func(h store.Delivery) bool { return h.Session == f.Session })
		spared[f.Session] = f.Loud && !begun && !f.ProofDue(d.now())
	}
	return spared, err
}

// askPages asks the open pages of an agent for their word. It may be lost: they give it
// every hour by themselves.
func (d *Desk) askPages(a chat.AgentID) {
	d.bus.Signal(chat.Signal{Kind: chat.SignalCheck, Actor: chat.System(), Audience: chat.Private(a), On: true, Expires: chat.Micros(d.now().Add(chat.SignalTTL))})
}

// CheckColleague asks the devices of an agent to answer: his own, or of somebody whom
// the asker oversees.
func (d *Desk) CheckColleague(ctx context.Context, by chat.Agent, of chat.AgentID) (chat.AlertID, error) {
	var id chat.AlertID
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		me, err := present(tx, by.ID)
		if err != nil {
			return err
		}
		a, err := tx.Agent(of)
		if err == nil && a.Disabled {
			err = chat.Errorf(chat.Missing, "There is no such agent.")
		}
		if err != nil {
			return err
		}
		if me.ID != a.ID && !overseesOne(me, a) {
			return chat.Errorf(chat.Denied, "Only who oversees a group of %s may test these devices.", a.Name)
		}
		name := ""
		if me.ID != a.ID {
			name = me.Name
			if err := lately(tx, a, d.now()); err != nil {
				return err
			}
		}
		id, err = startCheck(tx, a.ID, name, true, chat.Micros(d.now()))
		return err
	})
	if err == nil {
		d.askPages(of)
	}
	return id, err
}

// lately refuses a test for which a colleague asks where one has asked a moment ago: a
// phone that notices it would be noticed again.
func lately(tx *store.Tx, a chat.Agent, now time.Time) error {
	open, err := tx.OpenCheck(a.ID)
	if err == nil && open.By != "" && now.Sub(time.UnixMicro(open.At)) < askedEvery {
		err = chat.Errorf(chat.Limited, "%s has had these devices of %s tested a moment ago. Wait a minute, and look at what came of it.", open.By, a.Name)
	}
	return err
}

// overseesOne reports whether somebody oversees one of an agent's groups.
func overseesOne(me, a chat.Agent) bool {
	return me.Role.Oversees() || slices.ContainsFunc(a.Groups, me.Oversees)
}

// NotePage keeps what an open page of a device says of itself.
func (d *Desk) NotePage(ctx context.Context, session chat.SessionID, p chat.PageWord) error {
	p.At = chat.Micros(d.now())
	err := d.store.Write(ctx, func(tx *store.Tx) error {
		others, err := tx.CountPages(session, p.Page)
		if err == nil && others >= maxPages {
			err = chat.Errorf(chat.Limited, "%d pages of Earshot are open on this device; more are not tested.", maxPages)
		}
		return errors.Join(err, tx.SavePage(session, p))
	})
	d.look()
	return err
}

// LeavePage forgets a page that is closed.
func (d *Desk) LeavePage(ctx context.Context, session chat.SessionID, page string) error {
	defer d.look()
	return d.store.Write(ctx, func(tx *store.Tx) error { return tx.DropPage(session, page) })
}

// JudgedDevice is a device with whether alerts arrive there.
type JudgedDevice struct {
	chat.DeviceFacts
	Reach chat.Reach `json:"reach"`
}

// MyReach is whether alerts arrive at an agent, device by device.
type MyReach struct {
	Reach   chat.Reach     `json:"reach"`
	Devices []JudgedDevice `json:"devices" nullable:"false"`
}

// MyReach judges the agent's own devices.
func (d *Desk) MyReach(ctx context.Context, a chat.Agent) (MyReach, error) {
	mine := MyReach{Devices: []JudgedDevice{}}
	var facts []chat.DeviceFacts
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		all, err := d.devicesOf(tx, a.ID)
		facts = all[a.ID]
		return err
	})
	now := d.now()
	for _, one := range facts {
		mine.Devices = append(mine.Devices, JudgedDevice{one, one.Reach(a.Name, now)})
	}
	mine.Reach = chat.ReachOf(a.Name, facts, now)
	return mine, err
}

// soon is how long before a group opens its members are looked for.
const soon = time.Hour

// boardReach says of every agent of the board whether alerts arrive at him, and whether
// he is expected to be there.
func (s *situation) boardReach(agents []BoardAgent, facts map[chat.AgentID][]chat.DeviceFacts, now time.Time) {
	for i, one := range agents {
		agents[i].Reach = chat.ReachOf(s.team[one.Agent].Name, facts[one.Agent], now)
		agents[i].Expected, agents[i].OpensAt = s.expects(one.Groups, now)
	}
}

// expects reports whether one of the groups is open by its hours, or opens within the
// hour and when. Of a group without hours nobody knows who comes when; nor is a
// supervisor of one expected to answer.
func (s *situation) expects(groups []BoardMembership, now time.Time) (expected bool, opens int64) {
	for _, g := range groups {
		hours := s.rules[g.Group].Hours
		if hours == nil || g.Class == chat.ClassSupervisor {
			continue
		}
		if hours.Open(now) {
			return true, 0
		}
		at, is := hours.OpensWithin(now, soon)
		if is && (opens == 0 || at.UnixMicro() < opens) {
			expected, opens = true, at.UnixMicro()
		}
	}
	return expected, opens
}

// deafen tells the router whom no device calls, where a group asks for that: otherwise
// nothing is read.
func (d *Desk) deafen(tx *store.Tx, s *situation) error {
	if !slices.ContainsFunc(s.state.Groups, func(g routing.Group) bool { return g.Distribution.SkipDeaf }) {
		return nil
	}
	facts, err := d.devicesOf(tx, "")
	for i, a := range s.state.Agents {
		s.state.Agents[i].Deaf = chat.ReachOf(a.Name, facts[a.ID], s.at).State == chat.ReachedNo
	}
	return err
}

// devicesOf loads what is known of the devices of an agent, or of all where the id is
// empty.
func (d *Desk) devicesOf(tx *store.Tx, a chat.AgentID) (map[chat.AgentID][]chat.DeviceFacts, error) {
	known, err := tx.KnownDevices(a, chat.Micros(d.now()), d.holding())
	all := make(map[chat.AgentID][]chat.DeviceFacts, len(known))
	for _, one := range known {
		one.Loud = loud(one.Endpoint)
		if strings.HasPrefix(one.Name, "Mozilla/") { // from before devices were kept in words
			one.Name = ""
		}
		all[one.Agent] = append(all[one.Agent], one.DeviceFacts)
	}
	return all, err
}

// loud reports whether a push service wants every push to be noticed: Apple ends the
// subscription of who pushes without showing anything.
func loud(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && strings.HasSuffix(u.Hostname(), "push.apple.com")
}
