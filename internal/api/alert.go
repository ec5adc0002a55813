package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

type alertLog struct {
	Alerts []desk.Alerted   `json:"alerts"`
	Wishes chat.AlertWishes `json:"wishes"`
	Here   chat.SessionID   `json:"here" doc:"The session that asks, as devices name it."`
}

type alertMade struct {
	Alert chat.AlertID `json:"alert"`
}

type pushText struct {
	Text bool `json:"text" doc:"Pushes hold the beginning of what was written, visitors' words among it."`
}

type oneAlert struct {
	ID chat.AlertID `path:"id"`
}

func (s *Server) alertRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/alerts", id: "alerts", who: forTeam, summary: "My newest alerts, and what became of each",
		about: "Per device: sent, what the push service answered, shown. An alert goes back seven days at most."},
		func(ctx context.Context, _ *nothing) (*answer[alertLog], error) {
			c := callerOf(ctx)
			all, err := s.Desk.Alerts(ctx, c.agent)
			if err != nil {
				return nil, err
			}
			for i := range all {
				all[i].Devices, all[i].Steps = each(all[i].Devices), each(all[i].Steps)
			}
			wishes, err := s.Desk.AlertWishes(ctx, c.agent)
			return &answer[alertLog]{alertLog{each(all), wishes, c.session.ID}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/alerts/test", id: "test-alert", who: forTeam, summary: "Alert me now, to see that it arrives",
		about: "It is pushed to every device of mine at once, whatever my status and my quiet hours."},
		func(ctx context.Context, _ *struct{ Body nothing }) (*answer[alertMade], error) {
			var id chat.AlertID
			err := s.acting(ctx, func(a chat.Agent) (err error) {
				id, err = s.Desk.TestAlert(ctx, a)
				return err
			})
			return &answer[alertMade]{alertMade{id}}, err
		})
	register(s, operation{method: http.MethodPost, path: "/v1/alerts/{id}/shown", id: "alert-shown", who: forTeam, status: http.StatusNoContent,
		summary: "Say that this device shows an alert", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *oneAlert) (*struct{}, error) {
			c := callerOf(ctx)
			return nil, s.Desk.NoteShown(ctx, c.agent, c.session.ID, in.ID)
		})
	register(s, operation{method: http.MethodPost, path: "/v1/alerts/{id}/seen", id: "alert-seen", who: forTeam, status: http.StatusNoContent,
		summary: "Say that I have seen an alert", about: "It is over on all my devices.", errors: []chat.ErrorKind{chat.Missing}},
		func(ctx context.Context, in *oneAlert) (*struct{}, error) {
			return nil, s.Desk.SeeAlert(ctx, agentOf(ctx), in.ID)
		})
	register(s, operation{method: http.MethodGet, path: "/v1/alerts/wishes", id: "alert-wishes", who: forTeam, summary: "When I want pushes, and how my page sounds"},
		func(ctx context.Context, _ *nothing) (*answer[chat.AlertWishes], error) {
			wishes, err := s.Desk.AlertWishes(ctx, agentOf(ctx))
			return &answer[chat.AlertWishes]{wishes}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/alerts/wishes", id: "set-alert-wishes", who: forTeam, status: http.StatusNoContent,
		summary: "Say when I want pushes, and how my page sounds"},
		func(ctx context.Context, in *struct{ Body chat.AlertWishes }) (*struct{}, error) {
			return nil, s.Desk.SetAlertWishes(ctx, agentOf(ctx), in.Body)
		})
	s.pushTextRoutes()
	s.escalationRoutes()
	s.deadRoutes()
}

type escalationBody struct {
	Kinds []desk.Escalating `json:"kinds" nullable:"false"`
}

type escalationView struct {
	Kinds []desk.Escalating `json:"kinds"`
	Mail  bool              `json:"mail" doc:"There is a mailer; without one the e-mail step is noted and nothing is sent."`
}

func (s *Server) escalationRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/alerts/steps", id: "alert-steps", who: forManagers,
		summary: "After how long what nobody has noticed is pushed, and passed on", about: "Seconds since the alert, by its kind; 0 = never."},
		func(ctx context.Context, _ *nothing) (*answer[escalationView], error) {
			all, err := s.Desk.Escalations(ctx)
			return &answer[escalationView]{escalationView{all, s.Desk.Mails()}}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/admin/alerts/steps", id: "set-alert-steps", who: forManagers, status: http.StatusNoContent, strict: true,
		summary: "Say after how long", about: "Kinds that are not named stay as they are."},
		func(ctx context.Context, in *struct{ Body escalationBody }) (*struct{}, error) {
			return nil, s.Desk.SetEscalations(ctx, agentOf(ctx), in.Body.Kinds)
		})
}

func (s *Server) pushTextRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/alerts", id: "push-text", who: forManagers, summary: "Whether pushes hold what was written"},
		func(ctx context.Context, _ *nothing) (*answer[pushText], error) {
			on, err := s.Desk.PushText(ctx)
			return &answer[pushText]{pushText{on}}, err
		})
	register(s, operation{method: http.MethodPut, path: "/v1/admin/alerts", id: "set-push-text", who: forManagers, status: http.StatusNoContent, strict: true,
		summary: "Say whether pushes hold what was written"},
		func(ctx context.Context, in *struct{ Body pushText }) (*struct{}, error) {
			return nil, s.Desk.SetPushText(ctx, agentOf(ctx), in.Body.Text)
		})
}
