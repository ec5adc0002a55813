package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"earshot/internal/desk"
	"earshot/internal/store"
)

func (c Config) checkDatabase() error {
	if err := store.CheckAddress(c.Database); err != nil {
		return fmt.Errorf("--database: %w", err)
	}
	return nil
}

// errCopiedElsewhere is the answer of a server whose workspace lies in PostgreSQL
// to a command that was not told so.
var errCopiedElsewhere = errors.New("this workspace lies in PostgreSQL: tell the command its address, as you tell serve, by --database or EARSHOT_DATABASE. " +
	"It reads beside the server, which may run")

// databaseServer judges a database of PostgreSQL, which is asked and not changed.
func (c Config) databaseServer(ctx context.Context) []finding {
	x, err := store.Examine(ctx, c.Database)
	f := finding{Name: "database", Value: x.Name, Level: levelOK}
	if err != nil {
		f.Level, f.Words = levelWrong, err.Error()
		return []finding{f}
	}
	f.Value = fmt.Sprintf("%s, %.1f MB", x.Name, float64(x.Bytes)/1e6)
	alive := slices.DeleteFunc(x.Nodes, func(n store.Node) bool { return x.Now-n.Seen > desk.NodeAlive.Microseconds() })
	all := append([]finding{f}, judged(x.Settings)...)
	all = append(all, connections(x.Room, x.Bound, len(alive)), clock("clock of this machine", x.Ahead))
	for _, n := range alive {
		all = append(all, clock("clock of node "+n.Name, time.Duration(n.Ahead)*time.Microsecond))
	}
	return all
}

// spareConnections are for copies, an operator, and a node that brings the schema up to
// date.
const spareConnections = 5

// connections judges whether so many are enough for the nodes that are alive, and for
// one more: who replaces a node starts the new one first.
func connections(room int, bound string, alive int) finding {
	need := func(nodes int) int { return store.ConnectionsOfNode*nodes + spareConnections }
	f := finding{Name: "connections", Value: fmt.Sprintf("%d, by %s", room, bound), Level: levelOK}
	switch nodes := max(1, alive); {
	case room < need(nodes):
		f.Level = levelWrong
		f.Words = fmt.Sprintf("%s up to %d and %d are to be spare: under load people are told to try again; raise %s so that %d get in",
			nodesUse(nodes), store.ConnectionsOfNode*nodes, spareConnections, bound, need(nodes))
	case room < need(nodes+1):
		f.Level = levelNote
		f.Words = fmt.Sprintf("%s up to %d, and one more has no room, also while a node is replaced; raise %s so that %d get in",
			nodesUse(nodes), store.ConnectionsOfNode*nodes, bound, need(nodes+1))
	}
	return f
}

func nodesUse(n int) string {
	if n == 1 {
		return "one node uses"
	}
	return fmt.Sprintf("%d nodes use", n)
}

// A clock that is mostSkew off does harm: a sign of life is 10 s old at most where
// somebody counts as here, and each node dates those of its own clients.
const mostSkew = 2 * time.Second

func clock(name string, ahead time.Duration) finding {
	f := finding{Name: name, Value: "as the database's", Level: levelOK}
	if abs := ahead.Abs(); abs >= 100*time.Millisecond {
		way := "ahead of"
		if ahead < 0 {
			way = "behind"
		}
		f.Value = fmt.Sprintf("%.1f s %s the database's", abs.Seconds(), way)
	}
	if ahead.Abs() > mostSkew {
		f.Level, f.Words = levelWrong, "people of this node count as gone, or as there for too long, and deadlines come early or late: let every machine, the database's too, set its clock by NTP (chrony or systemd-timesyncd)"
	}
	return f
}
