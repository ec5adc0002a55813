package store

import (
	"fmt"

	"earshot/internal/chat"
)

// explain gives the errors of a database that does not work a sentence for the
// person who waits. Every other error stays as it is.
func explain(err error) error {
	sentence := errorSentence(err)
	if sentence == "" {
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
