package stream

import (
	"encoding/json"

	"earshot/internal/chat"
)

// Close codes. docs/protocol.md says what a client does with each.
const (
	CloseBadFrame = 4400 // do not retry
	CloseSignIn   = 4401 // sign in again
	CloseRevoked  = 4403 // the right to this stream has ended: do not retry
	CloseSlow     = 4408 // a write blocked too long: resume
	CloseReset    = 4409 // resume without a cursor
	CloseOld      = 4426 // the client is too old: reload
	CloseTooMany  = 4429 // retry later
	CloseShutdown = 4500 // retry after the given time
)

type helloFrame struct {
	Type    string `json:"type"`
	Stream  string `json:"stream"`
	Node    string `json:"node,omitempty"`
	Now     int64  `json:"now"`
	Resumed bool   `json:"resumed"`
}

type resetFrame struct {
	Type   string `json:"type"`
	Scope  string `json:"scope"`
	Reason reason `json:"reason"`
}

type byeFrame struct {
	Type  string `json:"type"`
	Code  int    `json:"code"`
	After int64  `json:"after"` // milliseconds
}

type rowFrame struct {
	Type string   `json:"type"`
	Row  chat.Row `json:"row"`
}

type signalFrame struct {
	Type   string      `json:"type"`
	Signal chat.Signal `json:"signal"`
}

type goneFrame struct {
	Type         string              `json:"type"`
	Conversation chat.ConversationID `json:"conversation"`
}

// Bye encodes a bye frame, for a carrier that refuses before there is a feed.
// after is in milliseconds.
func Bye(code int, after int64) []byte { return encode(byeFrame{"bye", code, after}) }

func encodeReset(r reason) []byte { return encode(resetFrame{"reset", "all", r}) }

// encodeRow leaves out what belongs to one reader.
func encodeRow(r chat.Row) []byte {
	r.Read, r.Unread = 0, 0
	return encode(rowFrame{"row", r})
}

func encodeSignal(s chat.Signal) []byte { return encode(signalFrame{"signal", s}) }

func encodeGone(c chat.ConversationID) []byte { return encode(goneFrame{"gone", c}) }

// appendEvent wraps an event that was encoded once for all with the cursor of
// one reader.
func appendEvent(b []byte, s sealer, reader chat.Viewer, at mark, event []byte) []byte {
	b = append(b, `{"type":"event","cursor":"`...)
	b = s.appendSeal(b, reader, at)
	b = append(b, `","event":`...)
	b = append(b, event...)
	return append(b, '}')
}

// appendPing makes a ping; without a cursor where the reader has to load the
// snapshot first.
func appendPing(b []byte, cursor string) []byte {
	if cursor == "" {
		return append(b, `{"type":"ping"}`...)
	}
	b = append(b, `{"type":"ping","cursor":"`...)
	b = append(b, cursor...)
	return append(b, `"}`...)
}

// upFrame is what a client sends upward.
type upFrame struct {
	Type          string                `json:"type"`
	Conversation  chat.ConversationID   `json:"conversation"`
	Conversations []chat.ConversationID `json:"conversations"`
	Voice         chat.Voice            `json:"voice"`
	On            bool                  `json:"on"`
	Cursor        string                `json:"cursor"`
	Text          string                `json:"text"`
}

func parseUp(frame []byte) (upFrame, error) {
	var up upFrame
	if len(frame) > MaxFrame {
		return up, chat.Errorf(chat.Invalid, "The frame has %d bytes; at most %d are taken.", len(frame), MaxFrame)
	}
	if err := json.Unmarshal(frame, &up); err != nil {
		return up, chat.Errorf(chat.Invalid, "The frame is not a JSON object of the stream's protocol.")
	}
	return up, nil
}
