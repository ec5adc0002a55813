package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"earshot/internal/geo"
)

// staleGeo is how old a file may be: networks move between countries, and the
// makers of such files publish a new one every month at least.
const staleGeo = 180 * 24 * time.Hour

// openGeo opens the operator's file of countries, where there is one.
func openGeo(path string) (*geo.File, error) {
	if path == "" {
		return nil, nil
	}
	f, err := geo.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--geo: %w", err)
	}
	return f, nil
}

// countryOf is nil where there is no file.
func (a *App) countryOf() func(netip.Addr) string {
	if a.geo == nil {
		return nil
	}
	return a.geo.Country
}

// renewGeo goes on with a file that took the place of the one in use.
func (a *App) renewGeo(context.Context) error {
	if a.geo == nil {
		return nil
	}
	renewed, err := a.geo.Renew()
	if renewed {
		about := a.geo.About()
		a.log.Info("the file of countries was replaced", slog.String("type", about.Type), slog.Time("built", about.Built), slog.Int("entries", about.Entries))
	}
	return err
}

// countries tells which file says where visitors are.
func (c Config) countries() finding {
	f := finding{Name: "geo", Value: "none", Level: levelOK, Words: "the country of visitors is known only where a trusted proxy says it"}
	if c.Geo == "" {
		return f
	}
	f.Value = c.Geo
	file, err := openGeo(c.Geo)
	if err != nil {
		f.Level, f.Words = levelWrong, err.Error()
		return f
	}
	about := file.About()
	f.Words = fmt.Sprintf("%s, built %s, entries: %d", about.Type, about.Built.Format(time.DateOnly), about.Entries)
	if time.Since(about.Built) > staleGeo {
		f.Level = levelNote
		f.Words += ": older than half a year; networks have moved since"
	}
	return f
}
