package chat_test

import (
	"testing"

	"earshot/internal/chat"
)

// What a transfer took does not count, once, and only what was since the moment
// that the time runs from.
func TestRest_IsWhatWasTakenSince(t *testing.T) {
	t.Parallel()
	var none *chat.Rest
	if got := none.Due(100, 190, 20); got != 190 {
		t.Errorf("without a transfer it is due at %d", got)
	}
	first := none.Resting(100, 140, 165)
	if got := first.Due(100, 190, 20); got != 215 {
		t.Errorf("after 25 of rest it is due at %d, want 215", got)
	}
	second := first.Resting(100, 210, 240)
	if got := second.Due(100, 190, 20); got != 260 {
		t.Errorf("5 were left, so that 20 are due: %d, want 260", got)
	}
	if got := second.Due(250, 340, 20); got != 340 {
		t.Errorf("a rest before the time began counts: %d, want 340", got)
	}
	if got := second.Resting(250, 200, 260); got.For != 10 {
		t.Errorf("a rest that began before counts whole, or one of before as well: %d, want 10", got.For)
	}
}
