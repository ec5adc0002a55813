package chat

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// ReplyRow is a saved reply as a spreadsheet has it. Files are not in it.
type ReplyRow struct {
	// Row is its number as a spreadsheet shows it; the first is the header.
	Row      int
	Scope    Scope
	Group    string // by name
	Name     string
	Language string
	Text     string
}

// RowProblem is what is wrong with a row.
type RowProblem struct {
	Row     int    `json:"row"`
	Message string `json:"message"`
}

// MaxImport is how many replies one file brings.
const MaxImport = 500

func replyColumns() []string { return []string{"scope", "group", "name", "language", "text"} }

// WriteReplies is a file of saved replies for a spreadsheet. A spreadsheet takes a
// cell that begins with one of = + - @, a tab or a line break for a formula: such a
// cell, and one that begins with an apostrophe, has an apostrophe before it, which
// [ReadReplies] takes away again.
func WriteReplies(rows []ReplyRow) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	err := w.Write(replyColumns())
	for _, r := range rows {
		err = errors.Join(err, w.Write([]string{string(r.Scope), guard(r.Group), guard(r.Name), guard(r.Language), guard(r.Text)}))
	}
	w.Flush()
	return b.Bytes(), errors.Join(err, w.Error())
}

const formulaSigns = "=+-@\t\r\n'"

func guard(cell string) string {
	if cell != "" && strings.ContainsRune(formulaSigns, rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func unguard(cell string) string {
	if rest, guarded := strings.CutPrefix(cell, "'"); guarded && rest != "" && strings.ContainsRune(formulaSigns, rune(rest[0])) {
		return rest
	}
	return cell
}

// ReadReplies reads such a file, with its columns in any order, separated by commas
// or, as some spreadsheets write them, by semicolons. Every row that cannot be read
// is named.
func ReadReplies(file []byte) (rows []ReplyRow, problems []RowProblem) {
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	r := csv.NewReader(bytes.NewReader(file))
	r.FieldsPerRecord = -1
	if head, _, _ := bytes.Cut(file, []byte("\n")); bytes.ContainsRune(head, ';') && !bytes.ContainsRune(head, ',') {
		r.Comma = ';'
	}
	header, err := r.Read()
	if err != nil {
		return nil, []RowProblem{{1, "The file is empty, or is no CSV. Its first row names the columns: " + strings.Join(replyColumns(), ", ") + "."}}
	}
	places, problem := columnsAt(header)
	if problem != "" {
		return nil, []RowProblem{{1, problem}}
	}
	return readRows(r, len(header), places)
}

func columnsAt(header []string) (map[string]int, string) {
	places := map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := places[name]; twice || !slices.Contains(replyColumns(), name) {
			return nil, "There is no column \"" + CleanLine(name, MaxSavedName) + "\", or it stands there twice. The columns are " + strings.Join(replyColumns(), ", ") + "."
		}
		places[name] = i
	}
	for _, name := range []string{"scope", "name", "text"} {
		if _, there := places[name]; !there {
			return nil, "The column \"" + name + "\" is missing."
		}
	}
	return places, ""
}

func readRows(r *csv.Reader, width int, places map[string]int) (rows []ReplyRow, problems []RowProblem) {
	for n := 2; ; n++ {
		cells, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return rows, problems
		case err != nil:
			// What follows a broken quotation mark cannot be told apart any more.
			return rows, append(problems, RowProblem{n, "This row is no CSV: a quotation mark is missing, or stands in the middle of a cell. What follows was not read."})
		case strings.Join(cells, "") == "":
			continue // a spreadsheet writes its empty rows, too
		case len(cells) != width:
			problems = append(problems, RowProblem{n, "This row has another number of cells than the first one."})
			continue
		case n > MaxImport+1:
			return rows, append(problems, RowProblem{n, "The file holds too many replies; at most 500 are read at once."})
		}
		cell := func(name string) string {
			if at, there := places[name]; there {
				return unguard(cells[at])
			}
			return ""
		}
		rows = append(rows, ReplyRow{Row: n, Scope: Scope(strings.ToLower(strings.TrimSpace(cell("scope")))), Group: strings.TrimSpace(cell("group")),
			Name: cell("name"), Language: strings.TrimSpace(cell("language")), Text: cell("text")})
	}
}
