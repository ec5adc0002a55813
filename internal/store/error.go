package store

import (
	"fmt"

	"earshot/internal/chat"
)

// explain gives the errors of a broken disk or file a sentence for the person
// who waits. Every other error stays as it is.
func explain(err error) error {
	var sentence string
	switch code(err) {
	case codeFull:
		sentence = "The server's disk is full, so nothing was stored. Your text is kept here; send it again when there is room."
	case codeReadOnly:
		sentence = "The server's database is read-only, so nothing was stored. Your text is kept here; send it again later."
	case codeIO, codeCantOpen, codeNoMemory, codeInterrupt:
		sentence = "The server's disk does not answer as it should, so nothing was stored. Your text is kept here; send it again later."
	case codeCorrupt, codeNotADB:
		sentence = "The server's database file is damaged, so nothing was stored. Your text is kept here; the operator has to restore a backup."
	default:
		return err
	}
	return fmt.Errorf("%w: %w", chat.Errorf(chat.Unavailable, "%s", sentence), err)
}

// errClosed is the answer of a Store that is closing.
func errClosed() error {
	return chat.Errorf(chat.Unavailable, "The server is stopping. Your text is kept here; it is sent again when the server is back.")
}

// missing is the answer for what is not there.
func missing(what string) error {
	return chat.Errorf(chat.Missing, "There is no such %s, or you may not see it.", what)
}
