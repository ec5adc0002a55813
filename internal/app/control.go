package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"earshot/internal/chat"
)

// controlRoutes are what an operator on this machine may ask of the running
// server. The socket is readable for the owner of the data alone; that is the
// whole permission.
func (a *App) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /backup", func(w http.ResponseWriter, r *http.Request) {
		if a.cfg.Database != "" {
			http.Error(w, errCopiedElsewhere.Error(), http.StatusNotImplemented)
			return
		}
		writeBackup(r, a.store, a.files, a.cfg.Data, w)
	})
	mux.HandleFunc("POST /sign-in-link", a.serveSignInLink)
	mux.HandleFunc("POST /simulate", a.serveSimulate)
	mux.HandleFunc("GET /status", a.serveStatus)
	mux.HandleFunc("GET /settings", a.serveSettings)
	return mux
}

// Status is what the running server says of itself.
type Status struct {
	URL        string `json:"url"`
	Version    string `json:"version"`
	Ready      bool   `json:"ready"`
	Feeds      int    `json:"feeds"`
	Position   int64  `json:"position"`
	NeedsSetup bool   `json:"needs_setup"`
	// Impairments are what works less well now.
	Impairments []string `json:"impairments,omitempty"`
}

func (a *App) serveStatus(w http.ResponseWriter, r *http.Request) {
	needed, err := a.desk.NeedsSetup(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	stats := a.hub.Stats()
	controlAnswer(w, Status{URL: a.URL(), Version: Version(), Ready: a.ready(), Feeds: stats.Feeds, Position: stats.Position, NeedsSetup: needed,
		Impairments: a.impairments()})
}

type signInLink struct {
	Email string `json:"email,omitempty"`
	URL   string `json:"url,omitempty"`
}

func (a *App) serveSignInLink(w http.ResponseWriter, r *http.Request) {
	var in signInLink
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	token, err := a.desk.SignInTicket(r.Context(), in.Email)
	var known *chat.Error
	switch {
	case errors.As(err, &known):
		http.Error(w, known.Message, http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		controlAnswer(w, signInLink{URL: a.URL() + "/link#" + token})
	}
}

func controlAnswer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// errNotRunning means that no server answers for a data directory.
var errNotRunning = errors.New("no server is running on this data directory; start it first")

// controlClient talks to the server that runs on a data directory.
func controlClient(data string) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(data, socketFile))
	}}}
}

// nobodyListens reports whether an error means that no server runs.
func nobodyListens(err error) bool {
	return errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
}

// refusal is what the server said against a request, in its words.
func refusal(resp *http.Response) string {
	words, _ := io.ReadAll(io.LimitReader(resp.Body, 1000))
	return string(bytes.TrimSpace(words))
}

// askControl asks the server that runs on a data directory.
func askControl(ctx context.Context, data, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("app: ask the server: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://earshot"+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("app: ask the server: %w", err)
	}
	resp, err := controlClient(data).Do(req)
	if nobodyListens(err) {
		return errNotRunning
	}
	if err != nil {
		return fmt.Errorf("app: ask the server: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(refusal(resp))
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("app: answer of the server: %w", err)
	}
	return nil
}

// SignInLinkOptions are the settings of [SignInLink].
type SignInLinkOptions struct {
	Data  string `help:"Directory of the database and the files." default:"./data" env:"EARSHOT_DATA" type:"path" placeholder:"DIR"`
	Email string `help:"Address of the agent." required:"" placeholder:"ADDRESS"`
}

// SignInLink prints a one-time link that signs an agent in, for somebody who
// has lost the password.
func SignInLink(ctx context.Context, opt SignInLinkOptions, out io.Writer) error {
	var link signInLink
	if err := askControl(ctx, opt.Data, http.MethodPost, "/sign-in-link", signInLink{Email: opt.Email}, &link); err != nil {
		return err
	}
	fmt.Fprintf(out, "Open %s to sign in; the link works once.\n", link.URL)
	return nil
}
