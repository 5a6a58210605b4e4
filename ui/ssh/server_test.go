package ssh

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"iter"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"quarry/feed"
	"quarry/feed/bulletin"
	"quarry/feed/prose"
	"quarry/kql"
	"quarry/review"
	"quarry/ui"
	"quarry/ui/termtest"
)

// logs is what a server said, for tests to wait for.
type logs struct {
	mu      sync.Mutex
	said    bytes.Buffer
	changed chan struct{}
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
	return l.said.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said.String()
}

// waitFor waits until something was said so many times.
func (l *logs) waitFor(t testing.TB, text string, times int) {
	t.Helper()
	late := time.NewTimer(termtest.Patience)
	defer late.Stop()
	for {
		l.mu.Lock()
		n, changed := strings.Count(l.said.String(), text), l.changed
		l.mu.Unlock()
		if n >= times {
			return
		}
		select {
		case <-changed:
		case <-late.C:
			t.Fatalf("the log has %q %d times, want %d:\n%s", text, n, times, l)
		}
	}
}

// running is a server of the test.
type running struct {
	t       testing.TB
	folder  string
	port    string
	host    gossh.PublicKey
	opt     Options
	log     *logs
	stop    context.CancelFunc
	stopped chan error
}

// newRunning starts a server on this machine that lets in the key of the file
// robin, and whose folder of documents has two.
func newRunning(t testing.TB, change func(*Options)) *running {
	t.Helper()
	folder := t.TempDir()
	r := &running{t: t, folder: folder, log: &logs{changed: make(chan struct{})}, stopped: make(chan error, 1)}
	r.makeKey("robin")
	r.makeKey("stranger")
	if err := os.WriteFile(r.file("authorized_keys"), r.read("robin.pub"), 0o600); err != nil {
		t.Fatal(err)
	}
	sample, err := os.ReadFile("../../testdata/sample.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"docs/lantern.md": string(sample), "docs/notes/other.txt": "Indicators:\n\nother.example\n192.0.2.9\n"} {
		if err := os.MkdirAll(filepath.Dir(r.file(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(r.file(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.opt = Options{
		Authorized: r.file("authorized_keys"), HostKey: r.file("state/host"), Documents: r.file("docs"),
		Sessions: 20, Idle: time.Hour, Paste: 1 << 20, Load: load, Log: slog.New(slog.NewTextHandler(r.log, nil)),
		Workbench: ui.Options{Registry: registry()},
	}
	if change != nil {
		change(&r.opt)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, r.port, _ = net.SplitHostPort(l.Addr().String())
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() { r.stopped <- Serve(ctx, l, r.opt) }()
	t.Cleanup(func() {
		stop()
		if err := <-r.stopped; err != nil {
			t.Errorf("the server ended with %v", err)
		}
		r.stopped <- nil
		if t.Failed() {
			t.Logf("the server said:\n%s", r.log)
		}
	})
	r.log.waitFor(t, "msg=listening", 1)
	signer, err := gossh.ParsePrivateKey(r.read("state/host"))
	if err != nil {
		t.Fatal(err)
	}
	r.host = signer.PublicKey()
	known := "[127.0.0.1]:" + r.port + " " + string(gossh.MarshalAuthorizedKey(r.host))
	if err := os.WriteFile(r.file("known"), []byte(known), 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

func registry() *feed.Registry { return feed.NewRegistry(bulletin.Reader{}, prose.Reader{}) }

func load(_ string, _ File, inputs iter.Seq2[*feed.Input, error]) (ui.Opened, error) {
	catalogue, err := kql.Builtin()
	if err != nil {
		return ui.Opened{}, err
	}
	l, err := review.Load(inputs, registry(), catalogue)
	return ui.Opened{Loading: l}, err
}

func (r *running) file(name string) string { return filepath.Join(r.folder, name) }

func (r *running) read(name string) []byte {
	r.t.Helper()
	text, err := os.ReadFile(r.file(name))
	if err != nil {
		r.t.Fatal(err)
	}
	return text
}

// makeKey makes a pair of keys as ssh-keygen does, with the name as its comment.
func (r *running) makeKey(name string) {
	r.t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		r.t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(private, name)
	if err != nil {
		r.t.Fatal(err)
	}
	key, err := gossh.NewPublicKey(public)
	if err != nil {
		r.t.Fatal(err)
	}
	line := strings.TrimSpace(string(gossh.MarshalAuthorizedKey(key))) + " " + name + "@example.com\n"
	for file, text := range map[string][]byte{name: pem.EncodeToMemory(block), name + ".pub": []byte(line)} {
		if err := os.WriteFile(r.file(file), text, 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
}

// dial is a client of the library, which can do what OpenSSH does not.
func (r *running) dial() *gossh.Client {
	r.t.Helper()
	signer, err := gossh.ParsePrivateKey(r.read("robin"))
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := gossh.Dial("tcp", "127.0.0.1:"+r.port, &gossh.ClientConfig{
		User: "anybody", Auth: []gossh.AuthMethod{gossh.PublicKeys(signer)}, HostKeyCallback: gossh.FixedHostKey(r.host), Timeout: termtest.Patience,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestStopAtTheStart: a server that is stopped before it waits for anybody ends without
// an error.
func TestStopAtTheStart(t *testing.T) {
	for range 20 {
		r := newRunning(t, nil)
		r.stop()
		if err := <-r.stopped; err != nil {
			t.Fatal(err)
		}
		r.stopped <- nil
	}
}
