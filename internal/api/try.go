package api

import (
	"html/template"
	"net/http"
	"strings"

	"earshot/internal/chat"
)

// tryPage is a stranger's site that carries the widget.
var tryPage = template.Must(template.New("try").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Earshot test page</title>
<style>
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color: #222; background: #fff }
code { background: #eef; padding: .1em .3em; overflow-wrap: anywhere }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } code { background: #334 } a { color: #9cf } }
</style>
</head>
<body>
<main>
<h1>A page of “{{.Name}}”</h1>
<p>This page stands at another address than the inbox, <code>{{.Here}}</code>, as a stranger’s site would. It carries the widget with the one line that any page needs:</p>
<p><code>&lt;script async src="{{.Inbox}}/widget.js" data-site="{{.Key}}"&gt;&lt;/script&gt;</code></p>
<p>Write something in the corner below, and answer it in <a href="{{.Inbox}}/" target="_blank" rel="noopener">the inbox</a>.</p>
</main>
<script async src="{{.Inbox}}/widget.js" data-site="{{.Key}}"></script>
</body>
</html>
`))

// serveTry serves the test page under the other loopback name, so that the
// widget really runs on a foreign origin.
func (s *Server) serveTry(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.TryHost == "" || !fromThisMachine(r):
		s.notFound(w, r)
		return
	case !strings.EqualFold(r.Host, s.TryHost):
		target := "http://" + s.TryHost + "/try"
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, target, http.StatusFound)
		return
	}
	site, err := s.trySite(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", tryPolicy(s.InboxURL))
	data := struct{ Name, Key, Here, Inbox string }{site.Name, site.Key, "http://" + s.TryHost, s.InboxURL}
	if err := tryPage.Execute(w, data); err != nil {
		s.log.ErrorContext(r.Context(), "try page", "error", err.Error())
	}
}

func (s *Server) trySite(r *http.Request) (chat.Site, error) {
	if key := r.URL.Query().Get("site"); key != "" {
		return s.Desk.SiteByKey(r.Context(), key)
	}
	all, err := s.Desk.Sites(r.Context())
	if err == nil && len(all) == 0 {
		err = chat.Errorf(chat.Missing, "There is no site yet. Open the inbox and finish the first start.")
	}
	if err != nil {
		return chat.Site{}, err
	}
	return all[0], nil
}

func tryPolicy(inbox string) string {
	return strings.Join([]string{
		"default-src 'none'", "script-src " + inbox, "style-src 'unsafe-inline'", "img-src " + inbox + " data:",
		"frame-src " + inbox, "connect-src " + inbox, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
	}, "; ")
}
