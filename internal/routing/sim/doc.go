// Package sim runs the router under a virtual clock: visits come, agents work
// their shifts, accept offers and finish chats, visitors lose patience.
//
// It guarantees that the same World and the same visits give the same Day: the
// only chance comes from seeds, drawn for each visit alone, so that two runs
// under different rules meet the same people. Every decision is made by
// routing.Place and routing.Decide, the ones that run in production.
//
// What it leaves out: a chat is one piece of work that gets slower the more
// chats its agent has, not an exchange of messages; so nothing goes idle, nobody
// writes by mail, and no connection is lost.
//
// It may import routing and chat. The rehearsal of rules, the simulate command
// and staffing call it.
package sim
