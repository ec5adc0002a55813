package api

import (
	"context"
	"net/http"
	"slices"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type widgetSite struct {
	Name       string          `json:"name"`
	Key        string          `json:"key"`
	Language   string          `json:"language"`
	Appearance chat.Appearance `json:"appearance"`
}

type widgetLimits struct {
	Text      int   `json:"text" doc:"Characters of one message."`
	Files     int   `json:"files" doc:"Files of one message."`
	FileBytes int64 `json:"file_bytes" doc:"Bytes of one file."`
}

type widgetView struct {
	Site    widgetSite      `json:"site"`
	Online  bool            `json:"online" doc:"Whether somebody of the team is there and takes chats, or lets wait."`
	State   string          `json:"state" enum:"online,online_for_queue,full,offline" doc:"Of the group that he would reach without a choice of his own."`
	OpensAt int64           `json:"opens_at,omitempty" doc:"When that group opens next, microseconds."`
	Wait    chat.Minutes    `json:"wait,omitzero" doc:"How long a visitor who comes now may wait there; absent = no estimate."`
	Preview bool            `json:"preview,omitempty" doc:"The team reads what the visitor types before he sends it: he must be told so, or nothing may be sent."`
	Groups  []desk.Standing `json:"groups" doc:"What the visitor may choose from; empty = he does not choose."`
	Limits  widgetLimits    `json:"limits"`
}

type visitorSelf struct {
	ID           chat.VisitorID      `json:"id"`
	Name         string              `json:"name"`
	Conversation chat.ConversationID `json:"conversation"`
}

func selfOf(v chat.Visitor) visitorSelf { return visitorSelf{v.ID, v.Name, v.Conversation} }

type pageBody struct {
	URL      string            `json:"url,omitempty" example:"https://shop.example/cart"`
	Title    string            `json:"title,omitempty"`
	Referrer string            `json:"referrer,omitempty"`
	Language string            `json:"language,omitempty" example:"de-DE"`
	Visits   int               `json:"visits,omitempty" minimum:"0" doc:"How many pages this browser has opened."`
	Data     map[string]string `json:"data,omitempty" doc:"What the page tells about the visitor, unsigned; at most 30 fields."`
	Group    chat.GroupID      `json:"group,omitempty" doc:"The group that the page names; one that is not there counts as none."`
}

type visitorMessageBody struct {
	Key    string        `json:"key" format:"uuid" doc:"Made by the client (UUIDv7). Sending the same key again does nothing a second time." example:"01937b5e-2c7a-7cc1-8a4e-3f1d5a6b7c8d"`
	Text   string        `json:"text" doc:"At most 10,000 characters." example:"Where is my order?"`
	Files  []chat.FileID `json:"files,omitempty" nullable:"false"`
	Name   string        `json:"name,omitempty"`
	Email  string        `json:"email,omitempty" doc:"What the visitor typed; never identity."`
	Group  chat.GroupID  `json:"group,omitempty" doc:"The group that the visitor chose, where the page lets him choose; one that is not there counts as none. Where it takes no chats now, the answer is a conflict whose data asks."`
	Leave  bool          `json:"leave,omitempty" doc:"Leave the message for the chosen group though it takes no chats now."`
	Page   pageBody      `json:"page,omitempty"`
	Signed string        `json:"signed,omitempty" doc:"A JWT (HS256, with the site's secret) of {group, exp}, made by the site's own server; exp is at most 24 hours ahead. It wins over every other choice of a group."`
}

type seenBody struct {
	UpTo int64 `json:"upto" minimum:"0" doc:"The last seq that stood on the screen."`
}

type visitorDone struct {
	Visitor visitorSelf  `json:"visitor"`
	Events  []chat.Event `json:"events" doc:"As a visitor receives them: seq counts what visitors see; no thread, no vseq."`
	Again   bool         `json:"again"`
}

type visitorConversation struct {
	Visitor     visitorSelf  `json:"visitor"`
	Cursor      string       `json:"cursor"`
	Events      []chat.Event `json:"events"`
	More        bool         `json:"more"`
	SeenVisitor int64        `json:"seen_visitor"`
	SeenTeam    int64        `json:"seen_team"`
	Open        bool         `json:"open"`
	Lead        string       `json:"lead" doc:"The name of who answers; empty while nobody does."`
	// Queue is set while he waits, Mail where an answer by e-mail was offered.
	Queue *chat.QueuePlace `json:"queue,omitempty" doc:"While nobody has it: the place in the queue, and the range of the wait. What is absent is not told."`
	Mail  *mailOffer       `json:"mail,omitempty" doc:"An answer by e-mail was offered."`
}

type mailOffer struct {
	Offered  chat.MailCause `json:"offered" enum:"max_wait,closed,full,asked"`
	Answered bool           `json:"answered,omitempty"`
	Accepted bool           `json:"accepted,omitempty"`
	Email    string         `json:"email,omitempty" doc:"Where to, where it was accepted."`
}

type mailBody struct {
	Accept bool   `json:"accept"`
	Email  string `json:"email,omitempty" maxLength:"254" doc:"Where to; left out = the address given before."`
}

func (s *Server) visitorRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/visitor/site", id: "widget-site", who: forSites, summary: "Load what the widget shows first",
		about: "Needs the header Earshot-Site alone.", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct {
			Site     string `header:"Earshot-Site" required:"true" maxLength:"100"`
			Language string `query:"language" maxLength:"35" doc:"Of the visitor: in which the groups' names come." example:"de-AT"`
			FromRequest
			PageQuery
		}) (*answer[widgetView], error) {
			return s.widgetView(ctx, in.Site, desk.Coming{Language: in.Language, Signed: in.Signed, Arrival: chat.Arrival{URL: in.URL, Referrer: in.Referrer,
				Language: in.Speaks, Visits: in.Visits, Group: in.Group, Device: deviceName(in.UserAgent), Country: s.countryOf(ctx)}})
		})
	register(s, operation{method: http.MethodPost, path: "/v1/visitor/messages", id: "post-as-visitor", who: forVisitors, status: http.StatusCreated,
		summary: "Write to the team", about: "The first message of a token makes the visitor and the conversation.",
		errors: []chat.ErrorKind{chat.Missing, chat.Conflict, chat.Gone}},
		func(ctx context.Context, in *struct {
			FromRequest
			Body visitorMessageBody
		}) (*withStatus[visitorDone], error) {
			return s.postAsVisitor(ctx, in.UserAgent, in.Body)
		})
	s.visitorReadingRoutes()
	s.visitRoute()
}

