package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

func TestSavedReplies_AreSavedFilledInSentAndCountedOverHTTP(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	v, c := h.Taken(h.Owner)
	uuid := func(n int) string { return fmt.Sprintf("01937b5e-2c7a-7cc1-8a4e-%012d", n) }
	var made savedReplyDone
	h.manage(http.MethodPost, "/v1/saved-replies", `{"key":"`+uuid(1)+`","scope":"team","name":"canary-name","text":"Hello {{visitor.first_name|there}}, {{visitor.email}}"}`, http.StatusCreated, &made)
	h.manage(http.MethodPost, "/v1/saved-replies", `{"key":"`+uuid(1)+`","scope":"team","name":"canary-name","text":"Hello {{visitor.first_name|there}}, {{visitor.email}}"}`, http.StatusOK, &made)
	raw := h.manage(http.MethodPost, "/v1/saved-replies", `{"key":"`+uuid(2)+`","scope":"team","name":"n","text":"{{visitor.phone}}"}`, http.StatusUnprocessableEntity, nil)
	if !strings.Contains(raw, "There is no variable {{visitor.phone}}. Use one of visitor.name,") {
		t.Errorf("an unknown variable: %s", raw)
	}
	var filled desk.FilledReply
	h.manage(http.MethodPost, "/v1/saved-replies/"+string(made.Reply.ID)+"/fill", `{"conversation":"`+string(c)+`"}`, http.StatusOK, &filled)
	if filled.Text != "Hello there, {{visitor.email}}" || len(filled.Blanks) != 1 {
		t.Errorf("filled in: %+v", filled)
	}
	say := func(n int, text string, want int) string {
		body, err := json.Marshal(map[string]any{"key": uuid(n), "text": text, "seen": 1000, "replies": []any{map[string]any{"id": made.Reply.ID, "edited": true}}})
		h.must(err)
		return h.manage(http.MethodPost, "/v1/conversations/"+string(c)+"/messages", string(body), want, nil)
	}
	if raw := say(3, filled.Text, http.StatusUnprocessableEntity); !strings.Contains(raw, "Not sent: {{visitor.email}} is still blank.") {
		t.Errorf("blank: %s", raw)
	}
	say(4, "Hello there, you", http.StatusCreated)
	var used replyUses
	h.manage(http.MethodGet, "/v1/saved-replies/use?weeks=1", "", http.StatusOK, &used)
	var chats replyChats
	h.manage(http.MethodGet, "/v1/saved-replies/"+string(made.Reply.ID)+"/chats", "", http.StatusOK, &chats)
	if len(used.Use) != 1 || used.Use[0].Sent != 1 || used.Use[0].Edited != 1 || len(chats.Conversations) != 1 || chats.Conversations[0] != c {
		t.Errorf("used %+v in %v", used, chats)
	}
	// What the team has prepared for him is none of the visitor's business.
	for _, canary := range []string{"canary-name", string(made.Reply.ID), "saved"} {
		h.visitorReads(v.Caller, canary)
	}
}

func TestSavedReplies_ARefusedImportNamesEveryRow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	body, err := json.Marshal(map[string]any{"csv": "scope,name,text\nteam,a,x\nteam,b,{{no}}\n"})
	h.must(err)
	raw := h.manage(http.MethodPost, "/v1/saved-replies/import", string(body), http.StatusUnprocessableEntity, nil)
	var refused struct{ Data desk.ReplyImport }
	h.must(json.Unmarshal([]byte(raw), &refused))
	if d := refused.Data; d.Made != 1 || d.Refused != 1 || len(d.Rows) != 2 || d.Rows[1].Row != 3 || d.Rows[1].What != desk.ImportRefuses {
		t.Errorf("%s", raw)
	}
	var all savedReplies
	h.manage(http.MethodGet, "/v1/saved-replies", "", http.StatusOK, &all)
	if len(all.Replies) != 0 || len(all.Variables) != len(chat.VariableNames()) {
		t.Errorf("stored %+v", all)
	}
}
