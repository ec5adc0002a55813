package store

import (
	"context"
	"slices"
)

// Derived are the tables that no export holds.
func Derived() []string { return derived() }

// OpenVersion opens a database with the schema of an earlier version.
func OpenVersion(ctx context.Context, dir string, opt Options, version int) (*Store, error) {
	return open(ctx, dir, opt, version)
}

// Versions is how many versions of the schema there are.
func Versions() int { return len(migrationNames) }

// Exported are the tables that an export holds.
func Exported() []string { return exported() }

// ExportVersion is what OpenExport was in the program of an earlier version.
func ExportVersion(ctx context.Context, dir string, version int) (*Export, error) {
	return openExport(ctx, dir, "", int64(version))
}

// VersionBefore is the version of the schema before a migration.
func VersionBefore(migration string) int { return slices.Index(migrationNames[:], migration) }
