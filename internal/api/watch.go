package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type watchMeBody struct {
	Key   string       `json:"key" format:"uuid"`
	Agent chat.AgentID `json:"agent" doc:"The colleague who is asked to watch."`
}

type jumpInBody struct {
	Key  string `json:"key" format:"uuid"`
	Text string `json:"text,omitempty" doc:"A first line to the visitor; left out = none." example:"I am Sue from support, and I know about this."`
}

type takeOverBody struct {
	Key    string       `json:"key" format:"uuid"`
	From   chat.AgentID `json:"from" doc:"Who leads it now, as far as I know: who comes second gets a conflict."`
	Reason string       `json:"reason" doc:"At most 500 characters; the colleague reads it, the visitor does not." example:"I know this customer."`
}

type helpBody struct {
	Key    string `json:"key" format:"uuid"`
	Reason string `json:"reason,omitempty" doc:"At most 300 characters." example:"The refund is above my limit."`
}

type wall struct {
	Chats []desk.WallChat `json:"chats" doc:"Help flags first, those that nobody has taken before the others, then who waits longest; at most 200."`
}

type hoursWatched struct {
	Hours []desk.WatchHours `json:"hours" doc:"Mine; where I oversee, everybody's who has watched or was watched."`
}

type helpWordList struct {
	Words []string `json:"words" nullable:"false" doc:"A whole word or several, whatever its case and accents; at most 200."`
}

// watchRoutes are watching, whispering, stepping in, and asking for help.
func (s *Server) watchRoutes() {
	s.threadRoute("watch", "Watch a conversation silently", "Neither the visitor nor the conversation's events tell of it; the lead knows what the group has agreed. The answer holds the caller's own watch.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
			return s.Desk.Watch(ctx, a, c, key)
		})
	s.threadRoute("unwatch", "Stop watching a conversation", "", func(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
		return s.Desk.Unwatch(ctx, a, c, key)
	})
	s.threadRoute("jump-out", "Leave a conversation and go on watching it", "Denied where the group has agreed that I do not watch; then leave.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
			return s.Desk.JumpOut(ctx, a, c, key)
		})
	s.threadRoute("take-help", "Say that I come where help is wanted", "The first one has the flag, and nobody else is called. A conflict whose data names the holder means that somebody was faster.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
			return s.Desk.TakeHelp(ctx, a, c, key)
		})
	s.threadRoute("return-help", "Give the help flag back that I have taken", "Everybody is called again.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
			return s.Desk.ReturnHelp(ctx, a, c, key)
		})
	s.threadRoute("help-settled", "Lower the help flag", "", func(ctx context.Context, a chat.Agent, c chat.ConversationID, key string) (desk.Done, error) {
		return s.Desk.HelpSettled(ctx, a, c, key)
	})
	s.steppingRoutes()
	s.observationRoutes()
	s.watchHoursRoutes()
}

func (s *Server) steppingRoutes() {
	kinds := []chat.ErrorKind{chat.Denied, chat.Missing, chat.Conflict, chat.Gone}
	act := func(verb, summary, about string) operation {
		return operation{method: http.MethodPost, path: "/v1/conversations/{id}/" + verb, id: verb, who: forAgents, status: http.StatusCreated,
			summary: summary, about: about, errors: kinds}
	}
	register(s, act("whispers", "Whisper to the lead", "For the lead, the whisperer and those who watch openly; no visitor and nobody else ever receives it."),
		func(ctx context.Context, in *actInput[noteBody]) (*withStatus[done], error) {
			m := desk.Message{Key: in.Body.Key, Text: in.Body.Text, Files: in.Body.Files, TypingMS: in.Body.TypingMS}
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return s.Desk.Whisper(ctx, a, in.ID, m) })
		})
	register(s, act("watch-me", "Ask a colleague to watch my conversation", "He may then, whatever the group has agreed, as far as he may see it."),
		func(ctx context.Context, in *actInput[watchMeBody]) (*withStatus[done], error) {
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) {
				return s.Desk.WatchMe(ctx, a, in.ID, in.Body.Key, in.Body.Agent)
			})
		})
	register(s, act("jump-in", "Join a conversation that I watch", "As join, with a first line in the same moment."),
		func(ctx context.Context, in *actInput[jumpInBody]) (*withStatus[done], error) {
			m := desk.Message{Key: in.Body.Key, Text: in.Body.Text}
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return s.Desk.JumpIn(ctx, a, in.ID, m) })
		})
	register(s, act("take-over", "Take a conversation over from its lead", "For who supervises the group, or its members where it has agreed. The former lead watches it from then on. A conflict whose data names the holder means that somebody was faster."),
		func(ctx context.Context, in *actInput[takeOverBody]) (*withStatus[done], error) {
			b := desk.TakingOver{Key: in.Body.Key, From: in.Body.From, Reason: in.Body.Reason}
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return s.Desk.TakeOver(ctx, a, in.ID, b) })
		})
	register(s, act("help", "Ask for help in my conversation", "It stands first on the board and on the wall until it is settled, a colleague answers, or the conversation is closed."),
		func(ctx context.Context, in *actInput[helpBody]) (*withStatus[done], error) {
			b := in.Body
			return s.limited(ctx, func(a chat.Agent) (desk.Done, error) { return s.Desk.AskForHelp(ctx, a, in.ID, b.Key, b.Reason) })
		})
}

