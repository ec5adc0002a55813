package stream

import (
	"time"

	"earshot/internal/chat"
	"earshot/internal/store"
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
	actor   chat.Actor
	devices map[chat.SessionID]int // feeds of each
	since   time.Time              // of the last signal; where no device is left, of the departure
}

// arrive counts a feed and returns the signal to send, if any. The caller holds
// Hub.mu.
func (h *Hub) arrive(f *Feed) *chat.Signal {
	if f.visitor() || f.who.Agent == "" {
		return nil
	}
	o, known := h.online[f.who.Agent]
	if !known {
		o = &online{actor: f.actor, devices: map[chat.SessionID]int{}, since: time.Now()}
		h.online[f.who.Agent] = o
	}
	if o.devices[f.session]++; o.devices[f.session] == 1 {
		h.tellOf(f.present())
	}
	if known {
		return nil
	}
	s := h.presence(f.actor, true)
	return &s
}

// depart counts a feed that has left. The caller holds Hub.mu.
func (h *Hub) depart(f *Feed) {
	o := h.online[f.who.Agent]
	if o == nil || f.visitor() {
		return
	}
	if o.devices[f.session]--; o.devices[f.session] > 0 {
		return
	}
	delete(o.devices, f.session)
	if len(o.devices) == 0 {
		o.since = time.Now()
	}
	h.tellOf(f.present())
}

// present is whose feed it is, and on which device.
func (f *Feed) present() store.Present {
	return store.Present{Agent: f.who.Agent, Session: f.session, Visitor: f.who.Visitor}
}

// Here reports whether an agent's device has a connection to this node.
func (h *Hub) Here(p store.Present) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := h.online[p.Agent]
	return o != nil && o.devices[p.Session] > 0
}

// tellOf tells Options.Agents of a device. One that is cut off by the end of this
// process is not gone. The caller holds Hub.mu.
func (h *Hub) tellOf(p store.Present) {
	if h.closing {
		return
	}
	select {
	case h.agents <- p:
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
		case len(o.devices) == 0 && quiet >= presenceStable:
			delete(h.online, id)
			send = append(send, h.presence(o.actor, false))
		case len(o.devices) > 0 && quiet >= presenceEvery:
			o.since = now
			send = append(send, h.presence(o.actor, true))
		}
	}
	micros := chat.Micros(h.now())
	for key, s := range h.shown {
		if s.expires <= micros {
			delete(h.shown, key)
		}
	}
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
