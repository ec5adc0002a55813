package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Config is what an operator may set: by flag, or by the named environment
// variable. The tags are read by the command line in main.
type Config struct {
	Listen        string   `help:"Address to serve on, as HOST:PORT." default:"127.0.0.1:8080" env:"EARSHOT_LISTEN" placeholder:"HOST:PORT"`
	Data          string   `help:"Directory of the database and the files." default:"./data" env:"EARSHOT_DATA" type:"path" placeholder:"DIR"`
	Database      string   `help:"Address of a PostgreSQL database, such as postgres://user:password@host/name, for many nodes. Without it the workspace is a file in the data directory." env:"EARSHOT_DATABASE" placeholder:"URL"`
	PublicURL     string   `help:"Address at which people reach this server, such as https://chat.example.com. Needed behind a proxy." env:"EARSHOT_PUBLIC_URL" placeholder:"URL"`
	TrustedProxy  []string `help:"Addresses (CIDR) of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed." env:"EARSHOT_TRUSTED_PROXY" placeholder:"CIDR"`
	S3            S3       `embed:"" prefix:"s3-" envprefix:"EARSHOT_S3_"`
	Mail          Mail     `embed:"" prefix:"mail-" envprefix:"EARSHOT_MAIL_"`
	Bus           string   `help:"Addresses of NATS servers, such as nats://host:4222, that tell the nodes of one workspace of each other." env:"EARSHOT_BUS" placeholder:"URLS"`
	Geo           string   `help:"File of countries by address, in MaxMind's format (.mmdb); read again when it is replaced." env:"EARSHOT_GEO" placeholder:"FILE"`
	PushServices  []string `help:"Push services that may be called for notifications: names, patterns such as *.example.net, or HOST:PORT. Without it those of the browsers; none switches push off." env:"EARSHOT_PUSH_SERVICES" placeholder:"HOST"`
	HookTargets   []string `help:"Where groups' webhooks may lead: names, patterns such as *.example.net, or HOST:PORT. Without it every public address over https; none switches them off." env:"EARSHOT_HOOK_TARGETS" placeholder:"HOST"`
	PushContact   string   `help:"E-mail or https address at which push services reach you; without it --public-url." env:"EARSHOT_PUSH_CONTACT" placeholder:"ADDRESS"`
	MetricsListen string   `help:"Address to serve /metrics on for others than this machine." env:"EARSHOT_METRICS_LISTEN" placeholder:"HOST:PORT"`
	LogLevel      string   `help:"How much is logged to standard error: debug, info, warn or error." default:"info" enum:"debug,info,warn,error" env:"EARSHOT_LOG_LEVEL" placeholder:"LEVEL"`
	Unlimited     bool     `hidden:"" help:"Turn the rate limits off, for measuring on one's own machine." env:"EARSHOT_UNLIMITED"`
}

// Check refuses settings that cannot work, with a sentence that names the
// setting.
func (c Config) Check() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("--listen %q is not HOST:PORT", c.Listen)
	}
	if c.MetricsListen != "" {
		if _, _, err := net.SplitHostPort(c.MetricsListen); err != nil {
			return fmt.Errorf("--metrics-listen %q is not HOST:PORT", c.MetricsListen)
		}
	}
	if err := errors.Join(c.checkDatabase(), c.S3.check(), c.Mail.check(), c.checkPush(), c.checkHooks()); err != nil {
		return err
	}
	if err := c.checkBus(); err != nil {
		return err
	}
	if _, err := c.proxies(); err != nil {
		return err
	}
	var level slog.Level
	if c.LogLevel != "" && level.UnmarshalText([]byte(c.LogLevel)) != nil {
		return fmt.Errorf("--log-level %q is none of debug, info, warn, error", c.LogLevel)
	}
	return c.checkPublicURL()
}

func (c Config) checkPublicURL() error {
	if c.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return fmt.Errorf("--public-url %q is not an address like https://chat.example.com, without a path", c.PublicURL)
	}
	return nil
}

func (c Config) proxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range c.TrustedProxy {
		if a, err := netip.ParseAddr(text); err == nil {
			all = append(all, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxy %q is not an address range like 10.0.0.0/8", text)
		}
		all = append(all, p)
	}
	return all, nil
}
