package routing

import (
	"slices"

	"earshot/internal/chat"
)

// Raised returns the agents whose load, or whose part of it in a Group, a change
// of one Thread makes greater, in ascending order. Who judges somebody's load has
// to wait for such a change, and it for him; one that lowers it waits for nobody.
func Raised(before, after Thread) []chat.AgentID {
	was, is := State{Threads: []Thread{before}}, State{Threads: []Thread{after}}
	var all []chat.AgentID
	for _, a := range after.concerned() {
		more := is.Load(a) > was.Load(a)
		for _, g := range []chat.GroupID{after.Group, after.rings()} {
			more = more || is.LoadIn(a, g) > was.LoadIn(a, g)
		}
		if more {
			all = append(all, a)
		}
	}
	return all
}

// concerned are those whom a Thread costs something.
func (t *Thread) concerned() []chat.AgentID {
	if t.State == chat.IsClosed {
		return nil
	}
	all := append([]chat.AgentID{t.Lead}, t.Members...)
	for _, o := range t.Offers {
		all = append(all, o.Agent)
	}
	for _, i := range t.Invites {
		all = append(all, i.Agent)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(a chat.AgentID) bool { return a == "" })
}
