package client

import (
	"context"
	"net/http"
)

// Board is how groups and agents stand at one moment.
type Board struct {
	Now    int64        `json:"now"`
	Groups []BoardGroup `json:"groups"`
	Agents []BoardAgent `json:"agents"`
}

// BoardGroup is a group with its queue.
type BoardGroup struct {
	Group     string `json:"group"`
	State     string `json:"state"`
	Waiting   int    `json:"waiting"`
	Accepting int    `json:"accepting"`
	Free      int    `json:"free"`
}

// BoardAgent is an agent with what he has; Load and Limit are in hundredths of a
// chat.
type BoardAgent struct {
	Agent   string      `json:"agent"`
	Status  string      `json:"status"`
	Present bool        `json:"present"`
	Lost    bool        `json:"lost"`
	Takes   bool        `json:"takes"`
	Load    int         `json:"load"`
	Limit   int         `json:"limit"`
	Chats   []BoardChat `json:"chats"`
}

// BoardChat is a conversation that an agent leads; Conversation is empty where
// the reader may not see it.
type BoardChat struct {
	Group        string `json:"group"`
	Since        int64  `json:"since"`
	Conversation string `json:"conversation,omitempty"`
}

// Board loads how groups and agents stand.
func (a *Agent) Board(ctx context.Context) (Board, error) {
	var out Board
	_, err := a.call(ctx, http.MethodGet, "/v1/board", nil, &out)
	return out, err
}
