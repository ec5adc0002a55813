// Package chat holds the nouns of Earshot and the rules between them.
//
// It guarantees that every rule is a function of its arguments: no clock, no
// database, no goroutine, no package state. Rules return events or an error and
// never write. One access function, [Visible], with its companions [Hears] and
// [Access.Admits], answers who may see, hear and act; reads, writes, fan-out,
// search and counters all ask it.
//
// chat imports nothing of ours: words do not depend on machines. Everything
// else in the project may import chat.
package chat
