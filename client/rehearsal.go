package client

import (
	"context"
	"encoding/json"
	"net/http"
)

// Rehearsal is how far the rehearsal of a change of rules is.
type Rehearsal struct {
	ID    string          `json:"id"`
	State string          `json:"state"`
	Done  int             `json:"done"`
	Total int             `json:"total"`
	Diff  json.RawMessage `json:"diff"` // once it is done
	Error string          `json:"error"`
}

// Rehearse begins to run the rules of now, and those with an agents' limit, over the
// visitors of the last days.
func (a *Agent) Rehearse(ctx context.Context, days, limit int) (r Rehearsal, err error) {
	_, err = a.call(ctx, http.MethodPost, "/v1/admin/rehearsals", map[string]int{"days": days, "limit": limit}, &r)
	return r, err
}

// Rehearsal asks how far a rehearsal is.
func (a *Agent) Rehearsal(ctx context.Context, id string) (r Rehearsal, err error) {
	_, err = a.call(ctx, http.MethodGet, "/v1/admin/rehearsals/"+id, nil, &r)
	return r, err
}

// CancelRehearsal ends a rehearsal.
func (a *Agent) CancelRehearsal(ctx context.Context, id string) error {
	_, err := a.call(ctx, http.MethodDelete, "/v1/admin/rehearsals/"+id, nil, nil)
	return err
}
