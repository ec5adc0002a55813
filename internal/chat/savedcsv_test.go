package chat_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "earshot/internal/chat"
)

func TestReplies_ReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	word := rapid.OneOf(rapid.String(), rapid.StringMatching(`[=+@'"',;\n\t -]{0,3}[a-z"',;\n]{0,20}`))
	rapid.Check(t, func(rt *rapid.T) {
		var rows []ReplyRow
		for i := range rapid.IntRange(0, 5).Draw(rt, "rows") {
			// As they are stored.
			r, err := SavedReply{Scope: ScopeTeam, Name: "n" + word.Draw(rt, "name"), Text: "t" + word.Draw(rt, "text")}.Clean()
			if err != nil {
				rt.Skip()
			}
			rows = append(rows, ReplyRow{Row: i + 2, Scope: r.Scope, Group: CleanLine(word.Draw(rt, "group"), 80), Name: r.Name, Text: strings.TrimPrefix(r.Text, "t")})
		}
		file, err := WriteReplies(rows)
		if err != nil {
			rt.Fatal(err)
		}
		got, problems := ReadReplies(file)
		if diff := cmp.Diff(rows, got); diff != "" || len(problems) > 0 {
			rt.Fatalf("%v (-want +got):\n%s\n%s", problems, diff, file)
		}
	})
}

func TestWriteReplies_NoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for _, sign := range []string{"=", "+", "-", "@", "\t", "'"} {
		cell := sign + `HYPERLINK("https://evil.example")`
		rows := []ReplyRow{{Row: 2, Scope: ScopeTeam, Group: cell, Name: cell, Language: cell, Text: cell}}
		file, err := WriteReplies(rows)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(file), `'`+sign+`HYPERLINK`); n != 4 {
			t.Errorf("%d of 4 cells are guarded:\n%s", n, file)
		}
	}
}

func TestReadReplies_NamesEachRowThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		file string
		rows []ReplyRow
		want []RowProblem
	}{
		"a spreadsheet's, by semicolons": {"\ufeffName;Scope;Text\r\nhi;team;\"a\r\nb\"\r\n;;\r\n",
			[]ReplyRow{{Row: 2, Scope: ScopeTeam, Name: "hi", Text: "a\nb"}}, nil},
		"nothing":        {"", nil, []RowProblem{{1, "The file is empty, or is no CSV. Its first row names the columns: scope, group, name, language, text."}}},
		"another column": {"scope,name,text,price\n", nil, []RowProblem{{1, "There is no column \"price\", or it stands there twice. The columns are scope, group, name, language, text."}}},
		"no text":        {"scope,name\n", nil, []RowProblem{{1, "The column \"text\" is missing."}}},
		"a short row": {"scope,name,text\nown,a\nown,b,c\n", []ReplyRow{{Row: 3, Scope: ScopeOwn, Name: "b", Text: "c"}},
			[]RowProblem{{2, "This row has another number of cells than the first one."}}},
		"a broken quotation": {"scope,name,text\nown,a,\"b\n", nil,
			[]RowProblem{{2, "This row is no CSV: a quotation mark is missing, or stands in the middle of a cell. What follows was not read."}}},
	} {
		rows, problems := ReadReplies([]byte(c.file))
		if diff := cmp.Diff(c.rows, rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
		if diff := cmp.Diff(c.want, problems); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	many := "scope,name,text\n" + strings.Repeat("own,a,b\n", MaxImport+1)
	if rows, problems := ReadReplies([]byte(many)); len(rows) != MaxImport || len(problems) != 1 || problems[0].Row != MaxImport+2 {
		t.Errorf("too many: %d rows, %v", len(rows), problems)
	}
}
