package api

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// then is how docs/protocol.md writes a rate.
func then(r rate.Limit) string {
	for _, unit := range []struct {
		name string
		in   rate.Limit
	}{{"a second", 1}, {"a minute", 60}} {
		if n := r * unit.in; n > 0.99 {
			return fmt.Sprintf("%.0f %s", float64(n), unit.name)
		}
	}
	return fmt.Sprintf("%.0f an hour", float64(r*3600))
}

func TestLimits_AreWrittenDown(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(raw), "\n## Limits of requests\n")
	section, _, _ := strings.Cut(after, "\n## ")
	if !found {
		t.Fatal("docs/protocol.md has no limits of requests")
	}
	for what, want := range map[string]string{
		"| messages | a visitor |":                                             row(messageBurst, messageRate),
		"| first messages of new visitors | an address |":                      row(newcomers().AtOnce, rate.Every(newcomers().Every)),
		"| page views | an address |":                                          row(visitBurst, visitRate),
		"| files | a visitor or agent, and for visitors an address |":          row(uploads().AtOnce, rate.Every(uploads().Every)),
		"| acts | an agent |":                                                  row(actBurst, actRate),
		"| tries of passwords, one-time links and identities | an address |":   row(lookBurst, lookRate),
		"| new lines | a core of the server |":                                 row(acceptPerCore, acceptPerCore),
		"| bytes of a JSON body |":                                             fmt.Sprintf(" %d,%03d |", maxBody/1000, maxBody%1000),
		"| minutes that a link to a file holds |":                              fmt.Sprintf(" %.0f |", linkTime.Minutes()),
		"| seconds until the first frame of a line |":                          fmt.Sprintf(" %.0f |", authTime.Seconds()),
		"| seconds without a sign of life after which a WebSocket is closed |": fmt.Sprintf(" %d |", quietTime/time.Second),
	} {
		if !strings.Contains(section, "\n"+what+want+"\n") {
			t.Errorf("docs/protocol.md lacks %q", what+want)
		}
	}
}

func row(burst int, r rate.Limit) string { return fmt.Sprintf(" %d | %s |", burst, then(r)) }

// What is granted by all nodes together is the limit, also when one comes or goes.
func TestLimits_NodesShareWhatTheyGrant(t *testing.T) {
	t.Parallel()
	alive := 3
	granted := func(l *limiter) (n int) {
		for range 100 {
			if l.take("a visitor") == nil {
				n++
			}
		}
		return n
	}
	const perDay = rate.Limit(1.0 / 86_400) // nothing comes back while the test runs
	sum := 0
	for range 3 {
		sum += granted(newLimiter(20, perDay, func() int { return alive }))
	}
	if sum > 20 || sum < 18 {
		t.Errorf("three nodes granted %d of 20", sum)
	}
	l := newLimiter(20, perDay, func() int { return alive })
	if got := granted(l); got != 6 {
		t.Errorf("one of three granted %d of 20, want 6", got)
	}
	alive = 1
	if l.take("a visitor") == nil {
		t.Error("when the others went it granted at once what they had")
	}
	if got := granted(newLimiter(20, perDay, func() int { return alive })); got != 20 {
		t.Errorf("the only node granted %d of 20", got)
	}
	alive = 50
	if got := granted(newLimiter(20, perDay, func() int { return alive })); got != 1 {
		t.Errorf("one of fifty granted %d, want 1", got)
	}
}
