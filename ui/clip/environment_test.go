package clip_test

import (
	"path/filepath"
	"strings"
	"testing"

	"quarry/ui/clip"
)

func TestRoute(t *testing.T) {
	const (
		tmux    = "TMUX=/tmp/tmux-1000/default,4242,0"
		sty     = "STY=4242.pts-0.host"
		ssh     = "SSH_CONNECTION=192.0.2.1 50000 192.0.2.2 22"
		sshTTY  = "SSH_TTY=/dev/pts/3"
		display = "DISPLAY=:0"
		wayland = "WAYLAND_DISPLAY=wayland-0"
	)
	local := "needs \"set -s set-clipboard on\""
	tests := []struct {
		name   string
		env    []string
		goos   string
		served bool
		bytes  int
		want   clip.Way
		hint   string
		long   bool
	}{
		{name: "bare", env: []string{"TERM=xterm-256color"}, want: clip.OSC52},
		{name: "empty", want: clip.OSC52},
		{name: "X11", env: []string{display}, want: clip.Native},
		{name: "Wayland", env: []string{wayland}, want: clip.Native},
		{name: "the last value counts", env: []string{display, "DISPLAY="}, want: clip.OSC52},
		{name: "macOS", goos: "darwin", want: clip.Native},
		{name: "Windows", goos: "windows", want: clip.Native},
		{name: "WSL", env: []string{display, "WSL_DISTRO_NAME=Debian"}, want: clip.OSC52},
		{name: "SSH with a display", env: []string{ssh, display}, want: clip.OSC52},
		{name: "SSH by its terminal", env: []string{sshTTY, wayland}, want: clip.OSC52},
		{name: "SSH to macOS", env: []string{ssh}, goos: "darwin", want: clip.OSC52},
		{name: "SSH to Windows", env: []string{ssh}, goos: "windows", want: clip.OSC52},
		{name: "tmux", env: []string{tmux}, want: clip.TmuxBuffer},
		{name: "tmux with a display", env: []string{tmux, display}, want: clip.TmuxBuffer},
		{name: "tmux over SSH", env: []string{tmux, ssh, "TERM=tmux-256color"}, want: clip.TmuxBuffer},
		{name: "tmux on macOS", env: []string{tmux}, goos: "darwin", want: clip.TmuxBuffer},
		{name: "tmux and screen", env: []string{tmux, sty}, want: clip.TmuxBuffer, hint: "nested"},
		{name: "tmux, more than terminals take", env: []string{tmux}, bytes: 74_995, want: clip.TmuxBuffer, hint: "74,994"},
		{name: "tmux, more than it passes on", env: []string{tmux}, bytes: 786_001, want: clip.TmuxBuffer, hint: "paste-buffer"},
		{name: "screen", env: []string{sty, display}, want: clip.Screen},
		{name: "screen over SSH", env: []string{sty, ssh}, want: clip.Screen},
		{name: "screen before SSH", env: []string{ssh, "TERM=screen.xterm-256color"}, want: clip.Screen},
		{name: "screen, full", env: []string{sty}, bytes: 74_994, want: clip.Screen},
		{name: "screen, too long", env: []string{sty}, bytes: 74_995, want: clip.Screen, long: true},
		{name: "tmux before SSH", env: []string{ssh, "TERM=tmux-256color"}, want: clip.OSC52, hint: local},
		{name: "tmux before SSH, older", env: []string{ssh, "TERM=screen-256color"}, want: clip.OSC52, hint: local},
		{name: "console", env: []string{"TERM=linux"}, want: clip.OSC52, hint: "console"},
		{name: "plain, full", env: []string{ssh}, bytes: 74_994, want: clip.OSC52},
		{name: "plain, too long", env: []string{ssh}, bytes: 74_995, want: clip.OSC52, long: true},
		{name: "native has no limit", env: []string{display}, bytes: 2_000_000, want: clip.Native},
		{name: "served", env: []string{"TERM=xterm-256color"}, served: true, want: clip.OSC52},
		{name: "served, the client's variables", env: []string{tmux, sty, display}, served: true, want: clip.OSC52},
		{name: "served on macOS", goos: "darwin", served: true, want: clip.OSC52},
		{name: "served into screen", env: []string{"TERM=screen.xterm"}, served: true, want: clip.Screen},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.goos == "" {
				tt.goos = "linux"
			}
			got := clip.NewEnvironment(tt.env, tt.goos, tt.served).Route(strings.Repeat("x", tt.bytes))
			if got.Way != tt.want {
				t.Errorf("way %q, want %q", got.Way, tt.want)
			}
			if (tt.hint == "") != (got.Hint == "") || !strings.Contains(got.Hint, tt.hint) {
				t.Errorf("hint %q, want %q", got.Hint, tt.hint)
			}
			if got.TooLong() != tt.long || got.Bytes != tt.bytes {
				t.Errorf("too long: %t, want %t; %d bytes", got.TooLong(), tt.long, got.Bytes)
			}
			if got.Certain() != (tt.want == clip.Native) {
				t.Errorf("certain: %t by %s", got.Certain(), got.Way)
			}
		})
	}
}

func TestFolder(t *testing.T) {
	state := t.TempDir()
	if got, want := clip.NewEnvironment([]string{"XDG_STATE_HOME=" + state}, "linux", false).Folder, filepath.Join(state, "quarry"); got != want {
		t.Errorf("folder %q, want %q", got, want)
	}
	if got := clip.NewEnvironment([]string{"XDG_STATE_HOME=relative"}, "linux", false).Folder; !filepath.IsAbs(got) || filepath.Base(got) != "quarry" {
		t.Errorf("folder %q, want the default one", got)
	}
	if got := clip.NewEnvironment([]string{"XDG_STATE_HOME=" + state}, "linux", true).Folder; got != "" {
		t.Errorf("folder %q for a served session, want none", got)
	}
}
