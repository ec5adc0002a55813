package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"earshot/internal/chat"
	"earshot/internal/files"
)

// files copies what the spooled rows name and lists it.
func (e *exporter) files(ctx context.Context, spool io.ReadSeeker) error {
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	e.w.begin("")
	done, total := int64(0), e.m.Rows[filesDir]
	for lines := bufio.NewReader(spool); ; done++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return e.w.end()
		}
		var row struct {
			ID    chat.FileID
			Size  int64
			Thumb int
		}
		if err == nil {
			err = json.Unmarshal(line, &row)
		}
		if err != nil {
			return fmt.Errorf("export: list of files: %w", err)
		}
		names, err := files.Names(row.ID, row.Thumb == 1)
		if err != nil {
			return fmt.Errorf("export: the file %s: %w", row.ID, err)
		}
		for n, name := range names {
			size := row.Size
			if n > 0 {
				size = unknownSize // of a thumbnail
			}
			if err := e.file(ctx, name, size); err != nil {
				return err
			}
		}
		e.tell.say("files", done+1, total)
	}
}

const unknownSize = -1

// listed is a line of the list of files.
type listed struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// file copies one file, where it is not there already: its content never changes.
func (e *exporter) file(ctx context.Context, name string, want int64) error {
	to := filepath.Join(e.opt.To, filesDir, filepath.FromSlash(name))
	sum, size, err := sumOfFile(to)
	if err == nil && (size == want || want == unknownSize) {
		e.keptFiles++
	} else {
		if sum, size, err = e.fetch(ctx, name, to); errors.Is(err, fs.ErrNotExist) {
			e.m.FilesMissing++
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("export: the file %s: %w", name, err)
	}
	e.m.Files++
	e.m.FilesBytes += size
	e.names[e.hash(filesDir+"/"+name)] = true
	line, err := json.Marshal(listed{Name: name, Size: size, SHA256: sum})
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return e.w.line(append(line, '\n'))
}

func (e *exporter) hash(name string) uint64 { return maphash.String(e.seed, name) }

func (e *exporter) fetch(ctx context.Context, name, to string) (string, int64, error) {
	if err := e.openShelf(); err != nil {
		return "", 0, err
	}
	f, err := e.shelf.Content(ctx, name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o700)
	}
	if err == nil {
		err = writeWhole(to, data)
	}
	if err != nil {
		return "", 0, err
	}
	return sumOfFile(to)
}

// openShelf opens the place of the files to read them: a server may be writing.
func (e *exporter) openShelf() (err error) {
	switch {
	case e.shelf != nil:
	case e.opt.S3.Endpoint != "":
		e.shelf, err = e.opt.S3.store("")
	default:
		e.shelf, err = files.Look(filepath.Join(e.opt.Data, filesDir))
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("there is no directory of files in %s; name the data directory, or the bucket with --s3-*", e.opt.Data)
		}
	}
	return err
}
