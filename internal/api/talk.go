package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type talks struct {
	Talks []chat.TalkRow `json:"talks" doc:"In a channel of more than 50 members they are left out; opening it names them."`
}

type openedTalk struct {
	Cursor string          `json:"cursor"`
	Row    chat.TalkRow    `json:"row"`
	Within bool            `json:"within" doc:"I am in it: its events come to me, and I may write."`
	Runs   bool            `json:"runs" doc:"I may rename, close, archive it and remove members."`
	Events []chat.Event    `json:"events" doc:"The newest ones, oldest first."`
	More   bool            `json:"more" doc:"Whether there are older ones."`
	Reads  []desk.ReadMark `json:"reads" doc:"How far the people of a direct talk have read."`
}

type madeTalk struct {
	Conversation chat.ConversationID `json:"conversation"`
	Events       []chat.Event        `json:"events"`
	Again        bool                `json:"again" doc:"The same key did this before, or the same people have this talk already."`
}

type channelBody struct {
	Key    string         `json:"key" format:"uuid"`
	Name   string         `json:"name" example:"Lunch"`
	Topic  string         `json:"topic,omitempty"`
	Closed bool           `json:"closed,omitempty" doc:"For those alone who are named."`
	With   []chat.AgentID `json:"with,omitempty" nullable:"false" doc:"Colleagues who are in it from the start."`
}

type directBody struct {
	Key  string         `json:"key" format:"uuid"`
	With []chat.AgentID `json:"with" nullable:"false" doc:"The others; 1 to 7."`
}

type talkChangeBody struct {
	Key    string  `json:"key" format:"uuid"`
	Name   *string `json:"name,omitempty"`
	Topic  *string `json:"topic,omitempty"`
	Closed *bool   `json:"closed,omitempty"`
}

type archiveBody struct {
	Key string `json:"key" format:"uuid"`
	On  bool   `json:"on" doc:"false brings it back."`
}

type talkersBody struct {
	Key    string         `json:"key" format:"uuid"`
	Agents []chat.AgentID `json:"agents" nullable:"false"`
}

type talkerBody struct {
	Key   string       `json:"key" format:"uuid"`
	Agent chat.AgentID `json:"agent"`
}

type lineBody struct {
	Key      string           `json:"key" format:"uuid"`
	Text     string           `json:"text" doc:"At most 10,000 characters."`
	Files    []chat.FileID    `json:"files,omitempty" nullable:"false" doc:"Uploaded before; at most 10."`
	TypingMS int64            `json:"typing_ms,omitempty" minimum:"0"`
	ReplyTo  int64            `json:"reply_to,omitempty" minimum:"0" doc:"The seq of the message that this one stands under."`
	Mentions []chat.AgentID   `json:"mentions,omitempty" nullable:"false" doc:"Colleagues whom it calls by name; at most 10."`
	Groups   []chat.GroupID   `json:"groups,omitempty" nullable:"false" doc:"Groups whose people it calls."`
	Here     bool             `json:"here,omitempty" doc:"Calls those in the talk who are on shift."`
	Cards    []chat.Reference `json:"cards,omitempty" nullable:"false" doc:"What it refers to; at most 5."`
}

func (b lineBody) line() desk.Line {
	return desk.Line{Key: b.Key, Text: b.Text, Files: b.Files, TypingMS: b.TypingMS, ReplyTo: b.ReplyTo, Mentions: b.Mentions, Groups: b.Groups, Here: b.Here, Cards: b.Cards}
}

type reactBody struct {
	Key   string `json:"key" format:"uuid"`
	Seq   int64  `json:"seq" minimum:"1"`
	Emoji string `json:"emoji" example:"👍"`
	On    bool   `json:"on" doc:"false takes it away."`
}

type pinBody struct {
	Key string `json:"key" format:"uuid"`
	Seq int64  `json:"seq" minimum:"1"`
	On  bool   `json:"on" doc:"false unpins it."`
}

type levelBody struct {
	Level      chat.Level `json:"level" enum:"all,mentions,none"`
	MutedUntil int64      `json:"muted_until,omitempty" minimum:"0" doc:"In microseconds; 0 = not muted."`
}

