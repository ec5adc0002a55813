package store

import (
	"database/sql"
	"encoding/hex"

	"earshot/internal/chat"
)

// SignIn is a browser whose visitor is signed in: until when, as whom, and by which
// secret of his site. It is known by the SHA-256 of what the browser holds.
type SignIn struct {
	Hash   []byte
	Site   chat.SiteID
	Signed chat.Identity
	Secret string
	// At is when it began, Until when it is over; microseconds.
	At, Until int64
}

// keepSignIns is how long what is over is kept, in microseconds: so long it is told
// that it is over, and is not taken for a new visitor's.
const keepSignIns = 30 * 24 * 3600 * 1_000_000

// SignIn loads a sign-in, also one that is over; missing where there is none.
func (tx *Tx) SignIn(hash []byte) (SignIn, error) {
	return first(tx, "sign-in", `
		SELECT site, signed, secret, at, until
		FROM sign_ins
		WHERE hash = $1`, []any{hex.EncodeToString(hash)}, func(rows *sql.Rows) (SignIn, error) {
		in := SignIn{Hash: hash}
		return in, rows.Scan(&in.Site, asJSON{&in.Signed}, &in.Secret, &in.At, &in.Until)
	})
}

// SaveSignIn inserts a sign-in, or prolongs it.
func (tx *Tx) SaveSignIn(in SignIn) error {
	signed, err := toJSON(in.Signed)
	if err != nil {
		return err
	}
	_, err = tx.exec("save sign-in", `
		INSERT INTO sign_ins (hash, site, sub, signed, secret, at, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (hash) DO UPDATE
		SET signed = excluded.signed, secret = excluded.secret, until = excluded.until`,
		hex.EncodeToString(in.Hash), string(in.Site), in.Signed.Sub, signed, in.Secret, in.At, in.Until)
	return err
}

// EndSignIn ends a sign-in; one that is over, or none, is no error.
func (tx *Tx) EndSignIn(hash []byte, at int64) error {
	_, err := tx.exec("end sign-in", `
		UPDATE sign_ins
		SET until = $1
		WHERE hash = $2 AND until > $1`, at, hex.EncodeToString(hash))
	return err
}

// EndSignIns ends every sign-in at a site by one of its secrets.
func (tx *Tx) EndSignIns(site chat.SiteID, secret string, at int64) error {
	_, err := tx.exec("end sign-ins", `
		UPDATE sign_ins
		SET until = $1
		WHERE site = $2 AND secret = $3 AND until > $1`, at, string(site), secret)
	return err
}

func (tx *Tx) deleteSignIns(before int64) error {
	_, err := tx.exec("delete ended sign-ins", `
		DELETE FROM sign_ins
		WHERE until <= $1`, before-keepSignIns)
	return err
}

// VisitorsSigned loads the visitors of an identity, those first whom one who signs in
// as it goes on as: whose open Thread began last, then the one that is not beside.
func (tx *Tx) VisitorsSigned(site chat.SiteID, sub string) ([]chat.Visitor, error) {
	return list(tx, "load visitors by sub", `
		SELECT `+visitorColumns+`
		FROM visitors v
		WHERE v.site = $1 AND v.sub = $2 AND v.sub <> ''
		ORDER BY COALESCE((SELECT MAX(t.started_at) FROM threads t WHERE t.conversation = v.conversation AND t.state <> 'closed'), 0) DESC,
			v.beside, v.id`, []any{string(site), sub}, scanVisitor)
}

// EndTokens ends every resume token of a visitor.
func (tx *Tx) EndTokens(v chat.VisitorID) error {
	_, err := tx.exec("end tokens", `
		UPDATE tokens
		SET ended = 1
		WHERE visitor = $1`, string(v))
	return err
}
