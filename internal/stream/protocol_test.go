package stream

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
)

const (
	rootDir  = "../.."
	protocol = rootDir + "/docs/protocol.md"
)

func document(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(protocol)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestProtocol_LimitsMatchCode(t *testing.T) {
	t.Parallel()
	_, after, _ := strings.Cut(document(t), "## Limits")
	table, _, _ := strings.Cut(after, "\n## ")
	stated := map[string]int64{}
	for _, row := range regexp.MustCompile(`(?m)^\| (.+?) \| ([\d,]+) \|$`).FindAllStringSubmatch(table, -1) {
		n, err := strconv.ParseInt(strings.ReplaceAll(row[2], ",", ""), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		stated[row[1]] = n
	}
	want := map[string]int64{
		"characters of a message or note":                                               chat.MaxText,
		"files of one message":                                                          chat.MaxFiles,
		"bytes of one file":                                                             chat.MaxFileBytes,
		"files of one person that wait to be sent":                                      chat.MaxUnsent,
		"upward frames of one line at once":                                             upBurst,
		"upward frames of one line a second":                                            upRate,
		"pixels of a picture":                                                           chat.MaxPixels,
		"characters of a text that is shown while it is typed":                          chat.MaxTyped,
		"milliseconds between two of them, at least":                                    chat.PreviewGap.Milliseconds(),
		"milliseconds after which a client sends what changed":                          chat.PreviewEvery.Milliseconds(),
		"characters of a name":                                                          chat.MaxName,
		"characters of a password, at least":                                            chat.MinPassword,
		"characters of a password, at most":                                             chat.MaxPassword,
		"allowed origins of a site":                                                     chat.MaxOrigins,
		"custom fields about a visitor":                                                 chat.MaxData,
		"events and rows that a resume answers with":                                    chat.MaxResume,
		"positions of the log that an agent's resume looks through":                     MaxScan,
		"positions kept in memory":                                                      RingPositions,
		"conversations that one line watches":                                           chat.MaxWatch,
		"bytes of an upward frame":                                                      MaxFrame,
		"bytes of frames that wait for one client":                                      MaxQueueBytes,
		"seconds that the oldest of them waits":                                         int64(MaxQueueAge / time.Second),
		"seconds between pings":                                                         int64(PingEvery / time.Second),
		"milliseconds between rows of one conversation":                                 int64(RowEvery / time.Millisecond),
		"seconds that a signal holds":                                                   int64(chat.SignalTTL / time.Second),
		"seconds after which a signal is repeated":                                      int64(chat.SignalEvery / time.Second),
		"seconds without connection after which a queued visitor counts as gone":        int64(chat.AbandonAfter / time.Second),
		"seconds without a sign of life after which colleagues see \"connection lost\"": int64(chat.ConnectionLost / time.Second),
		"minutes in which an abandoned thread keeps its place":                          int64(chat.RecoverFor / time.Minute),
		"channels that are not archived":                                                chat.MaxChannels,
		"characters of a channel's topic":                                               chat.MaxTopic,
		"members of a channel":                                                          chat.MaxTalkers,
		"people of a direct talk, at most":                                              chat.MaxDirect,
		"pinned messages of a talk":                                                     chat.MaxPins,
		"different emoji on one message":                                                chat.MaxReactions,
		"reactions on one message":                                                      chat.MaxReactors,
		"colleagues whom one message names":                                             chat.MaxMentions,
		"agents whom one message calls, by name, group or @here":                        chat.MaxCalled,
		"cards of one message":                                                          chat.MaxCards,
		"questions to colleagues of one thread":                                         chat.MaxSideTalks,
	}
	for what, n := range want {
		if got, ok := stated[what]; !ok || got != n {
			t.Errorf("docs/protocol.md states %d for %q (found %v), the code has %d", got, what, ok, n)
		}
	}
	for what := range stated {
		if _, ok := want[what]; !ok {
			t.Errorf("docs/protocol.md states a limit that no code has: %q", what)
		}
	}
}

func TestProtocol_CloseCodesAndReasonsMatchCode(t *testing.T) {
	t.Parallel()
	text := document(t)
	codes := map[int]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| (4\d\d\d) \|`).FindAllStringSubmatch(text, -1) {
		code, _ := strconv.Atoi(m[1])
		codes[code] = true
	}
	all := []int{CloseBadFrame, CloseSignIn, CloseRevoked, CloseSlow, CloseReset, CloseOld, CloseTooMany, CloseShutdown}
	for _, code := range all {
		if !codes[code] {
			t.Errorf("docs/protocol.md does not state close code %d", code)
		}
	}
	if len(codes) != len(all) {
		t.Errorf("docs/protocol.md states %d close codes, the code has %d", len(codes), len(all))
	}
	for _, r := range []reason{reasonNew, reasonGap, reasonEpoch, reasonRights, reasonBad} {
		if !strings.Contains(text, "| `"+string(r)+"` |") {
			t.Errorf("docs/protocol.md does not state the reason %q", r)
		}
	}
}

// Each row C1 to C15 names at least one test, and every test that is named exists.
func TestProtocol_NamedTestsExist(t *testing.T) {
	t.Parallel()
	text := document(t)
	exists := testsOf(t)
	named := regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		if !exists[m[1]] {
			t.Errorf("docs/protocol.md names %s, which does not exist", m[1])
		}
	}
	for n := 1; n <= 15; n++ {
		row := regexp.MustCompile(`(?m)^\| C` + strconv.Itoa(n) + ` \|.*$`).FindString(text)
		if !named.MatchString(row) && !strings.Contains(row, ".test.") {
			t.Errorf("docs/protocol.md: row C%d names no test", n)
		}
	}
	for _, m := range regexp.MustCompile("`([a-z0-9/-]+\\.test\\.(?:mjs|ts))`").FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(rootDir, m[1])); err != nil {
			t.Errorf("docs/protocol.md names %s: %v", m[1], err)
		}
	}
}

// testsOf finds every Go test of the project.
func testsOf(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]+)\(`)
	err := filepath.WalkDir(rootDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "data") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, "_test.go") {
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range declared.FindAllStringSubmatch(string(raw), -1) {
				found[m[1]] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
