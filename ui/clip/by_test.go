package clip

import (
	"os"
	"strings"
	"testing"
)

// TestByAnotherWay: the analyst's choice stands over what the environment says.
func TestByAnotherWay(t *testing.T) {
	for name, want := range map[string]Way{"tmux": TmuxBuffer, "native": Native, "screen": Screen, "OSC52": OSC52, "file": File} {
		for _, variables := range [][]string{nil, {"TMUX=/tmp/socket,1,0"}, {"DISPLAY=:0"}, {"STY=1.host"}} {
			e, err := newEnvironment(t, variables...).By(name)
			if err != nil {
				t.Fatal(err)
			}
			if got := e.Route("x").Way; got != want {
				t.Errorf("%s with %v goes by %s", name, variables, got)
			}
			if again, err := e.By("auto"); err != nil || again.Route("x").Way != newEnvironment(t, variables...).Route("x").Way {
				t.Errorf("auto with %v goes by %s, %v", variables, again.Route("x").Way, err)
			}
		}
	}
	if _, err := newEnvironment(t).By("telegraph"); err == nil || !strings.Contains(err.Error(), "use auto, tmux, native, screen, osc52, file") {
		t.Errorf("another way: %v", err)
	}
}

func TestFileAlone(t *testing.T) {
	e, err := newEnvironment(t, "TMUX=/tmp/socket,1,0").By("file")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", TmuxLimit+1)
	msg, raw, clipboard := send(t, e, long)
	if raw != "" || clipboard || msg.Err != nil {
		t.Errorf("%+v, raw %d bytes, clipboard %t", msg, len(raw), clipboard)
	}
	if kept, err := os.ReadFile(msg.Path); err != nil || string(kept) != long {
		t.Errorf("the file has %d bytes, %v", len(kept), err)
	}
	if want := "wrote 786,001 bytes to " + msg.Path; msg.String() != want {
		t.Errorf("says %q, want %q", msg, want)
	}
	e.Folder = "relative"
	msg, _, _ = send(t, e, "x")
	if !strings.HasPrefix(msg.String(), "nothing was copied; not kept in a file: ") {
		t.Errorf("says %q", msg)
	}
}
