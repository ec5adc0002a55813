package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const maxKey = 64

// commandSecret is the setting that holds what commands are hashed with.
const commandSecret = "command_secret"

// intent is what a person meant with a command: what its key stands for. What
// he had seen and how it was transported are no part of it.
type intent struct {
	Act          string
	Conversation chat.ConversationID
	Audience     chat.Audience
	Seq          int64
	Text         string
	Files        []chat.FileID
	Group        chat.GroupID        `json:",omitempty"`
	Agent        chat.AgentID        `json:",omitempty"`
	Mentions     []chat.AgentID      `json:",omitempty"`
	Other        chat.ConversationID `json:",omitempty"`
	Body         any                 `json:",omitempty"`
}

// answer is what is remembered of a command: which events it made. The events
// are read again when it is asked for, so that a text that was taken back
// meanwhile stays away.
type answer struct {
	Conversation chat.ConversationID `json:"conversation"`
	Seqs         []int64             `json:"seqs"`
}

// Done is the answer of an act: the events it made that its caller may see, and
// whether they were stored before (Again). An act that found nothing to do,
// such as closing what is closed, answers no events and Again.
type Done struct {
	Events []chat.Event
	Again  bool
}

func checkKey(key string) error {
	foreign := func(r rune) bool { return r <= ' ' || r > '~' }
	if key == "" || len(key) > maxKey || strings.ContainsFunc(key, foreign) {
		return chat.Errorf(chat.Invalid, "A command needs a key of 1 to %d printable characters, made by the client. Nothing was stored.", maxKey)
	}
	return nil
}

// fingerprint hashes an intent under the workspace's secret: the hash of a
// short text, once stolen, must not tell the text.
func (d *Desk) fingerprint(ctx context.Context, in intent) ([]byte, error) {
	secret, err := d.commandKey(ctx)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("desk: encode intent: %w", err)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(raw)
	return mac.Sum(nil), nil
}

// commandKey loads the workspace's secret and makes it the first time.
func (d *Desk) commandKey(ctx context.Context) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.secret != nil {
		return d.secret, nil
	}
	var stored string
	load := func(tx *store.Tx) (err error) {
		stored, err = tx.Setting(commandSecret)
		return err
	}
	if err := d.store.Read(ctx, load); err != nil {
		return nil, err
	}
	if stored == "" {
		if err := d.store.Write(ctx, func(tx *store.Tx) error { return makeSecret(tx, &stored) }); err != nil {
			return nil, err
		}
	}
	secret, err := base64.RawURLEncoding.DecodeString(stored)
	if err != nil {
		return nil, fmt.Errorf("desk: decode the command secret: %w", err)
	}
	d.secret = secret
	return secret, nil
}

// makeSecret keeps the one that another node may have made meanwhile.
func makeSecret(tx *store.Tx, stored *string) (err error) {
	*stored, err = tx.KeepSetting(commandSecret, newSecret())
	return err
}

// earlier returns the events of a command that was stored before. The caller
// holds the lock of the Conversation.
func earlier(tx *store.Tx, key, actor string, hash []byte) (events []chat.Event, found bool, err error) {
	cmd, found, err := tx.Command(key, actor)
	if err != nil || !found {
		return nil, false, err
	}
	if !hmac.Equal(cmd.Hash, hash) {
		return nil, true, chat.Errorf(chat.Conflict, "This key was used for something else. Nothing was stored; send it with a new key.")
	}
	var a answer
	if err := json.Unmarshal(cmd.Answer, &a); err != nil {
		return nil, true, fmt.Errorf("desk: decode a stored answer: %w", err)
	}
	for _, seq := range a.Seqs {
		e, err := tx.Event(a.Conversation, seq)
		if err != nil {
			return nil, true, err
		}
		events = append(events, e)
	}
	return events, true, nil
}

// remember stores a command's answer in the transaction of its events.
func remember(tx *store.Tx, key, actor string, hash []byte, c chat.ConversationID, events []chat.Event) error {
	a := answer{Conversation: c, Seqs: make([]int64, len(events))}
	for i, e := range events {
		a.Seqs[i] = e.Seq
	}
	raw, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("desk: encode an answer: %w", err)
	}
	return tx.SaveCommand(store.Command{Key: key, Actor: actor, Hash: hash, Conversation: c, Answer: raw})
}

func agentOwner(a chat.AgentID) string     { return "agent:" + string(a) }
func visitorOwner(v chat.VisitorID) string { return "visitor:" + string(v) }
