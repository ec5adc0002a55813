package notify_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"earshot/internal/notify"
)

func TestTargets_NameWhatMayBeCalled(t *testing.T) {
	t.Parallel()
	targets, err := notify.ParseTargets(append(notify.PushServices(), "10.0.0.7:8080", "localhost:9000"))
	if err != nil {
		t.Fatal(err)
	}
	for address, may := range map[string]bool{
		"https://fcm.googleapis.com/fcm/send/x":                      true,
		"https://FCM.googleapis.com:443/fcm/send/x":                  true,
		"https://updates.push.services.mozilla.com/wpush/v2/x":       true,
		"https://web.push.apple.com/x":                               true,
		"https://wns2-par02p.notify.windows.com/w/?token=x":          true,
		"http://10.0.0.7:8080/x":                                     true,
		"http://localhost:9000/x":                                    true,
		"http://fcm.googleapis.com/x":                                false,
		"https://fcm.googleapis.com:8443/x":                          false,
		"https://fcm.googleapis.com.evil.example/x":                  false,
		"https://evilpush.apple.com/x":                               false,
		"https://push.services.mozilla.com/x":                        false,
		"https://a:b@fcm.googleapis.com/x":                           false,
		"https://127.0.0.1/x":                                        false,
		"https://[::1]/x":                                            false,
		"http://10.0.0.7/x":                                          false,
		"http://10.0.0.7:8081/x":                                     false,
		"ftp://10.0.0.7:8080/x":                                      false,
		"file:///etc/passwd":                                         false,
		"gopher://fcm.googleapis.com/":                               false,
		"https:fcm.googleapis.com":                                   false,
		"//fcm.googleapis.com/x":                                     false,
		"":                                                           false,
		"https://fcm.googleapis.com%2f@evil.example/x":               false,
		"https://evil.example\\@fcm.googleapis.com/x":                false,
		"https://evil.example#@fcm.googleapis.com/x":                 false,
		"https://fcm.googleapis.com\r\nHost: evil.example/x":         false,
		"https://xn--fcm.googleapis.com/x":                           false,
		"https://updates.push.services.mozilla.com.:443/wpush/v2/xx": true,
	} {
		if err := targets.Check(address); (err == nil) != may {
			t.Errorf("%q: %v, want allowed: %v", address, err, may)
		} else if err != nil && !errors.Is(err, notify.ErrForbidden) {
			t.Errorf("%q: %v is not ErrForbidden", address, err)
		}
	}
}

func TestTargets_RefuseWhatNamesNoHost(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "*.", "https://push.example.net", "a.*.example", "push example", ".example", "*.example.net:443", "me@example.net"} {
		if got, err := notify.ParseTargets([]string{bad}); err == nil || !strings.Contains(err.Error(), "host") {
			t.Errorf("%q is read as %+v, %v", bad, got, err)
		}
	}
}

// TestClient_AsksPublicAddressesAlone lets every name be called: what keeps requests
// inside out is then the address that a name resolves to.
func TestClient_AsksPublicAddressesAlone(t *testing.T) {
	t.Parallel()
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") }))
	defer inside.Close()
	c := notify.Targets{Services: []string{"*"}}.Client()
	for _, address := range []string{
		"https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://0.0.0.0/", "https://[::ffff:127.0.0.1]/",
		"https://10.1.2.3/", "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/", "https://100.64.0.1/",
		"https://[fd00::1]/", "https://[fe80::1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[::127.0.0.1]/",
		"https://224.0.0.1/", "https://255.255.255.255/", "https://198.18.0.1/", "https://192.0.0.8/", "https://2130706433/",
	} {
		res, err := c.Get(address)
		if err == nil {
			_ = res.Body.Close()
		}
		if !errors.Is(err, notify.ErrForbidden) && !strings.Contains(err.Error(), "no such host") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestClient_FollowsNobodyElsewhere(t *testing.T) {
	t.Parallel()
	secret := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed") }))
	defer secret.Close()
	open := httptest.NewServer(http.RedirectHandler(secret.URL, http.StatusTemporaryRedirect))
	defer open.Close()
	c := notify.Targets{Own: []string{strings.TrimPrefix(open.URL, "http://")}}.Client()
	res, err := c.Get(open.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("%d, %v", res.StatusCode, err)
	}
}
