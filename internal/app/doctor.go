package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"

	"earshot/web"
)

// DoctorOptions are the settings of [Doctor].
type DoctorOptions struct {
	Config
	JSON bool `name:"json" help:"Print JSON for programs."`
}

// ErrNotWell is what [Doctor] answers where something is wrong.
var ErrNotWell = errors.New("something is wrong; see above")

// The levels of a finding.
const (
	levelOK    = "ok"
	levelNote  = "note"  // worth knowing
	levelWrong = "wrong" // to be mended
)

// What the doctor takes for too little.
const (
	leastDisk  = 1 << 30 // bytes
	leastFiles = 20_000  // open files: each connection is one
)

// finding is one setting as it is in effect, and what the doctor thinks of it.
type finding struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Level string `json:"level"`
	Words string `json:"words,omitempty"`
}

// Doctor prints the effective settings and what is wrong with them. It changes
// nothing and may run beside the server.
func Doctor(ctx context.Context, opt DoctorOptions, out io.Writer) error {
	all := opt.settings()
	all = append(all, opt.countries())
	all = append(all, opt.directory()...)
	all = append(all, opt.database(ctx)...)
	all = append(all, machine()...)
	if err := report(all, opt.JSON, out); err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	for _, f := range all {
		if f.Level == levelWrong {
			return ErrNotWell
		}
	}
	return nil
}

func report(all []finding, asJSON bool, out io.Writer) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", f.Level, f.Name, f.Value, f.Words)
	}
	return table.Flush()
}

// settings judges what flags and the environment say.
func (c Config) settings() []finding {
	listen := finding{Name: "listen", Value: c.Listen, Level: levelOK}
	public := finding{Name: "public-url", Value: c.PublicURL, Level: levelOK}
	proxy := finding{Name: "trusted-proxy", Value: strings.Join(c.TrustedProxy, " "), Level: levelOK}
	metrics := finding{Name: "metrics-listen", Value: c.MetricsListen, Level: levelOK}
	if err := c.Check(); err != nil {
		listen.Level, listen.Words = levelWrong, err.Error()
	}
	u, err := url.Parse(c.PublicURL)
	secure := err == nil && u.Scheme == "https"
	switch {
	case !secure && !isLoopback(c.Listen):
		public.Level = levelWrong
		public.Words = "others reach this server without TLS and could read passwords on the way: put a proxy with TLS in front and name its https address here"
	case c.PublicURL == "":
		public.Words = "not set: only this machine is served"
	case !secure && !isLoopback(u.Host):
		public.Level, public.Words = levelWrong, "it is not an https address: passwords and cookies cross the network in clear"
	}
	if secure && len(c.TrustedProxy) == 0 {
		proxy.Level = levelWrong
		proxy.Words = "not set: behind a proxy every visitor seems to come from the proxy, and limits by address do not work; name the proxy's address"
	}
	if c.MetricsListen != "" && !isLoopback(c.MetricsListen) {
		metrics.Level, metrics.Words = levelNote, "whoever reaches this address reads the metrics: keep it inside your network"
	}
	return []finding{listen, public, proxy, metrics, c.busSetting(), c.S3.setting(), c.Mail.setting()}
}

// isLoopback reports whether HOST:PORT is this machine for itself alone.
func isLoopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// directory judges the place of the data.
func (c Config) directory() []finding {
	data := finding{Name: "data", Value: c.Data, Level: levelOK}
	info, err := os.Stat(c.Data)
	switch {
	case errors.Is(err, os.ErrNotExist):
		data.Level, data.Words = levelNote, "does not exist yet; the first start makes it"
		return []finding{data}
	case err != nil:
		data.Level, data.Words = levelWrong, err.Error()
	case !info.IsDir():
		data.Level, data.Words = levelWrong, "is not a directory"
	case info.Mode().Perm()&0o077 != 0:
		data.Level, data.Words = levelNote, fmt.Sprintf("others on this machine may look into it (mode %04o); chmod 700 keeps them out", info.Mode().Perm())
	}
	return []finding{data, c.writable(), c.disk(), c.server()}
}

func (c Config) writable() finding {
	f := finding{Name: "data writable", Value: "yes", Level: levelOK}
	probe, err := os.CreateTemp(c.Data, ".doctor-")
	if err != nil {
		return finding{Name: f.Name, Value: "no", Level: levelWrong, Words: err.Error()}
	}
	_ = probe.Close()
	_ = os.Remove(probe.Name())
	return f
}

func (c Config) disk() finding {
	f := finding{Name: "free disk", Value: "unknown", Level: levelNote}
	var s syscall.Statfs_t
	if err := syscall.Statfs(c.Data, &s); err != nil {
		f.Words = err.Error()
		return f
	}
	free := int64(s.Bavail) * int64(s.Bsize)
	f.Value, f.Level = fmt.Sprintf("%.1f GB", float64(free)/1e9), levelOK
	if free < leastDisk {
		f.Level, f.Words = levelWrong, "less than 1 GB: when the disk is full no message can be stored"
	}
	return f
}

// server tells whether one runs on the directory.
func (c Config) server() finding {
	f := finding{Name: "server", Value: "not running", Level: levelOK}
	conn, err := net.Dial("unix", filepath.Join(c.Data, socketFile))
	if err != nil {
		return f
	}
	_ = conn.Close()
	f.Value = "running"
	return f
}

func machine() []finding {
	front := finding{Name: "front ends", Value: "built in", Level: levelOK}
	if !web.Built() {
		front.Value, front.Level, front.Words = "missing", levelNote, "this binary was built without them; make build puts them in"
	}
	files := finding{Name: "open files", Value: "unknown", Level: levelNote}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err == nil {
		files.Value, files.Level = strconv.FormatUint(limit.Cur, 10), levelOK
		if limit.Cur < leastFiles {
			files.Level, files.Words = levelNote, fmt.Sprintf("each connection is one: about %d people at once; raise LimitNOFILE for more", limit.Cur*9/10)
		}
	}
	return []finding{front, files}
}
