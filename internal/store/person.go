package store

import (
	"database/sql"
	"slices"

	"earshot/internal/chat"
)

const linkColumns = `k.id, k.one, k.other, k.at, k.by_agent, k.by_name`

func scanLink(rows *sql.Rows) (l chat.Link, err error) {
	return l, rows.Scan(&l.ID, &l.One, &l.Other, &l.At, &l.By, &l.ByName)
}

// AddLink stores that two visitors are the same human.
func (tx *Tx) AddLink(l chat.Link) error {
	_, err := tx.exec("add link", `
		INSERT INTO person_links (id, one, other, at, by_agent, by_name, ended_at, ended_by)
		VALUES ($1, $2, $3, $4, $5, $6, 0, '')`, string(l.ID), string(l.One), string(l.Other), l.At, string(l.By), l.ByName)
	return err
}

// EndLink undoes a link.
func (tx *Tx) EndLink(id chat.LinkID, by chat.AgentID, at int64) error {
	_, err := tx.exec("end link", `
		UPDATE person_links
		SET ended_at = $1, ended_by = $2
		WHERE id = $3 AND ended_at = 0`, at, string(by), string(id))
	return err
}

// Link loads a link, and whether it holds: it may have been undone.
func (tx *Tx) Link(id chat.LinkID) (l chat.Link, holds bool, err error) {
	l, err = first(tx, "link", `
		SELECT `+linkColumns+`, k.ended_at = 0
		FROM person_links k
		WHERE k.id = $1`, []any{string(id)}, func(rows *sql.Rows) (l chat.Link, err error) {
		return l, rows.Scan(&l.ID, &l.One, &l.Other, &l.At, &l.By, &l.ByName, &holds)
	})
	return l, holds, err
}

// Person loads who hangs together with a visitor, himself first, and by which
// links. It stops a little beyond chat.MaxPerson.
func (tx *Tx) Person(v chat.VisitorID) ([]chat.VisitorID, []chat.Link, error) {
	people, links := []chat.VisitorID{v}, []chat.Link{}
	for i := 0; i < len(people) && i <= chat.MaxPerson; i++ {
		next, err := list(tx, "load links", `
			SELECT `+linkColumns+`
			FROM person_links k
			WHERE k.one = $1 AND k.ended_at = 0
			UNION ALL
			SELECT `+linkColumns+`
			FROM person_links k
			WHERE k.other = $1 AND k.ended_at = 0`, []any{string(people[i])}, scanLink)
		if err != nil {
			return nil, nil, err
		}
		for _, l := range next {
			for _, end := range []chat.VisitorID{l.One, l.Other} {
				if !slices.Contains(people, end) {
					people = append(people, end)
				}
			}
			if !slices.ContainsFunc(links, func(k chat.Link) bool { return k.ID == l.ID }) {
				links = append(links, l)
			}
		}
	}
	return people, links, nil
}

// SameEmail loads other visitors who typed the same address as one, those first
// who were seen last.
func (tx *Tx) SameEmail(v chat.Visitor, limit int) ([]chat.Visitor, error) {
	if v.Email == "" {
		return nil, nil
	}
	return list(tx, "load visitors by address", `
		SELECT `+visitorColumns+`
		FROM visitors v
		WHERE v.email <> '' AND lower(v.email) = lower($1) AND v.id <> $2
		ORDER BY v.seen DESC, v.id
		LIMIT $3`, []any{v.Email, string(v.ID), clamp(limit, maxSpan)}, scanVisitor)
}
