//go:build unix

package cli

import (
	"os/exec"
	"testing"

	"quarry/internal/require"
	"quarry/ui/termtest"
)

// TestSuspend: the shell has its terminal while the workbench is suspended, and gets
// it back as it was.
func TestSuspend(t *testing.T) {
	bash := require.Tool(t, "bash", "apt-get install bash")
	program, doc := builtBinary(t), sample(t, "sample.md")
	shell := exec.Command(bash, "--norc", "--noprofile", "-i")
	shell.Env = append(inState(t, t.TempDir()).Env, "PS1=ready> ")
	p := termtest.StartPty(t, 100, 30, shell)
	p.WaitFor("ready>")
	p.Type(program + " " + doc)
	p.Press("enter")
	p.WaitFor("14 of 14 ")
	p.Press("space")
	p.WaitFor("13 of 14 ")
	p.Press(":")
	p.Type("suspend")
	p.Press("enter")
	p.WaitFor("Stopped")
	p.Type("fg")
	p.Press("enter")
	p.WaitFor("13 of 14 ")
	p.Press("u")
	p.WaitFor("14 of 14 ")
	p.Press("q")
	p.WaitFor("ready>")
	p.Type("exit")
	p.Press("enter")
	_ = p.Wait() // the shell ends with the code of its last command
	if left := p.LeftOn(); len(left) > 0 {
		t.Errorf("the terminal was left with %v", left)
	}
}

// TestNobodyToResume: without a shell the workbench stays where it is.
func TestNobodyToResume(t *testing.T) {
	p := termtest.StartPty(t, 100, 30, inState(t, t.TempDir(), sample(t, "sample.md")))
	p.WaitFor("14 of 14 ")
	p.Press(":")
	p.Type("suspend")
	p.Press("enter")
	p.WaitFor("no shell that could resume it")
	p.Press("space")
	p.WaitFor("13 of 14 ")
}
