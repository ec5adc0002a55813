// Command earshot is a live chat of visitors of websites with a team, on one's
// own server: earshot serve.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"earshot/internal/app"
)

// commands are the words after earshot. Each has the settings of its function
// in app, where the words stand that --help shows.
type commands struct {
	Serve    serve    `cmd:"" help:"Serve the inbox, the widget and the API."`
	Demo     demo     `cmd:"" help:"Serve a throw-away workspace full of conversations."`
	Admin    admin    `cmd:"" help:"Ask the running server for something."`
	Backup   backup   `cmd:"" help:"Copy the workspace to a directory, while the server runs or not."`
	Restore  restore  `cmd:"" help:"Bring a copy back, or check it."`
	Export   export   `cmd:"" help:"Write the whole workspace as lines of JSON with its files, to move it to another database."`
	Import   imports  `cmd:"" help:"Make a workspace in an empty database from what export wrote."`
	Simulate simulate `cmd:"" help:"Rehearse changed rules on the last days' visitors."`
	Doctor   doctor   `cmd:"" help:"Show the effective settings and what is wrong with them."`
	Version  version  `cmd:"" help:"Show the version."`
}

type admin struct {
	SignInLink signInLink `cmd:"" help:"Make a one-time link that signs an agent in."`
}

type (
	serve      struct{ app.Config }
	demo       struct{ app.DemoOptions }
	backup     struct{ app.BackupOptions }
	restore    struct{ app.RestoreOptions }
	export     struct{ app.ExportOptions }
	imports    struct{ app.ImportOptions }
	doctor     struct{ app.DoctorOptions }
	simulate   struct{ app.SimulateOptions }
	signInLink struct{ app.SignInLinkOptions }
	version    struct{}
)

// Run implements the command.
func (c serve) Run(ctx context.Context, out io.Writer) error {
	a, err := app.New(ctx, c.Config, out)
	if err != nil {
		return err
	}
	return errors.Join(a.Run(ctx), a.Close())
}

// Run implements the command.
func (c demo) Run(ctx context.Context, out io.Writer) error { return app.Demo(ctx, c.DemoOptions, out) }

// Run implements the command.
func (c backup) Run(ctx context.Context, out io.Writer) error {
	return app.Backup(ctx, c.BackupOptions, out, os.Stderr)
}

// Run implements the command.
func (c restore) Run(ctx context.Context, out io.Writer) error {
	return app.Restore(ctx, c.RestoreOptions, out, os.Stderr)
}

// Run implements the command.
func (c export) Run(ctx context.Context, out io.Writer) error {
	return app.Export(ctx, c.ExportOptions, out, os.Stderr)
}

// Run implements the command.
func (c imports) Run(ctx context.Context, out io.Writer) error {
	return app.Import(ctx, c.ImportOptions, out, os.Stderr)
}

// Run implements the command.
func (c simulate) Run(ctx context.Context, out io.Writer) error {
	return app.Simulate(ctx, c.SimulateOptions, out, os.Stderr)
}

// Run implements the command.
func (c doctor) Run(ctx context.Context, out io.Writer) error {
	return app.Doctor(ctx, c.DoctorOptions, out)
}

// Run implements the command.
func (c signInLink) Run(ctx context.Context, out io.Writer) error {
	return app.SignInLink(ctx, c.SignInLinkOptions, out)
}

// Run implements the command.
func (version) Run(_ context.Context, out io.Writer) error {
	_, err := fmt.Fprintln(out, "earshot", app.Version())
	return err
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "earshot:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser, err := kong.New(&commands{}, kong.Name("earshot"), kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(out, (*io.Writer)(nil)),
		kong.Description("Live chat of visitors of websites with a team, on your own server."))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return parsed.Run()
}
