package storetest

import (
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"earshot/internal/chat"
	"earshot/internal/store"
)

func searchSuite() map[string]func(*testing.T, *World) {
	return map[string]func(*testing.T, *World){
		"words are found":                          wordsAreFound,
		"nothing that can be typed is an error":    nothingIsAWrongQuery,
		"names of files are found":                 fileNamesAreFound,
		"a search is narrowed":                     searchIsNarrowed,
		"a snippet marks the words around a find":  snippetMarks,
		"a common word stands for itself":          commonWordStands,
		"an emptied conversation keeps its others": emptiedKeepsOthers,
	}
}

func wordsAreFound(t *testing.T, w *World) {
	v, ann := w.Visitor("Vera"), Agent("ann", chat.Member)
	w.Start(v.Conversation, system, openGroup, "")
	for _, text := range []string{"Where is my parcel? Order 4711-B", "Große Straße, café Ángel", "東京都庁に行きたい", "배송이 안 왔어요", "ซื้อของ", "iPhone手机壳 broken", "it's O'Brien"} {
		w.Say(v.Conversation, v.Actor(), chat.ForAll, text)
	}
	for words, want := range map[string]string{
		"parcel": "Where", "PARC": "Where", "par order": "", "parcel where": "Where", "4711": "Where", "4711-b": "Where", "order-4711": "Where",
		"arcel": "", "parcel nothing": "", "strasse": "", "große": "Große", "cafe": "Große", "ANGEL": "Große",
		"東京": "東京", "京都": "東京", "行": "東京", "い": "東京", "東京都庁": "東京", "京東": "", "배송": "배송", "왔어": "배송", "ของ": "ซื้อ",
		"手机": "iPhone", "iphone": "iPhone", "iphone手机": "iPhone", "手机 brok": "iPhone", "o'brien": "it", "brien": "it",
		"p": "", "i": "",
	} {
		w.Read(func(tx *store.Tx) error {
			hits, _, err := tx.Search(ann.Viewer(), store.Sought{Words: words, Limit: 10})
			got := ""
			if len(hits) > 0 {
				said, _ := chat.Decode[chat.Said](hits[0].Event)
				got = said.Text
			}
			if len(hits) > 1 || want == "" != (got == "") || !strings.HasPrefix(got, want) {
				t.Errorf("%q finds %d, first %q; want %q", words, len(hits), got, want)
			}
			if len(hits) == 1 && (hits[0].Visitor.ID != v.ID || !strings.Contains(hits[0].Snippet, "\u0002")) {
				t.Errorf("%q: visitor %q, snippet %q", words, hits[0].Visitor.ID, hits[0].Snippet)
			}
			return err
		})
	}
}

func fileNamesAreFound(t *testing.T, w *World) {
	v, ann := w.Visitor("Vera"), Agent("ann", chat.Member)
	w.Start(v.Conversation, system, openGroup, "")
	files := []chat.FileRef{{ID: "f_1", Name: "Lageplan_2026.pdf"}, {ID: "f_2", Name: "foto.png"}}
	e := w.Fact(v.Conversation, chat.KindMessage, v.Actor(), chat.ForAll, chat.Said{Text: "as promised", Files: files})
	bare := w.Fact(v.Conversation, chat.KindMessage, v.Actor(), chat.ForAll, chat.Said{Files: files[1:]})
	find := func(words string, want ...chat.EventID) {
		t.Helper()
		if diff := gocmp.Diff(want, w.found(ann, store.Sought{Words: words, Limit: 10})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", words, diff)
		}
	}
	find("lageplan", e.ID)
	find("foto promised", e.ID)
	find("foto", bare.ID, e.ID)
	w.Read(func(tx *store.Tx) error {
		hits, _, err := tx.Search(ann.Viewer(), store.Sought{Words: "lageplan", Limit: 1})
		if len(hits) != 1 || !strings.Contains(hits[0].Snippet, "\u0002Lageplan\u0003_2026.pdf") {
			t.Errorf("snippet %+v", hits)
		}
		return err
	})
	w.Write(func(tx *store.Tx) error { return tx.ReplaceBody(v.Conversation, e.Seq, chat.Said{Emptied: 1}) })
	find("lageplan")
	find("foto", bare.ID)
}

