package chat_test

import (
	"strings"
	"testing"
	"time"

	"earshot/internal/chat"
)

func TestBadge_IsOneEmojiAndAFewWordsUntilATime(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	one := chat.Micros(noon.Add(time.Hour))
	for _, c := range []struct {
		name string
		in   chat.Badge
		want chat.Badge
	}{
		{"both", chat.Badge{Emoji: "🥪", Text: "lunch", Until: one}, chat.Badge{Emoji: "🥪", Text: "lunch", Until: one}},
		{"open end", chat.Badge{Emoji: "🏠"}, chat.Badge{Emoji: "🏠"}},
		{"words alone", chat.Badge{Text: "  on the\nphone "}, chat.Badge{Text: "on the phone"}},
		{"a family is one", chat.Badge{Emoji: "👨‍👩‍👧"}, chat.Badge{Emoji: "👨‍👩‍👧"}},
		{"a flag is one", chat.Badge{Emoji: "🇩🇪"}, chat.Badge{Emoji: "🇩🇪"}},
		{"a colour is one", chat.Badge{Emoji: "👍🏽"}, chat.Badge{Emoji: "👍🏽"}},
		{"a key is one", chat.Badge{Emoji: "1️⃣"}, chat.Badge{Emoji: "1️⃣"}},
		{"nothing with an end is nothing", chat.Badge{Until: one}, chat.Badge{}},
		{"the longest", chat.Badge{Text: strings.Repeat("ü", chat.MaxBadge)}, chat.Badge{Text: strings.Repeat("ü", chat.MaxBadge)}},
	} {
		if got, err := c.in.Clean(noon); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	for name, bad := range map[string]chat.Badge{
		"two emoji":       {Emoji: "🥪🥪"},
		"two flags":       {Emoji: "🇩🇪🇫🇷"},
		"a word":          {Emoji: "ok"},
		"too long":        {Text: strings.Repeat("x", chat.MaxBadge+1)},
		"in the past":     {Text: "x", Until: chat.Micros(noon)},
		"after two years": {Text: "x", Until: chat.Micros(noon.AddDate(2, 0, 0))},
	} {
		if got, err := bad.Clean(noon); !chat.IsKind(err, chat.Invalid) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestUnmarked_EndsEachAtItsOwnTime(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	in := func(d time.Duration) int64 { return chat.Micros(noon.Add(d)) }
	lunch := chat.Badge{Emoji: "🥪", Until: in(time.Hour)}
	a := chat.Agent{Badge: lunch, Undisturbed: in(30 * time.Minute)}
	for _, c := range []struct {
		after       time.Duration
		badge       chat.Badge
		undisturbed int64
		next        int64
	}{
		{0, lunch, in(30 * time.Minute), in(30 * time.Minute)},
		{30*time.Minute - time.Microsecond, lunch, in(30 * time.Minute), in(30 * time.Minute)},
		{30 * time.Minute, lunch, 0, in(time.Hour)},
		{time.Hour, chat.Badge{}, 0, 0},
	} {
		got, next := a.Unmarked(noon.Add(c.after))
		if got.Badge != c.badge || got.Undisturbed != c.undisturbed || next != c.next {
			t.Errorf("after %s: %+v, %d, next %d", c.after, got.Badge, got.Undisturbed, next)
		}
		if got.Disturbable(noon.Add(c.after)) != (c.undisturbed == 0) {
			t.Errorf("after %s he is not disturbable as the mark says", c.after)
		}
	}
	if err := chat.CheckUndisturbed(in(0), noon); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("an end that is now: %v", err)
	}
	if err := chat.CheckUndisturbed(in(32*24*time.Hour), noon); !chat.IsKind(err, chat.Invalid) {
		t.Errorf("more than a month: %v", err)
	}
	if err := chat.CheckUndisturbed(0, noon); err != nil {
		t.Error(err)
	}
}
