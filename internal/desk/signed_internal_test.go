package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"
	"testing"
	"time"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/store"
	"earshot/internal/store/storetest"
)

const (
	ourSecret   = "Zm9yIHRlc3RzIG9ubHkgYW5kIG5vd2hlcmUgZWxzZS4"
	otherSecret = "YW5vdGhlciBvbmUgZm9yIHRlc3RzLCBhbmQgbm8gbW9"
)

var noon = time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC)

func part(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// signWith makes a token as the server of a site would.
func signWith(kind func() hash.Hash, secret, header, claims string) string {
	head := part(header) + "." + part(claims)
	mac := hmac.New(kind, []byte(secret))
	mac.Write([]byte(head))
	return head + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func sign(secret, claims string) string {
	return signWith(sha256.New, secret, `{"alg":"HS256","typ":"JWT"}`, claims)
}

func until(d time.Duration) string {
	return fmt.Sprintf(`{"group":"g_sales","exp":%d}`, noon.Add(d).Unix())
}

func TestSigned_AWholeTokenNamesItsGroup(t *testing.T) {
	t.Parallel()
	for name, token := range map[string]string{
		"an hour":                sign(ourSecret, until(time.Hour)),
		"a day":                  sign(ourSecret, until(24*time.Hour)),
		"a day, by a fast clock": sign(ourSecret, until(24*time.Hour+59*time.Second)),
		"just over":              sign(ourSecret, until(-59*time.Second)),
		"more claims":            sign(ourSecret, fmt.Sprintf(`{"iat":1,"group":"g_sales","exp":%d.5,"sub":"me"}`, noon.Unix())),
		"a header of its own":    signWith(sha256.New, ourSecret, `{"kid":"1","alg":"HS256"}`, until(time.Hour)),
	} {
		if got, err := verifySigned([]string{ourSecret}, token, noon); got != "g_sales" || err != nil {
			t.Errorf("%s: %q, %v; want g_sales", name, got, err)
		}
	}
}

// TestSigned_ATokenMadeElsewhereHolds is one that OpenSSL signed.
func TestSigned_ATokenMadeElsewhereHolds(t *testing.T) {
	t.Parallel()
	const token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJncm91cCI6Imdfc2FsZXMiLCJleHAiOjE3OTU1MjUyMDB9.Qd4PXJTCtGGbhtvR8xgPzlBXgMMxtW7ic1Ps9VhwJFU"
	if got, err := verifySigned([]string{ourSecret}, token, noon); got != "g_sales" || err != nil {
		t.Errorf("%q, %v; want g_sales", got, err)
	}
}

func TestSigned_ForgeriesNameNothingAndSayWhatToDo(t *testing.T) {
	t.Parallel()
	good := sign(ourSecret, until(time.Hour))
	cut := strings.LastIndexByte(good, '.')
	head, mark := good[:cut], good[cut+1:]
	claims := strings.Split(good, ".")[1]
	for name, c := range map[string]struct{ token, says string }{
		"nothing":            {".", "not a JWT"},
		"two dots":           {"..", "not a JWT"},
		"two parts":          {head, "not a JWT"},
		"four parts":         {good + ".x", "secret of this site"},
		"no base64":          {"{}." + claims + "." + mark, "not a JWT"},
		"header no object":   {part("[]") + "." + claims + "." + mark, "not a JWT"},
		"endless":            {sign(ourSecret, `{"pad":"`+strings.Repeat("x", 2000)+`"}`), "not a JWT"},
		"alg none":           {part(`{"alg":"none"}`) + "." + claims + ".", "HS256"},
		"alg none, signed":   {signWith(sha256.New, ourSecret, `{"alg":"none"}`, until(time.Hour)), "HS256"},
		"alg nOnE":           {part(`{"alg":"nOnE"}`) + "." + claims + ".", "HS256"},
		"no alg":             {signWith(sha256.New, ourSecret, `{}`, until(time.Hour)), "HS256"},
		"alg twice":          {signWith(sha256.New, ourSecret, `{"alg":"HS256","alg":"none"}`, until(time.Hour)), "HS256"},
		"hs256":              {signWith(sha256.New, ourSecret, `{"alg":"hs256"}`, until(time.Hour)), "HS256"},
		"HS512":              {signWith(sha512.New, ourSecret, `{"alg":"HS512"}`, until(time.Hour)), "HS256"},
		"RS256":              {signWith(sha256.New, ourSecret, `{"alg":"RS256"}`, until(time.Hour)), "HS256"},
		"critical extension": {signWith(sha256.New, ourSecret, `{"alg":"HS256","crit":["b64"],"b64":false}`, until(time.Hour)), "HS256"},
		"HS512 as HS256":     {signWith(sha512.New, ourSecret, `{"alg":"HS256"}`, until(time.Hour)), "secret of this site"},
		"another secret":     {sign(otherSecret, until(time.Hour)), "secret of this site"},
		"no secret":          {sign("", until(time.Hour)), "secret of this site"},
		"unsigned":           {head + ".", "secret of this site"},
		"half a signature":   {head + "." + mark[:20], "secret of this site"},
		"padded signature":   {good + "=", "secret of this site"},
		"signature on lines": {head + "." + mark[:20] + "\n" + mark[20:], "secret of this site"},
		"other claims":       {strings.Replace(good, claims, part(strings.Replace(until(time.Hour), "sales", "other", 1)), 1), "secret of this site"},
		"expired":            {sign(ourSecret, until(-time.Minute)), "has expired"},
		"expired long ago":   {sign(ourSecret, `{"group":"g_sales","exp":0}`), "has expired"},
		"before 1970":        {sign(ourSecret, `{"group":"g_sales","exp":-1e300}`), "has expired"},
		"far future":         {sign(ourSecret, until(24*time.Hour+time.Minute)), "24 hours"},
		"for ever":           {sign(ourSecret, `{"group":"g_sales","exp":1e300}`), "24 hours"},
		"in milliseconds":    {sign(ourSecret, fmt.Sprintf(`{"group":"g_sales","exp":%d}`, noon.UnixMilli())), "24 hours"},
		"no exp":             {sign(ourSecret, `{"group":"g_sales"}`), "needs an exp"},
		"exp null":           {sign(ourSecret, `{"group":"g_sales","exp":null}`), "needs an exp"},
		"exp in words":       {sign(ourSecret, `{"group":"g_sales","exp":"tomorrow"}`), "needs an exp"},
		"no group":           {sign(ourSecret, fmt.Sprintf(`{"exp":%d}`, noon.Unix())), "names no group"},
		"group no text":      {sign(ourSecret, fmt.Sprintf(`{"group":["g_sales"],"exp":%d}`, noon.Unix())), "names no group"},
		"claims no object":   {sign(ourSecret, `null`), "names no group"},
	} {
		got, err := verifySigned([]string{ourSecret}, c.token, noon)
		if got != "" || !chat.IsKind(err, chat.Invalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, %v; want an invalid with %q", name, got, err, c.says)
		}
		if err != nil && (strings.Contains(err.Error(), ourSecret) || strings.Contains(err.Error(), mark)) {
			t.Errorf("%s: the error tells a secret: %v", name, err)
		}
	}
	if got, err := verifySigned(nil, sign("", until(time.Hour)), noon); got != "" || !chat.IsKind(err, chat.Invalid) || !strings.Contains(err.Error(), "no secret yet") {
		t.Errorf("a site without secret: %q, %v", got, err)
	}
}

// signing is a desk with two sites and a group.
func signing(t *testing.T) (*Desk, chat.Agent) {
	t.Helper()
	d := New(storetest.New(t), nil, bus.NewLocal(), Options{Now: func() time.Time { return noon }})
	boss := chat.Agent{ID: "a_boss", Name: "Boss", Email: "boss@team.example", Role: chat.Owner, Status: chat.Accepting}
	err := d.store.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.SaveAgent(boss); err != nil {
			return err
		}
		for _, id := range []chat.SiteID{"s_shop", "s_blog"} {
			if err := tx.SaveSite(chat.Site{ID: id, Key: string(id), Name: string(id), Group: "g_sales"}); err != nil {
				return err
			}
		}
		return tx.SaveGroup(chat.Group{ID: "g_sales", Name: "Sales", Policy: chat.PolicyOpen})
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, boss
}

func signedNow(t *testing.T, d *Desk, site chat.SiteID, token string) (chat.GroupID, error) {
	t.Helper()
	var g chat.GroupID
	err := d.store.Read(t.Context(), func(tx *store.Tx) (err error) {
		g, err = d.signedGroup(tx, site, token)
		return err
	})
	return g, err
}

// TestSigned_ASecretCountsForItsSiteUntilTheNextOne walks the life of a secret.
func TestSigned_ASecretCountsForItsSiteUntilTheNextOne(t *testing.T) {
	t.Parallel()
	d, boss := signing(t)
	expect := func(what string, site chat.SiteID, token, says string) {
		t.Helper()
		got, err := signedNow(t, d, site, token)
		switch {
		case says == "" && (got != "g_sales" || err != nil):
			t.Errorf("%s: %q, %v; want g_sales", what, got, err)
		case says != "" && (got != "" || !chat.IsKind(err, chat.Invalid) || !strings.Contains(err.Error(), says)):
			t.Errorf("%s: %q, %v; want an invalid with %q", what, got, err, says)
		}
	}
	secretOf := func(former bool, make func(context.Context, chat.Agent, chat.SiteID) (SiteSecret, error), site chat.SiteID) string {
		t.Helper()
		s, err := make(t.Context(), boss, site)
		if err != nil || len(s.Secret) != 43 || s.Former != former {
			t.Fatalf("%+v, %v; want 32 bytes in base64url, with one before: %v", s, err, former)
		}
		return s.Secret
	}
	if got, err := signedNow(t, d, "s_shop", ""); got != "" || err != nil {
		t.Errorf("no token: %q, %v", got, err)
	}
	expect("before there is a secret", "s_shop", sign("", until(time.Hour)), "no secret yet")
	shop, blog := secretOf(false, d.SiteSecret, "s_shop"), secretOf(false, d.SiteSecret, "s_blog")
	if shop == blog || shop != secretOf(false, d.SiteSecret, "s_shop") {
		t.Error("a secret is not its site's own, or another one each time")
	}
	expect("its own", "s_shop", sign(shop, until(time.Hour)), "")
	expect("of another site", "s_shop", sign(blog, until(time.Hour)), "secret of this site")
	expect("of no site", "s_none", sign(shop, until(time.Hour)), "no secret yet")
	expect("a group that is not there", "s_shop", sign(shop, strings.Replace(until(time.Hour), "sales", "gone", 1)), `"g_gone"`)
	renewed := secretOf(true, d.NewSiteSecret, "s_shop")
	if renewed == shop || renewed != secretOf(true, d.SiteSecret, "s_shop") {
		t.Error("the new secret is the one before, or is not kept")
	}
	expect("the one before, beside the new one", "s_shop", sign(shop, until(time.Hour)), "")
	expect("the new one", "s_shop", sign(renewed, until(time.Hour)), "")
	secretOf(false, d.EndFormerSecret, "s_shop")
	expect("the one before, ended", "s_shop", sign(shop, until(time.Hour)), "secret of this site")
	third := secretOf(true, d.NewSiteSecret, "s_shop")
	fourth := secretOf(true, d.NewSiteSecret, "s_shop")
	expect("one before the one before", "s_shop", sign(renewed, until(time.Hour)), "secret of this site")
	expect("the third, before the fourth", "s_shop", sign(third, until(time.Hour)), "")
	expect("the fourth", "s_shop", sign(fourth, until(time.Hour)), "")
	expect("the other site's", "s_blog", sign(blog, until(time.Hour)), "")
}

func TestSigned_SecretsAreForManagersOfSitesThatAreThere(t *testing.T) {
	t.Parallel()
	d, boss := signing(t)
	ann := chat.Agent{ID: "a_ann", Name: "Ann", Email: "ann@team.example", Role: chat.Supervisor, Status: chat.Accepting}
	if err := d.store.Write(t.Context(), func(tx *store.Tx) error { return tx.SaveAgent(ann) }); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		by   chat.Agent
		site chat.SiteID
		want chat.ErrorKind
	}{"a supervisor": {ann, "s_shop", chat.Denied}, "no site": {boss, "s_none", chat.Missing}} {
		for verb, ask := range map[string]func(context.Context, chat.Agent, chat.SiteID) (SiteSecret, error){
			"shown": d.SiteSecret, "made": d.NewSiteSecret, "ended": d.EndFormerSecret,
		} {
			if got, err := ask(t.Context(), c.by, c.site); got.Secret != "" || !chat.IsKind(err, c.want) {
				t.Errorf("%s, %s: %+v, %v; want %s", name, verb, got, err, c.want)
			}
		}
	}
}

// FuzzSigned knows no secret, so whatever it finds must be refused; and what it
// finds as claims, signed, may hold within a day alone.
func FuzzSigned(f *testing.F) {
	f.Add(sign(otherSecret, until(time.Hour)), until(time.Hour))
	f.Add(part(`{"alg":"none"}`)+"."+part(until(time.Hour))+".", `{"group":"g","exp":1e19}`)
	f.Add("..", `{"group":"","exp":null}`)
	f.Fuzz(func(t *testing.T, token, claims string) {
		if got, err := verifySigned([]string{ourSecret}, token, noon); got != "" || !chat.IsKind(err, chat.Invalid) {
			t.Fatalf("%q names %q, %v", token, got, err)
		}
		token = sign(ourSecret, claims)
		got, err := verifySigned([]string{ourSecret}, token, noon)
		if (got == "") == (err == nil) || (err != nil && !chat.IsKind(err, chat.Invalid)) {
			t.Fatalf("%q names %q, %v", claims, got, err)
		}
		for _, at := range []time.Time{noon.Add(-49 * time.Hour), noon.Add(49 * time.Hour)} {
			if _, late := verifySigned([]string{ourSecret}, token, at); err == nil && late == nil {
				t.Fatalf("%q holds at %v, too", claims, at)
			}
		}
	})
}
