package api

import (
	"context"
	"net/http"
	"time"

	"earshot/internal/chat"
	"earshot/internal/desk"
	"earshot/internal/stream"
)

// signInLook is how old what a line knows of its visitor's sign-in may become: so soon
// it closes after a sign-out elsewhere, or after the end of a secret.
const signInLook = time.Minute

type signInBody struct {
	Signed string `json:"signed" maxLength:"8192" doc:"A JWT (HS256, with the site's secret) of {sub, exp}, and optionally name, email and data, made by the site's own server; exp is at most 24 hours ahead."`
	Former string `json:"former,omitempty" maxLength:"128" doc:"The resume token that this browser held before. It ends. Wait for a first message that is under way with it: before that it is not known here."`
}

type visitorSignIn struct {
	Until   int64        `json:"until" doc:"When the sign-in is over unless it is prolonged, microseconds: 60 seconds after exp."`
	Visitor *visitorSelf `json:"visitor,omitempty" doc:"Who he goes on as; absent = he has not written yet."`
}

func (s *Server) identityRoutes() {
	register(s, operation{method: http.MethodPost, path: "/v1/visitor/sign-in", id: "sign-in-visitor", who: forVisitors,
		summary: "Sign in as whom the site's own server has signed",
		about:   "The bearer token is a new one, made for this sign-in: it is the visitor's from now on, until it is over. The same again prolongs it. A token that does not hold changes nothing.",
		errors:  []chat.ErrorKind{chat.Invalid, chat.Denied, chat.Limited}},
		func(ctx context.Context, in *struct{ Body signInBody }) (*answer[visitorSignIn], error) {
			return s.signInVisitor(ctx, in.Body)
		})
	register(s, operation{method: http.MethodPost, path: "/v1/visitor/sign-out", id: "sign-out-visitor", who: forVisitors, status: http.StatusNoContent,
		summary: "Sign this browser out", about: "The token is dead afterwards. Other browsers of the same visitor stay signed in."},
		func(ctx context.Context, _ *nothing) (*struct{}, error) {
			return nil, s.Desk.SignOutVisitor(ctx, callerOf(ctx).visitor)
		})
}

func (s *Server) signInVisitor(ctx context.Context, in signInBody) (*answer[visitorSignIn], error) {
	if err := s.limits.looks.takeFor(visitOf(ctx).address); err != nil {
		return nil, err
	}
	if in.Former != "" && !validToken(in.Former) {
		return nil, chat.Errorf(chat.Invalid, "The former token is no resume token. Leave it out where there is none.")
	}
	done, err := s.Desk.SignInVisitor(ctx, callerOf(ctx).visitor, in.Signed, in.Former)
	if err != nil {
		return nil, err
	}
	out := visitorSignIn{Until: done.Until}
	if done.Visitor != nil {
		self := selfOf(*done.Visitor)
		out.Visitor = &self
	}
	return &answer[visitorSignIn]{out}, nil
}

// entering is a reader who comes, and how he is known; until says when a visitor is to
// be asked again, 0 = never.
type entering struct {
	stream.Reader
	by    desk.Caller
	until int64
}

// line is a feed that ends when its reader's sign-in does.
type line struct {
	*stream.Feed
	stop context.CancelFunc
}

// Detach ends the line.
func (l line) Detach() {
	l.stop()
	l.Feed.Detach()
}

func (s *Server) attachLine(e entering, cursor string, k stream.Carrier) line {
	ctx, stop := context.WithCancel(context.Background())
	l := line{s.Hub.Attach(e.Reader, cursor, k), stop}
	if e.until != 0 {
		s.lookAgain(ctx, l.Feed, e)
	}
	return l
}

// lookAgain asks from time to time whether a signed-in visitor is so still, and is the
// same, and ends his line where he is not.
func (s *Server) lookAgain(ctx context.Context, feed *stream.Feed, e entering) {
	rest := func(until int64) time.Duration { return max(0, min(s.lookTime, time.UnixMicro(until).Sub(s.Now()))) }
	var timer *time.Timer
	timer = time.AfterFunc(s.lookTime, func() {
		v, until, err := s.Desk.VisitorUntil(ctx, e.by)
		switch {
		case ctx.Err() != nil:
		case err == nil && v.ID == e.Viewer.Visitor:
			timer.Reset(rest(until))
		case err == nil:
			feed.End(stream.CloseReset) // his chat beside is over: he goes on in another Conversation
		case chat.IsKind(err, chat.Gone), chat.IsKind(err, chat.Missing), chat.IsKind(err, chat.Denied):
			feed.End(stream.CloseSignIn)
		default:
			timer.Reset(s.lookTime) // it cannot be read just now
		}
	})
	timer.Reset(rest(e.until))
	context.AfterFunc(ctx, func() { timer.Stop() })
}
