package desk_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

func from(address string) desk.Device { return desk.Device{UserAgent: "Firefox", Address: address} }

// tries signs in with a wrong password n times and counts what was let through.
func tries(t *testing.T, w *desktest.World, email, address string, n int) (through int) {
	t.Helper()
	for range n {
		_, err := w.Desk.SignIn(t.Context(), email, "wrong wrong wrong", from(address))
		switch {
		case chat.IsKind(err, chat.Denied):
			through++
		case !chat.IsKind(err, chat.Limited):
			t.Fatalf("a wrong password: %v", err)
		}
	}
	return through
}

func TestSignIn_RightPasswordOpensASession(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	in, err := w.Desk.SignIn(t.Context(), " Owner@Team.Example ", desktest.Password, from("192.0.2.9"))
	if err != nil || in.Agent.ID != w.Owner.ID {
		t.Fatalf("sign-in: %+v, %v", in.Agent, err)
	}
	if _, _, err := w.Desk.Authenticate(t.Context(), in.Secret); err != nil {
		t.Error(err)
	}
}

func TestSignIn_WrongOnesAnswerAlike(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	invited := invite(t, w, chat.Member, "rain on a tin roof")
	off := true
	must[chat.Agent](t)(w.Desk.ChangeAgent(t.Context(), w.Owner, invited.Agent.ID, desk.AgentChange{Disabled: &off}))
	noPassword := w.Agent("Nopass", chat.Member)
	var want string
	for what, c := range map[string]struct{ email, password string }{
		"wrong password":      {desktest.Email, "wrong wrong wrong"},
		"unknown account":     {"nobody@team.example", desktest.Password},
		"disabled, right":     {invited.Agent.Email, "rain on a tin roof"},
		"disabled, wrong":     {invited.Agent.Email, "wrong wrong wrong"},
		"no password set":     {noPassword.Email, ""},
		"no address":          {"", ""},
		"a very long one":     {desktest.Email, string(make([]byte, 100_000))},
		"address with quotes": {"' OR 1=1 --", "x"},
	} {
		_, err := w.Desk.SignIn(t.Context(), c.email, c.password, from(fmt.Sprintf("198.51.100.%d", len(what))))
		wantKind(t, what, err, chat.Denied)
		if want == "" {
			want = err.Error()
		}
		if err.Error() != want {
			t.Errorf("%s answers %q, others %q", what, err, want)
		}
	}
}

func TestSignIn_FiveFastTriesThenTheTimeToWait(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	for _, email := range []string{desktest.Email, "nobody@team.example"} {
		if got := tries(t, w, email, "198.51.100.1", 8); got != 5 {
			t.Errorf("%s: %d of 8 tries were let through, want 5", email, got)
		}
	}
	_, err := w.Desk.SignIn(t.Context(), desktest.Email, desktest.Password, from("198.51.100.1"))
	wait, ok := detail[desk.Wait](err)
	if !ok || wait.Seconds != 30 {
		t.Fatalf("the limited answer is %v with %+v, want 30 s", err, wait)
	}
	w.Clock.Advance(time.Duration(wait.Seconds) * time.Second)
	if _, err := w.Desk.SignIn(t.Context(), desktest.Email, desktest.Password, from("198.51.100.1")); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if got := tries(t, w, desktest.Email, "198.51.100.1", 8); got != 5 {
		t.Errorf("success gave back %d tries, want 5", got)
	}
}

func TestSignIn_AHundredAtOnceAreFiveGuesses(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	through := 0
	for range 100 {
		wg.Go(func() {
			_, err := w.Desk.SignIn(t.Context(), desktest.Email, "wrong wrong wrong", from("198.51.100.1"))
			mu.Lock()
			defer mu.Unlock()
			if chat.IsKind(err, chat.Denied) {
				through++
			}
		})
	}
	wg.Wait()
	if through != 5 {
		t.Errorf("%d guesses were compared, want 5", through)
	}
}

