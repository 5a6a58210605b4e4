// Package clip brings text to the clipboard of the person at the keyboard,
// who often sits behind SSH, tmux or screen, and says truly what is known of
// its arrival.
//
// [Environment.Route] decides the way from the environment alone.
// [Environment.Send] goes it, falls back where a tool fails, and writes the
// text to a private file besides, for only the machine's own clipboard ever
// confirms that it got something.
package clip

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
)

// Environment is what decides the way to the clipboard. Make one with
// [NewEnvironment].
type Environment struct {
	// Folder is where the file with the latest copy is written, or empty for
	// none. It is made if it does not exist. [NewEnvironment] sets it to
	// quarry in the XDG state folder, and to none for a served session, whose
	// users would read each other's copies: whoever serves them sets one for
	// each.
	Folder string

	only           *Way   // the analyst wants no other
	tmux, tmuxPane string // the server's socket and our place in it
	screen         bool
	term           string
	native         func(string) error // writes this machine's clipboard; nil if it is not the user's
	timeout        time.Duration      // for one tool
}

// NewEnvironment reads an environment, which is os.Environ for a program in
// its own terminal and the client's for a served session, on an operating
// system named as in runtime.GOOS. A served session has only its connection:
// what its client says of tmux, screen or a display is not about this machine.
func NewEnvironment(environ []string, goos string, served bool) Environment {
	get := func(name string) string {
		value := ""
		for _, kv := range environ {
			if k, v, ok := strings.Cut(kv, "="); ok && k == name {
				value = v // the last one counts, as in os/exec
			}
		}
		return value
	}
	e := Environment{term: get("TERM"), timeout: 5 * time.Second}
	// screen on the other side of SSH is seen only here: it puts its name and a
	// dot before the terminal's. tmux calls itself screen or screen-256color.
	e.screen = strings.HasPrefix(e.term, "screen.")
	if served {
		return e
	}
	state := get("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // to be ignored, says the XDG specification
		state = xdg.StateHome
	}
	e.Folder = filepath.Join(state, "quarry")
	e.tmux, e.tmuxPane = get("TMUX"), get("TMUX_PANE")
	e.screen = e.screen || get("STY") != ""
	// Over SSH this machine's clipboard is somebody else's, even though it has
	// a display and writing to it succeeds.
	overSSH := get("SSH_TTY") != "" || get("SSH_CONNECTION") != ""
	if !overSSH && hasClipboard(goos, get) {
		e.native = writeNative
	}
	return e
}

// hasClipboard reports whether the machine has a clipboard that text reaches
// unchanged. The tool for the Windows one under WSL reads its input in a code
// page, and a terminal on Windows takes OSC 52.
func hasClipboard(goos string, get func(string) string) bool {
	switch goos {
	case "windows", "darwin":
		return true
	}
	return (get("DISPLAY") != "" || get("WAYLAND_DISPLAY") != "") && get("WSL_DISTRO_NAME") == ""
}

// Way is a way to the clipboard.
type Way int

// The ways, in the order in which they are tried.
const (
	// TmuxBuffer hands the text to tmux, which passes it on whatever its
	// settings are: "tmux load-buffer -w", known since tmux 3.2.
	TmuxBuffer Way = iota
	// Native is the clipboard of the machine the program runs on.
	Native
	// Screen is OSC 52, wrapped so that GNU screen passes it on unread. Plain,
	// it would be dropped, and from about 768 bytes on printed as text.
	Screen
	// OSC52 is the plain sequence.
	OSC52
	// File sends nothing: the text is in the file of the latest copy alone.
	File
)

// String describes the way to a person.
func (w Way) String() string {
	switch w {
	case TmuxBuffer:
		return "tmux buffer, passed on to your terminal"
	case Native:
		return "the clipboard of this machine"
	case Screen:
		return "OSC 52 through screen to your terminal"
	case File:
		return "none, the file alone"
	}
	return "OSC 52 to your terminal"
}

