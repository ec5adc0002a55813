package app

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"earshot/internal/bus"
)

// openBus connects to the other nodes, where the operator names a NATS server.
func (a *App) openBus() error {
	if a.cfg.Bus == "" {
		a.bus = bus.NewLocal()
		return nil
	}
	var err error
	// The history names the workspace: nodes of another one read another log.
	if a.nats, err = bus.DialNATS(a.cfg.Bus, a.store.Epoch(), a.log); err != nil {
		return fmt.Errorf("--bus: %w", err)
	}
	a.bus = a.nats
	return nil
}

// impairments are what works less well now, for whoever asks whether the server
// is ready: it is, without it.
func (a *App) impairments() []string {
	if a.nats == nil {
		return nil
	}
	h := a.nats.Health()
	if h.Connected {
		return nil
	}
	return []string{"bus: NATS is away since " + h.Since.UTC().Format(time.RFC3339) + "; other nodes are found by polling"}
}

// busStats shows what the bus counts, where there are other nodes.
func (a *App) busStats() []prometheus.Collector {
	if a.nats == nil {
		return nil
	}
	count := func(name, help string, read func(bus.Health) int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(read(a.nats.Health())) })
	}
	return []prometheus.Collector{
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "earshot_bus_connected", Help: "1 while NATS carries between nodes."}, func() float64 {
			if a.nats.Health().Connected {
				return 1
			}
			return 0
		}),
		count("earshot_bus_reconnects_total", "Connections to NATS after the first one.", func(h bus.Health) int64 { return h.Reconnects }),
		count("earshot_bus_lost_total", "Wake-ups and signals that could not be handed to NATS.", func(h bus.Health) int64 { return h.Lost }),
		count("earshot_bus_bad_total", "What came from NATS and was no signal.", func(h bus.Health) int64 { return h.Bad }),
	}
}

func (c Config) checkBus() error {
	for one := range strings.SplitSeq(c.Bus, ",") {
		if one == "" && c.Bus == "" {
			return nil
		}
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil || (u.Scheme != "nats" && u.Scheme != "tls") || u.Hostname() == "" {
			// Not quoted: it may hold a password.
			return errors.New("--bus is not a list of addresses like nats://user:password@host:4222 or tls://host:4222; encode special characters of the password by percent")
		}
	}
	return nil
}

// busSetting judges the bus, without its passwords.
func (c Config) busSetting() finding {
	f := finding{Name: "bus", Value: "none", Level: levelOK, Words: "one node"}
	if c.Bus == "" {
		return f
	}
	if err := c.checkBus(); err != nil {
		f.Value, f.Level, f.Words = "unreadable", levelWrong, err.Error()
		return f
	}
	var shown []string
	clear := false
	for one := range strings.SplitSeq(c.Bus, ",") {
		u, _ := url.Parse(strings.TrimSpace(one)) // checkBus has read it
		clear = clear || u.Scheme == "nats" && !isLoopback(hostPort(u))
		shown = append(shown, u.Redacted())
	}
	f.Value, f.Words = strings.Join(shown, " "), ""
	if clear {
		f.Level, f.Words = levelNote, "what colleagues and visitors type crosses the network in clear: use tls://, or keep it inside a network of its own"
	}
	return f
}

func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return u.Host + ":4222"
}
