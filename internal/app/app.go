// Package app wires the rooms together, from the cellar up, and owns their
// lifecycle: New, Run, Close. It also holds what an operator calls from the
// command line: demo, backup, restore, export, import, simulate, doctor, and links
// to sign in.
//
// It guarantees that every goroutine it starts has ended when Run returns, and
// that nothing is acknowledged after Close has begun. It may import every other
// room; main calls it.
package app

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"earshot/internal/api"
	"earshot/internal/bus"
	"earshot/internal/desk"
	"earshot/internal/files"
	"earshot/internal/geo"
	"earshot/internal/notify"
	"earshot/internal/store"
	"earshot/internal/stream"
	"earshot/web"
)

// App is the whole server.
type App struct {
	cfg      Config
	log      *slog.Logger
	store    *store.Store
	files    *files.Store
	desk     *desk.Desk
	bus      bus.Bus
	nats     *bus.NATS // nil = one node
	hub      *stream.Hub
	agents   chan store.Present // whose device came or went
	api      *api.Server
	pusher   *notify.Pusher // nil = the operator has switched push off
	mail     *notify.Sender // nil = the operator has named no mail server
	hooks    *http.Client   // nil = the operator has switched webhooks off
	geo      *geo.File      // nil = the operator names none
	listener net.Listener
	metrics  net.Listener // nil = /metrics for this machine alone
	control  net.Listener
	place    place
	commits  commits

	filesSeen filesSeen
	cutOff    atomic.Bool // see watchReach
}

// New opens everything and binds the address; nothing is served before Run.
// The address of a first start is printed to out.
func New(ctx context.Context, cfg Config, out io.Writer) (*App, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, log: newLog(os.Stderr, cfg.LogLevel), commits: newCommits()}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	if err := a.greet(ctx, out); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// open builds bottom-up: what stands below is there before what calls it.
func (a *App) open(ctx context.Context) error {
	var err error
	if a.geo, err = openGeo(a.cfg.Geo); err != nil {
		return err
	}
	if err = a.openData(ctx); err != nil {
		return err
	}
	if err = a.listen(); err != nil {
		return err
	}
	key, err := sealKey(ctx, a.store)
	if err != nil {
		return err
	}
	common, err := commonPasswords()
	if err != nil {
		return err
	}
	node := nodeName()
	if err := a.openBus(); err != nil {
		return err
	}
	a.agents = make(chan store.Present, agentsAtOnce)
	a.hub = stream.New(a.store, a.bus, stream.Options{Key: key, Node: node, Log: a.log, Agents: a.agents})
	push, err := a.openPush(ctx)
	if err != nil {
		return err
	}
	hook, err := a.openHooks()
	if err != nil {
		return err
	}
	if a.mail, err = a.cfg.Mail.sender(); err != nil {
		return err
	}
	a.desk = desk.New(a.store, a.files, a.bus, desk.Options{CommonPasswords: common, Node: node, Push: push, Mail: a.mail != nil, Hook: hook})
	return a.openAPI(key)
}

func (a *App) openAPI(key []byte) error {
	proxies, err := a.cfg.proxies()
	if err != nil {
		return err
	}
	metrics := api.NewMetrics()
	registerStats(metrics, a.commits, a.hub)
	metrics.Register(a.busStats()...)
	metrics.Register(a.databaseStats()...)
	a.api, err = api.New(api.Options{Desk: a.desk, Hub: a.hub, LinkKey: key, PublicURL: strings.TrimSuffix(a.cfg.PublicURL, "/"),
		Proxies: proxies, CountryOf: a.countryOf(), TryHost: a.place.try, InboxURL: a.place.inbox, Unlimited: a.cfg.Unlimited,
		Pages: web.Assets(), Built: web.Built(), Version: Version(), Ready: a.ready, CutOff: a.isCutOff, Impairments: a.impairments, Log: a.log, Metrics: metrics})
	return err
}

