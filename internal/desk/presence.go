package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// presentFor is how long a lease counts; those of agents are renewed every 4 s, those
// of visitors every 10 s.
const presentFor = 45 * time.Second

// leasesAtOnce take the writer some milliseconds.
const leasesAtOnce = 1000

const maxPath = 300

// RenewPresence writes leases of this node, so many at once that messages get
// through between them. The router looks again: somebody may have come.
func (d *Desk) RenewPresence(ctx context.Context, who []store.Present) error {
	defer d.welcomeBack(who)
	at := chat.Micros(d.now())
	for some := range slices.Chunk(who, leasesAtOnce) {
		renew := func(tx *store.Tx) error { return tx.RenewPresence(d.opt.Node, some, at) }
		if err := d.store.Write(ctx, renew); err != nil {
			return err
		}
	}
	return nil
}

// welcomeBack asks the router to look again where agents are connected.
func (d *Desk) welcomeBack(who []store.Present) {
	if slices.ContainsFunc(who, func(p store.Present) bool { return p.Agent != "" }) {
		d.look()
	}
}

// RenewAgents writes the leases of the agents' devices that are connected to this
// node, every 4 s, and notes of the others that their last connection to it is cut
// where [Desk.CutPresence] has not.
func (d *Desk) RenewAgents(ctx context.Context, who []store.Present) error {
	at := chat.Micros(d.now()) // before the renewal: what it writes is not older
	if err := d.RenewPresence(ctx, who); err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error { return tx.EndPresence(d.opt.Node, at, at) })
}

// CutPresence notes that the last connection of an agent's device to this node is
// cut. Chats go past him when no other of his devices is connected and it stays so
// for Timing.Down.
func (d *Desk) CutPresence(ctx context.Context, p store.Present) error {
	at := chat.Micros(d.now())
	err := d.store.Write(ctx, func(tx *store.Tx) error { return tx.CutPresence(d.opt.Node, p, at) })
	d.look()
	return err
}

// look asks the router to look again at who is connected.
func (d *Desk) look() {
	d.came.Add(1)
	d.stir()
}

// holding is since when a lease has been renewed that holds a connection. One of
// before the start holds it as long as its lead has to come back.
func (d *Desk) holding() int64 {
	since := chat.Micros(d.now().Add(-presentFor))
	if d.now().Sub(d.started) > presentFor-restartGrace {
		since = max(since, chat.Micros(d.started))
	}
	return since
}

// CountPageViews counts views of pages for staffing. What is no path of a page
// is left out: a beacon has nobody who could read an error.
func (d *Desk) CountPageViews(ctx context.Context, views []store.PageView) error {
	kept := make([]store.PageView, 0, len(views))
	for _, v := range views {
		v.Path, _, _ = strings.Cut(v.Path, "?")
		v.Path, _, _ = strings.Cut(v.Path, "#")
		v.Path = chat.CleanLine(v.Path, maxPath)
		if !strings.HasPrefix(v.Path, "/") || v.Site == "" {
			continue
		}
		v.Referrer = strings.ToLower(chat.CleanLine(v.Referrer, maxPath))
		if strings.ContainsAny(v.Referrer, "/?#@ ") {
			v.Referrer = ""
		}
		v.Language = chat.CleanLanguage(v.Language)
		if v.At == 0 {
			v.At = chat.Micros(d.now())
		}
		kept = append(kept, v)
	}
	if len(kept) == 0 {
		return nil
	}
	return d.store.Write(ctx, func(tx *store.Tx) error { return tx.CountPageViews(kept) })
}
