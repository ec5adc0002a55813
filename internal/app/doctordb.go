package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"earshot/internal/store"
)

// serveSettings answers GET /settings on the operators' socket.
func (a *App) serveSettings(w http.ResponseWriter, r *http.Request) {
	all, err := a.store.Settings(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	controlAnswer(w, all)
}

// database judges the database: the settings of the running server, else those
// that this program would use, tried on a database that is thrown away.
func (c Config) database(ctx context.Context) []finding {
	if c.Database != "" {
		return c.databaseServer(ctx)
	}
	all := []finding{databaseSize(c.Data)}
	var settings []store.Setting
	err := askControl(ctx, c.Data, http.MethodGet, "/settings", nil, &settings)
	if errors.Is(err, errNotRunning) {
		settings, err = triedSettings(ctx)
	}
	if err != nil {
		return append(all, finding{Name: "database settings", Value: "unknown", Level: levelWrong, Words: err.Error()})
	}
	return append(all, judged(settings)...)
}

func judged(settings []store.Setting) []finding {
	all := make([]finding, 0, len(settings))
	for _, s := range settings {
		f := finding{Name: "database " + s.Name, Value: s.Value, Level: levelOK}
		if !s.OK {
			f.Level, f.Words = levelWrong, "must be "+s.Want+": what is acknowledged could be lost"
		}
		all = append(all, f)
	}
	return all
}

func databaseSize(data string) finding {
	f := finding{Name: "database", Value: "none", Level: levelNote, Words: "the first start makes it"}
	info, err := os.Stat(filepath.Join(data, databaseFile))
	if errors.Is(err, os.ErrNotExist) {
		return f
	}
	if err != nil {
		f.Level, f.Words = levelWrong, err.Error()
		return f
	}
	f.Value, f.Level, f.Words = fmt.Sprintf("%.1f MB", float64(info.Size())/1e6), levelOK, ""
	if log, err := os.Stat(filepath.Join(data, databaseFile+"-wal")); err == nil {
		f.Value += fmt.Sprintf(" and %.1f MB of log", float64(log.Size())/1e6)
	}
	return f
}

func triedSettings(ctx context.Context) ([]store.Setting, error) {
	dir, err := os.MkdirTemp("", "earshot-doctor-")
	if err != nil {
		return nil, fmt.Errorf("doctor: make a directory: %w", err)
	}
	defer os.RemoveAll(dir)
	st, err := store.Open(ctx, dir, store.Options{})
	if err != nil {
		return nil, err
	}
	all, err := st.Settings(ctx)
	return all, errors.Join(err, st.Close())
}
