package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationNames lists the migrations in order; the version is the place, from
// 1. A file <name>.<engine>.sql holds what the engines do differently.
var migrationNames = [...]string{
	"0001_first",
	"0002_routing",
	"0003_reports",
	"0004_versions",
	"0005_transfers",
	"0006_losses",
	"0007_promises",
	"0008_devices",
	"0009_coaching",
	"0010_groupchat",
	"0011_playbook",
	"0012_topics",
	"0013_precedents",
	"0014_watches",
	"0015_people",
	"0016_passed",
	"0017_previews",
	"0018_supervise",
	"0019_deviated",
	"0020_allowances",
	"0021_nodes",
	"0022_talks",
	"0023_told",
	"0024_handed",
	"0025_push",
	"0026_alerts",
	"0027_rehearsals",
	"0028_replies",
	"0029_asides",
	"0030_identities",
	"0031_escalation",
	"0032_badges",
	"0033_checks",
	"0034_hooks",
	"0035_dead",
	fileNames,
	"0037_visitor_mails",
}

// NewerError tells that a later program wrote this database.
type NewerError struct {
	Has, Knows int64
}

// Error implements error.
func (e *NewerError) Error() string {
	return fmt.Sprintf("store: the database has schema version %d and this program knows up to %d; start the newer program, or restore a backup made before the upgrade", e.Has, e.Knows)
}

// migrator runs the migrations on one engine.
type migrator struct {
	engine  string // as in the names of its own files
	dialect goose.Dialect
	spell   *strings.Replacer // the marks and types of the common files
	// What a migration does that no SQL can say, by its name.
	beyond map[string]func(context.Context, *sql.Tx) error
}

// fileNames is the migration that indexes the names of files.
const fileNames = "0036_filenames"

// migrate brings the schema up to date. Migrations go forward only.
func (m migrator) migrate(ctx context.Context, db *sql.DB, upTo int) error {
	steps := make([]*goose.Migration, upTo)
	for i := range steps {
		name := migrationNames[i]
		text, err := m.text(name)
		if err != nil {
			return err
		}
		run := func(ctx context.Context, tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, text); err != nil {
				return err
			}
			if beyond := m.beyond[name]; beyond != nil {
				return beyond(ctx, tx)
			}
			return nil
		}
		steps[i] = goose.NewGoMigration(int64(i+1), &goose.GoFunc{RunTx: run}, nil)
	}
	p, err := goose.NewProvider(m.dialect, db, nil, goose.WithGoMigrations(steps...),
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	has, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("store: schema version: %w", err)
	}
	if has > int64(upTo) {
		return &NewerError{Has: has, Knows: int64(upTo)}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("store: migrate from version %d: %w", has, err)
	}
	return nil
}

// text is a migration with what the engine does differently.
func (m migrator) text(name string) (string, error) {
	common, err := migrations.ReadFile("migrations/" + name + ".sql")
	if err != nil {
		return "", fmt.Errorf("store: migration: %w", err)
	}
	own, err := migrations.ReadFile("migrations/" + name + "." + m.engine + ".sql")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("store: migration: %w", err)
	}
	return m.spell.Replace(string(common)) + "\n" + string(own), nil
}
