package store

import (
	"database/sql"
	"strings"
	"testing"

	"earshot/internal/chat"
)

// RoundReads are what the router loads in every round, and what suggestions load.
func RoundReads() map[string]string {
	var ways params
	return map[string]string{"open threads": openThreads, "their versions": openVersions, "today's assignments": countAssignments, "what one has lost": losses,
		"who takes chats": availabilityWithin, "precedents of a site": alikeOnSite, "of a page": alikeOnPage, "of a word": alikeWithWord, "wrong ways": wrongWays, "which ones": ways.wrongWays(chat.Viewer{Kind: chat.ByAgent, Agent: "a", Role: chat.Member, Groups: []chat.GroupID{"g"}}, []chat.GroupID{"g"}, 5),
		"who waits for an answer": unanswered, "who watches": openWatches, "what an agent watches": openWatchesBy, "hours watched": watchSums}
}

// What the router loads in every round must not become dearer with what is over:
// closed Threads, former assignments, former times of taking chats, former watches.
// Nor must suggestions with what was ever passed on.
func TestRound_NoReadWalksThroughHistory(t *testing.T) {
	t.Parallel()
	s := opened(t)
	for name, text := range RoundReads() {
		var plan []string
		err := s.Read(t.Context(), func(tx *Tx) error {
			args := make([]any, strings.Count(text, "$"))
			for i := range args {
				args[i] = 5
			}
			return tx.each("explain", "EXPLAIN QUERY PLAN "+text, args, func(rows *sql.Rows) error {
				var id, parent, unused int
				var step string
				err := rows.Scan(&id, &parent, &unused, &step)
				plan = append(plan, step)
				return err
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		first := plan[0]
		narrow := strings.Contains(first, "INDEX threads_open") || strings.Contains(first, "INDEX threads_versions") || strings.Contains(first, "INDEX watches_now") || strings.Contains(first, "INDEX watches_open") || strings.HasPrefix(first, "SEARCH")
		if !narrow {
			t.Errorf("%s are read by %q", name, plan)
		}
	}
}
