package notifytest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"earshot/internal/notify"
)

// Service is a push service on loopback. It refuses what a real one would, and hands
// on what it has decrypted for its browsers.
type Service struct {
	URL    string
	Pushed chan Pushed // has room for a thousand

	mu       sync.Mutex // guards the rest
	browsers map[string]Browser
	answers  map[string]int
	after    string
	wrong    []string
}

// Pushed is one push that arrived, and was for a browser of the service.
type Pushed struct {
	Device  string
	Body    []byte
	TTL     int
	Urgency string
	Topic   string
	Key     string // the sender's public key
	Size    int    // of what went over the line
}

// NewService starts one, which ends with the test and fails it where a sender did
// something that a real service refuses.
func NewService(t testing.TB) *Service {
	t.Helper()
	s := &Service{Pushed: make(chan Pushed, 1000), browsers: map[string]Browser{}, answers: map[string]int{}}
	server := httptest.NewServer(s)
	s.URL = server.URL
	t.Cleanup(func() {
		server.Close()
		for _, w := range s.Wrong() {
			t.Error("push service: " + w)
		}
	})
	return s
}

// Host is its name with port, as an operator would allow it.
func (s *Service) Host() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// Subscribe gives a device a browser, and returns its subscription.
func (s *Service) Subscribe(t testing.TB, device string) notify.Subscription {
	t.Helper()
	b := NewBrowser(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.browsers[device] = b
	return b.Subscription(s.URL + "/push/" + url.PathEscape(device))
}

// Answer makes the service answer pushes for a device with a status, 0 as it should,
// and with a Retry-After, if any.
func (s *Service) Answer(device string, status int, after string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[device], s.after = status, after
}

// Wrong is what senders did wrong.
func (s *Service) Wrong() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wrong
}

func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	device := r.URL.Path[min(len("/push/"), len(r.URL.Path)):]
	s.mu.Lock()
	defer s.mu.Unlock()
	b, known := s.browsers[device]
	switch status := s.answers[device]; {
	case status != 0:
		if s.after != "" {
			w.Header().Set("Retry-After", s.after)
		}
		w.WriteHeader(status)
		return
	case !known:
		w.WriteHeader(http.StatusGone)
		return
	}
	p, err := s.take(b, r)
	if err != nil {
		s.wrong = append(s.wrong, err.Error())
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.Device = device
	s.Pushed <- p
	w.WriteHeader(http.StatusCreated)
}

func (s *Service) take(b Browser, r *http.Request) (p Pushed, err error) {
	if r.Method != http.MethodPost || r.Header.Get("Content-Encoding") != "aes128gcm" {
		return p, fmt.Errorf("%s with %q instead of POST with aes128gcm", r.Method, r.Header.Get("Content-Encoding"))
	}
	if _, p.Key, err = CheckVAPID(r.Header.Get("Authorization"), s.URL, time.Now()); err != nil {
		return p, err
	}
	if p.TTL, err = strconv.Atoi(r.Header.Get("TTL")); err != nil || p.TTL < 0 {
		return p, fmt.Errorf("TTL is %q", r.Header.Get("TTL"))
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 4096))
	if err != nil {
		return p, fmt.Errorf("more than 4,096 bytes: %v", err)
	}
	p.Urgency, p.Topic, p.Size = r.Header.Get("Urgency"), r.Header.Get("Topic"), len(body)
	p.Body, err = b.Open(body)
	return p, err
}
