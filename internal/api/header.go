package api

import (
	"net/http"
	"strings"
)

// setHeaders puts on every answer what keeps a browser from doing more with it
// than was meant. A handler that serves something else than JSON sets its own
// Content-Security-Policy over it.
func (s *Server) setHeaders(w http.ResponseWriter, r *http.Request, rt route) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if rt.foreign {
		// A page of another origin may call this: it shall not read of an error
		// for an answer that it does not look at.
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	if visitOf(r.Context()).secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if rt.who != forPages {
		h.Set("Cache-Control", "no-store")
	}
}

// appPolicy lets a page of ours run its own scripts and talk to this server, and
// nothing else. ancestors are the origins that may frame it.
func appPolicy(r *http.Request, ancestors []string) string {
	frames, trusted := "'none'", "svelte-trusted-html earshot-worker" // the inbox registers a worker
	if len(ancestors) > 0 {
		frames, trusted = strings.Join(ancestors, " "), "svelte-trusted-html"
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' blob: data:",
		"connect-src 'self' " + socketOrigin(r),
		"font-src 'self'",
		"media-src 'self' data:",
		"manifest-src 'self'",
		"worker-src 'self'",
		"frame-ancestors " + frames,
		"base-uri 'none'",
		"form-action 'self'",
		"require-trusted-types-for 'script'",
		"trusted-types " + trusted,
	}, "; ")
}

// workerPolicy lets the service worker ask this server, and load nothing.
const workerPolicy = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// socketOrigin is this server as a WebSocket address: older browsers do not
// count it as 'self'.
func socketOrigin(r *http.Request) string {
	host := strings.Map(func(c rune) rune {
		if strings.ContainsRune(" ;,'\"", c) {
			return -1
		}
		return c
	}, r.Host)
	if visitOf(r.Context()).secure {
		return "wss://" + host
	}
	return "ws://" + host
}