// The owner signed in from 192.0.2.1 at the first start.
func TestSignIn_StrangersCannotLockTheOwnerOut(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	through := 0
	for i := range 10 {
		through += tries(t, w, desktest.Email, fmt.Sprintf("198.51.100.%d", i), 5)
	}
	if through != 30 {
		t.Errorf("ten strangers were let through %d times in an hour, want 30", through)
	}
	_, err := w.Desk.SignIn(t.Context(), desktest.Email, desktest.Password, from("203.0.113.5"))
	wantKind(t, "an address never seen before, under attack", err, chat.Limited)
	if _, err := w.Desk.SignIn(t.Context(), desktest.Email, desktest.Password, from("192.0.2.1")); err != nil {
		t.Errorf("the owner's own address, under attack: %v", err)
	}
}

func TestSignIn_OneAddressHasAHundredAnHourAndAnOfficeIsNotLockedOut(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	through := 0
	for i := range 30 {
		through += tries(t, w, fmt.Sprintf("guess%d@team.example", i), "198.51.100.1", 4)
	}
	if through != 100 {
		t.Errorf("one address was let through %d times, want 100", through)
	}
	for i := range 120 {
		w.Clock.Advance(time.Second)
		if _, err := w.Desk.SignIn(t.Context(), desktest.Email, desktest.Password, from("192.0.2.1")); err != nil {
			t.Fatalf("sign-in %d of an office: %v", i+1, err)
		}
	}
}

func TestSignIn_AClockThatGoesBackLocksNobodyOut(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	tries(t, w, desktest.Email, "198.51.100.1", 6)
	w.Clock.Advance(-24 * time.Hour)
	if _, err := w.Desk.SignIn(t.Context(), desktest.Email, desktest.Password, from("198.51.100.1")); err != nil {
		t.Errorf("after a clock was set back: %v", err)
	}
}

// Five guesses are five at all nodes together, and after a restart.
func TestSignIn_NodesCountTogetherAndARestartForgetsNothing(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, w *desktest.World) {
		nodes := []*desk.Desk{w.Desk, w.Node("n2"), w.Node("n3")}
		var through atomic.Int64
		var all sync.WaitGroup
		for i := range 24 {
			all.Go(func() {
				_, err := nodes[i%len(nodes)].SignIn(t.Context(), desktest.Email, "wrong wrong wrong", from("198.51.100.1"))
				if chat.IsKind(err, chat.Denied) {
					through.Add(1)
				} else if !chat.IsKind(err, chat.Limited) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if through.Load() != 5 {
			t.Errorf("%d guesses were compared at three nodes, want 5", through.Load())
		}
		_, err := w.Restart().SignIn(t.Context(), desktest.Email, desktest.Password, from("198.51.100.1"))
		if wait, ok := detail[desk.Wait](err); !ok || wait.Seconds != 30 {
			t.Errorf("after a restart: %v with %+v, want 30 s as before", err, wait)
		}
		w.Clock.Advance(30 * time.Second)
		must[desk.SignedIn](t)(nodes[2].SignIn(t.Context(), desktest.Email, desktest.Password, from("198.51.100.1")))
	})
}

func TestSignInTicket_WorksOnceAndForAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ada := w.Agent("Ada", chat.Member)
	token := must[string](t)(w.Desk.SignInTicket(t.Context(), "ADA@team.example"))
	in, err := w.Desk.SignInByTicket(t.Context(), token, from("192.0.2.3"))
	if err != nil || in.Agent.ID != ada.ID {
		t.Fatalf("by ticket: %+v, %v", in.Agent, err)
	}
	_, err = w.Desk.SignInByTicket(t.Context(), token, from("192.0.2.3"))
	wantKind(t, "the ticket again", err, chat.Gone)
	late := must[string](t)(w.Desk.SignInTicket(t.Context(), ada.Email))
	w.Clock.Advance(16 * time.Minute)
	_, err = w.Desk.SignInByTicket(t.Context(), late, from("192.0.2.3"))
	wantKind(t, "a late ticket", err, chat.Gone)
	_, err = w.Desk.SignInTicket(t.Context(), "nobody@team.example")
	wantKind(t, "a ticket for nobody", err, chat.Missing)
	_, token, err = w.Desk.Invite(t.Context(), w.Owner, desk.Invitation{Email: "new@team.example", Role: chat.Member})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Desk.SignInByTicket(t.Context(), token, from("192.0.2.3"))
	wantKind(t, "an invitation as a sign-in link", err, chat.Gone)
}
