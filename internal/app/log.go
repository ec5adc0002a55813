package app

import (
	"io"
	"log/slog"
	"regexp"
	"strings"
)

// newLog makes the log: JSON, one line each, without what people wrote and
// without secrets. An unknown level is warn.
func newLog(w io.Writer, level string) *slog.Logger {
	at := slog.LevelWarn
	if level != "" {
		// A word that is no level leaves warn; Check has refused it before.
		_ = at.UnmarshalText([]byte(level))
	}
	secret := regexp.MustCompile(`[A-Za-z0-9_-]{40,}`)
	redact := func(_ []string, a slog.Attr) slog.Attr { return redacted(a, secret) }
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: at, ReplaceAttr: redact}))
}

// redacted hides attributes that may hold what nobody shall read in a log. Those
// who log leave them out; this is for the day when somebody forgets.
func redacted(a slog.Attr, secret *regexp.Regexp) slog.Attr {
	switch strings.ToLower(a.Key) {
	case "text", "body", "password", "token", "secret", "cookie", "authorization", "email", "query", "url_query":
		return slog.String(a.Key, "[redacted]")
	}
	if a.Value.Kind() == slog.KindString {
		if text := a.Value.String(); secret.MatchString(text) {
			return slog.String(a.Key, secret.ReplaceAllString(text, "[redacted]"))
		}
	}
	return a
}