func (s *Server) talkRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/talks", id: "list-talks", who: forTeam,
		summary: "List the channels and direct talks that I am in", about: "Those with the newest words first, archived ones last."},
		func(ctx context.Context, _ *struct{}) (*answer[talks], error) {
			rows, err := s.Desk.Talks(ctx, agentOf(ctx))
			return &answer[talks]{talks{each(rows)}}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/channels", id: "open-channels", who: forTeam,
		summary: "List the channels that I may read and am not in"},
		func(ctx context.Context, _ *struct{}) (*answer[talks], error) {
			rows, err := s.Desk.OpenChannels(ctx, agentOf(ctx))
			return &answer[talks]{talks{each(rows)}}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/talks/{id}", id: "talk", who: forTeam,
		summary: "Open a channel or a direct talk", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *InConversation) (*answer[openedTalk], error) {
			a := agentOf(ctx)
			t, err := s.Desk.Talk(ctx, a, in.ID)
			if err != nil {
				return nil, err
			}
			return &answer[openedTalk]{openedTalk{s.Hub.Seal(a.Viewer(), t.Position), t.Row, t.Within, t.Runs, each(t.Events), t.More, each(t.Reads)}}, nil
		})
	register(s, operation{method: http.MethodGet, path: "/v1/talks/{id}/pins", id: "talk-pins", who: forTeam,
		summary: "Load what is pinned", about: "The newest pin first.", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *InConversation) (*answer[events], error) {
			pinned, err := s.Desk.TalkPins(ctx, agentOf(ctx), in.ID)
			return &answer[events]{events{Events: each(pinned)}}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/talks/{id}/level", id: "set-talk-level", who: forTeam, status: http.StatusNoContent,
		summary: "Say what I want to be alerted of", errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *actInput[levelBody]) (*struct{}, error) {
			return nil, s.Desk.SetTalkLevel(ctx, agentOf(ctx), chat.TalkLevel{Conversation: in.ID, Level: in.Body.Level, MutedUntil: in.Body.MutedUntil})
		})
	register(s, operation{method: http.MethodGet, path: "/v1/reference", id: "reference-card", who: forTeam,
		summary: "Look at what a card refers to", about: "Judged by my own rights, as of now. open is false where I may see nothing, whether or not there is anything."},
		func(ctx context.Context, in *struct {
			Conversation chat.ConversationID `query:"conversation" required:"true" minLength:"1" maxLength:"64"`
			Seq          int64               `query:"seq" minimum:"0"`
		}) (*answer[desk.ReferenceCard], error) {
			card, err := s.Desk.ReferenceCard(ctx, agentOf(ctx), chat.Reference{Conversation: in.Conversation, Seq: in.Seq})
			return &answer[desk.ReferenceCard]{card}, err
		})
	s.talkMakingRoutes()
	s.talkKeepRoutes()
	s.talkActRoutes()
	s.talkSayingRoutes()
}

func (s *Server) talkKeepRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/talks", id: "talk-settings", who: forManagers, summary: "How long talks are kept"},
		func(ctx context.Context, _ *nothing) (*answer[desk.TalkSettings], error) {
			kept, err := s.Desk.TalkSettings(ctx, agentOf(ctx))
			return &answer[desk.TalkSettings]{kept}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/admin/talks", id: "set-talk-settings", who: forManagers, strict: true, status: http.StatusNoContent,
		summary: "Say how long talks are kept", about: "What is older is emptied within minutes and does not come back.", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, in *struct{ Body desk.TalkSettings }) (*struct{}, error) {
			return nil, s.Desk.SetTalkSettings(ctx, agentOf(ctx), in.Body)
		})
}

func (s *Server) talkMakingRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/talks", id: "make-channel", who: forTeam, status: http.StatusCreated,
		summary: "Make a channel", errors: []chat.ErrorKind{chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *struct{ Body channelBody }) (*withStatus[madeTalk], error) {
			b := in.Body
			return s.made(ctx, func(a chat.Agent) (chat.ConversationID, desk.Done, error) {
				return s.Desk.MakeChannel(ctx, a, desk.NewChannel{Key: b.Key, Name: b.Name, Topic: b.Topic, Closed: b.Closed, With: b.With})
			})
		})
	register(s, operation{method: http.MethodPost, path: "/v1/talks/direct", id: "open-direct", who: forTeam, status: http.StatusCreated,
		summary: "Open the direct talk with some colleagues", about: "The same people come to the same talk, whoever opens it.", errors: []chat.ErrorKind{chat.Missing, chat.Conflict}},
		func(ctx context.Context, in *struct{ Body directBody }) (*withStatus[madeTalk], error) {
			return s.made(ctx, func(a chat.Agent) (chat.ConversationID, desk.Done, error) {
				return s.Desk.OpenDirect(ctx, a, in.Body.Key, in.Body.With)
			})
		})
}

