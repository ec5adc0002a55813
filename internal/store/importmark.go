package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

const importSetting = "import"

// importMark says in the database itself how far an import into it is. It changes
// in the transaction that stores the rows.
type importMark struct {
	Copy  string `json:"copy"` // the sum of what is imported
	Parts int    `json:"parts"`
	Done  bool   `json:"done,omitempty"`
}

func (i *Import) saveMark(ctx context.Context, m importMark) error {
	text, err := toJSON(m)
	if err == nil {
		err = i.set(ctx, importSetting, text)
	}
	return err
}

func readMark(ctx context.Context, c *conn) (importMark, error) {
	text, err := settingOf(ctx, c, importSetting)
	if err != nil {
		return importMark{}, err
	}
	return parseMark(text)
}

// parseMark reads a mark; "" = there never was an import.
func parseMark(text string) (m importMark, err error) {
	if text == "" {
		return m, nil
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, fmt.Errorf("store: how far the import is: %w", err)
	}
	return m, nil
}

func settingOf(ctx context.Context, c *conn, name string) (string, error) {
	var value string
	err := c.c.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("store: read setting: %w", err)
	}
	return value, nil
}

// UnfinishedError tells that an import into this database has not ended.
type UnfinishedError struct{}

// Error implements error.
func (UnfinishedError) Error() string {
	return "store: an import into this database was not finished. Run the same earshot import again, which goes on where it ended; nothing was changed"
}

func (m importMark) unfinished() error {
	if m.Copy != "" && !m.Done {
		return UnfinishedError{}
	}
	return nil
}

// complete refuses a database whose mark says that an import has not ended.
func complete(mark string) error {
	m, err := parseMark(mark)
	if err != nil {
		return err
	}
	return m.unfinished()
}
