package api

import (
	"context"
	"net/http"

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
	Site   widgetSite   `json:"site"`
	Online bool         `json:"online" doc:"Whether somebody of the team is there and takes chats."`
	Limits widgetLimits `json:"limits"`
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
}

type visitorMessageBody struct {
	Key    string        `json:"key" format:"uuid" doc:"Made by the client (UUIDv7). Sending the same key again does nothing a second time." example:"01937b5e-2c7a-7cc1-8a4e-3f1d5a6b7c8d"`
	Text   string        `json:"text" doc:"At most 10,000 characters." example:"Where is my order?"`
	Files  []chat.FileID `json:"files,omitempty" nullable:"false"`
	Name   string        `json:"name,omitempty"`
	Email  string        `json:"email,omitempty" doc:"What the visitor typed; never identity."`
	Group  chat.GroupID  `json:"group,omitempty" doc:"The group that the visitor chose, where the page lets him choose; one that is not there counts as none."`
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
}

func (s *Server) visitorRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/visitor/site", id: "widget-site", who: forSites, summary: "Load what the widget shows first",
		about: "Needs the header Earshot-Site alone.", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *struct {
			Site string `header:"Earshot-Site" required:"true" maxLength:"100"`
		}) (*answer[widgetView], error) {
			return s.widgetView(ctx, in.Site)
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

func (s *Server) widgetView(ctx context.Context, key string) (*answer[widgetView], error) {
	site, err := s.Desk.SiteByKey(ctx, key)
	if err != nil {
		return nil, err
	}
	online, err := s.Desk.Online(ctx)
	limits := widgetLimits{Text: chat.MaxText, Files: chat.MaxFiles, FileBytes: chat.MaxFileBytes}
	return &answer[widgetView]{widgetView{widgetSite{site.Name, site.Key, site.Language, site.Appearance}, online, limits}}, err
}

func (s *Server) postAsVisitor(ctx context.Context, userAgent string, in visitorMessageBody) (*withStatus[visitorDone], error) {
	by := callerOf(ctx).visitor
	if err := s.admitMessage(ctx, by); err != nil {
		return nil, err
	}
	p := in.Page
	d, err := s.Desk.PostAsVisitor(ctx, by, desk.VisitorMessage{Key: in.Key, Text: in.Text, Files: in.Files, Name: in.Name, Email: in.Email, Signed: in.Signed,
		Arrival: chat.Arrival{URL: p.URL, Title: p.Title, Referrer: p.Referrer, Language: p.Language, Device: deviceName(userAgent),
			Country: s.countryOf(ctx), Visits: p.Visits, Data: p.Data, Group: in.Group}})
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
	register(s, operation{method: http.MethodPost, path: "/v1/visitor/end", id: "end-as-visitor", who: forVisitors, status: http.StatusNoContent,
		summary: "End the chat", about: "The token is dead afterwards.", errors: []chat.ErrorKind{chat.Missing, chat.Gone}},
		func(ctx context.Context, _ *nothing) (*struct{}, error) {
			return nil, s.Desk.EndAsVisitor(ctx, callerOf(ctx).visitor)
		})
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
		c.SeenVisitor, c.SeenTeam, c.Open, c.Lead}}, nil
}
