package store

import "fmt"

const (
	lockName = "earshot.lock"
	fileName = "earshot.db"
)

// HeldError tells that another process has the data directory.
type HeldError struct {
	Dir    string
	Holder string // who has it and since when, where that is known
}

// Error implements error.
func (e *HeldError) Error() string {
	who := e.Holder
	if who == "" {
		who = "another process"
	}
	return fmt.Sprintf("store: the data directory %s is in use (%s); stop that Earshot first, or start this one with another directory", e.Dir, who)
}
