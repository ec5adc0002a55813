package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// NodeAlive is how long after its last word a node counts as alive.
const NodeAlive = 30 * time.Second

// NodeHealth is how one node does, as it alone can tell.
type NodeHealth struct {
	Ready  bool        `json:"ready" doc:"It takes new clients."`
	Feeds  int         `json:"feeds" doc:"Live connections."`
	Answer int64       `json:"answer" doc:"Microseconds in which the database answered it last."`
	Bus    BusHealth   `json:"bus"`
	Files  FilesHealth `json:"files"`
	Disk   DiskHealth  `json:"disk"`
}

// BusHealth is how a node hears the others.
type BusHealth struct {
	Kind      string `json:"kind" enum:"none,nats" doc:"none: it has no bus and finds what others write by looking."`
	Connected bool   `json:"connected"`
	Since     int64  `json:"since,omitempty" doc:"When it was connected or lost, in microseconds."`
	Reason    string `json:"reason,omitempty" doc:"Why it is away."`
}

// FilesHealth is how a node reaches the files.
type FilesHealth struct {
	Kind   string `json:"kind" enum:"disk,s3"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
}

// DiskHealth is the disk of a node's data directory, in bytes; 0 and 0 = not known.
type DiskHealth struct {
	Free  int64 `json:"free"`
	Total int64 `json:"total"`
}

// Node is a process that serves the workspace. Since and Seen are microseconds of the
// database's clock.
type Node struct {
	Name    string     `json:"name"`
	Version string     `json:"version"`
	Here    bool       `json:"here" doc:"It is the one that answers this."`
	Alive   bool       `json:"alive" doc:"It has said a word within the last 30 s."`
	Since   int64      `json:"since" doc:"When it began, in microseconds."`
	Seen    int64      `json:"seen" doc:"When it said its last word, in microseconds."`
	Ahead   int64      `json:"ahead" doc:"By how many microseconds its clock is ahead of the database's."`
	Health  NodeHealth `json:"health"`
}

// Report says how this node does, for all nodes to know of each other.
func (d *Desk) Report(ctx context.Context, version string, h NodeHealth) error {
	ahead, took, err := d.store.Clock(ctx)
	if err != nil {
		return err
	}
	h.Answer = took.Microseconds()
	seen := chat.Micros(time.Now().Add(-ahead))
	me := Node{Name: d.opt.Node, Version: version, Here: true, Alive: true, Since: seen, Seen: seen, Ahead: ahead.Microseconds(), Health: h}
	if was := d.reported.Load(); was != nil {
		me.Since = was.Since
	}
	d.reported.Store(&me)
	if d.store.Alone() {
		return nil
	}
	raw, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("desk: encode a node's health: %w", err)
	}
	var all []store.Node
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SaveNode(store.Node{Name: me.Name, Version: version, Since: me.Since, Seen: seen, Ahead: me.Ahead, Health: raw}); err != nil {
			return err
		}
		all, err = tx.Nodes()
		return err
	})
	if err != nil {
		return err
	}
	alive := slices.DeleteFunc(all, func(n store.Node) bool { return !lives(n, seen) })
	d.nodes.Store(int64(len(alive)))
	d.follows.Store(alive[0].Name != d.opt.Node) // they come by name, this one among them
	var others []string
	for _, n := range alive {
		if n.Name != d.opt.Node {
			others = append(others, n.Name)
		}
	}
	d.others.Store(&others)
	return nil
}

func lives(n store.Node, now int64) bool { return now-n.Seen <= NodeAlive.Microseconds() }

// LeaveNodes says that this node stops.
func (d *Desk) LeaveNodes(ctx context.Context) error {
	if d.store.Alone() {
		return nil
	}
	return d.store.Write(ctx, func(tx *store.Tx) error { return tx.EndNode(d.opt.Node) })
}

// Nodes is how many nodes are alive, this one among them, as of its last report.
func (d *Desk) Nodes() int { return int(max(1, d.nodes.Load())) }

// Installation is how all of it does.
type Installation struct {
	Database store.Health
	Nodes    []Node // this one first, then by name
	Now      int64  // of the database's clock, in microseconds
}

// Installation tells owners and admins how the installation does.
func (d *Desk) Installation(ctx context.Context, by chat.Agent) (in Installation, err error) {
	var rows []store.Node
	err = d.store.Read(ctx, func(tx *store.Tx) error {
		if _, err := manager(tx, by); err != nil {
			return err
		}
		rows, err = tx.Nodes()
		return err
	})
	if err != nil {
		return in, err
	}
	ahead, _, err := d.store.Clock(ctx)
	if err != nil {
		return in, err
	}
	in.Now = chat.Micros(time.Now().Add(-ahead))
	if in.Database, err = d.store.Health(ctx, chat.Micros(d.now())); err != nil {
		return in, err
	}
	if me := d.reported.Load(); me != nil {
		in.Nodes = append(in.Nodes, *me)
	}
	for _, row := range rows {
		if row.Name == d.opt.Node {
			continue
		}
		n := Node{Name: row.Name, Version: row.Version, Alive: lives(row, in.Now), Since: row.Since, Seen: row.Seen, Ahead: row.Ahead}
		if err := json.Unmarshal(row.Health, &n.Health); err != nil {
			return in, fmt.Errorf("desk: decode a node's health: %w", err)
		}
		in.Nodes = append(in.Nodes, n)
	}
	return in, nil
}
