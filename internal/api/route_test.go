package api

import (
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

func operationsOf(p *huma.PathItem) map[string]*huma.Operation {
	out := map[string]*huma.Operation{}
	for method, op := range map[string]*huma.Operation{"GET": p.Get, "POST": p.Post, "PUT": p.Put, "PATCH": p.Patch, "DELETE": p.Delete} {
		if op != nil {
			out[method] = op
		}
	}
	return out
}

func TestRoutes_EveryAPIRouteIsDescribed(t *testing.T) {
	t.Parallel()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for path, item := range s.huma.OpenAPI().Paths {
		for method := range operationsOf(item) {
			described[method+" "+path] = true
		}
	}
	// The upgrade is described at the POST of the same address.
	upgrades := map[string]bool{"GET /v1/stream": true, "GET /v1/visitor/stream": true, "GET /v1/openapi.json": true}
	for _, rt := range s.routes {
		if strings.HasPrefix(rt.path, "/v1/") && !described[rt.pattern()] && !upgrades[rt.pattern()] {
			t.Errorf("%s is not described", rt.pattern())
		}
	}
}
