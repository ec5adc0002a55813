package desk

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/store"
)

const replyOwnerPrefix = "reply:"

// replyOwner owns the files that a saved reply holds.
func replyOwner(id chat.SavedReplyID) string { return replyOwnerPrefix + string(id) }

// AddReplyFile stores a file that an agent will put into a saved reply.
func (d *Desk) AddReplyFile(ctx context.Context, a chat.Agent, name string, r io.Reader) (chat.FileRef, error) {
	return d.addFile(ctx, store.File{Owner: agentOwner(a.ID)}, name, r)
}

// replyFiles loads what a reply shall hold: files that it has, and others that its
// writer has added.
func replyFiles(tx *store.Tx, me chat.Agent, r chat.SavedReply, ids []chat.FileID) ([]chat.FileRef, error) {
	var refs []chat.FileRef
	var fresh []chat.FileID
	for _, id := range ids {
		at := slices.IndexFunc(r.Files, func(f chat.FileRef) bool { return f.ID == id })
		if at < 0 {
			fresh = append(fresh, id)
		} else if !slices.Contains(refs, r.Files[at]) {
			refs = append(refs, r.Files[at])
		}
	}
	added, err := unsentFiles(tx, "", fresh, agentOwner(me.ID))
	return append(refs, added...), err
}

// holdForReply ties files to the reply, so that they are not taken for forgotten
// ones and can be sent with no message themselves.
func holdForReply(tx *store.Tx, r chat.SavedReply) error {
	for _, ref := range r.Files {
		f, err := tx.File(ref.ID)
		if err != nil {
			return err
		}
		if f.Seq == store.HeldByReply {
			continue
		}
		f.Seq = store.HeldByReply
		if err := tx.GiveFile(f, replyOwner(r.ID)); err != nil {
			return err
		}
	}
	return nil
}

// maySeeReplyFile lets those see a reply's file who see the reply.
func maySeeReplyFile(tx *store.Tx, v chat.Viewer, f store.File) error {
	id, held := strings.CutPrefix(f.Owner, replyOwnerPrefix)
	if !held || v.Kind != chat.ByAgent {
		return missingFile()
	}
	me, err := present(tx, v.Agent)
	if err != nil {
		return err
	}
	_, err = replyFor(tx, me, chat.SavedReplyID(id), chat.ReplySee)
	return err
}

// linkFiles gives an agent files of his own with the content of a reply's, to send
// them in a Conversation. As everywhere the content is there before its row.
func (d *Desk) linkFiles(ctx context.Context, a chat.Agent, c chat.ConversationID, held []store.File) (refs []chat.FileRef, err error) {
	var made []store.File
	for _, f := range held {
		id := chat.FileID(newID("f"))
		if err = d.files.Link(ctx, f.ID, id, f.Thumb); err != nil {
			break
		}
		f.FileRef.ID, f.Conversation, f.Seq, f.Owner, f.CreatedAt = id, c, 0, agentOwner(a.ID), chat.Micros(d.now())
		made, refs = append(made, f), append(refs, f.FileRef)
	}
	if err == nil {
		err = d.write(ctx, func(tx *store.Tx) error { return saveUnsent(tx, made) })
	}
	if err == nil {
		return refs, nil
	}
	for _, f := range made {
		// The content is removed even where the request is over already.
		if gone := d.files.Remove(context.WithoutCancel(ctx), f.ID); gone != nil {
			err = fmt.Errorf("desk: %w; and remove its content: %w", err, gone)
		}
	}
	return nil, err
}

func saveUnsent(tx *store.Tx, files []store.File) error {
	for _, f := range files {
		if err := mayAddFile(tx, f.Owner); err != nil {
			return err
		}
		if err := tx.SaveFile(f); err != nil {
			return err
		}
	}
	return nil
}
