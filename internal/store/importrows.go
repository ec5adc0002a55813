package store

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"earshot/internal/chat"
)

// rowsAtOnce is how many rows one statement inserts.
const rowsAtOnce = 50

// readRows reads the lines of the next statement.
func readRows(lines *bufio.Reader, columns []string) (rows [][]any, end bool, err error) {
	for len(rows) < rowsAtOnce {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return rows, true, nil
		}
		if err != nil {
			return nil, false, err
		}
		row, err := readLine(line, columns)
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, row)
	}
	return rows, false, nil
}

func (i *Import) insert(ctx context.Context, sh shape, rows [][]any) error {
	if sh.name != logTable {
		return i.insertInto(ctx, sh.name, sh.columns, rows)
	}
	events := logRows(sh, rows)
	positions := make([][]any, len(events))
	for n, e := range events {
		positions[n] = []any{e.pos, e.conversation, e.seq}
		rows[n][e.posAt] = i.engine.ownPosition(e.pos)
	}
	if err := i.insertInto(ctx, "events", sh.columns, rows); err != nil {
		return err
	}
	if err := i.insertInto(ctx, logTable, []string{posColumn, "conversation", "seq"}, positions); err != nil {
		return err
	}
	return i.engine.index(ctx, i.c, events)
}

func (i *Import) insertInto(ctx context.Context, table string, columns []string, rows [][]any) error {
	args := make([]any, 0, len(rows)*len(columns))
	for _, row := range rows {
		args = append(args, row...)
	}
	if _, err := i.c.execWithin(ctx, insertion(table, columns, len(rows)), args...); err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return nil
}

// logRow is what an import needs to know of an event beside its row.
type logRow struct {
	pos, seq, conversation any
	posAt                  int // the column of pos
	text                   string
	said                   bool // the text is found by who searches
}

func logRows(sh shape, rows [][]any) []logRow {
	at := func(column string) int { return slices.Index(sh.columns, column) }
	pos, seq, conversation, kind, body := at(posColumn), at("seq"), at("conversation"), at("kind"), at(bodyColumn)
	all := make([]logRow, len(rows))
	for i, row := range rows {
		e := chat.Event{}
		if k, is := row[kind].(string); is {
			e.Kind = chat.Kind(k)
		}
		if b, is := row[body].(string); is {
			e.Body = json.RawMessage(b)
		}
		all[i] = logRow{pos: row[pos], seq: row[seq], conversation: row[conversation], posAt: pos}
		all[i].text, all[i].said = saidIn(e)
	}
	return all
}
