package storetest

import (
	"errors"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func replySuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"saved replies are as they were saved": repliesAreKept,
		"uses of replies are counted":          usesAreCounted,
	}
}

func repliesAreKept(t *testing.T, w *World) {
	lines := someLines()
	own := chat.SavedReply{ID: "y_1", Scope: chat.ScopeOwn, By: "a_ann", Name: "hi", Text: "Hello", Language: "en", Created: 1, Changed: 2, ChangedBy: "a_ann", Version: 1,
		Files: []chat.FileRef{{ID: "f_1", Name: "a.png", Type: "image/png", Size: 7, Width: 1, Height: 2}}}
	bobs := chat.SavedReply{ID: "y_2", Scope: chat.ScopeOwn, By: "a_bob", Name: "hi", Text: "Hey", Created: 1, Changed: 1, ChangedBy: "a_bob", Version: 1}
	group := chat.SavedReply{ID: "y_3", Scope: chat.ScopeGroup, Group: "g_1", By: "a_ann", Name: "vat", Text: "See", Draft: true, Created: 1, Changed: 1, ChangedBy: "a_ann", Version: 1,
		Origin: &chat.ReplyOrigin{Kind: chat.FromFeedback, ID: "b_1", Lines: &lines}}
	other := chat.SavedReply{ID: "y_4", Scope: chat.ScopeGroup, Group: "g_2", By: "a_bob", Name: "vat", Text: "No", Created: 1, Changed: 1, ChangedBy: "a_bob", Version: 1}
	team := chat.SavedReply{ID: "y_5", Scope: chat.ScopeTeam, By: "a_bob", Name: "bye", Text: "Bye", Created: 1, Changed: 1, ChangedBy: "a_bob", Version: 1}
	w.Write(func(tx *store.Tx) error {
		for _, r := range []chat.SavedReply{own, bobs, group, other, team} {
			if err := tx.PutSavedReply(r); err != nil {
				return err
			}
		}
		return nil
	})
	w.Read(func(tx *store.Tx) error {
		same(t, "one", own)(tx.SavedReply("y_1"))
		same(t, "Ann's", []chat.SavedReply{own, group, other, team})(tx.SavedReplies("a_ann"))
		same(t, "beside her own", []chat.SavedReply{own})(tx.RepliesBeside(own))
		same(t, "beside the group's", []chat.SavedReply{group})(tx.RepliesBeside(group))
		same(t, "made of feedback", []chat.SavedReply{group})(tx.RepliesFrom("b_1"))
		same(t, "made of nothing", []chat.SavedReply{})(tx.RepliesFrom(""))
		if _, err := tx.SavedReply("y_none"); !chat.IsKind(err, chat.Missing) {
			t.Errorf("none: %v", err)
		}
		return nil
	})
	published := group
	published.Draft, published.Name, published.Changed, published.ChangedBy, published.Version = false, "VAT", 9, "a_bob", 2
	w.Write(func(tx *store.Tx) error {
		return errors.Join(tx.PutSavedReply(published), tx.DeleteSavedReply("y_2"), tx.InheritReplies("g_2", "g_1"))
	})
	other.Group = "g_1"
	w.Read(func(tx *store.Tx) error {
		same(t, "published, and inherited", []chat.SavedReply{published, other})(tx.RepliesBeside(published))
		same(t, "Bob's", []chat.SavedReply{published, other, team})(tx.SavedReplies("a_bob"))
		return nil
	})
}

func usesAreCounted(t *testing.T, w *World) {
	const week = 7 * 24 * 3600 * 1_000_000
	use := func(reply chat.SavedReplyID, by chat.AgentID, seq, at int64, edited bool) store.ReplyUse {
		return store.ReplyUse{Reply: reply, Conversation: "c_1", Seq: seq, Agent: by, Edited: edited, At: at}
	}
	old, one, two, three := use("y_1", "a_eve", 1, 90*week, false), use("y_1", "a_ann", 2, 100*week, true), use("y_1", "a_ann", 3, 100*week+5, false), use("y_1", "a_bob", 4, 101*week, true)
	other := use("y_2", "a_bob", 4, 101*week, false)
	w.Write(func(tx *store.Tx) error {
		for _, u := range []store.ReplyUse{old, one, two, three, other} {
			if err := tx.UseReply(u); err != nil {
				return err
			}
		}
		return nil
	})
	w.Read(func(tx *store.Tx) error {
		same(t, "weeks", map[chat.SavedReplyID][]chat.ReplyWeek{
			"y_1": {{Week: 100, Own: 2, All: 2}, {Week: 101, All: 1}}, "y_2": {{Week: 101, All: 1}}})(tx.ReplyWeeks("a_ann", 95))
		same(t, "figures", map[chat.SavedReplyID]store.ReplyFigures{
			"y_1": {Sent: 3, Edited: 2, People: 2, Last: three.At}, "y_2": {Sent: 1, People: 1, Last: other.At}})(tx.ReplyFigures(100))
		same(t, "figures of nothing lately", map[chat.SavedReplyID]store.ReplyFigures{
			"y_1": {Last: three.At}, "y_2": {Last: other.At}})(tx.ReplyFigures(102))
		same(t, "uses", []store.ReplyUse{three, two})(tx.ReplyUses("y_1", 100*week+1, 10))
		same(t, "the newest use", []store.ReplyUse{three})(tx.ReplyUses("y_1", 0, 1))
		return nil
	})
	w.Write(func(tx *store.Tx) error { return tx.DeleteSavedReply("y_1") })
	w.Read(func(tx *store.Tx) error {
		same(t, "uses of a deleted one", []store.ReplyUse{})(tx.ReplyUses("y_1", 0, 10))
		same(t, "figures without it", map[chat.SavedReplyID]store.ReplyFigures{"y_2": {Sent: 1, People: 1, Last: other.At}})(tx.ReplyFigures(0))
		return nil
	})
}