func (a *App) openData(ctx context.Context) error {
	var err error
	if a.store, err = store.Open(ctx, a.cfg.Data, store.Options{Database: a.cfg.Database, Committed: a.commits.committed, Failed: a.failed}); err != nil {
		return err
	}
	if a.files, err = a.cfg.S3.open(ctx, a.store, a.cfg.Data); err != nil {
		return err
	}
	// The lock on the database says that no server uses this socket.
	socket := filepath.Join(a.cfg.Data, socketFile)
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("app: operators' socket: %w", err)
	}
	if len(socket) > maxSocketPath {
		a.log.Warn("the path of the data directory is too long for a socket: backup and sign-in-link will not reach this server", slog.String("data", a.cfg.Data))
		return nil
	}
	if a.control, err = net.Listen("unix", socket); err != nil {
		return fmt.Errorf("app: operators' socket: %w", err)
	}
	if err := os.Chmod(socket, 0o600); err != nil {
		return fmt.Errorf("app: operators' socket: %w", err)
	}
	return nil
}

// ready is what a load balancer goes by: whoever came could not be served.
func (a *App) ready() bool { return a.hub.Ready() && a.store.Reachable() }

// failed logs what the store tries again by itself.
func (a *App) failed(err error) { a.log.Warn("store: tried again", "error", err) }

// maxSocketPath is what every system takes.
const maxSocketPath = 100

func (a *App) listen() error {
	var err error
	if a.listener, err = bind(a.cfg.Listen, "--listen"); err != nil {
		return err
	}
	if a.cfg.MetricsListen != "" {
		if a.metrics, err = bind(a.cfg.MetricsListen, "--metrics-listen"); err != nil {
			return err
		}
	}
	a.place = placeOf(a.cfg, a.listener.Addr())
	if a.cfg.Unlimited && !a.place.loopback {
		return errors.New("--unlimited is for measuring on one's own machine: it needs a loopback address in --listen")
	}
	return nil
}

func bind(address, flag string) (net.Listener, error) {
	l, err := (&net.ListenConfig{Control: impatient}).Listen(context.Background(), "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("cannot listen on %s: another program does already; stop it, or choose another address with %s", address, flag)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s (%s): %w", address, flag, err)
	}
	return l, nil
}

const sealKeySetting = "seal_key"

// sealKey loads the key that cursors and links are sealed with, and makes it at
// the first start. It is kept with the data, so that a restart ends no cursor.
func sealKey(ctx context.Context, st *store.Store) ([]byte, error) {
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // crypto/rand never fails: it ends the process instead
	text := ""
	err := st.Write(ctx, func(tx *store.Tx) (err error) {
		text, err = tx.KeepSetting(sealKeySetting, base64.StdEncoding.EncodeToString(fresh))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("app: seal key: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("app: the setting %s is damaged", sealKeySetting)
	}
	return key, nil
}

// commonPasswords are the ones that nobody may choose. They come with the built
// pages; without pages nobody chooses a password in a browser.
func commonPasswords() ([]string, error) {
	f, err := web.Assets().Open("common-passwords.txt")
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("app: common passwords: %w", err)
	}
	defer f.Close()
	var all []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" {
			all = append(all, line)
		}
	}
	return all, lines.Err()
}

// nodeName tells this process from others, and from itself before a restart.
func nodeName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	return fmt.Sprintf("%s-%d-%x", host, os.Getpid(), time.Now().UnixMilli())
}

// URL is the address that the inbox is reached at, without a slash at the end.
func (a *App) URL() string { return a.place.url }

// greet prints where to go: at the first start the one-time link.
func (a *App) greet(ctx context.Context, out io.Writer) error {
	token, err := a.desk.SetupToken(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("app: first start: %w", err)
	case token != "":
		fmt.Fprintf(out, "Welcome to Earshot. Open %s/setup#%s to make your account; the link works once.\n", a.URL(), token)
	default:
		fmt.Fprintf(out, "Earshot is at %s\n", a.URL())
	}
	if !web.Built() {
		fmt.Fprintln(out, "The pages are not part of this binary; build them with: make build")
	}
	return nil
}

// Close frees what New took; to be called after Run has returned, or instead.
func (a *App) Close() error {
	var errs []error
	for _, l := range []net.Listener{a.listener, a.metrics, a.control} {
		if l != nil {
			if err := l.Close(); !errors.Is(err, net.ErrClosed) {
				errs = append(errs, err)
			}
		}
	}
	if a.nats != nil {
		a.nats.Close()
	}
	if a.files != nil {
		errs = append(errs, a.files.Close())
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	return errors.Join(errs...)
}
