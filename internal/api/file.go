package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// formOverhead is what a form adds to its file at most.
const formOverhead = 64 << 10

func (s *Server) fileRoutes() {
	s.uploadRoute(operation{method: http.MethodPost, path: "/v1/conversations/{id}/files", id: "add-file", who: forTeam,
		summary: "Upload a file to send", about: "At most 20 may wait to be sent.", errors: []chat.ErrorKind{chat.Missing, chat.Conflict}}, s.uploadAsAgent)
	s.uploadRoute(operation{method: http.MethodPost, path: "/v1/visitor/files", id: "add-file-as-visitor", who: forVisitors,
		summary: "Upload a file to send", about: "Also before the first message. At most 20 may wait to be sent.", errors: []chat.ErrorKind{chat.Gone, chat.Conflict}}, s.uploadAsVisitor)
	for _, thumb := range []bool{false, true} {
		end, what := "", ""
		if thumb {
			end, what = "/thumb", "'s thumbnail"
		}
		s.downloadRoute(operation{method: http.MethodGet, path: "/v1/files/{id}" + end, id: "file" + strings.ReplaceAll(end, "/", "-"), who: forTeam,
			summary: "Fetch a file" + what, errors: []chat.ErrorKind{chat.Missing}}, thumb, s.agentViewer)
		s.downloadRoute(operation{method: http.MethodGet, path: "/v1/visitor/files/{id}" + end, id: "visitor-file" + strings.ReplaceAll(end, "/", "-"), who: forVisitors,
			summary: "Fetch a file" + what, errors: []chat.ErrorKind{chat.Missing}}, thumb, s.visitorViewer)
	}
	register(s, operation{method: http.MethodDelete, path: "/v1/files/{id}", id: "drop-file", who: forTeam, status: http.StatusNoContent,
		summary: "Remove a file of mine that was not sent", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct {
			ID chat.FileID `path:"id"`
		}) (*struct{}, error) {
			return nil, s.acting(ctx, func(a chat.Agent) error { return s.Desk.DropFile(ctx, a, in.ID) })
		})
	s.linkRoutes()
}

type uploadFunc func(ctx context.Context, r *http.Request, name string, content io.Reader) (chat.FileRef, error)

func (s *Server) uploadRoute(op operation, add uploadFunc) {
	s.handle(route{method: op.method, path: op.path, who: op.who, slow: true}, func(w http.ResponseWriter, r *http.Request) {
		ref, err := s.upload(w, r, add)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		writeJSON(w, http.StatusCreated, ref)
	})
	s.describePlain(op, func(o *huma.Operation) {
		ref := s.schemaOf(chat.FileRef{})
		delete(o.Responses, "200")
		o.Responses["201"] = &huma.Response{Description: "Stored", Content: map[string]*huma.MediaType{"application/json": {Schema: ref}}}
		form := &huma.Schema{Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary"}}}
		o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: form}}}
		o.Parameters = append(o.Parameters, pathParams(op.path)...)
	})
}

// upload streams the form's one file into desk.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, add uploadFunc) (chat.FileRef, error) {
	r.Body = http.MaxBytesReader(w, r.Body, chat.MaxFileBytes+formOverhead)
	form, err := r.MultipartReader()
	if err != nil {
		return chat.FileRef{}, chat.Errorf(chat.Invalid, "A file comes as multipart/form-data in the field \"file\". Nothing was stored.")
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return chat.FileRef{}, uploadError(err)
		}
		if part.FormName() != "file" {
			continue
		}
		ref, err := add(r.Context(), r, part.FileName(), part)
		return ref, uploadError(err)
	}
}

func uploadError(err error) error {
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return newProblem(http.StatusRequestEntityTooLarge, chat.Invalid, "The file is larger than 10 MB. Nothing was stored; send a smaller one.")
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return newProblem(http.StatusBadRequest, chat.Invalid, "The upload broke off, or held no field \"file\". Nothing was stored; send it again.")
	}
	return err
}

func (s *Server) uploadAsAgent(ctx context.Context, r *http.Request, name string, content io.Reader) (chat.FileRef, error) {
	a := agentOf(ctx)
	if err := s.admitUpload(ctx, string(a.ID)); err != nil {
		return chat.FileRef{}, err
	}
	return s.Desk.AddFile(ctx, a, chat.ConversationID(r.PathValue("id")), name, content)
}

func (s *Server) uploadAsVisitor(ctx context.Context, _ *http.Request, name string, content io.Reader) (chat.FileRef, error) {
	by := callerOf(ctx).visitor
	// By token, and by address too: tokens cost nothing.
	key := tokenKey(by)
	whose := []string{string(key[:])}
	if a := visitOf(ctx).address; !a.IsLoopback() {
		whose = append(whose, networkOf(a))
	}
	if err := s.admitUpload(ctx, whose...); err != nil {
		return chat.FileRef{}, err
	}
	return s.Desk.AddFileAsVisitor(ctx, by, name, content)
}

