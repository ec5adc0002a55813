package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"path/filepath"
)

const (
	rowsDir    = "rows"
	listsDir   = "lists"
	partRows   = 2000
	partBytes  = 8 << 20
	partEnding = ".ndjson"
)

// part is one file of lines in a copy: rows of one table, or, where Table is
// empty, the files of the workspace with their sums.
type part struct {
	Name   string `json:"name"`
	Table  string `json:"table,omitempty"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// partsSum is over every part's place, length and content.
func partsSum(parts []part) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%s\x00%s\x00%d\x00%d\x00%s\x00", p.Name, p.Table, p.Rows, p.Bytes, p.SHA256)
	}
	return sumOf(h)
}

func sumOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// partWriter writes lines into parts that are of few megabytes, so that little is
// held at once and little is written twice.
type partWriter struct {
	dir   string
	parts []part
	kept  int // parts that were there already, from an earlier run

	dirIn, table string
	n            int
	rows         int64
	buf          bytes.Buffer
}

// begin starts the parts of a table; "" is the list of files.
func (w *partWriter) begin(table string) {
	w.dirIn, w.table, w.n = rowsDir, table, 0
	if table == "" {
		w.dirIn = listsDir
	}
}

func (w *partWriter) line(line []byte) error {
	w.buf.Write(line)
	w.rows++
	if w.rows < partRows && w.buf.Len() < partBytes {
		return nil
	}
	return w.end()
}

// end writes what is left of a table.
func (w *partWriter) end() error {
	if w.rows == 0 {
		return nil
	}
	w.n++
	called := w.table
	if called == "" {
		called = filesDir
	}
	p := part{Name: fmt.Sprintf("%s/%s-%06d%s", w.dirIn, called, w.n, partEnding), Table: w.table, Rows: w.rows, Bytes: int64(w.buf.Len())}
	sum := sha256.Sum256(w.buf.Bytes())
	p.SHA256 = hex.EncodeToString(sum[:])
	has, size, err := sumOfFile(filepath.Join(w.dir, p.Name))
	if err == nil && has == p.SHA256 && size == p.Bytes {
		w.kept++
	} else if err := writeWhole(filepath.Join(w.dir, p.Name), w.buf.Bytes()); err != nil {
		return err
	}
	w.parts = append(w.parts, p)
	w.rows = 0
	w.buf.Reset()
	return nil
}

// sumOfFile reads a file to its end.
func sumOfFile(name string) (sum string, size int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return sumOf(h), size, err
}

// writeWhole puts content under a name with one rename, on disk but for the name,
// which appears with its directory's sync.
func writeWhole(name string, data []byte) error {
	temp := name + ".part"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("export: create %s: %w", name, err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		return fmt.Errorf("export: write %s: %w", name, err)
	}
	return nil
}

// partReader reads a part and fails at its end where it is not what was written.
type partReader struct {
	p     part
	f     *os.File
	hash  hash.Hash
	bytes int64
	rows  int64
}

func openPart(dir string, p part) (*partReader, error) {
	if path.Clean(p.Name) != p.Name || !filepath.IsLocal(p.Name) {
		return nil, fmt.Errorf("%s names a part %q outside of the copy", manifestFile, p.Name)
	}
	f, err := os.Open(filepath.Join(dir, p.Name))
	if err != nil {
		return nil, err
	}
	return &partReader{p: p, f: f, hash: sha256.New()}, nil
}

// Read implements io.Reader.
func (r *partReader) Read(b []byte) (int, error) {
	n, err := r.f.Read(b)
	r.hash.Write(b[:n])
	r.bytes += int64(n)
	r.rows += int64(bytes.Count(b[:n], []byte{'\n'}))
	if errors.Is(err, io.EOF) && (r.bytes != r.p.Bytes || r.rows != r.p.Rows || sumOf(r.hash) != r.p.SHA256) {
		err = fmt.Errorf("%s is not what was written: it has %d rows in %d bytes where %s says %d in %d, or another sum", r.p.Name, r.rows, r.bytes, manifestFile, r.p.Rows, r.p.Bytes)
	}
	return n, err
}

// Close implements io.Closer.
func (r *partReader) Close() error { return r.f.Close() }
