package ssh

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

const (
	// lonelyTime is how long a connection may be without a session.
	lonelyTime = time.Minute
	// strangers is how many connections there may be beyond two for each session.
	strangers = 20
	// mostChannels is how many channels a connection may have at a time.
	mostChannels = 10
	// mostWaiting is how many more may wait for their refusal, which a client that
	// takes nothing holds up.
	mostWaiting = 100
)

// crowd are the connections that there may be at a time: so many, of which one address
// has half at most as long as nobody of it has shown a key, and one reviewer so many
// that others find room.
type crowd struct {
	most int

	mu      sync.Mutex
	all     int
	unknown map[netip.Prefix]int // by address, without a key yet
	known   map[string]int       // by reviewer
}

// enter takes a place for a connection from an address, unless there is none.
func (c *crowd) enter(from netip.Prefix) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all >= c.most || c.unknown[from] >= c.most/2 {
		return false
	}
	if c.unknown == nil {
		c.unknown, c.known = map[netip.Prefix]int{}, map[string]int{}
	}
	c.all++
	c.unknown[from]++
	return true
}

// know says whose a connection is, unless they have as many as one reviewer may have.
func (c *crowd) know(from netip.Prefix, reviewer string, most int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[reviewer] >= most {
		return false
	}
	fewer(c.unknown, from)
	c.known[reviewer]++
	return true
}

// leave gives the place of a connection back; reviewer is "" where that was not known.
func (c *crowd) leave(from netip.Prefix, reviewer string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if reviewer == "" {
		fewer(c.unknown, from)
	} else {
		fewer(c.known, reviewer)
	}
}

func fewer[K comparable](count map[K]int, key K) {
	if count[key]--; count[key] <= 0 {
		delete(count, key)
	}
}

// addressOf is from where a connection comes: of IPv6 the network of one customer, who
// has all addresses of it.
func addressOf(a net.Addr) netip.Prefix {
	at, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Prefix{}
	}
	ip := at.Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits) // of as many bits as there are
	return p
}

// admit counts connections and refuses those that are too many.
func (s *server) admit(ctx ssh.Context, conn net.Conn) net.Conn {
	from := addressOf(conn.RemoteAddr())
	if !s.crowd.enter(from) {
		s.opt.Log.Warn("connection refused", "reason", "too many", "from", conn.RemoteAddr().String())
		return nil
	}
	c := &link{Conn: conn, crowd: &s.crowd, from: from}
	c.lonely = time.AfterFunc(handshakeTime+lonelyTime, func() { _ = c.Close() })
	ctx.SetValue(linkKey{}, c)
	return c
}

// ofOneReviewer is how many connections one reviewer may have: two for each of their
// sessions.
func (s *server) ofOneReviewer() int { return 2*s.seats.ofOne() + 2 }

// verified counts a connection as one of the reviewer who has shown to have a key, and
// refuses it when those are too many. A key that is only named counts for nobody.
func (s *server) verified(ctx ssh.Context) func(gossh.ConnMetadata, gossh.PublicKey, *gossh.Permissions, string) (*gossh.Permissions, error) {
	return func(conn gossh.ConnMetadata, key gossh.PublicKey, p *gossh.Permissions, _ string) (*gossh.Permissions, error) {
		who, ok := s.reviewer(key)
		c, is := ctx.Value(linkKey{}).(*link)
		if !ok || !is {
			return nil, errors.New("it is not let in any more")
		}
		if !c.is(who, s.ofOneReviewer()) {
			s.opt.Log.Warn("connection refused", "reason", "too many of one reviewer", "reviewer", who, "most", s.ofOneReviewer(), "from", conn.RemoteAddr().String())
			words := fmt.Sprintf("%d connections of yours are open, which is the most for one reviewer; close one of them first", s.ofOneReviewer())
			return nil, &gossh.BannerError{Err: errors.New(words), Message: "Quarry: " + words + "\n"}
		}
		return p, nil
	}
}

// channel takes one of the channels that a connection may have, or refuses it. The
// function that it returns gives it back.
func (s *server) channel(ctx ssh.Context, ch gossh.NewChannel) (leave func(), ok bool) {
	c, is := ctx.Value(linkKey{}).(*link)
	if !is {
		return func() {}, true
	}
	n := c.count(1)
	leave = func() { c.count(-1) }
	if n <= mostChannels {
		return leave, true
	}
	defer leave()
	c.warned.Do(func() {
		s.opt.Log.Warn("channels refused", "reason", "too many", "most", mostChannels, "from", c.RemoteAddr().String())
	})
	if n > mostChannels+mostWaiting {
		_ = c.Close() // which lets go of those that wait
		return nil, false
	}
	_ = ch.Reject(gossh.ResourceShortage, fmt.Sprintf("%d channels are open, which is the most", mostChannels))
	return nil, false
}

// linkKey is where a connection is found in its context.
type linkKey struct{}

// link is a connection. Its end is counted once, and comes by itself when it has
// no session for some time.
type link struct {
	net.Conn
	crowd  *crowd
	from   netip.Prefix
	warned sync.Once

	mu       sync.Mutex
	closed   bool
	reviewer string // whose it is, "" until a key was shown
	channels int
	sessions int
	lonely   *time.Timer
}

// Close closes the connection.
func (c *link) Close() error {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		c.crowd.leave(c.from, c.reviewer)
	}
	c.lonely.Stop()
	c.mu.Unlock()
	return c.Conn.Close()
}

// is says whose the connection is, once, unless those are too many.
func (c *link) is(reviewer string, most int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.reviewer != "" || !c.crowd.know(c.from, reviewer, most) {
		return false
	}
	c.reviewer = reviewer
	return true
}

// count counts channels, and returns how many there are.
func (c *link) count(by int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.channels += by
	return c.channels
}

// session says that a session begins, and that it ends when the function that it
// returns is called.
func (c *link) session() (end func()) {
	count := func(by int) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.sessions += by; c.sessions > 0 {
			c.lonely.Stop()
		} else {
			c.lonely.Reset(lonelyTime)
		}
	}
	count(1)
	return func() { count(-1) }
}
