package geo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"
)

// maxSize is more than any file of countries or cities has.
const maxSize = 1 << 30

var errTree = errors.New("its tree has more leaves than its nodes can carry")

// table is one file in memory. It is not mapped: a file that is written over in
// place would end the process.
type table struct {
	reader *maxminddb.Reader
	path   []any // where an entry holds its country
	about  About
}

// shapes are the places where files of different makers hold the country: those
// of MaxMind and DB-IP, those made from public registries, and older flat ones.
func shapes() [][]any {
	return [][]any{{"country", "iso_code"}, {"country_code"}, {"country"}}
}

func load(path string, info fs.FileInfo) (*table, error) {
	switch {
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a file", path)
	case info.Size() > maxSize:
		return nil, fmt.Errorf("%s has %d MB; a file of countries or cities has less than %d", path, info.Size()>>20, maxSize>>20)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	t, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be used: %w", path, err)
	}
	return t, nil
}

// parse reads every entry once: a file that is broken somewhere is refused now
// and not when a visitor comes from there.
func parse(raw []byte) (*table, error) {
	reader, err := maxminddb.OpenBytes(raw)
	if err != nil {
		return nil, fmt.Errorf("it is not in MaxMind's format: %w", err)
	}
	about := reader.Metadata
	t := &table{reader: reader, about: About{Type: about.DatabaseType, Built: time.Unix(int64(about.BuildEpoch), 0).UTC()}}
	leaves := uint(0)
	for network := range reader.Networks(maxminddb.IncludeNetworksWithoutData()) {
		if leaves++; leaves > about.NodeCount+1 {
			return nil, errTree
		}
		if err := t.add(network); err != nil {
			return nil, fmt.Errorf("it is broken: %w", err)
		}
	}
	if t.about.Entries == 0 {
		return nil, fmt.Errorf("it is of type %q and knows no country; take a country or a city database", t.about.Type)
	}
	return t, nil
}

// add counts an entry. The first one with a country shows where all have it.
func (t *table) add(network maxminddb.Result) error {
	if err := network.Err(); err != nil {
		return err
	}
	if !network.Found() {
		return nil
	}
	if t.path == nil {
		t.path = shapeOf(network)
	}
	if t.path == nil {
		return nil
	}
	code, err := t.country(network)
	if code != "" {
		t.about.Entries++
	}
	return err
}

func shapeOf(network maxminddb.Result) []any {
	for _, path := range shapes() {
		t := table{path: path}
		if code, err := t.country(network); err == nil && code != "" {
			return path
		}
	}
	return nil
}

// country is the country of an entry. XX and ZZ are words for not knowing.
func (t *table) country(entry maxminddb.Result) (string, error) {
	var code string
	if err := entry.DecodePath(&code, t.path...); err != nil {
		return "", err
	}
	if code = strings.ToUpper(code); len(code) != 2 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || code == "XX" || code == "ZZ" {
		return "", nil
	}
	return code, nil
}
