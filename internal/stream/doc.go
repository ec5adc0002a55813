// Package stream lets readers follow the log: tailer, hub, feed, cursor, frames.
//
// A reader is a cursor. Connecting, resuming, falling behind and a restart of
// the server are one code path: read the ring or the store from the cursor until
// level, then follow. A resume answers with everything since, or with a reset:
// never with a part, never silently with nothing. Whether a reader may have an
// event or a signal is asked of [chat.Visible] and [chat.Hears] at delivery, as
// of now.
//
// The flow: the tailer takes committed batches (or re-reads the log where a
// position is missing), keeps the newest in a ring, folds Access, and offers each
// entry to the feeds of its topics. A feed queues what its reader may have; a
// writer goroutine starts on demand and ends with the queue, so that an idle
// connection costs no goroutine. A queue over its bound is dropped whole, and the
// feed reads again from its cursor.
//
// Locks: Hub.mu before Feed.mu. Nothing is read from the store, and nothing is
// written to a carrier, under either.
//
// stream may import chat, store and bus. It cannot write: readers do not. The api
// package carries its frames; app runs it. docs/protocol.md is its contract.
package stream