func (s *Server) admitUpload(ctx context.Context, whose ...string) error {
	if s.Unlimited {
		return nil
	}
	return s.Desk.Spend(ctx, uploads(), whose...)
}

type viewerFunc func(ctx context.Context) (chat.Viewer, error)

func (s *Server) agentViewer(ctx context.Context) (chat.Viewer, error) {
	return agentOf(ctx).Viewer(), nil
}

func (s *Server) visitorViewer(ctx context.Context) (chat.Viewer, error) {
	v, err := s.Desk.VisitorOf(ctx, callerOf(ctx).visitor)
	return v.Viewer(), err
}

func (s *Server) downloadRoute(op operation, thumb bool, viewer viewerFunc) {
	s.handle(route{method: op.method, path: op.path, who: op.who, slow: true}, func(w http.ResponseWriter, r *http.Request) {
		v, err := viewer(r.Context())
		if err != nil {
			s.fail(w, r, hidden(err))
			return
		}
		f, err := s.Desk.OpenFile(r.Context(), v, chat.FileID(r.PathValue("id")), thumb)
		s.serveFile(w, r, f, err)
	})
	s.describePlain(op, func(o *huma.Operation) {
		o.Responses["200"].Content = map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
		o.Parameters = append(o.Parameters, pathParams(op.path)...)
	})
}

// hidden makes every no to a reader of files a 404: whether a file exists is not
// told.
func hidden(err error) error {
	if chat.IsKind(err, chat.Denied) || chat.IsKind(err, chat.Missing) || chat.IsKind(err, chat.Gone) {
		return chat.Errorf(chat.Missing, "There is no such file.")
	}
	return err
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, f desk.OpenedFile, err error) {
	if err != nil {
		s.fail(w, r, hidden(err))
		return
	}
	defer f.Content.Close()
	h := w.Header()
	h.Set("Content-Type", f.Ref.Type)
	h.Set("Content-Disposition", disposition(f.Ref.Type, f.Ref.Name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "private, max-age=300")
	http.ServeContent(w, r, "", time.Time{}, f.Content)
}

// disposition shows pictures that were encoded again, and downloads the rest.
func disposition(kind, name string) string {
	how := "attachment"
	switch kind {
	case "image/jpeg", "image/png", "image/gif":
		how = "inline"
	}
	if text := mime.FormatMediaType(how, map[string]string{"filename": name}); text != "" {
		return text
	}
	return how
}

type fileLink struct {
	URL       string `json:"url"`
	ExpiresAt int64  `json:"expires_at"`
}

func (s *Server) linkRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/visitor/files/{id}/link", id: "link-file", who: forVisitors, status: http.StatusOK,
		summary: "Make a five-minute link to a file", about: "For a plain download. Whether the visitor may see the file is asked now and again when the link is used; it ends with the token.",
		errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct {
			ID chat.FileID `path:"id"`
		}) (*answer[fileLink], error) {
			return s.linkFile(ctx, in.ID)
		})
	op := operation{method: http.MethodGet, path: "/v1/visitor/links/{sealed}", id: "follow-link", who: forEverybody,
		summary: "Fetch a file by its five-minute link", errors: []chat.ErrorKind{chat.Missing}}
	s.handle(route{method: op.method, path: op.path, who: op.who, slow: true}, func(w http.ResponseWriter, r *http.Request) {
		l, ok := s.seal.open(r.PathValue("sealed"), s.Now())
		if !ok {
			s.fail(w, r, chat.Errorf(chat.Missing, "This link does not hold any more. Open the chat and fetch the file again."))
			return
		}
		f, err := s.Desk.OpenFileByLink(r.Context(), l.Token, l.File)
		s.serveFile(w, r, f, err)
	})
	s.describePlain(op, func(o *huma.Operation) {
		o.Responses["200"].Content = map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
		o.Parameters = append(o.Parameters, pathParams(op.path)...)
	})
}

func (s *Server) linkFile(ctx context.Context, id chat.FileID) (*answer[fileLink], error) {
	v, err := s.visitorViewer(ctx)
	if err != nil {
		return nil, hidden(err)
	}
	f, err := s.Desk.OpenFile(ctx, v, id, false)
	if err != nil {
		return nil, hidden(err)
	}
	_ = f.Content.Close() // it was opened to ask, not to read
	expires := chat.Micros(s.Now().Add(linkTime))
	text, err := s.seal.seal(sealed{id, callerOf(ctx).visitor.TokenHash(), expires})
	return &answer[fileLink]{fileLink{"/v1/visitor/links/" + text, expires}}, err
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
}
