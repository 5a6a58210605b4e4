package ssh

import (
	"bufio"
	"errors"
	"iter"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"quarry/feed"
	"quarry/ui"
	"quarry/ui/termtest"
)

// config is that of a client with a key of the test.
func (r *running) config(key string) *gossh.ClientConfig {
	r.t.Helper()
	signer, err := gossh.ParsePrivateKey(r.read(key))
	if err != nil {
		r.t.Fatal(err)
	}
	return &gossh.ClientConfig{User: "anybody", Auth: []gossh.AuthMethod{gossh.PublicKeys(signer)}, HostKeyCallback: gossh.FixedHostKey(r.host), Timeout: termtest.Patience}
}

// room tries until there is room.
func room(t *testing.T, what string, try func() error) {
	t.Helper()
	for until := time.Now().Add(termtest.Patience); ; time.Sleep(5 * time.Millisecond) {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%s: %v", what, err)
		}
	}
}

// TestMostChannels: a connection has some channels, each further one is refused, and one
// that ends makes room.
func TestMostChannels(t *testing.T) {
	r := newRunning(t, nil)
	c := r.dial()
	var all []gossh.Channel
	open := func() error {
		ch, requests, err := c.OpenChannel("session", nil)
		if err == nil {
			go gossh.DiscardRequests(requests)
			all = append(all, ch)
		}
		return err
	}
	for range mostChannels {
		if err := open(); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 * mostWaiting { // each of which is taken back
		var refused *gossh.OpenChannelError
		if err := open(); !errors.As(err, &refused) || refused.Reason != gossh.ResourceShortage {
			t.Fatalf("one more: %v", err)
		}
	}
	if n := strings.Count(r.log.String(), `msg="channels refused"`); n != 1 {
		t.Errorf("it is logged %d times", n)
	}
	if err := all[0].Close(); err != nil {
		t.Fatal(err)
	}
	room(t, "after one has ended", open)
}

// TestMostConnectionsOfOneReviewer: others get in beside who has as many as may be.
func TestMostConnectionsOfOneReviewer(t *testing.T) {
	r := newRunning(t, func(o *Options) { o.Sessions = 4 })
	both := append(r.read("robin.pub"), r.read("stranger.pub")...)
	if err := os.WriteFile(r.file("authorized_keys"), both, 0o600); err != nil {
		t.Fatal(err)
	}
	const most = 2*2 + 2
	var all []*gossh.Client
	for range most {
		all = append(all, r.dial())
	}
	banner := ""
	refused := r.config("robin")
	refused.BannerCallback = func(message string) error { banner = message; return nil }
	if c, err := gossh.Dial("tcp", "127.0.0.1:"+r.port, refused); err == nil {
		_ = c.Close()
		t.Fatal("one more is let in")
	}
	if want := "Quarry: 6 connections of yours are open, which is the most for one reviewer; close one of them first\n"; banner != want {
		t.Errorf("told %q, want %q", banner, want)
	}
	r.log.waitFor(t, `reason="too many of one reviewer" reviewer=robin@example.com most=6`, 1)
	other, err := gossh.Dial("tcp", "127.0.0.1:"+r.port, r.config("stranger"))
	if err != nil {
		t.Fatalf("another reviewer: %v", err)
	}
	defer other.Close()
	_ = all[0].Close()
	room(t, "after one has ended", func() error {
		c, err := gossh.Dial("tcp", "127.0.0.1:"+r.port, r.config("robin"))
		if err == nil {
			_ = c.Close()
		}
		return err
	})
}

// TestMostConnectionsOfAnAddress: who shows no key gets half of them, and others that
// had shown one stay.
func TestMostConnectionsOfAnAddress(t *testing.T) {
	r := newRunning(t, func(o *Options) { o.Sessions = 2 })
	in := r.dial()
	greets := func(c net.Conn) bool {
		_ = c.SetReadDeadline(time.Now().Add(termtest.Patience))
		line, err := bufio.NewReader(c).ReadString('\n')
		return err == nil && strings.HasPrefix(line, "SSH-2.0-Quarry")
	}
	for n := range (2*2+strangers)/2 + 1 {
		c, err := net.Dial("tcp", "127.0.0.1:"+r.port)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if got, want := greets(c), n < (2*2+strangers)/2; got != want {
			t.Fatalf("connection %d is let in: %v", n+1, got)
		}
	}
	r.log.waitFor(t, `msg="connection refused" reason="too many"`, 1)
	if _, _, err := in.OpenChannel("session", nil); err != nil {
		t.Errorf("the one that was in: %v", err)
	}
}

// TestAddresses: of IPv6 a network counts as one.
func TestAddresses(t *testing.T) {
	for at, want := range map[string]string{
		"192.0.2.7:22": "192.0.2.7/32", "[::ffff:192.0.2.7]:22": "192.0.2.7/32", "[2001:db8:1:2:3::4]:22": "2001:db8:1:2::/64", "[2001:db8:1:2::1%eth0]:22": "2001:db8:1:2::/64",
	} {
		if got := addressOf(named(at)).String(); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}

// named is an address by its text.
type named string

func (named) Network() string  { return "tcp" }
func (a named) String() string { return string(a) }

// stuck is a session whose client takes nothing: a write ends with its connection.
type stuck struct {
	ssh.Session
	conn *gossh.ServerConn
}

func (s stuck) Context() ssh.Context { return connOnly{conn: s.conn} }
func (s stuck) RemoteAddr() net.Addr { return named("192.0.2.7:22") }
func (s stuck) Write([]byte) (int, error) {
	return 0, s.conn.Wait()
}
func (s stuck) Exit(int) error { return s.conn.Wait() }

type connOnly struct {
	ssh.Context
	conn *gossh.ServerConn
}

func (c connOnly) Value(any) any { return c.conn }

// TestRefusalIsNotWaitedFor: a client that does not read why it is refused is cut off.
func TestRefusalIsNotWaitedFor(t *testing.T) {
	r := newRunning(t, nil)
	host, err := gossh.ParsePrivateKey(r.read("state/host"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	config := r.config("robin")
	go func() { // a client that has nothing to say
		there, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		if _, _, _, err := gossh.NewClientConn(there, "", config); err != nil {
			t.Error(err)
		}
	}()
	here, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	open := &gossh.ServerConfig{NoClientAuth: true}
	open.AddHostKey(host)
	conn, channels, requests, err := gossh.NewServerConn(here, open)
	if err != nil {
		t.Fatal(err)
	}
	go gossh.DiscardRequests(requests)
	go func() {
		for range channels {
		}
	}()
	s := &server{opt: r.opt}
	s.refuse(stuck{conn: conn}, "no more") // comes back
	r.log.waitFor(t, `msg="client cut off" reason="it takes nothing" from=192.0.2.7:22`, 1)
}

// TestLastLinesSayWhatIsNotSaved: who leaves a session is told what it could not save.
func TestLastLinesSayWhatIsNotSaved(t *testing.T) {
	r := newRunning(t, func(o *Options) {
		o.Load = func(who string, file File, inputs iter.Seq2[*feed.Input, error]) (ui.Opened, error) {
			opened, err := load(who, file, inputs)
			opened.Close = func() string { return file.Name + ": 1 decision of yours is kept elsewhere\x1b[2J" }
			return opened, err
		}
	})
	o := r.hostile("xterm", 80, 24)
	if err := o.Shell(); err != nil {
		t.Fatal(err)
	}
	o.waitFor("lantern.md")
	send(t, o, "lantern\r")
	o.waitFor("Lantern RAT")
	send(t, o, "q")
	if err := o.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
	const want = `Quarry: lantern.md: 1 decision of yours is kept elsewhere\x1b[2J`
	if said := o.said.String(); !strings.HasSuffix(strings.TrimSpace(said), want) {
		t.Errorf("ended with %q", said[max(0, len(said)-200):])
	}
}