func (s *Server) observationRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/wall", id: "wall", who: forAgents, summary: "Load the chats that I may watch",
		about: "Also those that ask for help and that I may see."},
		func(ctx context.Context, _ *struct{}) (*answer[wall], error) {
			all, err := s.Desk.Wall(ctx, agentOf(ctx))
			return &answer[wall]{wall{each(all)}}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/me/observations", id: "my-observations", who: forAgents, summary: "Who has watched my chats, or whom I have watched",
		about: "At most 50 of one page. One that goes on unseen is listed when it is over."},
		func(ctx context.Context, in *struct {
			Mine     bool         `query:"mine" doc:"Those in which I watched."`
			Before   int64        `query:"before" minimum:"0" doc:"The began of the page's next; left out = the first page."`
			BeforeID chat.WatchID `query:"before_id" doc:"The id of it: several may have begun in the same moment."`
		}) (*answer[desk.ObservationPage], error) {
			page, err := s.Desk.MyObservations(ctx, agentOf(ctx), in.Mine, chat.WatchMark{Began: in.Before, ID: in.BeforeID})
			return &answer[desk.ObservationPage]{page}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/observations", id: "observations", who: forAgents, summary: "Who has watched whom",
		about: "For who oversees, of those groups. At most 50 of one page.", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, in *struct {
			Agent    chat.AgentID `query:"agent" doc:"Whose chats; left out = everybody's."`
			Before   int64        `query:"before" minimum:"0" doc:"The began of the page's next; left out = the first page."`
			BeforeID chat.WatchID `query:"before_id" doc:"The id of it: several may have begun in the same moment."`
		}) (*answer[desk.ObservationPage], error) {
			page, err := s.Desk.Observations(ctx, agentOf(ctx), desk.Observations{Of: in.Agent, Before: chat.WatchMark{Began: in.Before, ID: in.BeforeID}})
			return &answer[desk.ObservationPage]{page}, err
		})
}

// watchHoursRoutes are for how long everybody watched and was watched.
func (s *Server) watchHoursRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/observations/hours", id: "watch-hours", who: forAgents, summary: "For how long each was watched, and watched others",
		about:  "Mine alone, unless I oversee: then everybody's in the groups that I oversee. Watches that have begun in the last days; one that goes on unseen counts for its lead when it is over. Nothing is ranked.",
		errors: []chat.ErrorKind{chat.Invalid}},
		func(ctx context.Context, in *struct {
			Days int `query:"days" minimum:"1" maximum:"90" default:"30"`
		}) (*answer[hoursWatched], error) {
			all, err := s.Desk.WatchHours(ctx, agentOf(ctx), in.Days)
			return &answer[hoursWatched]{hoursWatched{each(all)}}, err
		})
}

// helpRoutes are the words that ask for help by themselves.
func (s *Server) helpRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/help-words", id: "help-words", who: forManagers, summary: "List the words that ask for help by themselves",
		errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, _ *nothing) (*answer[helpWordList], error) {
			words, err := s.Desk.HelpWords(ctx, agentOf(ctx))
			return &answer[helpWordList]{helpWordList{each(words)}}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/admin/help-words", id: "set-help-words", who: forManagers, strict: true,
		summary: "Replace the words that ask for help by themselves", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, in *struct{ Body helpWordList }) (*answer[helpWordList], error) {
			words, err := s.Desk.SetHelpWords(ctx, agentOf(ctx), in.Body.Words)
			return &answer[helpWordList]{helpWordList{each(words)}}, err
		})
}
