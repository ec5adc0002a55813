package api

import (
	"context"
	"net/http"

	"earshot/internal/chat"
	"earshot/internal/desk"
)

// installationBody is how all of it does: what docs/operating.md calls the operator's
// page is made of it.
type installationBody struct {
	Now      int64        `json:"now" doc:"The database's clock, in microseconds." example:"1795000000000000"`
	Database databaseBody `json:"database"`
	Jobs     jobsBody     `json:"jobs"`
	Nodes    []desk.Node  `json:"nodes" nullable:"false" doc:"The one that answers first, then by name; one that stopped without a word is listed for a day."`
}

type databaseBody struct {
	Engine   string        `json:"engine" example:"PostgreSQL 16.4"`
	Bytes    int64         `json:"bytes" example:"52428800"`
	Settings []settingBody `json:"settings" nullable:"false" doc:"Those that the promise rests on, as they are in effect."`
	// Unnumbered are seen by no reader yet.
	Unnumbered int   `json:"unnumbered" doc:"Events that are stored and have no position in the log yet."`
	Oldest     int64 `json:"oldest,omitempty" doc:"When the oldest of them happened, in microseconds."`
}

type settingBody struct {
	Name  string `json:"name" example:"synchronous_commit"`
	Value string `json:"value" example:"on"`
	OK    bool   `json:"ok"`
	Want  string `json:"want" example:"on"`
}

type jobsBody struct {
	Waiting int   `json:"waiting" doc:"Jobs that will be done, the due ones among them." example:"12"`
	Due     int   `json:"due" example:"0"`
	Oldest  int64 `json:"oldest,omitempty" doc:"Since when the oldest due one is, in microseconds."`
	Dead    int   `json:"dead" doc:"Jobs that were given up after ten attempts." example:"0"`
}

func (s *Server) installationRoutes() {
	register(s, operation{method: http.MethodGet, path: "/v1/admin/installation", id: "installation", who: forManagers,
		summary: "How the database, the bus and each node do", errors: []chat.ErrorKind{chat.Denied}},
		func(ctx context.Context, _ *nothing) (*answer[installationBody], error) {
			in, err := s.Desk.Installation(ctx, agentOf(ctx))
			return &answer[installationBody]{installationOf(in)}, err
		})
}

func installationOf(in desk.Installation) installationBody {
	db, jobs := in.Database, in.Database.Jobs
	b := installationBody{Now: in.Now, Nodes: each(in.Nodes),
		Database: databaseBody{Engine: db.Engine, Bytes: db.Bytes, Settings: []settingBody{}, Unnumbered: db.Unnumbered, Oldest: db.Oldest},
		Jobs:     jobsBody{Waiting: jobs.Waiting, Due: jobs.Due, Oldest: jobs.Oldest, Dead: jobs.Dead}}
	for _, one := range db.Settings {
		b.Database.Settings = append(b.Database.Settings, settingBody{Name: one.Name, Value: one.Value, OK: one.OK, Want: one.Want})
	}
	return b
}
