package ssh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/ssh"
	"github.com/charmbracelet/colorprofile"
	gossh "golang.org/x/crypto/ssh"

	"quarry/feed"
	"quarry/ui"
	"quarry/ui/cell"
	"quarry/ui/clip"
	"quarry/ui/guard"
)

// grace is how long a client that reads nothing has to take what is left for it
// before its connection is cut.
const grace = 3 * time.Second

// Why a session ended, when it was not the analyst who left.
var (
	errIdle    = errors.New("no key came")
	errStopped = errors.New("the server stops")
	errGone    = errors.New("the connection was lost")
)

// screen is the terminal of a session, as it was when its shell was asked for,
// and its size since then.
type screen struct {
	pty     ssh.Pty
	there   bool
	command bool // a command was asked for, no shell

	mu   sync.Mutex
	size tea.WindowSizeMsg // the last one, zero before it changed
	send func(tea.Msg)     // to the program, or nil
}

// follow takes sizes until the session is closed, also after its program: where
// nobody takes them its requests would wait for ever.
func (t *screen) follow(sizes <-chan ssh.Window) {
	for s := range sizes {
		w, h := safeSize(s.Width, s.Height)
		t.mu.Lock()
		t.size = tea.WindowSizeMsg{Width: w, Height: h}
		send := t.send
		t.mu.Unlock()
		if send != nil {
			send(tea.WindowSizeMsg{Width: w, Height: h})
		}
	}
}

// attach brings sizes to a program, beginning with the last.
func (t *screen) attach(send func(tea.Msg)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.send = send
	if size := t.size; size != (tea.WindowSizeMsg{}) {
		go send(size) // the program does not run yet
	}
}

// shell takes the terminal down where requests are taken in order, and lets in
// nothing but shells, and commands to be told that there are none.
func (s *server) shell(sess ssh.Session, request string) bool {
	if request != "shell" && request != "exec" {
		return false
	}
	t := &screen{command: request == "exec"}
	var sizes <-chan ssh.Window
	if t.pty, sizes, t.there = sess.Pty(); t.there {
		go t.follow(sizes)
	}
	sess.Context().SetValue(sess, t)
	return true
}

// handle is a session from its beginning to its end.
func (s *server) handle(sess ssh.Session) {
	s.sessions.Add(1)
	defer s.sessions.Done()
	if c, ok := sess.Context().Value(linkKey{}).(*link); ok {
		defer c.session()()
	}
	who, ok := s.reviewer(sess.PublicKey())
	log := s.opt.Log.With("reviewer", who, "from", sess.RemoteAddr().String())
	t, _ := sess.Context().Value(sess).(*screen)
	switch {
	case !ok:
		s.refuse(sess, "your key is not let in any more")
		return
	case t != nil && t.command:
		s.opt.Log.Warn("request refused", "request", "exec", "from", sess.RemoteAddr().String())
		s.lastWords(sess, sess.Stderr(), "Quarry: "+onlyTheWorkbench+"\r\n")
		return
	case t == nil || !t.there:
		s.refuse(sess, "the workbench needs a terminal; use ssh -t")
		return
	}
	leave, refusal := s.seats.take(who)
	if refusal != "" {
		log.Warn("session refused", "reason", "too many", "most", s.opt.Sessions)
		s.refuse(sess, refusal)
		return
	}
	defer leave()
	log.Info("session begins", "terminal", safeTerminal(t.pty.Term))
	begun := time.Now()
	err := s.show(sess, t, who)
	log.Info("session ends", "after", time.Since(begun).Round(time.Millisecond), "reason", ending(err))
	if err != nil {
		s.refuse(sess, ending(err))
	}
}

// onlyTheWorkbench is for who asks for a command: a client says only that it failed.
const onlyTheWorkbench = "only the workbench is served here, in a terminal, and no command is run; leave the command out"

func (s *server) refuse(sess ssh.Session, why string) {
	s.lastWords(sess, sess, "Quarry: "+why+"\n")
}

// lastWords ends a session with what its client is told.
func (s *server) lastWords(sess ssh.Session, to io.Writer, words string) {
	defer s.cutLate(sess)()
	_, _ = io.WriteString(to, words) // to a client that may be gone
	_ = sess.Exit(1)
}

// cutLate cuts the connection of a client that does not take its last words in time,
// unless the function that it returns is called before.
func (s *server) cutLate(sess ssh.Session) (done func()) {
	late := time.AfterFunc(grace, func() {
		s.opt.Log.Warn("client cut off", "reason", "it takes nothing", "from", sess.RemoteAddr().String())
		cut(sess)
	})
	return func() { late.Stop() }
}

