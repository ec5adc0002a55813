package store

import (
	"database/sql"
	"encoding/hex"

	"earshot/internal/chat"
)

// visitorColumns are what visitorDests take, of visitors v.
const visitorColumns = `v.id, v.site, v.conversation, v.name, v.email, v.language, v.country, v.device, v.page, v.title, v.visits, v.data, v.since, v.seen, v.owner,
	v.beside, v.signed`

func visitorDests(v *chat.Visitor) []any {
	return []any{&v.ID, &v.Site, &v.Conversation, &v.Name, &v.Email, &v.Language, &v.Country, &v.Device, &v.Page, &v.Title, &v.Visits,
		asJSON{&v.Data}, &v.Since, &v.Seen, &v.Owner, &v.Beside, asJSON{&v.Signed}}
}

func scanVisitor(rows *sql.Rows) (v chat.Visitor, err error) {
	return v, rows.Scan(visitorDests(&v)...)
}

// Visitor loads one visitor.
func (tx *Tx) Visitor(id chat.VisitorID) (chat.Visitor, error) {
	return first(tx, "visitor", `
		SELECT `+visitorColumns+`
		FROM visitors v
		WHERE v.id = $1`, []any{string(id)}, scanVisitor)
}

// VisitorByToken loads the visitor of a resume token's SHA-256; missing where
// there is none, gone where the token was ended.
func (tx *Tx) VisitorByToken(hash []byte) (chat.Visitor, error) {
	ended := false
	v, err := first(tx, "visitor", `
		SELECT `+visitorColumns+`, k.ended
		FROM tokens k
		JOIN visitors v ON v.id = k.visitor
		WHERE k.hash = $1`, []any{hex.EncodeToString(hash)},
		func(rows *sql.Rows) (v chat.Visitor, err error) {
			return v, rows.Scan(append(visitorDests(&v), &ended)...)
		})
	if err == nil && ended {
		return chat.Visitor{}, chat.Errorf(chat.Gone, "This conversation was ended. Write again to begin a new one.")
	}
	return v, err
}

// SaveVisitor inserts or updates a visitor.
func (tx *Tx) SaveVisitor(v chat.Visitor) error {
	data, err := toJSON(v.Data)
	if err != nil {
		return err
	}
	signed, sub, err := signedColumns(v)
	if err != nil {
		return err
	}
	err = tx.put("save visitor", `
		INSERT INTO visitors (id, site, conversation, name, email, language, country, device, page, title, visits, data, since, seen, owner, sub, beside, signed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
		ON CONFLICT (id) DO UPDATE
		SET name = excluded.name, email = excluded.email, language = excluded.language, country = excluded.country,
			device = excluded.device, page = excluded.page, title = excluded.title, visits = excluded.visits, data = excluded.data,
			since = excluded.since, seen = excluded.seen, conversation = excluded.conversation, owner = excluded.owner,
			sub = excluded.sub, beside = excluded.beside, signed = excluded.signed`,
		string(v.ID), string(v.Site), string(v.Conversation), v.Name, v.Email, v.Language, v.Country, v.Device, v.Page, v.Title,
		v.Visits, data, v.Since, v.Seen, string(v.Owner), sub, bit(v.Beside), signed)
	return err
}

func signedColumns(v chat.Visitor) (signed, sub string, err error) {
	if v.Signed != nil {
		sub = v.Signed.Sub
	}
	signed, err = toJSON(v.Signed)
	return signed, sub, err
}

// SetToken gives a visitor a resume token's SHA-256; EndToken ends it.
func (tx *Tx) SetToken(v chat.VisitorID, hash []byte) error {
	err := tx.put("set token", `
		INSERT INTO tokens (hash, visitor, ended)
		VALUES ($1, $2, 0)`, hex.EncodeToString(hash), string(v))
	return err
}

// EndToken ends a resume token.
func (tx *Tx) EndToken(hash []byte) error {
	_, err := tx.exec("end token", `
		UPDATE tokens
		SET ended = 1
		WHERE hash = $1`, hex.EncodeToString(hash))
	return err
}