func searchIsNarrowed(t *testing.T, w *World) {
	v, ann, bob := w.Visitor("Vera"), Agent("ann", chat.Member), Agent("bob", chat.Member)
	w.Start(v.Conversation, system, openGroup, "")
	events, err := chat.MakeChannel(ann, chat.NewTalk{Name: "pay", Closed: true}, clock())
	closed := w.Talk(chat.FormChannel, events, err)
	outside := w.Say(v.Conversation, v.Actor(), chat.ForAll, "lunch?")
	first := w.Fact(closed, chat.KindMessage, ann.Actor(), chat.ForAgents, chat.Said{Text: "lunch at noon"})
	second := w.Fact(closed, chat.KindMessage, ann.Actor(), chat.ForAgents, chat.Said{Text: "lunch at one"})
	later := w.Say(v.Conversation, ann.Actor(), chat.ForAgents, "lunch is over")
	for name, c := range map[string]struct {
		who  chat.Agent
		q    store.Sought
		want []chat.EventID
	}{
		"everywhere":                  {ann, store.Sought{}, []chat.EventID{later.ID, second.ID, first.ID, outside.ID}},
		"in one talk":                 {ann, store.Sought{In: closed}, []chat.EventID{second.ID, first.ID}},
		"in one conversation":         {ann, store.Sought{In: v.Conversation}, []chat.EventID{later.ID, outside.ID}},
		"in a talk that is not his":   {bob, store.Sought{In: closed}, nil},
		"in none that there is":       {ann, store.Sought{In: "c_none"}, nil},
		"of one agent":                {ann, store.Sought{By: string(ann.ID)}, []chat.EventID{later.ID, second.ID, first.ID}},
		"of a visitor":                {ann, store.Sought{By: string(v.ID)}, []chat.EventID{outside.ID}},
		"from a time on":              {ann, store.Sought{From: second.At}, []chat.EventID{later.ID, second.ID}},
		"until a time":                {ann, store.Sought{Until: second.At}, []chat.EventID{first.ID, outside.ID}},
		"all of it at once":           {ann, store.Sought{In: closed, By: string(ann.ID), From: first.At, Until: second.At}, []chat.EventID{first.ID}},
		"on from a page, in one talk": {ann, store.Sought{In: closed, Limit: 1}, []chat.EventID{second.ID}},
	} {
		c.q.Words = "lunch"
		if c.q.Limit == 0 {
			c.q.Limit = 10
		}
		if diff := gocmp.Diff(c.want, w.found(c.who, c.q)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	w.Read(func(tx *store.Tx) error {
		_, next, err := tx.Search(ann.Viewer(), store.Sought{Words: "lunch", In: closed, Limit: 1})
		if err != nil {
			return err
		}
		hits, end, err := tx.Search(ann.Viewer(), store.Sought{Words: "lunch", In: closed, Before: next, Limit: 1})
		if len(hits) != 1 || hits[0].Event.ID != first.ID || end != 0 {
			t.Errorf("the second page: %+v, next %d", hits, end)
		}
		return err
	})
}

// found are the events that a search finds, in its order.
func (w *World) found(a chat.Agent, q store.Sought) (ids []chat.EventID) {
	w.T.Helper()
	w.Read(func(tx *store.Tx) error {
		hits, _, err := tx.Search(a.Viewer(), q)
		for _, h := range hits {
			ids = append(ids, h.Event.ID)
		}
		return err
	})
	return ids
}

func nothingIsAWrongQuery(t *testing.T, w *World) {
	v, ann := w.Visitor("Vera"), Agent("ann", chat.Member)
	w.Start(v.Conversation, system, openGroup, "")
	w.Say(v.Conversation, v.Actor(), chat.ForAll, "or and not near words")
	for _, words := range []string{``, ` `, `"`, `'`, `""`, `*`, `a*`, `(`, `)`, `-`, `^x`, `AND`, `OR`, `NOT`, `NEAR(a b)`, `words:x`, `x:`, `{a}`, `+`, `\`, "\x00", "\xff\xfe",
		`; DROP TABLE events`, strings.Repeat("word ", 500), strings.Repeat("x", 20000), "\u0301", "a\u0301", "٣", "😀", "$1", "?1", "%"} {
		w.Read(func(tx *store.Tx) error {
			if _, _, err := tx.Search(ann.Viewer(), store.Sought{Words: words, Limit: 10}); err != nil {
				t.Errorf("%.40q: %v", words, err)
			}
			return nil
		})
	}
	w.Read(func(tx *store.Tx) error {
		if n := allHits(t, tx, ann.Viewer(), "NOT words", 10); n != 1 {
			t.Errorf("an operator's name as a word finds %d, want 1", n)
		}
		return nil
	})
}

func snippetMarks(t *testing.T, w *World) {
	v, ann := w.Visitor("Vera"), Agent("ann", chat.Member)
	w.Start(v.Conversation, system, openGroup, "")
	w.Say(v.Conversation, v.Actor(), chat.ForAll, strings.Repeat("before ", 50)+"the \u0002Parcel\u0003 is lost "+strings.Repeat("after ", 50))
	w.Read(func(tx *store.Tx) error {
		hits, _, err := tx.Search(ann.Viewer(), store.Sought{Words: "parcel los", Limit: 10})
		if len(hits) != 1 {
			return fmt.Errorf("%d hits: %w", len(hits), err)
		}
		got := hits[0].Snippet
		if !strings.Contains(got, "the \u0002Parcel\u0003 is \u0002lost\u0003 after") || len(got) > 250 || strings.Count(got, "\u0002") != 2 {
			t.Errorf("snippet %q", got)
		}
		return err
	})
}

func emptiedKeepsOthers(t *testing.T, w *World) {
	v, ann := w.Visitor("Vera"), Agent("ann", chat.Member)
	w.Start(v.Conversation, system, openGroup, "")
	var events []chat.Event
	for i := range 300 {
		events = append(events, w.Say(v.Conversation, v.Actor(), chat.ForAll, fmt.Sprintf("common word%d 東京", i)))
	}
	for i := range 100 {
		w.Write(func(tx *store.Tx) error {
			return tx.ReplaceBody(v.Conversation, events[i*3].Seq, chat.Said{Emptied: 1})
		})
	}
	w.Read(func(tx *store.Tx) error {
		for words, want := range map[string]int{"common": 200, "word3": 6, "word4": 8, "東": 200} {
			if got := allHits(t, tx, ann.Viewer(), words, 50); got != want {
				t.Errorf("%q finds %d, want %d", words, got, want)
			}
		}
		return nil
	})
}

func commonWordStands(t *testing.T, w *World) {
	v, ann := w.Visitor("Vera"), Agent("ann", chat.Member)
	w.Start(v.Conversation, system, openGroup, "")
	say := func(n int, text string) {
		w.Append(v.Conversation, func(chat.State) (events []chat.Event, _ error) {
			for range n {
				events = append(events, chat.Fact(chat.KindMessage, v.Actor(), chat.ForAll, 1, chat.Said{Text: text}))
			}
			return events, nil
		})
	}
	say(499, "parcel")
	say(3, "parcels")
	count := func(words string) (n int) {
		w.Read(func(tx *store.Tx) error { n = allHits(t, tx, ann.Viewer(), words, 100); return nil })
		return n
	}
	if got := count("parcel"); got != 502 {
		t.Errorf("a word of 499 finds finds %d, want the longer ones too", got)
	}
	say(1, "parcel")
	if got := count("parcel"); got != 500 {
		t.Errorf("a word of 500 finds finds %d, want itself alone", got)
	}
	if got := count("parce"); got != 503 {
		t.Errorf("its beginning finds %d, want all", got)
	}
}
