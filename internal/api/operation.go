package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"earshot/internal/chat"
)

// operation is a route that is described: what it does, for whom, and which
// kinds of errors it answers.
type operation struct {
	method, path string
	who          audience
	summary      string
	about        string
	// status is the usual answer; 200 where 0.
	status int
	// strict refuses unknown fields.
	strict bool
	errors []chat.ErrorKind
	// id names the operation for generated clients.
	id string
}

func newHuma(s *Server) huma.API {
	config := huma.DefaultConfig("Earshot", "1")
	config.Info.Description = "Chat of visitors of websites with a team. See docs/protocol.md for the stream, cursors and keys."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks, config.Transformers = nil, []huma.Transformer{asProblem}
	config.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	config.AllowAdditionalPropertiesByDefault = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "An agent's sign-in."},
		"visitor": {Type: "http", Scheme: "bearer", Description: "A visitor's resume token, with the header Earshot-Site."},
	}
	return humago.New(humaMux{s}, config)
}

// register adds an operation: its route, its description, its handler.
func register[I, O any](s *Server, op operation, h func(context.Context, *I) (*O, error)) {
	rt := route{method: op.method, path: op.path, who: op.who, strict: op.strict, body: bodyOf[I]()}
	s.routes = append(s.routes, rt)
	described := s.described(op)
	s.describeAgain(&described, reflect.TypeFor[O]())
	huma.Register(s.huma, described, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

// describeAgain adds the 200 of commands that a key has done before.
func (s *Server) describeAgain(d *huma.Operation, out reflect.Type) {
	body, ok := out.FieldByName("Body")
	if !ok {
		return
	}
	if _, again := body.Type.FieldByName("Again"); again {
		schema := s.huma.OpenAPI().Components.Schemas.Schema(body.Type, true, "")
		d.Responses["200"] = &huma.Response{Description: "The same key did this before", Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
	}
}

func bodyOf[I any]() reflect.Type {
	f, ok := reflect.TypeFor[I]().FieldByName("Body")
	if !ok {
		return nil
	}
	return f.Type
}

func (s *Server) described(op operation) huma.Operation {
	out := huma.Operation{Method: op.method, Path: op.path, OperationID: op.id, Summary: op.summary, Description: op.about,
		Tags: []string{string(op.who)}, DefaultStatus: op.status, MaxBodyBytes: maxBody + 1, BodyReadTimeout: -1, Security: security(op.who)}
	out.Responses = s.errorResponses(op)
	if op.who == forVisitors {
		out.Parameters = append(out.Parameters, &huma.Param{Name: "Earshot-Site", In: "header", Required: true, Description: "The site's key.", Schema: &huma.Schema{Type: huma.TypeString}})
	}
	return out
}

func security(who audience) []map[string][]string {
	switch who {
	case forTeam, forAgents, forManagers:
		return []map[string][]string{{"session": {}}}
	case forVisitors:
		return []map[string][]string{{"visitor": {}}}
	}
	return nil
}

// errorResponses describes the errors of an operation; every one can also
// answer invalid, limited and unavailable.
func (s *Server) errorResponses(op operation) map[string]*huma.Response {
	schema := s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[problem](), true, "Problem")
	statuses := map[int][]string{}
	add := func(status int, kind chat.ErrorKind) {
		if !slices.Contains(statuses[status], string(kind)) {
			statuses[status] = append(statuses[status], string(kind))
		}
	}
	for _, kind := range append(op.errors, chat.Invalid, chat.Limited, chat.Unavailable) {
		add(statusOf(kind), kind)
	}
	if op.who != forEverybody && op.who != forSites {
		add(http.StatusUnauthorized, chat.Denied)
	}
	out := map[string]*huma.Response{}
	for status, kinds := range statuses {
		out[strconv.Itoa(status)] = &huma.Response{Description: strings.Join(kinds, ", "),
			Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}}}
	}
	return out
}

// answer bodies

type answer[T any] struct{ Body T }

type withStatus[T any] struct {
	Status int
	Body   T
}

type nothing struct{}

// each returns a list that is never null in JSON.
func each[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
