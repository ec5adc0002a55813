package desk

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// JobRemoveFile is the kind of the jobs that remove a file's content; app hands
// them to [Desk.RemoveFile].
const JobRemoveFile = "file.remove"

// OpenedFile is a file's content and how to serve it. The caller closes it.
type OpenedFile struct {
	Ref     chat.FileRef
	Content io.ReadSeekCloser
}

// AddFile stores a file that an agent will send.
func (d *Desk) AddFile(ctx context.Context, a chat.Agent, c chat.ConversationID, name string, r io.Reader) (chat.FileRef, error) {
	if err := d.MaySignal(ctx, a, c); err != nil {
		return chat.FileRef{}, err
	}
	return d.addFile(ctx, store.File{Conversation: c, Owner: agentOwner(a.ID)}, name, r)
}

// AddFileAsVisitor stores a file that a visitor will send. Before the first
// message there is no Visitor yet: the file belongs to the token.
func (d *Desk) AddFileAsVisitor(ctx context.Context, by Caller, name string, r io.Reader) (chat.FileRef, error) {
	owner := tokenOwner(by.Token)
	var c chat.ConversationID
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		_, v, err := d.identify(tx, by)
		if chat.IsKind(err, chat.Missing) {
			return nil
		}
		if err == nil {
			owner, c = visitorOwner(v.ID), v.Conversation
		}
		return err
	})
	if err != nil {
		return chat.FileRef{}, err
	}
	return d.addFile(ctx, store.File{Conversation: c, Owner: owner}, name, r)
}

// tokenOwner owns the files of a token that has no visitor yet.
func tokenOwner(token string) string { return "token:" + hex.EncodeToString(hashOf(token)) }

// addFile puts the content on disk before its row: a row without content would
// be a promise that is not kept.
func (d *Desk) addFile(ctx context.Context, f store.File, name string, r io.Reader) (chat.FileRef, error) {
	// Asked before the content is written, and again with the row, since many
	// may be under way at once.
	if err := d.store.Read(ctx, func(tx *store.Tx) error { return mayAddFile(tx, f.Owner) }); err != nil {
		return chat.FileRef{}, err
	}
	id := chat.FileID(newID("f"))
	stored, err := d.files.Put(ctx, id, name, r)
	if err != nil {
		return chat.FileRef{}, err
	}
	f.FileRef, f.Thumb, f.CreatedAt = stored.Ref, stored.Thumb, chat.Micros(d.now())
	save := func(tx *store.Tx) error {
		if err := mayAddFile(tx, f.Owner); err != nil {
			return err
		}
		return tx.SaveFile(f)
	}
	if err := d.write(ctx, save); err != nil {
		// The content is removed even where the request is over already.
		if gone := d.files.Remove(context.WithoutCancel(ctx), id); gone != nil {
			return chat.FileRef{}, fmt.Errorf("desk: %w; and remove its content: %w", err, gone)
		}
		return chat.FileRef{}, err
	}
	return f.FileRef, nil
}

// mayAddFile bounds what one person can put on the disk without saying anything.
func mayAddFile(tx *store.Tx, owner string) error {
	n, err := tx.CountUnsent(owner, chat.MaxUnsent)
	if err == nil && n >= chat.MaxUnsent {
		err = chat.Errorf(chat.Conflict, "%d files wait to be sent; more do not fit. This one was not stored: send the others first, take some out, or wait a day.", n)
	}
	return err
}

// unsentFiles loads the files that a message names: each must have been added
// by one of the owners, for this Conversation or none, and not be sent yet.
func unsentFiles(tx *store.Tx, c chat.ConversationID, ids []chat.FileID, owners ...string) ([]chat.FileRef, error) {
	var refs []chat.FileRef
	for i, id := range ids {
		f, err := tx.File(id)
		if err != nil && !chat.IsKind(err, chat.Missing) {
			return nil, err
		}
		elsewhere := f.Conversation != "" && f.Conversation != c
		switch {
		case err != nil || elsewhere || !slices.Contains(owners, f.Owner):
			return nil, chat.Errorf(chat.Missing, "A file of this message is no longer there; unsent files are kept for 24 hours. Nothing was stored; add it again.")
		case f.Seq != 0 || slices.Contains(ids[:i], id):
			return nil, chat.Errorf(chat.Conflict, "The file %q was sent already. Nothing was stored; add it again to send it twice.", f.Name)
		}
		refs = append(refs, f.FileRef)
	}
	return refs, nil
}

