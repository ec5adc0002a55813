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
