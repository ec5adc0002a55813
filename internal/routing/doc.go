// Package routing decides who answers: which Group a visitor reaches ([Place]),
// when a Group is open ([Hours]), and who of the team is given, offered or loses
// which Thread ([Decide]).
//
// It guarantees that every answer is a function of its arguments: no clock, no
// chance, no goroutine, no database. The same [State] in any order of rows gives
// the same decisions; deciding again after applying them gives none; and every
// decision says why in words, with the runner-up. It is level-triggered: Decide
// asks what should be done now, never what just happened, so that a lost or
// doubled trigger is harmless and a restart needs no memory.
//
// The limits it keeps: nobody is given more than fits under his limit, where a
// chat counts 1, one that waits for its visitor over 10 minutes 0.25, one in
// which he is a member 0.5, and a mail 0.1. Only a chat that wakes may exceed
// the limit, by at most one, and says so.
//
// It may import chat alone. desk calls it in production, routing/sim under a
// virtual clock; both run the same Decide.
package routing
