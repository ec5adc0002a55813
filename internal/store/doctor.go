package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Setting is a setting of the database as it is in effect, for the doctor.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	OK    bool   `json:"ok"`
	Want  string `json:"want"`
}

// Settings reads what is in effect on a connection that writes.
func (s *Store) Settings(ctx context.Context) ([]Setting, error) {
	var all []Setting
	err := s.Write(ctx, func(tx *Tx) error {
		wanted := s.engine.wanted()
		all = make([]Setting, 0, len(wanted))
		for _, w := range wanted {
			var value string
			if _, err := tx.find("read "+w.name, w.text, nil, &value); err != nil {
				return err
			}
			all = append(all, Setting{Name: w.name, Value: value, OK: w.ok(value), Want: w.want})
		}
		return nil
	})
	return all, err
}

type want struct {
	name, text, want string
	ok               func(value string) bool
}

func is(values ...string) func(string) bool {
	return func(value string) bool {
		for _, v := range values {
			if strings.EqualFold(v, value) {
				return true
			}
		}
		return false
	}
}

func atLeast(least int) func(string) bool {
	return func(value string) bool {
		n, err := strconv.Atoi(value)
		return err == nil && n >= least
	}
}

// since reports whether a version "a.b.c" is that one or a later one.
func since(least [3]int) func(string) bool {
	return func(value string) bool {
		var has [3]int
		if _, err := fmt.Sscanf(value, "%d.%d.%d", &has[0], &has[1], &has[2]); err != nil {
			return false
		}
		for i := range has {
			if has[i] != least[i] {
				return has[i] > least[i]
			}
		}
		return true
	}
}
