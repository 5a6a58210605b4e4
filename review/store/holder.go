package store

import (
	"crypto/rand"
	"os"
	"time"
)

const (
	// beatEvery is how often a holder says that it is alive, lostAfter when it
	// counts as gone.
	beatEvery = 5 * time.Second
	lostAfter = time.Minute
)

// newHolder is this run of the program.
func newHolder(who string) Holder {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return Holder{Who: who, Host: host, PID: os.Getpid(), token: rand.Text()}
}

// alive reports whether the holder may still be at work. Of a process of this
// machine the system knows; a clock that was set back counts for nothing there,
// and elsewhere a time to come counts as now.
func (h Holder) alive(now time.Time) bool {
	if h.token == "" {
		return false
	}
	if host, err := os.Hostname(); err == nil && host == h.Host && !processExists(h.PID) {
		return false
	}
	return now.Sub(h.Beat) < lostAfter
}

// Gone reports whether the holder let go of the review.
func (h Holder) Gone() bool { return h.token == "" }
