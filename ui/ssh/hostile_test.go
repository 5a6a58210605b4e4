package ssh

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"

	gossh "golang.org/x/crypto/ssh"
)

// terminal is a session of a client that does what it wants.
type terminal struct {
	*gossh.Session
	in   io.WriteCloser
	mu   sync.Mutex
	said bytes.Buffer
	more chan struct{}
}

func (o *terminal) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.more != nil {
		close(o.more)
		o.more = nil
	}
	return o.said.Write(p)
}

// waitFor waits until the server has sent something.
func (o *terminal) waitFor(text string) {
	for {
		o.mu.Lock()
		if strings.Contains(o.said.String(), text) {
			o.mu.Unlock()
			return
		}
		if o.more == nil {
			o.more = make(chan struct{})
		}
		more := o.more
		o.mu.Unlock()
		<-more
	}
}

// ask sends a request of a session as it is.
func (o *terminal) ask(kind string, payload any) (bool, error) {
	return o.SendRequest(kind, true, gossh.Marshal(payload))
}

type ptyRequest struct {
	Term                         string
	Columns, Rows, Width, Height uint32
	Modes                        string
}

type sizeRequest struct{ Columns, Rows, Width, Height uint32 }

// hostile begins a session whose terminal says of itself what is asked for.
func (r *running) hostile(term string, w, h uint32) *terminal {
	r.t.Helper()
	s, err := r.dial().NewSession()
	if err != nil {
		r.t.Fatal(err)
	}
	o := &terminal{Session: s}
	if o.in, err = s.StdinPipe(); err != nil {
		r.t.Fatal(err)
	}
	s.Stdout = o
	if ok, err := o.ask("pty-req", ptyRequest{Term: term, Columns: w, Rows: h}); !ok || err != nil {
		r.t.Fatalf("no terminal: %t, %v", ok, err)
	}
	return o
}

// TestHostileClients: whatever a client says of its terminal and types, it gets
// the workbench or is cut off, and another one works beside it.
func TestHostileClients(t *testing.T) {
	r := newRunning(t, nil)
	beside := r.hostile("xterm", 80, 24)
	if err := beside.Shell(); err != nil {
		t.Fatal(err)
	}
	beside.waitFor("lantern.md")
	const most = ^uint32(0)
	for name, attack := range map[string]func(t *testing.T, o *terminal){
		"nothing odd": func(*testing.T, *terminal) {},
		"sizes": func(t *testing.T, o *terminal) {
			for _, size := range []sizeRequest{{0, 0, 0, 0}, {most, most, most, most}, {1, 1, 0, 0}, {100_000, 1, 0, 0}, {1 << 31, 24, 0, 0}, {80, 0, 0, 0}} {
				for range 50 {
					if _, err := o.SendRequest("window-change", false, gossh.Marshal(size)); err != nil {
						t.Error(err)
					}
				}
			}
		},
		"requests": func(t *testing.T, o *terminal) {
			for _, kind := range []string{"env", "exec", "shell", "subsystem", "pty-req", "x11-req", "auth-agent-req@openssh.com", "signal", "break", "window-change", "\x1b]0;x\a", ""} {
				if ok, err := o.SendRequest(kind, true, []byte{0, 0, 0, 9, 1}); err != nil || ok {
					t.Errorf("%q is answered with %t, %v", kind, ok, err)
				}
			}
		},
		"a paste over the limit": func(t *testing.T, o *terminal) {
			send(t, o, "\x1b[200~"+strings.Repeat("a.example\r", 120_000)+"\x1b[201~")
			o.waitFor("it is more than the 1 MB that are read")
		},
		"a paste without an end": func(t *testing.T, o *terminal) {
			send(t, o, "\x1b[200~"+strings.Repeat("a.example\r", 120_000))
			send(t, o, "\x1b[201~")
			o.waitFor("it is more than the 1 MB that are read")
		},
		"a paste of sequences": func(t *testing.T, o *terminal) {
			send(t, o, "\x1b[200~"+strings.Repeat("\x1b]0;x\x9d\xff\x1b[200~", 3_000)+"\x1b[201~")
		},
		"sequences without an end": func(t *testing.T, o *terminal) {
			send(t, o, "\x1b]52;c;"+strings.Repeat("A", 1<<18)+"\x1b\\"+"\x1b["+strings.Repeat(";1", 1<<16)+"~\x1bP"+strings.Repeat("\x1b_x", 300)+"\x1b\\")
		},
		"bytes that are no UTF-8": func(t *testing.T, o *terminal) {
			send(t, o, strings.Repeat("\xff\xfe\xc0\xaf\xed\xa0\x80\x9b\x9d\xf8", 300))
		},
		"characters that reorder": func(t *testing.T, o *terminal) {
			send(t, o, strings.Repeat("\u202e\u2066\U000e0041\u200d\ufeff", 50))
		},
		"suspend and other signals": func(t *testing.T, o *terminal) { send(t, o, strings.Repeat("\x1a\x1c\x13\x11", 50)) },
	} {
		t.Run(name, func(t *testing.T) {
			o := r.hostile("xterm-256color", 80, 24)
			if err := o.Shell(); err != nil {
				t.Fatal(err)
			}
			o.waitFor("lantern.md")
			attack(t, o)
			send(t, o, "\x03")
			if err := o.Wait(); err != nil {
				t.Errorf("ended with %v", err)
			}
		})
	}
	send(t, beside, "other\r")
	beside.waitFor("other")
	send(t, beside, "\x03")
	if err := beside.Wait(); err != nil {
		t.Errorf("the session beside ended with %v", err)
	}
}

