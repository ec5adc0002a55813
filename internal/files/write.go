package files

import (
	"fmt"
	"os"
	"path"
	"strings"
)

const (
	temporary   = "incoming"
	thumbSuffix = ".thumb"
)

// store writes the thumbnail, then the file, and returns after both names are
// on disk. The file's name appears last: where it is, its thumbnail is too.
func (d *Disk) store(place string, c checked) error {
	dir := path.Dir(place)
	if err := d.makeDir(dir); err != nil {
		return err
	}
	if c.thumb != nil {
		if err := d.write(place+thumbSuffix, c.thumb); err != nil {
			return err
		}
	}
	if err := d.write(place, c.data); err != nil {
		return err
	}
	return d.syncDir(dir)
}

// write puts whole, synced content under a name with one rename.
func (d *Disk) write(name string, data []byte) error {
	temp := path.Join(temporary, strings.ReplaceAll(name, "/", "-"))
	f, err := d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = d.root.Rename(temp, name)
	}
	if err != nil {
		// The first error is the one to tell; the sweep at the next start
		// removes what stays.
		_ = d.root.Remove(temp)
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// makeDir makes a directory durably: its own name must not be lost with the
// files in it.
func (d *Disk) makeDir(dir string) error {
	err := d.root.Mkdir(dir, 0o700)
	if os.IsExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("make directory: %w", err)
	}
	return d.syncDir(".")
}

func (d *Disk) syncDir(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return fmt.Errorf("open directory: %w", err)
	}
	err = f.Sync()
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return nil
}
