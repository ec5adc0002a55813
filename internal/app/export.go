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
	"time"

	"earshot/internal/files"
	"earshot/internal/store"
)

// ExportOptions are the settings of [Export].
type ExportOptions struct {
	Data     string `help:"Directory of the database and the files." default:"./data" env:"EARSHOT_DATA" type:"path" placeholder:"DIR"`
	Database string `help:"Address of the PostgreSQL database that has the workspace, as for serve." env:"EARSHOT_DATABASE" placeholder:"URL"`
	S3       S3     `embed:"" prefix:"s3-" envprefix:"EARSHOT_S3_"`
	// To is the directory that is written to.
	To string `arg:"" type:"path" help:"Directory to write to: a new one, or one of an earlier export, which is brought up to date."`
}

// Names in a directory that is being exported to.
const (
	unfinishedFile = "unfinished"
	sourceDir      = ".source" // a copy of the database that a running server made
)

// Export writes the whole workspace, as of one moment, as lines of JSON with its
// files. After a kill the same command goes on: of a new moment, with every part
// and file that is there already and still the same. The directory is a copy only
// once its manifest is there, which is written last.
func Export(ctx context.Context, opt ExportOptions, out, progress io.Writer) error {
	if err := beginDir(opt.To); err != nil {
		return err
	}
	e := newExporter(opt, progress)
	m, err := e.run(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Exported %d rows, %d of them events, and %d files (%d bytes) to %s. %d of %d parts and %d files were there already.\n",
		m.rows(), m.Rows["log"], m.Files, m.FilesBytes, opt.To, e.w.kept, len(m.Parts), e.keptFiles)
	if m.FilesMissing > 0 {
		fmt.Fprintf(out, "%d files that the workspace names are not where its files are kept: taken back meanwhile, or lost before, or --data or --s3-* name another place.\n", m.FilesMissing)
	}
	fmt.Fprintf(out, "It holds every secret of the workspace: keep it as you keep the database. Bring it elsewhere with: earshot import %s\n", opt.To)
	return nil
}

// exportTo makes a copy in a directory that an export may take.
func exportTo(ctx context.Context, opt ExportOptions, progress io.Writer) (manifest, error) {
	if err := beginDir(opt.To); err != nil {
		return manifest{}, err
	}
	return newExporter(opt, progress).run(ctx)
}

func newExporter(opt ExportOptions, progress io.Writer) *exporter {
	return &exporter{opt: opt, w: partWriter{dir: opt.To}, tell: teller{w: progress}, seed: maphash.MakeSeed(), names: map[uint64]bool{}}
}

// beginDir takes a directory that is empty, or that an export wrote into before.
func beginDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("export: make the directory: %w", err)
	}
	found, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("export: look at the directory: %w", err)
	}
	ours := len(found) == 0
	for _, f := range found {
		ours = ours || f.Name() == unfinishedFile
	}
	if m, err := manifestOf(dir); err == nil && m.Format == linesFormat {
		ours = true
	}
	if !ours {
		return fmt.Errorf("export: %s holds something else; name a new directory", dir)
	}
	if err := writeWhole(filepath.Join(dir, unfinishedFile), []byte("earshot export has not ended here; the same command goes on.\n")); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dir, manifestFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("export: %w", err)
	}
	for _, sub := range []string{rowsDir, listsDir, filesDir} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	return syncDir(dir)
}

// exporter writes one export.
type exporter struct {
	opt       ExportOptions
	w         partWriter
	tell      teller
	m         manifest
	shelf     *files.Store // opened with the first file
	keptFiles int
	// names are those of what belongs into the directory, as hashes: there may be
	// very many.
	seed  maphash.Seed
	names map[uint64]bool
}

func (e *exporter) run(ctx context.Context) (manifest, error) {
	spool, err := os.CreateTemp("", "earshot-export-")
	if err != nil {
		return manifest{}, fmt.Errorf("export: %w", err)
	}
	defer func() {
		_ = errors.Join(spool.Close(), os.Remove(spool.Name()))
		if e.shelf != nil {
			_ = e.shelf.Close()
		}
	}()
	if err := e.rows(ctx, spool); err != nil {
		return manifest{}, err
	}
	if err := e.files(ctx, spool); err != nil {
		return manifest{}, err
	}
	return e.finish()
}

