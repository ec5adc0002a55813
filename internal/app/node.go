package app

import (
	"context"
	"syscall"
	"time"

	"earshot/internal/desk"
)

// filesAsked is how often a node asks whether it reaches the files.
const filesAsked = time.Minute

// filesSeen is how the files were when they were last asked; its one user is the round
// that reports.
type filesSeen struct {
	at  time.Time
	was desk.FilesHealth
}

// report says how this node does.
func (a *App) report(ctx context.Context) error {
	if now := time.Now(); now.Sub(a.filesSeen.at) >= filesAsked {
		a.filesSeen = filesSeen{now, a.askFiles(ctx)}
	}
	return a.desk.Report(ctx, Version(), desk.NodeHealth{Ready: a.ready(), Feeds: a.hub.Stats().Feeds, Bus: a.busHealth(),
		Files: a.filesSeen.was, Disk: diskOf(a.cfg.Data)})
}

func (a *App) askFiles(ctx context.Context) desk.FilesHealth {
	h := desk.FilesHealth{Kind: "disk", OK: true}
	if a.cfg.S3.Endpoint == "" {
		return h
	}
	h.Kind = "s3"
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := a.files.Reach(ctx); err != nil {
		h.OK, h.Reason = false, err.Error()
	}
	return h
}

func (a *App) busHealth() desk.BusHealth {
	if a.nats == nil {
		return desk.BusHealth{Kind: "none"}
	}
	h := a.nats.Health()
	return desk.BusHealth{Kind: "nats", Connected: h.Connected, Since: h.Since.UnixMicro(), Reason: h.Reason}
}

// diskOf answers nothing where the system does not tell: it is for looking at.
func diskOf(dir string) desk.DiskHealth {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return desk.DiskHealth{}
	}
	return desk.DiskHealth{Free: int64(s.Bavail) * int64(s.Bsize), Total: int64(s.Blocks) * int64(s.Bsize)}
}
