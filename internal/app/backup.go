package app

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"

	"earshot/internal/files"
	"earshot/internal/store"
)

// What stands in the data directory.
const (
	databaseFile = "earshot.db"
	filesDir     = "files"
	socketFile   = "earshot.sock"
)

// BackupOptions are the settings of [Backup].
type BackupOptions struct {
	Data     string `help:"Directory of the database and the files." default:"./data" env:"EARSHOT_DATA" type:"path" placeholder:"DIR"`
	Database string `help:"Address of the PostgreSQL database that has the workspace, as for serve." env:"EARSHOT_DATABASE" placeholder:"URL"`
	S3       S3     `embed:"" prefix:"s3-" envprefix:"EARSHOT_S3_"`
	// To is the directory that the copy is written to.
	To string `arg:"" type:"path" help:"Directory to write the copy to. It must not exist."`
}

// Backup asks the running server for a copy of its workspace and writes it to a
// directory; without a running server it copies by itself, and what lies in
// PostgreSQL it reads beside the nodes. The copy holds everything that was
// acknowledged before it began. The directory appears whole or not at all.
func Backup(ctx context.Context, opt BackupOptions, out, progress io.Writer) error {
	if _, err := os.Lstat(opt.To); err == nil {
		return fmt.Errorf("backup: %s is there already; name a new directory", opt.To)
	}
	if _, err := os.Stat(filepath.Join(opt.Data, databaseFile)); err != nil && opt.Database == "" {
		if refused := refusedByServer(ctx, opt.Data); refused != nil {
			return refused
		}
		return fmt.Errorf("backup: there is no workspace in %s: %w", opt.Data, err)
	}
	partial := opt.To + ".incomplete"
	if err := os.RemoveAll(partial); err != nil {
		return fmt.Errorf("backup: clear an earlier attempt: %w", err)
	}
	if err := os.Mkdir(partial, 0o700); err != nil {
		return fmt.Errorf("backup: make the directory: %w", err)
	}
	m, err := copyTo(ctx, opt, partial, progress)
	if err == nil {
		err = appear(partial, opt.To)
	}
	if err != nil {
		_ = os.RemoveAll(partial)
		return err
	}
	fmt.Fprintf(out, "Copied %s and %d files (%d bytes) to %s. The copy is complete; try it with: earshot restore --check %s\n",
		m.database(), m.Files, m.FilesBytes, opt.To, opt.To)
	return nil
}

func copyTo(ctx context.Context, opt BackupOptions, dir string, progress io.Writer) (manifest, error) {
	if opt.Database != "" {
		return exportTo(ctx, ExportOptions{Data: opt.Data, Database: opt.Database, S3: opt.S3, To: dir}, progress)
	}
	answer, err := askServer(ctx, opt.Data, backupPath)
	if err == nil {
		defer answer.Body.Close()
		return unpack(answer.Body, dir)
	}
	if !nobodyListens(err) {
		return manifest{}, err
	}
	st, err := store.Open(ctx, opt.Data, store.Options{})
	if err != nil {
		return manifest{}, fmt.Errorf("backup: no server answers on %s, and the workspace cannot be opened: %w", socketFile, err)
	}
	defer st.Close()
	fs, err := opt.S3.open(ctx, st, opt.Data)
	if err != nil {
		return manifest{}, err
	}
	defer fs.Close()
	r, w := io.Pipe()
	go func() { w.CloseWithError(pack(ctx, st, fs, opt.Data, false, w)) }()
	m, err := unpack(r, dir)
	return m, errors.Join(err, r.Close())
}

// refusedByServer is what a server says that has its workspace elsewhere than in
// the data directory; nil where none runs.
func refusedByServer(ctx context.Context, data string) error {
	answer, err := askServer(ctx, data, backupPath)
	if err == nil {
		return answer.Body.Close()
	}
	if nobodyListens(err) {
		return nil
	}
	return err
}

// What a server is asked for: a copy of everything, or of its database alone.
const (
	backupPath   = "/backup"
	databasePath = "/backup?only=database"
)

// askServer asks over the operators' socket.
func askServer(ctx context.Context, data, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://earshot"+path, nil)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	resp, err := controlClient(data).Do(req)
	if err != nil {
		return nil, fmt.Errorf("backup: ask the server: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		return nil, fmt.Errorf("backup: the server refused: %s %s", resp.Status, refusal(resp))
	}
	return resp, nil
}

// writeBackup answers POST /backup on the operators' socket with a copy.
func writeBackup(r *http.Request, st *store.Store, fs *files.Store, data string, w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/x-tar")
	if err := pack(r.Context(), st, fs, data, r.FormValue("only") == "database", w); err != nil {
		// The answer has begun: only a broken connection says now that it is
		// not whole, and the missing end of the copy says it too.
		slog.Error("backup failed", "error", err)
		panic(http.ErrAbortHandler)
	}
}

// pack writes a copy as a tar: the database first, then the files, so that each
// file that a row names is there, unless they are left out; last the manifest,
// without which it is none.
func pack(ctx context.Context, st *store.Store, fs *files.Store, data string, noFiles bool, w io.Writer) error {
	dir, err := os.MkdirTemp(data, ".backup-")
	if err != nil {
		return fmt.Errorf("backup: make a directory: %w", err)
	}
	defer os.RemoveAll(dir)
	database := filepath.Join(dir, databaseFile)
	if err := st.Backup(ctx, database); err != nil {
		return fmt.Errorf("backup: copy the database: %w", err)
	}
	p := packer{tar: tar.NewWriter(w), sums: newSums()}
	if err := p.addDatabase(database); err != nil {
		return err
	}
	if !noFiles {
		if err := p.addFiles(ctx, fs); err != nil {
			return err
		}
	}
	return p.end(st.Epoch())
}