// PageQuery is the page on which a visitor has not written yet.
type PageQuery struct {
	URL      string       `query:"url" maxLength:"2000" doc:"Of the page: by it and what follows the state is that of the group that he would reach." example:"https://shop.example/cart"`
	Referrer string       `query:"referrer" maxLength:"2000"`
	Speaks   string       `query:"speaks" maxLength:"40" doc:"The page's language." example:"de-DE"`
	Visits   int          `query:"visits" minimum:"0" doc:"How many pages this browser has opened."`
	Group    chat.GroupID `query:"group" doc:"The group that the page names."`
	Signed   string       `query:"signed" doc:"The group as the site's own server signed it."`
}

func (s *Server) widgetView(ctx context.Context, key string, in desk.Coming) (*answer[widgetView], error) {
	site, err := s.Desk.SiteByKey(ctx, key)
	if err != nil {
		return nil, err
	}
	now, err := s.Desk.SiteStandings(ctx, site, in)
	if err != nil {
		return nil, err
	}
	online := now.Reached.Takes() || (!now.Named && slices.ContainsFunc(now.Groups, desk.Standing.Takes))
	limits := widgetLimits{Text: chat.MaxText, Files: chat.MaxFiles, FileBytes: chat.MaxFileBytes}
	return &answer[widgetView]{widgetView{widgetSite{site.Name, site.Key, site.Language, site.Appearance}, online, string(now.Reached.State),
		now.Reached.OpensAt, now.Reached.Wait, site.Preview, now.Groups, limits}}, nil
}

