package e2e

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"earshot/client"
	"earshot/internal/chat"
)

// linearizable checks the deeds of every conversation against the model.
func (r *race) linearizable(t testing.TB, h *history) (checked, broken, undecided int) {
	t.Helper()
	deeds := map[chat.ConversationID][]deed{}
	var left, shifts []deed
	for _, d := range h.deeds {
		if d.verb == "sign-out" {
			left = append(left, d)
			continue
		}
		if d.verb == "hand-over" {
			shifts = append(shifts, d)
			continue
		}
		if d.verb == "say" && d.outcome != "ok" && d.outcome != "" {
			r.wrong(&r.lost, chat.Event{Conversation: chat.ConversationID(d.conversation)}, "a visitor could not write: "+d.outcome)
		}
		if slices.ContainsFunc(d.events, func(e client.Event) bool { return e.At != d.events[0].At }) {
			r.wrong(&r.halves, chat.Event{Conversation: chat.ConversationID(d.conversation)}, fmt.Sprintf("%s by %s has events of several moments, from %d on", d.verb, d.by, d.events[0].Seq))
		}
		deeds[chat.ConversationID(d.conversation)] = append(deeds[chat.ConversationID(d.conversation)], d)
	}
	for id, mine := range deeds {
		facts, all, missing := r.history(id, mine, left, shifts)
		if missing > 0 {
			r.wrong(&r.lost, chat.Event{Conversation: id}, fmt.Sprintf("%d answers name events that the log does not hold", missing))
		}
		result := porcupine.CheckOperationsTimeout(r.rules.model(facts), operations(all), 20*time.Second)
		switch checked++; result {
		case porcupine.Illegal:
			broken++
			if broken == 1 {
				t.Log(r.story(id, facts, all))
				t.Log("no order has these: ", leftOver(r.rules.model(facts), all))
			}
		case porcupine.Unknown:
			undecided++
		}
		r.unclaimed(id, facts, all)
		r.countHeads(facts, all)
	}
	r.wholeShifts(shifts)
	return checked, broken, undecided
}

// leftOver are the deeds that the longest order that could be found leaves out: the
// first of them is most often what does not fit.
func leftOver(model porcupine.Model, all []attempt) []string {
	_, info := porcupine.CheckOperationsVerbose(model, operations(all), 20*time.Second)
	longest := map[int]bool{}
	for _, orders := range info.PartialLinearizations() {
		for _, order := range orders {
			if len(order) > len(longest) {
				longest = map[int]bool{}
				for _, i := range order {
					longest[i] = true
				}
			}
		}
	}
	var out []string
	for i, a := range all {
		if !longest[i] {
			out = append(out, a.String())
		}
	}
	return out
}

func operations(all []attempt) []porcupine.Operation {
	var ops []porcupine.Operation
	for i, a := range all {
		ops = append(ops, porcupine.Operation{ClientId: i, Input: a, Call: a.call, Return: a.ret})
	}
	return ops
}

// unclaimed wants a deed behind every fact that an agent or a visitor has made.
func (r *race) unclaimed(id chat.ConversationID, facts []fact, all []attempt) {
	for i, f := range facts {
		if f.mine {
			continue
		}
		if !slices.ContainsFunc(all, func(a attempt) bool { return a.outcome == "" && a.makes(f) }) {
			r.wrong(&r.lost, r.events[id][0], fmt.Sprintf("fact %d %s by %s that nobody has asked for", i, f.kind, f.actor.ID))
		}
	}
}

// story tells a conversation whose deeds fit no order.
func (r *race) story(id chat.ConversationID, facts []fact, all []attempt) string {
	text := fmt.Sprintf("%s fits no order:\n", id)
	for i, f := range facts {
		text += fmt.Sprintf("  fact %d %s by %s/%s at %d: agent %s lead %s previous %s cause %s how %s group %s\n", i, f.kind, f.actor.Kind, f.actor.ID, f.at,
			f.agent, f.lead, f.previous, f.cause, f.how, f.group)
		if f.to.Kind != "" {
			text += fmt.Sprintf("    passed %+v until %d: %s\n", f.to, f.deadline, f.reason)
		}
	}
	slices.SortFunc(all, func(x, y attempt) int { return int(min(max(x.call-y.call, -1), 1)) })
	for _, a := range all {
		ret := a.ret
		if ret == math.MaxInt64 {
			ret = -1
		}
		text += fmt.Sprintf("  %d..%d %s holder %s full %v\n", a.call, ret, a, a.holder, a.full)
	}
	return text
}
