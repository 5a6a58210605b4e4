package store

import (
	"crypto/rand"
	"os"
	"strings"
	"time"
)

const (
	// beatEvery is how often a holder says that it is alive, lostAfter when it
	// counts as gone: three times nothing was heard.
	beatEvery = 5 * time.Second
	lostAfter = 15 * time.Second
)

// newHolder is this run of the program.
func newHolder(who string) Holder {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	start, _ := startOf(os.Getpid())
	return Holder{Who: who, Host: host, PID: os.Getpid(), token: rand.Text() + "@" + start}
}

// alive reports whether the holder may still be at work. Of a process of this
// machine the system knows; a time to come counts as now.
func (h Holder) alive(now time.Time) bool {
	if h.token == "" {
		return false
	}
	if host, err := os.Hostname(); err == nil && host == h.Host && !h.runs() {
		return false
	}
	return now.Sub(h.Beat) < lostAfter
}

// runs reports whether this machine has the holder's process, and not another one
// with its number.
func (h Holder) runs() bool {
	if !processExists(h.PID) {
		return false
	}
	_, was, _ := strings.Cut(h.token, "@")
	start, ended := startOf(h.PID)
	return !ended && (was == "" || start == "" || start == was)
}

// Gone reports whether the holder let go of the review.
func (h Holder) Gone() bool { return h.token == "" }