// holdFiles ties files to the message among the events.
func holdFiles(tx *store.Tx, events []chat.Event, ids []chat.FileID) error {
	for _, e := range events {
		if e.Kind != chat.KindMessage && e.Kind != chat.KindNote && e.Kind != chat.KindProposal && e.Kind != chat.KindWhisper {
			continue
		}
		for _, id := range ids {
			f, err := tx.File(id)
			if err != nil {
				return err
			}
			f.Conversation, f.Seq = e.Conversation, e.Seq
			if err := tx.SaveFile(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// DropFile removes a file that the agent has added and not sent, so that another one
// has its place. Of anything else there is no such file.
func (d *Desk) DropFile(ctx context.Context, a chat.Agent, id chat.FileID) error {
	return d.write(ctx, func(tx *store.Tx) error {
		f, err := unsentOf(tx, a, id)
		if err != nil {
			return err
		}
		// A message that is stored with it at this moment holds that lock.
		if f.Conversation == "" {
			_, err = lockReserved(tx, chat.AgentConversation(a.ID))
		} else {
			_, err = tx.Lock(f.Conversation)
		}
		if err != nil {
			return err
		}
		if f, err = unsentOf(tx, a, id); err != nil {
			return err
		}
		return d.dropFiles(tx, []chat.FileRef{f.FileRef})
	})
}

func unsentOf(tx *store.Tx, a chat.Agent, id chat.FileID) (store.File, error) {
	f, err := tx.File(id)
	if err == nil && (f.Owner != agentOwner(a.ID) || f.Seq != 0) || chat.IsKind(err, chat.Missing) {
		err = missingFile()
	}
	return f, err
}

// dropFiles removes the rows and leaves a job that removes the contents.
func (d *Desk) dropFiles(tx *store.Tx, refs []chat.FileRef) error {
	for _, ref := range refs {
		if err := tx.DeleteFile(ref.ID); err != nil && !chat.IsKind(err, chat.Missing) {
			return err
		}
		job := store.Job{Kind: JobRemoveFile, Key: string(ref.ID), Due: chat.Micros(d.now()), Body: []byte(ref.ID)}
		if err := tx.Enqueue(job); err != nil {
			return err
		}
	}
	return nil
}

// RemoveFile is the handler of [JobRemoveFile].
func (d *Desk) RemoveFile(ctx context.Context, body []byte) error {
	return d.files.Remove(ctx, chat.FileID(body))
}

// OpenFileByLink opens a file for the visitor of a resume token, of which the
// link holds the hash: it ends with the token.
func (d *Desk) OpenFileByLink(ctx context.Context, token []byte, id chat.FileID) (OpenedFile, error) {
	var v chat.Visitor
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		v, err = d.visitorByHash(tx, token)
		return err
	})
	if err != nil {
		return OpenedFile{}, err
	}
	return d.OpenFile(ctx, v.Viewer(), id, false)
}

// OpenFile opens a file that the reader may see: Visible of the event that
// holds it is asked now. thumb asks for the thumbnail, which is a JPEG.
func (d *Desk) OpenFile(ctx context.Context, v chat.Viewer, id chat.FileID, thumb bool) (OpenedFile, error) {
	var f store.File
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		f, err = visibleFile(tx, v, id)
		return err
	})
	switch {
	case err != nil:
		return OpenedFile{}, err
	case thumb && !f.Thumb:
		return OpenedFile{}, missingFile()
	case thumb:
		content, err := d.files.GetThumb(ctx, id)
		return OpenedFile{Ref: chat.FileRef{ID: id, Name: f.Name + ".jpg", Type: "image/jpeg"}, Content: content}, err
	}
	content, err := d.files.Get(ctx, id)
	return OpenedFile{Ref: f.FileRef, Content: content}, err
}

func visibleFile(tx *store.Tx, v chat.Viewer, id chat.FileID) (store.File, error) {
	f, err := tx.File(id)
	if chat.IsKind(err, chat.Missing) {
		return f, missingFile()
	}
	if err != nil {
		return f, err
	}
	if f.Seq == 0 {
		mine := (v.Kind == chat.ByAgent && v.Agent != "" && f.Owner == agentOwner(v.Agent)) ||
			(v.Kind == chat.ByVisitor && v.Visitor != "" && f.Owner == visitorOwner(v.Visitor))
		if !mine {
			return f, missingFile()
		}
		return f, nil
	}
	if f.Seq == store.HeldByReply {
		return f, maySeeReplyFile(tx, v, f)
	}
	e, err := tx.Event(f.Conversation, f.Seq)
	if err != nil {
		return f, err
	}
	said, err := chat.Decode[chat.Said](e)
	if err != nil {
		return f, err
	}
	ok, err := newEyes(tx, v).see(e)
	held := slices.ContainsFunc(said.Files, func(ref chat.FileRef) bool { return ref.ID == id })
	if err == nil && (!ok || !held) {
		err = missingFile()
	}
	return f, err
}

func missingFile() error {
	return chat.Errorf(chat.Missing, "There is no such file, or you may not see it.")
}
