// Package desk is the one way in for change: a method per intention, named as
// an agent would say it. Each loads, asks the rules of chat, appends, commits,
// and wakes.
//
// It guarantees that what it answers is committed, that a command's key stands
// for one act for ever, that a refused command stores nothing, and that every
// reader's answer has passed [chat.Visible] as of now. It knows nothing of HTTP
// and SQL, and not who listens.
//
// It imports chat, store, bus and files. api calls it for people, app for
// upkeep.
package desk
