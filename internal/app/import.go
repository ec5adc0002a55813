package app

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"earshot/internal/files"
	"earshot/internal/store"
)

// ImportOptions are the settings of [Import].
type ImportOptions struct {
	Data     string `help:"Directory of the database and the files." default:"./data" env:"EARSHOT_DATA" type:"path" placeholder:"DIR"`
	Database string `help:"Address of an empty PostgreSQL database to import into. Without it the workspace becomes a file in the data directory." env:"EARSHOT_DATABASE" placeholder:"URL"`
	S3       S3     `embed:"" prefix:"s3-" envprefix:"EARSHOT_S3_"`
	// From is the directory of an export.
	From string `arg:"" type:"path" help:"Directory that earshot export wrote, or earshot backup of a workspace in PostgreSQL."`
}

// Import makes a workspace from what [Export] wrote, in an empty database. It
// refuses a copy whose sums do not add up before it writes anything. After a kill
// the same command goes on. In the end it reads back what the database holds and
// compares it with what was exported; only then a server can start on it, and every
// client loads anew.
func Import(ctx context.Context, opt ImportOptions, out, progress io.Writer) error {
	m, err := checkLines(opt.From)
	if err == nil {
		err = checkListed(opt.From, m)
	}
	if err != nil {
		return fmt.Errorf("import: %s is refused: %w", opt.From, err)
	}
	return importCopy(ctx, opt, m, out, progress)
}

// importCopy imports a copy that was checked.
func importCopy(ctx context.Context, opt ImportOptions, m manifest, out, progress io.Writer) error {
	if err := opt.S3.check(); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	to, err := store.BeginImport(ctx, opt.Data, opt.Database, m.Schema, m.SHA256)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	i := &importer{opt: opt, m: m, to: to, tell: teller{w: progress}}
	already, done := to.Parts(), to.Done()
	if !done {
		err = i.run(ctx)
	}
	if err := errors.Join(err, i.close()); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	if done {
		fmt.Fprintln(out, "This export is in this database already. Start the server.")
		return nil
	}
	fmt.Fprintf(out, "Imported %d rows, %d of them events, and %d files (%d bytes); %d of %d parts were there already. What the database holds was compared with the export. "+
		"Start the server; every client loads anew.\n", m.rows(), m.Rows["log"], m.Files, m.FilesBytes, already, len(m.Parts))
	return nil
}

// checkLines reads the lines of an export to their end.
func checkLines(dir string) (manifest, error) {
	m, err := manifestOf(dir)
	if err != nil {
		return m, err
	}
	if m.Format != linesFormat {
		return m, errors.New("it holds the pages of a database of SQLite: bring it back with earshot restore, and then earshot export")
	}
	if partsSum(m.Parts) != m.SHA256 {
		return m, fmt.Errorf("%s was changed: its parts do not have its sum. Export again", manifestFile)
	}
	rows := map[string]int64{}
	for _, p := range m.Parts {
		r, err := openPart(dir, p)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			err = errors.Join(err, r.Close())
		}
		if err != nil {
			return m, fmt.Errorf("%w. Run the same earshot export again, or use another copy", err)
		}
		rows[p.Table] += p.Rows
	}
	for table, n := range m.Rows {
		if rows[table] != n {
			return m, fmt.Errorf("%s counts %d rows of %s, and its parts hold %d. Export again", manifestFile, n, table, rows[table])
		}
	}
	if rows[""] != m.Files {
		return m, fmt.Errorf("%s counts %d files, and its lists name %d. Export again", manifestFile, m.Files, rows[""])
	}
	return m, nil
}

// checkListed reads every file of an export to its end.
func checkListed(dir string, m manifest) error {
	for _, p := range m.Parts {
		if p.Table != "" {
			continue
		}
		err := eachListed(dir, p, func(f listed) error {
			_, err := readListed(dir, f)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// importer brings one export into a database.
type importer struct {
	opt   ImportOptions
	m     manifest
	to    *store.Import
	tell  teller
	shelf *files.Store // opened with the first file
	files int64
}

func (i *importer) close() error {
	if i.shelf == nil {
		return i.to.Close()
	}
	return errors.Join(i.shelf.Close(), i.to.Close())
}

func (i *importer) run(ctx context.Context) error {
	for n, p := range i.m.Parts {
		if n < i.to.Parts() {
			continue
		}
		if err := i.part(ctx, p); err != nil {
			return err
		}
		i.tell.say("parts", int64(n+1), int64(len(i.m.Parts)))
	}
	i.tell.note("Comparing what the database holds with the export.")
	if err := compareLines(ctx, i.to, i.m); err != nil {
		return err
	}
	return i.to.Finish(ctx)
}

func (i *importer) part(ctx context.Context, p part) error {
	if p.Table == "" {
		err := eachListed(i.opt.From, p, func(f listed) error {
			i.files++
			i.tell.say("files", i.files, i.m.Files)
			return i.file(ctx, f)
		})
		if err != nil {
			return err
		}
		return i.to.Skip(ctx)
	}
	r, err := openPart(i.opt.From, p)
	if err != nil {
		return err
	}
	return errors.Join(i.to.Rows(ctx, p.Table, r), r.Close())
}

// eachListed reads a list of files.
func eachListed(dir string, p part, fn func(listed) error) error {
	r, err := openPart(dir, p)
	if err != nil {
		return err
	}
	defer r.Close()
	for lines := bufio.NewReader(r); ; {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		var f listed
		if err == nil {
			err = json.Unmarshal(line, &f)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		if err := fn(f); err != nil {
			return err
		}
	}
}

// readListed reads a file of the export and compares it with its sum.
func readListed(dir string, f listed) ([]byte, error) {
	if !filepath.IsLocal(f.Name) {
		return nil, fmt.Errorf("the list of files names %q, outside of the copy", f.Name)
	}
	data, err := os.ReadFile(filepath.Join(dir, filesDir, filepath.FromSlash(f.Name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the file %s is missing in the copy. Run the same earshot export again, or use another copy", f.Name)
	}
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); int64(len(data)) != f.Size || hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, fmt.Errorf("the file %s was changed in the copy. Remove it, and run the same earshot export again, or use another copy", f.Name)
	}
	return data, nil
}

// file brings one file to where it is not yet.
func (i *importer) file(ctx context.Context, f listed) error {
	data, err := readListed(i.opt.From, f)
	if err != nil {
		return err
	}
	if err := i.openShelf(ctx); err != nil {
		return err
	}
	same, err := i.has(ctx, f)
	if err != nil || same {
		return err
	}
	return i.shelf.Bring(ctx, f.Name, data)
}

func (i *importer) has(ctx context.Context, f listed) (bool, error) {
	r, err := i.shelf.Content(ctx, f.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer r.Close()
	h := sha256.New()
	size, err := io.Copy(h, r)
	return err == nil && size == f.Size && sumOf(h) == f.SHA256, err
}

// openShelf opens the place of the files for the workspace, whose key came with
// the first rows.
func (i *importer) openShelf(ctx context.Context) error {
	if i.shelf != nil {
		return nil
	}
	if i.opt.S3.Endpoint == "" {
		var err error
		i.shelf, err = files.Open(filepath.Join(i.opt.Data, filesDir))
		return err
	}
	text, err := i.to.Setting(ctx, sealKeySetting)
	if err != nil {
		return err
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return fmt.Errorf("the setting %s is damaged", sealKeySetting)
	}
	i.shelf, err = i.opt.S3.place(ctx, key)
	return err
}
