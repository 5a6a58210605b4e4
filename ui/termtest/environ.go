package termtest

import (
	"os"
	"slices"
	"strings"
)

// Environ returns the environment of the test as a plain terminal would hand
// it on: TERM=xterm-256color, and without what tells of a multiplexer, an SSH
// session, a display or a terminal's own features. The variables given come
// last and override.
func Environ(variables ...string) []string {
	env := slices.DeleteFunc(os.Environ(), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains([]string{
			"TMUX", "TMUX_PANE", "TMUX_TMPDIR", "STY", "WINDOW", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
			"COLORTERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "WT_SESSION", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE",
		}, name) || strings.HasPrefix(name, "SSH_")
	})
	return append(append(env, "TERM=xterm-256color"), variables...)
}
