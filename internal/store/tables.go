package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

const (
	// logTable is what an export calls the events in the order of their positions.
	logTable      = "log"
	posColumn     = "pos"
	settingsTable = "settings"
)

// exported are the tables that hold truth, in an order in which rows refer only
// to what came before them. The log stands for log, events, and what waits for
// its position.
func exported() []string {
	return []string{settingsTable, "agents", "groups", "sites", "visitors", "conversations", "threads", logTable, "commands", "reads",
		"participants", "guests", "offers", "duties", "turns", "tokens", "sign_ins", "sessions", "subscriptions", "tickets", "files", "drafts", "leases", "page_views",
		"jobs", "assignments", "availability", "cards", "coaches", "examples", "example_consents", "feedback", "moments", "shadows", "helped",
		"mentions", "peer_groups", "person_links", "playbooks", "precedents", "precedent_words", "promises", "watch_invites", "watches", "talks", "talkers", "talk_levels", "asides", "told", "alerts", "deliveries", "alert_wishes", "alert_steps", "hooks", "hook_notices", "visitor_mails",
		"saved_replies", "reply_uses", "reply_weeks"}
}

// derived are the tables that are made anew from those, or that belong to one
// database and not to the workspace.
func derived() []string {
	return []string{"events", "log_head", "search", "unnumbered", "routers", "nodes", "allowances", "rehearsals", "pages", "goose_db_version"}
}

// ownSettings are of one database and stay there: its history's name, and how far
// an import into it is.
func ownSettings() []string { return []string{epochSetting, importSetting} }

// shape is a table as the schema has it: its columns by name, and those of its key.
type shape struct {
	name         string
	columns, key []string
}

// shapeOf asks the schema. A table that is not there has no columns.
func shapeOf(ctx context.Context, c *conn, e engine, name string) (shape, error) {
	s := shape{name: name}
	asked := name
	if name == logTable {
		asked = "events"
	}
	place := map[string]int{}
	rows, err := c.c.QueryContext(ctx, e.columnsOf(), asked)
	if err != nil {
		return s, fmt.Errorf("store: columns of %s: %w", name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var column string
		var n int
		if err := rows.Scan(&column, &n); err != nil {
			return s, fmt.Errorf("store: columns of %s: %w", name, err)
		}
		s.columns = append(s.columns, column)
		if n > 0 {
			s.key, place[column] = append(s.key, column), n
		}
	}
	slices.Sort(s.columns)
	slices.SortFunc(s.key, func(a, b string) int { return place[a] - place[b] })
	if name == logTable {
		s.key = []string{posColumn}
	}
	return s, rows.Err()
}

// selection reads all rows in the order of the key.
func (s shape) selection(e engine) string {
	if s.name == logTable {
		columns := make([]string, len(s.columns))
		for i, c := range s.columns {
			columns[i] = `e.` + quote(c)
			if c == posColumn {
				columns[i] = `l.` + quote(c)
			}
		}
		return `SELECT ` + strings.Join(columns, `, `) + ` FROM ` + e.positions() + ` l JOIN events e ON e.conversation = l.conversation AND e.seq = l.seq ORDER BY l.pos`
	}
	where := ""
	if s.name == settingsTable {
		where = ` WHERE name NOT IN ('` + strings.Join(ownSettings(), `', '`) + `')`
	}
	return `SELECT ` + strings.Join(quoted(s.columns), `, `) + ` FROM ` + quote(s.name) + where + ` ORDER BY ` + strings.Join(quoted(s.key), `, `)
}

// insertion inserts n rows of the given columns.
func insertion(table string, columns []string, n int) string {
	var b strings.Builder
	b.WriteString(`INSERT INTO ` + quote(table) + ` (` + strings.Join(quoted(columns), `, `) + `) VALUES `)
	for i := range n {
		for j := range columns {
			between := ", "
			switch {
			case j == 0 && i == 0:
				between = "("
			case j == 0:
				between = "), ("
			}
			fmt.Fprintf(&b, "%s$%d", between, i*len(columns)+j+1)
		}
	}
	return b.String() + `)`
}

// quote writes a name that the schema gave us.
func quote(name string) string { return `"` + name + `"` }

func quoted(names []string) []string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = quote(n)
	}
	return all
}

// schemaVersion is the number of the last migration that ran; 0 where there is no
// workspace.
func schemaVersion(ctx context.Context, c *conn) (int64, error) {
	var v sql.NullInt64
	if err := c.c.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`).Scan(&v); err != nil {
		return 0, fmt.Errorf("store: schema version: %w", err)
	}
	return v.Int64, nil
}
