package client

import (
	"context"
	"net/http"
)

// Subscription is where and how the device of a sign-in wants to be reached, as a
// browser gives it.
type Subscription struct {
	Endpoint string           `json:"endpoint"`
	Keys     SubscriptionKeys `json:"keys"`
}

// SubscriptionKeys are what a push is encrypted with, base64url.
type SubscriptionKeys struct {
	P256DH string `json:"p256dh"`
	Auth   string `json:"auth"`
}

// Subscribe lets the device of this sign-in be pushed to.
func (a *Agent) Subscribe(ctx context.Context, s Subscription) error {
	_, err := a.call(ctx, http.MethodPost, "/v1/push", s, nil)
	return err
}

// AlertSteps are after how many seconds alerts of a kind are pushed and passed on.
type AlertSteps struct {
	Kind      string `json:"kind"`
	Push      int    `json:"push"`
	Colleague int    `json:"colleague"`
	Lead      int    `json:"lead"`
	Mail      int    `json:"mail"`
}

// SetAlertSteps says how alerts of some kinds climb.
func (a *Agent) SetAlertSteps(ctx context.Context, kinds ...AlertSteps) error {
	_, err := a.call(ctx, http.MethodPut, "/v1/admin/alerts/steps", map[string]any{"kinds": kinds}, nil)
	return err
}
