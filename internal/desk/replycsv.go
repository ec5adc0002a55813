package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"earshot/internal/chat"
	"earshot/internal/store"
)

// The things that an import does with a row.
const (
	ImportMakes   = "make"
	ImportChanges = "change"
	ImportSame    = "same"
	ImportRefuses = "refuse"
)

// ImportedRow is what becomes of a row of a file.
type ImportedRow struct {
	Row     int    `json:"row" doc:"As a spreadsheet numbers it; the first is the header."`
	Name    string `json:"name,omitempty"`
	What    string `json:"what"`
	Problem string `json:"problem,omitempty"`
}

// ReplyImport is what a file of replies would do, or has done.
type ReplyImport struct {
	Rows    []ImportedRow `json:"rows"`
	Made    int           `json:"made"`
	Changed int           `json:"changed"`
	Same    int           `json:"same"`
	Refused int           `json:"refused"`
}

// ExportReplies is a file with every reply that an agent may use.
func (d *Desk) ExportReplies(ctx context.Context, a chat.Agent) ([]byte, error) {
	var rows []chat.ReplyRow
	err := d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) error {
		found, err := tx.SavedReplies(me.ID)
		if err != nil {
			return err
		}
		groups, err := liveGroups(tx)
		if err != nil {
			return err
		}
		for _, r := range found {
			if !r.May(me, chat.ReplyUse) {
				continue
			}
			row := chat.ReplyRow{Scope: r.Scope, Name: r.Name, Language: r.Language, Text: r.Text}
			if at := slices.IndexFunc(groups, func(g chat.Group) bool { return g.ID == r.Group }); at >= 0 {
				row.Group = groups[at].Name
			}
			rows = append(rows, row)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(x, y chat.ReplyRow) int {
		return cmp.Or(cmp.Compare(x.Scope, y.Scope), cmp.Compare(x.Group, y.Group), cmp.Compare(x.Name, y.Name))
	})
	return chat.WriteReplies(rows)
}

// ImportReplies stores the replies of a file, or where dry is set says what that would
// do. Where one row cannot be stored nothing is, and the error holds them all.
func (d *Desk) ImportReplies(ctx context.Context, a chat.Agent, file []byte, dry bool) (out ReplyImport, err error) {
	rows, problems := chat.ReadReplies(file)
	if dry {
		err = d.readPage(ctx, a, func(tx *store.Tx, me chat.Agent) (err error) {
			out, _, err = d.planImport(tx, me, rows, problems)
			return err
		})
		return out, err
	}
	_, _, err = d.replying(ctx, a, replyAct{rule: func(tx *store.Tx, me chat.Agent) (replyChange, error) {
		if _, err := lockReserved(tx, chat.TeamConversation); err != nil {
			return replyChange{}, err
		}
		plan, replies, err := d.planImport(tx, me, rows, problems)
		if err != nil {
			return replyChange{}, err
		}
		if out = plan; out.Refused > 0 {
			return replyChange{}, &chat.Error{Kind: chat.Invalid, Message: "Some rows cannot be stored, so none was. Put them right and import the file again.", Detail: out}
		}
		for _, r := range replies {
			if err := tx.PutSavedReply(r); err != nil {
				return replyChange{}, err
			}
		}
		return replyChange{"", replies}, nil
	}})
	return out, err
}

// importing is an import while its rows are gone through.
type importing struct {
	me     chat.Agent
	groups []chat.Group
	there  []chat.SavedReply // what is stored, then with what the rows bring
	rows   map[chat.SavedReplyID]int
}

// planImport goes through the rows, and answers what there is to store.
func (d *Desk) planImport(tx *store.Tx, me chat.Agent, rows []chat.ReplyRow, problems []chat.RowProblem) (out ReplyImport, changed []chat.SavedReply, err error) {
	in := importing{me: me, rows: map[chat.SavedReplyID]int{}}
	if in.groups, err = liveGroups(tx); err != nil {
		return out, nil, err
	}
	if in.there, err = tx.SavedReplies(me.ID); err != nil {
		return out, nil, err
	}
	out.Rows = []ImportedRow{}
	for _, p := range problems {
		out.add(ImportedRow{Row: p.Row, What: ImportRefuses, Problem: p.Message})
	}
	for _, row := range rows {
		r, what, err := in.row(row)
		told := ImportedRow{Row: row.Row, Name: row.Name, What: what}
		var refused *chat.Error
		if err != nil && !errors.As(err, &refused) {
			return out, nil, err
		}
		if refused != nil {
			told.What, told.Problem = ImportRefuses, strings.ReplaceAll(refused.Message, " Nothing was stored.", "")
		}
		if told.What == ImportMakes || told.What == ImportChanges {
			changed = append(changed, r.Saved(me.ID, d.now()))
		}
		out.add(told)
	}
	slices.SortStableFunc(out.Rows, func(x, y ImportedRow) int { return cmp.Compare(x.Row, y.Row) })
	return out, changed, nil
}

func (out *ReplyImport) add(r ImportedRow) {
	out.Rows = append(out.Rows, r)
	switch r.What {
	case ImportMakes:
		out.Made++
	case ImportChanges:
		out.Changed++
	case ImportSame:
		out.Same++
	case ImportRefuses:
		out.Refused++
	}
}

// row is the reply that a row stands for, and what is to be done with it.
func (in *importing) row(row chat.ReplyRow) (chat.SavedReply, string, error) {
	r := chat.SavedReply{Scope: row.Scope, By: in.me.ID, Name: row.Name, Text: row.Text, Language: row.Language}
	if row.Scope == chat.ScopeGroup {
		at := slices.IndexFunc(in.groups, func(g chat.Group) bool { return strings.EqualFold(g.Name, row.Group) })
		if at < 0 {
			return r, "", chat.Errorf(chat.Invalid, "There is no group named %q.", chat.CleanLine(row.Group, chat.MaxName))
		}
		r.Group = in.groups[at].ID
	}
	name := chat.CleanLine(row.Name, chat.MaxSavedName)
	at := slices.IndexFunc(in.there, func(o chat.SavedReply) bool { return o.Beside(r) && !o.Draft && o.Named(name) })
	before := chat.SavedReply{}
	if at >= 0 {
		before = in.there[at]
		r.ID, r.By, r.Files, r.Origin, r.Created, r.Version = before.ID, before.By, before.Files, before.Origin, before.Created, before.Version
	}
	r, err := r.Clean()
	switch {
	case err != nil:
		return r, "", err
	case in.rows[r.ID] > 0:
		return r, "", chat.Errorf(chat.Invalid, "The row %d has the same name in the same place.", in.rows[r.ID])
	case at >= 0 && r.Same(before):
		in.rows[r.ID] = row.Row
		return r, ImportSame, nil
	case !r.May(in.me, chat.ReplyWrite):
		return r, "", mayNotWrite(r)
	}
	if at >= 0 {
		in.rows[r.ID], in.there[at] = row.Row, r
		return r, ImportChanges, nil
	}
	if n := in.count(r); n >= r.Limit() {
		return r, "", chat.Errorf(chat.Limited, "%d replies stand there already; more do not fit.", n)
	}
	r.ID = chat.SavedReplyID(newID("y"))
	in.rows[r.ID], in.there = row.Row, append(in.there, r)
	return r, ImportMakes, nil
}

func (in *importing) count(r chat.SavedReply) (n int) {
	for _, o := range in.there {
		if o.Beside(r) {
			n++
		}
	}
	return n
}
