package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"earshot/internal/chat"
)

// readBody reads the JSON body whole, refuses what no client of ours can mean,
// and names fields that nobody reads.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, rt route) error {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return bodyError(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	// The time was for the body; what the handler needs is not the caller's doing.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	if len(raw) == 0 {
		return nil
	}
	if err := checkJSON(raw); err != nil {
		return err
	}
	unknown := s.fields.unknown(raw, rt.body)
	if len(unknown) == 0 {
		return nil
	}
	if rt.strict {
		return chat.Errorf(chat.Invalid, "Unknown fields: %s. Nothing was stored; settings are never guessed.", strings.Join(unknown, ", "))
	}
	w.Header().Set("Earshot-Ignored", strings.Join(unknown, ","))
	return nil
}

func bodyError(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		p := newProblem(http.StatusRequestEntityTooLarge, chat.Invalid, "The request is too large: at most 256 KiB fit, and 10,000 characters into one message. Nothing was stored.")
		return p
	}
	return newProblem(http.StatusBadRequest, chat.Invalid, "The request broke off before its end. Nothing was stored; send it again with the same key.")
}

// checkJSON refuses bytes that are not UTF-8, text that is not JSON, and escapes
// of half a character, which Go would silently replace.
func checkJSON(raw []byte) error {
	switch {
	case !utf8.Valid(raw):
		return newProblem(http.StatusBadRequest, chat.Invalid, "The request is not valid UTF-8. Nothing was stored; send it again as UTF-8.")
	case !json.Valid(raw):
		return newProblem(http.StatusBadRequest, chat.Invalid, "The request is not valid JSON. Nothing was stored.")
	case hasLoneSurrogate(raw):
		return newProblem(http.StatusBadRequest, chat.Invalid, "The request holds half of a character (a lone surrogate escape). Nothing was stored.")
	}
	return nil
}

// hasLoneSurrogate looks for \ud800–\udfff escapes that are not a pair. raw is
// valid JSON.
func hasLoneSurrogate(raw []byte) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		if raw[i] != 'u' {
			continue
		}
		high := hex4(raw[i+1:])
		i += 4
		if high < 0xd800 || high > 0xdfff {
			continue
		}
		paired := high < 0xdc00 && i+6 < len(raw) && raw[i+1] == '\\' && raw[i+2] == 'u'
		if !paired {
			return true
		}
		if low := hex4(raw[i+3:]); low < 0xdc00 || low > 0xdfff {
			return true
		}
		i += 6
	}
	return false
}

func hex4(b []byte) (n int) {
	for _, c := range b[:4] {
		n <<= 4
		switch {
		case c <= '9':
			n |= int(c - '0')
		case c <= 'F':
			n |= int(c-'A') + 10
		default:
			n |= int(c-'a') + 10
		}
	}
	return n
}

// fields remembers which fields the types of bodies have: map[string]reflect.Type
// by reflect.Type.
type fields struct{ sync.Map }

// unknown lists the fields in JSON that its type does not have, those of objects
// inside it as "outer.inner", each once and in order.
func (m *fields) unknown(raw []byte, t reflect.Type) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var unknown []string
	switch t.Kind() {
	case reflect.Struct:
		unknown = m.unknownIn(raw, t)
	case reflect.Slice:
		var list []json.RawMessage
		if composite(t.Elem()) && json.Unmarshal(raw, &list) == nil {
			for _, value := range list {
				unknown = append(unknown, m.unknown(value, t.Elem())...)
			}
		}
	case reflect.Map:
		var object map[string]json.RawMessage
		if composite(t.Elem()) && json.Unmarshal(raw, &object) == nil {
			for _, value := range object {
				unknown = append(unknown, m.unknown(value, t.Elem())...)
			}
		}
	}
	slices.Sort(unknown)
	return slices.Compact(unknown)
}

// composite reports whether a value of the type can hold objects.
func composite(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Slice, reflect.Map, reflect.Pointer:
		return true
	}
	return false
}

func (m *fields) unknownIn(raw []byte, t reflect.Type) (unknown []string) {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return nil
	}
	known := m.of(t)
	for name, value := range object {
		field, ok := known[name]
		if !ok {
			unknown = append(unknown, printable(name))
			continue
		}
		for _, inner := range m.unknown(value, field) {
			unknown = append(unknown, name+"."+inner)
		}
	}
	return unknown
}

func (m *fields) of(t reflect.Type) map[string]reflect.Type {
	if known, ok := m.Load(t); ok {
		return known.(map[string]reflect.Type)
	}
	known := make(map[string]reflect.Type, t.NumField())
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			maps.Copy(known, m.of(f.Type)) // its fields stand beside the others
		case name != "" && name != "-":
			known[name] = f.Type
		}
	}
	m.Store(t, known)
	return known
}

// printable makes a stranger's field name safe for a header.
func printable(name string) string {
	clean := strings.Map(func(r rune) rune {
		if r <= 0x20 || r > 0x7e || r == ',' {
			return '?'
		}
		return r
	}, name)
	return clean[:min(len(clean), 60)]
}
