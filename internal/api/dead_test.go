package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/store"
)

const canaryFault = "canary-fault-7748"

// givenUp gives up two tests of an agent's devices, with errors that say more than
// anybody ought to read, and returns their names.
func (h *house) givenUp(a chat.Agent) (ids []string) {
	h.Write(func(tx *store.Tx) error {
		for _, key := range []string{"one", "two"} {
			err := tx.Enqueue(store.Job{Kind: desk.JobCheck, Key: key, Due: 1, Body: []byte(fmt.Sprintf(`{"agent":%q}`, a.ID))})
			if err != nil {
				return err
			}
		}
		all, err := tx.ClaimJobs(1, 2, 2)
		for _, j := range all {
			ids = append(ids, strconv.FormatInt(j.ID, 10))
			err = errors.Join(err, tx.BuryJob(j.ID, canaryFault, 2))
		}
		return err
	})
	return ids
}

// The list says for whom something was, and never what it failed on.
func TestDead_TheListSaysNothingOfWhatItFailedOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ids := h.givenUp(h.Owner)
	resp, raw := h.send(h.request(http.MethodGet, "/v1/admin/alerts/dead", nil, who{cookie: h.SignedIn.Secret}))
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(raw), ids[0]) || !strings.Contains(string(raw), ids[1]) || strings.Contains(string(raw), canaryFault) {
		t.Errorf("%d: %s", resp.StatusCode, raw)
	}
}
