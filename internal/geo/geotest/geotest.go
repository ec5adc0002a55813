// Package geotest writes small files in MaxMind's format, so that tests need
// nobody's data. It follows the published description of the format, version
// 2.0, with records of 24 bits. It imports nothing of ours; tests call it.
package geotest

import (
	"bytes"
	"encoding/binary"
	"maps"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"
)

// Database is what a file holds.
type Database struct {
	Type  string
	Built time.Time
	// OnlyIPv4 makes a tree of 32 bits, which has no room for IPv6.
	OnlyIPv4 bool
	// Entries are by network, such as "192.0.2.0/24"; networks must not lie in
	// each other.
	Entries map[string]any
}

// Country is an entry as MaxMind writes it.
func Country(code string) any {
	return map[string]any{"continent": map[string]any{"code": "EU"}, "country": map[string]any{"iso_code": code, "geoname_id": uint32(2921044)}}
}

// Flat is an entry as files made from public registries have it.
func Flat(code string) any { return map[string]any{"country_code": code} }

// Write puts the file at a path.
func Write(t testing.TB, path string, d Database) {
	t.Helper()
	if err := os.WriteFile(path, d.Bytes(t), 0o600); err != nil {
		t.Fatal(err)
	}
}

// none marks a branch that leads nowhere.
const none = -1

// node is a fork of the tree: its branches lead to nodes (from 0 on) or to
// entries (from -2 downwards).
type node [2]int

// Bytes is the file.
func (d Database) Bytes(t testing.TB) []byte {
	t.Helper()
	nodes := []node{{none, none}}
	var data bytes.Buffer
	var offsets []int
	for _, network := range slices.Sorted(maps.Keys(d.Entries)) {
		nodes = plant(nodes, d.bits(t, network), none-1-len(offsets))
		offsets = append(offsets, data.Len())
		encode(t, &data, d.Entries[network])
	}
	var out bytes.Buffer
	for _, n := range nodes {
		for _, branch := range n {
			out.Write(record(branch, len(nodes), offsets))
		}
	}
	out.Write(make([]byte, 16))
	out.Write(data.Bytes())
	out.WriteString("\xab\xcd\xefMaxMind.com")
	version := uint16(6)
	if d.OnlyIPv4 {
		version = 4
	}
	encode(t, &out, map[string]any{"binary_format_major_version": uint16(2), "binary_format_minor_version": uint16(0), "build_epoch": uint64(d.Built.Unix()),
		"database_type": d.Type, "description": map[string]any{"en": "for tests"}, "ip_version": version, "languages": []any{"en"},
		"node_count": uint32(len(nodes)), "record_size": uint16(24)})
	return out.Bytes()
}

// bits is the way through the tree to a network; IPv4 lies under 96 zeros.
func (d Database) bits(t testing.TB, network string) []byte {
	t.Helper()
	p, err := netip.ParsePrefix(network)
	if err != nil {
		t.Fatal(err)
	}
	var way []byte
	if p.Addr().Is4() && !d.OnlyIPv4 {
		way = make([]byte, 96)
	}
	raw := p.Addr().AsSlice()
	for i := range p.Bits() {
		way = append(way, raw[i/8]>>(7-i%8)&1)
	}
	return way
}

func plant(nodes []node, way []byte, entry int) []node {
	at := 0
	for _, bit := range way[:len(way)-1] {
		if nodes[at][bit] == none {
			nodes = append(nodes, node{none, none})
			nodes[at][bit] = len(nodes) - 1
		}
		at = nodes[at][bit]
	}
	nodes[at][way[len(way)-1]] = entry
	return nodes
}

// record is a branch in three bytes: a node, the number of nodes for nothing,
// or beyond that and the 16 bytes between tree and data, an offset.
func record(branch, nodes int, offsets []int) []byte {
	value := branch
	switch {
	case branch == none:
		value = nodes
	case branch < none:
		value = nodes + 16 + offsets[none-1-branch]
	}
	return []byte{byte(value >> 16), byte(value >> 8), byte(value)}
}

// The types of values that encode writes; those above 7 need a second byte.
const (
	kindText, kindUint16, kindUint32, kindMap, kindUint64, kindArray = 2, 5, 6, 7, 9, 11
)

func encode(t testing.TB, to *bytes.Buffer, value any) {
	t.Helper()
	switch v := value.(type) {
	case string:
		head(to, kindText, len(v))
		to.WriteString(v)
	case uint16:
		head(to, kindUint16, 2)
		to.Write(binary.BigEndian.AppendUint16(nil, v))
	case uint32:
		head(to, kindUint32, 4)
		to.Write(binary.BigEndian.AppendUint32(nil, v))
	case uint64:
		head(to, kindUint64, 8)
		to.Write(binary.BigEndian.AppendUint64(nil, v))
	case []any:
		head(to, kindArray, len(v))
		for _, one := range v {
			encode(t, to, one)
		}
	case map[string]any:
		head(to, kindMap, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			encode(t, to, key)
			encode(t, to, v[key])
		}
	default:
		t.Fatalf("geotest: cannot write a %T", value)
	}
}

// head writes a value's type and size; sizes from 29 on take a byte more.
func head(to *bytes.Buffer, kind, size int) {
	first, more := min(size, 29), size >= 29
	if kind > kindMap {
		to.Write([]byte{byte(first), byte(kind - kindMap)})
	} else {
		to.WriteByte(byte(kind<<5 | first))
	}
	if more {
		to.WriteByte(byte(size - 29))
	}
}
