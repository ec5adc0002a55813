package desktest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"earshot/internal/chat"
)

// Identity signs, as the server of the world's site would, who a visitor is, for the
// time that is given.
func (w *World) Identity(who chat.Identity, life time.Duration) string {
	w.t.Helper()
	secret, err := w.Desk.SiteSecret(w.t.Context(), w.Owner, w.Site.ID)
	w.must(err)
	said, err := json.Marshal(who)
	w.must(err)
	return Sign(secret.Secret, fmt.Sprintf(`%s,"exp":%d}`, said[:len(said)-1], w.Clock.Now().Add(life).Unix()))
}

// Sign makes a JWT of claims with a secret.
func Sign(secret, claims string) string {
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(head))
	return head + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
