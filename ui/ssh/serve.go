package ssh

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"charm.land/ssh"
	"charm.land/wish/v2"
	"github.com/charmbracelet/colorprofile"
	gossh "golang.org/x/crypto/ssh"

	"quarry/feed"
	"quarry/ui"
)

// Options are what a server needs. All but Exports and Colors must be set.
type Options struct {
	Authorized string        // the file of authorized keys
	HostKey    string        // the file of the host key, which is made where there is none
	Documents  string        // the folder of the documents
	Exports    string        // the folder of the exports, with one of each reviewer; "" copies them instead
	Sessions   int           // how many there may be at a time
	Idle       time.Duration // how long a session may be without a key
	Paste      int           // how many bytes one paste may have

	Colors    colorprofile.Profile // of every terminal; [colorprofile.Unknown] goes by each client's
	Workbench ui.Options           // what all sessions have in common
	// Load begins to read a file for a reviewer. It is called by several goroutines.
	Load func(who string, file File, inputs iter.Seq2[*feed.Input, error]) (ui.Opened, error)
	// Log is told of sessions and refusals, and of no secret: no key but its
	// fingerprint, nothing that is typed or shown.
	Log *slog.Logger
}

// server is one that runs.
type server struct {
	opt       Options
	documents *os.Root
	exports   *os.Root // nil without a folder for them
	stopping  context.Context
	sessions  sync.WaitGroup
	seats     seats
	crowd     crowd
}

const (
	// handshakeTime is how long a client has to say who it is.
	handshakeTime = 30 * time.Second
	// patience is how long a stop waits for sessions and clients to end.
	patience = 10 * time.Second
)

// Serve serves the workbench on a listener until the context is done. Then all
// sessions end, with the terminals of their clients as they were, and Serve
// returns nil. An error is about the files that it needs, the first mistake in
// the authorized keys among them, a [*KeysError], or about the listener, which it
// closes.
func Serve(ctx context.Context, l net.Listener, opt Options) error {
	defer l.Close()
	s := &server{opt: opt, stopping: ctx, seats: seats{most: opt.Sessions}, crowd: crowd{most: 2*opt.Sessions + strangers}}
	keys, wrong := readKeys(opt.Authorized)
	if len(wrong) > 0 {
		return wrong[0]
	}
	for _, err := range sameReviewers(opt.Authorized, keys) {
		opt.Log.Warn("authorized keys", "note", err)
	}
	signer, err := hostKey(opt.HostKey)
	if err != nil {
		return err
	}
	if s.documents, err = openFolder(opt.Documents, "--documents names the one whose documents are to be served"); err != nil {
		return err
	}
	defer s.documents.Close()
	if opt.Exports != "" {
		if s.exports, err = openFolder(opt.Exports, "--exports names the one that reviewers export into"); err != nil {
			return err
		}
		defer s.exports.Close()
	}
	srv, err := s.configure(signer)
	if err != nil {
		return err
	}
	opt.Log.Info("listening", "address", l.Addr().String(), "host_key", gossh.FingerprintSHA256(signer.PublicKey()))
	ended, door := make(chan error, 1), &door{Listener: l, waits: make(chan struct{})}
	go func() { ended <- srv.Serve(door) }()
	for _, next := range []<-chan struct{}{door.waits, ctx.Done()} {
		select {
		case err := <-ended:
			_ = srv.Close()
			return err
		case <-next:
		}
	}
	s.stop(srv)
	if err := <-ended; !errors.Is(err, ssh.ErrServerClosed) {
		return err
	}
	return nil
}

// door is a listener that tells when it is waited at: before that the library cannot be
// stopped without a race.
type door struct {
	net.Listener
	once  sync.Once
	waits chan struct{} // closed then
}

func (d *door) Accept() (net.Conn, error) {
	d.once.Do(func() { close(d.waits) })
	return d.Listener.Accept()
}

