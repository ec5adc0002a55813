package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type routesBody struct {
	Routes []desk.Route `json:"routes" nullable:"false" doc:"In their order: the first that matches wins. A new one has an empty id."`
}

type trialBody struct {
	Site     chat.SiteID       `json:"site,omitempty" doc:"Left out = the first one."`
	URL      string            `json:"url,omitempty" example:"https://shop.example/cart"`
	Referrer string            `json:"referrer,omitempty"`
	Language string            `json:"language,omitempty" example:"de-DE"`
	Country  string            `json:"country,omitempty" example:"AT"`
	Device   string            `json:"device,omitempty"`
	Visits   int               `json:"visits,omitempty" minimum:"0"`
	Data     map[string]string `json:"data,omitempty"`
	Group    chat.GroupID      `json:"group,omitempty" doc:"What the page names."`
	Chosen   chat.GroupID      `json:"chosen,omitempty" doc:"What the visitor picks."`
	Routes   *[]desk.Route     `json:"routes,omitempty" nullable:"false" doc:"Tried instead of those that are stored."`
}

func (b trialBody) trial() desk.Trial {
	t := desk.Trial{Arrival: chat.Arrival{Site: b.Site, URL: b.URL, Referrer: b.Referrer, Language: b.Language, Country: b.Country, Device: b.Device,
		Visits: b.Visits, Data: b.Data, Group: b.Group, Chosen: b.Chosen}}
	if b.Routes != nil {
		t.Routes = each(*b.Routes)
	}
	return t
}

type tried struct {
	desk.Tried
	CountryKnown bool `json:"country_known" doc:"Visitors' countries are found out here."`
}

type routingBody struct {
	Limit  int         `json:"limit,omitempty" minimum:"0" maximum:"50" doc:"How many chats an agent without a limit of his own takes at once; 0 = the default."`
	Timing desk.Timing `json:"timing,omitzero" doc:"Seconds; 0 = the default of each."`
}

type routingSettings struct {
	Limit  int         `json:"limit"`
	Timing desk.Timing `json:"timing"`
}

// ruleRoutes are how visitors reach a group, and what holds for every group.
func (s *Server) ruleRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/routes", id: "routes", who: forManagers, summary: "List the rules that send visitors to groups",
		errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, _ *nothing) (*answer[routesBody], error) {
			all, err := s.Desk.Routes(ctx, agentOf(ctx))
			return &answer[routesBody]{routesBody{each(all)}}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/admin/routes", id: "set-routes", who: forManagers, strict: true,
		summary: "Replace the rules that send visitors to groups", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, in *struct{ Body routesBody }) (*answer[routesBody], error) {
			all, err := s.Desk.SetRoutes(ctx, agentOf(ctx), in.Body.Routes)
			return &answer[routesBody]{routesBody{each(all)}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/admin/routes/try", id: "try-routes", who: forManagers, strict: true,
		summary: "Try the rules on an arrival", about: "Nothing is stored. The answer says which group it would reach now, and how each rule and each condition fares with it.",
		errors: []chat.ErrorKind{chat.Denied, chat.Missing}},
		func(ctx context.Context, in *struct{ Body trialBody }) (*answer[tried], error) {
			out, err := s.Desk.Try(ctx, agentOf(ctx), in.Body.trial())
			return &answer[tried]{tried{out, s.CountryOf != nil}}, err
		})
	register(s, operation{method: http.MethodGet, path: "/v1/admin/routing", id: "routing", who: forManagers, summary: "Show the workspace's limit and times",
		about: "As they hold: defaults stand where nothing was set.", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, _ *nothing) (*answer[routingSettings], error) {
			now, err := s.Desk.Routing(ctx, agentOf(ctx))
			return &answer[routingSettings]{routingSettings(now)}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/admin/routing", id: "set-routing", who: forManagers, strict: true,
		summary: "Replace the workspace's limit and times", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, in *struct{ Body routingBody }) (*answer[routingSettings], error) {
			now, err := s.Desk.SetRouting(ctx, agentOf(ctx), desk.RoutingSettings(in.Body))
			return &answer[routingSettings]{routingSettings(now)}, err
		})
}
