package api

import (
	"context"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type askAsideBody struct {
	Key       string       `json:"key" format:"uuid"`
	Text      string       `json:"text" doc:"At most 10,000 characters." example:"May she return it after 40 days?"`
	Agent     chat.AgentID `json:"agent,omitempty" doc:"Whom to ask, in my direct talk with him, or …"`
	Group     chat.GroupID `json:"group,omitempty" doc:"… which group, in its own channel; those of it on shift are called."`
	Confirmed bool         `json:"confirmed,omitempty" doc:"I know that some of them may not see this conversation, and will see the question alone."`
	Grant     bool         `json:"grant,omitempty" doc:"Let the colleague see it as a guest, where I may do that."`
}

type sideBody struct {
	Key  string `json:"key" format:"uuid"`
	Side int64  `json:"side" minimum:"1" doc:"The seq of its side.asked."`
}

type askFurtherBody struct {
	Key  string `json:"key" format:"uuid"`
	Side int64  `json:"side" minimum:"1" doc:"The seq of its side.asked."`
	Text string `json:"text" doc:"At most 10,000 characters." example:"And if she has lost the receipt?"`
}

type useAnswerBody struct {
	Key  string `json:"key" format:"uuid"`
	Side int64  `json:"side" minimum:"1" doc:"The seq of its side.asked."`
	Note int64  `json:"note" minimum:"1" doc:"The seq of the note that I put into my reply."`
}

type tellAsideBody struct {
	Key  string `json:"key" format:"uuid"`
	Side int64  `json:"side" minimum:"1" doc:"The seq of its side.asked."`
	Line string `json:"line" example:"I have asked a colleague; this may take a moment."`
}

// sideTalkRoutes are how an agent asks colleagues about a conversation, in a talk of
// theirs.
func (s *Server) sideTalkRoutes() {
	memberAct(s, "ask", "Ask a group or a colleague about a conversation", "The question stands in their talk; what is answered under it there comes back as notes. Where somebody who is asked may not see the conversation, it is a conflict whose data names him, until I confirm that.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b askAsideBody) (desk.Done, error) {
			return s.Desk.Ask(ctx, a, c, desk.Asking{Key: b.Key, Text: b.Text, Agent: b.Agent, Group: b.Group, Confirmed: b.Confirmed, Grant: b.Grant})
		})
	memberAct(s, "ask-further", "Ask those who were asked something more", "Under the first question; it calls those who answered, and is a note in the conversation.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b askFurtherBody) (desk.Done, error) {
			return s.Desk.AskFurther(ctx, a, c, b.Key, b.Side, b.Text)
		})
	memberAct(s, "tell-aside", "Tell the visitor that an answer takes a moment", "Once for each question, as long as nobody has answered. It answers nothing: who waits for an answer waits still.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b tellAsideBody) (desk.Done, error) {
			return s.Desk.TellAside(ctx, a, c, b.Key, b.Side, b.Line)
		})
	memberAct(s, "use-answer", "Note that an answer goes into my reply", "Those who answered see it. Nothing is sent.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b useAnswerBody) (desk.Done, error) {
			return s.Desk.UseAnswer(ctx, a, c, b.Key, b.Side, b.Note)
		})
	memberAct(s, "end-aside", "Withdraw a question", "Who asked, the lead, and who oversees may. What is answered afterwards does not come back.",
		func(ctx context.Context, a chat.Agent, c chat.ConversationID, b sideBody) (desk.Done, error) {
			return s.Desk.EndAside(ctx, a, c, b.Key, b.Side)
		})
}
