package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// AddGroup makes a group in which nobody is yet, and returns its id.
func (a *Agent) AddGroup(ctx context.Context, name string) (string, error) {
	var out struct{ ID string }
	_, err := a.call(ctx, http.MethodPost, "/v1/admin/groups", map[string]string{"name": name}, &out)
	return out.ID, err
}

// InviteInto makes an invitation into the groups named, or into every one that there
// is when it is accepted, and returns the secret token of its link.
func (a *Agent) InviteInto(ctx context.Context, email, role string, groups ...string) (string, error) {
	in := map[string]any{"email": email, "role": role}
	if len(groups) > 0 {
		in["groups"] = groups
	}
	var out struct{ URL string }
	if _, err := a.call(ctx, http.MethodPost, "/v1/admin/invites", in, &out); err != nil {
		return "", err
	}
	u, err := url.Parse(out.URL)
	if err != nil {
		return "", fmt.Errorf("client: invite url: %w", err)
	}
	return u.Fragment, nil
}
