package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A row is a line: a JSON object of its columns by name. Texts are strings and
// numbers numbers; a body, which is JSON itself, is written as it is stored, byte
// by byte, so that both engines write the same line for the same row.

// bodyColumn holds JSON in every table that has it.
const bodyColumn = "body"

// lineWriter writes rows of one table as lines.
type lineWriter struct {
	columns []string
	buf     bytes.Buffer
	text    *json.Encoder
}

func newLineWriter(columns []string) *lineWriter {
	w := &lineWriter{columns: columns}
	w.text = json.NewEncoder(&w.buf)
	w.text.SetEscapeHTML(false)
	return w
}

// line returns a row with its line break. It is valid until the next call.
func (w *lineWriter) line(row []any) ([]byte, error) {
	w.buf.Reset()
	for i, column := range w.columns {
		between := byte(',')
		if i == 0 {
			between = '{'
		}
		w.buf.WriteByte(between)
		w.buf.WriteString(`"` + column + `":`)
		if err := w.value(column, row[i]); err != nil {
			return nil, err
		}
	}
	w.buf.WriteString("}\n")
	return w.buf.Bytes(), nil
}

func (w *lineWriter) value(column string, value any) error {
	switch v := value.(type) {
	case int64:
		w.buf.Write(strconv.AppendInt(w.buf.AvailableBuffer(), v, 10))
		return nil
	case string:
		if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
			return fmt.Errorf("store: column %s holds bytes that are no text, which a line cannot hold", column)
		}
		if column == bodyColumn && strings.HasPrefix(v, "{") && json.Valid([]byte(v)) && !strings.Contains(v, "\n") {
			w.buf.WriteString(v)
			return nil
		}
		if err := w.text.Encode(v); err != nil {
			return fmt.Errorf("store: column %s: %w", column, err)
		}
		w.buf.Truncate(w.buf.Len() - 1) // the encoder's line break
		return nil
	}
	return fmt.Errorf("store: column %s holds %T, which is neither text nor a number", column, value)
}

// readLine reads a row back, in the order of columns, and refuses one that has
// others.
func readLine(line []byte, columns []string) ([]any, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil {
		return nil, fmt.Errorf("store: a line is no row: %w", err)
	}
	if len(fields) != len(columns) {
		return nil, fmt.Errorf("store: a row has %d columns where the table has %d", len(fields), len(columns))
	}
	row := make([]any, len(columns))
	for i, c := range columns {
		raw, has := fields[c]
		if !has {
			return nil, fmt.Errorf("store: a row lacks the column %s", c)
		}
		value, err := readValue(raw)
		if err != nil {
			return nil, fmt.Errorf("store: column %s: %w", c, err)
		}
		row[i] = value
	}
	return row, nil
}

func readValue(raw json.RawMessage) (any, error) {
	switch raw[0] {
	case '{':
		return string(raw), nil
	case '"':
		var text string
		return text, json.Unmarshal(raw, &text)
	}
	return strconv.ParseInt(string(raw), 10, 64)
}
