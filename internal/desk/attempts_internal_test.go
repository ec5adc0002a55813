package desk

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func TestAttempts_LimitsAreWrittenDown(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("| wrong passwords of one account from one address | an account | %d | %d a minute |\n", pairBurst, time.Minute/pairEvery),
		fmt.Sprintf("from that address | %d | %d an hour |\n", accountHour, accountHour),
		fmt.Sprintf("| wrong passwords of all accounts from one address | an address | %d | %d an hour |\n", addressHour, addressHour),
	} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("docs/protocol.md lacks %q", want)
		}
	}
}
