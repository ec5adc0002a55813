package e2e

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"earshot/client"
	"earshot/internal/chat"
	"earshot/internal/store"
)

// mayReturn lets the first agent sign in by the owner's password, as often as he likes.
func (s *seeded) mayReturn(t *testing.T) {
	t.Helper()
	s.disconnectAll()
	if err := s.stop(t); err != nil {
		t.Fatal(err)
	}
	var hash string
	s.query(t, "SELECT password FROM agents WHERE email = '"+ownerEmail+"'", func(rows *sql.Rows) error { return rows.Scan(&hash) })
	st := s.open(t)
	if err := st.Write(t.Context(), func(tx *store.Tx) error { return tx.SetPassword(s.mates[0].id, hash) }); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	s.server = start(t, s.dir, s.addr)
	s.connectAll(t)
}

// leadsTwo lets somebody lead two chats, which he leaves when he signs out where he is
// now. By back he comes again where he has no sign-in any more.
func (h *happening) leadsTwo(told chat.Kind) {
	second, _ := h.begun(h.lead, "the second")
	h.others = map[string]chat.Kind{second: told}
	h.leaving = h.lead.Agent
	h.back = func() {
		h.t.Helper()
		_, err := h.lead.Inbox(h.t.Context(), "my")
		if !signedOut(err) {
			h.must(client.Done{}, err)
			return
		}
		h.lead.disconnect()
		h.lead.away.Wait()
		h.lead.Agent, err = client.New(h.url, client.WithoutRetries()).SignIn(h.t.Context(), h.lead.Me.Email, ownerPassword)
		h.must(client.Done{}, err)
		h.must(client.Done{}, h.lead.connect(h.t.Context()))
	}
}

func signedOut(err error) bool {
	var refused *client.Error
	return errors.As(err, &refused) && refused.Status == http.StatusUnauthorized
}

// signsOut is a sign-out, which carries no key: it is known by its session, which it
// ends. Where that is over a repetition is told so, and nothing is done.
func signsOut(leave func(h *happening, ctx context.Context) error) func(*happening, context.Context, string) (client.Done, error) {
	return func(h *happening, ctx context.Context, _ string) (client.Done, error) {
		err := leave(h, ctx)
		if signedOut(err) {
			return client.Done{Again: true}, nil
		}
		return client.Done{}, err
	}
}

func toColleague(h *happening, ctx context.Context) error {
	return h.leaving.SignOutTo(ctx, string(h.mate.id))
}

func toGroups(h *happening, ctx context.Context) error { return h.leaving.SignOut(ctx, "group") }

// TestCrash_SigningOutIsAllOrNothing kills the real binary while somebody signs out who
// leads chats. After the restart he is gone and all of them went where he said, or he
// is signed in and has them all; and to sign out again does what is left to do, once.
func TestCrash_SigningOutIsAllOrNothing(t *testing.T) { // not parallel: strace slows everything else down
	needStrace(t)
	s := inThree(t)
	s.mayReturn(t)
	// A connection that the stop has cut holds for a while, and the sign-in by link had one.
	h := &happening{seeded: s, t: t, lead: s.mates[0]}
	h.leadsTwo(chat.KindRequeued)
	h.must(client.Done{}, h.leaving.SignOut(t.Context(), "group"))
	h.back()
	sum := killAtEach(t, &s, []step{
		{"out, to a colleague", func(h *happening) { h.leadsTwo(chat.KindAssign) }, signsOut(toColleague), chat.KindAssign, chat.KindHanded},
		{"out, to the groups", func(h *happening) { h.leadsTwo(chat.KindRequeued) }, signsOut(toGroups), chat.KindRequeued, chat.KindHanded},
	})
	fmt.Printf("signing out: %+v\n", sum)
}
