package store

import (
	"net/url"

	driver "modernc.org/sqlite"
)

// onlineBackup is SQLite's own copy of pages.
type onlineBackup struct{ b *driver.Backup }

// copyTo begins a copy of this connection's database. The file is written
// without waiting for the disk; whoever asked for it syncs it once.
func (c *conn) copyTo(path string) (pageCopier, error) {
	var o onlineBackup
	err := c.c.Raw(func(dc any) (err error) {
		source := dc.(interface {
			NewBackup(uri string) (*driver.Backup, error)
		})
		o.b, err = source.NewBackup(fileURI(path, url.Values{"_pragma": {"synchronous(OFF)", "journal_mode(OFF)"}}))
		return err
	})
	return o, err
}

func (o onlineBackup) step(pages int) (more bool, err error) { return o.b.Step(int32(pages)) }

func (o onlineBackup) end() error { return o.b.Finish() }