func (s *Server) postAsVisitor(ctx context.Context, userAgent string, in visitorMessageBody) (*withStatus[visitorDone], error) {
	by := callerOf(ctx).visitor
	if err := s.admitMessage(ctx, by); err != nil {
		return nil, err
	}
	p := in.Page
	d, err := s.Desk.PostAsVisitor(ctx, by, desk.VisitorMessage{Key: in.Key, Text: in.Text, Files: in.Files, Name: in.Name, Email: in.Email, Signed: in.Signed, Leave: in.Leave,
		Arrival: chat.Arrival{URL: p.URL, Title: p.Title, Referrer: p.Referrer, Language: p.Language, Device: deviceName(userAgent),
			Country: s.countryOf(ctx), Visits: p.Visits, Data: p.Data, Group: p.Group, Chosen: in.Group}})
	if err != nil {
		return nil, err
	}
	s.limits.known.Add(tokenKey(by), struct{}{})
	status := http.StatusCreated
	if d.Again {
		status = http.StatusOK
	}
	return &withStatus[visitorDone]{status, visitorDone{selfOf(d.Visitor), each(d.Events), d.Again}}, nil
}

func (s *Server) visitorReadingRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/visitor/conversation", id: "visitor-conversation", who: forVisitors,
		summary: "Load my conversation", about: "Missing before the first message; gone after the visitor ended it.", errors: []chat.ErrorKind{chat.Missing, chat.Gone}},
		func(ctx context.Context, in *struct {
			Before int64 `query:"before" minimum:"0" doc:"Load what stands before this seq; 0 = the newest."`
		}) (*answer[visitorConversation], error) {
			return s.visitorConversation(ctx, in.Before)
		})
	register(s, operation{method: http.MethodPost, path: "/v1/visitor/seen", id: "seen-by-visitor", who: forVisitors, status: http.StatusNoContent,
		summary: "Say how far I have read", errors: []chat.ErrorKind{chat.Missing, chat.Gone}},
		func(ctx context.Context, in *struct {
			Body seenBody
		}) (*struct{}, error) {
			v, err := s.Desk.VisitorOf(ctx, callerOf(ctx).visitor)
			if err != nil {
				return nil, err
			}
			return nil, s.Desk.SeenByVisitor(ctx, v, in.Body.UpTo)
		})
	register(s, operation{method: http.MethodPost, path: "/v1/visitor/mail", id: "answer-mail", who: forVisitors, status: http.StatusCreated,
		summary: "Say whether I want the answer by e-mail", about: "An answer to the offer, or, while I wait, a wish of my own. The same again stores nothing.",
		errors: []chat.ErrorKind{chat.Missing, chat.Gone}},
		func(ctx context.Context, in *struct{ Body mailBody }) (*withStatus[visitorDone], error) {
			by := callerOf(ctx).visitor
			if err := s.admitMessage(ctx, by); err != nil {
				return nil, err
			}
			d, err := s.Desk.AnswerMail(ctx, by, desk.MailAnswer{Accept: in.Body.Accept, Email: in.Body.Email})
			status := http.StatusCreated
			if d.Again {
				status = http.StatusOK
			}
			return &withStatus[visitorDone]{status, visitorDone{selfOf(d.Visitor), each(d.Events), d.Again}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/visitor/end", id: "end-as-visitor", who: forVisitors, status: http.StatusNoContent,
		summary: "End the chat", about: "The token is dead afterwards.", errors: []chat.ErrorKind{chat.Missing, chat.Gone}},
		func(ctx context.Context, _ *nothing) (*struct{}, error) {
			return nil, s.Desk.EndAsVisitor(ctx, callerOf(ctx).visitor)
		})
}

// mailOf is what the visitor was offered instead of waiting, and what he said.
func mailOf(c desk.VisitorView) *mailOffer {
	if c.Mail == nil {
		return nil
	}
	m := &mailOffer{Offered: c.Mail.Asked, Answered: c.Mail.MailDone, Accepted: c.Mail.MailDone && c.Mail.Mode == chat.Mail}
	if m.Accepted {
		m.Email = c.Email
	}
	return m
}

func (s *Server) visitorConversation(ctx context.Context, before int64) (*answer[visitorConversation], error) {
	v, err := s.Desk.VisitorOf(ctx, callerOf(ctx).visitor)
	if err != nil {
		return nil, err
	}
	c, err := s.Desk.ViewAsVisitor(ctx, v, before)
	if err != nil {
		return nil, err
	}
	return &answer[visitorConversation]{visitorConversation{selfOf(c.Visitor), s.Hub.SealVisitor(v.Viewer(), c.VSeq), each(c.Events), c.More,
		c.SeenVisitor, c.SeenTeam, c.Open, c.Lead, c.Queue, mailOf(c)}}, nil
}
