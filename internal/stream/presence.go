package stream

import (
	"time"

	"earshot/internal/chat"
)

// Presence is told once when it changes, and repeated between nodes, so that the
// word of a node that died expires.
const (
	presenceTTL    = 45 * time.Second
	presenceEvery  = 15 * time.Second
	presenceStable = 5 * time.Second // a reload of the page is no departure
)

// online is an agent with connections to this node.
type online struct {
	actor chat.Actor
	feeds int
	since time.Time // of the last signal; where no feed is left, of the departure
}

// arrive counts a feed and returns the signal to send, if any. The caller holds
// Hub.mu.
func (h *Hub) arrive(f *Feed) *chat.Signal {
	if f.visitor() || f.who.Agent == "" {
		return nil
	}
	o := h.online[f.who.Agent]
	if o != nil {
		if o.feeds++; o.feeds == 1 {
			h.tellOf(f.who.Agent)
		}
		return nil
	}
	h.online[f.who.Agent] = &online{actor: f.actor, feeds: 1, since: time.Now()}
	h.tellOf(f.who.Agent)
	s := h.presence(f.actor, true)
	return &s
}

// depart counts a feed that has left. The caller holds Hub.mu.
func (h *Hub) depart(f *Feed) {
	if o := h.online[f.who.Agent]; o != nil && !f.visitor() {
		if o.feeds--; o.feeds == 0 {
			o.since = time.Now()
			h.tellOf(f.who.Agent)
		}
	}
}

// tellOf tells Options.Agents of one. Who is cut off by the end of this process is
// not gone. The caller holds Hub.mu.
func (h *Hub) tellOf(a chat.AgentID) {
	if h.closing {
		return
	}
	select {
	case h.agents <- a:
	default:
	}
}

func (h *Hub) presence(a chat.Actor, on bool) chat.Signal {
	return chat.Signal{Kind: chat.SignalPresence, Actor: a, Audience: chat.ForAgents, On: on, Expires: chat.Micros(h.now().Add(presenceTTL))}
}

// expire lets go of old signals and returns those that this node has to send:
// departures that have lasted, presence that is repeated, and departures of
// agents whose node has gone silent. The caller holds Hub.mu.
func (h *Hub) expire() []chat.Signal {
	var send []chat.Signal
	now := time.Now()
	for id, o := range h.online {
		switch quiet := now.Sub(o.since); {
		case o.feeds == 0 && quiet >= presenceStable:
			delete(h.online, id)
			send = append(send, h.presence(o.actor, false))
		case o.feeds > 0 && quiet >= presenceEvery:
			o.since = now
			send = append(send, h.presence(o.actor, true))
		}
	}
	micros := chat.Micros(h.now())
	for key, s := range h.signals {
		if s.Expires > micros {
			continue
		}
		if s.Kind == chat.SignalPresence {
			send = append(send, h.presence(s.Actor, false))
		} else {
			delete(h.signals, key)
		}
	}
	return send
}