// cut closes the connection of a session.
func cut(sess ssh.Session) {
	if conn, ok := sess.Context().Value(ssh.ContextKeyConn).(*gossh.ServerConn); ok {
		_ = conn.Close()
	}
}

// ending says why a session ended.
func ending(err error) string {
	if err == nil {
		return "left"
	}
	return cell.Clean(err.Error())
}

// show runs the workbench in a session. The error is why it ended when it was
// not the analyst who left.
func (s *server) show(sess ssh.Session, t *screen, who string) error {
	ctx, end := context.WithCancelCause(sess.Context())
	defer end(nil)
	defer context.AfterFunc(s.stopping, func() { end(errStopped) })()
	idle := time.AfterFunc(s.opt.Idle, func() { end(errIdle) })
	defer idle.Stop()
	defer cutOff(ctx, sess)()

	env := environment(t.pty.Term, sess.Environ())
	opt := s.opt.Workbench
	opt.Reviewer, opt.Env = who, env
	opt.Clipboard = clip.NewEnvironment(env, runtime.GOOS, true)
	opt.ASCII = opt.ASCII || notUTF8(env)
	opt.MostPasted = s.opt.Paste
	opt.Shelf = documents{s.documents, func(file File, inputs iter.Seq2[*feed.Input, error]) (ui.Opened, error) {
		return s.opt.Load(who, file, inputs)
	}}
	opt.ExportPath, opt.Folder = "", ""
	opt.CopyExports = true
	if s.exports != nil {
		own, err := exportsOf(s.exports, who)
		if err == nil {
			defer own.Close()
			opt.CopyExports, opt.Files = false, ui.FilesIn(own)
		} else {
			s.opt.Log.Error("exports are copied", "reviewer", who, "error", err)
		}
	}
	opt.Attach = t.attach
	profile := s.opt.Colors
	if profile == colorprofile.Unknown {
		profile = colorprofile.Env(env)
	}
	w, h := safeSize(t.pty.Window.Width, t.pty.Window.Height)
	left, err := ui.RunShelf(ctx, opt,
		tea.WithInput(guard.New(&watched{sess, idle, s.opt.Idle, end}, s.opt.Paste)), tea.WithOutput(sess),
		tea.WithEnvironment(env), tea.WithColorProfile(profile), tea.WithWindowSize(w, h),
		tea.WithoutSignalHandler(), tea.WithFilter(noSuspend))
	defer s.cutLate(sess)()
	for _, words := range left {
		fmt.Fprintf(sess, "Quarry: %s\n", cell.Clean(words))
	}
	switch cause := context.Cause(ctx); {
	case ctx.Err() == nil:
		return err
	case errors.Is(cause, errIdle):
		return fmt.Errorf("%w for %s", errIdle, s.opt.Idle)
	case errors.Is(cause, errStopped):
		return errStopped
	}
	return errGone
}

// cutOff cuts the connection of a session that is over and whose client does not
// take what is left for it. The function that it returns says that it did.
func cutOff(ctx context.Context, sess ssh.Session) (done func()) {
	var over atomic.Bool
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(grace, func() {
			if !over.Load() {
				cut(sess)
			}
		})
	})
	return func() {
		over.Store(true)
		stop()
	}
}

// noSuspend keeps a program in a session from stopping the whole server.
func noSuspend(_ tea.Model, msg tea.Msg) tea.Msg {
	if _, ok := msg.(tea.SuspendMsg); ok {
		return nil
	}
	return msg
}

// watched is what a client types. Each time something comes the session is not
// idle; its end is that of the session.
type watched struct {
	r    io.Reader
	idle *time.Timer
	most time.Duration
	end  context.CancelCauseFunc
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	if n > 0 {
		w.idle.Reset(w.most)
	}
	if err != nil {
		w.end(errGone)
	}
	return n, err
}

// environment is what a session knows of its terminal. Of what the client set
// nothing else has come here.
func environment(term string, client []string) []string {
	return append(client, "TERM="+safeTerminal(term))
}

// notUTF8 reports whether the client says that its characters are others. One
// that says nothing has UTF-8, as terminals have today.
func notUTF8(env []string) bool {
	locale := map[string]string{}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		locale[name] = strings.ToLower(value)
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := locale[name]; v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return false
}
