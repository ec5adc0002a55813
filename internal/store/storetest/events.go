package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func eventSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"a visitor's span is counted in vseq":             visitorSpans,
		"spans end at both sides":                         spans,
		"replies of colleagues after a seq":               repliesAfter,
		"a replaced body is everywhere":                   replacedBody,
		"what is taken back in its own batch is not sent": replacedInItsBatch,
	}
}

// mixed fills a Conversation with visible and team events and returns it.
func mixed(w *World) chat.Visitor {
	v, ann := w.Visitor("Vera"), Agent("ann", chat.Member)
	w.Start(v.Conversation, system, openGroup, ann.ID)
	for i := range 30 {
		w.Say(v.Conversation, v.Actor(), chat.ForAll, fmt.Sprint("public ", i))
		for range i % 3 {
			w.Say(v.Conversation, ann.Actor(), chat.ForAgents, "private")
		}
	}
	return v
}

func visitorSpans(t *testing.T, w *World) {
	v := mixed(w)
	for _, tt := range []struct {
		span        store.Span
		first, last int64
	}{
		{store.Span{}, 1, 30},
		{store.Span{After: 28}, 29, 30},
		{store.Span{After: 10, Limit: 5}, 11, 15},
		{store.Span{Before: 31, Limit: 4}, 27, 30},
		{store.Span{Before: 1000, Limit: 4}, 27, 30},
		{store.Span{Before: 12, Limit: 4}, 8, 11},
		{store.Span{Before: 3}, 1, 2},
		{store.Span{After: 5, Before: 8}, 6, 7},
	} {
		w.Read(func(tx *store.Tx) error {
			events, err := tx.VisitorEvents(v.Conversation, tt.span)
			want := tt.first
			for _, e := range events {
				if e.VSeq != want || e.Audience != chat.ForAll {
					t.Errorf("%+v: vseq %d of audience %s where %d is next", tt.span, e.VSeq, e.Audience, want)
				}
				want++
			}
			if want != tt.last+1 {
				t.Errorf("%+v: ends before vseq %d, want up to %d", tt.span, want, tt.last)
			}
			return err
		})
	}
}

func spans(t *testing.T, w *World) {
	v := mixed(w)
	w.Read(func(tx *store.Tx) error {
		all, err := tx.Events(v.Conversation, store.Span{})
		head := int64(len(all))
		for _, tt := range []struct {
			span        store.Span
			first, last int64
		}{
			{store.Span{Limit: 9999}, 1, head},
			{store.Span{After: head}, 1, 0},
			{store.Span{After: 3, Limit: 2}, 4, 5},
			{store.Span{Before: head + 1, Limit: 3}, head - 2, head},
			{store.Span{Before: 1}, 1, 0},
		} {
			events, err := tx.Events(v.Conversation, tt.span)
			if err != nil {
				return err
			}
			if want := all[tt.first-1 : max(tt.last, tt.first-1)]; !cmp.Equal(events, want[:len(want):len(want)]) {
				t.Errorf("%+v: %d events, want %d to %d", tt.span, len(events), tt.first, tt.last)
			}
		}
		return err
	})
}

func repliesAfter(t *testing.T, w *World) {
	v, ann, bob := w.Visitor("Vera"), Agent("ann", chat.Member), Agent("bob", chat.Member)
	w.Start(v.Conversation, system, openGroup, ann.ID)
	w.Say(v.Conversation, bob.Actor(), chat.ForAll, "too early")
	seen := w.Say(v.Conversation, v.Actor(), chat.ForAll, "question").Seq
	w.Say(v.Conversation, ann.Actor(), chat.ForAll, "my own")
	w.Say(v.Conversation, bob.Actor(), chat.ForAgents, "a note")
	w.Say(v.Conversation, v.Actor(), chat.ForAll, "more")
	want := w.Say(v.Conversation, bob.Actor(), chat.ForAll, "the answer")
	w.Read(func(tx *store.Tx) error {
		got, err := tx.RepliesAfter(v.Conversation, seen, ann.ID)
		if diff := cmp.Diff([]chat.Event{want}, got); diff != "" {
			t.Errorf("replies (-want +got):\n%s", diff)
		}
		return err
	})
}

func replacedBody(t *testing.T, w *World) {
	v, ann := w.Visitor("Vera"), Agent("ann", chat.Member)
	w.Start(v.Conversation, system, openGroup, "")
	e := w.Say(v.Conversation, v.Actor(), chat.ForAll, "the secret number")
	find := func(words string) (hits []store.Hit) {
		w.Read(func(tx *store.Tx) (err error) {
			hits, _, err = tx.Search(ann.Viewer(), store.Sought{Words: words, Limit: 10})
			return err
		})
		return hits
	}
	unread := func() (n int) {
		w.Read(func(tx *store.Tx) (err error) {
			_, n, err = tx.Unread(v.Conversation, ann.Viewer())
			return err
		})
		return n
	}
	if len(find("secret")) != 1 || unread() != 1 {
		t.Fatal("the message is not found, or not unread, before it is changed")
	}
	w.Write(func(tx *store.Tx) error {
		return tx.ReplaceBody(v.Conversation, e.Seq, chat.Said{Text: "the public word", Edited: 9})
	})
	if len(find("secret")) != 0 || len(find("public")) != 1 || unread() != 1 {
		t.Error("after an edit the former text is found, or the new one is not")
	}
	w.Write(func(tx *store.Tx) error { return tx.ReplaceBody(v.Conversation, e.Seq, chat.Said{Emptied: 10}) })
	if len(find("public")) != 0 || unread() != 0 {
		t.Error("an emptied message is found or unread")
	}
	w.Read(func(tx *store.Tx) error {
		log, err := tx.Log(0, 10)
		if last := log[len(log)-1]; string(last.Event.Body) != `{"text":"","emptied":10}` || last.Event.ID != e.ID {
			t.Errorf("the log holds %s", last.Event.Body)
		}
		return err
	})
	if err := w.S.Write(context.Background(), func(tx *store.Tx) error { return tx.ReplaceBody(v.Conversation, 1, chat.Said{Text: "x"}) }); err == nil {
		t.Error("the body of an event that is no message was replaced")
	}
}

func replacedInItsBatch(t *testing.T, w *World) {
	v := w.Visitor("Vera")
	w.Start(v.Conversation, system, openGroup, "")
	delivered(w, 1)
	w.Write(func(tx *store.Tx) error {
		added, err := w.AppendIn(tx, v.Conversation, func(chat.State) ([]chat.Event, error) {
			return []chat.Event{chat.Fact(chat.KindMessage, v.Actor(), chat.ForAll, 1, chat.Said{Text: "password123"})}, nil
		})
		if err != nil {
			return err
		}
		return tx.ReplaceBody(v.Conversation, added[0].Seq, chat.Said{Emptied: 5})
	})
	batch := delivered(w, 1)
	text, err := json.Marshal(batch)
	if err != nil || bytes.Contains(text, []byte("password123")) || len(batch) != 1 {
		t.Errorf("sent %s (%v)", text, err)
	}
}
