package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"io"
)

// Visitor is a person outside, known by a resume token alone.
type Visitor struct {
	session
	token, site string
}

// Visitor makes a visitor of a site (its key). The token comes from [NewToken]
// and must be kept before the first message is sent.
func (c *Client) Visitor(token, site string) *Visitor {
	h := http.Header{"Authorization": {"Bearer " + token}, "Earshot-Site": {site}}
	return &Visitor{session: session{Client: c, header: h}, token: token, site: site}
}

// Site loads what the widget shows before the first message.
func (v *Visitor) Site(ctx context.Context) (WidgetSite, error) {
	var out WidgetSite
	_, err := v.call(ctx, http.MethodGet, "/v1/visitor/site", nil, &out)
	return out, err
}

// Post sends a message; the first one makes the conversation.
func (v *Visitor) Post(ctx context.Context, m VisitorMessage) (VisitorDone, error) {
	if m.Key == "" {
		m.Key = NewKey()
	}
	var out VisitorDone
	_, err := v.call(ctx, http.MethodPost, "/v1/visitor/messages", m, &out)
	return out, err
}

// Conversation loads the newest events, or those before a seq (> 0).
func (v *Visitor) Conversation(ctx context.Context, before int64) (VisitorView, error) {
	path := "/v1/visitor/conversation"
	if before > 0 {
		path += "?before=" + strconv.FormatInt(before, 10)
	}
	var out VisitorView
	_, err := v.call(ctx, http.MethodGet, path, nil, &out)
	return out, err
}

// Seen tells the team that the visitor has read up to a seq.
func (v *Visitor) Seen(ctx context.Context, upTo int64) error {
	_, err := v.call(ctx, http.MethodPost, "/v1/visitor/seen", map[string]int64{"upto": upTo}, nil)
	return err
}

// End closes the conversation; the token is dead afterwards.
func (v *Visitor) End(ctx context.Context) error {
	_, err := v.call(ctx, http.MethodPost, "/v1/visitor/end", struct{}{}, nil)
	return err
}

// Upload stores a file that the visitor will send.
func (v *Visitor) Upload(ctx context.Context, name string, r io.Reader) (File, error) {
	return v.upload(ctx, "/v1/visitor/files", name, r)
}

// Download opens a file. The caller closes the body.
func (v *Visitor) Download(ctx context.Context, file string) (*http.Response, error) {
	return v.download(ctx, "/v1/visitor/files/"+url.PathEscape(file))
}

// Link makes an address under which a file can be fetched for five minutes.
func (v *Visitor) Link(ctx context.Context, file string) (string, error) {
	var out struct{ URL string }
	_, err := v.call(ctx, http.MethodPost, "/v1/visitor/files/"+url.PathEscape(file)+"/link", struct{}{}, &out)
	return out.URL, err
}
