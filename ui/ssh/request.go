package ssh

import (
	"regexp"
	"slices"
	"strings"

	gossh "golang.org/x/crypto/ssh"
)

// sessionOnly is a channel of a session on which nothing arrives but what a
// terminal needs: its request, a few variables, the shell, and later its sizes. All
// else arrives as a request of a type that there is not.
type sessionOnly struct {
	gossh.NewChannel
	refused func(request string)
}

// Accept accepts the channel.
func (n sessionOnly) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	ch, in, err := n.NewChannel.Accept()
	if err != nil {
		return nil, nil, err
	}
	out := make(chan *gossh.Request)
	go func() {
		defer close(out)
		var a allowance
		for r := range in {
			if !a.takes(r) {
				if r.Type != "env" && r.Type != "window-change" {
					n.refused(r.Type)
				}
				// Answers have no names, only their order: whoever answers the
				// others refuses this one too.
				r.Type, r.Payload = "refused", nil
			}
			out <- r
		}
	}()
	return ch, out, nil
}

// allowance is what a session may still ask for.
type allowance struct {
	variables int
	terminal  bool
	shell     bool
}

const (
	mostVariables   = 16
	longestVariable = 128
)

func (a *allowance) takes(r *gossh.Request) bool {
	switch r.Type {
	case "pty-req":
		first := !a.terminal
		a.terminal = true
		return first && !a.shell
	case "env":
		var kv struct{ Key, Value string }
		if a.shell || gossh.Unmarshal(r.Payload, &kv) != nil || !harmlessVariable(kv.Key, kv.Value) {
			return false
		}
		a.variables++
		return a.variables <= mostVariables
	case "shell", "exec": // a command is not run, only answered
		first := !a.shell
		a.shell = true
		return first
	case "window-change":
		return a.shell && a.terminal // before there is somebody to hear of it, it would wait for ever
	}
	return false
}

// variables are those that a client may set: what its terminal shows.
var variables = []string{"COLORTERM", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LANG", "LC_ALL", "LC_CTYPE"}

func harmlessVariable(name, value string) bool {
	return slices.Contains(variables, name) && len(value) <= longestVariable && !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' })
}

// terminalName is how terminals are called: a name that is part of a path in a
// library of terminals must not lead elsewhere.
var terminalName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9+._-]{0,63}$`)

// safeTerminal is the name of a terminal, or that of a plain one.
func safeTerminal(name string) string {
	if terminalName.MatchString(name) {
		return name
	}
	return "vt100"
}

// The largest screen that is drawn. What a client says beyond it would only cost
// memory.
const (
	mostColumns = 500
	mostRows    = 200
)

// safeSize is the size of a terminal. One that does not say its size has the
// usual.
func safeSize(w, h int) (columns, rows int) {
	if w <= 0 || h <= 0 {
		return 80, 24
	}
	return min(w, mostColumns), min(h, mostRows)
}