// made runs what makes a talk, unless somebody makes more than people do.
func (s *Server) made(ctx context.Context, act func(chat.Agent) (chat.ConversationID, desk.Done, error)) (*withStatus[madeTalk], error) {
	a := agentOf(ctx)
	if err := s.limits.acts.take(string(a.ID)); err != nil {
		return nil, err
	}
	c, d, err := act(a)
	status := http.StatusCreated
	if d.Again {
		status = http.StatusOK
	}
	return &withStatus[madeTalk]{status, madeTalk{c, each(d.Events), d.Again}}, err
}

// talkAct registers one act in a talk.
func talkAct[B any](s *Server, verb, id, summary, about string, act func(context.Context, chat.Agent, chat.ConversationID, B) (desk.Done, error)) {
	register(s, operation{method: http.MethodPost, path: "/v1/talks/{id}/" + verb, id: id, who: forTeam, status: http.StatusCreated,
		summary: summary, about: about, errors: []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *actInput[B]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return act(ctx, a, in.ID, in.Body) })
		})
}

func (s *Server) talkActRoutes() {
	talkAct(s, "change", "change-talk", "Rename a channel, change its topic, close or open it", "Closing takes it from everybody who has not joined.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b talkChangeBody) (desk.Done, error) {
			return s.Desk.ChangeTalk(ctx, a, c, b.Key, chat.TalkChange{Name: b.Name, Topic: b.Topic, Closed: b.Closed})
		})
	talkAct(s, "archive", "archive-talk", "Archive a channel, or bring it back", "An archived one can be read.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b archiveBody) (desk.Done, error) {
			return s.Desk.ArchiveTalk(ctx, a, c, b.Key, b.On)
		})
	talkAct(s, "join", "join-talk", "Join an open channel", "",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b keyBody) (desk.Done, error) {
			return s.Desk.JoinTalk(ctx, a, c, b.Key)
		})
	talkAct(s, "leave", "leave-talk", "Leave a channel", "The last one to leave a closed channel archives it.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b keyBody) (desk.Done, error) {
			return s.Desk.LeaveTalk(ctx, a, c, b.Key)
		})
	talkAct(s, "add", "add-to-talk", "Add colleagues to a channel", "They see all that was said in it before.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b talkersBody) (desk.Done, error) {
			return s.Desk.AddToTalk(ctx, a, c, b.Key, b.Agents)
		})
	talkAct(s, "remove", "remove-from-talk", "Remove a member from a channel", "He loses a closed one on all his devices at once.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b talkerBody) (desk.Done, error) {
			return s.Desk.RemoveFromTalk(ctx, a, c, b.Key, b.Agent)
		})
}

func (s *Server) talkSayingRoutes() {
	talkAct(s, "messages", "say-in-talk", "Write in a channel or a direct talk", "Whom groups and here call is found out when it is stored: the mentions of the answered event are all whom it calls. Denied where I name a colleague who may not read it.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b lineBody) (desk.Done, error) {
			return s.Desk.SayInTalk(ctx, a, c, b.line())
		})
	talkAct(s, "edit", "edit-in-talk", "Replace the text of my message", "",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b editBody) (desk.Done, error) {
			return s.Desk.EditInTalk(ctx, a, c, b.Key, b.Seq, b.Text)
		})
	talkAct(s, "redact", "redact-in-talk", "Take a message back", "My own, or anybody's where I run the channel.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b redactBody) (desk.Done, error) {
			return s.Desk.RedactInTalk(ctx, a, c, b.Key, b.Seq)
		})
	talkAct(s, "react", "react", "Set an emoji under a message, or take it away", "",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b reactBody) (desk.Done, error) {
			return s.Desk.React(ctx, a, c, b.Key, chat.Reacted{Target: b.Seq, Emoji: b.Emoji, On: b.On})
		})
	talkAct(s, "pin", "pin", "Pin a message, or unpin it", "",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b pinBody) (desk.Done, error) {
			return s.Desk.Pin(ctx, a, c, b.Key, chat.Pinned{Target: b.Seq, On: b.On})
		})
}