func send(t *testing.T, o *terminal, s string) {
	t.Helper()
	if _, err := io.WriteString(o.in, s); err != nil {
		t.Errorf("the connection was cut: %v", err)
	}
}

// TestOddTerminals: what a client says before it has a shell.
func TestOddTerminals(t *testing.T) {
	r := newRunning(t, nil)
	for _, tt := range []struct {
		term string
		w, h uint32
	}{{"", 0, 0}, {"../../../etc/passwd", 80, 24}, {"\x1b]0;x\a", ^uint32(0), ^uint32(0)}, {strings.Repeat("x", 10_000), 80, 1}, {"dumb", 1, 1}} {
		o := r.hostile(tt.term, tt.w, tt.h)
		for n := range 200 {
			name := "LC_" + strings.Repeat("X", n%50)
			if ok, _ := o.ask("env", struct{ Name, Value string }{name, strings.Repeat("v", 1000)}); ok {
				t.Fatalf("%s was taken", name)
			}
		}
		for range 100 { // nobody takes these yet
			if _, err := o.ask("window-change", sizeRequest{100, 30, 0, 0}); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.Shell(); err != nil {
			t.Fatal(err)
		}
		o.waitFor("\x1b[?1049h")
		send(t, o, "\x03")
		if err := o.Wait(); err != nil {
			t.Errorf("%.20q %dx%d ended with %v", tt.term, tt.w, tt.h, err)
		}
	}
}

// TestNothingIsLeftBehind: sessions that end leave nothing that runs.
func TestNothingIsLeftBehind(t *testing.T) {
	r := newRunning(t, nil)
	before := 0
	for n := range 6 {
		o := r.hostile("xterm", 80, 24)
		if err := o.Shell(); err != nil {
			t.Fatal(err)
		}
		o.waitFor("lantern.md")
		send(t, o, "lantern\r")
		o.waitFor("Lantern RAT")
		for range 200 {
			_, _ = o.SendRequest("window-change", false, gossh.Marshal(sizeRequest{100, 30, 0, 0}))
		}
		_ = o.Session.Close()
		r.log.waitFor(t, `msg="session ends"`, n+1)
		if n == 1 {
			before = runtime.NumGoroutine()
		}
	}
	// A client of the test has a few of its own, which end with the test.
	if now := runtime.NumGoroutine(); now > before+10*6 {
		t.Errorf("%d goroutines, %d after the second session", now, before)
	}
}
