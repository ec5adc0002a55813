package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// Hooks tells groups' webhooks. Base is where the inbox is; "" = nobody has said, and
// notices hold no link.
type Hooks struct {
	Desk   *desk.Desk
	Client *http.Client
	Base   string
}

// Tell does the job of one notice, and keeps what became of it. An error means that
// the other side wants to be asked again. Neither names the address.
func (h Hooks) Tell(ctx context.Context, job []byte) error {
	call, due, err := h.Desk.DueHook(ctx, job)
	if err != nil || !due {
		return err
	}
	answer := h.post(ctx, call)
	if err := h.Desk.NoteHook(ctx, call, string(answer.Outcome), answer.Reason); err != nil {
		return err
	}
	if answer.Outcome == Later {
		return later{"notify: notice of a group: " + answer.Reason, answer.After}
	}
	return nil
}

func (h Hooks) post(ctx context.Context, call desk.HookCall) Answer {
	if h.Client == nil {
		return Answer{Outcome: Refused, Reason: "the operator has switched webhooks off"}
	}
	body, err := json.Marshal(map[string]string{"text": h.textOf(call)})
	if err != nil {
		return Answer{Outcome: Refused, Reason: "its text cannot be encoded"}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, call.URL, bytes.NewReader(body))
	if err != nil {
		return Answer{Outcome: Refused, Reason: "its address cannot be called"}
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "Earshot")
	res, err := h.Client.Do(r)
	switch {
	case errors.Is(err, ErrForbidden):
		return Answer{Outcome: Refused, Reason: "the operator does not allow this address, or it is not a public one"}
	case err != nil: // its text holds the address
		return Answer{Outcome: Later, Reason: "it cannot be reached"}
	}
	return judge(res)
}

// hookWords are the texts of notices; %s is the group.
var hookWords = map[string]map[chat.HookKind]string{
	"en": {
		chat.HookQueue:     "A visitor waits in %s, and nobody has been asked.",
		chat.HookHelp:      "Help is wanted with a chat of %s.",
		chat.HookPromise:   "A promised answer of %s is due.",
		chat.HookUnnoticed: "In %s something was not noticed; the supervisors are called.",
		chat.HookTest:      "This is how Earshot tells of %s here.",
	},
	"de": {
		chat.HookQueue:     "In %s wartet ein Besucher, und niemand ist gefragt.",
		chat.HookHelp:      "Bei einem Chat von %s wird Hilfe gesucht.",
		chat.HookPromise:   "Eine zugesagte Antwort von %s ist fällig.",
		chat.HookUnnoticed: "In %s wurde etwas nicht bemerkt; die Leitung ist gerufen.",
		chat.HookTest:      "So berichtet Earshot hier von %s.",
	},
}

var hookOpen = map[string]string{"en": "Open it", "de": "Öffnen"}

// textOf is what stands in the channel, in the spelling of Slack's incoming webhooks.
func (h Hooks) textOf(call desk.HookCall) string {
	text := fmt.Sprintf(hookWords[call.Language][call.Kind], "*"+escaped(call.Group)+"*")
	if link := linkTo(h.Base, call.Conversation, call.Talk); link != "" {
		text += fmt.Sprintf(" <%s|%s>", link, hookOpen[call.Language])
	}
	if call.Text != "" {
		text += "\n> " + escaped(call.Text)
	}
	return text
}

// escaped takes the meaning from what somebody wrote: it neither calls people nor
// links. Slack reads calls and links in angle brackets; others, that take its notices,
// read a plain @name, addresses, and links in square brackets: there a joiner of no width
// stands within.
func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "@\u2060", "://", ":\u2060//", "](", "]\u2060(").Replace(text)
}
