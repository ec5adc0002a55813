package notify

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"
)

// MaxPush is how many bytes a push may hold, so that with its encryption it fills
// one record of 4,096 bytes (RFC 8291 §4).
const MaxPush = 3993

// Keys are the server's own pair by which push services know it (VAPID, RFC 8292):
// P-256, base64url without padding. Private is a secret.
type Keys struct {
	Public  string `json:"public"`
	Private string `json:"private"`
}

// NewKeys makes a pair.
func NewKeys() (Keys, error) {
	private, public, err := webpush.GenerateVAPIDKeys()
	if err != nil {
		return Keys{}, fmt.Errorf("make keys for web push: %w", err)
	}
	return Keys{Public: public, Private: private}, nil
}

// Subscription is where and how a device's browser wants to be reached; it comes
// from the browser.
type Subscription struct {
	Endpoint string `json:"endpoint"`
	P256DH   string `json:"p256dh"` // the browser's public key, base64url
	Auth     string `json:"auth"`   // 16 bytes, base64url
}

// Check refuses what cannot be encrypted to. It does not look at the endpoint; see
// [Targets.Check].
func (s Subscription) Check() error {
	point, err := base64.RawURLEncoding.DecodeString(s.P256DH)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(point)
	}
	if err != nil {
		return errors.New("p256dh is no public key of a browser: 65 bytes, base64url without padding")
	}
	if secret, err := base64.RawURLEncoding.DecodeString(s.Auth); err != nil || len(secret) != 16 {
		return errors.New("auth is not a browser's secret: 16 bytes, base64url without padding")
	}
	return nil
}

// Message is one push.
type Message struct {
	Body  []byte        // at most MaxPush bytes; encrypted for the browser alone
	TTL   time.Duration // how long the push service keeps it for a device that is off
	Topic string        // a later one of the same replaces it; at most 32 of base64url's characters
	// Urgent wakes a device that saves power.
	Urgent bool
}

// Outcome is what a sender can do about an answer.
type Outcome string

// The outcomes of sending.
const (
	Accepted Outcome = "accepted" // taken over; whether it is shown, only the device can tell
	Gone     Outcome = "gone"     // the subscription is over: forget it
	Later    Outcome = "later"    // try again
	Refused  Outcome = "refused"  // trying again would not help
)

// Answer is what became of a request. Status is 0 where there was no answer; After
// is the pause that was asked for, if any; Reason is for the log of deliveries, and
// names no secret.
type Answer struct {
	Outcome Outcome
	Status  int
	After   time.Duration
	Reason  string
}

// Pusher sends pushes.
type Pusher struct {
	keys    Keys
	contact string
	client  *http.Client
}

// NewPusher returns a Pusher that calls the targets alone. contact is an e-mail
// address, or an https address, by which push services reach the operator.
func NewPusher(keys Keys, contact string, t Targets) *Pusher {
	return &Pusher{keys: keys, contact: contact, client: t.Client()}
}

// Send encrypts one message for a device and hands it to its push service.
func (p *Pusher) Send(ctx context.Context, to Subscription, m Message) Answer {
	if err := to.Check(); err != nil {
		return Answer{Outcome: Gone, Reason: err.Error()}
	}
	if len(m.Body) > MaxPush {
		return Answer{Outcome: Refused, Reason: fmt.Sprintf("a push holds %d bytes at most, not %d", MaxPush, len(m.Body))}
	}
	urgency := webpush.UrgencyNormal
	if m.Urgent {
		urgency = webpush.UrgencyHigh
	}
	// The library pads what it is given in place: the same message goes to other devices, too.
	res, err := webpush.SendNotificationWithContext(ctx, bytes.Clone(m.Body),
		&webpush.Subscription{Endpoint: to.Endpoint, Keys: webpush.Keys{Auth: to.Auth, P256dh: to.P256DH}},
		&webpush.Options{HTTPClient: p.client, Subscriber: p.contact, Topic: m.Topic, TTL: int(m.TTL / time.Second), Urgency: urgency,
			VAPIDPublicKey: p.keys.Public, VAPIDPrivateKey: p.keys.Private})
	if err != nil {
		return failed(err)
	}
	return judge(res)
}

// failed is the answer where there was none. The error of a request names its URL,
// which is the secret of a subscription: only its cause is told.
func failed(err error) Answer {
	if errors.Is(err, ErrForbidden) {
		return Answer{Outcome: Refused, Reason: "the operator does not allow this push service, or it is not at a public address"}
	}
	return Answer{Outcome: Later, Reason: "the service cannot be reached"}
}

// judge reads a push service's or webhook's answer: RFC 8030 §5 and §7.3.
func judge(res *http.Response) Answer {
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 4096)) // so that the connection can be used again
	_ = res.Body.Close()
	a := Answer{Status: res.StatusCode, Reason: "answered " + strconv.Itoa(res.StatusCode)}
	switch s := res.StatusCode; {
	case s >= 200 && s < 300:
		a.Outcome = Accepted
	case s == http.StatusNotFound || s == http.StatusGone:
		a.Outcome = Gone
	case s == http.StatusTooManyRequests || s >= 500 || s == http.StatusRequestTimeout:
		a.Outcome, a.After = Later, retryAfter(res.Header.Get("Retry-After"))
	default:
		a.Outcome = Refused
	}
	return a
}

// longestAfter bounds the pause that a service may ask for.
const longestAfter = time.Hour

// retryAfter reads a pause in seconds; what is none of these is left to the sender.
func retryAfter(value string) time.Duration {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, longestAfter)
}
