package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"earshot/internal/chat"
)

// sqlState is the class and number of an error of the server; "" where it is none.
func sqlState(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// again reports whether a closure lost against another one and may win the next
// time: it could not be put in an order, waited in a circle, or stored what the
// other one has stored since it looked.
func again(err error) bool {
	switch sqlState(err) {
	case "40001", "40P01", "23505":
		return true
	}
	return false
}

// errWaited is the deadline of a caller who waited for a connection too long.
var errWaited = errors.New("store: no connection in time")

// overrun tells a wait that was too long from a caller who went away.
func overrun(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return fmt.Errorf("%w: %w", errWaited, err)
	}
	return err
}

// unreachable reports whether the connection, and not the server, gave the error.
func unreachable(err error) bool {
	var network net.Error
	var connect *pgconn.ConnectError
	return sqlState(err) == "" && (errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errWaited) ||
		errors.As(err, &network) || errors.As(err, &connect) || pgconn.SafeToRetry(err))
}

// unavailable reports whether the server is not there, or does not let anybody in.
func unavailable(err error) bool { return postgresSentence(err) == goneSentence }

const (
	goneSentence = "The server's database cannot be reached, so nothing was stored. Your text is kept here; send it again in a moment."
	busySentence = "The server is too busy, so nothing was stored. Your text is kept here; send it again in a moment."
)

// postgresSentence is what a person is told where the database is not there, or
// cannot store; "" where an error is none of that.
func postgresSentence(err error) string {
	state := sqlState(err)
	if state == "" {
		if unreachable(err) {
			return goneSentence
		}
		return ""
	}
	switch {
	case state == "53100":
		return "The disk of the server's database is full, so nothing was stored. Your text is kept here; send it again when there is room."
	case state == "25006":
		return "The server's database is read-only, so nothing was stored. Your text is kept here; send it again later."
	case state[:2] == "08" || state == "57P01" || state == "57P02" || state == "57P03" || state == "57P05" || state == "25P03":
		return goneSentence
	case state[:2] == "53" || state[:2] == "40" || state == "55P03" || state == "57014":
		return busySentence
	case state[:2] == "58" || state[:2] == "XX":
		return "The server's database does not answer as it should, so nothing was stored. Your text is kept here; send it again later."
	}
	return ""
}

// errUnanswered is the answer where a commit was sent and not answered: it may be
// on disk.
func errUnanswered() error {
	return chat.Errorf(chat.Unavailable, "The server's database went away, and nobody knows whether this was stored. Your text is kept here; sent again, it is stored once.")
}
