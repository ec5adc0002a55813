package desk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/desk/desktest"
)

func wantKind(t *testing.T, what string, err error, want chat.ErrorKind) {
	t.Helper()
	if !chat.IsKind(err, want) {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func detail[T any](err error) (T, bool) {
	var e *chat.Error
	if !errors.As(err, &e) {
		var none T
		return none, false
	}
	d, ok := e.Detail.(T)
	return d, ok
}

func kinds(events []chat.Event) string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = string(e.Kind)
	}
	return strings.Join(names, " ")
}

func asText(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func ended(w *desktest.World, a chat.AgentID) []chat.SessionEnded {
	var all []chat.SessionEnded
	for _, e := range w.Log(chat.AgentConversation(a)) {
		if body, err := chat.Decode[chat.SessionEnded](e); err == nil && e.Kind == chat.KindSession {
			all = append(all, body)
		}
	}
	return all
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func picture() io.Reader { return bytes.NewReader(desktest.Picture()) }

func says(w *desktest.World, text string) desk.Message {
	return desk.Message{Key: w.Key(), Text: text}
}
