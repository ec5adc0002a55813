package store

import (
	"fmt"
	"strings"

	"earshot/internal/chat"
)

// params collects the arguments of a statement that is put together.
type params struct{ args []any }

// add takes an argument and returns its placeholder.
func (p *params) add(v any) string {
	p.args = append(p.args, v)
	return fmt.Sprintf("$%d", len(p.args))
}

// in returns the placeholders of a list: "$1, $2". The list is filled up to a
// power of two with its last one, so that few statements have to be prepared.
func (p *params) in(values []string) string {
	if len(values) == 0 {
		// Not NULL: what is not in an empty list must be true, not unknown.
		return "SELECT '' WHERE 1 = 0"
	}
	size := 1
	for size < len(values) {
		size *= 2
	}
	marks := make([]string, size)
	for i := range marks {
		marks[i] = p.add(values[min(i, len(values)-1)])
	}
	return strings.Join(marks, ", ")
}

// admits is chat.Access.Admits as a condition on the threads that an alias
// names. A test compares the two.
func (p *params) admits(alias string, v chat.Viewer) string {
	if v.Kind != chat.ByAgent || v.Agent == "" {
		return "1 = 0"
	}
	if v.Role.Oversees() {
		return strings.ReplaceAll("t.policy IN ('open', 'group', 'lead')", "t.", alias+".")
	}
	me := p.add(string(v.Agent))
	if !v.Role.Answers() {
		return strings.ReplaceAll(`(t.policy IN ('open', 'group', 'lead') AND EXISTS (SELECT 1 FROM guests allowed WHERE allowed.thread = t.id AND allowed.agent = `+me+`))`, "t.", alias+".")
	}
	text := `(t.policy = 'open'
		OR t.policy IN ('group', 'lead')
			AND (t.lead = ` + me + `
				OR t.grp IN (` + p.in(groupNames(v.Supervises)) + `)
				OR (t.policy = 'group' OR t.lead = '') AND t.grp IN (` + p.in(groupNames(v.Groups)) + `)
				OR EXISTS (SELECT 1 FROM participants own WHERE own.thread = t.id AND own.agent = ` + me + `)
				OR EXISTS (SELECT 1 FROM offers asked WHERE asked.agent = ` + me + ` AND asked.thread = t.id AND asked.passed = 1)
				OR EXISTS (SELECT 1 FROM guests allowed WHERE allowed.thread = t.id AND allowed.agent = ` + me + `)))`
	return strings.ReplaceAll(text, "t.", alias+".")
}

func groupNames(groups []chat.GroupID) []string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = string(g)
	}
	return names
}