// openFolder opens a folder that nothing leads out of. The error is an
// [*feed.InputError].
func openFolder(path, advice string) (*os.Root, error) {
	root, err := os.OpenRoot(path)
	if err == nil {
		return root, nil
	}
	reason := err.Error()
	var pe *fs.PathError
	st, statErr := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		reason = "there is no such folder"
	case statErr == nil && !st.IsDir():
		reason = "it is no folder"
	case errors.As(err, &pe):
		reason = pe.Err.Error()
	}
	return nil, &feed.InputError{Name: path, Reason: reason, Advice: advice, Err: err}
}

// stop lets nobody in any more, waits for the sessions, which end by the same
// context, and then for the clients.
func (s *server) stop(srv *ssh.Server) {
	s.opt.Log.Info("stopping", "sessions", s.seats.open())
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		s.opt.Log.Warn("clients were cut off", "reason", err)
	}
	_ = srv.Close()
	s.sessions.Wait()
	s.opt.Log.Info("stopped")
}

// configure makes the server of the library. Everything that is not named here is
// off: without a handler no password and no question gets anybody in, and no
// channel but that of a session, no request of a connection and no subsystem is
// answered.
func (s *server) configure(signer gossh.Signer) (*ssh.Server, error) {
	srv, err := wish.NewServer(
		wish.WithVersion("Quarry"),
		wish.WithPublicKeyAuth(s.letIn),
		func(srv *ssh.Server) error { srv.AddHostKey(signer); return nil },
	)
	if err != nil {
		return nil, err
	}
	srv.Handler = s.handle
	srv.SessionRequestCallback = s.shell
	srv.HandshakeTimeout = handshakeTime
	srv.ConnCallback = s.admit
	srv.ServerConfigCallback = func(ctx ssh.Context) *gossh.ServerConfig {
		return &gossh.ServerConfig{MaxAuthTries: 6, VerifiedPublicKeyCallback: s.verified(ctx)}
	}
	srv.RequestHandlers = map[string]ssh.RequestHandler{}
	srv.SubsystemHandlers = map[string]ssh.SubsystemHandler{}
	srv.ChannelHandlers = map[string]ssh.ChannelHandler{
		"session": func(srv *ssh.Server, conn *gossh.ServerConn, ch gossh.NewChannel, ctx ssh.Context) {
			refused := func(request string) {
				s.opt.Log.Warn("request refused", "request", request[:min(len(request), 64)], "from", conn.RemoteAddr().String())
			}
			if leave, ok := s.channel(ctx, ch); ok {
				defer leave()
				ssh.DefaultSessionHandler(srv, conn, sessionOnly{ch, refused}, ctx)
			}
		},
		"default": func(_ *ssh.Server, conn *gossh.ServerConn, ch gossh.NewChannel, ctx ssh.Context) {
			leave, ok := s.channel(ctx, ch)
			if !ok {
				return
			}
			defer leave()
			kind := ch.ChannelType()
			s.opt.Log.Warn("channel refused", "channel", kind[:min(len(kind), 64)], "from", conn.RemoteAddr().String())
			_ = ch.Reject(gossh.Prohibited, "only the workbench is served here")
		},
	}
	return srv, nil
}

// letIn reports whether a key is let in. The file is read each time, so a key
// that is taken out of it is refused from then on.
func (s *server) letIn(ctx ssh.Context, public ssh.PublicKey) bool {
	_, ok := s.reviewer(public)
	if !ok {
		s.opt.Log.Warn("key refused", "key", gossh.FingerprintSHA256(public), "from", ctx.RemoteAddr().String())
	}
	return ok
}

// reviewer is who has a key that is let in.
func (s *server) reviewer(public ssh.PublicKey) (string, bool) {
	if public == nil {
		return "", false
	}
	keys, wrong := readKeys(s.opt.Authorized)
	for _, err := range wrong {
		s.opt.Log.Error("authorized keys", "error", err)
	}
	k, ok := find(keys, public)
	return k.reviewer, ok
}