// WayNames are what an analyst calls the ways, in their order, with the choice
// that [NewEnvironment] makes first.
var WayNames = []string{"auto", "tmux", "native", "screen", "osc52", "file"}

// By returns the environment with the way that a name of [WayNames] means and no
// other; auto leaves the choice to the environment. A way that fails still gives
// way to plain OSC 52. It is not for a served session, whose way is its
// connection.
func (e Environment) By(name string) (Environment, error) {
	at := slices.Index(WayNames, strings.ToLower(name))
	if at < 0 {
		return e, fmt.Errorf("%q is no way to the clipboard; use %s", name, strings.Join(WayNames, ", "))
	}
	if at == 0 {
		e.only = nil
		return e, nil
	}
	way := Way(at - 1)
	e.only = &way
	return e, nil
}

const (
	// OSC52Limit is how many bytes of text a plain sequence carries to every
	// terminal: hterm and older tools take 100,000 bytes of sequence.
	OSC52Limit = 74_994
	// TmuxLimit is how many bytes tmux 3.3a was seen to pass on reliably; of
	// 787,000 it dropped all.
	TmuxLimit = 786_000
)

// Route is how one text would go.
type Route struct {
	Way   Way
	Bytes int
	// Limit is how many bytes can be counted on to arrive, 0 if there is none.
	// More than that go only by [TmuxBuffer], where tmux itself keeps them.
	Limit int
	// Hint tells what may stand in the way and what to do about it. It is
	// empty if nothing is known to.
	Hint string
}

// Certain reports whether a success means that the text arrived. Only this
// machine's clipboard confirms, and the file; for every other way "sent" is all
// that is known.
func (r Route) Certain() bool { return r.Way == Native || r.Way == File }

// TooLong reports whether the text would not be sent at all.
func (r Route) TooLong() bool {
	return (r.Way == Screen || r.Way == OSC52) && r.Bytes > r.Limit
}

// Route returns how a text would go.
func (e Environment) Route(text string) Route {
	r := Route{Bytes: len(text)}
	switch {
	case e.only != nil:
		return e.prescribed(r)
	case e.tmux != "":
		r.Way, r.Limit, r.Hint = TmuxBuffer, TmuxLimit, e.tmuxHint(len(text))
	case e.native != nil && !e.screen:
		r.Way = Native
	case e.screen:
		r.Way, r.Limit = Screen, OSC52Limit
	default:
		r.Way, r.Limit, r.Hint = OSC52, OSC52Limit, e.terminalHint()
	}
	return r
}

// prescribed is the route by the way that the analyst wants.
func (e Environment) prescribed(r Route) Route {
	switch r.Way = *e.only; r.Way {
	case TmuxBuffer:
		r.Limit, r.Hint = TmuxLimit, e.tmuxHint(r.Bytes)
	case Screen:
		r.Limit = OSC52Limit
	case OSC52:
		r.Limit, r.Hint = OSC52Limit, e.terminalHint()
	}
	return r
}

func (e Environment) tmuxHint(bytes int) string {
	switch {
	case bytes > TmuxLimit:
		return "tmux may keep so much to itself; paste it with tmux's own paste-buffer, or use the file"
	case bytes > OSC52Limit:
		return "some terminals take no more than " + number(OSC52Limit) + " bytes; if it does not arrive, use the file"
	case e.screen:
		return "tmux and screen are nested; if it does not arrive, use the file"
	}
	return ""
}

// terminalHint reads from TERM what the environment does not say.
func (e Environment) terminalHint() string {
	switch {
	case strings.HasPrefix(e.term, "tmux"), strings.HasPrefix(e.term, "screen"):
		return "if you run tmux on your own machine, it needs \"set -s set-clipboard on\"; screen there passes nothing on"
	case e.term == "linux":
		return "the Linux console has no clipboard; use the file"
	}
	return ""
}
