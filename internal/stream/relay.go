package stream

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"earshot/internal/bus"
	"earshot/internal/chat"
)

// feedID names a feed: which node holds it, and which of that node's it is. It cannot
// be guessed; whose it is is asked all the same.
type feedID struct {
	node nodeTag
	own  [12]byte
}

// nodeTag stands for a node's name without telling it.
type nodeTag [4]byte

func tagOf(node string) (t nodeTag) {
	sum := sha256.Sum256([]byte(node))
	copy(t[:], sum[:])
	return t
}

func (t nodeTag) String() string { return hex.EncodeToString(t[:]) }

func newFeedID(node nodeTag) feedID {
	id := feedID{node: node}
	_, _ = rand.Read(id.own[:]) // crypto/rand never fails: it ends the process instead
	return id
}

func (id feedID) String() string {
	return base64.RawURLEncoding.EncodeToString(append(id.node[:], id.own[:]...))
}

func parseFeedID(text string) (id feedID, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != len(id.node)+len(id.own) {
		return feedID{}, false
	}
	copy(id.node[:], raw)
	copy(id.own[:], raw[len(id.node):])
	return id, true
}

// relayTime is how long another node may take to answer. A frame is taken in less than
// the time of one read of the store.
const relayTime = time.Second

// upward is a frame on its way to the node that holds the line, and who sent it: an
// agent by his sign-in, or a visitor.
type upward struct {
	Stream  string          `json:"stream"`
	Session chat.SessionID  `json:"session,omitempty"`
	Visitor chat.VisitorID  `json:"visitor,omitempty"`
	Frame   json.RawMessage `json:"frame"`
}

// taken is the answer to it: the zero value where it was taken, else what is wrong.
type taken struct {
	Kind    chat.ErrorKind `json:"kind,omitempty"`
	Message string         `json:"message,omitempty"`
}

// UpTo is [Feed.Up] for who cannot say it on his line, which any node may hold: it is
// found by the name in its hello, and belongs to its reader alone. Where its node
// cannot be reached it is missing: the reader opens his line anew.
func (h *Hub) UpTo(ctx context.Context, name string, by Reader, frame []byte) error {
	id, ok := parseFeedID(name)
	if !ok {
		return missingFeed()
	}
	up := upward{Stream: name, Session: by.Session, Visitor: by.Viewer.Visitor, Frame: frame}
	if id.node == h.tag {
		return h.upHere(up)
	}
	return h.upElsewhere(ctx, id.node, up)
}

func missingFeed() error {
	return chat.Errorf(chat.Missing, "There is no such stream of yours; open it again.")
}

func (h *Hub) upHere(up upward) error {
	id, _ := parseFeedID(up.Stream)
	h.mu.Lock()
	f := h.named[id]
	h.mu.Unlock()
	if f == nil || !f.belongsTo(up) {
		return missingFeed()
	}
	return f.Up(up.Frame)
}

func (f *Feed) belongsTo(up upward) bool {
	if f.visitor() {
		return up.Session == "" && up.Visitor == f.who.Visitor
	}
	return up.Session != "" && up.Session == f.session
}

func (h *Hub) upElsewhere(ctx context.Context, node nodeTag, up upward) error {
	question, err := json.Marshal(up)
	if err != nil {
		return fmt.Errorf("stream: encode an upward frame: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, relayTime)
	defer cancel()
	raw, err := h.bus.Ask(ctx, node.String(), question)
	if errors.Is(err, bus.ErrNobody) {
		h.log.Debug("stream: an upward frame for another node", slog.String("error", err.Error()))
		return missingFeed()
	}
	if err != nil {
		return fmt.Errorf("stream: hand an upward frame on: %w", err)
	}
	var answer taken
	if err := json.Unmarshal(raw, &answer); err != nil {
		return fmt.Errorf("stream: the answer of another node: %w", err)
	}
	if answer.Kind != "" {
		return &chat.Error{Kind: answer.Kind, Message: answer.Message}
	}
	return nil
}

// answer takes a frame that another node was given.
func (h *Hub) answer(question []byte) []byte {
	var up upward
	var known *chat.Error
	answer := taken{}
	err := json.Unmarshal(question, &up)
	if err == nil {
		err = h.upHere(up)
	}
	switch {
	case errors.As(err, &known):
		answer = taken{Kind: known.Kind, Message: known.Message}
	case err != nil:
		h.log.Warn("stream: an upward frame from another node", slog.String("error", err.Error()))
		answer = taken{Kind: chat.Unavailable, Message: "The frame could not be taken. Send it again."}
	}
	return encode(answer)
}
