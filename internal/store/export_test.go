package store

import "context"

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
