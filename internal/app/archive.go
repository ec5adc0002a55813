package app

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"earshot/internal/files"
)

const (
	manifestFile = "copy.json"
	// The formats of a copy: the pages of a database of SQLite, and lines of either.
	pagesFormat = 1
	linesFormat = 2
)

// manifest stands last in a copy and says what it holds.
type manifest struct {
	Format        int       `json:"format"`
	Made          time.Time `json:"made"`
	Epoch         string    `json:"epoch"`
	DatabaseBytes int64     `json:"database_bytes,omitempty"`
	Files         int64     `json:"files"`
	FilesBytes    int64     `json:"files_bytes"`
	// SHA256 is over every name, length and content of the copy in its order.
	SHA256 string `json:"sha256"`

	// Of lines only: the schema's version, the rows of each table, and the parts in
	// the order in which they are imported. FilesMissing is how many files are named
	// and were not there.
	Schema       int64            `json:"schema,omitempty"`
	Rows         map[string]int64 `json:"rows,omitempty"`
	FilesMissing int64            `json:"files_missing,omitempty"`
	Parts        []part           `json:"parts,omitempty"`
}

// rows is how many there are of all tables.
func (m manifest) rows() (n int64) {
	for _, of := range m.Rows {
		n += of
	}
	return n
}

func (m manifest) when() string { return m.Made.Format("2006-01-02 15:04:05 MST") }

// database tells how large the database of the copy is.
func (m manifest) database() string {
	if m.Format == pagesFormat {
		return fmt.Sprintf("%d bytes of database", m.DatabaseBytes)
	}
	return fmt.Sprintf("%d rows of database", m.rows())
}

// sums counts and hashes what goes into a copy or comes out of it.
type sums struct {
	m    manifest
	hash hash.Hash
}

func newSums() *sums { return &sums{m: manifest{Format: pagesFormat}, hash: sha256.New()} }

// member is told before the content of each member.
func (s *sums) member(name string, size int64) {
	fmt.Fprintf(s.hash, "%s\x00%d\x00", name, size)
	if name == databaseFile {
		s.m.DatabaseBytes = size
		return
	}
	s.m.Files++
	s.m.FilesBytes += size
}

func (s *sums) total() manifest {
	s.m.SHA256 = hex.EncodeToString(s.hash.Sum(nil))
	return s.m
}

type packer struct {
	tar  *tar.Writer
	sums *sums
}

func (p *packer) addDatabase(from string) error {
	f, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("backup: open %s: %w", databaseFile, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("backup: look at %s: %w", databaseFile, err)
	}
	return p.add(databaseFile, info.Size(), f)
}

func (p *packer) add(name string, size int64, r io.Reader) error {
	if err := p.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: time.Now()}); err != nil {
		return fmt.Errorf("backup: write %s: %w", name, err)
	}
	p.sums.member(name, size)
	if _, err := io.CopyN(io.MultiWriter(p.tar, p.sums.hash), r, size); err != nil {
		return fmt.Errorf("backup: write %s: %w", name, err)
	}
	return nil
}

// addFiles adds every stored file. One that is taken back meanwhile may be gone.
func (p *packer) addFiles(ctx context.Context, fs *files.Store) error {
	return fs.Copy(ctx, func(name string, size int64, r io.Reader) error { return p.add(filesDir+"/"+name, size, r) })
}

func (p *packer) end(epoch string) error {
	m := p.sums.total()
	m.Made, m.Epoch = time.Now().UTC(), epoch
	text, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = p.tar.WriteHeader(&tar.Header{Name: manifestFile, Mode: 0o600, Size: int64(len(text)), ModTime: m.Made})
	}
	if err == nil {
		_, err = p.tar.Write(text)
	}
	if err == nil {
		err = p.tar.Close()
	}
	if err != nil {
		return fmt.Errorf("backup: write %s: %w", manifestFile, err)
	}
	return nil
}

// unpack writes a copy into a directory, durably, and checks that it is whole.
func unpack(r io.Reader, dir string) (manifest, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return manifest{}, fmt.Errorf("backup: open %s: %w", dir, err)
	}
	defer root.Close()
	got := newSums()
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return manifest{}, errors.New("backup: the copy ends early; the server's log says why")
		}
		if err != nil {
			return manifest{}, fmt.Errorf("backup: receive: %w", err)
		}
		if h.Name == manifestFile {
			return finish(root, t, got.total())
		}
		got.member(h.Name, h.Size)
		if err := receive(root, h.Name, io.TeeReader(t, got.hash)); err != nil {
			return manifest{}, err
		}
	}
}

// finish compares what came with what was sent.
func finish(root *os.Root, r io.Reader, got manifest) (manifest, error) {
	text, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return manifest{}, fmt.Errorf("backup: receive: %w", err)
	}
	sent, err := readManifest(text)
	if err == nil && sent.SHA256 != got.SHA256 {
		err = errors.New("backup: the copy does not have the sum that was sent with it")
	}
	if err != nil {
		return manifest{}, err
	}
	return sent, receive(root, manifestFile, strings.NewReader(string(text)))
}

// manifestOf reads the manifest of a copy in a directory.
func manifestOf(dir string) (manifest, error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, os.ErrNotExist) {
		return manifest{}, fmt.Errorf("it holds no %s, so earshot backup or earshot export did not write it to its end", manifestFile)
	}
	if err != nil {
		return manifest{}, err
	}
	return readManifest(bytes.TrimSpace(text))
}

func readManifest(text []byte) (manifest, error) {
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%s cannot be read: %w", manifestFile, err)
	}
	if m.Format != pagesFormat && m.Format != linesFormat {
		return m, fmt.Errorf("%s has format %d; this program knows %d and %d", manifestFile, m.Format, pagesFormat, linesFormat)
	}
	return m, nil
}

// receive writes one member durably. A name cannot leave the root.
func receive(root *os.Root, name string, r io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return fmt.Errorf("copy: make directory: %w", err)
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("copy: create %s: %w", name, err)
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("copy: write %s: %w", name, err)
	}
	return nil
}

// appear gives a complete directory its name, durably.
func appear(partial, name string) error {
	err := filepath.WalkDir(partial, func(dir string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		return syncDir(dir)
	})
	if err == nil {
		err = os.Rename(partial, name)
	}
	if err == nil {
		err = syncDir(filepath.Dir(name))
	}
	if err != nil {
		return fmt.Errorf("copy: finish %s: %w", name, err)
	}
	return nil
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