// rows writes every table as of one moment, and the files that it names to the
// spool: they are copied after the database is let go.
func (e *exporter) rows(ctx context.Context, spool io.Writer) error {
	from, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer from.Close()
	e.m = manifest{Format: linesFormat, Made: time.Now().UTC(), Epoch: from.Epoch, Schema: from.Schema, Rows: map[string]int64{}}
	list := bufio.NewWriter(spool)
	for _, table := range from.Tables() {
		total, err := from.Count(ctx, table)
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		e.w.begin(table)
		err = from.Each(ctx, table, func(line []byte) error {
			e.m.Rows[table]++
			e.tell.say(table, e.m.Rows[table], total)
			if table == filesDir {
				if _, err := list.Write(line); err != nil {
					return err
				}
			}
			return e.w.line(line)
		})
		if err == nil {
			err = e.w.end()
		}
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		e.m.Rows[table] += 0 // an empty one is named, too
	}
	return list.Flush()
}

// open opens the database. A server that holds the directory makes a copy of its
// own, which does not hold it up.
func (e *exporter) open(ctx context.Context) (*store.Export, error) {
	source := filepath.Join(e.opt.To, sourceDir)
	if err := os.RemoveAll(source); err != nil {
		return nil, fmt.Errorf("export: clear an earlier attempt: %w", err)
	}
	where := e.opt.Data
	if e.opt.Database != "" {
		where = "PostgreSQL"
	}
	e.tell.note("Reading the workspace in " + where + ".")
	from, err := store.OpenExport(ctx, e.opt.Data, e.opt.Database)
	var held *store.HeldError
	if err != nil && !errors.As(err, &held) {
		if refused := refusedByServer(ctx, e.opt.Data); e.opt.Database == "" && refused != nil {
			return nil, refused
		}
		return nil, fmt.Errorf("export: %w", err)
	}
	if held == nil {
		return from, nil
	}
	answer, err := askServer(ctx, e.opt.Data, databasePath)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	e.tell.note("The server is running: it copies its database first. What is written from now on is not in the export.")
	if err := os.Mkdir(source, 0o700); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	if _, err := unpack(answer.Body, source); err != nil {
		return nil, err
	}
	if from, err = store.OpenExport(ctx, source, ""); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return from, nil
}

// finish removes what an earlier run left and this moment does not have, and makes
// the directory a copy.
func (e *exporter) finish() (manifest, error) {
	e.m.Parts = e.w.parts
	e.m.SHA256 = partsSum(e.m.Parts)
	for _, p := range e.m.Parts {
		e.names[e.hash(p.Name)] = true
	}
	if err := errors.Join(os.RemoveAll(filepath.Join(e.opt.To, sourceDir)), e.tidy()); err != nil {
		return e.m, fmt.Errorf("export: %w", err)
	}
	text, err := json.MarshalIndent(e.m, "", "  ")
	if err == nil {
		err = writeWhole(filepath.Join(e.opt.To, manifestFile), text)
	}
	if err == nil {
		err = syncDir(e.opt.To)
	}
	if err == nil {
		err = os.Remove(filepath.Join(e.opt.To, unfinishedFile))
	}
	if err == nil {
		err = syncDir(e.opt.To)
	}
	if err != nil {
		return e.m, fmt.Errorf("export: finish: %w", err)
	}
	return e.m, nil
}

// tidy also makes every name last.
func (e *exporter) tidy() error {
	for _, sub := range []string{rowsDir, listsDir, filesDir} {
		err := filepath.WalkDir(filepath.Join(e.opt.To, sub), func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				return syncDir(name)
			}
			inside, err := filepath.Rel(e.opt.To, name)
			if err == nil && !e.names[e.hash(filepath.ToSlash(inside))] {
				err = os.Remove(name)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
