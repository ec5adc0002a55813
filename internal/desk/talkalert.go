package desk

import (
	"earshot/internal/chat"
	"earshot/internal/store"
)

// levelsOf is what those who are in a talk have chosen there; of agents, where some are
// named.
func levelsOf(tx *store.Tx, s chat.State, agents ...chat.Agent) (chat.Levels, error) {
	chosen, err := tx.TalkLevels(s.Conversation.ID)
	if err != nil || len(chosen) == 0 {
		return nil, err
	}
	if len(agents) == 0 {
		if agents, err = tx.Agents(); err != nil {
			return nil, err
		}
	}
	return chat.LevelsOf(s, chosen, agents), nil
}

// rung are whom an event alerts of those whom it calls: of a talk one may want nothing.
func rung(tx *store.Tx, s chat.State, said chat.Event, called []chat.AgentID) ([]chat.AgentID, error) {
	if s.Talk == nil || len(called) == 0 {
		return called, nil
	}
	levels, err := levelsOf(tx, s)
	return chat.Rung(said, called, levels), err
}

// wanted reports whether an agent wants an alert about an event still: what he has
// chosen for a talk may be of a moment ago.
func wanted(tx *store.Tx, s chat.State, said chat.Event, a chat.Alert, to chat.Agent) (bool, error) {
	if s.Talk == nil {
		return true, nil
	}
	levels, err := levelsOf(tx, s, to)
	return err == nil && levels.Alerts(s, said, a), err
}

// ofTalk reports whether an event is a message of a talk, which has no Thread.
func ofTalk(e chat.Event) bool { return e.Kind == chat.KindMessage && e.Thread == "" }
