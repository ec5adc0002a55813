package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// pages are the built front ends. They never change while the server runs, so
// each file is read and compressed once, when it is first asked for.
type pages struct {
	built bool
	files map[string]*asset
}

type asset struct {
	name string
	root fs.FS
	load func() loaded
}

type loaded struct {
	body, zipped []byte
	kind, tag    string
	err          error
}

func newPages(root fs.FS, built bool) (*pages, error) {
	p := &pages{built: built, files: map[string]*asset{}}
	if root == nil {
		return p, nil
	}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		a := &asset{name: name, root: root}
		a.load = sync.OnceValue(a.read)
		p.files[name] = a
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("api: pages: %w", err)
	}
	return p, nil
}

func (a *asset) read() loaded {
	body, err := fs.ReadFile(a.root, a.name)
	if err != nil {
		return loaded{err: fmt.Errorf("api: page %s: %w", a.name, err)}
	}
	sum := sha256.Sum256(body)
	out := loaded{body: body, kind: kindOf(a.name), tag: base64.RawURLEncoding.EncodeToString(sum[:12])}
	if len(body) > 512 && compressible(out.kind) {
		out.zipped, out.err = zip(body)
	}
	return out
}

// kindOf names the types that we ship ourselves: a machine's table may lack them.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".woff2":
		return "font/woff2"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

func compressible(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.Contains(kind, "json") || strings.Contains(kind, "svg")
}

func zip(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("api: compress: %w", err)
	}
	_, err = w.Write(body)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("api: compress: %w", err)
	}
	return out.Bytes(), nil
}

// has reports whether there is a built file of the name.
func (p *pages) has(name string) bool { return p.files[name] != nil }

// serveAsset sends a built file, compressed where the browser takes that.
func (s *Server) serveAsset(w http.ResponseWriter, r *http.Request, name, caching string) {
	a := s.pages.files[name]
	if a == nil {
		s.notFound(w, r)
		return
	}
	f := a.load()
	if f.err != nil {
		s.fail(w, r, f.err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", caching)
	h.Set("Etag", `"`+f.tag+`"`)
	body := f.body
	if f.zipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			h.Set("Etag", `"`+f.tag+`-z"`)
			body = f.zipped
		}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
