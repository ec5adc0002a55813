package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"earshot/internal/bus"
	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/routing"
	"earshot/internal/store"
)

// SimulateOptions are the settings of [Simulate].
type SimulateOptions struct {
	Data     string `help:"Directory of the database and the files." default:"./data" env:"EARSHOT_DATA" type:"path" placeholder:"DIR"`
	Database string `help:"Address of the PostgreSQL database that has the workspace, as for serve." env:"EARSHOT_DATABASE" placeholder:"URL"`
	Days     int    `help:"How many of the last days to rehearse, 1 to 28; what the file says where not given, else 7." placeholder:"N"`
	Change   string `help:"File of the changed rules: JSON of {days, routes, groups:[{id, rules, members}], agents:[{id, limit, skills, disabled}], limit, timing}; what is left out stays as it is." required:"" type:"path" placeholder:"FILE.json"`
	JSON     bool   `name:"json" help:"Print JSON for programs, with every conversation behind each number."`
}

const simulatedDays = 7

// Simulate rehearses changed rules on the last days' visitors and prints what
// would have been different. It asks the running server; without one it reads the
// workspace by itself. How far it is goes to progress.
func Simulate(ctx context.Context, opt SimulateOptions, out, progress io.Writer) error {
	change, err := readChange(opt)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(opt.Data, databaseFile)); err != nil && opt.Database == "" {
		return fmt.Errorf("simulate: there is no workspace in %s: %w", opt.Data, err)
	}
	tell := tenths(progress)
	outcome, err := simulateThere(ctx, opt.Data, change, tell)
	if nobodyListens(err) {
		outcome, err = simulateHere(ctx, opt, change, tell)
	}
	var known *chat.Error
	if errors.As(err, &known) {
		return errors.New(known.Message)
	}
	if err != nil {
		return err
	}
	if opt.JSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(outcome)
	}
	return printRehearsed(out, outcome)
}

func readChange(opt SimulateOptions) (desk.RehearsalChange, error) {
	change := desk.RehearsalChange{Days: simulatedDays}
	text, err := os.ReadFile(opt.Change)
	if err != nil {
		return change, fmt.Errorf("simulate: %w", err)
	}
	if err := errors.Join(readStrictly(text, &change), hoursSpelt(text)); err != nil {
		return change, fmt.Errorf("simulate: %s is not a change of rules: %w", opt.Change, err)
	}
	if opt.Days != 0 {
		change.Days = opt.Days
	}
	return change, nil
}

// readStrictly reads JSON whose every name is known: a misspelt one would
// rehearse something else than was meant.
func readStrictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// hoursSpelt refuses unknown names in the hours of groups. Hours read themselves,
// and let such names pass.
func hoursSpelt(text []byte) error {
	type plain routing.Hours
	var change struct {
		Groups []struct {
			Rules struct {
				Hours json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(text, &change); err != nil {
		return nil // said already, in better words
	}
	for _, g := range change.Groups {
		if len(g.Rules.Hours) == 0 {
			continue
		}
		if err := readStrictly(g.Rules.Hours, &plain{}); err != nil {
			return err
		}
	}
	return nil
}

// tenths prints how far a rehearsal is, ten times at most.
func tenths(w io.Writer) func(done, total int) {
	last := 0
	return func(done, total int) {
		if tenth := done * 10 / max(total, 1); tenth > last {
			last = tenth
			fmt.Fprintf(w, "%3d %% of %d visits rehearsed, before and after\n", tenth*10, total/2)
		}
	}
}

func simulateHere(ctx context.Context, opt SimulateOptions, change desk.RehearsalChange, progress func(done, total int)) (desk.Rehearsed, error) {
	st, err := store.Open(ctx, opt.Data, store.Options{Database: opt.Database})
	if err != nil {
		return desk.Rehearsed{}, fmt.Errorf("simulate: no server answers on %s, and the workspace cannot be opened: %w", socketFile, err)
	}
	defer st.Close()
	return desk.New(st, nil, bus.NewLocal(), desk.Options{}).Rehearse(ctx, change, progress)
}

// simulateThere asks the running server. When ctx ends, so does the rehearsal.
func simulateThere(ctx context.Context, data string, change desk.RehearsalChange, progress func(done, total int)) (desk.Rehearsed, error) {
	resp, err := send(ctx, controlClient(data), change)
	if err != nil {
		return desk.Rehearsed{}, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return desk.Rehearsed{}, fmt.Errorf("simulate: the server refused: %s %s", resp.Status, refusal(resp))
	}
	for lines := json.NewDecoder(resp.Body); ; {
		var line simulateLine
		switch err := lines.Decode(&line); {
		case err != nil:
			return desk.Rehearsed{}, fmt.Errorf("simulate: the server's answer broke off: %w", err)
		case line.Outcome != nil:
			return *line.Outcome, nil
		case line.Error != "":
			return desk.Rehearsed{}, errors.New(line.Error)
		}
		progress(line.Done, line.Total)
	}
}

func send(ctx context.Context, client *http.Client, change desk.RehearsalChange) (*http.Response, error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(json.NewEncoder(w).Encode(change)) }()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://earshot/simulate", r)
	if err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("simulate: ask the server: %w", err)
	}
	return resp, nil
}

// simulateLine is a line of the server's answer: how far it is, or at last the
// outcome or what is wrong.
type simulateLine struct {
	Done    int             `json:"done,omitempty"`
	Total   int             `json:"total,omitempty"`
	Outcome *desk.Rehearsed `json:"outcome,omitempty"`
	Error   string          `json:"error,omitempty"`
}

// serveSimulate answers POST /simulate on the operators' socket, line by line.
// When the caller goes, the rehearsal ends.
func (a *App) serveSimulate(w http.ResponseWriter, r *http.Request) {
	var change desk.RehearsalChange
	if err := json.NewDecoder(r.Body).Decode(&change); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines, flush := json.NewEncoder(w), http.NewResponseController(w)
	say := func(line simulateLine) {
		// Who does not listen any more ends the request, and with it the rehearsal.
		if lines.Encode(line) == nil {
			_ = flush.Flush()
		}
	}
	outcome, err := a.desk.Rehearse(r.Context(), change, func(done, total int) { say(simulateLine{Done: done, Total: total}) })
	var known *chat.Error
	switch {
	case errors.As(err, &known):
		say(simulateLine{Error: known.Message})
	case err != nil:
		say(simulateLine{Error: err.Error()})
	default:
		say(simulateLine{Outcome: &outcome})
	}
}
